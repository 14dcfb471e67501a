"""Letters: what will be told in a month, what was sent, what is stuck and why; sent again, or no more."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow.reminders.history import build_planned_notice_view
from workflow.reminders.letters.outbox import LETTER_STATES, count_letters, letter_view, list_letters
from workflow.reminders.letters.resend import LetterSettled, UnknownLetter, cancel_letter, retry_letter
from workflow.web.background_jobs import PLAN_DAYS, BackgroundJobs, JobOutcome, LetterPlan
from workflow.web.context import Hidden, RequestContext, check_csrf, load_context
from workflow.web.error_pages import describe_problem
from workflow.web.filters import FARTHEST, QueryText, require_above_branches
from workflow.web.form_data import FormBody
from workflow.web.idempotency import submit_once
from workflow.web.pages.account.sessions import unknown_button_fault
from workflow.web.pages.paging import build_paging, build_url
from workflow.web.render import render_page
from workflow.web.visibility.subordinates import (
    describe_subjects,
    describe_users,
    list_visible_users,
    may_see_letters,
    oversees_user,
)

View = dict[str, Any]

PER_PAGE = 50
LETTER_ACTIONS = {"retry": retry_letter, "cancel": cancel_letter}
ACTION_STATES = {"retry": ("stuck", "waiting", "cancelled"), "cancel": ("stuck", "waiting")}
"""How a letter must stand for each."""

LetterTab = Literal["ahead", "waiting", "sent", "stuck", "returned", "cancelled"]
OffsetParam = Annotated[int, Query(ge=0, le=FARTHEST)]

router = APIRouter(include_in_schema=False)


@router.get("/letters")
def letters_page(
    request: Request, show: LetterTab = "ahead", user: QueryText = "", at: OffsetParam = 0
) -> HTMLResponse:
    """What the reader, and those below, will be told and were; of one of them alone, if asked for."""
    ctx = load_context(request)
    require_above_branches(ctx)
    if user and not may_see_letters(ctx, user):
        raise Hidden
    users = [user] if user else list_visible_users(ctx)
    ctx.log_access("letters", user)
    counts = count_letters(ctx.office, users)
    shown = (
        _planned_values(ctx, users, user, at)
        if show == "ahead"
        else _sent_values(ctx, users, user, show, counts[show], at)
    )
    tabs = [
        {"name": name, "path": build_url("/letters", show=name, user=user), "count": counts[name]}
        for name in LETTER_STATES
    ]
    return render_page(
        "letters.html", ctx, show=show, tabs=tabs, days=PLAN_DAYS, ahead=build_url("/letters", user=user),
        of=describe_users(ctx, [user]).get(user) if user else None, zone=ctx.office.config.zone, **shown,
    )  # fmt: skip


def _planned_values(ctx: RequestContext, users: list[str], user: str, at: int) -> View:
    """The notices of the days to come: theirs, and what stands in their letters."""
    errands: BackgroundJobs = ctx.request.app.state.errands
    outcome: JobOutcome[LetterPlan] | None = errands.letter_plan.get_recent_outcome()
    plan = outcome.result if outcome else None
    problem = describe_problem(ctx.request, outcome.error)[0] if outcome and outcome.error else None
    wanted = frozenset(users)
    rows = [notice for notice in plan.notices if notice.user in wanted or notice.via in wanted] if plan else []
    views = (
        [build_planned_notice_view(ctx.office, plan.policy, notice, ctx.speaks) for notice in rows[at:][:PER_PAGE]]
        if plan
        else []
    )
    return {
        "rows": views,
        "total": len(rows),
        "problem": problem,
        "asked_at": outcome.at if outcome else None,
        "about": describe_subjects(ctx, {view.subject for view in views}),
        "people": describe_users(ctx, {name for view in views for name in (view.user, view.via)}),
        "paged": build_paging("/letters", at, len(views), len(rows), PER_PAGE, user=user),
    }


def _sent_values(ctx: RequestContext, users: list[str], user: str, show: LetterTab, total: int, at: int) -> View:
    """Letters in one state."""
    rows = list_letters(ctx.office, users, show, limit=PER_PAGE, offset=at)
    return {
        "rows": rows,
        "total": total,
        "people": describe_users(ctx, {row["user"] for row in rows}),
        "paged": build_paging("/letters", at, len(rows), total, PER_PAGE, show=show, user=user),
    }


# --- one letter --------------------------------------------------------------------------------------------------


@router.get("/letters/{letter}")
def letter_detail_page(request: Request, letter: str) -> HTMLResponse:
    """One letter as its reader sees it, who may look at it as well."""
    ctx = load_context(request)
    view = _require_letter(ctx, letter)
    ctx.log_access("letter", view["letter"])
    return _render_letter(ctx, view)


def _require_letter(ctx: RequestContext, letter: str) -> View:
    """Raises `Hidden` for one that is not there, and for one to somebody who is not below."""
    view = letter_view(ctx.office, letter.upper()) if letter.isascii() and letter.isalnum() else None
    if view is None or not may_see_letters(ctx, view["user"]):
        raise Hidden
    return view


def _render_letter(ctx: RequestContext, view: View, *, problem: str = "", status: int = 200) -> HTMLResponse:
    open_actions = [
        verb for verb in LETTER_ACTIONS if view["state"] in ACTION_STATES[verb] and _may_change_letter(ctx, view)
    ]
    return render_page(
        "letter.html", ctx, status=status, letter=view, open=open_actions, problem=problem, zone=ctx.office.config.zone,
        reader=describe_users(ctx, [view["user"]]).get(view["user"]), all=build_url("/letters", show=view["state"]),
    )  # fmt: skip


def _may_change_letter(ctx: RequestContext, view: View) -> bool:
    return ctx.access.is_above_branches and oversees_user(ctx, view["user"])


@router.post("/letters/{letter}")
def submit_letter_action(request: Request, letter: str, form: FormBody) -> Response:
    """Send a letter again, or no more."""
    ctx = load_context(request)
    view = _require_letter(ctx, letter)
    check_csrf(ctx, form.values)
    verb, path = form.get_text("do"), f"/letters/{view['letter']}"
    if not _may_change_letter(ctx, view):
        raise Hidden
    if verb not in LETTER_ACTIONS:
        raise unknown_button_fault(verb)
    with submit_once(ctx, form, path) as submission:
        if submission.earlier_location:
            return RedirectResponse(submission.earlier_location, 303)
        try:
            LETTER_ACTIONS[verb](ctx.office, view["letter"])
        except UnknownLetter:
            raise Hidden from None
        except LetterSettled as error:
            return _render_letter(ctx, view, problem=describe_problem(request, error)[0].message, status=409)
        submission.location = f"{path}?said=letter_{verb}"
    return RedirectResponse(submission.location, 303)
