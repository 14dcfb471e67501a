"""Who is told what, and when, as data: the shape of reminders.yaml, and everything that makes one impossible."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import yaml
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from states.calendar.working_days import add_months
from states.rulebook.edition import Edition, Strict, Words
from states.rulebook.sources import LOADER, Misplaced, Source

DEFAULT = Path(__file__).with_name("reminders.yaml")
LEVELS = ("turn", "above", "supervisor")
Watch = Literal["age_limit", "papers_twelve_months", "head_without_case", "no_extended_meeting", "monday", "sweep_late"]
"""What is watched beside clocks; ``workflow.reminders.notices.watches`` says how."""

STEP = re.compile(r"([1-9]\d{0,2})m")


class Step(NamedTuple):
    """So many days or months before (negative) or after a deadline; ``-14d``, ``-6m``, ``+7d`` in the ledger."""

    amount: int
    months: bool = False

    def __str__(self) -> str:
        return f"{self.amount:+d}{'m' if self.months else 'd'}"

    @property
    def before(self) -> bool:
        """Whether it lies before the deadline or on it: its letter then moves earlier, never later."""
        return self.amount <= 0

    def day(self, due: date) -> date:
        """The day on which it falls for a deadline. Raises OverflowError beyond the calendar."""
        return add_months(due, self.amount) if self.months else due + timedelta(days=self.amount)

    def dues(self, first: date, last: date) -> tuple[date, date]:
        """The first and the last deadline whose step falls on a day from ``first`` to ``last``, both inside.

        The first lies after the last where there is none.
        """
        return self._due(first), self._due(last + timedelta(days=1)) - timedelta(days=1)

    def _due(self, day: date) -> date:
        """The earliest deadline whose step does not fall before ``day``."""
        if not self.months:
            return day - timedelta(days=self.amount)
        due = add_months(day, -self.amount) - timedelta(days=3)  # ends of months are clamped by three days at most
        while self.day(due) < day:
            due += timedelta(days=1)
        return due


def _step(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 3650:  # noqa: PLR2004 - ten years
        return Step(-value)
    if isinstance(value, str) and (read := STEP.fullmatch(value)):
        return Step(-int(read[1]), months=True)
    raise ValueError(value)


class Clocks(Strict):
    """Which clocks a reminder is about: all of a kind, or some by name."""

    kind: Literal["legal", "house", "validity", "period"] | None = None
    names: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one(self) -> "Clocks":
        if (self.kind is None) == (not self.names):
            raise ValueError("kind or names")
        return self


class Tell(Strict):
    """Who is told: whoever's turn it is, the level above, the supervisor, or a role; ``from_`` days past the day."""

    who: str
    from_: int | None = Field(default=None, alias="from", ge=0, le=3650)


class Reminder(Strict):
    """One kind of reminder: about clocks or about a watch, at which steps, to whom, in which words."""

    clocks: Clocks | None = None
    watch: Watch | None = None
    before: tuple[Annotated[Step, BeforeValidator(_step)], ...] = ()
    after: tuple[Annotated[int, Field(strict=True, ge=0, le=3650)], ...] = ()
    every: int | None = Field(default=None, ge=1, le=366)
    until: int = Field(default=365, ge=1, le=3660)
    tell: tuple[Tell, ...] = Field(min_length=1)
    optional: bool = False
    about: Words | None = None
    todo: Words

    @model_validator(mode="after")
    def _about_one_thing(self) -> "Reminder":
        if (self.clocks is None) == (self.watch is None) or (self.watch and not self.about):
            raise ValueError("clocks, or a watch with its words")
        return self

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step, those before the deadline first."""
        again = range(self.every, self.until + 1, self.every) if self.every else ()
        return (*self.before, *(Step(days) for days in sorted({*self.after, *again})))

    def told_at(self, step: Step) -> Iterator[str]:
        """Who is told at a step."""
        for one in self.tell:
            if one.from_ is None or (not step.months and step.amount >= one.from_):
                yield one.who


def _time(value: object) -> time:
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004 - pydantic gathers ValueErrors
    return time.fromisoformat(value)


class Hours(Strict):
    """The hours of a working day in which letters go out, in the office's zone."""

    from_: Annotated[time, BeforeValidator(_time)] = Field(alias="from")
    to: Annotated[time, BeforeValidator(_time)]

    @model_validator(mode="after")
    def _in_order(self) -> "Hours":
        if self.from_ >= self.to:
            raise ValueError("from before to")
        return self


