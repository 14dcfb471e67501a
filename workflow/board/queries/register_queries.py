"""These queries count how many heads are members.

Nothing here writes. `cases.views.case_list` defines what is counted.
"""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.storage.bulk_parameters import is_among
from workflow.storage.tables.register import REGISTER_TABLES

POSTS, TENURES, MEMBERSHIPS = (REGISTER_TABLES[name] for name in ("posts", "tenures", "memberships"))


class HeadCounts(NamedTuple):
    """Posts of some unit and who holds them; posts = members + remaining + vacant."""

    posts: int
    members: int
    probationary: int
    combined: int
    vacant: int
    remaining: int


def count_heads(
    connection: Connection, day: date, as_known_on: date | None, units: Collection[str] | None
) -> dict[str, HeadCounts]:
    """The heads of a day by the unit of their post, as known now or as known then."""
    tenure = sa.and_(TENURES.c.post_id == POSTS.c.id, *_row_conditions(TENURES, day, as_known_on))
    member = sa.and_(
        MEMBERSHIPS.c.person_id == TENURES.c.person_id, *_row_conditions(MEMBERSHIPS, day, as_known_on)
    )
    status = sa.case((MEMBERSHIPS.c.status != "none", MEMBERSHIPS.c.status))
    numbers = (
        sa.func.count(),
        sa.func.count(status),
        sa.func.count(sa.case((status == "probationary", 1))),
        sa.func.count(sa.case((TENURES.c.secretary, 1))),
        sa.func.count(sa.case((TENURES.c.n.is_(None), 1))),
        sa.func.count(sa.case((sa.and_(TENURES.c.n.is_not(None), status.is_(None)), 1))),
    )
    tables = POSTS.join(TENURES, tenure, isouter=True).join(MEMBERSHIPS, member, isouter=True)
    conditions = _row_conditions(POSTS, day, as_known_on)
    if units is not None:
        conditions.append(is_among(connection, POSTS.c.unit_id, units))
    statement = sa.select(POSTS.c.unit_id, *numbers).select_from(tables).where(*conditions)
    return {row[0]: HeadCounts(*row[1:]) for row in connection.execute(statement.group_by(POSTS.c.unit_id))}


def _row_conditions(table: sa.Table, day: date, as_known_on: date | None) -> list[sa.ColumnElement[bool]]:
    """What makes a dated row hold on a day, and be known: now, or on another day."""
    columns = table.c
    conditions = [columns.valid_from <= day, sa.or_(columns.valid_to.is_(None), columns.valid_to >= day)]
    if as_known_on is None:
        return [*conditions, columns.retired_on.is_(None)]
    later = sa.or_(columns.retired_on.is_(None), columns.retired_on > as_known_on)
    return [*conditions, columns.recorded_on <= as_known_on, later]
