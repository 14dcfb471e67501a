"""What other programs read: one document on stdout and nothing else, under keys that stay, with ISO dates.

The keys are agreed in ``golden/keys.json``; written anew, where a change is meant, as the screens are.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.doors.ketnap import Ketnap, Said

KEYS = Path(__file__).with_name("golden") / "keys.json"
LANG = "Khổng Văn Lạng"
READING: dict[str, tuple[str, ...]] = {
    "cases": ("cases",),
    "case": ("case", LANG),
    "coverage": ("coverage",),
    "people": ("people",),
    "unit list": ("unit", "list"),
    "post list": ("post", "list"),
    "user list": ("user", "list"),
    "plan": ("plan",),
    "meeting": ("meeting",),
    "clock": ("clock",),
    "when": ("when", "25/08/2022", "--working-days", "30"),
    "when --months": ("when", "25/08/2022", "--months", "60"),
    "calendar show": ("calendar", "show"),
    "rulebook check": ("rulebook", "check"),
    "verify": ("verify",),
}
BY = ("--by", "canbo.dong-thinh")
VOTE = (
    "advance",
    LANG,
    "branch_proposes",
    "--on",
    "05/08/2022",
    *BY,
    "--set",
    "resolution_no=12",
    "--set",
    "roll=10",
    "--set",
    "present=9",
    "--set",
    "votes_against=1",
)
WRITING: dict[str, tuple[str, ...]] = {
    "advance": (*VOTE, "--set", "votes_for=8"),
    "advance refused": (*VOTE, "--set", "votes_for=6"),
    "advance mistyped": (*VOTE, "--set", "votes_for=x"),
    "advance changed": (*VOTE, "--set", "votes_for=8", "--seen", "4"),
    "record": (
        "record",
        LANG,
        "receive_paper",
        "--on",
        "05/08/2022",
        *BY,
        "--set",
        "paper=3-KNĐ",
        "--set",
        "paper_dated=01/08/2022",
    ),
    "correct": (
        "correct",
        LANG,
        "8",
        "--set",
        "opinions_for=12",
        "--set",
        "opinions_against=3",
        "--reason",
        "nhầm",
        "--allowed-by",
        "vanphong.huyen",
        *BY,
    ),
    "clock +7d": ("clock", "+7d"),
    "unit add": (
        "unit",
        "add",
        "Thôn Mới Lập",
        "--level",
        "village",
        "--parent",
        "dong-thinh",
        "--from",
        "01/01/2022",
    ),
    "plan made": ("plan", "bai moi", "not_now", "--on", "09/08/2022", *BY),
    "unknown case": ("case", "K7Q2M4TY"),
    "usage": ("case",),
}


def paths(value: Any, at: str = "") -> Iterator[str]:
    """Every key of a document by its path, the items of a list as one."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield f"{at}.{name}".lstrip(".")
            yield from paths(one, f"{at}.{name}")
    if isinstance(value, list):
        for one in value:
            yield from paths(one, f"{at}[]")


def holes(value: Any, at: str = "") -> Iterator[str]:
    """Where a document has an empty list or nothing: what could stand below is not to be seen in it."""
    if value is None or value in ([], {}):
        yield at.lstrip(".")
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from holes(one, f"{at}.{name}")
    elif isinstance(value, list):
        for one in value:
            yield from holes(one, f"{at}[]")


def values(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from values(one)
    else:
        yield value


def answered(sample: Ketnap, words: tuple[str, ...]) -> Said:
    said = sample(*words, "--json")
    assert said.err == ""
    assert said.out.endswith("\n")
    assert said.code != "unforeseen" if "error" in said.json else said.exit == 0
    return said


@pytest.mark.parametrize("name", [*READING, *WRITING])
def test_a_document_has_the_keys_that_were_agreed(name: str, sample: Ketnap) -> None:
    said = answered(sample, (READING | WRITING)[name]).json
    found = set(paths(said))
    agreed = json.loads(KEYS.read_text(encoding="utf-8")) if KEYS.exists() else {}
    if os.environ.get("KETNAP_GOLDEN") == "write":
        agreed = dict(sorted({**agreed, name: sorted(found)}.items()))
        KEYS.write_text(
            json.dumps(agreed, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n"
        )
    empty = set(holes(said))
    below_nothing = {
        path for path in agreed[name] for hole in empty if path.startswith((f"{hole}.", f"{hole}["))
    }
    assert found <= set(agreed[name])
    assert set(agreed[name]) - found <= below_nothing


@pytest.mark.parametrize("name", READING)
def test_days_are_iso_and_the_sample_says_that_it_is_one(name: str, sample: Ketnap) -> None:
    said = answered(sample, READING[name]).json
    assert said.get("sample") == "song-lo-2022" or name == "rulebook check"
    assert not [
        one for one in values(said) if isinstance(one, str) and re.fullmatch(r"\d{2}/\d{2}/\d{4}", one)
    ]


def test_every_agreement_is_about_something_that_is_asked() -> None:
    assert set(json.loads(KEYS.read_text(encoding="utf-8"))) == {*READING, *WRITING}
