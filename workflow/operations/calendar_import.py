"""A working calendar is brought in.

Its years replace the office's, and what runs is counted anew.
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from states.calendar.calendar_file import (
    CalendarFault,
    CalendarFaults,
    parse_calendar_rows,
    parse_calendar_yaml,
)
from states.calendar.working_days import Calendar
from states.vocabulary import Text
from workflow.cases.deadline_recount import recount_deadlines
from workflow.office import Office
from workflow.register.writer import RegisterWriter, Who
from workflow.storage import reads
from workflow.storage.tables.register import CalendarRow

MOST_BYTES = 2**20
"""Bytes; a hundred years of days off are a tenth of it."""


@dataclass(frozen=True, slots=True)
class CalendarImport:
    """The years of the file, those that said something new, and how many cases' deadlines changed."""

    years: tuple[int, ...]
    changed: tuple[int, ...]
    cases: int


def import_calendar(office: Office, path: Path, who: Who) -> CalendarImport:
    """Take a calendar from a YAML or CSV file: its years stand in place of the office's own, all others stay.

    Raises `CalendarFaults`, `OSError`.
    """
    calendar = read_calendar(path)
    with office.write_transaction() as (tx, ledger):
        register_writer = RegisterWriter(office, tx, ledger, who)
        current = {row.year: row for row in reads.load_register_rows(tx.connection, CalendarRow)}
        rows = [
            row
            for row in build_calendar_rows(calendar)
            if not _is_same_year(current.get(_year_as_json(row)), row)
        ]
        for row in rows:
            if (before := current.get(_year_as_json(row))) is not None:
                register_writer.retire_row("calendar_years", before)
        register_writer.add_rows("calendar_years", rows)
        cases = recount_deadlines(office, tx, ledger) if rows else 0
        return CalendarImport(tuple(calendar.years), tuple(_year_as_json(row) for row in rows), cases)


def read_calendar(path: Path) -> Calendar:
    """A calendar from a file, by its ending. Raises `CalendarFaults`, `OSError`."""
    if path.suffix.lower() not in (".yaml", ".yml", ".csv", ".txt"):
        raise CalendarFaults(
            [CalendarFault(path.name, "calendar.ending_unknown", {"ending": path.suffix or path.name})]
        )
    if path.stat().st_size > MOST_BYTES:
        raise CalendarFaults([CalendarFault(path.name, "calendar.too_big")])
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CalendarFaults([CalendarFault(path.name, "calendar.not_utf8")]) from None
    if path.suffix.lower() in (".yaml", ".yml"):
        return parse_calendar_yaml(text)
    return _parse_csv(text)


def _parse_csv(text: str) -> Calendar:
    lines = text.splitlines()
    delimiter = max(",;\t", key=(lines[0] if lines else "").count)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        return parse_calendar_rows(list(reader))
    except csv.Error:
        raise CalendarFaults([CalendarFault(str(reader.line_num), "calendar.broken_csv")]) from None


def _year_as_json(row: dict[str, object]) -> int:
    year = row["year"]
    assert isinstance(year, int)  # noqa: S101 - year_rows says so
    return year


def _is_same_year(current: CalendarRow | None, row: dict[str, object]) -> bool:
    return current is not None and json.loads(current.days) == json.loads(str(row["days"]))


def build_calendar_rows(calendar: Calendar) -> list[dict[str, object]]:
    """The years of a calendar as rows of the register."""
    return [
        {
            "valid_from": date(year, 1, 1),
            "valid_to": date(year, 12, 31),
            "year": year,
            "days": _year_row(calendar, year),
        }
        for year in calendar.years
    ]


def _year_row(calendar: Calendar, year: int) -> str:
    def days(of: Mapping[date, Text]) -> list[dict[str, object]]:
        mine = sorted(day for day in of if day.year == year)
        return [{day.isoformat(): {"vi": of[day].vi, "en": of[day].en}} for day in mine]

    content = {
        "year": year,
        "verified": calendar.years[year],
        "days_off": days(calendar.off),
        "days_worked": days(calendar.worked),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True)
