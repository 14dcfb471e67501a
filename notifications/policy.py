"""The policy says who is told what, and when."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import yaml
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from states.calendar.months import add_months
from states.errors import UserError
from states.law.texts import EditionText, StrictModel
from states.rulebook.edition import Edition
from states.rulebook.sources import YAML_LOADER, EditionFile, LocatedFault

DEFAULT_POLICY_FILE = Path(__file__).with_name("reminders.yaml")
RECIPIENT_LEVELS = ("turn", "above", "supervisor")
Watch = Literal[
    "age_limit", "papers_twelve_months", "head_without_case", "no_extended_meeting", "monday", "sweep_late"
]
"""What is watched beside clocks; ``workflow.reminders.notices.watches`` says how."""

MONTHS_STEP = re.compile(r"([1-9]\d{0,2})m")


class ReminderStep(NamedTuple):
    """So many days or months before (negative) or after a deadline.

    ``-14d``, ``-6m``, ``+7d`` in the ledger.
    """

    amount: int
    months: bool = False

    def __str__(self) -> str:
        return f"{self.amount:+d}{'m' if self.months else 'd'}"

    @property
    def is_before_due(self) -> bool:
        """Whether the step is on or before the deadline: its letter then moves earlier, never later."""
        return self.amount <= 0

    def compute_day(self, due: date) -> date:
        """The day on which it falls for a deadline. Raises OverflowError beyond the calendar."""
        return add_months(due, self.amount) if self.months else due + timedelta(days=self.amount)

    def find_due_range(self, first: date, last: date) -> tuple[date, date]:
        """The first and the last deadline whose step falls on a day from ``first`` to ``last``, both inside.

        The first lies after the last where there is none.
        """
        return self._earliest_due(first), self._earliest_due(last + timedelta(days=1)) - timedelta(days=1)

    def _earliest_due(self, day: date) -> date:
        """The earliest deadline whose step does not fall before ``day``."""
        if not self.months:
            return day - timedelta(days=self.amount)
        # ends of months are clamped by three days at most
        due = add_months(day, -self.amount) - timedelta(days=3)
        while self.compute_day(due) < day:
            due += timedelta(days=1)
        return due


TEN_YEARS = 3650
"""Days."""


def _parse_step(value: object) -> object:
    if type(value) is int and 0 <= value <= TEN_YEARS:
        return ReminderStep(-value)
    if isinstance(value, str) and (match := MONTHS_STEP.fullmatch(value)):
        return ReminderStep(-int(match[1]), months=True)
    raise ValueError(value)


class ClockSelector(StrictModel):
    """Which clocks a reminder is about: all of a kind, or some by name."""

    kind: Literal["legal", "house", "validity", "period"] | None = None
    names: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check_one_selector(self) -> "ClockSelector":
        if (self.kind is None) == (not self.names):
            raise ValueError("kind or names")
        return self


class RecipientRule(StrictModel):
    """Who is told: whoever's turn it is, the level above, the supervisor, or a role.

    ``from_`` days past the day.
    """

    who: str
    from_: int | None = Field(default=None, alias="from", ge=0, le=3650)


class Reminder(StrictModel):
    """One kind of reminder: about clocks or about a watch, at which steps, to whom, in which words."""

    clocks: ClockSelector | None = None
    watch: Watch | None = None
    before: tuple[Annotated[ReminderStep, BeforeValidator(_parse_step)], ...] = ()
    after: tuple[Annotated[int, Field(strict=True, ge=0, le=3650)], ...] = ()
    every: int | None = Field(default=None, ge=1, le=366)
    until: int = Field(default=365, ge=1, le=3660)
    tell: tuple[RecipientRule, ...] = Field(min_length=1)
    optional: bool = False
    about: EditionText | None = None
    todo: EditionText

    @model_validator(mode="after")
    def _check_subject(self) -> "Reminder":
        if (self.clocks is None) == (self.watch is None) or (self.watch and not self.about):
            raise ValueError("clocks, or a watch with its words")
        return self

    @cached_property
    def steps(self) -> tuple[ReminderStep, ...]:
        """Every step, those before the deadline first."""
        again = range(self.every, self.until + 1, self.every) if self.every else ()
        return (*self.before, *(ReminderStep(days) for days in sorted({*self.after, *again})))

    def recipients_at(self, step: ReminderStep) -> Iterator[str]:
        for rule in self.tell:
            if rule.from_ is None or (not step.months and step.amount >= rule.from_):
                yield rule.who


def _parse_time(value: object) -> time:
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004 - pydantic gathers ValueErrors
    return time.fromisoformat(value)


class SendingHours(StrictModel):
    """The hours of a working day in which letters go out, in the office's zone."""

    from_: Annotated[time, BeforeValidator(_parse_time)] = Field(alias="from")
    to: Annotated[time, BeforeValidator(_parse_time)]

    @model_validator(mode="after")
    def _check_order(self) -> "SendingHours":
        if self.from_ >= self.to:
            raise ValueError("from before to")
        return self


