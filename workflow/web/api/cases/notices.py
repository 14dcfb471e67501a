"""Notices: what somebody was told of a case, who is to be told what, and putting one off."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field

from workflow.reminders.history import planned_view, told_of
from workflow.reminders.notices.preview import planned
from workflow.reminders.notices.snooze import NotTheirs, UnknownNotice, snooze
from workflow.reminders.settings import policy_of
from workflow.web.api.authentication import Here, Route, Writing, acting, is_theirs
from workflow.web.api.cases.schemas import Notice
from workflow.web.api.schemas import LARGEST, READING, WRITING, By, CaseId, Day, Digits, Sent, Text, Told
from workflow.web.context import Hidden
from workflow.web.pages.cases.case_page import seen_case

View = dict[str, Any]

LONGEST_AHEAD = 60
"""Days: each morning of them is swept as it will be, in a transaction; a year of them would hold up everybody."""

router = APIRouter(route_class=Route, tags=["notices"])


class ToldOf(Told):
    """Everything that was told of a case, oldest first."""

    case: str
    notices: list[Notice]


@router.get("/cases/{case}/notices", responses=READING, response_model=ToldOf)
def told(here: Here, case: CaseId) -> View:
    """Who was told what of a case, when, and whether it arrived (`ketnap notices CASE`)."""
    held = seen_case(here, case)
    return {"case": held.id, "notices": told_of(here.office, held.id, here.speaks)}


class Planned(Told):
    """A notice that is to be made: on which morning, of what, to whom, in whose letter (``via``), why."""

    on: date
    subject: str
    reminder: str
    clock: str
    instance: str
    step: str
    due: date
    user: str
    via: str
    why: str
    about: str


class Ahead(Told):
    """What will be told in so many days."""

    days: int
    notices: list[Planned]


@router.get("/notices", responses=READING, response_model=Ahead)
def ahead(
    here: Here,
    days: Annotated[int, Field(ge=1, le=LONGEST_AHEAD), Digits, Query(description="So many days from today on.")] = 30,
) -> View:
    """What this user, and the users below, will be told if nothing happens meanwhile (`ketnap notices --next`)."""
    here.looked("letters")
    policy = policy_of(here.office)
    mine = (one for one in planned(here.office, policy, days) if is_theirs(here, one.user))
    return {"days": days, "notices": [planned_view(here.office, policy, one, here.speaks) for one in mine]}


class Snoozing(Sent):
    """``until``: the first day on which it may be told again; the reason stays on the record."""

    until: Day
    reason: Text
    by: By = None


class Snoozed(Told):
    """A notice that is put off."""

    notice: int
    until: date


@router.post("/notices/{notice}/snooze", responses=WRITING, response_model=Snoozed)
def snooze_(here: Writing, notice: Annotated[int, Field(ge=1, le=LARGEST), Digits, Path()], asked: Snoozing) -> View:
    """Tell nothing more of a deadline until a day (`ketnap snooze`)."""
    below = [asked.by] if asked.by and here.access.is_over(asked.by) else []
    who = acting(here, [here.user, *below], asked.by)
    try:
        snooze(here.office, notice, asked.until, asked.reason, who)
    except (NotTheirs, UnknownNotice):
        raise Hidden from None
    return {"notice": notice, "until": asked.until}
