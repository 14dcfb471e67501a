"""Whose token it is and what it may; how the reminders are."""

from datetime import date
from typing import Any

from fastapi import APIRouter

from workflow.register.views.places import NamedRef
from workflow.reminders.health import read_pulse
from workflow.reminders.settings import load_policy
from workflow.web.api.authentication import ApiRoute, ReadContext
from workflow.web.api.schemas import READING, ResponseBody

View = dict[str, Any]
STATES = ("waiting", "sent", "stuck", "returned", "cancelled")

router = APIRouter(route_class=ApiRoute, tags=["office"])


class CurrentRoleView(ResponseBody):
    """A role held at a unit."""

    role: str
    label: str
    unit: NamedRef


class CurrentUserView(ResponseBody):
    """Whose token it is; the office's day; the sample that the office is, if it is one."""

    user: str
    today: date
    roles: list[CurrentRoleView]
    above_branches: bool
    everywhere: bool
    sample: str | None


@router.get("/me", responses=READING, response_model=CurrentUserView)
def get_current_user(ctx: ReadContext) -> View:
    """Whose token it is, which roles they hold where, and the office's day."""
    names = ctx.edition().roles
    roles = [
        {
            "role": role,
            "label": names[role].label.in_language(ctx.speaks) if role in names else role,
            "unit": {"id": place, "name": unit.name},
        }
        for place, place_roles in sorted(ctx.access.roles_by_unit.items())
        if (unit := ctx.register.find_unit(place, ctx.today))
        for role in sorted(place_roles)
    ]
    return {
        "user": ctx.user,
        "today": ctx.today,
        "roles": roles,
        "above_branches": ctx.access.is_above_branches,
        "everywhere": ctx.access.is_everywhere,
        "sample": ctx.request.app.state.sample,
    }


class ReminderStatusView(ResponseBody):
    """Whether reminders are well; the particulars where a role is held over everything."""

    well: bool
    swept: date | None = None
    swept_at: str | None = None
    delivered_at: str | None = None
    next_at: str | None = None
    late: bool | None = None
    unsent_since: date | None = None
    letters: dict[str, int] | None = None
    waiting: int | None = None
    unreachable: list[str] | None = None


@router.get("/status", responses=READING, response_model=ReminderStatusView, response_model_exclude_unset=True)
def get_reminder_status(ctx: ReadContext) -> View:
    """How the reminders are (`ketnap status`); the particulars are told at the top only."""
    health = read_pulse(ctx.office, load_policy(ctx.office))
    if not ctx.access.is_everywhere:
        return {"well": health.is_well}
    return {
        "swept": health.swept,
        "swept_at": _iso_time(health.swept_at),
        "delivered_at": _iso_time(health.delivered_at),
        "next_at": _iso_time(health.next_at),
        "late": health.late,
        "unsent_since": health.unsent_since,
        "letters": {state: health.letters.get(state, 0) for state in STATES},
        "waiting": health.waiting,
        "unreachable": health.unreachable,
        "well": health.is_well,
    }


def _iso_time(at: Any) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
