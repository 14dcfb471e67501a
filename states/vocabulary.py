"""All rooms share these frozen values, which decide nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple, TypedDict

FieldValue = str | int | list[str] | None
"""One recorded value: a day (ISO), a code, a choice, an id, a count, a list of ids."""

Effect = Literal["refuse", "warn"]
Answer = Literal["met", "not_met", "unknown"]
"""What a condition says: ✓ met, ✗ not met, ? cannot be told, because a fact is missing."""
Membership = Literal["none", "probationary", "member"]


class Text(NamedTuple):
    """The same words in Vietnamese and in English."""

    vi: str
    en: str

    def in_language(self, language: str) -> str:
        """The words in ``language`` ("vi" or "en"; anything else reads Vietnamese)."""
        return self.en if language == "en" else self.vi


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition that an act does not meet, or of which that cannot be told.

    It refuses, or it warns and stays on the record. ``fact``: what is missing, where it cannot be told.
    """

    code: str
    text: Text
    citation: Text | None
    verified: bool
    effect: Effect
    answer: Answer = "not_met"
    fact: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What the rules may know about somebody. Days are office-zone dates.

    ``membership``: on the day that is asked about; None: nothing is on record. ``official_since``: the day
    stated of a sponsor, helper or verifier. ``together_since``: with the candidate whom it is about.
    """

    id: str
    name: str = ""
    born: date | None = None
    sex: Literal["male", "female"] | None = None
    occupation: str | None = None
    home: str | None = None
    education_met: bool | None = None
    contact: str | None = None
    official_since: date | None = None
    together_since: date | None = None
    posts: str | None = None
    membership: Membership | None = None


@dataclass(frozen=True, slots=True)
class UnitLine:
    """The units above and including a branch on one day: organ key -> unit id."""

    unit: str
    organs: Mapping[str, str]
    authorised: bool = False


@dataclass(frozen=True, slots=True)
class BookNumber:
    """A number in the acting organ's book: the other day it was given on, the last one before it."""

    used_on: date | None
    last: int | None
    number: int


@dataclass(frozen=True, slots=True)
class Act:
    """A move or an entry that somebody says happened on a day, with its fields.

    ``by`` is the actor, ``typed`` the account that typed it.
    """

    kind: str
    on: date
    fields: Mapping[str, FieldValue]
    by: str = ""
    typed: str = ""


class MembershipSpan(NamedTuple):
    """What somebody was in the Party by the register, from a day until another one (None: until today)."""

    status: Membership
    since: date
    until: date | None


class OpenFlag(NamedTuple):
    """What no longer holds after a correction and nobody has settled: which act, of which day, why."""

    key: str
    act: Text
    on: date
    text: Text


@dataclass(frozen=True, slots=True)
class EarlierCase:
    """Another case of the same person: its pipeline, where it stands, what it recorded.

    ``open``: its id, while it is open. ``opened_on``: since when.
    """

    pipeline: str
    state: str
    fields: Mapping[str, FieldValue]
    open: str | None = None
    opened_on: date | None = None


class Consent(TypedDict):
    """A written consent, as recorded: its choice of kind, the organ, the paper's number, the day (ISO)."""

    kind: str
    organ: str
    no: str
    on: str


_NO_TEXT = Text("", "")


def _no_book(_code: str) -> "BookNumber | None":
    return None


def _nothing_behind(_membership: Membership) -> Iterable[Reason]:
    return ()


def _no_missing_year(_clock: str) -> int | None:
    return None


def _no_deadline(_clock: str) -> date | None:
    return None


def _no_flags() -> tuple[OpenFlag, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a guard may look at. ``act.fields`` lie over ``known``: the last word on every field.

    ``needs``: what the act itself has to say. An earlier act's word is no answer to it, nor judged as one.
    ``asked``: all that the act may say; what is not typed there yet is not missing on record.
    ``known`` is what was known on the act's day; ``later``: what was recorded of later days too.
    ``starts_of``: the field that each clock starts on. ``flags``: by "seq:code", the event that settled it.
    ``memberships``: the candidate's by the register, those begun by the day of the act, oldest first.
    ``unseen``: what an adoption did not find in the paper
    file. ``find_behind``: what stands against a membership by what the case has behind it.
    """

    act: Act
    state: str
    known: Mapping[str, FieldValue]
    candidate: Person
    line: UnitLine
    people: Mapping[str, Person] = field(default_factory=dict)
    back: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    last_on: date | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    consents: tuple[Consent, ...] = ()
    papers: Mapping[str, str | None] = field(default_factory=dict)
    replaced: tuple[str, ...] = ()
    letters: Mapping[str, str] = field(default_factory=dict)
    answered: frozenset[str] = frozenset()
    arrived: frozenset[str] = frozenset()
    extended: frozenset[str] = frozenset()
    running: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    by_name: str = ""
    typed_name: str = ""
    organ_label: Text = _NO_TEXT
    earlier: tuple[EarlierCase, ...] = ()
    due_of: Callable[[str], date | None] = _no_deadline
    missing_year_of: Callable[[str], int | None] = _no_missing_year
    starts_of: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, Text] = field(default_factory=dict)
    flags: Mapping[str, int | None] = field(default_factory=dict)
    describe_flags: Callable[[], tuple[OpenFlag, ...]] = _no_flags
    memberships: tuple[MembershipSpan, ...] = ()
    booked: Callable[[str], BookNumber | None] = _no_book
    needs: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    later: Mapping[str, FieldValue] = field(default_factory=dict)
    unseen: tuple[Text, ...] = ()
    find_behind: Callable[[Membership], Iterable[Reason]] = _nothing_behind

    def field_value(self, name: str) -> FieldValue:
        """The act's own word on a field, else the last one recorded unless the act must say it, else None."""
        own = self.act.fields.get(name)
        return self.known.get(name) if own is None and name not in self.needs else own

    def field_day(self, name: str) -> date | None:
        value = self.field_value(name)
        return date.fromisoformat(value) if isinstance(value, str) else None

    def recorded_day(self, name: str) -> date | None:
        """A day as the record has it by now, be it later than the act."""
        value = self.field_value(name)
        recorded = self.later.get(name) if value is None and name not in self.needs else value
        return date.fromisoformat(recorded) if isinstance(recorded, str) else None

    def typed_count(self, name: str) -> int | None:
        """A number typed with this very act; counts of earlier acts are theirs."""
        value = self.act.fields.get(name)
        return value if isinstance(value, int) else None

    def named_people(self, name: str) -> tuple[Person, ...]:
        """The people named in a field, in the order named."""
        value = self.field_value(name)
        ids = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return tuple(self.people.get(id_, Person(id_)) for id_ in ids)
