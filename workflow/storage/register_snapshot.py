"""The register snapshot holds units, users, memberships and the calendar.

It is read once, and carried on by what the history says has changed since; every question names a day.
"""

import json
from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from copy import copy
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NotRequired, Protocol, TypedDict, TypeVar

from states.calendar.calendar_file import parse_calendar
from states.calendar.working_days import Calendar
from states.vocabulary import Membership, UnitLine
from workflow.storage import reads
from workflow.storage.reads import Connection
from workflow.storage.tables.register import (
    CalendarRow,
    CompanionRow,
    GrantRow,
    MembershipRow,
    RegisterRow,
    TermRow,
    UnitRow,
    UserRow,
)

BRANCH_ORGAN = "branch"
"""The organ of the units that have a head: a head's post stands where a branch stands."""


class DatedRow(Protocol):
    """Anything that holds from one day to another."""

    valid_from: date
    valid_to: date | None


D = TypeVar("D", bound=DatedRow)
DAY = timedelta(days=1)


def find_row_on(rows: Iterable[D], day: date) -> D | None:
    """The dated row that holds on a day: of several, the one that was entered last. None if none does.

    ``rows``: in the order in which they were entered.
    """
    return next((row for row in reversed(tuple(rows)) if holds_on(row, day)), None)


def holds_on(row: DatedRow, day: date) -> bool:
    """Whether a dated row holds on a day; both its ends are inside."""
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


def find_unit_on(units: Mapping[str, Iterable[UnitRow]], id_: str, day: date) -> UnitRow | None:
    """The unit of that id on a day, or the one that took its place by then."""
    seen: set[str] = set()
    while id_ not in seen:
        seen.add(id_)
        rows = tuple(units.get(id_, ()))
        row_on_day = find_row_on(rows, day)
        if row_on_day is not None:
            return row_on_day
        ended = [
            (row.valid_to, row.successor)
            for row in rows
            if row.valid_to and row.valid_to < day and row.successor
        ]
        if not ended:
            return None
        id_ = max(ended)[1]
    return None


def list_units_above(units: Mapping[str, Iterable[UnitRow]], id_: str, day: date) -> tuple[UnitRow, ...]:
    """The unit and all units above it on a day, nearest first."""
    line: dict[str, UnitRow] = {}
    unit = find_unit_on(units, id_, day)
    while unit is not None and unit.id not in line:
        line[unit.id] = unit
        unit = find_unit_on(units, unit.parent, day) if unit.parent else None
    return tuple(line.values())


SNAPSHOT_TABLES: dict[str, tuple[type[RegisterRow], str]] = {
    "units": (UnitRow, "id"),
    "users": (UserRow, "id"),
    "grants": (GrantRow, "user_id"),
    "memberships": (MembershipRow, "person_id"),
    "companions": (CompanionRow, "candidate_id"),
    "terms": (TermRow, "unit_id"),
    "calendar_years": (CalendarRow, "year"),
}
"""The tables of the register that a tree holds, each under the value of one of its columns."""


class RegisterEvent(TypedDict):
    """What the history says of the register. ``row``: a new row's columns, or the number of the one that
    is retired.
    """

    n: int
    kind: str
    recorded_on: str
    table: NotRequired[str]
    row: NotRequired[Any]


