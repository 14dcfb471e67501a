"""Users over whom a reader stands: whose accounts and letters are theirs to see; who people are, by name and place."""

from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import urlencode

from workflow.register.place_names import place_order
from workflow.register.search import names_of
from workflow.storage import reads
from workflow.storage.register_snapshot import holds, on
from workflow.web.context import Visit

View = dict[str, Any]


def oversees(here: Visit, user: str) -> bool:
    """Whether a user lies below the reader; who holds no role any more lies below those who stand over everything."""
    access = here.access
    if access.is_over(user):
        return True
    rows = here.tree.grants.get(user, ())
    return access.is_everywhere and user in here.tree.users and not any(holds(row, here.today) for row in rows)


def is_kept(here: Visit, user: str) -> bool:
    """Whether an account is the reader's to look after: the own one, or one of somebody below."""
    return user == here.user or oversees(here, user)


def is_theirs(here: Visit, user: str) -> bool:
    """Whether what a user was told is the reader's to see: it is the reader, or somebody below."""
    return user == here.user or here.access.is_everywhere or oversees(here, user)


def theirs(here: Visit) -> list[str]:
    """The reader, and everybody below."""
    if not here.access.is_above_branches:
        return [here.user]
    scope = here.access.scope
    users = here.tree.users if scope is None else {row.user_id for unit in scope for row in here.tree.grants_at(unit)}
    return sorted(user for user in users if is_theirs(here, user))


def who_are(here: Visit, users: Collection[str]) -> dict[str, View]:
    """Users by name, with the roles that they hold today, each at its unit; in the order of their places."""
    tree, day = here.tree, here.today
    rows = {user: on(held, day) or held[-1] for user in users if (held := tree.users.get(user))}
    names = names_of(here.office, {row.person_id for row in rows.values()})
    roles = here.edition().roles
    found = []
    for user, row in rows.items():
        grants = [one for one in tree.grants.get(user, ()) if holds(one, day)]
        held_roles = [
            {
                "label": roles[one.role].label.in_language(here.speaks) if one.role in roles else one.role,
                "unit": unit.name if (unit := tree.unit(one.unit_id, day)) else one.unit_id,
                "since": one.valid_from,
            }
            for one in grants
        ]
        place = tree.above(grants[0].unit_id, day) if grants else ()
        view = {"user": user, "name": names.get(row.person_id, ""), "roles": held_roles, "since": row.valid_from}
        found.append((tuple(place_order(one.name) for one in reversed(place)), user, view))
    return {user: view for _, user, view in sorted(found, key=lambda one: (not one[0], *one[:2]))}


def subjects(here: Visit, ids: Iterable[str]) -> dict[str, View]:
    """What notices and looks are about: cases (which the reader may see) and people by name, units, users."""
    wanted, found = {one for one in ids if one}, dict[str, View]()
    with here.office.database.reading() as connection:
        cases = {id_: row for id_ in wanted if _is_id(id_) and (row := reads.case(connection, id_))}
    seen = {id_: row for id_, row in cases.items() if here.access.sees(row.unit_id)}
    people = names_of(here.office, {row.person_id for row in seen.values()} | {id_ for id_ in wanted if _is_id(id_)})
    for id_ in wanted:
        unit = here.tree.unit(id_, here.today)
        if id_ in seen:
            place = here.tree.unit(seen[id_].unit_id, here.today)
            name = people.get(seen[id_].person_id) or id_
            found[id_] = {"text": f"{name}, {place.name}" if place else name, "case": id_}
        else:
            text = people.get(id_) if id_ not in cases else None
            found[id_] = {"text": text or (unit.name if unit else id_), "case": None}
    return found


def _is_id(text: str) -> bool:
    """Whether it may be the id of a case or a person."""
    return text.isascii() and text.isalnum() and text.isupper()


def address(path: str, **asked: object) -> str:
    """A page's address with what is asked of it; what is not said stays out."""
    query = {name: value for name, value in asked.items() if value not in ("", None, 0)}
    return f"{path}?{urlencode(query)}" if query else path


def parted(path: str, at: int, shown: int, total: int, size: int, **asked: object) -> View:
    """Which part of a list is shown, and the addresses of the parts before and after it."""
    return {
        "first": at + 1,
        "last": at + shown,
        "total": total,
        "earlier": address(path, at=max(at - size, 0), **asked) if at else None,
        "more": address(path, at=at + size, **asked) if at + size < total else None,
    }
