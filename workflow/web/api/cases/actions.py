"""Doing something with a case: a move, an entry, a correction. The rules judge it as at every other door."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from states.machine import NotOpen
from workflow.cases.commands import advance as verbs
from workflow.cases.commands.advance import Acted as Done
from workflow.cases.commands.correct import correct
from workflow.cases.facts import rule_of
from workflow.cases.views.case_view import Casefile, reason_view
from workflow.register.writer import Who
from workflow.reminders.history import case_report
from workflow.web.api.authentication import Route, Writing, acting
from workflow.web.api.cases.action_values import Values
from workflow.web.api.cases.schemas import Acted, Corrected
from workflow.web.api.schemas import WRITING, By, CaseId, Day, Name, Number, Seen, Sent, Text, UserId
from workflow.web.context import Visit
from workflow.web.pages.cases.case_page import Seen as SeenCase
from workflow.web.pages.cases.case_page import seen_case
from workflow.web.pages.cases.corrections import correctors

View = dict[str, Any]

router = APIRouter(route_class=Route, tags=["acts"])


class Acting(Sent):
    """An act: its day, its fields, whose it is."""

    on: Day
    values: Values = Field(default_factory=dict)
    by: By = None
    seen: Seen = None


class Advancing(Acting):
    """An act that takes the case on: one of the case's ``moves``."""

    move: Name


class Recording(Acting):
    """An act that leaves the case where it is: one of its ``entries``."""

    entry: Name


@router.post("/cases/{case}/advance", responses=WRITING, response_model=Acted)
def advance(here: Writing, case: CaseId, asked: Advancing) -> View:
    """Take a case to its next step, or hear every reason why not (`ketnap advance`)."""
    held = seen_case(here, case)
    who = _who(here, held, asked.move, asked)
    done = verbs.advance(here.office, held.id, asked.move, asked.on, who, asked.values, seen=_version(held, asked))
    return _came_of(here, done)


@router.post("/cases/{case}/record", responses=WRITING, response_model=Acted)
def record(here: Writing, case: CaseId, asked: Recording) -> View:
    """Record an act that leaves the case where it is (`ketnap record`)."""
    held = seen_case(here, case)
    who = _who(here, held, asked.entry, asked)
    done = verbs.record(here.office, held.id, asked.entry, asked.on, who, asked.values, seen=_version(held, asked))
    return _came_of(here, done)


def _version(held: SeenCase, asked: Acting) -> int:
    """The version that the case is to be at: what the program saw, else what it stood at when this was asked."""
    return held.version if asked.seen is None else asked.seen


def _who(here: Visit, held: SeenCase, kind: str, asked: Acting) -> Who:
    """Whose act it is, by the organ that makes it.

    Raises `NoEdition`, `UnknownAct`, `NotOpen`, `Hidden`, `Mistyped`.
    """
    edition = here.office.rulebook.edition_on(held.pipeline, asked.on)
    rule = rule_of(edition, kind)
    with here.office.database.reading() as connection:
        state = Casefile(here.office, connection, held.id).record.state
    if state not in edition.states:
        raise NotOpen(kind, state)
    return acting(here, here.access.actors(edition, edition.organ_of(rule, state), held.unit), asked.by)


def _came_of(here: Visit, done: Done) -> View:
    """What came of an act: the states before and after in words, the warnings that stay on the record."""
    view = case_report(here.office, done.case, here.speaks)
    edition = here.edition(view["pipeline"])
    rule, before = rule_of(edition, done.kind), edition.states.get(done.before)
    return {
        "case": done.case,
        "kind": done.kind,
        "label": rule.label.in_language(here.speaks),
        "person": view["person"],
        "before": {"id": done.before, "label": before.label.in_language(here.speaks) if before else done.before},
        "after": view["state"],
        "carried": done.carried,
        "version": done.version,
        "warnings": [reason_view(one, here.speaks) for one in done.warnings],
        "clocks": [one for one in view["clocks"] if one["state"] == "running"],
    }


class Correcting(Sent):
    """What of a recorded act reads otherwise; why, and who over the branch allowed it."""

    event: Annotated[Number, Field(description="The act, by its `seq` in the history.")]
    values: Annotated[Values, Field(min_length=1)]
    reason: Text
    allowed_by: UserId
    by: By = None
    seen: Seen = None


@router.post("/cases/{case}/correct", responses=WRITING, response_model=Corrected)
def correct_(here: Writing, case: CaseId, asked: Correcting) -> View:
    """Correct the day (`on`) or values of an act; what was recorded stays readable (`ketnap correct`)."""
    held = seen_case(here, case)
    who = acting(here, correctors(here, held), asked.by)
    seen = held.version if asked.seen is None else asked.seen
    correct(
        here.office, held.id, asked.event, who, asked.values,
        reason=asked.reason, allowed_by=asked.allowed_by, seen=seen,
    )  # fmt: skip
    view = case_report(here.office, held.id, here.speaks)
    return {
        "case": held.id,
        "event": asked.event,
        "version": view["version"],
        "flags": view["flags"],
        "state": view["state"],
    }
