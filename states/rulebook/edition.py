"""An edition is data, and this is all that it may say.

How editions are read and checked stands in ``loading``.
"""

from datetime import date
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, PrivateAttr

from states.calendar.months import is_older_than
from states.law.clock_rule import ClockRule
from states.law.sourced_rule import SourcedRule
from states.law.texts import EditionText, LawText, StrictModel, describe_citation
from states.rulebook.requirements import PersonFact, Requirement
from states.vocabulary import Effect, Membership, Text, UnitLine

TURN = "turn"
"""As the organ of an act: the one whose turn it is."""
DECIDER = "decider"
"""As the organ of an act: the committee where it decides itself, else the authority."""
BACK = "back"
"""As a destination: the state that an earlier move left with ``remember``."""


class When(StrictModel):
    """Circumstances under which something of an edition is there; all that are given hold."""

    came_from: tuple[str, ...] = ()
    has: str | None = None
    authorised: bool | None = None
    every: int | None = Field(default=None, ge=2, le=9)
    field: dict[str, str] = Field(default={})


class Condition(SourcedRule):
    """A guard with its parameters, the words for what it finds, and where it comes from.

    ``basis``: ``law`` rests on a source; ``record`` keeps the record consistent with itself and needs none;
    ``house`` is a custom of offices. ``unknown``: what it does where it cannot be told.
    """

    guard: str
    with_: dict[str, str | int | bool | list[str]] = Field(default={}, alias="with")
    when: When = When()
    says: EditionText
    basis: Literal["law", "record", "house"] = "law"
    stated_effect: Effect | None = Field(default=None, alias="effect")
    unknown: Effect | None = None

    @property
    def effect(self) -> Effect:
        """Verified law and the record's consistency refuse, all else warns, unless stated otherwise."""
        return self._effect_if(verified=self.verified)

    def effect_on(self, day: date) -> Effect:
        """What it does on a day: law refuses while a text that was read is in force."""
        return self._effect_if(verified=self.is_verified_on(day))

    def _effect_if(self, *, verified: bool) -> Effect:
        if self.stated_effect == "warn" or (self.stated_effect and self.basis != "law"):
            return self.stated_effect
        return "refuse" if self.basis == "record" or (self.basis == "law" and verified) else "warn"


class FieldRule(StrictModel):
    """One thing that an act may record. ``text`` and ``lines`` are kept encrypted beside the person.

    ``together``: the field with the people, of whom the one at ``place`` has been together with the candidate
    since this day. The day belongs to that pair, and is kept in the register.
    """

    type: Literal[
        "date", "code", "count", "choice", "person", "people", "paper", "unit", "flag", "text", "lines"
    ]
    label: EditionText
    minimum: int = 0
    maximum: int = 1_000_000
    options: dict[str, EditionText] = Field(default={})
    future: bool = False
    together: str | None = None
    place: int = 0


class PaperRule(StrictModel):
    """A paper of the dossier: its place, who supplies it, the field that dates it."""

    order: int
    part: Literal["admission", "recognition"]
    by: str
    dated: str | None
    stale_months: int | None = Field(default=None, ge=1)
    when: When = When()
    title: EditionText

    def is_stale(self, dated: date, considered_on: date | None, today: date) -> bool:
        """Whether it is too old for the branch: on the day that the branch considered, else today."""
        if self.stale_months is None:
            return False
        return is_older_than(dated, self.stale_months, considered_on or today)


class State(StrictModel):
    """A step at which a case can stand."""

    label: EditionText
    turn: str | None = None
    house_days: int | None = None
    clocks: tuple[str, ...] = ()
    only_where: When = When()
    pauses: bool = False
    end: bool = False


class Arrival(StrictModel):
    """Where a move leads under which circumstances, and what it records on the way."""

    state: str
    when: When = When()
    remember: bool = False
    forget: int = 0
    dated: str | None = None
    needs: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    membership: Membership | None = None
    asks: Membership | None = None


class VoteRule(StrictModel):
    """Which body votes with a move, and the condition that states its threshold."""

    body: str
    rule: str


