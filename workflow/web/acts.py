"""Doing something with a case: the form of an act, checked as the rules check it; correcting what was recorded."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from states.loading import NoEdition
from states.machine import NotOpen
from workflow import accounts
from workflow.casebook import as_it_reads, case_view, changes_since, corrections_in, history, reason_view
from workflow.cases import CaseChanged, Refused
from workflow.correcting import correct
from workflow.facts import rule_of
from workflow.fields import Mistyped, day_of
from workflow.opening import taken_over
from workflow.store.store import Overtaken
from workflow.web.acting import Asked, asked_for, is_said, no_rules_on, version_typed
from workflow.web.case import Seen, seen_case
from workflow.web.choices import Choices, named_people
from workflow.web.faults import field_faults
from workflow.web.forms import Form, Sent
from workflow.web.once import sent_once
from workflow.web.pages import page
from workflow.web.visit import Hidden, Visit, own_form, visit

View = dict[str, Any]

OF_CORRECTION = frozenset({"reason", "allowed_by"})
WORDS = ("text", "lines")
"""Words are sealed once for all: they stay as they were written."""

router = APIRouter(include_in_schema=False)


def _asked(request: Request, case: str, kind: str) -> Asked:
    """Raises `Hidden` for a case or an act that is not this reader's; `NotOpen` for an act of another step."""
    here = visit(request)
    return asked_for(here, seen_case(here, case), kind)


@router.get("/case/{case}/do/{kind}")
def act_page(request: Request, case: str, kind: str) -> Response:
    """The form of an act; whoever comes back to one that is done by now is led to the case."""
    try:
        asked = _asked(request, case, kind)
    except NotOpen:
        return RedirectResponse(f"/case/{case}?said=past", 303)
    draft = accounts.take_draft(asked.here.office, asked.here.user, request.url.path) or {}
    given = {name: value for name, value in request.query_params.items() if name in asked.rule.fields}
    return _form(asked, {**given, **draft}, kept=bool(draft))


def _form(
    asked: Asked,
    typed: Mapping[str, Any],
    *,
    status: int = 200,
    faults: Mapping[str, Sequence[str]] | None = None,
    reasons: Sequence[View] = (),
    changes: Sequence[View] | None = None,
    kept: bool = False,
) -> HTMLResponse:
    here, rule = asked.here, asked.rule
    choices = Choices(here, asked.case, asked.edition)
    fields = [choices.field(name, asked.edition.fields[name], needed=name in rule.needs) for name in rule.fields]
    return page(
        "act.html", here, status=status, case=asked.view, kind=asked.kind, rule=rule, act=asked.act, ends=asked.ends,
        fields=fields, typed=typed, faults=faults or {}, reasons=reasons, changes=changes, kept=kept,
        actors=choices.actors(asked.actors), dated=asked.edition.fields[rule.dated].label.in_language(here.speaks),
        seen=asked.case.version, suggested=choices.suggested() if any(one["people"] for one in fields) else [],
    )  # fmt: skip


@router.post("/case/{case}/do/{kind}")
def act(request: Request, case: str, kind: str, form: Sent) -> Response:
    """Make the act; what is refused comes back with everything that was typed."""
    here = visit(request)
    held = seen_case(here, case)
    own_form(here, form.values)
    with sent_once(here, form, f"/case/{held.id}") as first:
        if first.answer:
            return RedirectResponse(first.answer, 303)
        try:
            answered = _made(_asked(request, case, kind), form)
        except NotOpen:
            return _too_late(here, held, form)
        first.done = answered.headers.get("location")
        return answered


def _made(asked: Asked, form: Form) -> Response:
    here, typed = asked.here, form.typed
    try:
        by = form.text("by") or asked.actors[0]
        on, values = asked.read(typed)
        done = asked.make(by, on, values, _seen(form))
    except Mistyped as error:
        return _form(asked, typed, status=422, faults=field_faults(here, error))
    except Refused as error:
        reasons = [reason_view(one, here.speaks) for one in error.reasons]
        return _form(asked, typed, status=422, reasons=reasons)
    except (CaseChanged, Overtaken, NotOpen) as error:
        seen = getattr(error, "seen", None) or _seen(form) or asked.case.version
        changes = changes_since(here.office, asked.case.id, seen, here.speaks)
        return _form(asked, typed, status=409, changes=changes)
    return RedirectResponse(f"/case/{done.case}?done={done.version}", 303)


def _too_late(here: Visit, held: Seen, form: Form) -> HTMLResponse:
    """The case has moved on, and the act is not one of its step any more: what changed, and what was typed."""
    changes = changes_since(here.office, held.id, _seen(form) or held.version, here.speaks)
    view = case_view(here.office, held.id, here.speaks)
    typed = {name: value for name, value in form.typed.items() if is_said(value)}
    edition = here.edition(held.pipeline)
    labels = {name: rule.label.in_language(here.speaks) for name, rule in edition.fields.items()}
    return page("too_late.html", here, status=409, case=view, changes=changes, typed=typed, labels=labels)


