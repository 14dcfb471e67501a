"""The page of an act shows its form and makes it."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from states.machine import NotOpen
from workflow.accounts.form_submissions import take_draft
from workflow.cases.commands.advance import ActRefused, CaseChanged
from workflow.cases.views.case_view import load_case_view
from workflow.cases.views.history import EventView, list_changes_since
from workflow.cases.views.open_acts import ReasonView, build_reason_view
from workflow.core.input import InvalidInput
from workflow.storage.writes import CaseOvertaken
from workflow.web.context import RequestContext, check_csrf, load_context
from workflow.web.form_data import FormBody, SentForm, describe_faults
from workflow.web.idempotency import submit_once
from workflow.web.pages.cases.action import ActionRequest, is_filled, load_action, parse_version
from workflow.web.pages.cases.case_page import CaseRef, require_case
from workflow.web.pages.cases.field_options import FieldOptions
from workflow.web.render import render_page

router = APIRouter(include_in_schema=False)


def _load_action(request: Request, case: str, kind: str) -> ActionRequest:
    """Raises `Hidden` for a case or an act that is not this reader's; `NotOpen` for an act of another
    step.
    """
    ctx = load_context(request)
    return load_action(ctx, require_case(ctx, case), kind)


@router.get("/case/{case}/do/{kind}")
def act_page(request: Request, case: str, kind: str) -> Response:
    """The form of an act; if the act is done already, it redirects to the case."""
    try:
        action = _load_action(request, case, kind)
    except NotOpen:
        return RedirectResponse(f"/case/{case}?said=past", 303)
    draft = take_draft(action.ctx.office, action.ctx.user, request.url.path) or {}
    query_values = {name: value for name, value in request.query_params.items() if name in action.rule.fields}
    return _render_form(action, {**query_values, **draft}, draft_restored=bool(draft))


def _render_form(
    action: ActionRequest,
    typed: Mapping[str, object],
    *,
    status: int = 200,
    faults: Mapping[str, Sequence[str]] | None = None,
    reasons: Sequence[ReasonView] = (),
    changes: Sequence[EventView] | None = None,
    draft_restored: bool = False,
) -> HTMLResponse:
    ctx, rule, rules = action.ctx, action.rule, action.edition.fields
    options_by_field = {
        field.field: field.options for field in (action.act_view.fields if action.act_view else ())
    }
    choices = FieldOptions(ctx, action.case, action.edition, options_by_field.get("flag"))
    fields = [choices.describe_field(name, rules[name], needed=name in rule.needs) for name in rule.fields]
    return render_page(
        "act.html",
        ctx,
        status=status,
        case=action.view,
        kind=action.kind,
        rule=rule,
        act=action.act_view,
        ends=action.ends_case,
        fields=fields,
        typed=typed,
        faults=faults or {},
        reasons=reasons,
        changes=changes,
        kept=draft_restored,
        actors=choices.list_actors(action.actors),
        dated=rules[rule.dated].label.in_language(ctx.speaks),
        seen=action.case.version,
        suggested=choices.suggest_people_for(fields),
    )


@router.post("/case/{case}/do/{kind}")
def submit_act(request: Request, case: str, kind: str, form: FormBody) -> Response:
    """Make the act; a refusal shows the form with everything that was typed."""
    ctx = load_context(request)
    case_ref = require_case(ctx, case)
    check_csrf(ctx, form.values)
    with submit_once(ctx, form, f"/case/{case_ref.id}") as submission:
        if submission.earlier_location:
            return RedirectResponse(submission.earlier_location, 303)
        try:
            response = _make_act(_load_action(request, case, kind), form)
        except NotOpen:
            return _render_too_late(ctx, case_ref, form)
        submission.location = response.headers.get("location")
        return response


def _make_act(action: ActionRequest, form: SentForm) -> Response:
    ctx, typed = action.ctx, form.user_values
    try:
        by = form.get_text("by") or action.actors[0]
        on, values = action.read_values(typed)
        result = action.make_act(by, on, values, _read_seen_version(form))
    except InvalidInput as error:
        return _render_form(action, typed, status=422, faults=describe_faults(ctx, error))
    except ActRefused as error:
        reasons = [build_reason_view(reason, ctx.speaks) for reason in error.reasons]
        return _render_form(action, typed, status=422, reasons=reasons)
    except (CaseChanged, CaseOvertaken, NotOpen) as error:
        seen = getattr(error, "seen", None) or _read_seen_version(form) or action.case.version
        changes = list_changes_since(ctx.office, action.case.id, seen, ctx.speaks)
        return _render_form(action, typed, status=409, changes=changes)
    return RedirectResponse(f"/case/{result.case}?done={result.version}", 303)


def _render_too_late(ctx: RequestContext, case_ref: CaseRef, form: SentForm) -> HTMLResponse:
    """The case has moved on and the act is no longer open: what changed, and what was typed."""
    changes = list_changes_since(
        ctx.office, case_ref.id, _read_seen_version(form) or case_ref.version, ctx.speaks
    )
    view = load_case_view(ctx.office, case_ref.id, ctx.speaks)
    typed = {name: value for name, value in form.user_values.items() if is_filled(value)}
    edition = ctx.edition(case_ref.pipeline)
    labels = {name: rule.label.in_language(ctx.speaks) for name, rule in edition.fields.items()}
    return render_page(
        "too_late.html", ctx, status=409, case=view, changes=changes, typed=typed, labels=labels
    )


def _read_seen_version(form: SentForm) -> int | None:
    return parse_version(form.get_text("seen"))
