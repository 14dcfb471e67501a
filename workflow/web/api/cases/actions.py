"""Doing something with a case: a move, an entry, a correction. The rules judge it as at every other door."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from states.machine import NotOpen
from workflow.cases.commands import advance as verbs
from workflow.cases.commands.advance import ActResult as Done
from workflow.cases.commands.correct import correct_event
from workflow.cases.facts import find_rule
from workflow.cases.views.case_view import CaseFile, build_reason_view
from workflow.register.writer import Who
from workflow.reminders.history import case_report
from workflow.web.api.authentication import ApiRoute, WriteContext
from workflow.web.api.cases.action_values import ActionValues
from workflow.web.api.cases.schemas import ActResultView, CorrectionResultView
from workflow.web.api.schemas import (
    WRITING,
    ActorId,
    CaseId,
    Day,
    LongText,
    RequestBody,
    RuleName,
    SeenVersion,
    UserId,
    WholeNumber,
)
from workflow.web.context import RequestContext
from workflow.web.pages.cases.case_page import CaseRef as SeenCase
from workflow.web.pages.cases.case_page import require_case
from workflow.web.pages.cases.corrections import list_correctors
from workflow.web.visibility.actors import choose_actor

View = dict[str, Any]

router = APIRouter(route_class=ApiRoute, tags=["acts"])


class ActRequest(RequestBody):
    """An act: its day, its fields, whose it is."""

    on: Day
    values: ActionValues = Field(default_factory=dict)
    by: ActorId = None
    seen: SeenVersion = None


class AdvanceCaseRequest(ActRequest):
    """An act that takes the case on: one of the case's ``moves``."""

    move: RuleName


class RecordEntryRequest(ActRequest):
    """An act that leaves the case where it is: one of its ``entries``."""

    entry: RuleName


@router.post("/cases/{case}/advance", responses=WRITING, response_model=ActResultView)
def advance_case(ctx: WriteContext, case: CaseId, body: AdvanceCaseRequest) -> View:
    """Take a case to its next step, or hear every reason why not (`ketnap advance`)."""
    case_ref = require_case(ctx, case)
    who = _authorize_actor(ctx, case_ref, body.move, body)
    result = verbs.advance_case(
        ctx.office, case_ref.id, body.move, body.on, who, body.values, seen=_expected_version(case_ref, body)
    )
    return _result_view(ctx, result)


@router.post("/cases/{case}/record", responses=WRITING, response_model=ActResultView)
def record_entry(ctx: WriteContext, case: CaseId, body: RecordEntryRequest) -> View:
    """Record an act that leaves the case where it is (`ketnap record`)."""
    case_ref = require_case(ctx, case)
    who = _authorize_actor(ctx, case_ref, body.entry, body)
    result = verbs.record_entry(
        ctx.office, case_ref.id, body.entry, body.on, who, body.values, seen=_expected_version(case_ref, body)
    )
    return _result_view(ctx, result)


def _expected_version(case_ref: SeenCase, body: ActRequest) -> int:
    """The version that the case is to be at: what the program saw, else what it stood at when this was asked."""
    return case_ref.version if body.seen is None else body.seen


def _authorize_actor(ctx: RequestContext, case_ref: SeenCase, kind: str, body: ActRequest) -> Who:
    """Whose act it is, by the organ that makes it.

    Raises `NoEdition`, `UnknownAct`, `NotOpen`, `Hidden`, `InvalidInput`.
    """
    edition = ctx.office.rulebook.edition_on(case_ref.pipeline, body.on)
    rule = find_rule(edition, kind)
    with ctx.office.database.read_transaction() as connection:
        state = CaseFile(ctx.office, connection, case_ref.id).record.state
    if state not in edition.states:
        raise NotOpen(kind, state)
    return choose_actor(ctx, ctx.access.list_actors(edition, edition.acting_organ(rule, state), case_ref.unit), body.by)


def _result_view(ctx: RequestContext, result: Done) -> View:
    """What came of an act: the states before and after in words, the warnings that stay on the record."""
    view = case_report(ctx.office, result.case, ctx.speaks)
    edition = ctx.edition(view["pipeline"])
    rule, before = find_rule(edition, result.kind), edition.states.get(result.before)
    return {
        "case": result.case,
        "kind": result.kind,
        "label": rule.label.in_language(ctx.speaks),
        "person": view["person"],
        "before": {"id": result.before, "label": before.label.in_language(ctx.speaks) if before else result.before},
        "after": view["state"],
        "carried": result.carried,
        "version": result.version,
        "warnings": [build_reason_view(reason, ctx.speaks) for reason in result.warnings],
        "clocks": [clock for clock in view["clocks"] if clock["state"] == "running"],
    }


class CorrectEventRequest(RequestBody):
    """What of a recorded act reads otherwise; why, and who over the branch allowed it."""

    event: Annotated[WholeNumber, Field(description="The act, by its `seq` in the history.")]
    values: Annotated[ActionValues, Field(min_length=1)]
    reason: LongText
    allowed_by: UserId
    by: ActorId = None
    seen: SeenVersion = None


@router.post("/cases/{case}/correct", responses=WRITING, response_model=CorrectionResultView)
def correct_recorded_event(ctx: WriteContext, case: CaseId, body: CorrectEventRequest) -> View:
    """Correct the day (`on`) or values of an act; what was recorded stays readable (`ketnap correct`)."""
    case_ref = require_case(ctx, case)
    who = choose_actor(ctx, list_correctors(ctx, case_ref), body.by)
    seen = case_ref.version if body.seen is None else body.seen
    correct_event(
        ctx.office, case_ref.id, body.event, who, body.values,
        reason=body.reason, allowed_by=body.allowed_by, seen=seen,
    )  # fmt: skip
    view = case_report(ctx.office, case_ref.id, ctx.speaks)
    return {
        "case": case_ref.id,
        "event": body.event,
        "version": view["version"],
        "flags": view["flags"],
        "state": view["state"],
    }
