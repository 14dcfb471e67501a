"""Coverage counts how many heads are members.

It is counted per commune on one day, and for a row of months.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from workflow.board.queries import register_queries
from workflow.board.queries.register_queries import HeadCounts
from workflow.board.snapshot.snapshot import BoardSnapshot
from workflow.register.place_names import place_order
from workflow.storage import reads
from workflow.storage.register_snapshot import group_by, list_units_above
from workflow.storage.tables.register import UnitRow

TREND_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageCountsView:
    """Heads counted; posts = members + remaining + vacant, and probationary ones are among the members."""

    posts: int
    members: int
    probationary: int
    combined: int
    vacant: int
    remaining: int

    @property
    def share_of_members(self) -> float | None:
        """How many of the posts are held by members, of 100."""
        return 100 * self.members / self.posts if self.posts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuneCoverageView(CoverageCountsView):
    """Heads of a commune."""

    unit: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageView:
    """How many heads are members, in all and per commune."""

    on: date
    as_known_on: date | None
    total: CoverageCountsView
    communes: list[CommuneCoverageView]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePointView(CoverageCountsView):
    """Coverage on a day."""

    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageTrendView:
    """Coverage over the months."""

    course: list[CoveragePointView]


def count_coverage(snapshot: BoardSnapshot, unit: str | None = None) -> CoverageView:
    """How many heads are members, in all and per commune, as known now or as it was known on a day.

    ``members`` counts probationary heads too, who are also shown apart; ``combined``: head and branch
    secretary in one; posts = members + remaining + vacant. Raises `NoSuchUnit`.
    """
    units = snapshot.select_units(unit)
    heads_by_unit = register_queries.count_heads(
        snapshot.connection, snapshot.day, snapshot.as_known_on, units
    )
    find_commune = _commune_lookup(snapshot)
    names: dict[str, str] = {}
    per: dict[str, list[HeadCounts]] = {}
    for id_, counted in heads_by_unit.items():
        commune = find_commune(id_)
        key = commune.id if commune else ""
        names[key] = commune.name if commune else ""
        per.setdefault(key, []).append(counted)
    communes = [
        CommuneCoverageView(unit=id_, name=names[id_], **_sum_heads(counts)._asdict())
        for id_, counts in per.items()
    ]
    return CoverageView(
        on=snapshot.day,
        as_known_on=snapshot.as_known_on,
        total=CoverageCountsView(**_sum_heads(heads_by_unit.values())._asdict()),
        communes=sorted(communes, key=lambda commune: place_order(commune.name)),
    )


def _commune_lookup(snapshot: BoardSnapshot) -> Callable[[str], UnitRow | None]:
    """The unit of the coverage's level over a village, as known now, or as it was known then."""
    known = snapshot.as_known_on
    if known is None:
        return snapshot.unit_index.commune_of
    rows = reads.load_register_rows(snapshot.connection, UnitRow, retired=True)
    rows_known_then = [
        row for row in rows if row.recorded_on <= known and (row.retired_on is None or row.retired_on > known)
    ]
    units: dict[str, tuple[UnitRow, ...]] = group_by(rows_known_then, "id")
    return lambda id_: snapshot.unit_index.pick_level(list_units_above(units, id_, snapshot.day))


def load_coverage_trend(
    snapshot: BoardSnapshot, unit: str | None = None, *, months: int = TREND_MONTHS
) -> list[CoveragePointView]:
    """Coverage at the end of each of so many months up to the day looked at, as known now, oldest first.

    The month that is not over yet is counted on the day itself. Raises `NoSuchUnit`.
    """
    days = month_ends(snapshot.day, months)
    counts = register_queries.count_heads_each_day(snapshot.connection, days, snapshot.select_units(unit))
    return [CoveragePointView(on=day, **counts[day]._asdict()) for day in days]


def month_ends(until: date, months: int) -> tuple[date, ...]:
    """The last days of so many months, the day itself in place of the last, oldest first."""
    days = [until]
    while len(days) < months:
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return tuple(reversed(days))


def last_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _sum_heads(counts: Iterable[HeadCounts]) -> HeadCounts:
    return HeadCounts(*map(sum, zip(HeadCounts(0, 0, 0, 0, 0, 0), *counts, strict=True)))
