"""These queries count how many heads are members.

Nothing here writes. `cases.views.case_list` defines what is counted.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.storage.bulk_parameters import is_among
from workflow.storage.tables.register import REGISTER_TABLES

POSTS, TENURES, MEMBERSHIPS = (REGISTER_TABLES[name] for name in ("posts", "tenures", "memberships"))


Day = date | sa.ColumnElement[date]


class HeadCounts(NamedTuple):
    """Posts of some unit and who holds them; posts = members + remaining + vacant."""

    posts: int
    members: int
    probationary: int
    combined: int
    vacant: int
    remaining: int


_STATUS = sa.case((MEMBERSHIPS.c.status != "none", MEMBERSHIPS.c.status))
_NUMBERS = (
    sa.func.count(),
    sa.func.count(_STATUS),
    sa.func.count(sa.case((_STATUS == "probationary", 1))),
    sa.func.count(sa.case((TENURES.c.secretary, 1))),
    sa.func.count(sa.case((TENURES.c.n.is_(None), 1))),
    sa.func.count(sa.case((sa.and_(TENURES.c.n.is_not(None), _STATUS.is_(None)), 1))),
)


def count_heads(
    connection: Connection, day: date, as_known_on: date | None, units: Collection[str] | None
) -> dict[str, HeadCounts]:
    """The heads of a day by the unit of their post, as known now or as known then."""
    tables = _join_heads(POSTS, day, as_known_on)
    conditions = [*_row_conditions(POSTS, day, as_known_on), *_unit_conditions(connection, units)]
    statement = sa.select(POSTS.c.unit_id, *_NUMBERS).select_from(tables).where(*conditions)
    return {row[0]: HeadCounts(*row[1:]) for row in connection.execute(statement.group_by(POSTS.c.unit_id))}


def count_heads_each_day(
    connection: Connection, days: Sequence[date], units: Collection[str] | None
) -> dict[date, HeadCounts]:
    """The heads of several days, of all units together, as known now."""
    every = sa.union_all(*(sa.select(sa.literal(day, sa.Date).label("day")) for day in days)).cte("every")
    posts = every.join(POSTS, sa.and_(*_row_conditions(POSTS, every.c.day, None)))
    tables = _join_heads(posts, every.c.day, None)
    statement = (
        sa.select(every.c.day, *_NUMBERS).select_from(tables).where(*_unit_conditions(connection, units))
    )
    counts = {row[0]: HeadCounts(*row[1:]) for row in connection.execute(statement.group_by(every.c.day))}
    return {day: counts.get(day, HeadCounts(0, 0, 0, 0, 0, 0)) for day in days}


def _join_heads(posts: sa.FromClause, day: Day, as_known_on: date | None) -> sa.FromClause:
    """Posts with who holds each on a day, and what they are in the Party; one row a post: the newest."""
    earlier, former = TENURES.alias(), MEMBERSHIPS.alias()
    newest_tenure = sa.select(sa.func.max(earlier.c.n)).where(
        earlier.c.post_id == POSTS.c.id, *_row_conditions(earlier, day, as_known_on)
    )
    newest_membership = sa.select(sa.func.max(former.c.n)).where(
        former.c.person_id == TENURES.c.person_id, *_row_conditions(former, day, as_known_on)
    )
    tenure = TENURES.c.n == newest_tenure.correlate_except(earlier).scalar_subquery()
    member = MEMBERSHIPS.c.n == newest_membership.correlate_except(former).scalar_subquery()
    return posts.join(TENURES, tenure, isouter=True).join(MEMBERSHIPS, member, isouter=True)


def _unit_conditions(connection: Connection, units: Collection[str] | None) -> list[sa.ColumnElement[bool]]:
    return [] if units is None else [is_among(connection, POSTS.c.unit_id, units)]


def _row_conditions(table: sa.FromClause, day: Day, as_known_on: date | None) -> list[sa.ColumnElement[bool]]:
    """What makes a dated row hold on a day, and be known: now, or on another day."""
    columns = table.c
    conditions = [columns.valid_from <= day, sa.or_(columns.valid_to.is_(None), columns.valid_to >= day)]
    if as_known_on is None:
        return [*conditions, columns.retired_on.is_(None)]
    later = sa.or_(columns.retired_on.is_(None), columns.retired_on > as_known_on)
    return [*conditions, columns.recorded_on <= as_known_on, later]
