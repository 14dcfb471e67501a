"""People belong to the units they have to do with.

There they head a village, are a candidate, or act.
"""

from datetime import date

from workflow.storage import reads
from workflow.storage.register_snapshot import holds_on
from workflow.storage.tables.register import PostRow, TenureRow
from workflow.web.context import Hidden, RequestContext


def find_person_units(ctx: RequestContext, person: str) -> set[str]:
    """Every unit with which somebody has or had to do. Raises `Hidden` where nobody has this id."""
    with ctx.office.database.read_transaction() as connection:
        if not list(reads.load_people(connection, [person])):
            raise Hidden
        posts = {row.id: row.unit_id for row in reads.load_register_rows(connection, PostRow)}
        heads = [
            row.post_id for row in reads.load_register_rows(connection, TenureRow) if row.person_id == person
        ]
        cases = {row.unit_id for row in reads.load_cases(connection, person=person)}
    users = {
        user for user, rows in ctx.register.users.items() if any(row.person_id == person for row in rows)
    }
    acts = {row.unit_id for user in users for row in ctx.register.grants.get(user, ())}
    return {posts[post] for post in heads if post in posts} | cases | acts


def may_name_person(ctx: RequestContext, person: str) -> bool:
    """Whether the reader may name a person: of a unit the reader sees, or of none. Raises `Hidden`."""
    units = find_person_units(ctx, person)
    return not units or any(ctx.access.can_see(unit) for unit in units)


def require_nameable_person(ctx: RequestContext, person: str) -> str:
    """Somebody who may be named. Raises `Hidden`."""
    if not may_name_person(ctx, person):
        raise Hidden
    return person


def find_keeper_unit(ctx: RequestContext, person: str) -> str | None:
    """A unit by which the reader manages a person's data; None if only the top may. Raises `Hidden`."""
    units = sorted(find_person_units(ctx, person))
    if units and not any(ctx.access.can_see(unit) for unit in units):
        raise Hidden
    return next((unit for unit in units if ctx.access.can_manage(unit)), None)


def find_headed_unit(ctx: RequestContext, person: str, on: date) -> str | None:
    """The village that somebody heads on a day."""
    with ctx.office.database.read_transaction() as connection:
        posts = {
            row.id: row.unit_id for row in reads.load_register_rows(connection, PostRow) if holds_on(row, on)
        }
        tenures = [
            row
            for row in reads.load_register_rows(connection, TenureRow)
            if row.person_id == person and holds_on(row, on)
        ]
    return next((posts[row.post_id] for row in tenures if row.post_id in posts), None)


def require_post_unit(ctx: RequestContext, post: str) -> str:
    """The village of a post. Raises `Hidden` for one that is not the reader's."""
    with ctx.office.database.read_transaction() as connection:
        units = [row.unit_id for row in reads.load_register_rows(connection, PostRow) if row.id == post]
    if not units or not ctx.access.can_see(units[-1]):
        raise Hidden
    return units[-1]
