"""Acts of the register belong to those who direct its units.

Pages and API ask here. What the command line enters is its machine's.
"""

from typing import Any

from workflow.register.acts import (
    AddGrant,
    AddPerson,
    AddUnit,
    AddUser,
    ChangePerson,
    ChangeUnit,
    EndPost,
    EndUnit,
    EndUser,
    HoldPost,
    LeavePost,
    LogMeeting,
    SetMembership,
    SetPlan,
    SetTogether,
)
from workflow.register.writer import Who
from workflow.storage.register_snapshot import BRANCH_ORGAN
from workflow.web.context import Hidden, RequestContext
from workflow.web.visibility.actors import authorize_register_entry, choose_actor, require_directed
from workflow.web.visibility.person_units import find_keeper_unit, require_nameable_person, require_post_unit
from workflow.web.visibility.users import may_keep_user


def authorize_act(ctx: RequestContext, act: object, by: str | None = None) -> Who:
    """Whose act it is, where that is the reader's to enter. Raises `Hidden`, `InvalidInput`.

    ``by``: somebody below for whom it is typed; the reader where left out.
    """
    if isinstance(act, LogMeeting):
        return _authorize_meeting(ctx, act, by)
    unit = _find_directed_unit(ctx, act)
    _require_named(ctx, act)
    return authorize_register_entry(ctx, unit, by)


def _find_directed_unit(ctx: RequestContext, act: Any) -> str | None:
    """The unit by which an act is kept; None for what stands over everything. Raises `Hidden`."""
    match act:
        case AddUnit():
            return act.parent
        case ChangeUnit() | EndUnit():
            return _unit_above(ctx, act.unit)
        case HoldPost() | LeavePost() | EndPost() | SetPlan():
            return require_post_unit(ctx, act.post)
        case ChangePerson(person=whom) | SetMembership(person=whom) | SetTogether(candidate=whom):
            return find_keeper_unit(ctx, whom)
        case AddPerson() | EndUser(unit=None):
            if not ctx.access.is_above_branches:
                raise Hidden
            return next(iter(ctx.access.roles_by_unit), None)
    unit: str = act.unit
    return unit


def _unit_above(ctx: RequestContext, unit: str) -> str | None:
    """The unit over one: nobody has a say in what the own unit is. Raises `Hidden`."""
    row = ctx.register.find_unit(unit, ctx.today)
    if row is None:
        raise Hidden
    return row.parent


def _require_named(ctx: RequestContext, act: object) -> None:
    """Raises `Hidden` for a unit, person, user or role that is not the reader's to name."""
    match act:
        case ChangeUnit(parent=str(unit)) | EndUnit(successor=str(unit)):
            require_directed(ctx, unit)
        case HoldPost(person=person) | AddUser(person=str(person)) | SetTogether(person=person):
            require_nameable_person(ctx, person)
        case AddGrant(user=user) | EndUser(user=user):
            if not may_keep_user(ctx, user):
                raise Hidden
    match act:
        case (
            AddUser(role=role, unit=unit)
            | AddGrant(role=role, unit=unit)
            | EndUser(role=str(role), unit=str(unit))
        ):
            if not ctx.access.can_grant(role, unit):
                raise Hidden


def _authorize_meeting(ctx: RequestContext, act: LogMeeting, by: str | None) -> Who:
    """A branch logs its own meetings, as does whoever directs it."""
    actors = ctx.access.list_actors(ctx.edition(), BRANCH_ORGAN, act.unit)
    if ctx.access.can_manage(act.unit) and ctx.user not in actors:
        actors = [ctx.user, *actors]
    return choose_actor(ctx, actors, by)
