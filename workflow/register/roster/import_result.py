"""An import ends with one result for every row of the file."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Generic, Literal, TypeVar, cast

from workflow.core.text import SameReason
from workflow.register.roster.rows import RosterFault
from workflow.register.views.outcomes import FlaggedCaseView

RowOutcome = Literal[
    "added",
    "unchanged",
    "head_changed",
    "membership_changed",
    "details_changed",
    "vacated",
    "duplicate",
    "bad",
]
"""What a row brings, the weightiest word where it brings several things.

A ``duplicate`` waits for a decision.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultView:
    """A fault in words, with its place in the file."""

    code: str
    row: int | None
    column: str | None
    text: str


F = TypeVar("F", RosterFault, FaultView)


@dataclass(frozen=True, slots=True)
class RowResult(Generic[F]):
    """One row: what it brings, the place it speaks of, who it names, and what is wrong with it.

    ``person``: the id of who is named, if known before or written now; ``before``: of who held the post
    before. ``other`` (an id) or ``other_row`` (of the same file): who the named one may be, for ``reason``.
    """

    row: int
    what: RowOutcome
    commune: str = ""
    village: str = ""
    unit: str | None = None
    post: str | None = None
    name: str | None = None
    person: str | None = None
    before: str | None = None
    other: str | None = None
    other_row: int | None = None
    reason: SameReason | None = None
    faults: tuple[F, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportResult:
    """An import: its rows in the order of the file, the faults of the whole file, notices that stop nothing.

    ``written``: whether the register says it now; not in a dry run, nor while a row is in the way.
    """

    day: date
    dry_run: bool
    written: bool
    rows: tuple[RowResult[RosterFault], ...]
    faults: tuple[RosterFault, ...] = ()
    notices: tuple[RosterFault, ...] = ()
    events: int = 0
    flagged: tuple[FlaggedCaseView, ...] = ()
    counts: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        """Count the rows by what they bring."""
        object.__setattr__(self, "counts", Counter(row.what for row in self.rows))

    @property
    def in_the_way(self) -> int:
        """How many rows keep the import from being written: bad ones, and those that wait for a decision."""
        return self.counts["bad"] + self.counts["duplicate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """An import in words."""

    file_day: date
    dry_run: bool
    written: bool
    events: int
    flagged: tuple[FlaggedCaseView, ...]
    counts: dict[str, int]
    rows: list[RowResult[FaultView]]
    faults: list[FaultView]
    notices: list[FaultView]

    @property
    def causes(self) -> list[FaultView]:
        """Why it was not written: what is wrong with the file as a whole, else with its rows."""
        return self.faults or [fault for row in self.rows for fault in row.faults]


def describe_import(result: ImportResult, word: Callable[[RosterFault], str]) -> ImportView:
    """What an import came to, each fault in words."""

    def describe(fault: RosterFault) -> FaultView:
        return FaultView(code=fault.code, row=fault.row, column=fault.column, text=word(fault))

    def describe_row(row: RowResult[RosterFault]) -> RowResult[FaultView]:
        # the words in their place
        faults = tuple(map(describe, row.faults))
        return cast("RowResult[FaultView]", replace(row, faults=faults))  # type: ignore[arg-type]

    return ImportView(
        file_day=result.day,
        dry_run=result.dry_run,
        written=result.written,
        events=result.events,
        flagged=result.flagged,
        counts=dict(sorted(result.counts.items())),
        rows=[describe_row(row) for row in result.rows],
        faults=[describe(fault) for fault in result.faults],
        notices=[describe(fault) for fault in result.notices],
    )
