"""Letters, from the commune up: which wait, went out or are stuck; one as its reader sees it; again, or no more."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from workflow.reminders.history import letter_list_view, letter_text_view
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.resend import UnknownLetter, cancel_letter, retry_letter
from workflow.web.api.authentication import ApiRoute, ReadContext, WriteContext, may_see_user, require_above_branches
from workflow.web.api.schemas import READING, WRITING, LetterId, Limit, ListPage, Offset, ResponseBody, slice_page
from workflow.web.context import Hidden, RequestContext

View = dict[str, Any]
LetterState = Literal["waiting", "sent", "stuck", "returned", "cancelled"]

router = APIRouter(route_class=ApiRoute, tags=["letters"])


class LetterListRow(ResponseBody):
    """A letter, and what the server last said."""

    letter: str
    user: str
    day: date
    state: str
    subject: str | None
    tries: int
    code: int | None
    said: str | None


class LetterListPage(ListPage):
    """A page of letters, newest first."""

    letters: list[LetterListRow]


@router.get("/letters", responses=READING, response_model=LetterListPage)
def list_letters(
    ctx: ReadContext,
    state: Annotated[LetterState | None, Query(description="Only letters that stand so.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> View:
    """Letters to this user and to the users below (`ketnap outbox`)."""
    require_above_branches(ctx)
    ctx.log_access("letters")
    rows = letter_list_view(ctx.office, (state,) if state else ())
    return slice_page("letters", [row for row in rows if may_see_user(ctx, row["user"])], limit, offset)


class LetterView(ResponseBody):
    """A letter as its reader sees it."""

    letter: str
    to: str
    day: date
    state: str
    subject: str
    text: str


@router.get("/letters/{letter}", responses=READING, response_model=LetterView)
def get_letter(ctx: ReadContext, letter: LetterId) -> View:
    """One letter as its reader sees it (`ketnap outbox LETTER`)."""
    _require_letter(ctx, letter)
    ctx.log_access("letter", letter)
    shown = letter_text_view(ctx.office, letter)
    if shown is None:
        raise UnknownLetter(letter)
    return shown


class LetterStateView(ResponseBody):
    """How a letter stands now."""

    letter: str
    state: str


@router.post("/letters/{letter}/retry", responses=WRITING, response_model=LetterStateView)
def resend_letter(ctx: WriteContext, letter: LetterId) -> View:
    """Send a stuck letter again (`ketnap retry`)."""
    _require_letter(ctx, letter)
    retry_letter(ctx.office, letter)
    return {"letter": letter, "state": "waiting"}


@router.post("/letters/{letter}/cancel", responses=WRITING, response_model=LetterStateView)
def stop_letter(ctx: WriteContext, letter: LetterId) -> View:
    """Send a letter no more (`ketnap cancel`)."""
    _require_letter(ctx, letter)
    cancel_letter(ctx.office, letter)
    return {"letter": letter, "state": "cancelled"}


def _require_letter(ctx: RequestContext, letter: str) -> None:
    """Raises `Hidden` for a letter that is not there, or to somebody who is not below."""
    require_above_branches(ctx)
    with ctx.office.database.read_transaction() as connection:
        letter_row = outbox_queries.find_letter(connection, letter)
    if letter_row is None or not may_see_user(ctx, letter_row.user_id):
        raise Hidden
