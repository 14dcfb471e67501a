"""Letters: what will be told and what was, what is stuck and why; sent again or no more; a notice put off."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow.fields import FieldFault, Mistyped, day_of
from workflow.reminding.planning import planned
from workflow.reminding.pulse import pulse
from workflow.reminding.settings import policy_of
from workflow.reminding.settling import Settled, UnknownLetter, cancel, retry
from workflow.reminding.snoozing import NotTheirs, UnknownNotice, snooze
from workflow.reminding.telling import letter_text, letters_view, planned_view
from workflow.web.faults import field_faults
from workflow.web.forms import Sent
from workflow.web.health import counted, is_well
from workflow.web.pages import page
from workflow.web.visit import Hidden, Visit, own_form, visit

View = dict[str, Any]

AHEAD = 30
"""Days: a month is as far as anybody plans by it."""
MOST = 200

router = APIRouter(include_in_schema=False)


def _above(here: Visit) -> None:
    if not here.access.is_above_branches:
        raise Hidden


def _is_mine(here: Visit, user: str) -> bool:
    """Letters are seen by their reader, and from above."""
    return user == here.user or here.access.is_everywhere or here.access.is_over(user)


@router.get("/letters")
def letters(request: Request, state: str = "") -> HTMLResponse:
    """What will be told in a month, and the letters."""
    here = visit(request)
    _above(here)
    policy = policy_of(here.office)
    plan = [planned_view(here.office, policy, one, here.speaks) for one in planned(here.office, policy, AHEAD)]
    held = [one for one in letters_view(here.office, (state,) if state else ()) if _is_mine(here, one["user"])]
    found = pulse(here.office, policy)
    here.looked("letters")
    return page(
        "letters.html", here, plan=[one for one in plan if _is_mine(here, one["via"])][:MOST], letters=held[:MOST],
        state=state, ahead=AHEAD, pulse=found, well=is_well(found), counts=counted(found),
        zone=here.office.config.zone,
    )  # fmt: skip


@router.get("/letters/{letter}")
def letter(request: Request, letter: str) -> HTMLResponse:
    """One letter as its reader sees it."""
    here = visit(request)
    return page("letter.html", here, letter=_letter(here, letter), problem=None)


def _letter(here: Visit, letter: str) -> View:
    row = next((one for one in letters_view(here.office, ()) if one["letter"] == letter.upper()), None)
    text = letter_text(here.office, row["letter"]) if row and _is_mine(here, row["user"]) else None
    if row is None or text is None:
        raise Hidden
    here.looked("letter", row["letter"])
    return {**row, **text}


@router.post("/letters/{letter}/{verb}")
def settle(request: Request, letter: str, verb: str, form: Sent) -> Response:
    """Send a letter again, or no more."""
    here = visit(request)
    own_form(here, form.values)
    _above(here)
    held = _letter(here, letter)
    do = {"retry": retry, "cancel": cancel}.get(verb)
    if do is None:
        raise Hidden
    try:
        do(here.office, held["letter"])
    except UnknownLetter:
        raise Hidden from None
    except Settled as error:
        said = here.say(f"settled.{error.verb}", letter=error.letter, state=here.say(f"outbox.state.{error.state}"))
        return page("letter.html", here, status=409, letter=held, problem=said)
    return RedirectResponse(f"/letters?said=letter_{verb}", 303)


# --- putting off -------------------------------------------------------------------------------------------------


@router.get("/notice/{notice}/snooze")
def snooze_page(request: Request, notice: int) -> HTMLResponse:
    """The form to be told nothing more of a deadline until a day."""
    return page("snooze.html", visit(request), notice=notice, typed={}, faults={})


@router.post("/notice/{notice}/snooze")
def put_off(request: Request, notice: int, form: Sent) -> Response:
    """Put it off, for a reason that stays on the record."""
    here = visit(request)
    own_form(here, form.values)
    try:
        snooze(here.office, notice, _until(form.text("until")), form.text("reason"), here.who())
    except Mistyped as error:
        faults = field_faults(here, error)
        return page("snooze.html", here, status=422, notice=notice, typed=form.typed, faults=faults)
    except (UnknownNotice, NotTheirs):
        raise Hidden from None
    return RedirectResponse("/?said=snoozed", 303)


def _until(typed: str) -> Any:
    try:
        return day_of(typed)
    except ValueError:
        raise Mistyped([FieldFault("until", "not_a_day" if typed else "missing", {"value": typed[:80]})]) from None
