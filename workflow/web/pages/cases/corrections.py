"""Correcting what was recorded of a case."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from states.rulebook.loading import NoEdition
from workflow.cases.commands.advance import CaseChanged
from workflow.cases.commands.correct import correct
from workflow.cases.commands.open import taken_over
from workflow.cases.facts import rule_of
from workflow.cases.views.case_view import as_it_reads, case_view, changes_since, corrections_in, history
from workflow.core.input import Mistyped, day_of
from workflow.storage.writes import Overtaken
from workflow.web.context import Hidden, Visit, own_form, visit
from workflow.web.field_errors import field_faults
from workflow.web.form_data import Form, Sent
from workflow.web.idempotency import sent_once
from workflow.web.pages.cases.action import is_said, no_rules_on, version_typed
from workflow.web.pages.cases.case_page import Seen, seen_case
from workflow.web.pages.cases.field_options import Choices, named_people
from workflow.web.render import page

View = dict[str, Any]

OF_CORRECTION = frozenset({"reason", "allowed_by"})
WORDS = ("text", "lines")
"""Words are sealed once for all: they stay as they were written."""

router = APIRouter(include_in_schema=False)


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
    """The users for whom a correction may be typed: whoever acts for any organ over the case, oneself first."""
    edition = here.edition(held.pipeline)
    found: list[str] = []
    for organ in edition.organs:
        found += [one for one in here.access.actors(edition, organ, held.unit) if one not in found]
    return sorted(found, key=lambda user: user != here.user)


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
    if (form.text("by") or here.user) not in correctors(here, held):
        raise Hidden
    with sent_once(here, form, f"/case/{held.id}") as first:
        if first.answer:
            return RedirectResponse(first.answer, 303)
        answered = _corrected(here, held, seq, form)
        first.done = answered.headers.get("location")
        return answered


def _corrected(here: Visit, held: Seen, seq: int, form: Form) -> Response:
    """Where the correction leads; what does not go through comes back with everything that was typed."""
    event, reads = _recorded(here, held, seq)
    typed, seen = form.typed, version_typed(form.text("seen"))
    try:
        edition = here.office.edition_of(held.pipeline, event["edition"])
        said = {name: value for name, value in typed.items() if name not in OF_CORRECTION and is_said(value)}
        said = named_people(here, edition, said)
        new = {name: value for name, value in said.items() if not _reads_so(reads, name, value)}
        who, allowed, reason = here.who(form.text("by")), form.text("allowed_by"), form.text("reason")
        correct(here.office, held.id, seq, who, new, reason=reason, allowed_by=allowed, seen=seen)
    except Mistyped as error:
        return _correction(here, held, seq, typed, status=422, faults=field_faults(here, error))
    except NoEdition as error:
        return _correction(here, held, seq, typed, status=422, faults=field_faults(here, no_rules_on(error.day)))
    except (CaseChanged, Overtaken):
        changes = changes_since(here.office, held.id, seen or held.version, here.speaks)
        return _correction(here, held, seq, typed, status=409, changes=changes)
    return RedirectResponse(f"/case/{held.id}?said=corrected", 303)


def _reads_so(reads: View, name: str, value: object) -> bool:
    """Whether a field reads so already."""
    held = reads.get(name)
    try:
        return held is not None and (str(value) == str(held) or day_of(str(value)).isoformat() == str(held))
    except ValueError:
        return value == held
