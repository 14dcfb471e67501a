"""A `transitions` machine judges acts by an edition.

It says which moves are open, where they lead, and every reason why not. It knows no model of its own: each
judgement triggers a throw-away `JudgementModel`, so nothing is attached, nothing leaks, and one machine
serves every case and thread.
"""

from dataclasses import dataclass, field
from functools import cache, partial
from typing import cast

from transitions import EventData, Machine, MachineError

from states.errors import EXIT_REFUSED, UserError
from states.guards import GUARDS
from states.reasons import make_reason
from states.rulebook.edition import BACK, Arrival, Edition, Entry, Move, When
from states.vocabulary import Facts, Reason


class NotOpen(UserError):
    """The act cannot be made from the state in which the case stands."""

    code = "not_open"
    exit_code = EXIT_REFUSED
    advice = "advice.not_open"

    def __init__(self, act: str, state: str) -> None:
        super().__init__(f"{act} is not open in {state}")
        self.act, self.state = act, state


class UnknownAct(UserError):
    """The edition has no move or entry of that name."""

    code = "unknown_act"
    advice = "advice.unknown_act"
    message_values = ("act",)

    def __init__(self, act: str, known: tuple[str, ...]) -> None:
        super().__init__(act)
        self.act, self.known = act, known


@dataclass(slots=True)
class JudgementModel:
    """One judgement: the facts on the way in, arrival and reasons on the way out."""

    state: str
    facts: Facts
    arrival: Arrival | None = None
    reasons: list[Reason] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of an act: where it leads (None for an entry), and every reason."""

    to: str | None
    arrival: Arrival | None
    reasons: tuple[Reason, ...]

    @property
    def is_allowed(self) -> bool:
        """Nothing refuses it; warnings go on the record."""
        return all(reason.effect == "warn" for reason in self.reasons)


def when_applies(when: When, facts: Facts) -> bool:
    """Whether circumstances are as ``when`` wants them."""
    if when.came_from and (not facts.back or facts.back[-1] not in when.came_from):
        return False
    if when.has is not None and when.has not in facts.line.organs:
        return False
    if when.authorised is not None and when.authorised != facts.line.authorised:
        return False
    if when.every is not None and (facts.counts.get(facts.act.kind, 0) + 1) % when.every:
        return False
    return all(facts.field_value(name) == value for name, value in when.field.items())


ALWAYS = When()


class EditionMachine:
    """The machine of one edition; see `get_machine`."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self._rules = {
            code: (rule, None if rule.when == ALWAYS else rule.when, GUARDS[rule.guard].check)
            for code, rule in edition.conditions.items()
        }
        self.machine = Machine(
            model=None,
            states=list(edition.states),
            initial=edition.starts_at,
            auto_transitions=False,
            send_event=True,
        )
        for name, move in edition.moves.items():
            for arrival in move.to:
                for source in edition.source_states(move):
                    for target in edition.states if arrival.state == BACK else (arrival.state,):
                        condition = partial(self._allows_arrival, move, arrival, target)
                        self.machine.add_transition(name, source, target, conditions=condition)

    def moves_from(self, state: str) -> tuple[str, ...]:
        """The moves that are drawn from a state, in the edition's order."""
        return tuple(
            name for name, move in self.edition.moves.items() if state in self.edition.source_states(move)
        )

    def entries_in(self, state: str) -> tuple[str, ...]:
        """The entries that may be made in a state, in the edition's order."""
        return tuple(
            name for name, entry in self.edition.entries.items() if state in self.edition.source_states(entry)
        )

    def find_act(self, kind: str) -> Move | Entry:
        """The move or entry of that name. Raises `UnknownAct`."""
        act = self.edition.moves.get(kind) or self.edition.entries.get(kind)
        if act is None:
            raise UnknownAct(kind, (*self.edition.moves, *self.edition.entries))
        return act

    def judge_act(self, facts: Facts) -> Verdict:
        """Judge an act: arrival, and *all* reasons at once. Raises `UnknownAct`, `NotOpen`."""
        kind = facts.act.kind
        act = self.find_act(kind)
        if isinstance(act, Entry):
            if facts.state not in self.edition.sources_by_act[kind]:
                raise NotOpen(kind, facts.state)
            return Verdict(None, None, tuple(self.collect_reasons(self.list_conditions(act, kind), facts)))
        model = JudgementModel(facts.state, facts)
        try:
            moved = self.machine.events[kind].trigger(model)
        except MachineError as error:
            raise NotOpen(kind, facts.state) from error
        if model.arrival is None:
            raise NotOpen(kind, facts.state)
        to = model.state if moved else target_state(model.arrival, facts)
        return Verdict(to, model.arrival, tuple(model.reasons))

    def list_conditions(
        self, act: Move | Entry, kind: str, arrival: Arrival | None = None
    ) -> tuple[str, ...]:
        """All that is asked of an act, in the edition's order."""
        common = self.edition.every_move if isinstance(act, Move) else self.edition.every_entry
        own = self.edition.list_own_conditions(kind)
        return tuple(dict.fromkeys((*common, *own, *(arrival.conditions if arrival else ()))))

    def _allows_arrival(self, move: Move, arrival: Arrival, target: str, event: EventData) -> bool:
        """The first arrival whose circumstances hold is taken, whatever the rules say of it."""
        model = cast(JudgementModel, event.model)  # the machine knows its models as objects only
        facts = model.facts
        if model.arrival is not None or not when_applies(arrival.when, facts):
            return False
        if arrival.state == BACK and (
            len(facts.back) <= arrival.forget or facts.back[-1 - arrival.forget] != target
        ):
            return False
        model.arrival = arrival
        model.reasons = self.collect_reasons(self.list_conditions(move, facts.act.kind, arrival), facts)
        if membership := arrival.asks or move.asks:
            model.reasons += facts.find_behind(membership)
        return all(reason.effect == "warn" for reason in model.reasons)

    def judge_beginning(self, facts: Facts) -> list[Reason]:
        """What stands against beginning a case, whatever its step."""
        return self.collect_reasons(self.edition.every_case, facts)

    def collect_reasons(self, codes: tuple[str, ...], facts: Facts) -> list[Reason]:
        """Everything that the conditions find amiss, in their order."""
        reasons = []
        for code in codes:
            condition, when, check = self._rules[code]
            if when is None or when_applies(when, facts):
                reasons += [
                    make_reason(self.edition, code, finding, facts.act.on)
                    for finding in check(facts, **condition.with_)
                ]
        return reasons


def target_state(arrival: Arrival, facts: Facts) -> str:
    """The state that an arrival leads to; ``back`` becomes the remembered state."""
    if arrival.state != BACK:
        return arrival.state
    return facts.back[-1 - arrival.forget] if len(facts.back) > arrival.forget else facts.state


@cache
def get_machine(edition: Edition) -> EditionMachine:
    """The machine of an edition, built once for each."""
    return EditionMachine(edition)
