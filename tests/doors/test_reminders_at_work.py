"""Reminders as people meet them: putting off, words and keys, the worker as a process, what is foretold."""

import json
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path

import pytest

from notifications.policy import default_policy
from tests.doors.ketnap import Ketnap
from tests.doors.test_reminders import BITHU, CASE, SNOOZE, folder_of, letter_to
from tests.doors.test_reminders import week as week
from tests.doors.test_reminders import week_made as week_made
from tests.journeys.fixtures import land_template as land_template
from tests.journeys.land import Template, opened, travel, writing
from tests.pool import Pool
from tests.reminders.scene import DAY, ledger, sweep_days
from tests.reminders.test_planning import TODAY, busy, foretold, told_since
from tests.reminders.test_worker import has_begun, running, stood_still, stop, wait_until
from workflow.office import Office
from workflow.reminders.notices.preview import plan_notices
from workflow.reminders.notices.sweep import run_sweep


@pytest.fixture
def office(land_template: Template, tmp_path: Path) -> Iterator[Office]:
    """18 April 2022 in the land, on SQLite: a ceremony to come, a case two weeks late, one of today."""
    with closing(opened(land_template.sqlite(tmp_path / "đất"))) as office:
        yield busy(office)


@pytest.fixture
def on_postgres(land_template: Template, postgres: Pool, tmp_path: Path) -> Iterator[Path]:
    """The config of the land on PostgreSQL before anything has happened."""
    config, url = land_template.postgres(tmp_path / "đất", postgres)
    yield config
    postgres.drop(url)


# --- putting off --------------------------------------------------------------------------------------------


def test_putting_off_and_its_reason_stand_in_the_cases_history(week: Ketnap) -> None:
    week.done(*SNOOZE)
    said = week.done("case", CASE, "--history").out
    assert "Bí thư đi học đến tháng 12" in said
    assert "30/12/2022" in said


def test_what_was_put_off_is_not_foretold_for_a_day_on_which_no_letter_will_tell_it(week: Ketnap) -> None:
    week.done(*SNOOZE)
    plan = week.done("notices", "--next", "30d", "--json").json["notices"]
    assert [one for one in plan if one["subject"] == CASE and one["user"] == BITHU] == []


# --- words and keys -----------------------------------------------------------------------------------------


def test_a_letter_is_found_by_its_key_in_small_letters_as_its_file_is_called(week: Ketnap) -> None:
    [name] = [file.name for file in folder_of(week).glob(f"thu-gui/{letter_to(week, BITHU).lower()}*")]
    assert "Hạn 03/08/2022" in week.done("outbox", name.partition("@")[0]).out


def test_the_heads_of_a_letter_are_in_the_readers_language(week: Ketnap) -> None:
    lines = week.done("outbox", letter_to(week, BITHU)).out.splitlines()
    assert not [line for line in lines if line.startswith(("to:", "subject:"))]


def test_every_state_of_a_letter_is_counted_in_the_document_of_the_status(week: Ketnap) -> None:
    counted = week.done("status", "--json").json["letters"]
    assert counted == {"waiting": 0, "sent": 10, "stuck": 0, "returned": 0, "cancelled": 0}


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_a_letter_that_is_sent_already_is_no_fault_of_how_the_command_was_written(
    week: Ketnap, verb: str
) -> None:
    said = week(verb, letter_to(week, BITHU))
    assert said.exit == 1
    assert "Lệnh viết chưa đúng" not in said.err
    assert "Chưa ghi gì vào sổ." in said.err


def test_a_file_that_is_no_policy_is_told_with_its_line_and_no_hole_in_the_sentence(
    week: Ketnap, tmp_path: Path
) -> None:
    (file := tmp_path / "moi.yaml").write_text('hours: {from: "07:30"\nreminders: [\n', encoding="utf-8")
    said = week("notices", "--policy", file)
    assert said.exit == 1
    assert ", :" not in said.err


def test_a_step_that_is_none_is_told_as_it_was_typed(week: Ketnap, tmp_path: Path) -> None:
    from tests.doors.test_reminders import DEFAULT

    text = DEFAULT.read_text(encoding="utf-8").replace("before: [14, 7, 1]", "before: [14, 7 ngày, 1]")
    (file := tmp_path / "moi.yaml").write_text(text, encoding="utf-8")
    said = week("notices", "--policy", file)
    assert "“7 ngày”" in said.err or "“before”" in said.err


