"""How many heads are members: per commune on a day, and the course of it over the months."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from workflow.board.cache import Kept
from workflow.board.queries import register_queries
from workflow.board.queries.register_queries import Heads
from workflow.board.snapshot.snapshot import Look, Scope, looking
from workflow.office import Office
from workflow.register.place_names import place_order
from workflow.storage import reads
from workflow.storage.register_snapshot import above, by
from workflow.storage.tables import UnitRow

View = dict[str, Any]

COURSE_MONTHS = 12

_COURSES, _TABLES = Kept(), Kept()


def coverage_table(
    office: Office,
    *,
    scope: Scope,
    unit: str | None = None,
    on: date | None = None,
    as_known_on: date | None = None,
) -> View:
    """What `worklist.coverage` says, of the posts that the reader may see. Raises `UnknownUnit`."""
    with looking(office, scope=scope, on=on, as_known_on=as_known_on) as look:
        units = look.units(unit)
        key = (look.tree.n, look.day, look.as_known_on, units)
        return deepcopy(_TABLES.get(office.database, key, lambda: _table(look, units)))


def _table(look: Look, units: frozenset[str] | None) -> View:
    found = register_queries.heads(look.connection, look.day, look.as_known_on, units)
    over = _over(look)
    names: dict[str, str] = {}
    per: dict[str, list[Heads]] = {}
    for id_, counted in found.items():
        commune = over(id_)
        key = commune.id if commune else ""
        names[key] = commune.name if commune else ""
        per.setdefault(key, []).append(counted)
    communes = [{"unit": id_, "name": names[id_]} | _sum(counts) for id_, counts in per.items()]
    return {
        "on": look.day,
        "as_known_on": look.as_known_on,
        "total": _sum(found.values()),
        "communes": sorted(communes, key=lambda one: place_order(str(one["name"]))),
    }


def _over(look: Look) -> Callable[[str], UnitRow | None]:
    """The unit of the coverage's level over a village, as known now, or as it was known then."""
    known = look.as_known_on
    if known is None:
        return look.places.over
    rows = reads.register(look.connection, UnitRow, retired=True)
    then = [row for row in rows if row.recorded_on <= known and (row.retired_on is None or row.retired_on > known)]
    units: Mapping[str, tuple[UnitRow, ...]] = by(then, "id")
    return lambda id_: look.places.of_level(above(units, id_, look.day))


def coverage_course(
    office: Office, *, scope: Scope, unit: str | None = None, months: int = COURSE_MONTHS, until: date | None = None
) -> list[View]:
    """Coverage at the end of each of so many months up to ``until`` (today), as known now, oldest first.

    The month that is not over yet is counted on the day itself. Raises `UnknownUnit`.
    """
    with looking(office, scope=scope, on=until) as look:
        units = look.units(unit)
        days = month_ends(look.day, months)
        key = (look.tree.n, days, units)
        return deepcopy(_COURSES.get(office.database, key, lambda: [_point(look, day, units) for day in days]))


def _point(look: Look, day: date, units: frozenset[str] | None) -> View:
    return {"on": day} | _sum(register_queries.heads(look.connection, day, None, units).values())


def month_ends(until: date, months: int) -> tuple[date, ...]:
    """The last days of so many months, the day itself in place of the last, oldest first."""
    found = [until]
    while len(found) < months:
        found.append(found[-1].replace(day=1) - timedelta(days=1))
    return tuple(reversed(found))


def last_of_month(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def _sum(counts: Iterable[Heads]) -> View:
    held = list(counts)
    return {name: sum(getattr(one, name) for one in held) for name in Heads._fields}
