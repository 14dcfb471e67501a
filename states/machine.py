"""An edition as one `transitions` machine: which moves are open, where they lead, and every reason why not.

The machine knows no model of its own: each judgement triggers a throw-away `Token`, so nothing is attached, nothing
leaks, and one machine serves every case and thread.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import cast

from transitions import EventData, Machine, MachineError

from states.guards import GUARDS, Found
from states.rulebook.edition import BACK, Arrival, Condition, Edition, Entry, Move, When
from states.vocabulary import Facts, Person, Reason, Text


class NotOpen(Exception):
    """The act cannot be made from the state in which the case stands."""

    def __init__(self, act: str, state: str) -> None:
        super().__init__(f"{act} is not open in {state}")
        self.act, self.state = act, state


class UnknownAct(Exception):
    """The edition has no move or entry of that name."""

    def __init__(self, act: str, known: tuple[str, ...]) -> None:
        super().__init__(act)
        self.act, self.known = act, known


@dataclass(slots=True)
class Token:
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
    def allowed(self) -> bool:
        """Nothing refuses it; warnings go on the record."""
        return all(reason.effect == "warn" for reason in self.reasons)


def holds(when: When, facts: Facts) -> bool:
    """Whether circumstances are as ``when`` wants them."""
    if when.came_from and (not facts.back or facts.back[-1] not in when.came_from):
        return False
    if when.has is not None and when.has not in facts.line.organs:
        return False
    if when.authorised is not None and when.authorised != facts.line.authorised:
        return False
    if when.every is not None and (facts.counts.get(facts.act.kind, 0) + 1) % when.every:
        return False
    return all(facts.value(name) == value for name, value in when.field.items())


ALWAYS = When()


def _reason(condition: Condition, code: str, found: Found) -> Reason:
    """One shortcoming, in words."""
    text = Text(
        *(_worded(words, found, language) for language, words in zip(("vi", "en"), condition.says, strict=True))
    )
    verified = condition.verified or condition.basis == "record"
    return Reason(code, text, condition.citation, verified, condition.effect)


def _worded(words: str, found: Found, language: str) -> str:
    return words.format_map({name: _printed(value, language) for name, value in found.items()})


def _printed(value: object, language: str) -> str:
    if isinstance(value, Person):
        return value.name or value.id
    if isinstance(value, Text):
        return value.in_language(language)
    if hasattr(value, "strftime"):
        return value.strftime("%d/%m/%Y" if language == "vi" else "%Y-%m-%d")  # type: ignore[no-any-return] # a date
    return "…" if value is None else str(value)


class Pathways:
    """An edition's moves as a machine. Build it once per edition: `pathways`."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self._rules = {
            code: (one, None if one.when == ALWAYS else one.when, GUARDS[one.guard].check)
            for code, one in edition.conditions.items()
        }
        self.machine = Machine(
            model=None, states=list(edition.states), initial=edition.starts_at, auto_transitions=False, send_event=True
        )
        for name, move in edition.moves.items():
            for arrival in move.to:
                for source in edition.sources(move):
                    for target in edition.states if arrival.state == BACK else (arrival.state,):
                        condition = partial(self._may_go, move, arrival, target)
                        self.machine.add_transition(name, source, target, conditions=condition)

    def moves_from(self, state: str) -> tuple[str, ...]:
        """The moves that are drawn from a state, in the edition's order."""
        return tuple(name for name, move in self.edition.moves.items() if state in self.edition.sources(move))

    def entries_in(self, state: str) -> tuple[str, ...]:
        """The entries that may be made in a state, in the edition's order."""
        return tuple(name for name, entry in self.edition.entries.items() if state in self.edition.sources(entry))

    def act(self, kind: str) -> Move | Entry:
        """The move or entry of that name. Raises `UnknownAct`."""
        found = self.edition.moves.get(kind) or self.edition.entries.get(kind)
        if found is None:
            raise UnknownAct(kind, (*self.edition.moves, *self.edition.entries))
        return found

    def judge(self, facts: Facts) -> Verdict:
        """Judge an act: arrival, and *all* reasons at once. Raises `UnknownAct`, `NotOpen`."""
        kind = facts.act.kind
        act = self.act(kind)
        if isinstance(act, Entry):
            if facts.state not in self.edition.made_from[kind]:
                raise NotOpen(kind, facts.state)
            codes = (*self.edition.every_entry, *act.conditions)
            return Verdict(None, None, tuple(self.reasons(codes, facts)))
        token = Token(facts.state, facts)
        try:
            moved = self.machine.events[kind].trigger(token)
        except MachineError as error:
            raise NotOpen(kind, facts.state) from error
        if token.arrival is None:
            raise NotOpen(kind, facts.state)
        to = token.state if moved else target_of(token.arrival, facts)
        return Verdict(to, token.arrival, tuple(token.reasons))

    def rejudge(self, facts: Facts) -> Verdict:
        """An act that was made once, judged anew after a correction: where it leads now, and every reason against it.

        It need not be open any more. Raises `UnknownAct`.
        """
        act = self.act(facts.act.kind)
        if isinstance(act, Entry):
            return Verdict(None, None, tuple(self.reasons((*self.edition.every_entry, *act.conditions), facts)))
        arrival = next((one for one in act.to if holds(one.when, facts)), None)
        codes = (*self.edition.every_move, *act.conditions, *(arrival.conditions if arrival else ()))
        to = target_of(arrival, facts) if arrival else None
        return Verdict(to, arrival, tuple(self.reasons(codes, facts)))

    def _may_go(self, move: Move, arrival: Arrival, target: str, event: EventData) -> bool:
        """The first arrival whose circumstances hold is the one that is taken, whatever the rules say of it."""
        token = cast(Token, event.model)  # the machine knows its models as objects only
        facts = token.facts
        if token.arrival is not None or not holds(arrival.when, facts):
            return False
        if arrival.state == BACK and (len(facts.back) <= arrival.forget or facts.back[-1 - arrival.forget] != target):
            return False
        token.arrival = arrival
        token.reasons = self.reasons((*self.edition.every_move, *move.conditions, *arrival.conditions), facts)
        return all(reason.effect == "warn" for reason in token.reasons)

    def reasons(self, codes: tuple[str, ...], facts: Facts) -> list[Reason]:
        """Everything that the conditions find amiss, in their order."""
        found = []
        for code in codes:
            condition, when, check = self._rules[code]
            if when is None or holds(when, facts):
                found += [_reason(condition, code, one) for one in check(facts, **condition.with_)]
        return found


