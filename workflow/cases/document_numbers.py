"""A book says which document numbers an organ has given.

Numbers run from 01 for each kind of document and each term of the committee (HD 36-HD/VPTW 2018, HD
05-HD/VPTW 2026). Terms are in the register; where no term is known, no number is checked.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from states.record.events import BookedNumber
from states.rulebook.edition import Edition
from states.vocabulary import BookNumber, FieldValue, UnitLine
from workflow.cases import document_number_queries
from workflow.cases.document_number_queries import StoredNumber
from workflow.storage.engine import Transaction
from workflow.storage.register_snapshot import RegisterSnapshot, find_row_on

CODE = re.compile(r"\s*0*(\d{1,6})\s*[-/]\s*(\S.*?)\s*")
GUARD = "number_once"


def list_number_fields(edition: Edition) -> tuple[str, ...]:
    """The fields that hold numbers out of the acting organ's own book, as the edition's condition names
    them.
    """
    name_lists = (
        condition.with_.get("fields") for condition in edition.conditions.values() if condition.guard == GUARD
    )
    return tuple(name for names in name_lists if isinstance(names, list | tuple) for name in names)


def parse_number(code: object) -> tuple[int, str] | None:
    """A typed number: 06-NQ/CB is 6 of NQ/CB; None where nothing of the kind is written."""
    match = CODE.fullmatch(code) if isinstance(code, str) else None
    return (int(match[1]), match[2].upper()) if match else None


def find_booking(
    tx: Transaction, snapshot: RegisterSnapshot, line: UnitLine, organ: str, day: date, code: str, but: str
) -> BookNumber | None:
    """The book entry of a number on a day; None without a known term or a readable number.

    ``but``: a case to ignore, since one resolution may list several people.
    """
    typed, unit = parse_number(code), line.organs.get(organ)
    term = find_row_on(snapshot.terms.get(unit or "", ()), day)
    if typed is None or unit is None or term is None:
        return None
    number, mark = typed
    rows = document_number_queries.list_book_numbers(tx, unit, mark, term.valid_from, term.valid_to)
    same = [row for row in rows if row.number == number]
    before = max((row.number for row in rows if row.number < number), default=None)
    elsewhere = next((row.on_day for row in same if row.on_day != day), None)
    own = next((row.on_day for row in same if row.case_id == but and row.on_day == day), None)
    return BookNumber(used_on=elsewhere or own, last=before, number=number)


def build_number_rows(
    edition: Edition, fields: Mapping[str, FieldValue], unit: str | None, day: date
) -> Iterator[BookedNumber]:
    """What an act writes into its organ's book."""
    for name in list_number_fields(edition):
        typed = parse_number(fields.get(name))
        if typed is not None and unit is not None:
            yield {
                "field": name,
                "unit_id": unit,
                "mark": typed[1],
                "number": typed[0],
                "on_day": day.isoformat(),
            }


def to_stored_rows(case: str, seq: int, taken: Iterable[BookedNumber]) -> list[StoredNumber]:
    """What an event says of an act's numbers, as rows."""
    return [
        {**row, "case_id": case, "seq": seq, "on_day": date.fromisoformat(row["on_day"])} for row in taken
    ]
