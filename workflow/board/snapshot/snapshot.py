"""One look at the board: by one picture of the database, on one day, by somebody who may see some units."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, TypedDict

from workflow.board.cache import Kept
from workflow.board.queries import case_queries
from workflow.board.queries.case_queries import Basis, Counted, Late, Overdue, Stray, Wanted
from workflow.board.snapshot.open_cases import By, Now, Snapshot, Standings, Then
from workflow.board.snapshot.past_day import PastDay
from workflow.board.snapshot.pending_carry_over import Strays
from workflow.board.snapshot.steps import Steps
from workflow.board.snapshot.units import Places
from workflow.office import Office
from workflow.storage.reads import Connection
from workflow.storage.register_snapshot import Tree

Scope = frozenset[str] | None
"""The ids of the units that a reader may see; None: all."""

_PLACES, _STRAYS, _PAST, _COUNTS, _OVERDUES = Kept(4), Kept(), Kept(3), Kept(256), Kept(256)


@dataclass(frozen=True)
class Asked:
    """What is asked for beside the day: a unit with all below, a step, whose turn, late by which clock, how long."""

    unit: str | None = None
    pipeline: str | None = None
    state: str | None = None
    turn: str | None = None
    late: Late | None = None
    overdue: Overdue | None = None


class Filters(TypedDict, total=False):
    """What a list may be narrowed by, as `Asked` says, and the day that it is about."""

    unit: str | None
    pipeline: str | None
    state: str | None
    turn: str | None
    late: Late | None
    overdue: Overdue | None
    on: date | None
    as_known_on: date | None


def asked_by(filters: Filters) -> Asked:
    """What filters ask for beside the day."""
    given = {name: value for name, value in filters.items() if name not in ("on", "as_known_on")}
    return Asked(**given)  # type: ignore[arg-type]  # the names are those of the fields


@dataclass(frozen=True)
class Look:
    """What one look goes by. ``day``: the day looked at; ``as_known_on``: by what was recorded until then, or None."""

    office: Office
    connection: Connection
    tree: Tree
    basis: Basis
    today: date
    day: date
    as_known_on: date | None
    scope: Scope

    @cached_property
    def places(self) -> Places:
        """The units of the day."""
        key = (self.tree.n, self.day)
        return _PLACES.get(self.office.database, key, lambda: Places(self.office, self.tree, self.day))

    @cached_property
    def steps(self) -> Steps:
        """The steps of the day."""
        return Steps(self.office, self.day)

    @cached_property
    def standings(self) -> Standings:
        """The open cases of the day."""
        if self.is_now:
            return Now(self.connection, self.day, self._strays)
        return Then(self.connection, self.day, self._snapshot())

    @property
    def is_now(self) -> bool:
        """Whether the tables themselves have the answer."""
        return self.day == self.today and self.as_known_on is None

    def units(self, unit: str | None) -> frozenset[str] | None:
        """The units that are meant: those that the reader may see, below a unit. Raises `UnknownUnit`."""
        if unit is None:
            return self.scope
        below = self.places.below(unit)
        return below if self.scope is None else below & self.scope

    def wanted(self, asked: Asked) -> Wanted:
        """What is asked for, as the store wants it said. Raises `UnknownUnit`."""
        steps = self.steps.matching(asked.pipeline, asked.state, asked.turn)
        return Wanted(self.day, self.units(asked.unit), steps, asked.late, asked.overdue)

    def counts(self, asked: Asked, by: By) -> Mapping[Any, Counted]:
        """How many cases are meant, by step (pipeline and state) or by unit. Raises `UnknownUnit`."""
        wanted = self.wanted(asked)
        key = self.key(asked, by)
        return _COUNTS.get(self.office.database, key, lambda: self.standings.counts(wanted, by))

    def overdues(self, asked: Asked) -> Mapping[tuple[Late, Overdue], int]:
        """How many cases have been late for how long, by each kind of clock and by either. Raises `UnknownUnit`."""
        asked = replace(asked, late=None, overdue=None)
        wanted = self.wanted(asked)
        return _OVERDUES.get(self.office.database, self.key(asked), lambda: self.standings.overdues(wanted))

    def total(self, asked: Asked) -> int:
        """How many cases are meant: the sum of what is counted at the steps that are. Raises `UnknownUnit`."""
        if asked.overdue is not None:
            return self.overdues(asked)[asked.late or "any", asked.overdue]
        steps = self.steps.matching(asked.pipeline, asked.state, asked.turn)
        counts = self.counts(Asked(asked.unit), "step")
        return sum(one.of(asked.late) for step, one in counts.items() if steps is None or step in steps)

    def key(self, *more: Any) -> tuple[Any, ...]:
        """What an answer depends on: while it is the same, so is the answer."""
        return (self.basis, self.today, self.day, self.as_known_on, self.scope, *more)

    def _strays(self, units: Collection[str] | None) -> list[Stray]:
        finder = Strays(self.office, self.tree, self.day)
        held = None if units is None else frozenset(units)
        key = (self.basis, self.day, held)
        return _STRAYS.get(self.office.database, key, lambda: finder.among(self.connection, held))

    def _snapshot(self) -> Snapshot:
        past = PastDay(self.office, self.tree, self.day, self.as_known_on)
        return _PAST.get(self.office.database, self.key(), lambda: past.snapshot(self.connection, self.scope))


@contextmanager
def looking(office: Office, *, scope: Scope, on: date | None = None, as_known_on: date | None = None) -> Iterator[Look]:
    """One look. A day to come is looked at as today: nothing is known of it yet."""
    with office.database.reading() as connection:
        basis = case_queries.basis(connection)
        today = office.day(basis.today)
        day = min(on or today, today)
        known = as_known_on if as_known_on is not None and as_known_on < today else None
        yield Look(office, connection, office.tree_in(connection), basis, today, day, known, scope)
