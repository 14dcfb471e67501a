"""Corrections: what was recorded is never edited. A correction is appended, and every act is judged anew by it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import orjson

from states.machine import pathways
from states.record.journey import Event, Record, apply, corrections, fold, mended_event
from states.rulebook.edition import Edition, Move, Recorded
from states.vocabulary import Act, Reason, Text
from workflow.cases import document_number_queries
from workflow.cases.commands.advance import CaseChanged, Step, event_body
from workflow.cases.commands.carry_over import KIND as CARRY_OVER
from workflow.cases.commands.carry_over import is_there
from workflow.cases.commands.open import taken_over
from workflow.cases.derived_rows import clock_row, voted
from workflow.cases.document_numbers import rows_of
from workflow.cases.facts import Scene, rule_of
from workflow.cases.field_input import Known, Typed, read_fields
from workflow.cases.membership import Span, periods, spans
from workflow.core.input import FieldFault, Mistyped, day_of, read_text
from workflow.core.messages import say
from workflow.office import Office
from workflow.register.writer import Registrar, Who
from workflow.storage import writes


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

    Raises `UnknownCase`, `Mistyped`, `NoEdition`, `CaseChanged`.
    """  # fmt: skip
    with office.stepping(case) as (work, ledger, held):
        if seen is not None and held.version != seen:
            raise CaseChanged(case, seen, held.version)
        step = Step(office, work, ledger, held)
        events: list[dict[str, Any]] = [orjson.loads(body) for body in writes.case_events(work, case)]
        event = _correctable(events, seq)
        why, faults = _said(step, who, event, allowed_by, reason)
        try:
            values = _values(step, event, typed)
        except Mistyped as error:
            raise Mistyped(faults + error.faults) from None
        if not values:
            faults.append(FieldFault("on", "nothing_to_correct", {}))
        if faults:
            raise Mistyped(faults)
        edition = step.scene.edition_on(step.today)
        body = event_body("correct", step.record, edition, step.today, step.today, who)
        body |= {"of": seq, "fields": values, "allowed_by": allowed_by, "flags": []}
        read = mended_event(event, corrections([*events, body]))
        body["under"] = _under(step.scene, read)
        before = spans(edition, step.record)
        if (taken := _numbered(step, read)) != _numbered(step, event):
            body["numbers"] = taken
        body["flags"] = _flags(step.scene, [*events, body | {"seq": step.record.seq + 1}])
        step.append(body, Typed(texts={"reason": why}))
        events.append(body)
        step.record = step.scene.record = fold(events, office.edition_of)
        step.write(clocks=False)
        clocks = office.clocks(step.record, edition, step.tree)
        rows = [clock_row(case, clock) for clock in clocks if clock.seq is not None]
        writes.replace_clocks(work, case, rows, step.today)
        if event["kind"] in ("open", "adopt"):
            writes.set_opened(work, case, date.fromisoformat(read["on"]))
        _mend_vote(step, read)
        if "numbers" in body:
            document_number_queries.drop(work, case, event["seq"])
            step.note_numbers(event["seq"], body["numbers"])
        _mend_memberships(step, before, spans(edition, step.record), who)
        return list(body["flags"])


def _correctable(events: Sequence[dict[str, Any]], seq: int) -> dict[str, Any]:
    for event in events:
        if event["seq"] == seq and event["kind"] not in ("correct", CARRY_OVER):
            return event
    acts = ", ".join(str(event["seq"]) for event in events if event["kind"] not in ("correct", CARRY_OVER))
    raise Mistyped([FieldFault("event", "not_an_option", {"value": seq, "options": acts})])


def _values(step: Step, event: Mapping[str, Any], typed: Mapping[str, object]) -> dict[str, Any]:
    """What was typed of the correction, read as the act itself would have read it. Raises `Mistyped`."""
    kind, edition = event["kind"], step.office.edition_of(step.record.pipeline, event["edition"])
    values = {name: value for name, value in typed.items() if name != "on"}
    on, faults = date.fromisoformat(event["on"]), list[FieldFault]()
    try:
        on = day_of(str(typed["on"])) if "on" in typed else on
    except ValueError:
        faults.append(FieldFault("on", "not_a_day", {"value": typed["on"]}))
    if kind == "open":
        faults += [FieldFault(name, "unknown", {"known": "on"}) for name in values]
        values = {}
    known = Known(step.today, edition, step.find_person, lambda unit: step.tree.unit(unit, on) is not None)
    read = Typed()
    try:
        read = read_fields(_rule(edition, kind), values, known, on=on, partial=True)
    except Mistyped as error:
        faults += error.faults
    faults += [FieldFault(name, "words_stay", {}) for name in read.texts]
    if faults:
        raise Mistyped(faults)
    return read.values | ({"on": on.isoformat()} if "on" in typed else {})


def _said(step: Step, who: Who, event: Mapping[str, Any], allowed_by: str, reason: str) -> tuple[str, list[FieldFault]]:
    """Why it is corrected, and what is amiss with that or with those who answer for it."""
    faults = [
        FieldFault(name, "unknown_user" if user else "not_named", {"value": user})
        for name, user in (("by", who.by), ("allowed_by", allowed_by))
        if user not in step.tree.users
    ]
    if allowed_by in step.tree.users and not _is_above(step, allowed_by, event):
        faults.append(FieldFault("allowed_by", "not_above_branch", {"value": allowed_by}))
    try:
        return read_text("reason", reason), faults
    except Mistyped as error:
        return "", faults + error.faults