def test_a_folder_that_is_no_maildir_is_called_by_its_own_name(week: Ketnap, tmp_path: Path) -> None:
    (folder := tmp_path / "thư trả lại").mkdir()
    said = week("bounce", folder)
    assert said.exit == 1
    assert "thư trả lại" in said.err


def test_a_bounce_that_is_none_is_an_error_for_programs_too(week: Ketnap, tmp_path: Path) -> None:
    (file := tmp_path / "thư.eml").write_bytes(b"Subject: Chao anh\r\n\r\n")
    said = week("bounce", file, "--json")
    assert (said.exit, "error" in said.json) == (1, True)


# --- the worker as a process --------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="there a process that is ended is not asked")
def test_a_worker_that_is_asked_to_end_by_the_system_ends_well(week: Ketnap) -> None:
    with running(folder_of(week) / "config.yaml") as process:
        wait_until(lambda: bool(week.done("status", "--json").json["next_at"]))
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=5)
    assert (process.returncode, err) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="there a process cannot be sent Ctrl-C alone")
def test_a_worker_that_speaks_json_speaks_nothing_else(week: Ketnap) -> None:
    with running(folder_of(week) / "config.yaml", "--json") as process:
        wait_until(lambda: bool(week.done("status", "--json").json["next_at"]))
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=5)
    for line in out.splitlines():
        json.loads(line)


@pytest.mark.skipif(sys.platform == "win32", reason="there a process cannot be sent Ctrl-C alone")
def test_whoever_is_started_sweeps_first_and_sends_at_once_not_a_minute_later(
    land_template: Template, tmp_path: Path
) -> None:
    """Five starts, since it is by chance which of its two first jobs a worker takes up first."""
    with closing(opened(land_template.sqlite(tmp_path / "đất"))) as office:
        stood_still(office)
    for number in range(5):
        shutil.copytree(tmp_path / "đất", folder := tmp_path / str(number))
        with running(folder / "config.yaml") as process:
            wait_until(lambda folder=folder: has_begun(folder / "config.yaml"))  # type: ignore[misc]
            said = stop(process)[1]
        assert "Đã gửi 3 thư" in said


def test_two_workers_at_once_on_one_server_say_no_traceback(on_postgres: Path) -> None:
    with closing(opened(on_postgres)) as office:
        stood_still(office)
    with ExitStack() as both:
        workers = [both.enter_context(running(on_postgres, "--once")) for _ in range(3)]
        ends = [(*one.communicate(timeout=60), one.returncode) for one in workers]
    assert [code for *_, code in ends] == [0, 0, 0], [err for _, err, _ in ends]
    assert not (on_postgres.parent / "ketnap-error.log").exists()


# --- counting and foretelling -------------------------------------------------------------------------------


def test_on_a_server_a_sweep_says_how_many_notices_it_made(on_postgres: Path) -> None:
    with closing(opened(on_postgres)) as office:
        busy(office)
        before = len(ledger(office))
        made = run_sweep(office, default_policy(), today=TODAY).made
        assert made == len(ledger(office)) - before > 0


def test_what_the_worker_missed_is_foretold_for_the_morning_on_which_it_makes_up_for_it(
    office: Office,
) -> None:
    travel(office, back := date(2022, 5, 20))
    plan = plan_notices(office, default_policy(), 30)
    sweep_days(office, back, back + 30 * DAY)
    assert [line[:-1] for line in foretold(plan)] == [line[:-1] for line in told_since(office, back)]


def test_why_somebody_is_to_be_told_is_foretold_as_it_is_then_told(office: Office) -> None:
    """Straight under the district, its officer is the level above and the supervisor in one person."""
    plan = plan_notices(office, default_policy(), 150)
    sweep_days(office, TODAY, TODAY + 150 * DAY)
    assert foretold(plan) == told_since(office, TODAY)


def test_whoever_lays_down_a_role_in_ten_days_is_foretold_until_then(office: Office) -> None:
    with writing(office) as books:
        for grant in office.snapshot_for_writing(books.tx, books.ledger).grants["canbo"]:
            books.end_row("grants", grant, TODAY + 10 * DAY)
    plan = plan_notices(office, default_policy(), 30)
    sweep_days(office, TODAY, TODAY + 30 * DAY)
    assert [line[:-1] for line in foretold(plan)] == [line[:-1] for line in told_since(office, TODAY)]
