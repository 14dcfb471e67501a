"""A cell becomes a typed value.

Or a fault is noted, and the value is missing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from sys import intern

from workflow.core.text import search_key, tidy_name
from workflow.register.accepted_words import load_accepted
from workflow.register.roster.columns import SheetColumns
from workflow.register.roster.rows import Cell, NoValue, RosterFault

MAX_TEXT_LENGTH = 200
EARLIEST_DAY = date(1900, 1, 1)  # nobody in a roster was born, or joined, before

_DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]+)?")
_YEAR = re.compile(r"\d{4}")
_NO_PART_OF_A_NAME = re.compile(r"[^\w\s.'\u2018\u2019\u02bc-]|_")  # apostrophes: H'Hen, K’Tem
_DIGITS_WITHOUT_ZERO = 9  # Excel drops the 0 that a telephone number begins with


@dataclass(slots=True)
class RowCells:
    """Reads the cells of one row and collects their faults."""

    number: int
    columns: SheetColumns
    today: date
    cells: Mapping[str, Cell]
    faults: list[RosterFault] = field(default_factory=list)

    def add_fault(self, code: str, name: str | None = None, **values: str | int) -> None:
        """Note what is wrong, with the heading of the column as the office wrote it."""
        heading = self.columns.headings.get(name, name) if name else None
        self.faults.append(RosterFault(code, self.number, heading, values))

    def has_fault(self, name: str) -> bool:
        heading = self.columns.headings.get(name)
        return any(fault.column == heading for fault in self.faults if heading)

    def read_text(self, name: str) -> str | None:
        """A text as it is kept; None for an empty cell, and for one that holds no more than dashes."""
        cell = self.cells.get(name)
        if cell is None:
            return None
        if isinstance(cell, NoValue):
            self.add_fault(
                cell.code, name, **({"text": cell.text} if cell.code == "roster.cell_error" else {})
            )
            return None
        if isinstance(cell, bool):
            return str(int(cell))
        tidied = tidy_name(cell.isoformat() if isinstance(cell, date) else str(cell))
        if len(tidied) > MAX_TEXT_LENGTH:
            self.add_fault("roster.cell_too_long", name, limit=MAX_TEXT_LENGTH)
            return None
        return intern(tidied) if any(map(str.isalnum, tidied)) else None

    def read_required(self, name: str) -> str:
        """A text that has to be there; "" with a fault if it is not."""
        before = len(self.faults)
        text = self.read_text(name)
        if text is None and len(self.faults) == before:
            self.add_fault("roster.cell_missing", name)
        return text or ""

    def read_name(self) -> str | None:
        """A person's name; None for a vacant post, whether the cell is empty or says so."""
        text = self.read_text("name")
        if text is None or search_key(text) in load_accepted().vacant:
            return None
        if any(char.isdigit() for char in text):
            self.add_fault("roster.name_has_digits", "name", value=text)
        elif match := _NO_PART_OF_A_NAME.search(text):
            self.add_fault("roster.name_odd", "name", value=text, sign=match[0])
        return text

    def read_day(self, name: str) -> date | None:
        """A day that has been: a date cell, dd/mm/yyyy or ISO."""
        cell = self.cells.get(name)
        if isinstance(cell, date):
            return self._check_past(name, cell)
        text = self.read_text(name)
        if text is None:
            return None
        if _YEAR.fullmatch(text):
            self.add_fault("roster.date_year_only", name, value=text)
            return None
        day = _parse_day(text)
        if day is None:
            self.add_fault("roster.date_impossible", name, value=text)
            return None
        return self._check_past(name, day)

    def read_word(self, name: str, words: Mapping[str, str], code: str) -> str | None:
        """One of the words that are accepted in a column, as the program names it."""
        text = self.read_text(name)
        if text is None:
            return None
        if (key := search_key(text)) in words:
            return words[key]
        self.add_fault(code, name, value=text)
        return None

    def read_answer(self, name: str) -> bool | None:
        """Yes or no; None if the cell is empty."""
        answer = self.read_word(name, load_accepted().answers, "roster.answer_unknown")
        return None if answer is None else answer == "yes"

    def read_contact(self) -> str | None:
        """A telephone number or address, with the zero that Excel takes from a number given back."""
        cell, text = self.cells.get("contact"), self.read_text("contact")
        if text and isinstance(cell, int) and len(text) == _DIGITS_WITHOUT_ZERO:
            return f"0{text}"
        return text

    def _check_past(self, name: str, day: date) -> date | None:
        if EARLIEST_DAY <= day <= self.today:
            return day
        code = "roster.date_future" if day > self.today else "roster.date_too_early"
        self.add_fault(code, name, value=f"{day.day:02}/{day.month:02}/{day.year}")
        return None


def _parse_day(text: str) -> date | None:
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, match.groups())
    elif match := _ISO.fullmatch(text):
        year, month, day = map(int, match.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
