"""What an import came to: one result for every row of the file."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from workflow.core.text import SameReason
from workflow.register.roster.rows import RosterFault

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
"""What a row brings, the weightiest word where it brings several things; a ``duplicate`` waits for a decision."""


@dataclass(frozen=True, slots=True)
class RowResult:
    """One row: what it brings, the place it speaks of, who it names, and what is wrong with it.

    ``person``: the id of who is named, if known before or written now; ``before``: of who held the post before.
    ``other`` (an id) or ``other_row`` (of the same file): who the named one may be, for ``reason``.
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
    faults: tuple[RosterFault, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportResult:
    """An import: its rows in the order of the file, the faults of the whole file, notices that stop nothing.

    ``written``: whether the register says it now; not in a dry run, nor while a row is in the way.
    """

    day: date
    dry_run: bool
    written: bool
    rows: tuple[RowResult, ...]
    faults: tuple[RosterFault, ...] = ()
    notices: tuple[RosterFault, ...] = ()
    events: int = 0
    counts: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        """Count the rows by what they bring."""
        object.__setattr__(self, "counts", Counter(row.what for row in self.rows))

    @property
    def in_the_way(self) -> int:
        """How many rows keep the import from being written: bad ones, and those that wait for a decision."""
        return self.counts["bad"] + self.counts["duplicate"]
