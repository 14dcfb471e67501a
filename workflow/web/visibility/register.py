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
from workflow.core.input import FieldFault, InvalidInput
from workflow.core.text import search_key
from workflow.register.person_record import decrypt_person
from workflow.register.queries import list_posts
from workflow.register.search import find_people, load_names
from workflow.register.session import load_rows_on
from workflow.storage import reads
from workflow.storage.reads import Connection
from workflow.storage.register_snapshot import find_row_on, holds_on
from workflow.storage.tables.cases import CaseRow
from workflow.storage.tables.register import GrantRow, PostRow, TenureRow, UnitRow
from workflow.web.context import Hidden, RequestContext
from workflow.web.visibility.person_units import find_person_units, may_name_person
from workflow.web.visibility.subordinates import oversees_user

View = dict[str, Any]

MOST_ALIKE = 5


# --- units -------------------------------------------------------------------------------------------------------


def require_unit(ctx: RequestContext, id_: str) -> UnitRow:
    """A unit, or the one that took its place. Raises `Hidden`."""
    row = ctx.register.find_unit(id_, ctx.today)
    if row is None or not ctx.access.can_see(row.id):
        raise Hidden
    return row


def may_keep_unit(ctx: RequestContext, unit: UnitRow) -> bool:
    """Whether somebody may change a unit itself: who directs the one above it, or all there is."""
    return ctx.access.is_everywhere or (unit.parent is not None and ctx.access.can_manage(unit.parent))


def list_parent_units(ctx: RequestContext, unit: str) -> list[UnitRow]:
    """The units over a unit that the reader may see, from the top down."""
    return [row for row in reversed(ctx.register.units_above(unit, ctx.today)[1:]) if ctx.access.can_see(row.id)]


def find_post(ctx: RequestContext, unit: str) -> View | None:
    """The post of a village's head, with who holds it and what is planned."""
    return next((post for post in list_posts(ctx.office, ctx.today, unit=unit) if post["unit"]["id"] == unit), None)


# --- people ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlacedPerson:
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


def require_person(ctx: RequestContext, id_: str) -> PlacedPerson:
    """Raises `Hidden` for somebody who is not there, forgotten, or of another unit alike."""
    if not (id_.isascii() and id_.isalnum()):
        raise Hidden
    with ctx.office.database.read_transaction() as connection:
        row = next(iter(reads.load_people(connection, [id_.upper()])), None)
        if row is None or row.key is None:
            raise Hidden
        person = decrypt_person(
            ctx.office.vault, row.id, row.key, row.sealed, ctx.register.get_membership(row.id, ctx.today)
        )
        placed_person = _place_person(ctx, connection, person)
    if not may_see_person(ctx, placed_person.unit):
        raise Hidden
    return placed_person


def _place_person(ctx: RequestContext, connection: Connection, person: Person) -> PlacedPerson:
    day = ctx.today
    posts = load_rows_on(connection, PostRow, day, "id")
    tenures = load_rows_on(connection, TenureRow, day, "post_id").values()
    tenure = next((row for row in tenures if row.person_id == person.id and row.post_id in posts), None)
    cases = tuple(reads.load_cases(connection, person=person.id))
    user = next(
        (
            id_
            for id_, rows in ctx.register.users.items()
            if (row := find_row_on(rows, day)) and row.person_id == person.id
        ),
        None,
    )
    open_ = next((row for row in cases if row.closed_on is None), None)
    grant = find_row_on(ctx.register.grants.get(user, ()), day) if user else None
    unit = posts[tenure.post_id].unit_id if tenure else open_.unit_id if open_ else grant.unit_id if grant else None
    unit = unit or _former_unit(ctx, person.id)
    return PlacedPerson(
        person, unit, tenure.post_id if tenure else None, bool(tenure and tenure.secretary), user, cases
    )


def _former_unit(ctx: RequestContext, person: str) -> str | None:
    """A unit with which somebody had to do who has to do with none today: the reader's own, if it is one of them."""
    units = sorted(find_person_units(ctx, person))
    return next((unit for unit in units if ctx.access.can_see(unit)), units[0] if units else None)


def may_see_person(ctx: RequestContext, unit: str | None) -> bool:
    """Whether somebody who is found at a unit, or nowhere, may be seen."""
    return ctx.access.can_see(unit) if unit else bool(ctx.access.roles_by_unit)


def may_keep_person(ctx: RequestContext, unit: str | None) -> bool:
    """Whether what is kept of somebody who is found at a unit, or nowhere, may be said anew."""
    access = ctx.access
    return access.is_everywhere or (access.can_manage(unit) if unit else access.is_above_branches)


def search_visible_people(ctx: RequestContext, query: str) -> list[View]:
    """People whom a search finds. Who is placed nowhere is found by the whole name or the id only."""
    key, typed = search_key(query), query.strip().upper()
    if not key:
        return []
    people = find_people(ctx.office, query.strip(), ctx.today) + _find_by_id(ctx, typed, query.strip())
    return [
        person
        for person in {person["id"]: person for person in people}.values()
        if _may_find_person(ctx, person, key, typed)
    ]


