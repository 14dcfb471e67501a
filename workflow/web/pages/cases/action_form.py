"""Doing something with a case: the form of an act, checked as the rules check it."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from states.machine import NotOpen
from workflow import accounts
from workflow.cases.commands.advance import CaseChanged, Refused
from workflow.cases.views.case_view import case_view, changes_since, reason_view
from workflow.core.input import Mistyped
from workflow.storage.writes import Overtaken
from workflow.web.context import Visit, own_form, visit
from workflow.web.field_errors import field_faults
from workflow.web.form_data import Form, Sent
from workflow.web.idempotency import sent_once
from workflow.web.pages.cases.action import Asked, asked_for, is_said, version_typed
from workflow.web.pages.cases.case_page import Seen, seen_case
from workflow.web.pages.cases.field_options import Choices
from workflow.web.render import page

View = dict[str, Any]

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
