"""Readers see the accounts and letters of the users below them.

Who these are, and what their notices are about, is told by name and place.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from workflow.register.place_names import place_order
from workflow.register.views.people import load_names
from workflow.storage import reads
from workflow.storage.register_snapshot import find_row_on, holds_on
from workflow.web.context import RequestContext


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleInWords:
    """A role as today's rules call it, and the name of the unit where it is held."""

    label: str
    unit: str
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInWords:
    """A user by name, with the roles held today."""

    user: str
    name: str
    roles: list[RoleInWords]
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectInWords:
    """What a notice or a look was about.

    ``case``: its id, where that is what it was, and the reader may see it.
    """

    text: str
    case: str | None


def oversees_user(ctx: RequestContext, user: str) -> bool:
    """Whether a user lies below the reader.

    Who holds no role any more lies below those who stand over everything.
    """
    access = ctx.access
    if access.outranks_user(user):
        return True
    rows = ctx.register.grants.get(user, ())
    return (
        access.is_everywhere
        and user in ctx.register.users
        and not any(holds_on(row, ctx.today) for row in rows)
    )


def may_manage_account(ctx: RequestContext, user: str) -> bool:
    """Whether the reader may manage an account: their own, or that of a user below."""
    return user == ctx.user or oversees_user(ctx, user)


def may_see_letters(ctx: RequestContext, user: str) -> bool:
    """Whether what a user was told is the reader's to see: it is the reader, or somebody below."""
    return user == ctx.user or ctx.access.is_everywhere or oversees_user(ctx, user)


def list_visible_users(ctx: RequestContext) -> list[str]:
    """The reader, and everybody below."""
    if not ctx.access.is_above_branches:
        return [ctx.user]
    scope = ctx.access.scope
    users = (
        ctx.register.users
        if scope is None
        else {row.user_id for unit in scope for row in ctx.register.grants_at(unit)}
    )
    return sorted(user for user in users if may_see_letters(ctx, user))


def describe_users(ctx: RequestContext, users: Collection[str]) -> dict[str, UserInWords]:
    """Users by name, with the roles that they hold today, each at its unit; in the order of their places."""
    tree, day = ctx.register, ctx.today
    rows = {
        user: find_row_on(user_rows, day) or user_rows[-1]
        for user in users
        if (user_rows := tree.users.get(user))
    }
    names = load_names(ctx.office, {row.person_id for row in rows.values()})
    roles = ctx.edition().roles
    sortable = []
    for user, row in rows.items():
        grants = [grant for grant in tree.grants.get(user, ()) if holds_on(grant, day)]
        held_roles = [
            RoleInWords(
                label=roles[grant.role].label.in_language(ctx.speaks) if grant.role in roles else grant.role,
                unit=unit.name if (unit := tree.find_unit(grant.unit_id, day)) else grant.unit_id,
                since=grant.valid_from,
            )
            for grant in grants
        ]
        place = tree.units_above(grants[0].unit_id, day) if grants else ()
        view = UserInWords(
            user=user, name=names.get(row.person_id, ""), roles=held_roles, since=row.valid_from
        )
        sortable.append((tuple(place_order(place_unit.name) for place_unit in reversed(place)), user, view))
    return {user: view for _, user, view in sorted(sortable, key=lambda item: (not item[0], *item[:2]))}


def describe_subjects(ctx: RequestContext, ids: Iterable[str]) -> dict[str, SubjectInWords]:
    """What notices and looks are about: cases (which the reader may see) and people by name, units, users."""
    wanted, views = {id_ for id_ in ids if id_}, dict[str, SubjectInWords]()
    with ctx.office.database.read_transaction() as connection:
        cases = {
            id_: row for id_ in wanted if _looks_like_id(id_) and (row := reads.load_case(connection, id_))
        }
    seen = {id_: row for id_, row in cases.items() if ctx.access.can_see(row.unit_id)}
    people = load_names(
        ctx.office, {row.person_id for row in seen.values()} | {id_ for id_ in wanted if _looks_like_id(id_)}
    )
    for id_ in wanted:
        unit = ctx.register.find_unit(id_, ctx.today)
        if id_ in seen:
            place = ctx.register.find_unit(seen[id_].unit_id, ctx.today)
            name = people.get(seen[id_].person_id) or id_
            views[id_] = SubjectInWords(text=f"{name}, {place.name}" if place else name, case=id_)
        else:
            text = people.get(id_) if id_ not in cases else None
            views[id_] = SubjectInWords(text=text or (unit.name if unit else id_), case=None)
    return views


def _looks_like_id(text: str) -> bool:
    """Whether it may be the id of a case or a person."""
    return text.isascii() and text.isalnum() and text.isupper()
