"""What the API answers is what the command line prints with ``--json``: the same keys, values and words."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api.programs import Program
from tests.doors.ketnap import Ketnap
from workflow.office import Office

Of = Callable[[str], Program]
CASE, VOTED = "KEXQDWWT", "K7Q2M4TX"
ALL = {"limit": 500}
OF_DISTRICT = {"unit": "song-lo", **ALL}
"""The province stands over the district, and is none of its officer's."""


@pytest.fixture
def ketnap(office: Office) -> Ketnap:
    """The program at the same office."""
    return Ketnap(office.config.path)


@pytest.mark.parametrize(
    ("command", "path", "query"),
    [
        (f"case {CASE}", f"/cases/{CASE}", {}),
        (f"case {VOTED}", f"/cases/{VOTED}", {}),
        (f"dossier {CASE}", f"/cases/{CASE}/dossier", {}),
        (f"notices {CASE}", f"/cases/{CASE}/notices", {}),
        ("notices --next 60d", "/notices", {"days": 60}),
        ("unit list --unit song-lo", "/units", OF_DISTRICT),
        ("post list", "/posts", ALL),
        ("plan", "/plans", ALL),
        ("meeting", "/meetings", ALL),
        ("term", "/terms", ALL),
        ("people", "/people", ALL),
        ("people --q nguyen", "/people", {"q": "nguyen", **ALL}),
        ("user list", "/users", ALL),
        ("coverage", "/coverage", {}),
        (
            "coverage --on 2021-12-31 --as-known-on 2022-01-31",
            "/coverage",
            {"on": "2021-12-31", "as_known_on": "2022-01-31"},
        ),
        ("outbox", "/letters", ALL),
        ("rulebook check", "/rulebook", {}),
        ("rulebook show 2021-07", "/rulebook/2021-07", {}),
        ("rulebook diff 2021-07 2025-07", "/rulebook/difference", {"old": "2021-07", "new": "2025-07"}),
        ("rulebook diagram 2021-07", "/rulebook/2021-07/diagram", {}),
    ],
)
def test_both_tell_the_same(of: Of, ketnap: Ketnap, command: str, path: str, query: dict[str, Any]) -> None:
    printed = ketnap.done(*command.split(), "--json").json
    printed.pop("sample", None)
    told = of("vanphong.huyen").get(path, **query)
    if path == "/people" and not of("vanphong.huyen").get("/me")["everywhere"]:
        printed["people"] = [
            one for one in printed["people"] if one["unit"]
        ]  # who belongs nowhere is seen at the top
    if "limit" in query:
        assert told.pop("total") == len(next(iter(printed.values())))
        told = {name: value for name, value in told.items() if name not in ("limit", "offset")}
    assert told == printed


def test_both_list_the_same_cases_and_the_api_tells_more_of_them(of: Of, ketnap: Ketnap) -> None:
    narrowed: list[tuple[list[str], dict[str, Any]]] = [
        ([], {}),
        (["--stalled"], {"late": "any"}),
        (["--state", "member"], {"state": "member"}),
    ]
    for words, query in narrowed:
        printed = {one["case"]: one for one in ketnap.done("cases", *words, "--json").json["cases"]}
        told = {one["case"]: one for one in of("vanphong.huyen").get("/cases", **query, **ALL)["cases"]}
        assert printed
        assert {name: _narrowed(told[name], printed[name]) for name in printed} == printed
        assert told.keys() == printed.keys()


def _narrowed(told: Any, printed: Any) -> Any:
    """What is told under the keys that are printed."""
    if isinstance(printed, dict):
        return {name: _narrowed(told[name], value) for name, value in printed.items()}
    if isinstance(printed, list):
        return [_narrowed(one, value) for one, value in zip(told, printed, strict=True)]
    return told


def test_both_refuse_in_the_same_words(of: Of, ketnap: Ketnap) -> None:
    values = {"roll": 10, "present": 9, "votes_for": 6, "votes_against": 2, "resolution_no": "08-NQ/CB"}
    pairs = [word for name, value in values.items() for word in ("--set", f"{name}={value}")]
    by = ("--on", "2022-08-01", "--by", "bithu.bai-moi", "--json")
    printed = ketnap("advance", VOTED, "branch_proposes", *by, *pairs).json
    asked = {"move": "branch_proposes", "on": "2022-08-01", "values": values}
    told = of("bithu.bai-moi").post(f"/cases/{VOTED}/advance", asked, status=422)
    assert told["error"]["message"] == printed["error"]["message"]
    assert told["reasons"] == printed["reasons"]
    assert told["error"] == printed["error"]


