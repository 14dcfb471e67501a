"""Commands answer with what has become of the register."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFlagView:
    """What does not hold any more of an act: the act and the condition."""

    seq: int
    kind: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedCaseView:
    """An open case that got flags because a fact about one of its people was set right."""

    case: str
    flags: tuple[CaseFlagView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeResultView:
    """Whether anything was another than before; the cases that got flags by it."""

    id: str
    changed: bool
    flagged: tuple[FlaggedCaseView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TogetherView:
    """Since when a pair has been together; the cases that got flags by it."""

    id: str
    candidate: str
    since: date
    changed: bool
    flagged: tuple[FlaggedCaseView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndResultView:
    """Something ended, with its last day."""

    id: str
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTermView:
    """A term that began."""

    unit: str
    from_: Annotated[date, Field(serialization_alias="from")]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPostView:
    """A new post."""

    id: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TenureView:
    """Who holds a post now."""

    id: str
    person: str
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedTenureView:
    """Who has left a post, with the last day."""

    id: str
    person: str
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPlanResultView:
    """What is planned now."""

    id: str
    kind: str
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedMeetingView:
    """A meeting that is on record."""

    unit: str
    on: date
    person: str
    came: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipView:
    """What somebody is in the Party now."""

    id: str
    membership: str
    since: date
    flagged: tuple[FlaggedCaseView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUserView:
    """A user with a role."""

    id: str
    person: str
    role: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantResultView:
    """A role that is held now."""

    id: str
    role: str
    unit: str
