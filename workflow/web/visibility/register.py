"""What of the register a reader may see, and what is theirs to keep: units, people, users.

Whoever may not see something learns nothing of it. Somebody who is placed nowhere – a sponsor who heads nothing, say –
is seen by whoever knows the whole name or the id, and kept by those above the branches.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from states.rulebook.loading import NoEdition
from states.vocabulary import Person
from workflow.core.input import FieldFault, Mistyped
from workflow.core.text import search_key
from workflow.register import people_found, post_list
from workflow.register.person_record import opened_person
from workflow.register.search import names_of
from workflow.register.session import rows_on
from workflow.storage import reads
from workflow.storage.reads import Connection
from workflow.storage.register_snapshot import holds, on
from workflow.storage.tables import CaseRow, GrantRow, PostRow, TenureRow, UnitRow
from workflow.web.context import Hidden, Visit
from workflow.web.visibility.person_units import is_known_to, units_of
from workflow.web.visibility.subordinates import oversees

View = dict[str, Any]

MOST_ALIKE = 5


# --- units -------------------------------------------------------------------------------------------------------


def seen_unit(here: Visit, id_: str) -> UnitRow:
    """A unit, or the one that took its place. Raises `Hidden`."""
    row = here.tree.unit(id_, here.today)
    if row is None or not here.access.sees(row.id):
        raise Hidden
    return row


def keeps_unit(here: Visit, unit: UnitRow) -> bool:
    """Whether somebody may change a unit itself: who directs the one above it, or all there is."""
    return here.access.is_everywhere or (unit.parent is not None and here.access.directs(unit.parent))


def line_of(here: Visit, unit: str) -> list[UnitRow]:
    """The units over a unit that the reader may see, from the top down."""
    return [row for row in reversed(here.tree.above(unit, here.today)[1:]) if here.access.sees(row.id)]


def post_at(here: Visit, unit: str) -> View | None:
    """The post of a village's head, with who holds it and what is planned."""
    return next((one for one in post_list(here.office, here.today, unit=unit) if one["unit"]["id"] == unit), None)


# --- people ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Placed:
    """Somebody, and where they are found: at their post, else where their case stands, else where they act, or did."""

    person: Person
    unit: str | None
    post: str | None
    secretary: bool
    user: str | None
    cases: tuple[CaseRow, ...]

    @property
    def open_cases(self) -> list[CaseRow]:
        """Those that are not closed."""
        return [row for row in self.cases if row.closed_on is None]


def seen_person(here: Visit, id_: str) -> Placed:
    """Raises `Hidden` for somebody who is not there, forgotten, or of another unit alike."""
    if not (id_.isascii() and id_.isalnum()):
        raise Hidden
    with here.office.database.reading() as connection:
        row = next(iter(reads.people(connection, [id_.upper()])), None)
        if row is None or row.key is None:
            raise Hidden
        person = opened_person(here.office.vault, row.id, row.key, row.sealed, here.tree.membership(row.id, here.today))
        placed = _placed(here, connection, person)
    if not is_seen(here, placed.unit):
        raise Hidden
    return placed


def _placed(here: Visit, connection: Connection, person: Person) -> Placed:
    day = here.today
    posts = rows_on(connection, PostRow, day, "id")
    tenures = rows_on(connection, TenureRow, day, "post_id").values()
    tenure = next((row for row in tenures if row.person_id == person.id and row.post_id in posts), None)
    cases = tuple(reads.cases(connection, person=person.id))
    user = next(
        (id_ for id_, rows in here.tree.users.items() if (row := on(rows, day)) and row.person_id == person.id), None
    )
    open_ = next((row for row in cases if row.closed_on is None), None)
    grant = on(here.tree.grants.get(user, ()), day) if user else None
    unit = posts[tenure.post_id].unit_id if tenure else open_.unit_id if open_ else grant.unit_id if grant else None
    unit = unit or _former(here, person.id)
    return Placed(person, unit, tenure.post_id if tenure else None, bool(tenure and tenure.secretary), user, cases)


def _former(here: Visit, person: str) -> str | None:
    """A unit with which somebody had to do who has to do with none today: the reader's own, if it is one of them."""
    units = sorted(units_of(here, person))
    return next((unit for unit in units if here.access.sees(unit)), units[0] if units else None)


def is_seen(here: Visit, unit: str | None) -> bool:
    """Whether somebody who is found at a unit, or nowhere, may be seen."""
    return here.access.sees(unit) if unit else bool(here.access.places)


def keeps_person(here: Visit, unit: str | None) -> bool:
    """Whether what is kept of somebody who is found at a unit, or nowhere, may be said anew."""
    access = here.access
    return access.is_everywhere or (access.directs(unit) if unit else access.is_above_branches)


