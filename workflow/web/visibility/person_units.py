"""Where people belong: the units at which they head a village, are a candidate, or act."""

from datetime import date

from workflow.storage import reads
from workflow.storage.register_snapshot import holds
from workflow.storage.tables import PostRow, TenureRow
from workflow.web.context import Hidden, Visit


def units_of(here: Visit, person: str) -> set[str]:
    """Every unit with which somebody has or had to do. Raises `Hidden` where nobody has this id."""
    with here.office.database.reading() as connection:
        if not list(reads.people(connection, [person])):
            raise Hidden
        posts = {row.id: row.unit_id for row in reads.register(connection, PostRow)}
        heads = [row.post_id for row in reads.register(connection, TenureRow) if row.person_id == person]
        cases = {row.unit_id for row in reads.cases(connection, person=person)}
    users = {user for user, rows in here.tree.users.items() if any(row.person_id == person for row in rows)}
    acts = {row.unit_id for user in users for row in here.tree.grants.get(user, ())}
    return {posts[post] for post in heads if post in posts} | cases | acts


def is_known_to(here: Visit, person: str) -> bool:
    """Whether somebody may be named by the reader: of a unit that the reader sees, or of none yet. Raises `Hidden`."""
    units = units_of(here, person)
    return not units or any(here.access.sees(unit) for unit in units)


def known_to(here: Visit, person: str) -> str:
    """Somebody who may be named. Raises `Hidden`."""
    if not is_known_to(here, person):
        raise Hidden
    return person


def kept_by(here: Visit, person: str) -> str | None:
    """A unit by which somebody's entries are the reader's to keep; None where only the top may. Raises `Hidden`."""
    units = sorted(units_of(here, person))
    if units and not any(here.access.sees(unit) for unit in units):
        raise Hidden
    return next((unit for unit in units if here.access.directs(unit)), None)


def unit_of_head(here: Visit, person: str, on: date) -> str | None:
    """The village that somebody heads on a day."""
    with here.office.database.reading() as connection:
        posts = {row.id: row.unit_id for row in reads.register(connection, PostRow) if holds(row, on)}
        held = [row for row in reads.register(connection, TenureRow) if row.person_id == person and holds(row, on)]
    return next((posts[row.post_id] for row in held if row.post_id in posts), None)


def unit_of_post(here: Visit, post: str) -> str:
    """The village of a post. Raises `Hidden` for one that is not the reader's."""
    with here.office.database.reading() as connection:
        units = [row.unit_id for row in reads.register(connection, PostRow) if row.id == post]
    if not units or not here.access.sees(units[-1]):
        raise Hidden
    return units[-1]