def _seen(form: Form) -> int | None:
    return version_typed(form.text("seen"))


# --- corrections -------------------------------------------------------------------------------------------------


@router.get("/case/{case}/correct/{seq}")
def correct_page(request: Request, case: str, seq: int) -> HTMLResponse:
    """The form to correct one recorded act."""
    here = visit(request)
    held = seen_case(here, case)
    return _correction(here, held, seq, None)


def _correction(
    here: Visit, held: Seen, seq: int, typed: Mapping[str, Any] | None, *, status: int = 200,
    faults: Mapping[str, Sequence[str]] | None = None, changes: Sequence[View] | None = None,
) -> HTMLResponse:  # fmt: skip
    event, reads = _recorded(here, held, seq)
    if event["kind"] in ("correct", "carry_over") or not correctors(here, held):
        raise Hidden
    edition = here.office.edition_of(held.pipeline, event["edition"])
    rule = taken_over(edition) if event["kind"] in ("open", "adopt") else rule_of(edition, event["kind"])
    names = [] if event["kind"] == "open" else [name for name in rule.fields if name in reads or name in rule.needs]
    choices = Choices(here, held, edition)
    mendable = [name for name in names if edition.fields[name].type not in WORDS]
    fields = [choices.field(name, edition.fields[name], needed=False) for name in mendable]
    if typed is None:
        shown = choices.shown({name: reads.get(name, "") for name in mendable})
        typed = {"on": date.fromisoformat(reads["on"]), **shown}
    return page(
        "correct.html", here, status=status, case=case_view(here.office, held.id, here.speaks), event=event,
        fields=fields, typed=typed, faults=faults or {}, changes=changes, seen=held.version,
        actors=choices.actors(correctors(here, held)), allowing=choices.actors(_allowing(here, held)),
        suggested=choices.suggested() if any(one["people"] for one in fields) else [],
    )  # fmt: skip


def _recorded(here: Visit, held: Seen, seq: int) -> tuple[View, View]:
    """An event as it was recorded, and its values as they read by now. Raises `Hidden` where there is none."""
    events = history(here.office, held.id, here.speaks)
    event = next((one for one in events if one["seq"] == seq), None)
    if event is None:
        raise Hidden
    return event, as_it_reads(event, corrections_in(events).get(seq, ()))


def correctors(here: Visit, held: Seen) -> list[str]:
    """The users for whom a correction may be typed: whoever acts for any organ over the case."""
    edition = here.edition(held.pipeline)
    found: list[str] = []
    for organ in edition.organs:
        found += [one for one in here.access.actors(edition, organ, held.unit) if one not in found]
    return found


def _allowing(here: Visit, held: Seen) -> list[str]:
    """Whoever acts above the branch may allow a correction: those over the case."""
    edition = here.edition(held.pipeline)
    line = here.tree.above(held.unit, here.today)[1:]
    users = {row.user_id for unit in line for row in here.tree.grants_at(unit.id) if row.role in edition.roles}
    return sorted(users)


@router.post("/case/{case}/correct/{seq}")
def correction(request: Request, case: str, seq: int, form: Sent) -> Response:
    """Correct it: only what is to read otherwise than it does by now."""
    here = visit(request)
    held = seen_case(here, case)
    own_form(here, form.values)
    event, reads = _recorded(here, held, seq)
    typed = form.typed
    by, allowed = form.text("by") or here.user, form.text("allowed_by")
    if by not in correctors(here, held):
        raise Hidden
    try:
        edition = here.office.edition_of(held.pipeline, event["edition"])
        said = {name: value for name, value in typed.items() if name not in OF_CORRECTION and is_said(value)}
        said = named_people(here, edition, said)
        new = {name: value for name, value in said.items() if not _reads_so(reads, name, value)}
        reason = form.text("reason")
        correct(here.office, held.id, seq, here.who(by), new, reason=reason, allowed_by=allowed, seen=_seen(form))
    except Mistyped as error:
        return _correction(here, held, seq, typed, status=422, faults=field_faults(here, error))
    except NoEdition as error:
        return _correction(here, held, seq, typed, status=422, faults=field_faults(here, no_rules_on(error.day)))
    except (CaseChanged, Overtaken):
        changes = changes_since(here.office, held.id, _seen(form) or held.version, here.speaks)
        return _correction(here, held, seq, typed, status=409, changes=changes)
    return RedirectResponse(f"/case/{held.id}?said=corrected", 303)


def _reads_so(reads: View, name: str, value: object) -> bool:
    """Whether a field reads so already."""
    held = reads.get(name)
    try:
        return held is not None and (str(value) == str(held) or day_of(str(value)).isoformat() == str(held))
    except ValueError:
        return value == held
