"""The page of a correction shows its form and makes it."""

from collections.abc import Mapping, Sequence
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from states.rulebook.loading import NoEdition
from states.vocabulary import FieldValue
from workflow.cases.commands.advance import CaseChanged
from workflow.cases.commands.correct import correct_event
from workflow.cases.commands.open import build_adoption_entry
from workflow.cases.judgement.facts import find_rule
from workflow.cases.judgement.rejudge import NOT_ACTS
from workflow.cases.views.case_view import load_case_view
from workflow.cases.views.history import (
    EventView,
    group_corrections,
    list_changes_since,
    load_history,
    read_corrected_values,
)
from workflow.core.input import InvalidInput, parse_day
from workflow.storage.writes import CaseOvertaken
from workflow.web.context import Hidden, RequestContext, check_csrf, load_context
from workflow.web.form_data import FormBody, SentForm, describe_faults
from workflow.web.idempotency import submit_once
from workflow.web.pages.cases.action import is_filled, no_edition_fault, parse_version
from workflow.web.pages.cases.case_page import CaseRef, require_case
from workflow.web.pages.cases.field_options import FieldOptions, resolve_field_people
from workflow.web.render import render_page

OF_CORRECTION = frozenset({"reason", "allowed_by"})
WORDS = ("text", "lines")
"""Words are sealed once for all: they stay as they were written."""

router = APIRouter(include_in_schema=False)


@router.get("/case/{case}/correct/{seq}")
def correction_page(request: Request, case: str, seq: int) -> HTMLResponse:
    ctx = load_context(request)
    case_ref = require_case(ctx, case)
    return _render_form(ctx, case_ref, seq, None)


def _render_form(
    ctx: RequestContext,
    case_ref: CaseRef,
    seq: int,
    typed: Mapping[str, object] | None,
    *,
    status: int = 200,
    faults: Mapping[str, Sequence[str]] | None = None,
    changes: Sequence[EventView] | None = None,
) -> HTMLResponse:
    event, current = _load_event(ctx, case_ref, seq)
    if event.kind in NOT_ACTS or not list_correctors(ctx, case_ref):
        raise Hidden
    edition = ctx.office.edition_of(case_ref.pipeline, event.edition, event.revision)
    rule = (
        build_adoption_entry(edition) if event.kind in ("open", "adopt") else find_rule(edition, event.kind)
    )
    names = (
        []
        if event.kind == "open"
        else [name for name in rule.fields if name in current or name in rule.needs]
    )
    choices = FieldOptions(ctx, case_ref, edition)
    mendable = [name for name in names if edition.fields[name].type not in WORDS]
    fields = [choices.describe_field(name, edition.fields[name], needed=False) for name in mendable]
    if typed is None:
        shown = choices.display_values({name: current.get(name, "") for name in mendable})
        typed = {"on": date.fromisoformat(str(current["on"])), **shown}
    return render_page(
        "correct.html",
        ctx,
        status=status,
        case=load_case_view(ctx.office, case_ref.id, ctx.speaks),
        event=event,
        fields=fields,
        typed=typed,
        faults=faults or {},
        changes=changes,
        seen=case_ref.version,
        actors=choices.list_actors(list_correctors(ctx, case_ref)),
        allowing=choices.list_actors(_list_approvers(ctx, case_ref)),
        suggested=choices.suggest_people_for(fields),
    )


def _load_event(ctx: RequestContext, case_ref: CaseRef, seq: int) -> tuple[EventView, dict[str, FieldValue]]:
    """An event as it was recorded, and its values as they read by now. Raises `Hidden` where there is
    none.
    """
    events = load_history(ctx.office, case_ref.id, ctx.speaks)
    event = next((row for row in events if row.seq == seq), None)
    if event is None:
        raise Hidden
    return event, read_corrected_values(event, group_corrections(events).get(seq, ()))


def list_correctors(ctx: RequestContext, case_ref: CaseRef) -> list[str]:
    """The users for whom a correction may be typed: whoever acts for any organ over the case, oneself
    first.
    """
    edition = ctx.edition(case_ref.pipeline)
    users: list[str] = []
    for organ in edition.organs:
        users += [name for name in ctx.access.list_actors(edition, organ, case_ref.unit) if name not in users]
    return sorted(users, key=lambda user: user != ctx.user)


def _list_approvers(ctx: RequestContext, case_ref: CaseRef) -> list[str]:
    """Whoever acts above the branch may allow a correction: those over the case."""
    edition = ctx.edition(case_ref.pipeline)
    line = ctx.register.units_above(case_ref.unit, ctx.today)[1:]
    users = {
        row.user_id for unit in line for row in ctx.register.grants_at(unit.id) if row.role in edition.roles
    }
    return sorted(users)


@router.post("/case/{case}/correct/{seq}")
def submit_correction(request: Request, case: str, seq: int, form: FormBody) -> Response:
    """Correct it: only what is to read otherwise than it does by now."""
    ctx = load_context(request)
    case_ref = require_case(ctx, case)
    check_csrf(ctx, form.values)
    if (form.get_text("by") or ctx.user) not in list_correctors(ctx, case_ref):
        raise Hidden
    with submit_once(ctx, form, f"/case/{case_ref.id}") as submission:
        if submission.earlier_location:
            return RedirectResponse(submission.earlier_location, 303)
        response = _save_correction(ctx, case_ref, seq, form)
        submission.location = response.headers.get("location")
        return response


def _save_correction(ctx: RequestContext, case_ref: CaseRef, seq: int, form: SentForm) -> Response:
    """Where the correction leads; a refusal shows the form with everything that was typed."""
    event, current = _load_event(ctx, case_ref, seq)
    typed, seen = form.user_values, parse_version(form.get_text("seen"))
    try:
        edition = ctx.office.edition_of(case_ref.pipeline, event.edition, event.revision)
        filled = {
            name: value for name, value in typed.items() if name not in OF_CORRECTION and is_filled(value)
        }
        values = resolve_field_people(ctx, edition, filled)
        new = {name: value for name, value in values.items() if not _is_unchanged(current, name, value)}
        who, allowed, reason = (
            ctx.acting_as(form.get_text("by")),
            form.get_text("allowed_by"),
            form.get_text("reason"),
        )
        correct_event(ctx.office, case_ref.id, seq, who, new, reason=reason, allowed_by=allowed, seen=seen)
    except InvalidInput as error:
        return _render_form(ctx, case_ref, seq, typed, status=422, faults=describe_faults(ctx, error))
    except NoEdition as error:
        return _render_form(
            ctx, case_ref, seq, typed, status=422, faults=describe_faults(ctx, no_edition_fault(error.day))
        )
    except (CaseChanged, CaseOvertaken):
        changes = list_changes_since(ctx.office, case_ref.id, seen or case_ref.version, ctx.speaks)
        return _render_form(ctx, case_ref, seq, typed, status=409, changes=changes)
    return RedirectResponse(f"/case/{case_ref.id}?said=corrected", 303)


def _is_unchanged(current: Mapping[str, FieldValue], name: str, value: object) -> bool:
    """Whether a field reads so already."""
    recorded = current.get(name)
    if recorded is None or str(value) == str(recorded):
        return recorded is not None
    try:
        return parse_day(str(value)).isoformat() == recorded
    except ValueError:
        return False
