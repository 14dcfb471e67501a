"""An edition as one `transitions` machine: which moves are open, where they lead, and every reason why not.

The machine knows no model of its own: each judgement triggers a throw-away `Token`, so nothing is attached, nothing
leaks, and one machine serves every case and thread.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import cast

from transitions import EventData, Machine, MachineError

from states.errors import EXIT_REFUSED, UserError
from states.guards import GUARDS, Finding
from states.rulebook.edition import BACK, Arrival, Condition, Edition, Entry, Move, When
from states.vocabulary import Facts, Person, Reason, Text


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
    """What one judgement is made with: the facts on the way in, the arrival and the reasons on the way out."""

    state: str
    facts: Facts
    arrival: Arrival | None = None
    reasons: list[Reason] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of an act: where it leads (None for an entry) and every reason, in the pipeline's order."""

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


def _make_reason(condition: Condition, code: str, finding: Finding) -> Reason:
    """One shortcoming, in words."""
    text = Text(
        *(_fill_words(words, finding, language) for language, words in zip(("vi", "en"), condition.says, strict=True))
    )
    verified = condition.verified or condition.basis == "record"
    return Reason(code, text, condition.citation, verified, condition.effect)


def _fill_words(words: str, finding: Finding, language: str) -> str:
    return words.format_map({name: _print_value(value, language) for name, value in finding.items()})


def _print_value(value: object, language: str) -> str:
    if isinstance(value, Person):
        return value.name or value.id
    if isinstance(value, Text):
        return value.in_language(language)
    if hasattr(value, "strftime"):
        return value.strftime("%d/%m/%Y" if language == "vi" else "%Y-%m-%d")  # type: ignore[no-any-return] # a date
    return "…" if value is None else str(value)


class EditionMachine:
    """An edition's moves as a machine. Build it once per edition: `get_machine`."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self._rules = {
            code: (rule, None if rule.when == ALWAYS else rule.when, GUARDS[rule.guard].check)
            for code, rule in edition.conditions.items()
        }
        self.machine = Machine(
            model=None, states=list(edition.states), initial=edition.starts_at, auto_transitions=False, send_event=True
        )
        for name, move in edition.moves.items():
            for arrival in move.to:
                for source in edition.source_states(move):
                    for target in edition.states if arrival.state == BACK else (arrival.state,):
                        condition = partial(self._allows_arrival, move, arrival, target)
                        self.machine.add_transition(name, source, target, conditions=condition)

    def moves_from(self, state: str) -> tuple[str, ...]:
        """The moves that are drawn from a state, in the edition's order."""
        return tuple(name for name, move in self.edition.moves.items() if state in self.edition.source_states(move))

    def entries_in(self, state: str) -> tuple[str, ...]:
        """The entries that may be made in a state, in the edition's order."""
        return tuple(name for name, entry in self.edition.entries.items() if state in self.edition.source_states(entry))

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
            codes = (*self.edition.every_entry, *act.conditions)
            return Verdict(None, None, tuple(self.collect_reasons(codes, facts)))
        token = JudgementModel(facts.state, facts)
        try:
            moved = self.machine.events[kind].trigger(token)
        except MachineError as error:
            raise NotOpen(kind, facts.state) from error
        if token.arrival is None:
            raise NotOpen(kind, facts.state)
        to = token.state if moved else target_state(token.arrival, facts)
        return Verdict(to, token.arrival, tuple(token.reasons))

    def rejudge_act(self, facts: Facts) -> Verdict:
        """An act that was made once, judged anew after a correction: where it leads now, and every reason against it.

        It need not be open any more. Raises `UnknownAct`.
        """
        act = self.find_act(facts.act.kind)
        if isinstance(act, Entry):
            return Verdict(None, None, tuple(self.collect_reasons((*self.edition.every_entry, *act.conditions), facts)))
        arrival = next((option for option in act.to if when_applies(option.when, facts)), None)
        codes = (*self.edition.every_move, *act.conditions, *(arrival.conditions if arrival else ()))
        to = target_state(arrival, facts) if arrival else None
        return Verdict(to, arrival, tuple(self.collect_reasons(codes, facts)))

    def _allows_arrival(self, move: Move, arrival: Arrival, target: str, event: EventData) -> bool:
        """The first arrival whose circumstances hold is the one that is taken, whatever the rules say of it."""
        token = cast(JudgementModel, event.model)  # the machine knows its models as objects only
        facts = token.facts
        if token.arrival is not None or not when_applies(arrival.when, facts):
            return False
        if arrival.state == BACK and (len(facts.back) <= arrival.forget or facts.back[-1 - arrival.forget] != target):
            return False
        token.arrival = arrival
        token.reasons = self.collect_reasons((*self.edition.every_move, *move.conditions, *arrival.conditions), facts)
        return all(reason.effect == "warn" for reason in token.reasons)

    def collect_reasons(self, codes: tuple[str, ...], facts: Facts) -> list[Reason]:
        """Everything that the conditions find amiss, in their order."""
        reasons = []
        for code in codes:
            condition, when, check = self._rules[code]
            if when is None or when_applies(when, facts):
                reasons += [_make_reason(condition, code, finding) for finding in check(facts, **condition.with_)]
        return reasons


def target_state(arrival: Arrival, facts: Facts) -> str:
    """The state an arrival leads to, ``back`` resolved."""
    if arrival.state != BACK:
        return arrival.state
    return facts.back[-1 - arrival.forget] if len(facts.back) > arrival.forget else facts.state


def needs_return(edition: Edition, state: str) -> bool:
    """Whether a case at ``state`` cannot go on unless it is known where it came from."""
    moves = [move for move in edition.moves.values() if move.from_ != "open" and state in edition.source_states(move)]
    return any(
        any(arrival.state == BACK and not arrival.when.came_from for arrival in move.to)
        or all(arrival.when.came_from for arrival in move.to)
        for move in moves
    )


def return_states(edition: Edition, state: str) -> tuple[str, ...]:
    """The states that a case at ``state`` may have been remembered at on its way there, in the edition's order."""
    returns: set[str] = set()
    seen, todo = {state}, [state]
    while todo:
        current = todo.pop()
        into = [
            (source, arrival)
            for move in edition.moves.values()
            for arrival in move.to
            if arrival.state == current
            for source in edition.source_states(move)
        ]
        remembered = {source for source, arrival in into if arrival.remember}
        returns |= remembered
        passing = {source for source, arrival in into if not remembered and not arrival.forget}
        before = {source for source in passing - seen if needs_return(edition, source)}
        seen |= before
        todo += before
    return tuple(name for name in edition.states if name in returns)


_MACHINES: dict[int, tuple[Edition, EditionMachine]] = {}


def get_machine(edition: Edition) -> EditionMachine:
    """The machine of an edition, built once for each."""
    pair = _MACHINES.get(id(edition))
    if pair is None or pair[0] is not edition:
        pair = _MACHINES[id(edition)] = (edition, EditionMachine(edition))
    return pair[1]
