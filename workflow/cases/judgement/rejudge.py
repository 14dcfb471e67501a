"""Acts of the past are judged anew by the record of today."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from states.machine import NotOpen, get_machine
from states.record.events import CaseEvent, Flag, name_flag
from states.record.journey import REJUDGE, REVISE
from states.record.replay import fold_events, read_events, walk_events
from states.vocabulary import Act, OpenFlag, Reason, Text
from workflow.cases.judgement.carry_over import KIND as CARRY_OVER
from workflow.cases.judgement.carry_over import state_exists
from workflow.cases.judgement.facts import FactsBuilder
from workflow.cases.judgement.recorded_rules import RecordedRules
from workflow.cases.judgement.requirements import is_behind_adoption, judge_stated
from workflow.core.messages import say

NOT_ACTS = ("correct", CARRY_OVER, REJUDGE, REVISE)
"""Events that nobody's act is behind."""


def rejudge_acts(
    builder: FactsBuilder, events: Sequence[CaseEvent], rules: RecordedRules
) -> Iterator[tuple[CaseEvent, Reason]]:
    """Judge every act of a case anew by its corrected events; each reason that would refuse it.

    Each is judged by the revision of the rules that it was judged by when it was recorded.
    """
    yield from _rejudge_adoption(builder, events)
    for at, event in walk_acts(builder, events):
        at.rules = rules.in_force_at(event["n"])
        yield from (
            (event, reason)
            for reason in list_reasons_against(at, event)
            if reason.effect == "refuse"
            and not (reason.fact == "together_since" and _is_of_before(at, event))
        )


def _is_of_before(builder: FactsBuilder, event: CaseEvent) -> bool:
    """Whether other rules judged an act: a day that an upgrade could not carry over was known then."""
    edition = builder.office.rulebook.edition_on(builder.record.pipeline, date.fromisoformat(event["on"]))
    return event.get("revision") != edition.revision


def _rejudge_adoption(
    builder: FactsBuilder, events: Sequence[CaseEvent]
) -> Iterator[tuple[CaseEvent, Reason]]:
    """What an adoption states that is known and does not hold any more, by the rules that asked it."""
    adoption = read_events(events)[0]
    edition = builder.office.rulebook.edition_on(builder.record.pipeline, date.fromisoformat(adoption["on"]))
    if adoption.get("revision") != edition.revision:
        return
    reads = read_events(events)
    record = fold_events(reads, builder.office.edition_of)
    at = replace(builder, record=record, events_of=lambda: reads)
    line = at.line_on(date.fromisoformat(adoption["on"]))
    for name, requirement in edition.list_requirements("member"):
        if requirement.is_asked_of(line) and is_behind_adoption(edition, adoption, requirement):
            for reason in judge_stated(at, edition, adoption, name):
                if reason.effect == "refuse":
                    yield adoption, reason


def list_flags(
    builder: FactsBuilder, events: Sequence[CaseEvent], rules: RecordedRules, corrected: int | None = None
) -> list[Flag]:
    """Every condition that refuses an act of the case as it reads now, and by which event it was settled.

    What was settled stays so, unless its own act (``corrected``) now reads otherwise.
    """
    settled = {
        (flag["seq"], flag["code"]): flag["settled"]
        for flag in builder.record.flags
        if flag.get("settled") and flag["seq"] != corrected
    }
    flags: list[Flag] = []
    for event, reason in rejudge_acts(builder, events, rules):
        flag: Flag = {"seq": event["seq"], "kind": event["kind"], "code": reason.code}
        if at := settled.get((event["seq"], reason.code)):
            flag["settled"] = at
        if flag not in flags:
            flags.append(flag)
    return flags


def list_open_flags(
    builder: FactsBuilder, events: Sequence[CaseEvent], rules: RecordedRules
) -> Iterator[OpenFlag]:
    """What is flagged and not settled, in the words in which it stands against each act now."""
    open_flags = {name_flag(flag): flag for flag in builder.record.flags if not flag.get("settled")}
    reasons: dict[str, Text] = {}
    for event, reason in rejudge_acts(builder, events, rules):
        reasons.setdefault(f"{event['seq']}:{reason.code}", reason.text)
    acts = {event["seq"]: event for event in read_events(events)}
    for key, flag in open_flags.items():
        event = acts[flag["seq"]]
        edition = builder.office.edition_of_event(event, builder.record.pipeline)
        rule = edition.moves.get(event["kind"]) or edition.entries.get(event["kind"])
        words = reasons.get(key, Text(flag["code"], flag["code"]))
        label = rule.label if rule else Text(event["kind"], event["kind"])
        yield OpenFlag(key, label, date.fromisoformat(event["on"]), words)


def walk_acts(builder: FactsBuilder, events: Sequence[CaseEvent]) -> Iterator[tuple[FactsBuilder, CaseEvent]]:
    """Every act after the first, as it reads now, with what was known of the case just before it."""
    office, reads = builder.office, read_events(events)
    for number, (before, event) in enumerate(walk_events(reads, office.edition_of)):
        if number and event["kind"] not in NOT_ACTS:
            earlier = reads[:number]
            yield (
                FactsBuilder(
                    office,
                    builder.snapshot,
                    before,
                    builder.candidate,
                    builder.get_person,
                    builder.earlier_of,
                    events_of=lambda earlier=earlier: earlier,  # type: ignore[misc] # bound as it is now
                ),
                event,
            )


def list_reasons_against(builder: FactsBuilder, event: CaseEvent) -> Iterator[Reason]:
    """What stands against one act, made from where the case stood then."""
    kind, on = event["kind"], date.fromisoformat(event["on"])
    edition = builder.edition_on(on)
    rule = edition.moves.get(kind) or edition.entries.get(kind)
    state, _ = builder.record.state_on(event["on"])
    if rule is None or state not in edition.source_states(rule) or not state_exists(builder, state, on):
        yield _build_record_reason("NOT_OPEN")
        return
    facts = builder.build_facts(Act(kind, on, event["fields"], event["by"], event["typed"]), rule, edition)
    try:
        verdict = get_machine(edition).judge_act(facts)
    except NotOpen:
        yield _build_record_reason("NOT_OPEN")
        return
    yield from verdict.reasons
    if verdict.to != event.get("to"):
        yield _build_record_reason("LEADS_ELSEWHERE")


def _build_record_reason(code: str) -> Reason:
    """What the record itself says against an act."""
    words = Text(say("vi", f"correct.{code}"), say("en", f"correct.{code}"))
    return Reason(code, words, None, verified=True, effect="refuse")
