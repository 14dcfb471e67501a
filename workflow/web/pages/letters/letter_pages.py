"""Letters: what will be told in a month, what was sent, what is stuck and why; sent again, or no more."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow.reminders.history import planned_view
from workflow.reminders.letters.outbox import STATES, letter_counts, letter_page, letter_view
from workflow.reminders.letters.resend import Settled, UnknownLetter, cancel, retry
from workflow.web.background_jobs import AHEAD, Ahead, Errands, Outcome
from workflow.web.context import Hidden, Visit, own_form, visit
from workflow.web.error_pages import problem_of
from workflow.web.filters import FARTHEST, Word, above_branches
from workflow.web.form_data import Sent
from workflow.web.idempotency import sent_once
from workflow.web.pages.account.sessions import not_offered
from workflow.web.render import page
from workflow.web.visibility.subordinates import (
    address,
    is_theirs,
    oversees,
    parted,
    subjects,
    theirs,
    who_are,
)

View = dict[str, Any]

PER_PAGE = 50
VERBS = {"retry": retry, "cancel": cancel}
OPEN_TO = {"retry": ("stuck", "waiting", "cancelled"), "cancel": ("stuck", "waiting")}
"""How a letter must stand for each."""

Show = Literal["ahead", "waiting", "sent", "stuck", "returned", "cancelled"]
At = Annotated[int, Query(ge=0, le=FARTHEST)]

router = APIRouter(include_in_schema=False)


@router.get("/letters")
def letters_page(request: Request, show: Show = "ahead", user: Word = "", at: At = 0) -> HTMLResponse:
    """What the reader, and those below, will be told and were; of one of them alone, if asked for."""
    here = visit(request)
    above_branches(here)
    if user and not is_theirs(here, user):
        raise Hidden
    users = [user] if user else theirs(here)
    here.looked("letters", user)
    counts = letter_counts(here.office, users)
    shown = _planned(here, users, user, at) if show == "ahead" else _sent(here, users, user, show, counts[show], at)
    tabs = [{"name": name, "path": address("/letters", show=name, user=user), "count": counts[name]} for name in STATES]
    return page(
        "letters.html", here, show=show, tabs=tabs, days=AHEAD, ahead=address("/letters", user=user),
        of=who_are(here, [user]).get(user) if user else None, zone=here.office.config.zone, **shown,
    )  # fmt: skip


def _planned(here: Visit, users: list[str], user: str, at: int) -> View:
    """The notices of the days to come: theirs, and what stands in their letters."""
    errands: Errands = here.request.app.state.errands
    outcome: Outcome[Ahead] | None = errands.planning.lately()
    found = outcome.result if outcome else None
    problem = problem_of(here.request, outcome.error)[0] if outcome and outcome.error else None
    wanted = frozenset(users)
    rows = [one for one in found.notices if one.user in wanted or one.via in wanted] if found else []
    views = [planned_view(here.office, found.policy, one, here.speaks) for one in rows[at:][:PER_PAGE]] if found else []
    return {
        "rows": views,
        "total": len(rows),
        "problem": problem,
        "asked_at": outcome.at if outcome else None,
        "about": subjects(here, {one["subject"] for one in views}),
        "people": who_are(here, {name for one in views for name in (one["user"], one["via"])}),
        "paged": parted("/letters", at, len(views), len(rows), PER_PAGE, user=user),
    }


def _sent(here: Visit, users: list[str], user: str, show: Show, total: int, at: int) -> View:
    """Letters in one state."""
    rows = letter_page(here.office, users, show, limit=PER_PAGE, offset=at)
    return {
        "rows": rows,
        "total": total,
        "people": who_are(here, {one["user"] for one in rows}),
        "paged": parted("/letters", at, len(rows), total, PER_PAGE, show=show, user=user),
    }


# --- one letter --------------------------------------------------------------------------------------------------


@router.get("/letters/{letter}")
def letter_shown(request: Request, letter: str) -> HTMLResponse:
    """One letter as its reader sees it, who may look at it as well."""
    here = visit(request)
    held = _letter(here, letter)
    here.looked("letter", held["letter"])
    return _shown(here, held)


def _letter(here: Visit, letter: str) -> View:
    """Raises `Hidden` for one that is not there, and for one to somebody who is not below."""
    held = letter_view(here.office, letter.upper()) if letter.isascii() and letter.isalnum() else None
    if held is None or not is_theirs(here, held["user"]):
        raise Hidden
    return held


def _shown(here: Visit, held: View, *, problem: str = "", status: int = 200) -> HTMLResponse:
    open_ = [verb for verb in VERBS if held["state"] in OPEN_TO[verb] and _may(here, held)]
    return page(
        "letter.html", here, status=status, letter=held, open=open_, problem=problem, zone=here.office.config.zone,
        reader=who_are(here, [held["user"]]).get(held["user"]), all=address("/letters", show=held["state"]),
    )  # fmt: skip


def _may(here: Visit, held: View) -> bool:
    return here.access.is_above_branches and oversees(here, held["user"])


@router.post("/letters/{letter}")
def settle(request: Request, letter: str, form: Sent) -> Response:
    """Send a letter again, or no more."""
    here = visit(request)
    held = _letter(here, letter)
    own_form(here, form.values)
    verb, path = form.text("do"), f"/letters/{held['letter']}"
    if not _may(here, held):
        raise Hidden
    if verb not in VERBS:
        raise not_offered(verb)
    with sent_once(here, form, path) as first:
        if first.answer:
            return RedirectResponse(first.answer, 303)
        try:
            VERBS[verb](here.office, held["letter"])
        except UnknownLetter:
            raise Hidden from None
        except Settled as error:
            return _shown(here, held, problem=problem_of(request, error)[0].message, status=409)
        first.done = f"{path}?said=letter_{verb}"
    return RedirectResponse(first.done, 303)
