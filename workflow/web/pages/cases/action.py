"""Pages that make an act share one request for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from states.machine import NotOpen
from states.rulebook.edition import BACK, ActRule, Edition
from states.rulebook.loading import NoEdition
from workflow.cases.commands import advance
from workflow.cases.commands.advance import ActResult
from workflow.cases.field_input import FieldContext, parse_fields
from workflow.cases.judgement.facts import find_rule
from workflow.cases.views.case_view import CaseView, load_case_view
from workflow.cases.views.open_acts import OpenEntryView, OpenMoveView
from workflow.core.input import FieldFault, InvalidInput, parse_day
from workflow.web.context import Hidden, RequestContext
from workflow.web.pages.cases.case_page import CaseRef
from workflow.web.pages.cases.field_options import resolve_field_people


@dataclass(frozen=True)
class ActionRequest:
    """An act to be made: its rule by today's edition, and for whom it may be typed."""

    ctx: RequestContext
    case: CaseRef
    kind: str
    edition: Edition
    rule: ActRule
    actors: Sequence[str]
    view: CaseView

    @property
    def is_move(self) -> bool:
        """Whether it takes the case on, or leaves it where it is."""
        return self.kind in self.edition.moves

    @property
    def ends_case(self) -> bool:
        """Whether the act ends the case, wherever it leads."""
        states = [arrival.state for arrival in getattr(self.rule, "to", ())]
        return bool(states) and all(state != BACK and self.edition.states[state].end for state in states)

    @property
    def act_view(self) -> OpenMoveView | OpenEntryView | None:
        """The act as the case stands: what is missing so far."""
        return next((act for act in self.view.acts if act.name == self.kind), None)

    def read_values(self, typed: Mapping[str, object]) -> tuple[date, dict[str, object]]:
        """The day and the values of one sending, people by their ids. Raises `InvalidInput` with every
        fault of it.
        """
        inputs = {name: value for name, value in typed.items() if name != "on" and is_filled(value)}
        faults: list[FieldFault] = []
        on, values = None, dict[str, object]()
        try:
            on = self._read_day(typed.get("on", ""))
        except InvalidInput as error:
            faults += error.faults
        try:
            values = resolve_field_people(self.ctx, self.edition, inputs)
        except InvalidInput as error:
            faults += error.faults
        if on is None or faults:
            raise InvalidInput(
                [*faults, *self._find_other_faults(inputs, on, {fault.field for fault in faults})]
            )
        return on, values

    def _read_day(self, typed: object) -> date:
        """The day that was typed, if it has come and there were rules for it. Raises `InvalidInput`."""
        on, today = parse_act_day(str(typed)), self.ctx.today
        if on > today:
            raise InvalidInput([FieldFault("on", "in_the_future", {"value": on, "today": today})])
        try:
            self.ctx.office.rulebook.edition_on(self.case.pipeline, on)
        except NoEdition as error:
            raise no_edition_fault(error.day) from None
        return on

    def _find_other_faults(
        self, inputs: Mapping[str, object], on: date | None, known: set[str]
    ) -> list[FieldFault]:
        """What else is amiss, beside the fields of which it is known; names have been looked up already."""
        ctx = self.ctx
        day = on or ctx.today
        lookup = FieldContext(
            ctx.today, self.edition, str, lambda unit: ctx.register.find_unit(unit, day) is not None
        )
        try:
            parse_fields(self.rule, inputs, lookup, on=on)
        except InvalidInput as error:
            return [
                fault for fault in error.faults if fault.field not in known and fault.code != "unknown_person"
            ]
        return []

    def make_act(self, by: str, on: date, values: Mapping[str, object], seen: int | None) -> ActResult:
        """Make the act for one of its actors.

        Raises `Hidden`, `InvalidInput`, `ActRefused`, `CaseChanged`, `CaseOvertaken`, `NotOpen`; nothing is
        written then.
        """
        if by not in self.actors:
            raise Hidden
        do = advance.advance_case if self.is_move else advance.record_entry
        return do(self.ctx.office, self.case.id, self.kind, on, self.ctx.acting_as(by), values, seen=seen)


def load_action(ctx: RequestContext, case_ref: CaseRef, kind: str) -> ActionRequest:
    """The act of a case. Raises `Hidden` if it is not the reader's; `NotOpen` at another step."""
    edition = ctx.edition(case_ref.pipeline)
    if kind not in edition.moves and kind not in edition.entries:
        raise Hidden
    view = load_case_view(ctx.office, case_ref.id, ctx.speaks)
    rule = find_rule(edition, kind)
    state = view.state.id
    if state not in edition.sources_by_act[kind]:
        raise NotOpen(kind, state)
    organ = edition.acting_organ(rule, state, ctx.register.find_line(case_ref.unit, ctx.today))
    actors = ctx.access.list_actors(edition, organ, case_ref.unit)
    if not actors:
        raise Hidden
    return ActionRequest(ctx, case_ref, kind, edition, rule, actors, view)


def parse_act_day(typed: str) -> date:
    """The day of an act. Raises `InvalidInput`."""
    if not typed.strip():
        raise InvalidInput([FieldFault("on", "missing", {})])
    try:
        return parse_day(typed)
    except ValueError:
        raise InvalidInput([FieldFault("on", "not_a_day", {"value": typed[:80]})]) from None


def no_edition_fault(day: date) -> InvalidInput:
    """A day before the first edition: most often a mistyped year."""
    return InvalidInput([FieldFault("on", "no_edition", {"value": day})])


def parse_version(text: str) -> int | None:
    """The version of a case that a form was made from."""
    # longer is no version of ours
    return int(text) if text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - as above


def is_filled(value: object) -> bool:
    """Whether something was filled in."""
    if isinstance(value, str):
        return bool(value.strip())
    return any(str(item).strip() for item in value)  # type: ignore[attr-defined]
