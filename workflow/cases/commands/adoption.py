"""An adoption states what lies behind a case."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from states.machine import get_machine
from states.record.events import CaseEvent
from states.rulebook.edition import Condition, Edition, Move
from states.rulebook.requirements import Requirement
from states.vocabulary import Act, Reason, UnitLine
from workflow.cases.commands.advance import ActRefused
from workflow.cases.judgement.facts import FactsBuilder
from workflow.cases.judgement.requirements import NEVER_TICKED, is_behind_adoption, judge_stated
from workflow.core.input import FieldFault, InvalidInput

FACTS_BY_GUARD = {
    "education_met": ("education_met",),
    "official_members": ("official_since",),
    "together_for": ("together_since",),
    "sponsors_for_route": ("sponsors", "route"),
    "share_reached": ("votes_for",),
}
"""What guards ask without being told by their condition where to look."""
ASKING_FIELDS = frozenset(
    {
        "all_known",
        "at_least",
        "field_is",
        "months_over",
        "months_since",
        "not_expired",
        "official_members",
        "papers_fresh",
    }
)
"""Guards that cannot be told where the fields that their condition names are not on record."""


def read_unseen(edition: Edition, typed: object) -> list[str]:
    """What is ticked as not in the paper file: names of facts and requirements. Raises `InvalidInput`."""
    names = typed if isinstance(typed, list) else str(typed or "").split(",")
    wanted = list(dict.fromkeys(str(name).strip() for name in names if str(name).strip()))
    known = list_tickable(edition)
    faults = [
        FieldFault("unseen", "not_an_option", {"value": name, "options": ", ".join(known)})
        for name in wanted
        if name not in known
    ]
    if faults:
        raise InvalidInput(faults)
    return wanted


def list_tickable(edition: Edition) -> tuple[str, ...]:
    """What a paper file may lack: requirements that ask for facts, what is shown, and those facts."""
    requirements = edition.list_requirements("member")
    never = {field for _, requirement in requirements for field in requirement.stated} | NEVER_TICKED
    return tuple(name for name in _list_asked_names(edition, requirements) if name not in never)


def _list_asked_names(edition: Edition, requirements: Iterable[tuple[str, Requirement]]) -> Iterator[str]:
    """Steps, dated papers and the facts they rest on, each once."""
    names: dict[str, None] = {}
    facts: dict[str, None] = {}
    for name, requirement in requirements:
        needed = [
            fact for code in requirement.conditions for fact in _list_facts_asked(edition.conditions[code])
        ]
        names |= dict.fromkeys([*([name] if needed else []), *requirement.shown])
        facts |= dict.fromkeys(needed)
    yield from names | facts


def list_requirements_behind(
    edition: Edition, state: str, back: Sequence[str], line: UnitLine | None
) -> list[tuple[str, Requirement]]:
    """What a case that is taken over at a step has behind it, as far as its unit has the organs for it.

    ``back``: the steps it goes back to; ``line``: None while the unit is yet to be chosen.
    """
    adoption: CaseEvent = {"kind": "adopt", "to": state, "back": list(back)}
    return [
        (name, requirement)
        for name, requirement in edition.list_requirements("member")
        if (line is None or requirement.is_asked_of(line))
        and is_behind_adoption(edition, adoption, requirement)
    ]


def list_ticks_behind(
    edition: Edition, state: str, back: Sequence[str], line: UnitLine | None
) -> tuple[str, ...]:
    """Of what a paper file may lack, what lies behind a step: steps, dated papers, facts they rest on."""
    tickable = set(list_tickable(edition))
    behind = list_requirements_behind(edition, state, back, line)
    return tuple(name for name in _list_asked_names(edition, behind) if name in tickable)


def _list_facts_asked(condition: Condition) -> Iterator[str]:
    """What a condition cannot be told without, where that refuses."""
    if (condition.unknown or condition.effect) != "refuse":
        return
    yield from FACTS_BY_GUARD.get(condition.guard, ())
    may_lack = condition.guard == "not_expired" and not condition.with_.get("required")
    if condition.guard in ASKING_FIELDS and not may_lack:
        for names in (condition.with_.get("field"), condition.with_.get("fields")):
            yield from names if isinstance(names, list) else ([str(names)] if names else [])


def check_adoption(builder: FactsBuilder, edition: Edition, adoption: CaseEvent) -> None:
    """Look at what a case that is taken over has behind it, and at what lies ahead and was said before.

    Raises `InvalidInput` for what has to be typed or ticked, `ActRefused` for what is known and not met.
    """
    faults = [
        FieldFault(name, "ticked_and_typed", {})
        for name in adoption.get("unseen", ())
        if adoption["fields"].get(name) is not None
    ]
    refusals: list[Reason] = []
    line = builder.line_on(date.fromisoformat(adoption["on"]))
    for name, requirement in edition.list_requirements("member"):
        if not requirement.is_asked_of(line):
            continue
        behind = is_behind_adoption(edition, adoption, requirement)
        if behind:
            faults += _find_untyped(requirement, adoption)
            reasons = list(judge_stated(builder, edition, adoption, name))
            refusals += [reason for reason in reasons if _refuses_adoption(reason)]
        else:
            reasons = list(_judge_ahead(builder, edition, adoption, requirement))
        faults += _list_missing(edition, reasons, faults, ahead=not behind)
    if faults:
        raise InvalidInput(faults)
    if refusals:
        raise ActRefused("adopt", tuple(refusals))


def _find_untyped(requirement: Requirement, adoption: CaseEvent) -> Iterator[FieldFault]:
    """Fields that stand on the papers of what is behind, and were not typed."""
    fields, unseen = adoption["fields"], adoption.get("unseen", ())
    for field in requirement.stated:
        if fields.get(field) is None:
            yield FieldFault(field, "behind", {})
    for field in requirement.shown:
        if fields.get(field) is None and field not in unseen:
            yield FieldFault(field, "behind_or_ticked", {"tick": field})


def _refuses_adoption(reason: Reason) -> bool:
    """Whether something is known and not met.

    A consent is recorded by an entry of its own: a case that needs one is taken over before the decision, and
    goes on by its acts.
    """
    return reason.answer == "not_met" and reason.effect == "refuse"


def _list_missing(
    edition: Edition, reasons: Sequence[Reason], faults: Sequence[FieldFault], *, ahead: bool
) -> Iterator[FieldFault]:
    """What is missing on record; it may be ticked where the law looked at it on a day that is behind."""
    seen = {fault.field for fault in faults}
    tickable = list_tickable(edition)
    for reason in reasons:
        fact = str(reason.fact)
        if reason.answer != "unknown" or reason.effect != "refuse" or fact in seen:
            continue
        seen.add(fact)
        if ahead:
            yield FieldFault(fact, "asked_ahead", {})
        elif fact in tickable:
            yield FieldFault(fact, "behind_or_ticked", {"tick": fact})
        else:
            yield FieldFault(fact, "behind", {})


def _judge_ahead(
    builder: FactsBuilder, edition: Edition, adoption: CaseEvent, requirement: Requirement
) -> Iterator[Reason]:
    """What an act that lies ahead will ask, and only acts that lie behind could have said."""
    kind = requirement.acts[0]
    rule = edition.moves.get(kind)
    if rule is None:
        return
    on = date.fromisoformat(adoption["on"])
    facts = builder.build_facts(Act(kind, on, {}), rule, edition)
    codes = tuple(code for code in requirement.conditions if code in edition.conditions)
    for reason in get_machine(edition).collect_reasons(codes, facts):
        if reason.answer == "unknown" and reason.fact and _was_said_before(edition, adoption, reason.fact):
            yield reason


def _was_said_before(edition: Edition, adoption: CaseEvent, fact: str) -> bool:
    """Whether every move that says a fact lies behind the step at which a case was taken over."""
    moves: Mapping[str, Move] = edition.moves
    saying = [name for name, move in moves.items() if fact == move.dated or fact in move.fields]
    return bool(saying) and all(
        is_behind_adoption(
            edition, adoption, Requirement(label=moves[name].label, becomes="member", acts=(name,))
        )
        for name in saying
    )
