"""What all pages that make an act share: whether it is open, for whom it may be typed, what of a form was filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from states.machine import NotOpen
from states.rulebook.edition import BACK, Edition, Recorded
from states.rulebook.loading import NoEdition
from workflow.cases.commands import advance
from workflow.cases.commands.advance import Acted
from workflow.cases.facts import rule_of
from workflow.cases.field_input import Known, read_fields
from workflow.cases.views.case_view import case_view
from workflow.core.input import FieldFault, Mistyped, day_of
from workflow.web.context import Hidden, Visit
from workflow.web.pages.cases.case_page import Seen
from workflow.web.pages.cases.field_options import named_people

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

    def read(self, typed: Mapping[str, Any]) -> tuple[date, dict[str, Any]]:
        """The day and the values of one sending, people by their ids. Raises `Mistyped` with every fault of it."""
        said = {name: value for name, value in typed.items() if name != "on" and is_said(value)}
        faults: list[FieldFault] = []
        on, values = None, dict[str, Any]()
        try:
            on = self._day(typed.get("on", ""))
        except Mistyped as error:
            faults += error.faults
        try:
            values = named_people(self.here, self.edition, said)
        except Mistyped as error:
            faults += error.faults
        if on is None or faults:
            raise Mistyped([*faults, *self._also_amiss(said, on, {one.field for one in faults})])
        return on, values

    def _day(self, typed: object) -> date:
        """The day that was typed, if it has come and there were rules for it. Raises `Mistyped`."""
        on, today = day_typed(str(typed)), self.here.today
        if on > today:
            raise Mistyped([FieldFault("on", "in_the_future", {"value": on, "today": today})])
        try:
            self.here.office.rulebook.edition_on(self.case.pipeline, on)
        except NoEdition as error:
            raise no_rules_on(error.day) from None
        return on

    def _also_amiss(self, said: Mapping[str, Any], on: date | None, known: set[str]) -> list[FieldFault]:
        """What else is amiss, beside the fields of which it is known; names have been looked up already."""
        here = self.here
        day = on or here.today
        looked_up = Known(here.today, self.edition, str, lambda unit: here.tree.unit(unit, day) is not None)
        try:
            read_fields(self.rule, said, looked_up, on=on)
        except Mistyped as error:
            return [one for one in error.faults if one.field not in known and one.code != "unknown_person"]
        return []

    def make(self, by: str, on: date, values: Mapping[str, Any], seen: int | None) -> Acted:
        """Make it, for one of its actors.

        Raises `Hidden`, `Mistyped`, `Refused`, `CaseChanged`, `Overtaken`, `NotOpen`; nothing is written then.
        """
        if by not in self.actors:
            raise Hidden
        do = advance.advance if self.is_move else advance.record
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


def no_rules_on(day: date) -> Mistyped:
    """A day before all rules: most often a year typed wrong."""
    return Mistyped([FieldFault("on", "no_edition", {"value": day})])


def version_typed(text: str) -> int | None:
    """The version of a case that a form was made from."""
    return int(text) if text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - longer is no version of ours


def is_said(value: object) -> bool:
    """Whether something was filled in."""
    return bool(value.strip()) if isinstance(value, str) else any(str(one).strip() for one in value)  # type: ignore[attr-defined]
