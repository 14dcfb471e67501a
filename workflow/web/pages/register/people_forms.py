"""Forms enter people, their memberships and their cases."""

from collections.abc import Sequence
from datetime import date

from states.rulebook.edition import Edition
from states.rulebook.ways import needs_return, return_states
from states.vocabulary import Person
from workflow.cases.commands.open import adopt_case, open_case
from workflow.cases.commands.people_facts import change_person, set_membership, set_together
from workflow.register.acts import (
    MEMBERSHIPS,
    PERSON_FIELDS,
    ActField,
    AddPerson,
    ChangePerson,
    SetMembership,
    SetTogether,
    list_fields,
)
from workflow.register.commands.people import add_person
from workflow.register.session import PIPELINE
from workflow.register.views.outcomes import ChangeResultView, MembershipView, TogetherView
from workflow.register.writer import Who
from workflow.storage.register_snapshot import BRANCH_ORGAN
from workflow.web.context import Hidden, RequestContext
from workflow.web.form_data import SentForm
from workflow.web.pages.cases.case_page import CaseRef
from workflow.web.pages.cases.field_options import FieldOptions, resolve_field_people
from workflow.web.pages.form_field import FormField
from workflow.web.pages.register.act_form import ActForm, Ask, Options, draw_field
from workflow.web.pages.register.form_fields import (
    choose_from,
    label_units,
    list_directed_units,
    make_field,
    read_together,
    require_choice,
    require_day,
)
from workflow.web.pages.register.form_types import FormSubject, FormValues, NothingChanged, RegisterForm
from workflow.web.visibility.people import may_keep_person, may_see_person


def _may_enter_people(ctx: RequestContext, _subject: FormSubject) -> bool:
    """Whoever acts for anything: a branch enters the sponsors that it names."""
    return bool(ctx.access.roles_by_unit)


def _may_keep(ctx: RequestContext, subject: FormSubject) -> bool:
    return may_keep_person(ctx, subject.subject_person.unit)


def _may_open_case(ctx: RequestContext, subject: FormSubject) -> bool:
    """Whoever keeps the register of somebody, or acts for their branch, opens their case."""
    unit = subject.subject_person.unit
    return _may_keep(ctx, subject) or (
        unit is not None and subject.subject_person.post is not None and bool(_head_actors(ctx, unit))
    )


def _head_actors(ctx: RequestContext, unit: str) -> list[str]:
    return ctx.access.list_actors(ctx.edition(), BRANCH_ORGAN, unit)


def _has_no_case(_ctx: RequestContext, subject: FormSubject) -> bool:
    """No case is open, and it is not a member."""
    return not subject.subject_person.open_cases and subject.subject_person.person.membership == "none"


# --- what is kept of somebody -------------------------------------------------------------------------------


def _draw_person_fields(ctx: RequestContext, subject: FormSubject, _form: SentForm) -> list[FormField]:
    drawn = (
        draw_field(ctx, subject, field, Ask(field=field.name, options=_option_labels(field)))
        for field in list_fields(AddPerson)
    )
    return [field for field in drawn if field is not None]


def _option_labels(field: ActField) -> Options | None:
    return choose_from(field.options, f"page.register.{field.name}") if field.options else None


def _add_person(ctx: RequestContext, _subject: FormSubject, form: SentForm) -> str:
    typed = {
        field.name: form.get_text(field.name) for field in PERSON_FIELDS if form.get_text(field.name).strip()
    }
    person = add_person(ctx.office, AddPerson(details={"name": "", **typed}), ctx.acting_as()).id
    then = form.get_text("then")
    if then and ctx.access.can_see(then):
        return f"/register/enter/hold/{then}?person={person}"
    return f"/register/person/{person}" if may_see_person(ctx, None) else "/register/people"


def person_form_values(person: Person) -> dict[str, str]:
    """What is kept of somebody, as a form holds it."""
    return {field.name: _as_typed(getattr(person, field.name)) for field in PERSON_FIELDS}


def _as_typed(value: object) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return (
        {True: "yes", False: "no", None: ""}[value]
        if value is None or isinstance(value, bool)
        else str(value)
    )


def _current_values(_ctx: RequestContext, subject: FormSubject) -> FormValues:
    return {**person_form_values(subject.subject_person.person)}


