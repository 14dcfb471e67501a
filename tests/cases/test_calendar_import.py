"""A working calendar comes in: its years replace the office's, and what runs is counted anew."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from states.calendar.calendar_file import CalendarFaults
from tests.adoptions import stated
from tests.offices import BRANCH, HEAD, HUYEN, SECRETARY, SPONSOR, make_small_office
from workflow.cases.commands.open import adopt_case
from workflow.core.messages import load_messages
from workflow.office import Office
from workflow.operations.calendar_import import import_calendar
from workflow.operations.verify.verify import verify_office
from workflow.storage import reads

D = date


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    """The small office, with a case that waits for the decision since 1 July 2024."""
    with closing(make_small_office(tmp_path, database_url)) as made:
        days: dict[str, Any] = {
            "branch_resolution_on": "2024-07-01",
            "committee_resolution_on": "2024-07-02",
        }
        said = stated("decision", D(2024, 7, 2), (SECRETARY, SPONSOR), **days)
        adopt_case(made, HEAD, "decision", D(2024, 7, 2), BRANCH, said)
        yield made


def due(office: Office) -> dict[str, date | None]:
    with office.database.read_transaction() as connection:
        return {clock.name: clock.due for clock in reads.load_clocks(connection)}


def events(office: Office) -> int:
    with office.database.read_transaction() as connection:
        return sum(1 for _ in reads.load_events(connection))


def written(tmp_path: Path, text: str, name: str = "lịch.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


STORM = "ngày;loại;lý do\n15/07/2024;nghỉ;Nghỉ bão\n"
MADE_UP_FOR = "20/07/2024;làm;Làm bù\n"


def year(office: Office, more: str) -> str:
    """The office's own year 2024 as a CSV file, with more days."""
    calendar = office.read_snapshot().calendar
    kinds = ((calendar.off, "nghỉ"), (calendar.worked, "làm"))
    days = [f"{day:%d/%m/%Y};{kind};{of[day].vi}\n" for of, kind in kinds for day in of if day.year == 2024]
    return more + "".join(days)


def test_a_day_off_more_moves_the_deadlines_that_count_over_it(office: Office, tmp_path: Path) -> None:
    before = due(office)["DEC_ADMIT"]
    result = import_calendar(office, written(tmp_path, year(office, STORM)), HUYEN)
    assert (result.years, result.changed, result.cases) == ((2024,), (2024,), 1)
    assert before is not None
    assert due(office)["DEC_ADMIT"] == office.read_snapshot().calendar.add_working_days(before, 1).due
    assert verify_office(office).holds


def test_a_day_made_up_for_on_a_saturday_moves_none(office: Office, tmp_path: Path) -> None:
    before = due(office)
    result = import_calendar(office, written(tmp_path, year(office, STORM + MADE_UP_FOR)), HUYEN)
    assert (result.changed, result.cases) == ((2024,), 0)
    assert due(office) == before


def test_years_that_the_file_does_not_name_stay_and_the_same_file_again_changes_nothing(
    office: Office, tmp_path: Path
) -> None:
    years = set(office.read_snapshot().calendar.years)
    path = written(tmp_path, STORM.replace("2024", "2031"))
    assert import_calendar(office, path, HUYEN).changed == (2031,)
    assert set(office.read_snapshot().calendar.years) == years | {2031}
    count = events(office)
    assert import_calendar(office, path, HUYEN).changed == ()
    assert events(office) == count


def test_a_yaml_file_is_read_by_its_ending(office: Office, tmp_path: Path) -> None:
    text = "years:\n- {year: 2031, verified: false, days_off: [{2031-01-01: Tết}], days_worked: []}\n"
    assert import_calendar(office, written(tmp_path, text, "2031.YAML"), HUYEN).changed == (2031,)
    assert office.read_snapshot().calendar.years[2031] is False


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("lịch.csv", b"2024-02-30,off,x\n2024-01-01,off,x\n", "calendar.bad_date"),
        ("lịch.csv", "ngày,loại\n".encode("utf-16"), "calendar.not_utf8"),
        ("lịch.csv", b'2024-01-01,off,"x\n', "calendar.broken_csv"),
        ("lịch.csv", b"", "calendar.empty"),
        ("lịch.csv", b"2024-01-01,off,x\n" * 70_000, "calendar.too_big"),
        ("lịch.yaml", b"years: [", "calendar.broken_yaml"),
        ("lịch.xlsx", b"PK", "calendar.ending_unknown"),
    ],
)
def test_a_file_that_is_wrong_changes_nothing(
    tmp_path: Path, sqlite_url: str, name: str, content: bytes, code: str
) -> None:
    with closing(make_small_office(tmp_path, sqlite_url)) as office:
        before = events(office)
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CalendarFaults) as wrong:
            import_calendar(office, tmp_path / name, HUYEN)
        assert [fault.code for fault in wrong.value.faults] == [code]
        assert events(office) == before
        for language in ("vi", "en"):
            assert code in load_messages(language)
