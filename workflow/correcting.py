"""Corrections: what was recorded is never edited. A correction is appended, and every act is judged anew by it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from states.journey import Event, Record, apply, corrections, fold, mended_event
from states.machine import pathways
from states.rulebook import Move
from states.vocabulary import Act, Reason
from workflow.cases import CaseChanged, Step, event_body
from workflow.facts import Scene, rule_of
from workflow.fields import FieldFault, Known, Mistyped, Typed, day_of, read_fields
from workflow.memberships import spans
from workflow.office import Office
from workflow.registrar import Registrar, Who
from workflow.rows import clock_row, vote_row, worked_out
from workflow.store import store


def correct(
    office: Office,
    case: str,
    seq: int,
    who: Who,
    typed: Mapping[str, object],
    *,
    reason: str,
    allowed_by: str,
    seen: int | None = None,
) -> list[dict[str, Any]]:
    """Correct the day (``on``) or values of event ``seq``; what no longer holds by it comes back, and stays flagged.

    Raises `UnknownCase`, `Mistyped`, `CaseChanged`.
    """  # fmt: skip
    with office.stepping(case) as (work, ledger, held):
        if seen is not None and held.version != seen:
            raise CaseChanged(case, seen, held.version)
        step = Step(office, work, ledger, held)
        events: list[dict[str, Any]] = [json.loads(body) for body in store.case_events(work, case)]
        event = _correctable(events, seq)
        values = _values(step, event, typed)
        edition = step.scene.edition_on(step.today)
        body = event_body("correct", step.record, edition, step.today, step.today, who)
        body |= {"of": seq, "fields": values, "allowed_by": allowed_by, "flags": []}
        before = list(spans(edition, step.record))
        body["flags"] = _flags(step.scene, [*events, body | {"seq": step.record.seq + 1}])
        step.append(body, Typed(texts={"reason": reason}))
        step.record = step.scene.record = fold([*events, body], office.edition_of)
        step.write(clocks=False)
        clocks = office.clocks(step.record, edition, step.tree)
        store.replace_clocks(work, case, [clock_row(case, clock) for clock in clocks if clock.seq is not None])
        _mend_vote(step, event, values)
        _mend_memberships(step, before, list(spans(edition, step.record)), who)
        return list(body["flags"])


def _correctable(events: Sequence[dict[str, Any]], seq: int) -> dict[str, Any]:
    for event in events:
        if event["seq"] == seq and event["kind"] not in ("correct", "carry_over"):
            return event
    acts = ", ".join(str(event["seq"]) for event in events if event["kind"] not in ("correct", "carry_over"))
    raise Mistyped([FieldFault("event", "not_an_option", {"value": seq, "options": acts})])


def _values(step: Step, event: Mapping[str, Any], typed: Mapping[str, object]) -> dict[str, Any]:
    """What was typed of the correction, read as the act itself would have read it."""
    values = dict(typed)
    corrected: dict[str, Any] = {}
    on = date.fromisoformat(event["on"])
    if "on" in values:
        try:
            on = day_of(str(values.pop("on")))
        except ValueError:
            raise Mistyped([FieldFault("on", "not_a_day", {"value": typed["on"]})]) from None
        if on > step.today:
            raise Mistyped([FieldFault("on", "in_the_future", {"value": on, "today": step.today})])
        corrected["on"] = on.isoformat()
    if event["kind"] == "open" and values:
        raise Mistyped([FieldFault(name, "unknown", {"known": "on"}) for name in values])
    edition = step.office.edition_of(step.record.pipeline, event["edition"])
    known = Known(step.today, edition, step.find_person, lambda unit: step.tree.unit(unit, on) is not None)
    if values:
        rule = rule_of(edition, event["kind"])
        read = read_fields(rule, values, known, partial=True)
        if read.texts:
            raise Mistyped([FieldFault(name, "words_stay", {}) for name in read.texts])
        corrected |= read.values
    if not corrected:
        raise Mistyped([FieldFault("on", "nothing_to_correct", {})])
    return corrected


def review(scene: Scene, events: Sequence[Event]) -> Iterator[tuple[Event, Reason]]:
    """Every act of a case judged anew, as its events read now: each reason that would refuse it today."""
    office = scene.office
    mended = corrections(events)
    before: Record | None = None
    for event in (mended_event(one, mended) for one in events):
        if before is not None and event["kind"] not in ("correct", "carry_over"):
            on = date.fromisoformat(event["on"])
            edition = office.rulebook.edition_on(before.pipeline, on)
            rule = rule_of(edition, event["kind"])
            at = Scene(office, scene.tree, before, scene.candidate, scene.person, scene.earlier_of)
            facts = at.facts(Act(event["kind"], on, event["fields"], event["by"], event["typed"]), rule, edition)
            for reason in pathways(edition).rejudge(facts, event.get("arrival")):
                if reason.effect == "refuse":
                    yield event, reason
        before = before or Record(event["pipeline"], event["unit"])
        apply(before, event, office.edition_of)


def _flags(scene: Scene, events: Sequence[Event]) -> list[dict[str, Any]]:
    settled = {(flag["seq"], flag["code"]): flag["settled"] for flag in scene.record.flags if flag.get("settled")}
    found: list[dict[str, Any]] = []
    for event, reason in review(scene, events):
        flag = {"seq": event["seq"], "kind": event["kind"], "code": reason.code}
        if flag not in found:
            found.append(flag)
    return [flag | ({"settled": at} if (at := settled.get((flag["seq"], flag["code"]))) else {}) for flag in found]


def _mend_vote(step: Step, event: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    edition = step.office.edition_of(step.record.pipeline, event["edition"])
    move = edition.moves.get(event["kind"])
    if not isinstance(move, Move) or move.vote is None:
        return
    fields = {**event["fields"], **values}
    on = date.fromisoformat(fields.pop("on", event["on"]))
    counted = worked_out(edition, move.vote, fields)
    store.drop_vote(step.work, step.held.id, event["seq"])
    if counted:
        row = vote_row(step.held.id, event["seq"], move.vote, on, fields, counted)
        store.add_vote(step.work, **row)


def _mend_memberships(step: Step, before: list[Any], after: list[Any], who: Who) -> None:
    """A membership that began on a corrected day begins on the right one."""
    if before == after:
        return
    books = Registrar(step.office, step.work, step.ledger, who)
    held = step.tree.memberships.get(step.held.person, ())
    mine = [row for row in held if (row.status, row.valid_from) in before]
    for row in mine:
        books.retire("memberships", row)
    for at, (status, since) in enumerate(after):
        last = after[at + 1][1] - timedelta(days=1) if at + 1 < len(after) else None
        books.add("memberships", since, last, person_id=step.held.person, status=status)
