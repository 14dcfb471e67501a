"""A letter's content stands here, before anybody has worded it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from states.vocabulary import Text

Urgency = Literal["late", "soon", "later", "news"]
"""Past its day; within seven days; farther off; no day at all. A letter is grouped in this order."""

RecipientReason = Literal["turn", "above", "supervisor", "role", "nobody", "no_address"]
"""Why somebody is told: it is their turn, they stand above, they supervise, they hold a role; or nobody holds
the role at the unit whose turn it is, or whoever holds it has no address that works."""


@dataclass(frozen=True, slots=True)
class LetterItem:
    """One notice. ``days`` from the letter's day to ``due``: negative once it is past.

    ``case``: the opaque code, None where it is about a post or a branch. ``about``: what is due, in both
    languages (a clock's label, a watch's). ``todo``: what to do next. ``moved_from``: the day it was due
    before. ``place``, ``name``: only where the office lets letters say them. ``why`` nobody or no_address
    makes it a slip: to be printed for whoever has to act, or told by telephone.
    """

    urgency: Urgency
    about: Text
    todo: Text
    why: RecipientReason
    case: str | None = None
    due: date | None = None
    days: int | None = None
    moved_from: date | None = None
    duty: bool = True
    place: str | None = None
    name: str | None = None
    citation: Text | None = None


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One entry in the reader's calendar.

    New, changed (a higher ``sequence``) or cancelled, under one same ``uid``.

    It says a day, what is due and the case's code, like the letter.
    """

    uid: str
    sequence: int
    day: date
    about: Text
    case: str | None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class CommuneCoverage:
    """One row of the weekly letter's coverage.

    Posts, heads who are members, probationary, both in one hand, left.
    """

    name: str
    posts: int
    members: int
    probationary: int
    combined: int
    remaining: int


@dataclass(frozen=True, slots=True)
class MovedCase:
    """A case that moved in the week: its code, the step it came to, the day."""

    case: str
    to: Text
    on: date


@dataclass(frozen=True, slots=True)
class StalledCase:
    """A case past a deadline: its code, its step, whose turn it is, how many days late."""

    case: str
    at: Text
    turn: Text
    days: int


@dataclass(frozen=True, slots=True)
class BackupSummary:
    """Whether there is a good backup: the day on which the newest was tried; whether the rest is in order.

    ``recovery``: whether the key that opens it is on paper.
    """

    state: Literal["held", "failed", "late", "never"]
    day: date | None
    second_away: bool
    recovery: Literal["none", "unconfirmed", "confirmed"]


@dataclass(frozen=True, slots=True)
class WeeklySummary:
    """What a supervisor reads on Monday.

    Coverage in all and per commune, what moved, what is stalled, the seal, the backup.
    """

    since: date
    total: CommuneCoverage
    communes: tuple[CommuneCoverage, ...]
    moved: tuple[MovedCase, ...]
    stalled: tuple[StalledCase, ...]
    seal: str
    backup: BackupSummary


@dataclass(frozen=True, slots=True)
class Letter:
    """All that one person is told on one day, in one letter.

    ``key`` is the letter's own: its Message-ID is made of it and stays the same however often it is written.
    ``written_at`` (aware, UTC) is the date in its head. ``worker_late``: how many days a sweep came late.
    """

    key: str
    to: str
    day: date
    written_at: datetime
    office: str
    items: tuple[LetterItem, ...]
    entries: tuple[CalendarEntry, ...] = ()
    weekly: WeeklySummary | None = None
    worker_late: int = 0
    sample: str | None = None

    @property
    def optional(self) -> bool:
        """Whether the reader may ask not to be sent such letters: nothing in it is duty."""
        return not any(item.duty for item in self.items)
