"""Letters, from the commune up: which wait, went out or are stuck; one as its reader sees it; again, or no more."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from workflow.reminders.history import letter_text, letters_view
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.resend import UnknownLetter, cancel, retry
from workflow.web.api.authentication import Here, Route, Writing, above_branches, is_theirs
from workflow.web.api.schemas import READING, WRITING, LetterId, Limit, Offset, Paged, Told, paged
from workflow.web.context import Hidden, Visit

View = dict[str, Any]
State = Literal["waiting", "sent", "stuck", "returned", "cancelled"]

router = APIRouter(route_class=Route, tags=["letters"])


class LetterRow(Told):
    """A letter, and what the server last said."""

    letter: str
    user: str
    day: date
    state: str
    subject: str | None
    tries: int
    code: int | None
    said: str | None


class Letters(Paged):
    """A page of letters, newest first."""

    letters: list[LetterRow]


@router.get("/letters", responses=READING, response_model=Letters)
def list_(
    here: Here,
    state: Annotated[State | None, Query(description="Only letters that stand so.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> View:
    """Letters to this user and to the users below (`ketnap outbox`)."""
    above_branches(here)
    here.looked("letters")
    rows = letters_view(here.office, (state,) if state else ())
    return paged("letters", [one for one in rows if is_theirs(here, one["user"])], limit, offset)


class Letter(Told):
    """A letter as its reader sees it."""

    letter: str
    to: str
    day: date
    state: str
    subject: str
    text: str


@router.get("/letters/{letter}", responses=READING, response_model=Letter)
def one(here: Here, letter: LetterId) -> View:
    """One letter as its reader sees it (`ketnap outbox LETTER`)."""
    _theirs(here, letter)
    here.looked("letter", letter)
    shown = letter_text(here.office, letter)
    if shown is None:
        raise UnknownLetter(letter)
    return shown


class Settled(Told):
    """How a letter stands now."""

    letter: str
    state: str


@router.post("/letters/{letter}/retry", responses=WRITING, response_model=Settled)
def retry_(here: Writing, letter: LetterId) -> View:
    """Send a stuck letter again (`ketnap retry`)."""
    _theirs(here, letter)
    retry(here.office, letter)
    return {"letter": letter, "state": "waiting"}


@router.post("/letters/{letter}/cancel", responses=WRITING, response_model=Settled)
def cancel_(here: Writing, letter: LetterId) -> View:
    """Send a letter no more (`ketnap cancel`)."""
    _theirs(here, letter)
    cancel(here.office, letter)
    return {"letter": letter, "state": "cancelled"}


def _theirs(here: Visit, letter: str) -> None:
    """Raises `Hidden` for a letter that is not there, or to somebody who is not below."""
    above_branches(here)
    with here.office.database.reading() as connection:
        held = outbox_queries.letter(connection, letter)
    if held is None or not is_theirs(here, held.user_id):
        raise Hidden
