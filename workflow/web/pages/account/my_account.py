"""One's own page shows sessions, tokens, language and letters."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow.accounts.api_tokens import MAX_NAME_LENGTH, create_token, list_tokens
from workflow.accounts.form_submissions import take_draft
from workflow.accounts.sessions import list_sessions
from workflow.core.input import InvalidInput
from workflow.reminders.letters.outbox import list_letters, load_mailbox
from workflow.web.context import LANGUAGES, SESSION, RequestContext, check_csrf, load_context
from workflow.web.form_data import FormBody, describe_faults
from workflow.web.idempotency import submit_once
from workflow.web.pages.account.sessions import end_user_access
from workflow.web.pages.account.show_once import store_secret, take_secret
from workflow.web.render import render_page
from workflow.web.visibility.subordinates import describe_users

PATH = "/me"
LETTERS = 10

router = APIRouter(include_in_schema=False)


@router.get(PATH)
def my_account_page(request: Request) -> HTMLResponse:
    """My own page; a token that was just made, once."""
    ctx = load_context(request)
    typed = take_draft(ctx.office, ctx.user, PATH) or {}
    return _render_page(ctx, typed, token=take_secret(ctx, PATH))


def _render_page(
    ctx: RequestContext,
    typed: Mapping[str, Any],
    *,
    status: int = 200,
    faults: Mapping[str, Sequence[str]] | None = None,
    token: str | None = None,
) -> HTMLResponse:
    return render_page(
        "me.html",
        ctx,
        status=status,
        typed=typed,
        faults=faults or {},
        token=token,
        languages=LANGUAGES,
        person=describe_users(ctx, [ctx.user])[ctx.user],
        sessions=list_sessions(ctx.office, ctx.user),
        tokens=list_tokens(ctx.office, ctx.user),
        zone=ctx.office.config.zone,
        longest=MAX_NAME_LENGTH,
        mailbox=load_mailbox(ctx.office, ctx.user),
        letters=list_letters(ctx.office, users=[ctx.user], limit=LETTERS),
    )


@router.post(PATH)
def change_my_account(request: Request, form: FormBody) -> Response:
    """Make a token, or end a token or sessions of mine."""
    ctx = load_context(request)
    check_csrf(ctx, form.values)
    with submit_once(ctx, form, PATH) as submission:
        if submission.earlier_location:
            return RedirectResponse(submission.earlier_location, 303)
        if form.get_text("do") == "token":
            try:
                store_secret(ctx, PATH, create_token(ctx.office, ctx.user, form.get_text("name")))
            except InvalidInput as error:
                return _render_page(ctx, form.user_values, status=422, faults=describe_faults(ctx, error))
            submission.location = f"{PATH}?said=token_made"
        else:
            submission.location = (
                f"{PATH}?{end_user_access(ctx, ctx.user, form.get_text('do'), form.get_text('of'))}"
            )
    answer = RedirectResponse(submission.location, 303)
    if form.get_text("of") == ctx.session.session_id:
        answer.delete_cookie(SESSION)
    return answer