def people_seen(here: Visit, query: str) -> list[View]:
    """People whom a search finds. Who is placed nowhere is found by the whole name or the id only."""
    key, typed = search_key(query), query.strip().upper()
    if not key:
        return []
    found = people_found(here.office, query.strip(), here.today) + _by_id(here, typed, query.strip())
    return [one for one in {one["id"]: one for one in found}.values() if _may_find(here, one, key, typed)]


def _by_id(here: Visit, typed: str, query: str) -> list[View]:
    return people_found(here.office, typed, here.today) if typed != query else []


def _may_find(here: Visit, one: View, key: str, typed: str) -> bool:
    if one["unit"]:
        return here.access.sees(one["unit"]["id"])
    return (one["id"] == typed or search_key(one["name"]) == key) and is_known_to(here, one["id"])


def person_meant(here: Visit, field: str, text: str) -> str:
    """The id of who is meant by a name, or by what was chosen from a list: «Họ Và Tên · PABC1234». Raises `Mistyped`.

    As in the form of an act, the whole name finds whoever is called so, and is of the reader's units or of none.
    """
    if not text.strip():
        raise Mistyped([FieldFault(field, "missing", {})])
    id_ = text.rsplit("·", 1)[-1].strip().upper()
    with here.office.database.reading() as connection:
        known = id_.isascii() and id_.isalnum() and any(row.key for row in reads.people(connection, [id_]))
    if known and is_known_to(here, id_):
        return id_
    key = search_key(text)
    named = [one for one in people_found(here.office, text, here.today) if search_key(one["name"]) == key]
    alike = [one for one in named if is_known_to(here, one["id"])]
    if len(alike) == 1:
        return str(alike[0]["id"])
    shown = "; ".join(f"{one['name']} ({one['id']})" for one in alike[:MOST_ALIKE])
    code = "several_people" if alike else "nobody_called_so"
    raise Mistyped([FieldFault(field, code, {"value": text[:80], "known": shown})])


# --- users -------------------------------------------------------------------------------------------------------


def grants_of(here: Visit, user: str) -> list[GrantRow]:
    """The roles that a user holds today."""
    return [row for row in here.tree.grants.get(user, ()) if holds(row, here.today)]


def seen_user(here: Visit, user: str) -> str:
    """A user who acts for a unit that the reader may see. Raises `Hidden`."""
    row = on(here.tree.users.get(user, ()), here.today)
    grants = grants_of(here, user)
    if row is None or not here.access.is_above_branches:
        raise Hidden
    if not (here.access.is_everywhere or any(here.access.sees(grant.unit_id) for grant in grants)):
        raise Hidden
    return user


def keeps_user(here: Visit, user: str) -> bool:
    """Whether a user's roles may be ended or added to: of those below oneself, never one's own."""
    return user != here.user and oversees(here, user)


def grant_views(here: Visit, grants: Iterable[GrantRow]) -> list[View]:
    """Roles in words, each with the name of who holds it."""
    held = list(grants)
    users = {user: row for one in held if (row := on(here.tree.users.get(user := one.user_id, ()), here.today))}
    names = names_of(here.office, [row.person_id for row in users.values()])
    return [
        {
            "user": row.user_id,
            "person": users[row.user_id].person_id if row.user_id in users else None,
            "name": (names.get(users[row.user_id].person_id) if row.user_id in users else None) or row.user_id,
            "role": row.role,
            "label": role_label(here, row.role),
            "unit": row.unit_id,
            "place": unit.name if (unit := here.tree.unit(row.unit_id, here.today)) else row.unit_id,
            "since": row.valid_from,
        }
        for row in held
    ]


def role_label(here: Visit, role: str) -> str:
    """What a role is called; its id where today's rules do not know it any more."""
    roles = here.edition().roles
    return roles[role].label.in_language(here.speaks) if role in roles else role


# --- cases -------------------------------------------------------------------------------------------------------


def case_views(here: Visit, rows: Iterable[CaseRow]) -> list[View]:
    """Cases that the reader may see: where each stands, in words."""
    seen = [row for row in rows if here.access.sees(row.unit_id)]
    names = names_of(here.office, [row.person_id for row in seen])
    return [
        {
            "case": row.id,
            "person": row.person_id,
            "name": names.get(row.person_id, ""),
            "state": _state(here, row),
            "opened": row.opened_on,
            "closed": row.closed_on,
        }
        for row in seen
    ]


def _state(here: Visit, row: CaseRow) -> str:
    """The step as today's rules call it, or those of the day on which the case was closed."""
    days: tuple[date | None, ...] = (here.today, row.closed_on)
    for day in filter(None, days):
        try:
            state = here.office.rulebook.edition_on(row.pipeline, day).states.get(row.state)
        except NoEdition:
            continue
        if state is not None:
            return state.label.in_language(here.speaks)
    return row.state
