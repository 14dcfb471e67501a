"""This module reads open cases of today or of a past day.

Today's come from the tables, a past day's from the events. Both answer the same questions.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol, TypeVar

from workflow.board.queries import case_queries
from workflow.board.queries.case_queries import (
    OVERDUES,
    STALLING,
    CaseCounts,
    CaseFilter,
    CasePage,
    Late,
    LateClock,
    ListedCase,
    Overdue,
    PendingCarryOver,
    StepKey,
)
from workflow.board.queries.flag_queries import list_flagged
from workflow.storage.reads import Connection

K = TypeVar("K")


class OpenCases(Protocol):
    def count_by_step(self, wanted: CaseFilter) -> Mapping[StepKey, CaseCounts]:
        """How many there are, by pipeline and state."""

    def count_by_unit(self, wanted: CaseFilter) -> Mapping[str, CaseCounts]:
        """How many there are, by unit."""

    def count_overdue(self, wanted: CaseFilter) -> Mapping[tuple[Late, Overdue], int]:
        """How many have been late for how long, by each kind of clock and by either."""

    def list_page(self, wanted: CaseFilter, part: CasePage) -> list[ListedCase]:
        """A page of them."""

    def list_late_clocks(self, cases: Collection[str]) -> Iterable[LateClock]:
        """The late clocks of some of them, oldest first."""


@dataclass(frozen=True)
class CurrentCases:
    """As the tables have it. ``find_pending``: the cases of some units that stand elsewhere than their
    rows say.
    """

    connection: Connection
    day: date
    find_pending: Callable[[Collection[str] | None], list[PendingCarryOver]]

    def _with_pending(self, wanted: CaseFilter) -> CaseFilter:
        return replace(wanted, pending=self.find_pending(wanted.units))

    def count_by_step(self, wanted: CaseFilter) -> Mapping[StepKey, CaseCounts]:
        """How many there are, by pipeline and state."""
        return case_queries.count_by_step(self.connection, self._with_pending(wanted))

    def count_by_unit(self, wanted: CaseFilter) -> Mapping[str, CaseCounts]:
        """How many there are, by unit."""
        return case_queries.count_by_unit(self.connection, self._with_pending(wanted))

    def count_overdue(self, wanted: CaseFilter) -> Mapping[tuple[Late, Overdue], int]:
        return case_queries.count_overdue(self.connection, self._with_pending(wanted))

    def list_page(self, wanted: CaseFilter, part: CasePage) -> list[ListedCase]:
        return case_queries.list_cases(self.connection, self._with_pending(wanted), part)

    def list_late_clocks(self, cases: Collection[str]) -> Iterable[LateClock]:
        return case_queries.list_late_clocks(self.connection, cases, self.day)


@dataclass(frozen=True)
class FoldedCases:
    """All open cases of a past day, and the late clocks of those that the events were asked about."""

    rows: tuple[ListedCase, ...]
    late: Mapping[str, tuple[LateClock, ...]]


@dataclass(frozen=True)
class PastCases:
    """Open cases by the events. Cases without an event since are read from the tables.

    What is flagged is a matter of today: of a past day, it is those of its open cases that are flagged now.
    """

    connection: Connection
    day: date
    folded: FoldedCases

    def count_by_step(self, wanted: CaseFilter) -> Mapping[StepKey, CaseCounts]:
        """How many there are, by pipeline and state."""
        return _count_rows(self._select_rows(wanted), lambda row: (row.pipeline, row.state))

    def count_by_unit(self, wanted: CaseFilter) -> Mapping[str, CaseCounts]:
        """How many there are, by unit."""
        return _count_rows(self._select_rows(wanted), lambda row: row.unit)

    def count_overdue(self, wanted: CaseFilter) -> Mapping[tuple[Late, Overdue], int]:
        rows = self._select_rows(replace(wanted, late="any"))
        kinds: tuple[Late, ...] = (*STALLING, "any")
        return {
            (kind, age_band): sum(_is_overdue_by(row, wanted, age_band, kind) for row in rows)
            for kind in kinds
            for age_band in OVERDUES
        }

    def list_page(self, wanted: CaseFilter, part: CasePage) -> list[ListedCase]:
        rows = sorted(self._select_rows(wanted), key=_sort_key(part))
        return rows[part.offset :][: part.limit]

    def list_late_clocks(self, cases: Collection[str]) -> Iterable[LateClock]:
        folded_clocks = [clock for case in cases for clock in self.folded.late.get(case, ())]
        stored = [case for case in cases if case not in self.folded.late]
        return [
            *folded_clocks,
            *(case_queries.list_late_clocks(self.connection, stored, self.day) if stored else ()),
        ]

    def _select_rows(self, wanted: CaseFilter) -> list[ListedCase]:
        units = None if wanted.units is None else frozenset(wanted.units)
        steps = None if wanted.steps is None else frozenset(wanted.steps)
        waiting = wanted.waiting
        flagged = list_flagged(self.connection) if wanted.flagged else None
        return [
            row
            for row in self.folded.rows
            if (units is None or row.unit in units)
            and (steps is None or (row.pipeline, row.state) in steps)
            and (
                waiting is None or any(part.has_case((row.pipeline, row.state), row.unit) for part in waiting)
            )
            and (flagged is None or row.case in flagged)
            and (wanted.late is None or _count_case(row).count_late(wanted.late))
            and (wanted.overdue is None or _is_overdue_by(row, wanted, wanted.overdue, wanted.late or "any"))
        ]


def _oldest_due(row: ListedCase, kind: Late) -> date | None:
    dues = {"legal": [row.legal], "house": [row.house], "any": [row.legal, row.house]}[kind]
    return min((due for due in dues if due is not None), default=None)


def _is_overdue_by(row: ListedCase, wanted: CaseFilter, overdue: Overdue, kind: Late) -> bool:
    oldest = _oldest_due(row, kind)
    return oldest is not None and wanted.is_overdue_by(overdue, oldest)


def _count_rows(rows: Iterable[ListedCase], key_of: Callable[[ListedCase], K]) -> dict[K, CaseCounts]:
    counts: dict[K, CaseCounts] = {}
    for row in rows:
        key = key_of(row)
        counts[key] = counts.get(key, CaseCounts()).add_counts(_count_case(row))
    return counts


def _count_case(row: ListedCase) -> CaseCounts:
    legal, house = row.legal is not None, row.house is not None
    return CaseCounts(1, int(legal), int(house), int(legal or house))


def _sort_key(part: CasePage) -> Callable[[ListedCase], tuple[Any, ...]]:
    places = {step: place for place, step in enumerate(part.order)}

    def sort_value(row: ListedCase) -> Any:
        if part.sort == "late":
            return _oldest_due(row, "any") or date.max
        if part.sort == "opened":
            return row.opened_on
        return places.get((row.pipeline, row.state), len(places)) if part.sort == "step" else row.since

    return lambda row: (sort_value(row), row.case)
