"""A row is carried through the stages of an import."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from states.vocabulary import Person
from workflow.core.text import SameReason
from workflow.register.accepted_words import load_accepted
from workflow.register.roster.import_result import RowOutcome, RowResult
from workflow.register.roster.rows import RosterFault, RosterRow
from workflow.storage.tables.register import PostRow, RegisterRow, TenureRow

OUTCOME_ORDER: tuple[RowOutcome, ...] = (
    "unchanged",
    "details_changed",
    "membership_changed",
    "vacated",
    "head_changed",
    "added",
    "duplicate",
    "bad",
)
"""From the lightest to the weightiest word for a row."""


@dataclass(slots=True)
class ImportEntry:
    """One row of the roster, carried through the stages of an import."""

    row: RosterRow
    what: RowOutcome = "unchanged"
    faults: list[RosterFault] = field(default_factory=list)
    commune: str | None = None
    unit: str | None = None
    post: PostRow | None = None
    holder: TenureRow | None = None
    stays: bool = False
    """The row names who holds the post already."""
    new_commune: bool = False
    new_unit: bool = False
    new_post: str | None = None
    person: str | None = None
    new_person: Person | None = None
    changed_person: Person | None = None
    other: str | None = None
    other_row: int | None = None
    reason: SameReason | None = None
    adds: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ends: list[tuple[str, RegisterRow, date | None]] = field(default_factory=list)
    """Rows that end with a day; None: that never were so."""

    def add_outcome(self, what: RowOutcome) -> None:
        """Add an outcome of the row; the most important one is shown."""
        self.what = max(self.what, what, key=OUTCOME_ORDER.index)

    def add_fault(self, code: str, column: str | None = None, **values: str | int) -> None:
        """Note what is wrong, with the heading that is asked for in the column."""
        heading = load_accepted().main_headings[column] if column else None
        self.faults.append(RosterFault(f"import.{code}", self.row.row, heading, values))
        self.add_outcome("bad")

    def list_changed_people(self) -> set[str]:
        """Those known before of whom the row says something else: their details, or a membership."""
        known = {self.changed_person.id} if self.changed_person else set()
        rows = [row for table, row in self.adds if table == "memberships"] if not self.new_person else []
        return known | {str(row["person_id"]) for row in rows}

    def build_result(self, *, written: bool) -> RowResult[RosterFault]:
        known = self.person if written or self.new_person is None else None
        changes = self.what in ("head_changed", "vacated")
        return RowResult(
            row=self.row.row,
            what=self.what,
            commune=self.row.commune,
            village=self.row.village,
            unit=self.unit if written or not self.new_unit else None,
            post=self.post.id if self.post else self.new_post if written else None,
            name=self.row.name,
            person=known,
            before=self.holder.person_id if self.holder and changes else None,
            other=self.other,
            other_row=self.other_row,
            reason=self.reason,
            faults=tuple(self.faults),
        )
