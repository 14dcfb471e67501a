"""Putting a notice off: whoever is told, or somebody above, says until when and why."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow import accounts
from workflow.core.input import FieldFault, Mistyped, day_of, read_text
from workflow.reminders.history import told_of
from workflow.reminders.letters.outbox import notice_of
from workflow.reminders.notices.snooze import NotTheirs, UnknownNotice, snooze
from workflow.web.context import Hidden, Visit, own_form, visit
from workflow.web.field_errors import field_faults
from workflow.web.form_data import Form, Sent
from workflow.web.idempotency import sent_once
from workflow.web.render import page
from workflow.web.visibility.subordinates import oversees, subjects, who_are

View = dict[str, Any]

LARGEST = 2**31
"""Numbers of notices; what is larger is none of ours."""

router = APIRouter(include_in_schema=False)


@router.get("/notice/{notice}/snooze")
def snooze_page(request: Request, notice: int) -> HTMLResponse:
    """The form to be told nothing more of a deadline until a day."""
    here = visit(request)
    told = _notice(here, notice)
    here.looked("notice", told["subject"])
    draft = accounts.take_draft(here.office, here.user, request.url.path) or {}
    return _form(here, told, draft, kept=bool(draft))


def _notice(here: Visit, notice: int) -> View:
    """Raises `Hidden` for one that is not there, and for one that is not the reader's to put off."""
    row = notice_of(here.office, notice) if 0 < notice < LARGEST else None
    if row is None:
        raise Hidden
    told = next(one for one in told_of(here.office, row.subject, here.speaks) if one["id"] == row.id)
    may = [here.user] if here.user in (row.user_id, row.via) or oversees(here, row.user_id) else []
    if row.user_id != here.user and oversees(here, row.user_id):
        may.append(row.user_id)
    about = subjects(here, [row.subject])[row.subject]
    if not may:
        raise Hidden
    return told | {"subject": row.subject, "of": about, "may": may}


def _form(
    here: Visit,
    told: View,
    typed: Mapping[str, Any],
    *,
    status: int = 200,
    faults: Mapping[str, Sequence[str]] | None = None,
    kept: bool = False,
) -> HTMLResponse:
    people = who_are(here, {*told["may"], told["user"]})
    actors = [{"user": one, "name": people[one]["name"], "self": one == here.user} for one in told["may"]]
    return page(
        "snooze.html", here, status=status, notice=told, typed=typed, faults=faults or {}, kept=kept, actors=actors,
        reader=people[told["user"]],
    )  # fmt: skip


@router.post("/notice/{notice}/snooze")
def put_off(request: Request, notice: int, form: Sent) -> Response:
    """Put it off, for a reason that stays on the record."""
    here = visit(request)
    told = _notice(here, notice)
    own_form(here, form.values)
    by = form.text("by") or told["may"][0]
    if by not in told["may"]:
        raise Hidden
    path = f"/case/{told['subject']}?said=snoozed" if told["of"]["case"] else "/?said=snoozed"
    with sent_once(here, form, path) as first:
        if first.answer:
            return RedirectResponse(first.answer, 303)
        try:
            until = _typed(form)
            snooze(here.office, notice, until, form.text("reason"), here.who(by))
        except Mistyped as error:
            return _form(here, told, form.typed | {"by": by}, status=422, faults=field_faults(here, error))
        except (NotTheirs, UnknownNotice):
            raise Hidden from None
        first.done = path
    return RedirectResponse(path, 303)


def _typed(form: Form) -> date:
    """Until when; that there is a reason. Raises `Mistyped` with all that is amiss."""
    faults, until, text = list[FieldFault](), None, form.text("until").strip()
    try:
        until = day_of(text)
    except ValueError:
        faults.append(FieldFault("until", "not_a_day" if text else "missing", {"value": text[:80]}))
    try:
        read_text("reason", form.text("reason"))
    except Mistyped as error:
        faults += error.faults
    if faults or until is None:
        raise Mistyped(faults)
    return until