class Policy(StrictModel):
    """All reminders of an office."""

    hours: SendingHours
    reminders: dict[str, Reminder] = Field(min_length=1)

    @cached_property
    def clock_reminders(self) -> Mapping[str, Reminder]:
        return {name: reminder for name, reminder in self.reminders.items() if reminder.clocks}

    @cached_property
    def watch_reminders(self) -> Mapping[str, Reminder]:
        return {name: reminder for name, reminder in self.reminders.items() if reminder.watch}


class BadPolicy(UserError):
    """reminders.yaml cannot be used; every fault at once, each with its line."""

    code = "bad_policy"

    def __init__(self, file: Path, faults: list[LocatedFault]) -> None:
        super().__init__(f"{file}: {faults}")
        self.file, self.faults = file, faults


@dataclass(frozen=True)
class PolicyTerms:
    """What a policy may name: the clocks and the roles of all editions."""

    clocks: frozenset[str]
    roles: frozenset[str]

    @classmethod
    def from_editions(cls, editions: Iterable[Edition]) -> "PolicyTerms":
        all_editions = tuple(editions)
        states = {
            f"house:{name}"
            for edition in all_editions
            for name, state in edition.states.items()
            if state.house_days
        }
        clocks = {name for edition in all_editions for name in edition.clocks} | states
        return cls(frozenset(clocks), frozenset(name for edition in all_editions for name in edition.roles))


def read_policy(file: Path, terms: PolicyTerms | None = None) -> Policy:
    """Read and check a policy; with ``known``, also that it names nothing unknown. Raises `BadPolicy`."""
    source = _load_source(file)
    faults = [*source.find_odd_keys(), *source.find_duplicate_keys()]
    if faults:
        raise BadPolicy(file, faults)
    try:
        policy = Policy.model_validate(source.data)
    except ValidationError as error:
        raise BadPolicy(file, [_to_fault(source, fault) for fault in error.errors()]) from error
    if terms and (faults := list(_find_unknown_terms(policy, source, terms))):
        raise BadPolicy(file, faults)
    return policy


@cache
def default_policy() -> Policy:
    """The policy that an office has as long as it sets no other; a test holds it to the editions."""
    return read_policy(DEFAULT_POLICY_FILE)


def _load_source(file: Path) -> EditionFile:
    try:
        # a safe loader, either one
        data = yaml.load(file.read_text(encoding="utf-8"), YAML_LOADER)  # noqa: S506 - as above
    except OSError as error:
        raise BadPolicy(file, [LocatedFault(file.name, 1, "", "unreadable", error.strerror or "")]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BadPolicy(
            file, [LocatedFault(file.name, mark.line + 1 if mark else 1, "", "not_yaml", "")]
        ) from error
    if not isinstance(data, dict):
        raise BadPolicy(file, [LocatedFault(file.name, 1, "", "not_yaml", "")])
    return EditionFile(file, data)


def _to_fault(source: EditionFile, error: Any) -> LocatedFault:
    path = tuple(str(step) for step in error["loc"])
    code = {"extra_forbidden": "unknown_key", "missing": "missing"}.get(error["type"], "shape")
    name = next((step for step in reversed(path) if not step.isdigit()), "")
    return source.make_fault(path, code, name)


def _find_unknown_terms(policy: Policy, source: EditionFile, terms: PolicyTerms) -> Iterator[LocatedFault]:
    for name, reminder in policy.reminders.items():
        for clock in reminder.clocks.names if reminder.clocks else ():
            if clock not in terms.clocks:
                yield source.make_fault(("reminders", name, "clocks", "names", clock), "unknown_clock", clock)
        for number, tell in enumerate(reminder.tell):
            if tell.who not in RECIPIENT_LEVELS and tell.who not in terms.roles:
                yield source.make_fault(
                    ("reminders", name, "tell", str(number), "who"), "unknown_role", tell.who
                )
        if not reminder.steps:
            yield source.make_fault(("reminders", name), "never", name)
