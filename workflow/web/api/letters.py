"""The API lists letters, shows them, sends them again, cancels them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from workflow.reminders.letters import outbox
from workflow.reminders.letters.outbox import (
    LetterListRow,
    LetterStateView,
    LetterView,
    OutboxLetter,
    UnknownLetter,
)
from workflow.web.api.authentication import (
    ApiRoute,
    ReadContext,
    WriteContext,
    may_see_user,
    require_above_branches,
)
from workflow.web.api.schemas import READING, WRITING, LetterId, Limit, ListPage, Offset, slice_page
from workflow.web.context import Hidden, RequestContext

LetterState = Literal["waiting", "sent", "stuck", "returned", "cancelled"]

router = APIRouter(route_class=ApiRoute, tags=["letters"])


class LetterListPage(ListPage):
    """A page of letters, newest first."""

    letters: list[LetterListRow]


@router.get("/letters", responses=READING, response_model=LetterListPage)
def list_letters(
    ctx: ReadContext,
    state: Annotated[LetterState | None, Query(description="Only letters that stand so.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Letters to this user and to the users below (`ketnap outbox`)."""
    require_above_branches(ctx)
    ctx.log_access("letters")
    rows = [letter.row for letter in outbox.list_letters(ctx.office, states=(state,) if state else ())]
    return slice_page("letters", [row for row in rows if may_see_user(ctx, row.user)], limit, offset)


@router.get("/letters/{letter}", responses=READING)
def get_letter(ctx: ReadContext, letter: LetterId) -> LetterView:
    """One letter as its reader sees it (`ketnap outbox LETTER`)."""
    shown = _require_letter(ctx, letter)
    ctx.log_access("letter", letter)
    if shown.content is None:
        raise UnknownLetter(letter)
    return shown.content


@router.post("/letters/{letter}/retry", responses=WRITING)
def resend_letter(ctx: WriteContext, letter: LetterId) -> LetterStateView:
    """Send a stuck letter again (`ketnap retry`)."""
    _require_letter(ctx, letter)
    return outbox.retry_letter(ctx.office, letter)


@router.post("/letters/{letter}/cancel", responses=WRITING)
def stop_letter(ctx: WriteContext, letter: LetterId) -> LetterStateView:
    """Send a letter no more (`ketnap cancel`)."""
    _require_letter(ctx, letter)
    return outbox.cancel_letter(ctx.office, letter)


def _require_letter(ctx: RequestContext, letter: str) -> OutboxLetter:
    """Raises `Hidden` for a letter that is not there, or to somebody who is not below."""
    require_above_branches(ctx)
    shown = outbox.find_letter(ctx.office, letter)
    if shown is None or not may_see_user(ctx, shown.row.user):
        raise Hidden
    return shown
