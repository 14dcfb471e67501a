"""Endpoints that advance a case, record an entry, correct an event.

The rules judge an act as at every other door.
"""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from states.machine import NotOpen
from workflow.cases.commands import advance as verbs
from workflow.cases.commands.correct import correct_event
from workflow.cases.judgement.facts import find_rule
from workflow.cases.views.act_result import (
    ActResultView,
    CorrectionResultView,
    load_act_result,
    load_correction_result,
)
from workflow.cases.views.case_file import CaseFile
from workflow.register.writer import Who
from workflow.web.api.authentication import ApiRoute, WriteContext
from workflow.web.api.cases.action_values import ActionValues
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
from workflow.web.pages.cases.case_page import CaseRef, require_case
from workflow.web.pages.cases.corrections import list_correctors
from workflow.web.visibility.actors import choose_actor

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


@router.post("/cases/{case}/advance", responses=WRITING)
def advance_case(ctx: WriteContext, case: CaseId, body: AdvanceCaseRequest) -> ActResultView:
    """Take a case to its next step, or hear every reason why not (`ketnap advance`)."""
    case_ref = require_case(ctx, case)
    who = _authorize_actor(ctx, case_ref, body.move, body)
    result = verbs.advance_case(
        ctx.office, case_ref.id, body.move, body.on, who, body.values, seen=_expected_version(case_ref, body)
    )
    return load_act_result(ctx.office, result, ctx.speaks)


@router.post("/cases/{case}/record", responses=WRITING)
def record_entry(ctx: WriteContext, case: CaseId, body: RecordEntryRequest) -> ActResultView:
    """Record an act that leaves the case where it is (`ketnap record`)."""
    case_ref = require_case(ctx, case)
    who = _authorize_actor(ctx, case_ref, body.entry, body)
    result = verbs.record_entry(
        ctx.office, case_ref.id, body.entry, body.on, who, body.values, seen=_expected_version(case_ref, body)
    )
    return load_act_result(ctx.office, result, ctx.speaks)


def _expected_version(case_ref: CaseRef, body: ActRequest) -> int:
    """The version that the case is to be at: what the program saw, else what it stood at when this was
    asked.
    """
    return case_ref.version if body.seen is None else body.seen


def _authorize_actor(ctx: RequestContext, case_ref: CaseRef, kind: str, body: ActRequest) -> Who:
    """Whose act it is, by the organ that makes it.

    Raises `NoEdition`, `UnknownAct`, `NotOpen`, `Hidden`, `InvalidInput`.
    """
    edition = ctx.office.rulebook.edition_on(case_ref.pipeline, body.on)
    rule = find_rule(edition, kind)
    with ctx.office.database.read_transaction() as connection:
        file = CaseFile(ctx.office, connection, case_ref.id)
    state = file.record.state
    if state not in edition.states:
        raise NotOpen(kind, state)
    organ = edition.acting_organ(rule, state, file.builder.line_on(body.on))
    return choose_actor(ctx, ctx.access.list_actors(edition, organ, case_ref.unit), body.by)


class CorrectEventRequest(RequestBody):
    """What of a recorded act reads otherwise; why, and who over the branch allowed it."""

    event: Annotated[WholeNumber, Field(description="The act, by its `seq` in the history.")]
    values: Annotated[ActionValues, Field(min_length=1)]
    reason: LongText
    allowed_by: UserId
    by: ActorId = None
    seen: SeenVersion = None


@router.post("/cases/{case}/correct", responses=WRITING)
def correct_recorded_event(
    ctx: WriteContext, case: CaseId, body: CorrectEventRequest
) -> CorrectionResultView:
    """Correct the day (`on`) or values of an act; what was recorded stays readable (`ketnap correct`)."""
    case_ref = require_case(ctx, case)
    who = choose_actor(ctx, list_correctors(ctx, case_ref), body.by)
    seen = case_ref.version if body.seen is None else body.seen
    correct_event(
        ctx.office,
        case_ref.id,
        body.event,
        who,
        body.values,
        reason=body.reason,
        allowed_by=body.allowed_by,
        seen=seen,
    )
    return load_correction_result(ctx.office, case_ref.id, body.event, ctx.speaks)