ACTS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "advance K9AFNC5B nominate",
        "/cases/K9AFNC5B/advance",
        {
            "move": "nominate",
            "on": "2022-08-08",
            "by": "bithu.ao-truc",
            "values": {"resolution_no": "03-NQ/CB", "helpers": ["PSYG9515", "P3ZXJ0V4"]},
        },
    ),
    (
        "record KEXQDWWT receive_paper",
        "/cases/KEXQDWWT/record",
        {
            "entry": "receive_paper",
            "on": "2022-08-08",
            "by": "bithu.ben-mo",
            "values": {"paper": "1-KNĐ", "paper_dated": "2022-03-24", "pages": 2},
        },
    ),
    (
        "correct KEXQDWWT 2",
        "/cases/KEXQDWWT/correct",
        {
            "event": 2,
            "by": "canbo.hai-luu",
            "allowed_by": "vanphong.huyen",
            "reason": "ghi nhầm",
            "values": {"resolution_no": "06-NQ/CB"},
        },
    ),
    (
        "meeting quang-yen/thon-ao-truc",
        "/meetings",
        {"unit": "quang-yen/thon-ao-truc", "on": "2022-08-07", "came": True, "by": "bithu.ao-truc"},
    ),
    (
        "post leave quang-yen/thon-ao-truc",
        "/posts/leave",
        {"post": "quang-yen/thon-ao-truc", "on": "2022-08-07"},
    ),
    (
        "unit change quang-yen/thon-ao-truc",
        "/units/change",
        {"unit": "quang-yen/thon-ao-truc", "since": "2022-08-07", "name": "Thôn Mới"},
    ),
    (
        "people membership PR6695W4 none",
        "/people/membership",
        {"person": "PR6695W4", "status": "none", "since": "2022-08-07"},
    ),
    (
        "people together P3ZXJ0V4 PR6695W4",
        "/people/together",
        {"person": "P3ZXJ0V4", "candidate": "PR6695W4", "since": "2021-08-07"},
    ),
    (
        "people set PAPQPW4C",
        "/people/set",
        {"person": "PAPQPW4C", "born": "2010-01-01"},
    ),
    ("user end bithu.ao-truc", "/users/end", {"user": "bithu.ao-truc", "on": "2022-08-08"}),
    (
        "plan quang-yen/thon-ao-truc combine",
        "/plans",
        {"post": "quang-yen/thon-ao-truc", "kind": "combine", "on": "2022-08-08"},
    ),
]
"""One act by a command, and by the API."""
ARGUMENTS = ("move", "entry", "event", "post", "user", "person", "candidate", "status", "kind")


@pytest.mark.parametrize(("command", "path", "asked"), ACTS, ids=[command for command, _, _ in ACTS])
def test_both_say_the_same_of_what_was_done(
    of: Of, office: Office, tmp_path: Path, command: str, path: str, asked: dict[str, Any]
) -> None:
    shutil.copytree(office.config.path.parent, tmp_path / "bản sao")
    words = [word for name, value in asked.items() for word in _words(path, name, value)]
    printed = Ketnap(tmp_path / "bản sao" / "config.yaml").done(*command.split(), *words, "--json").json
    printed.pop("sample")
    assert of("vanphong.huyen").post(path, asked) == printed


def _words(path: str, name: str, value: Any) -> list[str]:
    """A field of a request as the command line takes it."""
    if name == "values":
        pairs = (
            (key, one) for key, held in value.items() for one in (held if isinstance(held, list) else [held])
        )
        return [word for key, one in pairs for word in ("--set", f"{key}={one}")]
    if name in ARGUMENTS or (name == "unit" and path in ("/meetings", "/units/change")):
        return []
    said = {"since": "from", "allowed_by": "allowed-by"}.get(name, name)
    return [
        f"--{said}",
        {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value),
    ]