def _change_person(ctx: RequestContext, subject: FormSubject, form: SentForm) -> str | None:
    current = person_form_values(subject.subject_person.person)
    changes = {
        name: form.get_text(name)
        for name, value in current.items()
        if name in form.values and form.get_text(name).strip() != value
    }
    act = ChangePerson(person=subject.id, details=changes)
    outcome = change_person(ctx.office, act, ctx.acting_as()) if changes else None
    if outcome is None or not outcome.changed:
        raise NothingChanged
    return _tell_flagged(ctx, subject, outcome)


def _tell_flagged(
    _ctx: RequestContext, subject: FormSubject, outcome: ChangeResultView | MembershipView | TogetherView
) -> str | None:
    """The person's page, which names the cases that got flags by what was set right."""
    cases = "&".join(f"flagged={case.case}" for case in outcome.flagged)
    return f"{subject.back}?{cases}" if cases else None


def _as_oneself(ctx: RequestContext, _act: object) -> Who:
    """`_may_keep` has decided."""
    return ctx.acting_as()


# --- cases --------------------------------------------------------------------------------------------------


def _start_fields(ctx: RequestContext, subject: FormSubject) -> list[FormField]:
    """What every beginning asks for: the day; and the village, of somebody who heads none."""
    fields = [make_field(ctx, "on", "date")]
    if subject.subject_person.post is None:
        branches = [row for row in list_directed_units(ctx) if row.level == ctx.access.branch_level]
        fields.append(make_field(ctx, "unit", "paper", label_units(ctx, branches)))
    return fields


def _pipeline_field(ctx: RequestContext) -> FormField:
    options = choose_from(ctx.office.rulebook.pipelines, "page.register.pipeline")
    return make_field(ctx, "pipeline", "choice", options(ctx, FormSubject()))


def _open_fields(ctx: RequestContext, subject: FormSubject, _form: SentForm) -> list[FormField]:
    return [*_start_fields(ctx, subject), _pipeline_field(ctx)]


def _read_unit(ctx: RequestContext, subject: FormSubject, form: SentForm) -> str | None:
    """The village of the case, where it has to be said. Raises `Hidden` for one that is not the reader's."""
    if subject.subject_person.post is not None:
        return None
    unit = require_choice(form, "unit")
    if not ctx.access.can_manage(unit):
        raise Hidden
    return unit


def _read_pipeline(ctx: RequestContext, form: SentForm) -> str:
    """Which kind of case. Raises `InvalidInput`, `Hidden`."""
    pipeline = require_choice(form, "pipeline")
    if pipeline not in ctx.office.rulebook.pipelines:
        raise Hidden
    return pipeline


def _default_pipeline(_ctx: RequestContext, _subject: FormSubject) -> FormValues:
    return {"pipeline": PIPELINE}


def _open_case(ctx: RequestContext, subject: FormSubject, form: SentForm) -> str:
    on, pipeline, unit = read_together(
        lambda: require_day(form, "on"),
        lambda: _read_pipeline(ctx, form),
        lambda: _read_unit(ctx, subject, form),
    )
    actors = _head_actors(ctx, unit or subject.subject_person.unit or "")
    by = ctx.acting_as(actors[0]) if actors else ctx.acting_as()
    case = open_case(ctx.office, subject.id, on, by, pipeline=pipeline, unit=unit)
    return f"/case/{case}?done=1"


# --- cases from paper ---------------------------------------------------------------------------------------


def _adopt_fields(ctx: RequestContext, subject: FormSubject, form: SentForm) -> list[FormField]:
    """First the kind of case and its step; then the day, and what is known of the steps before it."""
    state = form.get_text("state")
    pipeline = form.get_text("pipeline") or PIPELINE
    edition = ctx.edition(pipeline) if pipeline in ctx.office.rulebook.pipelines else ctx.edition()
    if state not in edition.states or edition.states[state].end:
        states = {
            name: rule.label.in_language(ctx.speaks) for name, rule in edition.states.items() if not rule.end
        }
        return [_pipeline_field(ctx), make_field(ctx, "state", "paper", states)]
    choices = field_options_for(ctx, subject, edition)
    earlier = [
        choices.describe_field(name, edition.fields[name], needed=False)
        for name in _earlier_field_names(edition, state)
    ]
    return [*_start_fields(ctx, subject), *_return_fields(ctx, edition, state), *earlier]


def field_options_for(ctx: RequestContext, subject: FormSubject, edition: Edition) -> FieldOptions:
    """What the fields of a case that is not there yet are chosen from."""
    unit = (
        subject.unit.id
        if subject.unit
        else (subject.placed_person.unit if subject.placed_person else None) or ""
    )
    return FieldOptions(ctx, CaseRef("", 0, edition.pipeline, unit), edition)


