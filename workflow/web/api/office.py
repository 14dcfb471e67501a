"""Whose token it is and what it may; how the reminders are."""

from datetime import date
from typing import Any

from fastapi import APIRouter

from workflow.reminders.health import pulse
from workflow.reminders.settings import policy_of
from workflow.web.api.authentication import Here, Route
from workflow.web.api.schemas import READING, Named, Told

View = dict[str, Any]
STATES = ("waiting", "sent", "stuck", "returned", "cancelled")

router = APIRouter(route_class=Route, tags=["office"])


class RoleAt(Told):
    """A role held at a unit."""

    role: str
    label: str
    unit: Named


class Me(Told):
    """Whose token it is; the office's day; the sample that the office is, if it is one."""

    user: str
    today: date
    roles: list[RoleAt]
    above_branches: bool
    everywhere: bool
    sample: str | None


@router.get("/me", responses=READING, response_model=Me)
def me(here: Here) -> View:
    """Whose token it is, which roles they hold where, and the office's day."""
    names = here.edition().roles
    roles = [
        {
            "role": role,
            "label": names[role].label.in_language(here.speaks) if role in names else role,
            "unit": {"id": place, "name": unit.name},
        }
        for place, held in sorted(here.access.places.items())
        if (unit := here.tree.unit(place, here.today))
        for role in sorted(held)
    ]
    return {
        "user": here.user,
        "today": here.today,
        "roles": roles,
        "above_branches": here.access.is_above_branches,
        "everywhere": here.access.is_everywhere,
        "sample": here.request.app.state.sample,
    }


class Status(Told):
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


@router.get("/status", responses=READING, response_model=Status, response_model_exclude_unset=True)
def status(here: Here) -> View:
    """How the reminders are (`ketnap status`); the particulars are told at the top only."""
    found = pulse(here.office, policy_of(here.office))
    if not here.access.is_everywhere:
        return {"well": found.is_well}
    return {
        "swept": found.swept,
        "swept_at": _iso(found.swept_at),
        "delivered_at": _iso(found.delivered_at),
        "next_at": _iso(found.next_at),
        "late": found.late,
        "unsent_since": found.unsent_since,
        "letters": {state: found.letters.get(state, 0) for state in STATES},
        "waiting": found.waiting,
        "unreachable": found.unreachable,
        "well": found.is_well,
    }


def _iso(at: Any) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
