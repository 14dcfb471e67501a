"""One look at the board: by one picture of the database, on one day, by somebody who may see some units."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, TypedDict

from workflow.board.cache import BoardCache
from workflow.board.queries import case_queries
from workflow.board.queries.case_queries import CaseCounts, CaseFilter, DataVersion, Late, Overdue, PendingCarryOver
from workflow.board.snapshot.open_cases import CurrentCases, FoldedCases, GroupBy, OpenCases, PastCases
from workflow.board.snapshot.past_day import PastDay
from workflow.board.snapshot.pending_carry_over import PendingCarryOvers
from workflow.board.snapshot.steps import StepIndex
from workflow.board.snapshot.units import UnitIndex
from workflow.office import Office
from workflow.storage.reads import Connection
from workflow.storage.register_snapshot import RegisterSnapshot

Scope = frozenset[str] | None
"""The ids of the units that a reader may see; None: all."""

_UNITS_CACHE, _PENDING_CACHE, _PAST_CACHE, _COUNTS_CACHE, _OVERDUE_CACHE = (
    BoardCache(4),
    BoardCache(),
    BoardCache(3),
    BoardCache(256),
    BoardCache(256),
)


@dataclass(frozen=True)
class BoardFilter:
    """What is asked for beside the day: a unit with all below, a step, whose turn, late by which clock, how long."""

    unit: str | None = None
    pipeline: str | None = None
    state: str | None = None
    turn: str | None = None
    late: Late | None = None
    overdue: Overdue | None = None


class BoardFilterArgs(TypedDict, total=False):
    """What a list may be narrowed by, as `Asked` says, and the day that it is about."""

    unit: str | None
    pipeline: str | None
    state: str | None
    turn: str | None
    late: Late | None
    overdue: Overdue | None
    on: date | None
    as_known_on: date | None


def build_filter(filters: BoardFilterArgs) -> BoardFilter:
    """What filters ask for beside the day."""
    values = {name: value for name, value in filters.items() if name not in ("on", "as_known_on")}
    return BoardFilter(**values)  # type: ignore[arg-type]  # the names are those of the fields


@dataclass(frozen=True)
class BoardSnapshot:
    """What one look goes by. ``day``: the day looked at; ``as_known_on``: by what was recorded until then, or None."""

    office: Office
    connection: Connection
    tree: RegisterSnapshot
    basis: DataVersion
    today: date
    day: date
    as_known_on: date | None
    scope: Scope

    @cached_property
    def unit_index(self) -> UnitIndex:
        """The units of the day."""
        key = (self.tree.n, self.day)
        return _UNITS_CACHE.get_or_build(self.office.database, key, lambda: UnitIndex(self.office, self.tree, self.day))

    @cached_property
    def steps(self) -> StepIndex:
        """The steps of the day."""
        return StepIndex(self.office, self.day)

    @cached_property
    def open_cases(self) -> OpenCases:
        """The open cases of the day."""
        if self.is_today:
            return CurrentCases(self.connection, self.day, self._find_pending)
        return PastCases(self.connection, self.day, self._fold_cases())

    @property
    def is_today(self) -> bool:
        """Whether the tables themselves have the answer."""
        return self.day == self.today and self.as_known_on is None

    def select_units(self, unit: str | None) -> frozenset[str] | None:
        """The units that are meant: those that the reader may see, below a unit. Raises `UnknownUnit`."""
        if unit is None:
            return self.scope
        below = self.unit_index.ids_below(unit)
        return below if self.scope is None else below & self.scope

    def build_query(self, board_filter: BoardFilter) -> CaseFilter:
        """What is asked for, as the store wants it said. Raises `UnknownUnit`."""
        steps = self.steps.match_steps(board_filter.pipeline, board_filter.state, board_filter.turn)
        return CaseFilter(
            self.day, self.select_units(board_filter.unit), steps, board_filter.late, board_filter.overdue
        )

    def count_cases(self, board_filter: BoardFilter, by: GroupBy) -> Mapping[Any, CaseCounts]:
        """How many cases are meant, by step (pipeline and state) or by unit. Raises `UnknownUnit`."""
        wanted = self.build_query(board_filter)
        key = self.cache_key(board_filter, by)
        return _COUNTS_CACHE.get_or_build(self.office.database, key, lambda: self.open_cases.count_cases(wanted, by))

    def count_overdue(self, board_filter: BoardFilter) -> Mapping[tuple[Late, Overdue], int]:
        """How many cases have been late for how long, by each kind of clock and by either. Raises `UnknownUnit`."""
        board_filter = replace(board_filter, late=None, overdue=None)
        wanted = self.build_query(board_filter)
        return _OVERDUE_CACHE.get_or_build(
            self.office.database, self.cache_key(board_filter), lambda: self.open_cases.count_overdue(wanted)
        )

    def count_total(self, board_filter: BoardFilter) -> int:
        """How many cases are meant: the sum of what is counted at the steps that are. Raises `UnknownUnit`."""
        if board_filter.overdue is not None:
            return self.count_overdue(board_filter)[board_filter.late or "any", board_filter.overdue]
        steps = self.steps.match_steps(board_filter.pipeline, board_filter.state, board_filter.turn)
        counts = self.count_cases(BoardFilter(board_filter.unit), "step")
        return sum(
            counted.count_late(board_filter.late) for step, counted in counts.items() if steps is None or step in steps
        )

    def cache_key(self, *more: Any) -> tuple[Any, ...]:
        """What an answer depends on: while it is the same, so is the answer."""
        return (self.basis, self.today, self.day, self.as_known_on, self.scope, *more)

    def _find_pending(self, units: Collection[str] | None) -> list[PendingCarryOver]:
        finder = PendingCarryOvers(self.office, self.tree, self.day)
        unit_ids = None if units is None else frozenset(units)
        key = (self.basis, self.day, unit_ids)
        return _PENDING_CACHE.get_or_build(
            self.office.database, key, lambda: finder.find_pending(self.connection, unit_ids)
        )

    def _fold_cases(self) -> FoldedCases:
        past = PastDay(self.office, self.tree, self.day, self.as_known_on)
        return _PAST_CACHE.get_or_build(
            self.office.database, self.cache_key(), lambda: past.fold_cases(self.connection, self.scope)
        )


@contextmanager
def open_snapshot(
    office: Office, *, scope: Scope, on: date | None = None, as_known_on: date | None = None
) -> Iterator[BoardSnapshot]:
    """One look. A day to come is looked at as today: nothing is known of it yet."""
    with office.database.read_transaction() as connection:
        basis = case_queries.load_data_version(connection)
        today = office.resolve_day(basis.today)
        day = min(on or today, today)
        known = as_known_on if as_known_on is not None and as_known_on < today else None
        yield BoardSnapshot(
            office, connection, office.snapshot_for_reading(connection), basis, today, day, known, scope
        )