def _return_fields(ctx: RequestContext, edition: Edition, state: str) -> list[FormField]:
    """The step that a paused case goes back to, and where from it had come to that one."""
    known = return_states(edition, state)
    if not known:
        return []
    inner = {name: edition.states[name].label.in_language(ctx.speaks) for name in known}
    outer = {
        name
        for inner_state in known
        if needs_return(edition, inner_state)
        for name in return_states(edition, inner_state)
    }
    fields = [make_field(ctx, "came_from", "paper", inner, needed=needs_return(edition, state))]
    if outer:
        labels = {
            name: edition.states[name].label.in_language(ctx.speaks)
            for name in edition.states
            if name in outer
        }
        fields.append(make_field(ctx, "before_that", "paper", labels, needed=False))
    return fields


def _earlier_field_names(edition: Edition, state: str) -> list[str]:
    """The fields of the steps before a step on which something later rests.

    A clock, a condition, a paper, people.
    """
    names = list(edition.states)
    earlier = set(names[: names.index(state)])
    earlier_fields = {
        name
        for move in edition.moves.values()
        if not isinstance(move.from_, str) and earlier & set(edition.source_states(move))
        for name in (move.dated, *move.fields, *(arrival.dated for arrival in move.to if arrival.dated))
    }
    later = edition.move_day_fields | {paper.dated for paper in edition.papers.values() if paper.dated}
    for clock in edition.clocks.values():
        later |= {clock.from_, *clock.or_from, *clock.until}
    for condition in edition.conditions.values():
        for value in condition.with_.values():
            later |= set(value) if isinstance(value, list) else {str(value)}
    kinds = {"date", "choice", "person", "people", "code"}
    return [
        name for name, rule in edition.fields.items() if name in earlier_fields & later and rule.type in kinds
    ]


def _adopt_case(ctx: RequestContext, subject: FormSubject, form: SentForm) -> str:
    pipeline = form.get_text("pipeline")
    edition = ctx.edition(pipeline) if pipeline in ctx.office.rulebook.pipelines else None
    if edition is None or form.get_text("state") not in edition.states:
        raise Hidden
    typed = {
        name: value
        for name, value in form.user_values.items()
        if name in edition.fields and _is_filled(value)
    }

    def resolve_typed_people() -> FormValues:
        return resolve_field_people(ctx, edition, typed)

    on, unit, values = read_together(
        lambda: require_day(form, "on"), lambda: _read_unit(ctx, subject, form), resolve_typed_people
    )
    back = [step for step in (form.get_text("before_that"), form.get_text("came_from")) if step.strip()]
    if back:
        values["came_from"] = back
    state = form.get_text("state")
    case = adopt_case(
        ctx.office, subject.id, state, on, ctx.acting_as(), values, pipeline=pipeline, unit=unit
    )
    return f"/case/{case}?done=1"


def _is_filled(value: str | Sequence[str]) -> bool:
    return bool(value.strip()) if isinstance(value, str) else any(text.strip() for text in value)


FORMS: dict[str, RegisterForm | ActForm] = {
    "open": RegisterForm(
        "person", _may_open_case, _open_fields, _open_case, _has_no_case, initial_values=_default_pipeline
    ),
    "adopt": RegisterForm(
        "person", _may_keep, _adopt_fields, _adopt_case, _has_no_case, first_fields=("pipeline", "state")
    ),
    "set_person": RegisterForm(
        "person", _may_keep, _draw_person_fields, _change_person, initial_values=_current_values
    ),
    "membership": ActForm(
        subject_kind="person",
        is_allowed=_may_keep,
        act=SetMembership,
        command=set_membership,
        asks=[
            Ask(field="status", page_name="membership", options=choose_from(MEMBERSHIPS, "membership")),
            Ask(field="since"),
        ],
        subject_values=lambda subject: {"person": subject.id},
        authorize=_as_oneself,
        path=_tell_flagged,
    ),
    "together": ActForm(
        subject_kind="person",
        is_allowed=_may_keep,
        act=SetTogether,
        command=set_together,
        asks=[Ask(field="candidate"), Ask(field="since")],
        subject_values=lambda subject: {"person": subject.id},
        path=_tell_flagged,
    ),
    "add_person": RegisterForm("", _may_enter_people, _draw_person_fields, _add_person),
}
