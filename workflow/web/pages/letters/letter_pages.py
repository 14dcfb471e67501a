"""Letters are planned, listed, shown, sent again or cancelled."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow.reminders.history import build_planned_notice_view
from workflow.reminders.letters.outbox import (
    ACTION_STATES,
    LETTER_STATES,
    LetterSettled,
    OutboxLetter,
    UnknownLetter,
    cancel_letter,
    count_letters,
    find_letter,
    list_letters,
    retry_letter,
)
from workflow.web.background_jobs import PLAN_DAYS
from workflow.web.context import Hidden, RequestContext, check_csrf, load_context
from workflow.web.error_pages import describe_problem
from workflow.web.form_data import FormBody
from workflow.web.idempotency import submit_once
from workflow.web.pages.account.sessions import unknown_button_fault
from workflow.web.pages.filters import FARTHEST, QueryText, build_paging, build_url, require_above_branches
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

LetterTab = Literal["ahead", "waiting", "sent", "stuck", "returned", "cancelled"]
OffsetParam = Annotated[int, Query(ge=0, le=FARTHEST)]

router = APIRouter(include_in_schema=False)


@router.get("/letters")
def letters_page(
    request: Request, show: LetterTab = "ahead", user: QueryText = "", at: OffsetParam = 0
) -> HTMLResponse:
    """What the reader and users below will be told and were told; or one of them only."""
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
        "letters.html",
        ctx,
        show=show,
        tabs=tabs,
        days=PLAN_DAYS,
        ahead=build_url("/letters", user=user),
        of=describe_users(ctx, [user]).get(user) if user else None,
        zone=ctx.office.config.zone,
        **shown,
    )


def _planned_values(ctx: RequestContext, users: list[str], user: str, at: int) -> View:
    """The notices of the days to come: theirs, and what stands in their letters."""
    outcome = ctx.state.jobs.letter_plan.get_recent_outcome()
    plan = outcome.result if outcome else None
    problem = describe_problem(ctx.request, outcome.error)[0] if outcome and outcome.error else None
    wanted = frozenset(users)
    rows = (
        [notice for notice in plan.notices if notice.user in wanted or notice.via in wanted] if plan else []
    )
    views = (
        [
            build_planned_notice_view(ctx.office, plan.policy, notice, ctx.speaks)
            for notice in rows[at:][:PER_PAGE]
        ]
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
        "paged": build_paging(
            lambda at: build_url("/letters", at=at, user=user),
            at=at,
            shown=len(views),
            total=len(rows),
            size=PER_PAGE,
        ),
    }


def _sent_values(
    ctx: RequestContext, users: list[str], user: str, show: LetterTab, total: int, at: int
) -> View:
    rows = list_letters(ctx.office, states=[show], users=users, limit=PER_PAGE, offset=at)
    return {
        "rows": rows,
        "total": total,
        "people": describe_users(ctx, {letter.row.user for letter in rows}),
        "paged": build_paging(
            lambda at: build_url("/letters", at=at, show=show, user=user),
            at=at,
            shown=len(rows),
            total=total,
            size=PER_PAGE,
        ),
    }


# --- one letter -------------------------------------------------------------------------------------------


@router.get("/letters/{letter}")
def letter_detail_page(request: Request, letter: str) -> HTMLResponse:
    ctx = load_context(request)
    shown = _require_letter(ctx, letter)
    ctx.log_access("letter", shown.row.letter)
    return _render_letter(ctx, shown)


def _require_letter(ctx: RequestContext, letter: str) -> OutboxLetter:
    """Raises `Hidden` for one that is not there, and for one to somebody who is not below."""
    shown = find_letter(ctx.office, letter.upper()) if letter.isascii() and letter.isalnum() else None
    if shown is None or not may_see_letters(ctx, shown.row.user):
        raise Hidden
    return shown


def _render_letter(
    ctx: RequestContext, shown: OutboxLetter, *, problem: str = "", status: int = 200
) -> HTMLResponse:
    row = shown.row
    open_actions = [
        verb
        for verb in LETTER_ACTIONS
        if row.state in ACTION_STATES[verb] and _may_change_letter(ctx, row.user)
    ]
    return render_page(
        "letter.html",
        ctx,
        status=status,
        letter=row,
        sent_at=shown.sent_at,
        content=shown.content,
        open=open_actions,
        problem=problem,
        zone=ctx.office.config.zone,
        reader=describe_users(ctx, [row.user]).get(row.user),
        all=build_url("/letters", show=row.state),
    )  # fmt: skip - what a page shows, in a few lines


def _may_change_letter(ctx: RequestContext, user: str) -> bool:
    return ctx.access.is_above_branches and oversees_user(ctx, user)


@router.post("/letters/{letter}")
def submit_letter_action(request: Request, letter: str, form: FormBody) -> Response:
    ctx = load_context(request)
    shown = _require_letter(ctx, letter)
    check_csrf(ctx, form.values)
    verb, path = form.get_text("do"), f"/letters/{shown.row.letter}"
    if not _may_change_letter(ctx, shown.row.user):
        raise Hidden
    if verb not in LETTER_ACTIONS:
        raise unknown_button_fault(verb)
    with submit_once(ctx, form, path) as submission:
        if submission.earlier_location:
            return RedirectResponse(submission.earlier_location, 303)
        try:
            LETTER_ACTIONS[verb](ctx.office, shown.row.letter)
        except UnknownLetter:
            raise Hidden from None
        except LetterSettled as error:
            return _render_letter(ctx, shown, problem=describe_problem(request, error)[0].message, status=409)
        submission.location = f"{path}?said=letter_{verb}"
    return RedirectResponse(submission.location, 303)