class RegisterSnapshot:
    """The register after the history's event ``n``."""

    def __init__(self, connection: Connection, n: int) -> None:
        self.n = n
        self.units = group_by(reads.load_register_rows(connection, UnitRow), "id")
        self.users = group_by(reads.load_register_rows(connection, UserRow), "id")
        self.grants = group_by(reads.load_register_rows(connection, GrantRow), "user_id")
        self.memberships = group_by(reads.load_register_rows(connection, MembershipRow), "person_id")
        self.companions = group_by(reads.load_register_rows(connection, CompanionRow), "candidate_id")
        self.terms = group_by(reads.load_register_rows(connection, TermRow), "unit_id")
        self.calendar_years = group_by(reads.load_register_rows(connection, CalendarRow), "year")
        self.cache: dict[Hashable, Any] = {}
        """What others have worked out of this register; it goes with the tree, and no later one has it."""
        self._lines: dict[tuple[str, int], UnitLine] = {}
        self._roles: dict[tuple[str, str, int], frozenset[str]] = {}
        self._below: dict[int, dict[str, list[str]]] = {}
        self._parts: dict[tuple[str, int], set[str]] = {}
        self._keys = {
            row.n: key
            for table in SNAPSHOT_TABLES
            for key, rows in getattr(self, table).items()
            for row in rows
        }

    def with_events(self, events: Iterable[RegisterEvent], n: int) -> "RegisterSnapshot":
        """A new snapshot with later register events, up to ``n``, applied; this one is unchanged."""
        later = copy(self)
        later.n = n
        later.cache = {}
        later.apply_events([event for event in events if event.get("table") in SNAPSHOT_TABLES])
        return later

    def apply_events(self, events: Sequence[RegisterEvent]) -> None:
        """Apply register events in place; only for a copy that nobody else uses yet."""
        for table in {event["table"] for event in events}:
            setattr(self, table, dict(getattr(self, table)))
            if table == "calendar_years":
                vars(self).pop("calendar", None)
            elif table in ("units", "grants"):
                self._lines, self._roles, self._below, self._parts = {}, {}, {}, {}
                vars(self).pop("_turns", None)
                vars(self).pop("_grants_at", None)
        for event in events:
            self._apply_event(event)

    def _apply_event(self, event: RegisterEvent) -> None:
        """Apply one event: it adds a row or retires one."""
        model, key = SNAPSHOT_TABLES[event["table"]]
        rows_by_key: dict[Any, tuple[RegisterRow, ...]] = getattr(self, event["table"])
        if event["kind"] == "register":
            row = event["row"]
            until = row["valid_to"] and date.fromisoformat(row["valid_to"])
            dates = {"valid_from": date.fromisoformat(row["valid_from"]), "valid_to": until}
            noted = {"n": event["n"], "recorded_on": date.fromisoformat(event["recorded_on"])}
            self._keys[event["n"]] = name = row[key]
            rows_by_key[name] = (*rows_by_key.get(name, ()), model(**{**row, **dates, **noted}))
            return
        name = self._keys[event["row"]]
        left = tuple(row for row in rows_by_key.pop(name) if row.n != event["row"])
        if left:
            rows_by_key[name] = left

    @cached_property
    def calendar(self) -> Calendar:
        return parse_calendar(
            {"years": [json.loads(row.days) for rows in self.calendar_years.values() for row in rows]}
        )

    def find_unit(self, id_: str, day: date) -> UnitRow | None:
        """A unit as it was on a day; one that has ended lives on in its successor."""
        return find_unit_on(self.units, id_, day)

    def units_above(self, id_: str, day: date) -> tuple[UnitRow, ...]:
        """The unit and all units above it on a day, nearest first."""
        return list_units_above(self.units, id_, day)

    def units_below(self, id_: str, day: date) -> set[str]:
        """The unit and all units below it on a day, with those that have come to be part of them."""
        return set(self._collect_below(id_, day))

    def _collect_below(self, id_: str, day: date) -> set[str]:
        key = (id_, bisect_right(self._turns, day))
        if key in self._parts:
            return self._parts[key]
        children = self._children_by_unit(day)
        ids, todo = {id_}, [id_]
        while todo:
            for child in children.get(todo.pop(), ()):
                if child not in ids:
                    ids.add(child)
                    todo.append(child)
        self._parts[key] = ids
        return ids

    def _children_by_unit(self, day: date) -> dict[str, list[str]]:
        """The units right below each on a day, with those that have come to be part of it."""
        key = bisect_right(self._turns, day)
        children = self._below.get(key)
        if children is None:
            children = {}
            for id_ in self.units:
                row = self.find_unit(id_, day)
                over = (
                    row
                    if row is None or row.id != id_
                    else self.find_unit(row.parent, day)
                    if row.parent
                    else None
                )
                if over is not None:
                    children.setdefault(over.id, []).append(id_)
            self._below[key] = children
        return children

    def grants_at(self, unit: str) -> tuple[GrantRow, ...]:
        """The roles held at a unit itself, on any day."""
        return self._grants_at.get(unit, ())

    @cached_property
    def _grants_at(self) -> dict[str, tuple[GrantRow, ...]]:
        return group_by([row for rows in self.grants.values() for row in rows], "unit_id")

    @cached_property
    def _turns(self) -> list[date]:
        """The days on which a unit or a grant begins, or is over.

        From one to the next, nothing is different.
        """
        rows = [
            row for table in (self.units, self.grants) for dated_rows in table.values() for row in dated_rows
        ]
        return sorted({row.valid_from for row in rows} | {row.valid_to + DAY for row in rows if row.valid_to})

    def find_line(self, id_: str, day: date) -> UnitLine:
        """The organs over a branch on a day, the nearest of each kind."""
        key = (id_, bisect_right(self._turns, day))
        line = self._lines.get(key)
        if line is None:
            organs: dict[str, str] = {}
            authorised = False
            for unit in self.units_above(id_, day):
                for organ in filter(None, unit.organs.split(",")):
                    if organ == "committee" and organ not in organs:
                        authorised = unit.authorised
                    organs.setdefault(organ, unit.id)
            line = self._lines[key] = UnitLine(id_, organs, authorised)
        return line

    def list_roles(self, user: str, unit: str, day: date) -> frozenset[str]:
        """The roles that a user held on a day at a unit or above it."""
        key = (user, unit, bisect_right(self._turns, day))
        roles = self._roles.get(key)
        if roles is None:
            places = {row.id for row in self.units_above(unit, day)}
            grants = self.grants.get(user, ())
            roles = frozenset(row.role for row in grants if row.unit_id in places and holds_on(row, day))
            self._roles[key] = roles
        return roles

    def get_membership(self, person: str, day: date) -> Membership:
        """What a person was in the Party on a day."""
        row = find_row_on(self.memberships.get(person, ()), day)
        # the register admits these words only
        return row.status if row else "none"  # type: ignore[return-value]

    def find_companion(self, person: str, candidate: str) -> CompanionRow | None:
        """Since when a sponsor or helper has been together with a candidate; None: nobody has said it."""
        rows = self.companions.get(candidate, ())
        return next((row for row in reversed(rows) if row.person_id == person), None)


def group_by(rows: Sequence[D], key: str) -> dict[Any, tuple[D, ...]]:
    """Dated rows under the value of one of their columns."""
    groups: dict[Any, list[D]] = {}
    for row in rows:
        groups.setdefault(getattr(row, key), []).append(row)
    return {name: tuple(group) for name, group in groups.items()}
