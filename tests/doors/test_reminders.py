"""Reminders at the door: what was told, what is to be told, the outbox, putting off, what comes back, the
pulse.

Screens and keys are agreed in ``golden/reminders``; after a change that is meant they are written anew, as in
`test_golden`: ``KETNAP_GOLDEN=write .venv/bin/pytest tests/doors/test_reminders.py``.
"""

import json
import os
import re
import shutil
import sqlite3
from contextlib import closing
from email import message_from_bytes
from email.policy import default as rfc5322
from pathlib import Path
from typing import Any

import pytest

from tests.doors.conftest import copy_of
from tests.doors.ketnap import Ketnap, Said
from tests.doors.test_golden import screen
from tests.doors.test_json import answered, holes, paths
from tests.letters.conftest import mail_server as mail_server
from tests.letters.smtp_server import Open
from tests.reminders.test_bounces import report

GOLDEN = Path(__file__).with_name("golden") / "reminders"
KEYS = GOLDEN / "keys.json"
DEFAULT = Path(__file__).parents[2] / "notifications" / "reminders.yaml"
LANG = "Khổng Văn Lạng"
CASE = "K7Q2M4TX"
"""His case: the branch has had the dossier since 4 July 2022, thirty days by custom, and is late since 3
August.
"""
BITHU, CANBO = "bithu.bai-moi", "canbo.dong-thinh"
SNOOZE = ("snooze", "1", "--until", "30/12/2022", "--by", CANBO, "--reason", "Bí thư đi học đến tháng 12")


