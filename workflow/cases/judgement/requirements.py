"""What lies behind a case is judged before it makes a member."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from states.machine import get_machine
from states.record.events import CaseEvent
from states.rulebook.edition import Edition, Move
from states.rulebook.requirements import Requirement
from states.vocabulary import Act, FieldValue, Membership, Reason, Text
from workflow.cases.judgement.facts import FactsBuilder
from workflow.core.messages import say

IN_ORDER = ("DATE_ORDER",)
"""What is asked of every step that an adoption states, beside the conditions of its requirement."""
AS_OF, NOT_ASKED, NOT_THERE = "required.as_of", "required.not_asked", "required.not_there"
NEVER_TICKED = frozenset({"born"})
"""Facts that no paper file may lack: the law looks at them on every day."""


def list_reasons_behind(
    builder: FactsBuilder, edition: Edition, act: Act, membership: Membership
) -> Iterator[Reason]:
    """What stands against a membership by what the case has behind it, before an act that brings it.

    Each requirement is judged as of the day of the act that meets it, by whichever way the case came here.
    What was recorded before the program asked it refuses only where it is known and not met.
    """
    line = builder.line_on(act.on)
    events = [event for event in builder.events_of() if event["on"] <= act.on.isoformat()]
    for name, requirement in edition.list_requirements(membership):
        if act.kind in (*requirement.acts, *requirement.or_acts):
            continue
        if requirement.is_asked_of(line):
            yield from _judge_requirement(_Behind(builder, edition, events, name, requirement))


@dataclass(frozen=True)
class _Behind:
    """A requirement beside what a case has behind it."""

    builder: FactsBuilder
    edition: Edition
    events: Sequence[CaseEvent]
    name: str
    requirement: Requirement

    @property
    def last(self) -> CaseEvent | None:
        """The last of the acts that meet it, or may stand in for them."""
        wanted = (*self.requirement.acts, *self.requirement.or_acts)
        return next((event for event in reversed(self.events) if event["kind"] in wanted), None)

    @property
    def is_ruled(self) -> bool:
        """Whether a ruling from above replaces it, after the last of its acts."""
        origin, last = self.requirement.ruled_from, self.last
        return origin is not None and any(
            _is_ruling_on(self.edition, event, origin)
            for event in self.events
            if last is None or event["seq"] > last["seq"]
        )


def _is_ruling_on(edition: Edition, event: CaseEvent, origin: str) -> bool:
    """Whether an event lets a case go on that came from a state and was reported upward there."""
    move = edition.moves.get(event["kind"])
    arrival = event.get("arrival")
    if move is None or arrival is None or arrival >= len(move.to):
        return False
    return origin in move.to[arrival].when.came_from and move.to[arrival].forget > 0


def _judge_requirement(behind: _Behind) -> Iterator[Reason]:
    if behind.is_ruled:
        return
    event = behind.last
    if event is not None:
        yield from _judge_event(behind, event)
    elif behind.events and is_behind_adoption(behind.edition, behind.events[0], behind.requirement):
        yield from judge_stated(behind.builder, behind.edition, behind.events[0], behind.name)
    else:
        yield _build_missing_reason(behind)


def _judge_event(behind: _Behind, event: CaseEvent) -> Iterator[Reason]:
    """What stands against an act of the past, as of its day and by the edition of that day.

    What a ruling may replace only warns where a correction left it flagged and somebody settled it since,
    with the ruling's number; nothing settles what no ruling replaces.
    """
    builder, on = behind.builder, date.fromisoformat(event["on"])
    edition = builder.edition_on(on)
    asked_then = event.get("revision") == edition.revision
    act = Act(event["kind"], on, event["fields"], event["by"], event["typed"])
    settled = {
        flag["code"]
        for flag in builder.record.flags
        if flag["seq"] == event["seq"]
        and flag.get("settled")
        and (behind.requirement.ruled_from or _is_share_of_votes(edition, flag["code"]))
    }
    for reason in judge_conditions(builder, edition, act, behind.requirement.conditions):
        forgiven = reason.code in settled or (reason.answer == "unknown" and not asked_then)
        yield describe_as_of(behind.requirement, on, reason, forgiven=forgiven)


def _is_share_of_votes(edition: Edition, code: str) -> bool:
    """Whether a condition asks for so many votes: a body above may rule on a vote that fell short."""
    return code in edition.conditions and edition.conditions[code].guard == "share_reached"


def judge_conditions(
    builder: FactsBuilder, edition: Edition, act: Act, codes: Iterable[str], *, last_on: date | None = None
) -> Iterator[Reason]:
    """What an edition's conditions say of an act whose every word has been said.

    ``last_on``: the day of the step before it, where an adoption states both.
    """
    rule = edition.moves.get(act.kind) or edition.entries.get(act.kind)
    facts = builder.build_facts(act, rule, edition)
    facts = replace(facts, asked=frozenset(), needs=frozenset(), last_on=last_on)
    known = tuple(code for code in codes if code in edition.conditions)
    yield from get_machine(edition).collect_reasons(known, facts)


def judge_stated(builder: FactsBuilder, edition: Edition, adoption: CaseEvent, name: str) -> Iterator[Reason]:
    """What stands against a requirement that a case had met on paper before it was taken over."""
    requirement = dict(edition.list_requirements("member"))[name]
    act = build_stated_act(edition, requirement, adoption)
    unseen = adoption.get("unseen", ())
    asked_then = adoption.get("revision") == builder.edition_on(date.fromisoformat(adoption["on"])).revision
    codes = (*requirement.conditions, *IN_ORDER)
    last_on = _find_stated_day_before(edition, adoption, requirement)
    for reason in judge_conditions(builder, builder.edition_on(act.on), act, codes, last_on=last_on):
        ticked = reason.fact not in NEVER_TICKED and (name in unseen or reason.fact in unseen)
        forgiven = (reason.answer == "unknown" and (ticked or not asked_then)) or (
            reason.code in IN_ORDER and not asked_then
        )
        yield describe_as_of(requirement, act.on, reason, forgiven=forgiven)


def _find_stated_day_before(edition: Edition, adoption: CaseEvent, requirement: Requirement) -> date | None:
    """The last day that an adoption states of the steps before one that it has to date."""
    days: list[str] = []
    for _, earlier in edition.list_requirements("member"):
        if earlier is requirement:
            break
        days += _list_stated_days(edition, adoption, earlier)
    own = _list_stated_days(edition, adoption, requirement)
    return date.fromisoformat(max(days)) if days and own and requirement.dates else None


def _list_stated_days(edition: Edition, adoption: CaseEvent, requirement: Requirement) -> list[str]:
    """The days that an adoption states of the acts by which a requirement is met, and of their papers."""
    named = [*requirement.dates, *(edition.moves[kind].dated for kind in requirement.acts)]
    days = (adoption["fields"].get(name) for name in named)
    return [day for day in days if isinstance(day, str)]


def build_stated_act(edition: Edition, requirement: Requirement, adoption: CaseEvent) -> Act:
    """The act of the past that an adoption states by its fields."""
    kind, fields = requirement.acts[0], adoption["fields"]
    rule = edition.moves.get(kind) or edition.entries[kind]
    on = fields.get(rule.dated)
    own: dict[str, FieldValue] = {field: fields[field] for field in rule.fields if field in fields}
    return Act(kind, date.fromisoformat(str(on or adoption["on"])), own)


def is_behind_adoption(edition: Edition, adoption: CaseEvent, requirement: Requirement) -> bool:
    """Whether a case was taken over past the steps at which a requirement is met."""
    if adoption["kind"] != "adopt":
        return False
    back, state = adoption.get("back", []), adoption["to"]
    order = list(edition.states)
    stood = back[0] if back else state
    steps = {
        step
        for kind in requirement.acts
        if kind in edition.moves
        for step in edition.source_states(edition.moves[kind])
    }
    if stood not in order or not steps:
        return False
    if max(order.index(step) for step in steps) < order.index(stood):
        return True
    return stood != state and stood in steps and _leads_there(edition, requirement.or_acts, state)


def _leads_there(edition: Edition, kinds: Iterable[str], state: str) -> bool:
    moves: Iterator[Move] = (edition.moves[kind] for kind in kinds if kind in edition.moves)
    return any(arrival.state == state for move in moves for arrival in move.to)


def describe_as_of(requirement: Requirement, on: date, reason: Reason, *, forgiven: bool) -> Reason:
    """A reason with the step and day it is about. ``forgiven``: it only warns."""
    words = []
    not_asked = forgiven and reason.answer == "unknown"
    for language in ("vi", "en"):
        step = requirement.label.in_language(language)
        day = f"{on:%d/%m/%Y}" if language == "vi" else on.isoformat()
        text = say(language, AS_OF, step=step, day=day, text=reason.text.in_language(language))
        words.append(text + (" " + say(language, NOT_ASKED) if not_asked else ""))
    return replace(reason, text=Text(*words), effect="warn" if forgiven else reason.effect)


def _build_missing_reason(behind: _Behind) -> Reason:
    """The record holds no act by which a requirement is met."""
    requirement = behind.requirement
    words = (
        say(language, NOT_THERE, step=requirement.label.in_language(language)) for language in ("vi", "en")
    )
    rule = next((behind.edition.conditions[code] for code in requirement.conditions), None)
    citation = behind.edition.cite(rule) if rule else None
    return Reason(
        f"MISSING_{behind.name.upper()}",
        Text(*words),
        citation,
        verified=True,
        effect="refuse",
        answer="unknown",
    )
