"""Readers above the branches see and keep users below."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from workflow.register.views.people import load_names
from workflow.storage.register_snapshot import find_row_on, holds_on
from workflow.storage.tables.register import GrantRow
from workflow.web.context import Hidden, RequestContext
from workflow.web.visibility.subordinates import oversees_user


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRoleView:
    """A role in words, who holds it, and where."""

    user: str
    person: str | None
    name: str
    role: str
    label: str
    unit: str
    place: str
    since: date


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


def describe_grants(ctx: RequestContext, grants: Iterable[GrantRow]) -> list[HeldRoleView]:
    """Roles in words, each with the name of who holds it."""
    grant_rows = list(grants)
    users = {
        user: row
        for grant in grant_rows
        if (row := find_row_on(ctx.register.users.get(user := grant.user_id, ()), ctx.today))
    }
    names = load_names(ctx.office, [row.person_id for row in users.values()])
    return [
        HeldRoleView(
            user=row.user_id,
            person=users[row.user_id].person_id if row.user_id in users else None,
            name=(names.get(users[row.user_id].person_id) if row.user_id in users else None) or row.user_id,
            role=row.role,
            label=role_label(ctx, row.role),
            unit=row.unit_id,
            place=unit.name if (unit := ctx.register.find_unit(row.unit_id, ctx.today)) else row.unit_id,
            since=row.valid_from,
        )
        for row in grant_rows
    ]


def role_label(ctx: RequestContext, role: str) -> str:
    """What a role is called; its id where today's rules do not know it any more."""
    roles = ctx.edition().roles
    return roles[role].label.in_language(ctx.speaks) if role in roles else role