@pytest.fixture(scope="module")
def week_made(sample_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample office after a week, on 16 August 2022; made once."""
    folder = tmp_path_factory.mktemp("tuần") / "sau một tuần"
    shutil.copytree(sample_made, folder)
    Ketnap(folder / "config.yaml").done("clock", "+7d")
    return folder


@pytest.fixture
def week(week_made: Path, tmp_path: Path) -> Ketnap:
    """The sample office after a week in which letters went out."""
    return copy_of(week_made, tmp_path)


def folder_of(office: Ketnap) -> Path:
    assert office.config is not None
    return office.config.parent


def content(office: Ketnap) -> dict[str, list[Any]]:
    """Everything an office holds: each row of its database, each letter in its folder."""
    with closing(sqlite3.connect(folder_of(office) / "ketnap.db")) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in sorted(tables)}  # noqa: S608
    return rows | {"letters in the folder": sorted(file.name for file in folder_of(office).glob("thu-gui/*"))}


def letter_to(office: Ketnap, user: str) -> str:
    """The key of the letter that somebody got."""
    letters = office.done("outbox", "--json").json["letters"]
    return str(next(one["letter"] for one in letters if one["user"] == user))


def notices_of(office: Ketnap, case: str = CASE) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.done("notices", case, "--json").json["notices"]
    return found


def changed_policy(folder: Path) -> Path:
    """The program's policy, but legal deadlines are told five days before and no more seven, and no
    custom is.
    """
    text = DEFAULT.read_text(encoding="utf-8").replace("before: [14, 7, 1]", "before: [14, 5, 1]")
    head, house, rest = text.partition("  house:\n")
    assert house
    (file := folder / "moi.yaml").write_text(head + rest[rest.index("  certificate:") :], encoding="utf-8")
    return file


def words_for(office: Ketnap, name: str, folder: Path) -> tuple[object, ...]:
    """A command line of the table below, with what only a running office knows."""
    words: list[object] = list(SCREENS[name])
    if "LETTER" in words:
        words[words.index("LETTER")] = letter_to(office, BITHU)
    if "POLICY" in words:
        words[words.index("POLICY")] = changed_policy(folder)
    return tuple(words)


SCREENS: dict[str, tuple[str, ...]] = {
    "clock": ("clock", "+7d"),
    "notices-of-a-case": ("notices", LANG),
    "notices-none": ("notices", "Hà Văn Mịch"),
    "notices-ahead": ("notices", "--next", "9d"),
    "notices-diff": ("notices", "--next", "9d", "--policy", "POLICY", "--diff"),
    "outbox": ("outbox",),
    "outbox-stuck": ("outbox", "--stuck"),
    "letter": ("outbox", "LETTER"),
    "snooze": SNOOZE,
    "status": ("status",),
    "worker-once": ("worker", "--once"),
}


def settled(shown: str) -> str:
    """A screen without what is another each time: keys of letters, instants, and the order of one day's
    letters.
    """
    shown = re.sub(r"\bT[0-9A-HJKMNP-TV-Z]{7}\b", "T·······", shown)
    shown = re.sub(r"\d\d/\d\d/\d{4} \d\d:\d\d", "··/··/···· ··:··", shown)
    lines = shown.splitlines(keepends=True)
    letters = sorted(line for line in lines if line.startswith("  T·······"))
    return "".join(letters.pop(0) if line.startswith("  T·······") else line for line in lines)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_reads_as_it_was_agreed(
    name: str, language: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    office: Ketnap = request.getfixturevalue("sample" if name == "clock" else "week")
    said = office(*words_for(office, name, tmp_path), "--lang", language)
    shown, file = settled(screen(said)), GOLDEN / f"{name}.{language}.txt"
    assert "ketnap-error.log" not in shown
    if os.environ.get("KETNAP_GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(shown, encoding="utf-8", newline="\n")
    assert shown == file.read_text(encoding="utf-8")


def test_every_screen_that_was_agreed_is_still_shown() -> None:
    assert {file.stem.partition(".")[0] for file in GOLDEN.glob("*.txt")} == set(SCREENS)


@pytest.mark.parametrize("name", SCREENS)
def test_a_document_has_the_keys_that_were_agreed(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    office: Ketnap = request.getfixturevalue("sample" if name == "clock" else "week")
    said = answered(office, tuple(map(str, words_for(office, name, tmp_path)))).json
    found, empty = set(paths(said)), set(holes(said))
    agreed = json.loads(KEYS.read_text(encoding="utf-8")) if KEYS.exists() else {}
    if os.environ.get("KETNAP_GOLDEN") == "write":
        agreed = dict(sorted({**agreed, name: sorted(found)}.items()))
        KEYS.write_text(
            json.dumps(agreed, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n"
        )
    below_nothing = {
        path for path in agreed[name] for hole in empty if path.startswith((f"{hole}.", f"{hole}["))
    }
    assert found <= set(agreed[name])
    assert set(agreed[name]) - found <= below_nothing
    assert not re.search(r"\d{2}/\d{2}/\d{4}", json.dumps({**said, "letters": [], "text": "", "subject": ""}))


# --- what was told ------------------------------------------------------------------------------------------


def test_on_the_way_through_a_week_everybody_gets_at_most_one_letter_a_day(sample: Ketnap) -> None:
    said = sample.done("clock", "+7d", "--json").json
    letters = sample.done("outbox", "--json").json["letters"]
    assert {one["letter"] for one in said["letters"]} == {one["letter"] for one in letters}
    assert len({(one["user"], one["day"]) for one in letters}) == len(letters) > 5
    assert {one["state"] for one in letters} == {"sent"}
    held = [
        message_from_bytes(file.read_bytes(), policy=rfc5322)
        for file in folder_of(sample).glob("thu-gui/*.eml")
    ]
    assert {str(one["Message-ID"]).strip("<>").partition("@")[0] for one in held} == {
        one["letter"] for one in letters
    }


def test_no_letter_goes_out_on_a_weekend(sample: Ketnap) -> None:
    sample.done("clock", "+7d")
    days = {one["day"] for one in sample.done("outbox", "--json").json["letters"]}
    assert days == {"2022-08-10", "2022-08-11", "2022-08-12", "2022-08-15"}


def test_of_a_late_case_the_secretary_and_the_level_above_are_told_by_letter(week: Ketnap) -> None:
    told = [(one["user"], one["step"], one["due"], one["swept_on"], one["state"]) for one in notices_of(week)]
    assert told == [(user, "+7d", "2022-08-03", "2022-08-10", "sent") for user in (BITHU, CANBO)]
    assert [one["letter"] for one in notices_of(week)] == [letter_to(week, BITHU), letter_to(week, CANBO)]


def test_the_letter_says_the_case_and_its_day_but_nobodys_name(week: Ketnap) -> None:
    said = week.done("outbox", letter_to(week, BITHU)).out
    assert f"(lượt xét {CASE})" in said
    assert "Hạn 03/08/2022, đã quá 7 ngày." in said
    assert "Lạng" not in said


# --- what is to be told -------------------------------------------------------------------------------------


def test_a_changed_policy_is_shown_beside_the_one_in_force_and_nothing_is_written(
    week: Ketnap, tmp_path: Path
) -> None:
    before = content(week)
    policy = changed_policy(tmp_path)
    now = week.done("notices", "--next", "30d", "--json").json["notices"]
    then = week.done("notices", "--next", "30d", "--policy", policy, "--json").json["notices"]
    diff = week.done("notices", "--next", "30d", "--policy", policy, "--diff", "--json").json
    assert {(one["reminder"], one["step"]) for one in diff["new"]} == {("legal", "-5d")}
    assert {one["reminder"] for one in diff["gone"]} == {"house", "legal"}
    assert {one["step"] for one in diff["gone"] if one["reminder"] == "legal"} == {"-7d"}
    assert diff["same"] == len(now) - len(diff["gone"]) == len(then) - len(diff["new"])
    assert all(one in then for one in diff["new"])
    assert all(one in now for one in diff["gone"])
    assert content(week) == before


def test_a_policy_beside_itself_changes_nothing(week: Ketnap) -> None:
    diff = week.done("notices", "--policy", DEFAULT, "--diff", "--json").json
    assert (diff["days"], diff["new"], diff["gone"]) == (30, [], [])
    assert diff["same"] > 0


def test_what_was_foretold_for_a_week_is_what_the_week_tells(week: Ketnap) -> None:
    foretold = week.done("notices", "--next", "7d", "--json").json["notices"]
    week.done("clock", "+7d")
    for case in {one["subject"] for one in foretold if one["subject"].startswith("K")}:
        told = [one for one in notices_of(week, case) if one["swept_on"] > "2022-08-16"]
        mine = [one for one in foretold if one["subject"] == case]
        assert mine
        assert sorted((one["on"], one["step"], one["user"], one["via"]) for one in mine) == sorted(
            (one["swept_on"], one["step"], one["user"], one["via"]) for one in told
        )


# --- putting off --------------------------------------------------------------------------------------------


def test_whoever_was_put_off_gets_no_letter_of_it_and_the_others_do(week: Ketnap) -> None:
    week.done(*SNOOZE)
    week.done("clock", "+7d")
    assert [(one["user"], one["state"]) for one in notices_of(week) if one["swept_on"] == "2022-08-17"] == [
        (BITHU, "waiting"),
        (CANBO, "sent"),
    ]


def test_after_the_day_it_was_put_off_to_it_is_told_again(week: Ketnap) -> None:
    week.done("snooze", "1", "--until", "18/08/2022", "--by", CANBO, "--reason", "Bí thư ốm")
    week.done("clock", "+10d")
    assert {one["state"] for one in notices_of(week)} == {"sent"}


def test_putting_off_is_an_event_and_the_history_still_holds(week: Ketnap) -> None:
    before = week.done("verify", "--json").json
    week.done(*SNOOZE)
    after = week.done("verify", "--json").json
    assert (after["holds"], after["events"]) == (True, before["events"] + 1)
    assert "Bí thư" not in str(content(week))


# --- letters that stick, come back, are cancelled -----------------------------------------------------------


def refused_everywhere(sample: Ketnap, server: Any) -> None:
    """The sample office sends by a server that refuses the two readers of 10 August 2022."""
    smtp = f"mail:\n  smtp: {{host: 127.0.0.1, port: {server.port}, security: none, seconds: 2}}\n"
    config = folder_of(sample) / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8") + smtp, encoding="utf-8")
    server.clerk.will_say("RCPT", *["550 5.1.1 no such user"] * 2)
    sample.done("clock", "+1d")


def test_a_letter_that_is_stuck_is_shown_with_the_servers_words_and_goes_out_after_retry(
    sample: Ketnap, mail_server: Open
) -> None:
    server = mail_server()
    refused_everywhere(sample, server)
    stuck = sample.done("outbox", "--stuck", "--json").json["letters"]
    assert [(one["code"], "no such user" in one["said"]) for one in stuck] == [(550, True)] * 2
    assert "mắc kẹt – " in sample.done("outbox", "--stuck").out
    status = sample("status")
    assert (status.exit, "CẦN NGƯỜI XEM LẠI" in status.out) == (1, True)
    for one in stuck:
        assert f"Thư {one['letter']} sẽ được gửi lại." in sample.done("retry", one["letter"]).out
    sample.done("clock", "+1d")
    assert sample.done("outbox", "--stuck", "--json").json["letters"] == []
    assert {one["letter"] for one in stuck} <= {
        str(message_from_bytes(one.message)["Message-ID"]).strip("<>").partition("@")[0]
        for one in server.clerk.letters
    }
    assert sample("status").exit == 0


def test_a_letter_that_was_cancelled_goes_nowhere_any_more(sample: Ketnap, mail_server: Open) -> None:
    server = mail_server()
    refused_everywhere(sample, server)
    for one in sample.done("outbox", "--stuck", "--json").json["letters"]:
        assert f"Thư {one['letter']} không gửi nữa." in sample.done("cancel", one["letter"]).out
    sample.done("clock", "+1d")
    assert [one["state"] for one in sample.done("outbox", "--json").json["letters"]][1:] == ["cancelled"] * 2
    assert {one["state"] for one in notices_of(sample)} == {"cancelled"}


def bounced(office: Ketnap, tmp_path: Path, **said: str) -> Said:
    """Take in the report that the secretary's letter came back."""
    (file := tmp_path / "tra-lai.eml").write_bytes(report(letter_to(office, BITHU), **said))
    return office("bounce", file)


def test_a_letter_that_came_back_is_told_to_the_level_above(week: Ketnap, tmp_path: Path) -> None:
    said = bounced(week, tmp_path)
    assert (said.exit, "đã chuyển 1 việc nhắc lên cấp trên" in said.out.lower()) == (0, True)
    [mine, _] = notices_of(week)
    assert (mine["via"], mine["why"], mine["state"]) == (CANBO, "no_address", "waiting")
    week.done("clock", "+1d")
    assert notices_of(week)[0]["state"] == "sent"
    assert f"{BITHU} (qua {CANBO})" in week.done("notices", CASE).out


def test_a_letter_that_is_only_late_on_its_way_changes_nothing(week: Ketnap, tmp_path: Path) -> None:
    before = content(week)
    said = bounced(week, tmp_path, action="delayed", status="4.4.1")
    assert (said.exit, "mới chỉ bị hoãn" in said.err) == (1, True)
    assert content(week) == before


# --- the pulse ----------------------------------------------------------------------------------------------


def test_a_real_office_is_late_until_its_worker_has_run(empty: Ketnap) -> None:
    said = empty("status", "--json")
    assert (said.exit, said.json["swept"], said.json["late"], said.json["well"]) == (1, None, True, False)
    assert "bật ketnap worker" in empty("status").out
    empty.done("worker", "--once")
    said = empty.done("status", "--json")
    assert (said.json["late"], said.json["well"]) == (False, True)
    assert "Việc nhắc vẫn chạy đều." in empty.done("status").out
