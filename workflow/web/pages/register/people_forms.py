"""Forms enter people and their memberships."""

from datetime import date

from states.vocabulary import Person
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
from workflow.register.views.outcomes import ChangeResultView, MembershipView, TogetherView
from workflow.register.writer import Who
from workflow.web.context import RequestContext
from workflow.web.form_data import SentForm
from workflow.web.pages.form_field import FormField
from workflow.web.pages.register.act_form import ActForm, Ask, Options, draw_field
from workflow.web.pages.register.form_fields import choose_from
from workflow.web.pages.register.form_types import FormSubject, FormValues, NothingChanged, RegisterForm
from workflow.web.visibility.people import may_keep_person, may_see_person


def _may_enter_people(ctx: RequestContext, _subject: FormSubject) -> bool:
    """Whoever acts for anything: a branch enters the sponsors that it names."""
    return bool(ctx.access.roles_by_unit)


def _may_keep(ctx: RequestContext, subject: FormSubject) -> bool:
    return may_keep_person(ctx, subject.subject_person.unit)


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


FORMS: dict[str, RegisterForm | ActForm] = {
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
