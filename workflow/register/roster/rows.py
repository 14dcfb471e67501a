"""A roster that was read has typed rows and faults."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

VillageKind = Literal["village", "residential_group"]
Sex = Literal["male", "female"]
Membership = Literal["official", "probationary", "none"]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One post of village head as the office wrote it.

    Without a name the post is vacant, and no detail is there.

    `row` is the row of the sheet, as people count. `official` is the day of becoming an official member.
    """

    row: int
    commune: str
    village: str
    village_kind: VillageKind | None = None
    name: str | None = None
    birth: date | None = None
    sex: Sex | None = None
    occupation: str | None = None
    native_place: str | None = None
    membership: Membership | None = None
    joined: date | None = None
    official: date | None = None
    branch_secretary: bool = False
    held_since: date | None = None
    education_met: bool | None = None
    contact: str | None = None

    @property
    def details(self) -> dict[str, Any]:
        """What the row says of the person, by the fields of `Person`; the name aside."""
        return {
            "born": self.birth,
            "sex": self.sex,
            "occupation": self.occupation,
            "home": self.native_place,
            "education_met": self.education_met,
            "contact": self.contact,
            "official_since": self.official,
        }


@dataclass(frozen=True, slots=True)
class RosterFault:
    """Something wrong, or worth telling.

    Where in the sheet, and the key and values of its text in the catalogue.
    """

    code: str
    row: int | None = None
    column: str | None = None
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Roster:
    """The rows without a fault, the faults of all else, and notices that stop nothing."""

    rows: tuple[RosterRow, ...]
    faults: tuple[RosterFault, ...]
    notices: tuple[RosterFault, ...] = ()


class UnreadableRoster(Exception):
    """The file as a whole cannot be read, for one reason."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.fault = RosterFault(code, values=values)


@dataclass(frozen=True, slots=True)
class NoValue:
    """A cell that holds no value of its own: a formula, or an error that a formula left."""

    code: Literal["roster.formula", "roster.cell_error"]
    text: str


Cell = str | int | float | bool | date | NoValue


@dataclass(slots=True)
class Sheet:
    """A sheet while it is read, to be closed: each row's number and its cells by column (0-based).

    `merged` is complete only when the rows have run out; `passed_over` names the sheets that are not read.
    """

    rows: Iterator[tuple[int, Mapping[int, Cell]]]
    merged: list[str] = field(default_factory=list)
    passed_over: tuple[str, ...] = ()
    encoding_guessed: bool = False
    files: ExitStack = field(default_factory=ExitStack)

    def close(self) -> None:
        """Let go of the file: while it is open, some systems let nobody else write it."""
        self.files.close()
