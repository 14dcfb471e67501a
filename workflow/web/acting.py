"""What all pages that make an act share: whether it is open, for whom it may be typed, what of a form was filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from states.machine import NotOpen
from states.rulebook import BACK, Edition, Recorded
from workflow import cases
from workflow.casebook import case_view
from workflow.cases import Acted
from workflow.facts import rule_of
from workflow.fields import FieldFault, Mistyped, day_of
from workflow.web.case import Seen
from workflow.web.visit import Hidden, Visit

View = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """An act that somebody wants to make: its rule by today's edition, and for whom it may be typed."""

    here: Visit
    case: Seen
    kind: str
    edition: Edition
    rule: Recorded
    actors: Sequence[str]
    view: View

    @property
    def is_move(self) -> bool:
        """Whether it takes the case on, or leaves it where it is."""
        return self.kind in self.edition.moves

    @property
    def ends(self) -> bool:
        """Whether the case is over with it, whichever way it goes."""
        states = [one.state for one in getattr(self.rule, "to", ())]
        return bool(states) and all(one != BACK and self.edition.states[one].end for one in states)

    @property
    def act(self) -> View | None:
        """The act as the case stands: what is missing so far."""
        return next((one for one in (*self.view["moves"], *self.view["entries"]) if self.kind in one.values()), None)

    def make(self, by: str, on: date, values: Mapping[str, Any], seen: int | None) -> Acted:
        """Make it, for one of its actors.

        Raises `Hidden`, `Mistyped`, `Refused`, `CaseChanged`, `Overtaken`, `NotOpen`; nothing is written then.
        """
        if by not in self.actors:
            raise Hidden
        do = cases.advance if self.is_move else cases.record
        return do(self.here.office, self.case.id, self.kind, on, self.here.who(by), values, seen=seen)


def asked_for(here: Visit, held: Seen, kind: str) -> Asked:
    """Raises `Hidden` for an act that is not this reader's; `NotOpen` for one of another step."""
    edition = here.edition(held.pipeline)
    if kind not in edition.moves and kind not in edition.entries:
        raise Hidden
    view = case_view(here.office, held.id, here.speaks)
    rule = rule_of(edition, kind)
    state = view["state"]["id"]
    if state not in edition.made_from[kind]:
        raise NotOpen(kind, state)
    actors = here.access.actors(edition, edition.organ_of(rule, state), held.unit)
    if not actors:
        raise Hidden
    return Asked(here, held, kind, edition, rule, actors, view)


def day_typed(typed: str) -> date:
    """The day of an act. Raises `Mistyped`."""
    if not typed.strip():
        raise Mistyped([FieldFault("on", "missing", {})])
    try:
        return day_of(typed)
    except ValueError:
        raise Mistyped([FieldFault("on", "not_a_day", {"value": typed[:80]})]) from None


def version_typed(text: str) -> int | None:
    """The version of a case that a form was made from."""
    return int(text) if text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - longer is no version of ours


def is_said(value: object) -> bool:
    """Whether something was filled in."""
    return bool(value.strip()) if isinstance(value, str) else any(str(one).strip() for one in value)  # type: ignore[attr-defined]