class ActRule(StrictModel):
    """What moves and entries have in common."""

    label: EditionText
    from_: tuple[str, ...] | Literal["open", "anywhere"] = Field(alias="from")
    except_: tuple[str, ...] = Field(default=(), alias="except")
    organ: str
    dated: str
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()
    conditions: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that may be typed, those needed first."""
        return (*self.needs, *self.may)


class Move(ActRule):
    """An act that takes a case to another state. ``asks``: all that this membership requires.

    ``ends_waiver``: it names the sponsors anew, so that whoever replaced one before is asked for again.
    """

    to: tuple[Arrival, ...] = Field(min_length=1)
    vote: VoteRule | None = None
    asks: Membership | None = None
    ends_waiver: bool = False


class Entry(ActRule):
    """An act that leaves the state where it is.

    ``forgets``: what was recorded before and counts no more; clocks that a forgotten day had started stop.
    """

    forgets: tuple[str, ...] = ()
    effect: Literal["paper", "sponsor", "helper", "consent", "extension", "unit", "settle"] | None = None


class Role(StrictModel):
    """A role that users hold at units of one level."""

    label: EditionText
    level: str


class Organ(StrictModel):
    """An organ, the level of the unit it belongs to, and the roles that may type its acts.

    ``falls_to``: the organ whose acts they are where a unit has none of this one.
    """

    label: EditionText
    level: str
    optional: bool = False
    falls_to: str | None = None
    roles: tuple[str, ...]


class CarryOverRule(StrictModel):
    """Where a case goes whose state is no longer there, and why."""

    to: tuple[Arrival, ...]
    because: EditionText


class Edition(StrictModel):
    """The rules of one pipeline as they are in force from one day on.

    ``coverage_level``: the level whose units have a row each in coverage; None: whatever stands next above a
    village.
    """

    pipeline: str
    edition: str
    amends: str | None = None
    builds_on: str | None = None
    in_force: date
    label: EditionText
    regulation: str
    starts_at: str
    coverage_level: str | None = None
    texts: dict[str, LawText] = Field(default={})
    levels: dict[str, EditionText]
    roles: dict[str, Role]
    organs: dict[str, Organ]
    fields: dict[str, FieldRule]
    person_facts: dict[str, PersonFact] = Field(default={})
    papers: dict[str, PaperRule]
    every_move: tuple[str, ...]
    every_entry: tuple[str, ...]
    every_case: tuple[str, ...] = ()
    conditions: dict[str, Condition]
    clocks: dict[str, ClockRule]
    states: dict[str, State]
    moves: dict[str, Move]
    entries: dict[str, Entry]
    carry_over: dict[str, CarryOverRule]
    requirements: dict[str, Requirement] = Field(default={})
    _revision: str = PrivateAttr(default="")

    # An edition is loaded once and equals itself only: what is worked out of it is kept by `functools.cache`.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def model_post_init(self, context: Any) -> None:
        """Take the revision from whoever made the edition of its text."""
        self._revision = (context or {}).get("revision", "")

    @property
    def revision(self) -> str:
        """The digest of all that it says, by which events name it (`released`)."""
        return self._revision

    @property
    def name(self) -> str:
        """``pipeline/edition``, as errors and events call it."""
        return f"{self.pipeline}/{self.edition}"

    def cite(self, rule: SourcedRule, day: date | None = None) -> Text | None:
        """What a rule rests on, in words: as in force on a day, or all of it with from and until when."""
        return describe_citation(rule.citation, self.texts, day)

    def source_states(self, act: ActRule) -> tuple[str, ...]:
        """The states that an act may be made from."""
        if act.from_ == "anywhere":
            return tuple(self.states)
        if act.from_ == "open":
            return tuple(
                name for name, state in self.states.items() if not state.end and name not in act.except_
            )
        return act.from_

    @cached_property
    def sources_by_act(self) -> dict[str, frozenset[str]]:
        """The states from which each move and entry may be made, by its name."""
        return {
            name: frozenset(self.source_states(act)) for name, act in {**self.moves, **self.entries}.items()
        }

    def list_requirements(self, membership: Membership) -> tuple[tuple[str, Requirement], ...]:
        """What a membership requires, by name, in the order of the pipeline: a member's are a probationary
        member's and his own.
        """
        return tuple(
            (name, requirement)
            for name, requirement in self.requirements.items()
            if membership in ("member", requirement.becomes)
        )

    @cached_property
    def required_by_act(self) -> dict[str, tuple[str, ...]]:
        """The conditions that requirements ask of each act, of whatever unit."""
        required: dict[str, tuple[str, ...]] = {}
        for _, requirement in self.list_requirements("member"):
            for act in requirement.acts if requirement.authorised is None else ():
                required[act] = (*required.get(act, ()), *requirement.conditions)
        return required

    def list_own_conditions(self, kind: str) -> tuple[str, ...]:
        """What is asked of an act beside every other: by itself, then by what a membership requires of it."""
        act = self.moves.get(kind) or self.entries[kind]
        return tuple(dict.fromkeys((*act.conditions, *self.required_by_act.get(kind, ()))))

    @cached_property
    def move_day_fields(self) -> frozenset[str]:
        """The fields under which moves record their own days."""
        moves = self.moves.values()
        return frozenset(
            name
            for move in moves
            for name in (move.dated, *(arrival.dated for arrival in move.to if arrival.dated))
        )

    def paper_ends_clock(self, code: str) -> bool:
        """Whether a clock runs until the day that a paper bears, where no act says that day."""
        paper = self.papers.get(code)
        if paper is None or paper.dated is None or paper.dated in self.move_day_fields:
            return False
        return any(
            paper.dated in clock.until and paper.dated != clock.from_ for clock in self.clocks.values()
        )

    def acting_organ(self, act: ActRule, state: str, line: UnitLine) -> str:
        """The organ whose act it is in a line of units; `TURN` and `DECIDER` name one by the line."""
        named = act.organ
        if named == TURN:
            named = self.states[state].turn or "branch"
        elif named == DECIDER:
            named = "committee" if line.authorised and "committee" in line.organs else "authority"
        return self.organ_in_line(named, line)

    def organ_in_line(self, organ: str, line: UnitLine) -> str:
        """The organ that does in a line of units what the rules give to ``organ``: itself where it is
        there, else the one that it falls to.
        """
        rule = self.organs.get(organ)
        if organ in line.organs or rule is None or rule.falls_to is None:
            return organ
        return self.organ_in_line(rule.falls_to, line)

    def turn_in_line(self, state: str, line: UnitLine) -> str | None:
        """The organ whose turn it is at a state in a line of units; None where no organ's."""
        rule = self.states.get(state)
        return self.organ_in_line(rule.turn, line) if rule and rule.turn else None