def _is_above(step: Step, user: str, event: Mapping[str, Any]) -> bool:
    """Whether a user holds a role above the branch, or did on the act's day: no branch allows its own corrections."""
    days = (step.today, date.fromisoformat(event["on"]))
    over = ((day, step.tree.above(step.record.unit, day)[1:2]) for day in days)
    return any(step.tree.roles(user, unit.id, day) for day, units in over for unit in units)


def _rule(edition: Edition, kind: str) -> Recorded:
    return taken_over(edition) if kind in ("open", "adopt") else rule_of(edition, kind)


def _under(scene: Scene, event: Mapping[str, Any]) -> dict[str, str]:
    """The edition in force on each day of an act, as the act reads now."""
    edition = scene.office.edition_of(scene.record.pipeline, event["edition"])
    found = scene.editions(edition, event["fields"])
    if event["kind"] not in ("open", "adopt"):
        rule = rule_of(edition, event["kind"])
        arrival = rule.to[event["arrival"]].dated if isinstance(rule, Move) else None
        own = scene.edition_on(date.fromisoformat(event["on"])).edition
        found |= {name: own for name in (rule.dated, arrival) if name}
    return found


def review(scene: Scene, events: Sequence[Event]) -> Iterator[tuple[Event, Reason]]:
    """Every act of a case judged anew, as its events read now: each reason that would refuse it today."""
    office = scene.office
    mended = corrections(events)
    before: Record | None = None
    for event in (mended_event(one, mended) for one in events):
        if before is not None and event["kind"] not in ("correct", CARRY_OVER):
            at = Scene(office, scene.tree, before, scene.candidate, scene.person, scene.earlier_of)
            yield from ((event, reason) for reason in _against(at, event) if reason.effect == "refuse")
        before = before or Record(event["pipeline"], event["unit"])
        apply(before, event, office.edition_of)


def _against(scene: Scene, event: Event) -> Iterator[Reason]:
    """What stands against one act, made from where the case stood then."""
    kind, on = event["kind"], date.fromisoformat(event["on"])
    edition = scene.edition_on(on)
    rule = edition.moves.get(kind) or edition.entries.get(kind)
    state, _ = scene.record.standing(event["on"])
    if rule is None or state not in edition.sources(rule) or not is_there(scene, state, on):
        yield _reason("NOT_OPEN")
        return
    facts = scene.facts(Act(kind, on, event["fields"], event["by"], event["typed"]), rule, edition)
    verdict = pathways(edition).rejudge(facts)
    yield from verdict.reasons
    if verdict.to != event.get("to"):
        yield _reason("LEADS_ELSEWHERE")


def _reason(code: str) -> Reason:
    """What the record itself says against an act."""
    words = Text(say("vi", f"correct.{code}"), say("en", f"correct.{code}"))
    return Reason(code, words, None, verified=True, effect="refuse")


def _flags(scene: Scene, events: Sequence[Event]) -> list[dict[str, Any]]:
    settled = {(flag["seq"], flag["code"]): flag["settled"] for flag in scene.record.flags if flag.get("settled")}
    found: list[dict[str, Any]] = []
    for event, reason in review(scene, events):
        flag = {"seq": event["seq"], "kind": event["kind"], "code": reason.code}
        if flag not in found:
            found.append(flag)
    return [flag | ({"settled": at} if (at := settled.get((flag["seq"], flag["code"]))) else {}) for flag in found]


def _numbered(step: Step, event: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What an act takes out of its organ's book, as it reads."""
    if event["kind"] in ("open", "adopt"):
        return []
    day = date.fromisoformat(event["on"])
    edition = step.office.edition_of(step.record.pipeline, event["edition"])
    rule = rule_of(edition, event["kind"])
    organ = edition.organ_of(rule, step.record.standing(event["on"])[0])
    return list(rows_of(edition, event["fields"], step.scene.line(day).organs.get(organ), day))


def _mend_vote(step: Step, event: Mapping[str, Any]) -> None:
    """The vote's row as its act reads now; the history keeps what was recorded before."""
    edition = step.office.edition_of(step.record.pipeline, event["edition"])
    writes.drop_vote(step.work, step.held.id, event["seq"])
    if row := voted(edition, event):
        writes.add_vote(step.work, **row)


def _mend_memberships(step: Step, before: list[Span], after: list[Span], who: Who) -> None:
    """A membership that began on a corrected day begins on the right one; what others recorded stays."""
    if before == after:
        return
    books = Registrar(step.office, step.work, step.ledger, who)
    held = step.tree.memberships.get(step.held.person, ())
    mine = [row for row in held if (row.status, row.valid_from) in before]
    if before and not mine:
        return
    for row in mine:
        books.retire("memberships", row)
    for one in periods(after):
        books.add("memberships", one.since, one.until, person_id=step.held.person, status=one.status)