class Policy(Strict):
    """Everything an office reminds of."""

    hours: Hours
    reminders: dict[str, Reminder] = Field(min_length=1)

    @cached_property
    def of_clocks(self) -> Mapping[str, Reminder]:
        """The reminders about clocks, by name."""
        return {name: one for name, one in self.reminders.items() if one.clocks}

    @cached_property
    def of_watches(self) -> Mapping[str, Reminder]:
        """The reminders about what is watched, by name."""
        return {name: one for name, one in self.reminders.items() if one.watch}


class BadPolicy(Exception):
    """reminders.yaml cannot be used; every fault at once, each with its line."""

    def __init__(self, file: Path, faults: list[Misplaced]) -> None:
        super().__init__(f"{file}: {faults}")
        self.file, self.faults = file, faults


@dataclass(frozen=True)
class Known:
    """What a policy may name: the clocks and the roles of all editions."""

    clocks: frozenset[str]
    roles: frozenset[str]

    @classmethod
    def of(cls, editions: Iterable[Edition]) -> "Known":
        """All that some edition knows."""
        held = tuple(editions)
        states = {f"house:{name}" for one in held for name, state in one.states.items() if state.house_days}
        clocks = {name for one in held for name in one.clocks} | states
        return cls(frozenset(clocks), frozenset(name for one in held for name in one.roles))


def read_policy(file: Path, known: Known | None = None) -> Policy:
    """Read and check a policy; with ``known``, also that it names nothing unknown. Raises `BadPolicy`."""
    source = _source(file)
    faults = [*source.odd_keys(), *source.keys_twice()]
    if faults:
        raise BadPolicy(file, faults)
    try:
        policy = Policy.model_validate(source.data)
    except ValidationError as error:
        raise BadPolicy(file, [_fault(source, one) for one in error.errors()]) from error
    if known and (faults := list(_unknown(policy, source, known))):
        raise BadPolicy(file, faults)
    return policy


@cache
def default_policy() -> Policy:
    """The policy that an office has as long as it sets no other; a test holds it to the editions."""
    return read_policy(DEFAULT)


def _source(file: Path) -> Source:
    try:
        data = yaml.load(file.read_text(encoding="utf-8"), LOADER)  # noqa: S506 - a safe loader, either one
    except OSError as error:
        raise BadPolicy(file, [Misplaced(file.name, 1, "", "unreadable", error.strerror or "")]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BadPolicy(file, [Misplaced(file.name, mark.line + 1 if mark else 1, "", "not_yaml", "")]) from error
    if not isinstance(data, dict):
        raise BadPolicy(file, [Misplaced(file.name, 1, "", "not_yaml", "")])
    return Source(file, data)


def _fault(source: Source, error: Any) -> Misplaced:
    path = tuple(str(step) for step in error["loc"])
    code = {"extra_forbidden": "unknown_key", "missing": "missing"}.get(error["type"], "shape")
    name = next((step for step in reversed(path) if not step.isdigit()), "")
    return source.fault(path, code, name)


def _unknown(policy: Policy, source: Source, known: Known) -> Iterator[Misplaced]:
    for name, one in policy.reminders.items():
        for clock in one.clocks.names if one.clocks else ():
            if clock not in known.clocks:
                yield source.fault(("reminders", name, "clocks", "names", clock), "unknown_clock", clock)
        for number, tell in enumerate(one.tell):
            if tell.who not in LEVELS and tell.who not in known.roles:
                yield source.fault(("reminders", name, "tell", str(number), "who"), "unknown_role", tell.who)
        if not one.steps:
            yield source.fault(("reminders", name), "never", name)
