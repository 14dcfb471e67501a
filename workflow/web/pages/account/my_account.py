"""One's own page: where one is signed in, one's password, language and tokens, the letters one gets."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow import accounts
from workflow.accounts.api_tokens import LONGEST_NAME
from workflow.core.input import Mistyped
from workflow.reminders.letters.outbox import last_letters, mailbox_of
from workflow.web.context import LANGUAGES, SESSION, Visit, own_form, visit
from workflow.web.field_errors import field_faults
from workflow.web.form_data import Sent
from workflow.web.idempotency import sent_once
from workflow.web.pages.account.sessions import end_of
from workflow.web.pages.account.show_once import keep_secret, take_secret
from workflow.web.render import page
from workflow.web.visibility.subordinates import who_are

PATH = "/me"
LETTERS = 10

router = APIRouter(include_in_schema=False)


@router.get(PATH)
def me(request: Request) -> HTMLResponse:
    """My own page; a token that was just made, once."""
    here = visit(request)
    typed = accounts.take_draft(here.office, here.user, PATH) or {}
    return _page(here, typed, token=take_secret(here, PATH))


def _page(
    here: Visit,
    typed: Mapping[str, Any],
    *,
    status: int = 200,
    faults: Mapping[str, Sequence[str]] | None = None,
    token: str | None = None,
) -> HTMLResponse:
    return page(
        "me.html", here, status=status, typed=typed, faults=faults or {}, token=token, languages=LANGUAGES,
        person=who_are(here, [here.user])[here.user], sessions=accounts.sessions(here.office, here.user),
        tokens=accounts.tokens(here.office, here.user), zone=here.office.config.zone, longest=LONGEST_NAME,
        mailbox=mailbox_of(here.office, here.user), letters=last_letters(here.office, here.user, LETTERS),
    )  # fmt: skip


@router.post(PATH)
def mine(request: Request, form: Sent) -> Response:
    """Make a token, or end a token or sessions of mine."""
    here = visit(request)
    own_form(here, form.values)
    with sent_once(here, form, PATH) as first:
        if first.answer:
            return RedirectResponse(first.answer, 303)
        if form.text("do") == "token":
            try:
                keep_secret(here, PATH, accounts.make_token(here.office, here.user, form.text("name")))
            except Mistyped as error:
                return _page(here, form.typed, status=422, faults=field_faults(here, error))
            first.done = f"{PATH}?said=token_made"
        else:
            first.done = f"{PATH}?{end_of(here, here.user, form.text('do'), form.text('of'))}"
    answer = RedirectResponse(first.done, 303)
    if form.text("of") == here.session.session_id:
        answer.delete_cookie(SESSION)
    return answer
