"""Open cases as they stand: today by the tables, on a past day by the events. Both answer the same questions."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, Protocol

from workflow.board.queries import case_queries
from workflow.board.queries.case_queries import (
    OVERDUES,
    STALLING,
    Counted,
    Late,
    LateClock,
    Overdue,
    Page,
    Stood,
    Stray,
    Wanted,
)
from workflow.storage.reads import Connection

By = Literal["step", "unit"]


class Standings(Protocol):
    """The open cases of one day."""

    def counts(self, wanted: Wanted, by: By) -> Mapping[Any, Counted]:
        """How many there are, by step (pipeline and state) or by unit."""

    def overdues(self, wanted: Wanted) -> Mapping[tuple[Late, Overdue], int]:
        """How many have been late for how long, by each kind of clock and by either."""

    def page(self, wanted: Wanted, part: Page) -> list[Stood]:
        """A page of them."""

    def late_clocks(self, cases: Collection[str]) -> Iterable[LateClock]:
        """The late clocks of some of them, oldest first."""


@dataclass(frozen=True)
class Now:
    """As the tables have it. ``strays_of``: the cases of some units that stand elsewhere than their rows say."""

    connection: Connection
    day: date
    strays_of: Callable[[Collection[str] | None], list[Stray]]

    def _whole(self, wanted: Wanted) -> Wanted:
        return replace(wanted, strays=self.strays_of(wanted.units))

    def counts(self, wanted: Wanted, by: By) -> Mapping[Any, Counted]:
        """How many there are, by step (pipeline and state) or by unit."""
        return case_queries.counts(self.connection, self._whole(wanted), by)

    def overdues(self, wanted: Wanted) -> Mapping[tuple[Late, Overdue], int]:
        """How many have been late for how long, by each kind of clock and by either."""
        return case_queries.overdues(self.connection, self._whole(wanted))

    def page(self, wanted: Wanted, part: Page) -> list[Stood]:
        """A page of them."""
        return case_queries.page(self.connection, self._whole(wanted), part)

    def late_clocks(self, cases: Collection[str]) -> Iterable[LateClock]:
        """The late clocks of some of them, oldest first."""
        return case_queries.late_clocks(self.connection, cases, self.day)


@dataclass(frozen=True)
class Snapshot:
    """All open cases of a past day, and the late clocks of those that the events were asked about."""

    rows: tuple[Stood, ...]
    late: Mapping[str, tuple[LateClock, ...]]


@dataclass(frozen=True)
class Then:
    """As the events have it. Cases of which nothing was recorded since stand in the tables as they stood then."""

    connection: Connection
    day: date
    snapshot: Snapshot

    def counts(self, wanted: Wanted, by: By) -> Mapping[Any, Counted]:
        """How many there are, by step (pipeline and state) or by unit."""
        found: dict[Any, Counted] = {}
        for row in self._wanted(wanted):
            key = (row.pipeline, row.state) if by == "step" else row.unit
            found[key] = found.get(key, Counted()).plus(_counted(row))
        return found

    def overdues(self, wanted: Wanted) -> Mapping[tuple[Late, Overdue], int]:
        """How many have been late for how long, by each kind of clock and by either."""
        rows = self._wanted(replace(wanted, late="any"))
        kinds: tuple[Late, ...] = (*STALLING, "any")
        return {(kind, one): sum(_is_of(row, wanted, one, kind) for row in rows) for kind in kinds for one in OVERDUES}

    def page(self, wanted: Wanted, part: Page) -> list[Stood]:
        """A page of them."""
        rows = sorted(self._wanted(wanted), key=_sort_key(part))
        return rows[part.offset :][: part.limit]

    def late_clocks(self, cases: Collection[str]) -> Iterable[LateClock]:
        """The late clocks of some of them, oldest first."""
        held = [clock for case in cases for clock in self.snapshot.late.get(case, ())]
        stored = [case for case in cases if case not in self.snapshot.late]
        return [*held, *(case_queries.late_clocks(self.connection, stored, self.day) if stored else ())]

    def _wanted(self, wanted: Wanted) -> list[Stood]:
        units = None if wanted.units is None else frozenset(wanted.units)
        steps = None if wanted.steps is None else frozenset(wanted.steps)
        return [
            row
            for row in self.snapshot.rows
            if (units is None or row.unit in units)
            and (steps is None or (row.pipeline, row.state) in steps)
            and (wanted.late is None or _counted(row).of(wanted.late))
            and (wanted.overdue is None or _is_of(row, wanted, wanted.overdue, wanted.late or "any"))
        ]


def _oldest(row: Stood, kind: Late) -> date | None:
    held = {"legal": [row.legal], "house": [row.house], "any": [row.legal, row.house]}[kind]
    return min((due for due in held if due is not None), default=None)


def _is_of(row: Stood, wanted: Wanted, overdue: Overdue, kind: Late) -> bool:
    oldest = _oldest(row, kind)
    return oldest is not None and wanted.is_of(overdue, oldest)


def _counted(row: Stood) -> Counted:
    legal, house = row.legal is not None, row.house is not None
    return Counted(1, int(legal), int(house), int(legal or house))


def _sort_key(part: Page) -> Callable[[Stood], tuple[Any, ...]]:
    places = {one: place for place, one in enumerate(part.order)}

    def first(row: Stood) -> Any:
        if part.sort == "late":
            return _oldest(row, "any") or date.max
        if part.sort == "opened":
            return row.opened_on
        return places.get((row.pipeline, row.state), len(places)) if part.sort == "step" else row.since

    return lambda row: (first(row), row.case)
