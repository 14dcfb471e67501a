"""A guard is a small function that looks at facts.

It has three answers. It yields the values of every shortcoming that it finds (not met), a `MissingFact` for
everything that it would have to know and nobody recorded (cannot be told), and nothing where the rule holds
(met). What it finds is put into words by the condition of the edition that uses it, which also carries the
article. A guard says nothing about fields that the act itself is to say: that a move needs a field is said by
the move.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from states.vocabulary import Facts, Person, Text

Shortcoming = Mapping[str, "str | int | date | Person | Text | None"]


class MissingFact(NamedTuple):
    """What a guard would have to know: a field of the edition, or a fact about a person (``about``)."""

    fact: str
    about: Person | None = None


Finding = Shortcoming | MissingFact
GuardFunction = Callable[..., Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Guard:
    """A kind of rule: its function, and the names its findings may be worded with."""

    check: GuardFunction
    says: frozenset[str]


GUARDS: dict[str, Guard] = {}


def guard(*says: str) -> Callable[[GuardFunction], GuardFunction]:
    """Register a function under its own name as a guard.

    ``says``: the names of the values that its findings carry.
    """

    def register(check: GuardFunction) -> GuardFunction:
        GUARDS[check.__name__] = Guard(check, frozenset(says))
        return check

    return register


def find_missing(facts: Facts, field: str) -> Iterator[Finding]:
    """The field as a missing fact, unless the act itself is to say it."""
    if facts.field_value(field) is None and field not in facts.asked:
        yield MissingFact(field)


def find_untyped(facts: Facts, field: str) -> Iterator[Finding]:
    """A field that the act alone can say as a missing fact: the word of another act is none on it."""
    if facts.act.fields.get(field) is None and field not in facts.asked:
        yield MissingFact(field)
