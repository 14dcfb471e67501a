"""Values of a row are read: days, counts, answers, people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from states.calendar.months import add_months
from states.rulebook.edition import Edition, FieldRule
from states.trials.cells import Cell
from states.trials.words import (
    ANSWERS,
    CANDIDATE,
    MEMBERSHIPS,
    PERSON_COLUMNS,
    find_word,
    fold_words,
    is_unknown,
    read_time_before,
)
from states.vocabulary import FieldValue, Membership, Person, Text

Complain = Callable[[int, str, str], None]
"""Takes a fault down: line, code, name."""


def parse_trial_day(typed: str) -> date | None:
    """A day as 31/01/2022 or 2022-01-31; None where it is none."""
    parts = typed.strip().split("/")
    try:
        if len(parts) == len(("day", "month", "year")):
            return date(int(parts[2]), int(parts[1]), int(parts[0]))
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class ValueReader:
    """Reads the values of one row, of whose day ``day`` and ``edition`` are."""

    day: date
    edition: Edition
    complain: Complain
    people: dict[str, Person] = field(default_factory=dict)

    def read_day(self, cell: Cell) -> date | None:
        """A day, or so long before the day of the row; None where it is not known."""
        typed = self.read_text(cell)
        if not typed or is_unknown(typed):
            return None
        before = read_time_before(typed)
        if before and before.unit == "months":
            return add_months(self.day, -before.amount)
        if before:
            return self.day - timedelta(days=before.amount)
        day = parse_trial_day(typed)
        if day is None:
            self.complain(cell.line, "not_a_day", typed)
        return day

    def read_text(self, cell: Cell) -> str:
        """Plain words in one cell."""
        if cell.text is None:
            self.complain(cell.line, "not_text", "")
        return cell.text or ""

    def read_choice(self, cell: Cell, words: Mapping[str, Text], code: str) -> str | None:
        """One of some names, by key or as it is called; None where there is no such name."""
        typed = self.read_text(cell)
        key = find_word(typed, words) if typed else None
        if key is None:
            self.complain(cell.line, code, typed)
        return key

    def read_list(self, cell: Cell) -> list[Cell]:
        """Several cells; one alone counts as a list of one."""
        return cell.value if isinstance(cell.value, list) else [cell]

    def read_mapping(self, cell: Cell) -> dict[str, Cell]:
        """Names with values."""
        if isinstance(cell.value, dict):
            return cell.value
        self.complain(cell.line, "not_a_mapping", cell.text or "")
        return {}

    def read_answer(self, cell: Cell) -> bool | None:
        """Yes or no; None where it is not known."""
        if is_unknown(self.read_text(cell)):
            return None
        key = self.read_choice(cell, ANSWERS, "not_an_answer")
        return None if key is None else key == "yes"

    def read_membership(self, cell: Cell) -> Membership:
        """Whether somebody is a member."""
        key = self.read_choice(cell, MEMBERSHIPS, "unknown_membership")
        return "member" if key == "member" else "probationary" if key == "probationary" else "none"

    def read_person(self, id_: str, cell: Cell) -> Person:
        """Somebody of whom the row says more than a name."""
        values: dict[str, Cell] = {}
        for name, value in self.read_mapping(cell).items():
            key = find_word(name, PERSON_COLUMNS)
            if key is None:
                self.complain(value.line, "unknown_column", name)
            else:
                values[key] = value
        person = Person(
            id_,
            self.read_text(values["name"]) if "name" in values else id_,
            official_since=self.read_day(values["official_since"]) if "official_since" in values else None,
            together_since=self.read_day(values["together_since"]) if "together_since" in values else None,
        )
        if "membership" not in values:
            return person
        return replace(person, membership=self.read_membership(values["membership"]))

    def find_person(self, cell: Cell) -> str:
        """Somebody named in the row, by the name that the row calls him or her."""
        name = self.read_text(cell)
        if fold_words(name) in CANDIDATE:
            return "candidate"
        if name not in self.people:
            self.complain(cell.line, "unknown_person", name)
        return name

    def read_fields(self, cell: Cell) -> dict[str, FieldValue]:
        """Fields of the edition with their values, those left out that are not known."""
        labels = {name: rule.label for name, rule in self.edition.fields.items()}
        read: dict[str, FieldValue] = {}
        for typed, value in self.read_mapping(cell).items():
            name = find_word(typed, labels)
            if name is None:
                self.complain(value.line, "unknown_field", typed)
                continue
            if value.text is None or not is_unknown(value.text):
                read[name] = self._read_field(value, self.edition.fields[name])
        return {name: value for name, value in read.items() if value is not None}

    def _read_field(self, cell: Cell, rule: FieldRule) -> FieldValue:
        match rule.type:
            case "date":
                day = self.read_day(cell)
                return day.isoformat() if day else None
            case "count":
                return self._read_count(cell)
            case "choice":
                return self.read_choice(cell, rule.options, "unknown_option")
            case "people":
                return [self.find_person(item) for item in self.read_list(cell)]
            case "person":
                return self.find_person(cell)
            case _:
                return self.read_text(cell)

    def _read_count(self, cell: Cell) -> int | None:
        typed = self.read_text(cell)
        if typed.isascii() and typed.isdigit() and len(typed) <= len("1000000"):
            return int(typed)
        self.complain(cell.line, "not_a_count", typed)
        return None