def _find_by_id(ctx: RequestContext, typed: str, query: str) -> list[View]:
    return find_people(ctx.office, typed, ctx.today) if typed != query else []


def _may_find_person(ctx: RequestContext, person: View, key: str, typed: str) -> bool:
    if person["unit"]:
        return ctx.access.can_see(person["unit"]["id"])
    return (person["id"] == typed or search_key(person["name"]) == key) and may_name_person(ctx, person["id"])


def resolve_register_person(ctx: RequestContext, field: str, text: str) -> str:
    """The id of who is meant by a name, or by what was chosen from a list: «Họ Và Tên · PABC1234». Raises `InvalidInput`.

    As in the form of an act, the whole name finds whoever is called so, and is of the reader's units or of none.
    """
    if not text.strip():
        raise InvalidInput([FieldFault(field, "missing", {})])
    id_ = text.rsplit("·", 1)[-1].strip().upper()
    with ctx.office.database.read_transaction() as connection:
        known = id_.isascii() and id_.isalnum() and any(row.key for row in reads.load_people(connection, [id_]))
    if known and may_name_person(ctx, id_):
        return id_
    key = search_key(text)
    named = [person for person in find_people(ctx.office, text, ctx.today) if search_key(person["name"]) == key]
    alike = [person for person in named if may_name_person(ctx, person["id"])]
    if len(alike) == 1:
        return str(alike[0]["id"])
    shown = "; ".join(f"{person['name']} ({person['id']})" for person in alike[:MOST_ALIKE])
    code = "several_people" if alike else "nobody_called_so"
    raise InvalidInput([FieldFault(field, code, {"value": text[:80], "known": shown})])


# --- users -------------------------------------------------------------------------------------------------------


def list_grants(ctx: RequestContext, user: str) -> list[GrantRow]:
    """The roles that a user holds today."""
    return [row for row in ctx.register.grants.get(user, ()) if holds_on(row, ctx.today)]


def require_user(ctx: RequestContext, user: str) -> str:
    """A user who acts for a unit that the reader may see. Raises `Hidden`."""
    row = find_row_on(ctx.register.users.get(user, ()), ctx.today)
    grants = list_grants(ctx, user)
    if row is None or not ctx.access.is_above_branches:
        raise Hidden
    if not (ctx.access.is_everywhere or any(ctx.access.can_see(grant.unit_id) for grant in grants)):
        raise Hidden
    return user


def may_keep_user(ctx: RequestContext, user: str) -> bool:
    """Whether a user's roles may be ended or added to: of those below oneself, never one's own."""
    return user != ctx.user and oversees_user(ctx, user)


def describe_grants(ctx: RequestContext, grants: Iterable[GrantRow]) -> list[View]:
    """Roles in words, each with the name of who holds it."""
    grant_rows = list(grants)
    users = {
        user: row
        for grant in grant_rows
        if (row := find_row_on(ctx.register.users.get(user := grant.user_id, ()), ctx.today))
    }
    names = load_names(ctx.office, [row.person_id for row in users.values()])
    return [
        {
            "user": row.user_id,
            "person": users[row.user_id].person_id if row.user_id in users else None,
            "name": (names.get(users[row.user_id].person_id) if row.user_id in users else None) or row.user_id,
            "role": row.role,
            "label": role_label(ctx, row.role),
            "unit": row.unit_id,
            "place": unit.name if (unit := ctx.register.find_unit(row.unit_id, ctx.today)) else row.unit_id,
            "since": row.valid_from,
        }
        for row in grant_rows
    ]


def role_label(ctx: RequestContext, role: str) -> str:
    """What a role is called; its id where today's rules do not know it any more."""
    roles = ctx.edition().roles
    return roles[role].label.in_language(ctx.speaks) if role in roles else role


# --- cases -------------------------------------------------------------------------------------------------------


def describe_cases(ctx: RequestContext, rows: Iterable[CaseRow]) -> list[View]:
    """Cases that the reader may see: where each stands, in words."""
    seen = [row for row in rows if ctx.access.can_see(row.unit_id)]
    names = load_names(ctx.office, [row.person_id for row in seen])
    return [
        {
            "case": row.id,
            "person": row.person_id,
            "name": names.get(row.person_id, ""),
            "state": _state_label(ctx, row),
            "opened": row.opened_on,
            "closed": row.closed_on,
        }
        for row in seen
    ]


def _state_label(ctx: RequestContext, row: CaseRow) -> str:
    """The step as today's rules call it, or those of the day on which the case was closed."""
    days: tuple[date | None, ...] = (ctx.today, row.closed_on)
    for day in filter(None, days):
        try:
            state = ctx.office.rulebook.edition_on(row.pipeline, day).states.get(row.state)
        except NoEdition:
            continue
        if state is not None:
            return state.label.in_language(ctx.speaks)
    return row.state
