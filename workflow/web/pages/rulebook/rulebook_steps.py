"""An edition is told by its steps, acts and conditions."""

from collections.abc import Mapping
from dataclasses import dataclass

from states.rulebook.edition import Condition, Edition, Move
from workflow.presentation.rulebook.tables import RulebookTable, build_tables
from workflow.presentation.rulebook.terms import RulebookTerms, blank_places

TABLES = {"clocks": 1, "papers": 0, "organs": 1, "carry_over": 0}
"""What of an edition is told as a table, and how many of its first columns are for the program only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWay:
    """Where a move leads, what it needs on the way, the numbers of the conditions there."""

    text: str
    needs: str
    conditions: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAct:
    """An act: who makes it, where it leads, what is recorded; ``but``: steps from which it cannot be made."""

    label: str
    organ: str
    ways: list[RuleWay]
    needs: str
    but: str
    conditions: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActTold:
    """An act that an earlier step tells of already, with that step."""

    label: str
    step: str
    step_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStep:
    """A step: whose it is, its clocks, and what is done there, told once where several steps share it."""

    id: str
    label: str
    turn: str
    end: bool
    count: int
    only: str
    clocks: list[str]
    house: str
    pauses: str
    acts: list[RuleAct]
    acts_told: list[ActTold]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonRules:
    """What goes for every step: acts open from everywhere, conditions of all acts by number."""

    acts: list[RuleAct]
    moves: list[int]
    entries: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCondition:
    """A condition: when it is told, what it does then, its article, how sure that is."""

    says: str
    when: str
    effect: str
    told: str
    basis: str
    verified: str
    sure: str


def list_steps(naming: RulebookTerms, counts: Mapping[str, int]) -> list[RuleStep]:
    """Every step. ``counts``: how many open cases stand there."""
    edition, numbers = naming.edition, _number_conditions(naming.edition)
    every_act = (*edition.moves.items(), *edition.entries.items())
    acts = [(kind, act.from_) for kind, act in every_act if not isinstance(act.from_, str)]
    first = {kind: min(sources, key=list(edition.states).index) for kind, sources in acts}
    return [
        RuleStep(
            id=name,
            label=naming.name_of("states", name),
            turn=naming.name_of("organs", state.turn) if state.turn and not state.end else "",
            end=state.end,
            count=counts.get(name, 0),
            only=naming.when_text(state.only_where),
            clocks=[_clock_text(naming, clock) for clock in state.clocks],
            house=naming.say("house_days", days=state.house_days) if state.house_days is not None else "",
            pauses=naming.say("pauses") if state.pauses else "",
            acts=[_describe_act(naming, kind, numbers) for kind, _ in acts if first[kind] == name],
            acts_told=[
                ActTold(
                    label=_label_act(naming, kind),
                    step=first[kind],
                    step_label=naming.name_of("states", first[kind]),
                )
                for kind, sources in acts
                if name in sources and first[kind] != name
            ],
        )
        for name, state in edition.states.items()
    ]


def describe_common_rules(naming: RulebookTerms) -> CommonRules:
    """What goes for every step."""
    edition, numbers = naming.edition, _number_conditions(naming.edition)
    acts = (*edition.moves.items(), *edition.entries.items())
    everywhere = [kind for kind, act in acts if isinstance(act.from_, str)]
    return CommonRules(
        acts=[_describe_act(naming, kind, numbers) for kind in everywhere],
        moves=[numbers[code] for code in edition.every_move],
        entries=[numbers[code] for code in edition.every_entry],
    )


def list_conditions(naming: RulebookTerms) -> list[RuleCondition]:
    """Every condition, in the order of its number."""
    return [_describe_condition(naming, condition) for condition in naming.edition.conditions.values()]


def list_tables(edition: Edition, language: str) -> list[RulebookTable]:
    """The rest as tables, without what is for the program only."""
    tables = [table for table in build_tables(edition, language) if table.key in TABLES and table.rows]
    return [
        RulebookTable(
            table.key,
            table.title,
            table.heads[TABLES[table.key] :],
            tuple(row[TABLES[table.key] :] for row in table.rows),
        )
        for table in tables
    ]


def _number_conditions(edition: Edition) -> dict[str, int]:
    """The conditions' numbers on the page, by which acts refer to them."""
    return {code: number for number, code in enumerate(edition.conditions, 1)}


def _clock_text(naming: RulebookTerms, name: str) -> str:
    return f"{naming.name_of('clocks', name)}: {naming.length_text(naming.edition.clocks[name].length)}"


def _label_act(naming: RulebookTerms, kind: str) -> str:
    act = naming.edition.moves.get(kind) or naming.edition.entries[kind]
    return act.label.in_language(naming.language)


def _describe_act(naming: RulebookTerms, kind: str, numbers: Mapping[str, int]) -> RuleAct:
    act = naming.edition.moves.get(kind) or naming.edition.entries[kind]
    return RuleAct(
        label=_label_act(naming, kind),
        organ=naming.name_of("organs", act.organ),
        ways=[
            RuleWay(
                text=naming.arrival_text(arrival),
                needs=naming.join_names("fields", arrival.needs) if arrival.needs else "",
                conditions=[numbers[code] for code in arrival.conditions],
            )
            for arrival in (act.to if isinstance(act, Move) else ())
        ],
        needs=naming.join_names("fields", act.needs) if act.needs else "",
        but=naming.join_names("states", act.except_) if act.except_ else "",
        conditions=[numbers[code] for code in naming.edition.list_own_conditions(kind)],
    )


def _describe_condition(naming: RulebookTerms, condition: Condition) -> RuleCondition:
    law = condition.basis == "law"
    return RuleCondition(
        says=blank_places(condition.says.in_language(naming.language)),
        when=naming.when_text(condition.when),
        effect=condition.effect,
        told=naming.effect_text(condition),
        basis=naming.citation_text(condition) if law else naming.say(f"basis.{condition.basis}"),
        verified=naming.say("verified_is.yes" if condition.verified else "verified_is.no") if law else "",
        sure=naming.say(f"value.confidence.{condition.confidence}") if law and condition.confidence else "",
    )
