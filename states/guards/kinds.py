"""A guard is a small function that looks at facts.

It yields the values of every shortcoming it finds; nothing yielded means the rule holds. What it finds is put
into words by the condition of the edition that uses it, which also carries the article. A guard says nothing
about fields that are not known yet: that a move needs a field is said by the move.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from states.vocabulary import Person, Text

Finding = Mapping[str, "str | int | date | Person | Text | None"]
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
