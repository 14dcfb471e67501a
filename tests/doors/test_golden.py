"""What people read, letter by letter, on the sample office of 9 August 2022.

After a change that is meant: ``KETNAP_GOLDEN=write .venv/bin/pytest tests/doors/test_golden.py``, and
read the diff.
"""

import os
from pathlib import Path

import pytest

from tests.doors.ketnap import Ketnap, Said

GOLDEN = Path(__file__).with_name("golden")
LANG = "Khổng Văn Lạng"
VOTE = (
    "advance",
    LANG,
    "branch_proposes",
    "--on",
    "05/08/2022",
    "--by",
    "canbo.dong-thinh",
    "--set",
    "resolution_no=12-NQ/CB",
    "--set",
    "roll=10",
    "--set",
    "present=9",
)

SCREENS: dict[str, tuple[str, ...]] = {
    "help": ("--help",),
    "advance-help": ("advance", "--help"),
    "cases": ("cases",),
    "cases-stalled": ("cases", "--stalled"),
    "cases-of-a-commune": ("cases", "--unit", "dong thinh"),
    "cases-at-a-step": ("cases", "--state", "Đảng viên dự bị"),
    "case": ("case", LANG),
    "case-late": ("case", "Triệu Thị Nhài"),
    "case-on-probation": ("case", "ha van mich"),
    "case-history": ("case", LANG, "--history"),
    "case-in-english": ("case", LANG, "--lang", "en"),
    "coverage": ("coverage",),
    "coverage-earlier": ("coverage", "--on", "30/06/2022", "--as-known-on", "2022-06-30"),
    "people": ("people", "--q", "khai"),
    "posts": ("post", "list", "--unit", "Đồng Thịnh"),
    "units": ("unit", "list", "--unit", "Đồng Thịnh"),
    "plans": ("plan",),
    "meetings": ("meeting",),
    "clock": ("clock",),
    "when": ("when", "2022-08-25", "--working-days", "30"),
    "when-across-tet": ("when", "26/12/2022", "--working-days", "30"),
    "when-months": ("when", "31/01/2022", "--months", "1"),
    "calendar": ("calendar", "show", "2023"),
    "rulebook": ("rulebook", "check"),
    "refused": (*VOTE, "--set", "votes_for=6", "--set", "votes_against=1"),
    "done": (*VOTE, "--set", "votes_for=8", "--set", "votes_against=1"),
    "mistyped": (*VOTE, "--set", "votes_for=chín", "--set", "votes_aginst=1", "--set", "absent=-1"),
    "impossible-day": ("coverage", "--on", "30/02/2022"),
    "unknown-user": ("open", LANG, "--on", "09/08/2022", "--by", "canbo.dong-thin"),
    "unknown-person": ("open", "Khổng Văn Lạnh", "--on", "09/08/2022", "--by", "canbo.dong-thinh"),
    "unknown-unit": ("cases", "--unit", "Đồng Thỉnh Tây"),
    "unknown-case": ("case", "K7Q2M4TY"),
    "unknown-step": ("cases", "--state", "verifcation"),
    "unknown-act": ("advance", LANG, "branch_propose", "--on", "05/08/2022", "--by", "canbo.dong-thinh"),
    "not-open": ("advance", LANG, "decide", "--on", "05/08/2022", "--by", "vanphong.huyen"),
    "already-open": ("open", LANG, "--on", "09/08/2022", "--by", "canbo.dong-thinh"),
    "changed": (*VOTE, "--seen", "4", "--set", "votes_for=8", "--set", "votes_against=1"),
}


def screen(said: Said) -> str:
    heard = f"\n--- stderr ---\n{said.err}" if said.err else ""
    return f"{said.out}{heard}--- exit {said.exit} ---\n"


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_reads_as_it_was_agreed(name: str, sample: Ketnap) -> None:
    shown, file = screen(sample(*SCREENS[name])), GOLDEN / f"{name}.txt"
    assert "ketnap-error.log" not in shown
    if os.environ.get("KETNAP_GOLDEN") == "write":
        file.write_text(shown, encoding="utf-8", newline="\n")
    assert shown == file.read_text(encoding="utf-8")


def test_every_screen_that_was_agreed_is_still_shown() -> None:
    assert {file.stem for file in GOLDEN.glob("*.txt")} == set(SCREENS)
