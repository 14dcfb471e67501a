"""The page of a snooze asks until when, and why.

Whoever is told may put a notice off, and whoever is above them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow.accounts.form_submissions import take_draft
from workflow.core.input import FieldFault, InvalidInput, parse_day, parse_text
from workflow.core.views import fields_of
from workflow.reminders.history import NoticeView, list_notice_history
from workflow.reminders.notices.snooze import NotTheirs, UnknownNotice, find_notice, snooze_deadline
from workflow.web.context import Hidden, RequestContext, check_csrf, load_context
from workflow.web.form_data import FormBody, SentForm, describe_faults
from workflow.web.idempotency import submit_once
from workflow.web.pages.cases.field_options import ActorOption
from workflow.web.render import render_page
from workflow.web.visibility.subordinates import (
    SubjectInWords,
    describe_subjects,
    describe_users,
    oversees_user,
)

LARGEST = 2**31
"""Numbers of notices; what is larger is none of ours."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozableNotice(NoticeView):
    """A notice, what it is about, and the users for whom it ``may`` be put off."""

    subject: str
    of: SubjectInWords
    may: list[str]


@router.get("/notice/{notice}/snooze")
def snooze_page(request: Request, notice: int) -> HTMLResponse:
    ctx = load_context(request)
    notice_view = _require_notice(ctx, notice)
    ctx.log_access("notice", notice_view.subject)
    draft = take_draft(ctx.office, ctx.user, request.url.path) or {}
    return _render_form(ctx, notice_view, draft, draft_restored=bool(draft))


def _require_notice(ctx: RequestContext, notice: int) -> SnoozableNotice:
    """Raises `Hidden` for one that is not there, and for one that is not the reader's to put off."""
    row = find_notice(ctx.office, notice) if 0 < notice < LARGEST else None
    if row is None:
        raise Hidden
    notice_view = next(
        view for view in list_notice_history(ctx.office, row.subject, ctx.speaks) if view.id == row.id
    )
    may = [ctx.user] if ctx.user in (row.user_id, row.via) or oversees_user(ctx, row.user_id) else []
    if row.user_id != ctx.user and oversees_user(ctx, row.user_id):
        may.append(row.user_id)
    about = describe_subjects(ctx, [row.subject])[row.subject]
    if not may:
        raise Hidden
    return SnoozableNotice(**fields_of(notice_view), subject=row.subject, of=about, may=may)


def _render_form(
    ctx: RequestContext,
    notice_view: SnoozableNotice,
    typed: Mapping[str, object],
    *,
    status: int = 200,
    faults: Mapping[str, Sequence[str]] | None = None,
    draft_restored: bool = False,
) -> HTMLResponse:
    people = describe_users(ctx, {*notice_view.may, notice_view.user})
    actors = [ActorOption(user, people[user].name, user == ctx.user) for user in notice_view.may]
    return render_page(
        "snooze.html",
        ctx,
        status=status,
        notice=notice_view,
        typed=typed,
        faults=faults or {},
        kept=draft_restored,
        actors=actors,
        reader=people[notice_view.user],
    )


@router.post("/notice/{notice}/snooze")
def submit_snooze(request: Request, notice: int, form: FormBody) -> Response:
    """Snooze the notice; the reason stays on the record."""
    ctx = load_context(request)
    notice_view = _require_notice(ctx, notice)
    check_csrf(ctx, form.values)
    by = form.get_text("by") or notice_view.may[0]
    if by not in notice_view.may:
        raise Hidden
    path = f"/case/{notice_view.subject}?said=snoozed" if notice_view.of.case else "/?said=snoozed"
    with submit_once(ctx, form, path) as submission:
        if submission.earlier_location:
            return RedirectResponse(submission.earlier_location, 303)
        try:
            until = _read_until(form)
            snooze_deadline(ctx.office, notice, until, form.get_text("reason"), ctx.acting_as(by))
        except InvalidInput as error:
            return _render_form(
                ctx,
                notice_view,
                form.user_values | {"by": by},
                status=422,
                faults=describe_faults(ctx, error),
            )
        except (NotTheirs, UnknownNotice):
            raise Hidden from None
        submission.location = path
    return RedirectResponse(path, 303)


def _read_until(form: SentForm) -> date:
    """Until when; that there is a reason. Raises `InvalidInput` with all that is amiss."""
    faults, until, text = list[FieldFault](), None, form.get_text("until").strip()
    try:
        until = parse_day(text)
    except ValueError:
        faults.append(FieldFault("until", "not_a_day" if text else "missing", {"value": text[:80]}))
    try:
        parse_text("reason", form.get_text("reason"))
    except InvalidInput as error:
        faults += error.faults
    if faults or until is None:
        raise InvalidInput(faults)
    return until
