"""Forms are made from the acts that they enter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from workflow.core.input import FieldFault, InvalidInput
from workflow.office import Office
from workflow.register.acts import ActField, build_act, list_fields
from workflow.register.writer import Who
from workflow.web.context import RequestContext
from workflow.web.form_data import SentForm
from workflow.web.pages.form_field import FormField
from workflow.web.pages.register.form_fields import (
    make_field,
    read_together,
    read_yes_no,
    require_day,
    yes_no_options,
)
from workflow.web.pages.register.form_types import (
    FormSubject,
    FormValues,
    IsAllowed,
    LabelFacts,
    NothingChanged,
    SubjectKind,
    always_offered,
    label_no_facts,
    no_initial_values,
)
from workflow.web.visibility.act_permissions import authorize_act
from workflow.web.visibility.people import resolve_person

Options = Callable[[RequestContext, FormSubject], Mapping[str, str]]
"""What a field is chosen from, by what is sent."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One field of an act as a page asks for it. ``page_name``: what it is called there, if otherwise.

    ``needed``: whether the page insists on it, where it does otherwise than the act. ``unless``: the field of
    the page that stands for it. A field with no options is not asked for, if it may be left out.
    """

    field: str
    page_name: str = ""
    options: Options | None = None
    needed: bool | None = None
    unless: str = ""

    @property
    def name(self) -> str:
        """What the page calls it."""
        return self.page_name or self.field


@dataclass(frozen=True, kw_only=True)
class ActForm:
    """A form that enters an act about its subject; otherwise as a `RegisterForm`.

    ``complete``: what follows from the values that were typed; ``path``: where the page goes with what has
    become.
    """

    subject_kind: SubjectKind
    is_allowed: IsAllowed
    act: type
    command: Callable[[Office, Any, Who], Any]
    asks: Sequence[Ask]
    subject_values: Callable[[FormSubject], Mapping[str, object]]
    complete: Callable[[RequestContext, FormSubject, dict[str, object]], Mapping[str, object]] | None = None
    authorize: Callable[[RequestContext, Any], Who] = authorize_act
    path: Callable[[RequestContext, FormSubject, Any], str | None] | None = None
    is_offered: IsAllowed = always_offered
    initial_values: Callable[[RequestContext, FormSubject], FormValues] = no_initial_values
    first_fields: Sequence[str] = ()
    label_facts: LabelFacts = label_no_facts

    @property
    def _fields(self) -> list[tuple[ActField, Ask]]:
        fields = {field.name: field for field in list_fields(self.act)}
        return [(fields[ask.field], ask) for ask in self.asks]

    def build_fields(self, ctx: RequestContext, subject: FormSubject, _form: SentForm) -> list[FormField]:
        """What is asked for."""
        drawn = (draw_field(ctx, subject, field, ask) for field, ask in self._fields)
        return [field for field in drawn if field is not None]

    def perform(self, ctx: RequestContext, subject: FormSubject, form: SentForm) -> str | None:
        """Enter it; the path that it leads to. Raises as the command does, and `NothingChanged`."""
        typed = _read_fields(ctx, form, self._fields)
        values = self.complete(ctx, subject, typed) if self.complete else typed
        act: Any = build_act(self.act, {**self.subject_values(subject), **values})
        outcome = self.command(ctx.office, act, self.authorize(ctx, act))
        if getattr(outcome, "changed", True) is False:
            raise NothingChanged
        return self.path(ctx, subject, outcome) if self.path else None


def draw_field(ctx: RequestContext, subject: FormSubject, field: ActField, ask: Ask) -> FormField | None:
    """A field as the page draws it; none that has nothing to choose from, and may be left out."""
    needed = field.required if ask.needed is None else ask.needed
    options = ask.options(ctx, subject) if ask.options else {}
    if ask.options and not options and not needed:
        return None
    if field.kind == "yes_no" and not ask.options:
        options = yes_no_options(ctx)
    return make_field(ctx, ask.name, PAGE_TYPES.get(field.kind, "code"), options, needed=needed)


PAGE_TYPES = {
    "day": "date",
    "yes_no": "choice",
    "choice": "choice",
    "rule_name": "choice",
    "unit": "paper",
    "person": "person",
    "rule_names": "several",
}
"""How a page asks for a value; all others are a line."""


def _read_fields(
    ctx: RequestContext, form: SentForm, wanted: Sequence[tuple[ActField, Ask]]
) -> dict[str, object]:
    """What was typed, by the act's fields; what was left empty is left out.

    Raises `InvalidInput` with every fault.
    """
    values = read_together(*(partial(_read_field, ctx, form, field, ask) for field, ask in wanted))
    named = zip((field.name for field, _ in wanted), values, strict=True)
    return {name: value for name, value in named if value is not None}


def _read_field(ctx: RequestContext, form: SentForm, field: ActField, ask: Ask) -> object:
    if ask.unless and form.get_text(ask.unless).strip():
        return None
    text = form.get_text(ask.name).strip()
    if not text and (ask.unless or (field.required if ask.needed is None else ask.needed)):
        raise InvalidInput([FieldFault(ask.name, "missing", {})])
    if field.kind == "rule_names":
        return [name for name in form.get_list(ask.name) if name]
    return _read_text(ctx, form, field, ask.name, text) if text else None


def _read_text(ctx: RequestContext, form: SentForm, field: ActField, name: str, text: str) -> object:
    if field.kind == "day":
        return require_day(form, name)
    if field.kind == "yes_no":
        return read_yes_no(form, name)
    return resolve_person(ctx, name, text) if field.kind == "person" else text
