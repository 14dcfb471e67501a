"""The API tells whose token it is, and how the reminders are."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter

from workflow.core.views import NamedRef
from workflow.reminders.health import read_pulse
from workflow.reminders.settings import load_policy
from workflow.reminders.status import ReminderStatusView, build_status_view
from workflow.web.api.authentication import ApiRoute, ReadContext
from workflow.web.api.schemas import READING

router = APIRouter(route_class=ApiRoute, tags=["office"])


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentRoleView:
    """A role held at a unit."""

    role: str
    label: str
    unit: NamedRef


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentUserView:
    """Whose token it is; the office's day; the sample that the office is, if it is one."""

    user: str
    today: date
    roles: list[CurrentRoleView]
    above_branches: bool
    everywhere: bool
    sample: str | None


@router.get("/me", responses=READING)
def get_current_user(ctx: ReadContext) -> CurrentUserView:
    """Whose token it is, which roles they hold where, and the office's day."""
    names = ctx.edition().roles
    roles = [
        CurrentRoleView(
            role=role,
            label=names[role].label.in_language(ctx.speaks) if role in names else role,
            unit=NamedRef(id=place, name=unit.name),
        )
        for place, place_roles in sorted(ctx.access.roles_by_unit.items())
        if (unit := ctx.register.find_unit(place, ctx.today))
        for role in sorted(place_roles)
    ]
    return CurrentUserView(
        user=ctx.user,
        today=ctx.today,
        roles=roles,
        above_branches=ctx.access.is_above_branches,
        everywhere=ctx.access.is_everywhere,
        sample=ctx.state.sample,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderHealthView:
    """Whether the reminders are well."""

    well: bool


@router.get("/status", responses=READING)
def get_reminder_status(ctx: ReadContext) -> ReminderStatusView | ReminderHealthView:
    """How the reminders are (`ketnap status`); the particulars are told at the top only."""
    pulse = read_pulse(ctx.office, load_policy(ctx.office))
    return build_status_view(pulse) if ctx.access.is_everywhere else ReminderHealthView(well=pulse.is_well)