def target_of(arrival: Arrival, facts: Facts) -> str:
    """The state an arrival leads to, ``back`` resolved."""
    if arrival.state != BACK:
        return arrival.state
    return facts.back[-1 - arrival.forget] if len(facts.back) > arrival.forget else facts.state


def needs_return(edition: Edition, state: str) -> bool:
    """Whether a case at ``state`` cannot go on unless it is known where it came from."""
    moves = [move for move in edition.moves.values() if move.from_ != "open" and state in edition.sources(move)]
    return any(
        any(one.state == BACK and not one.when.came_from for one in move.to)
        or all(one.when.came_from for one in move.to)
        for move in moves
    )


def returns_to(edition: Edition, state: str) -> tuple[str, ...]:
    """The states that a case at ``state`` may have been remembered at on its way there, in the edition's order."""
    found: set[str] = set()
    seen, todo = {state}, [state]
    while todo:
        here = todo.pop()
        into = [
            (source, one)
            for move in edition.moves.values()
            for one in move.to
            if one.state == here
            for source in edition.sources(move)
        ]
        remembered = {source for source, one in into if one.remember}
        found |= remembered
        kept = {source for source, one in into if not remembered and not one.forget}
        before = {source for source in kept - seen if needs_return(edition, source)}
        seen |= before
        todo += before
    return tuple(name for name in edition.states if name in found)


_PATHWAYS: dict[int, tuple[Edition, Pathways]] = {}


def pathways(edition: Edition) -> Pathways:
    """The machine of an edition, built once for each."""
    held = _PATHWAYS.get(id(edition))
    if held is None or held[0] is not edition:
        held = _PATHWAYS[id(edition)] = (edition, Pathways(edition))
    return held[1]
