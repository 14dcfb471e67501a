"""A board reads one picture of the database on one day.

Everything that a page says of cases, posts and deadlines is asked of the same snapshot: an act recorded
meanwhile is in none of its numbers, or in all.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TypedDict

from workflow.board.queries.case_queries import (
    CaseCounts,
    CaseFilter,
    Late,
    Overdue,
    PendingCarryOver,
    StepKey,
)
from workflow.board.snapshot.open_cases import CurrentCases, OpenCases, PastCases
from workflow.board.snapshot.past_day import PastDay
from workflow.board.snapshot.pending_carry_over import PendingCarryOvers
from workflow.board.snapshot.steps import StepIndex
from workflow.board.snapshot.units import UnitIndex, load_unit_index
from workflow.core.views import NamedRef
from workflow.office import Office
from workflow.storage import reads
from workflow.storage.reads import Connection
from workflow.storage.register_snapshot import RegisterSnapshot

Scope = frozenset[str] | None
"""The ids of the units that a reader may see; None: all."""


@dataclass(frozen=True)
class BoardFilter:
    """What is asked for beside the day: unit with all below, step, turn, late clock and how long, flags."""

    unit: str | None = None
    pipeline: str | None = None
    state: str | None = None
    turn: str | None = None
    late: Late | None = None
    overdue: Overdue | None = None
    flagged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardScopeView:
    """What a view of the board was asked for."""

    today: date
    on: date
    as_known_on: date | None
    unit: NamedRef | None


class BoardScopeArgs(TypedDict):
    """The fields of a `BoardScopeView`, for the views that have more of them."""

    today: date
    on: date
    as_known_on: date | None
    unit: NamedRef | None


@dataclass(frozen=True)
class BoardSnapshot:
    """What all parts of a page read. ``day``: the day looked at; ``as_known_on``: by what was recorded
    until then.
    """

    office: Office
    connection: Connection
    register: RegisterSnapshot
    today: date
    day: date
    as_known_on: date | None
    scope: Scope
    _by_step: dict[str | None, Mapping[StepKey, CaseCounts]] = field(default_factory=dict, init=False)
    _pending: dict[frozenset[str] | None, list[PendingCarryOver]] = field(default_factory=dict, init=False)

    @cached_property
    def unit_index(self) -> UnitIndex:
        return load_unit_index(self.office, self.register, self.day)

    @cached_property
    def steps(self) -> StepIndex:
        return StepIndex(self.office, self.register, self.day)

    @cached_property
    def open_cases(self) -> OpenCases:
        if self.day >= self.today and self.as_known_on is None:
            return CurrentCases(self.connection, self.day, self._find_pending)
        past = PastDay(self.office, self.register, self.day, self.as_known_on)
        return PastCases(self.connection, self.day, past.fold_cases(self.connection, self.scope))

    def describe(self, unit: str | None) -> BoardScopeArgs:
        """What a view was asked for."""
        named_unit = self.unit_index.unit_ref(unit) if unit else None
        return {"today": self.today, "on": self.day, "as_known_on": self.as_known_on, "unit": named_unit}

    def select_units(self, unit: str | None) -> frozenset[str] | None:
        """The units that are meant: those that the reader may see, below a unit. Raises `NoSuchUnit`."""
        if unit is None:
            return self.scope
        below = self.unit_index.ids_below(unit)
        return below if self.scope is None else below & self.scope

    def build_query(self, board_filter: BoardFilter) -> CaseFilter:
        """What is asked for, as the queries want it said. Raises `NoSuchUnit`."""
        return CaseFilter(
            self.day,
            self.select_units(board_filter.unit),
            self.steps.match_steps(board_filter.pipeline, board_filter.state),
            self.steps.match_turn(board_filter.turn) if board_filter.turn else None,
            board_filter.late,
            board_filter.overdue,
            flagged=board_filter.flagged,
        )

    def count_by_step(self, unit: str | None) -> Mapping[StepKey, CaseCounts]:
        """How many cases are open below a unit, by pipeline and state; counted once. Raises `NoSuchUnit`."""
        if unit not in self._by_step:
            self._by_step[unit] = self.open_cases.count_by_step(self.build_query(BoardFilter(unit)))
        return self._by_step[unit]

    def count_by_turn(self, unit: str | None, organ: str) -> Mapping[StepKey, CaseCounts]:
        """As `count_by_step`, of the cases where it is an organ's turn."""
        waiting = self.steps.match_turn(organ)
        if any(part.units is not None for part in waiting):
            return self.open_cases.count_by_step(self.build_query(BoardFilter(unit, turn=organ)))
        steps = frozenset[StepKey]().union(*(part.steps for part in waiting))
        return {step: counted for step, counted in self.count_by_step(unit).items() if step in steps}

    def count_by_unit(self, board_filter: BoardFilter) -> Mapping[str, CaseCounts]:
        """How many cases are meant, by unit. Raises `NoSuchUnit`."""
        return self.open_cases.count_by_unit(self.build_query(board_filter))

    def count_overdue(self, board_filter: BoardFilter) -> Mapping[tuple[Late, Overdue], int]:
        """How many cases have been late for how long, by each kind of clock and by either. Raises
        `NoSuchUnit`.
        """
        return self.open_cases.count_overdue(self.build_query(replace(board_filter, late=None, overdue=None)))

    def count_total(self, board_filter: BoardFilter) -> int:
        """How many cases are meant: the sum of what is counted at the steps that are. Raises `NoSuchUnit`."""
        if board_filter.overdue is not None:
            return self.count_overdue(board_filter)[board_filter.late or "any", board_filter.overdue]
        if board_filter.flagged:
            counted_units = self.count_by_unit(board_filter).values()
            return sum(counted.count_late(board_filter.late) for counted in counted_units)
        steps = self.steps.match_steps(board_filter.pipeline, board_filter.state)
        counts = (
            self.count_by_turn(board_filter.unit, board_filter.turn)
            if board_filter.turn
            else self.count_by_step(board_filter.unit)
        )
        return sum(
            counted.count_late(board_filter.late)
            for step, counted in counts.items()
            if steps is None or step in steps
        )

    @cached_property
    def _carry_overs(self) -> PendingCarryOvers:
        return PendingCarryOvers(self.office, self.register, self.day)

    def _find_pending(self, units: Collection[str] | None) -> list[PendingCarryOver]:
        key = None if units is None else frozenset(units)
        if key not in self._pending:
            self._pending[key] = self._carry_overs.find_pending(self.connection, key)
        return self._pending[key]


def read_snapshot(
    office: Office,
    connection: Connection,
    *,
    scope: Scope,
    on: date | None = None,
    as_known_on: date | None = None,
) -> BoardSnapshot:
    """The picture that a read transaction has. Of a day to come, what the register knows of it already."""
    today = office.resolve_day(reads.load_today(connection))
    register = office.snapshot_for_reading(connection)
    return BoardSnapshot(office, connection, register, today, on or today, as_known_on, scope)


@contextmanager
def open_snapshot(
    office: Office, *, scope: Scope, on: date | None = None, as_known_on: date | None = None
) -> Iterator[BoardSnapshot]:
    """A read transaction and the picture that it has."""
    with office.database.read_transaction() as connection:
        yield read_snapshot(office, connection, scope=scope, on=on, as_known_on=as_known_on)
