"""How many heads are members: per commune on a day, and the course of it over the months."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from workflow.board.cache import BoardCache
from workflow.board.queries import register_queries
from workflow.board.queries.register_queries import HeadCounts
from workflow.board.snapshot.snapshot import BoardSnapshot, Scope, open_snapshot
from workflow.office import Office
from workflow.register.place_names import place_order
from workflow.storage import reads
from workflow.storage.register_snapshot import group_by, list_units_above
from workflow.storage.tables.register import UnitRow

View = dict[str, Any]

TREND_MONTHS = 12

_TREND_CACHE, _COVERAGE_CACHE = BoardCache(), BoardCache()


def coverage_table(
    office: Office,
    *,
    scope: Scope,
    unit: str | None = None,
    on: date | None = None,
    as_known_on: date | None = None,
) -> View:
    """What `worklist.coverage` says, of the posts that the reader may see. Raises `UnknownUnit`."""
    with open_snapshot(office, scope=scope, on=on, as_known_on=as_known_on) as snapshot:
        units = snapshot.select_units(unit)
        key = (snapshot.tree.n, snapshot.day, snapshot.as_known_on, units)
        return deepcopy(_COVERAGE_CACHE.get_or_build(office.database, key, lambda: _count_coverage(snapshot, units)))


def _count_coverage(snapshot: BoardSnapshot, units: frozenset[str] | None) -> View:
    heads_by_unit = register_queries.count_heads(snapshot.connection, snapshot.day, snapshot.as_known_on, units)
    find_commune = _commune_lookup(snapshot)
    names: dict[str, str] = {}
    per: dict[str, list[HeadCounts]] = {}
    for id_, counted in heads_by_unit.items():
        commune = find_commune(id_)
        key = commune.id if commune else ""
        names[key] = commune.name if commune else ""
        per.setdefault(key, []).append(counted)
    communes = [{"unit": id_, "name": names[id_]} | _sum_heads(counts) for id_, counts in per.items()]
    return {
        "on": snapshot.day,
        "as_known_on": snapshot.as_known_on,
        "total": _sum_heads(heads_by_unit.values()),
        "communes": sorted(communes, key=lambda commune_view: place_order(str(commune_view["name"]))),
    }


def _commune_lookup(snapshot: BoardSnapshot) -> Callable[[str], UnitRow | None]:
    """The unit of the coverage's level over a village, as known now, or as it was known then."""
    known = snapshot.as_known_on
    if known is None:
        return snapshot.unit_index.commune_of
    rows = reads.load_register_rows(snapshot.connection, UnitRow, retired=True)
    rows_known_then = [
        row for row in rows if row.recorded_on <= known and (row.retired_on is None or row.retired_on > known)
    ]
    units: Mapping[str, tuple[UnitRow, ...]] = group_by(rows_known_then, "id")
    return lambda id_: snapshot.unit_index.pick_level(list_units_above(units, id_, snapshot.day))


def coverage_trend(
    office: Office, *, scope: Scope, unit: str | None = None, months: int = TREND_MONTHS, until: date | None = None
) -> list[View]:
    """Coverage at the end of each of so many months up to ``until`` (today), as known now, oldest first.

    The month that is not over yet is counted on the day itself. Raises `UnknownUnit`.
    """
    with open_snapshot(office, scope=scope, on=until) as snapshot:
        units = snapshot.select_units(unit)
        days = month_ends(snapshot.day, months)
        key = (snapshot.tree.n, days, units)
        return deepcopy(
            _TREND_CACHE.get_or_build(
                office.database, key, lambda: [_trend_point(snapshot, day, units) for day in days]
            )
        )


def _trend_point(snapshot: BoardSnapshot, day: date, units: frozenset[str] | None) -> View:
    return {"on": day} | _sum_heads(register_queries.count_heads(snapshot.connection, day, None, units).values())


def month_ends(until: date, months: int) -> tuple[date, ...]:
    """The last days of so many months, the day itself in place of the last, oldest first."""
    days = [until]
    while len(days) < months:
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return tuple(reversed(days))


def last_of_month(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def _sum_heads(counts: Iterable[HeadCounts]) -> View:
    all_heads = list(counts)
    return {name: sum(getattr(heads, name) for heads in all_heads) for name in HeadCounts._fields}
