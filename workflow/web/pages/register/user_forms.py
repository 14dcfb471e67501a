"""Forms about users: those who act for organs, and the roles they hold at units."""

from states.vocabulary import Person
from workflow.core.input import FieldFault, InvalidInput
from workflow.register.users import add_grant, add_user, end_grant, end_user
from workflow.storage.tables.register import UnitRow
from workflow.web.context import Hidden, RequestContext
from workflow.web.form_data import SentForm
from workflow.web.pages.register.form_fields import (
    label_units,
    list_directed_units,
    make_field,
    read_together,
    require_choice,
    require_day,
)
from workflow.web.pages.register.form_types import FormSubject, RegisterForm, View
from workflow.web.visibility.register import describe_grants, list_grants, may_keep_user, resolve_register_person

AT = "@"
"""Between a role and the unit where it is held."""


def _may_add_user(ctx: RequestContext, subject: FormSubject) -> bool:
    return bool(_role_options(ctx, subject.subject_unit))


def _may_keep(ctx: RequestContext, subject: FormSubject) -> bool:
    return may_keep_user(ctx, subject.id)


def _role_options(ctx: RequestContext, unit: UnitRow) -> dict[str, str]:
    """The roles at a unit that are the reader's to give."""
    return {
        name: role.label.in_language(ctx.speaks)
        for name, role in ctx.edition().roles.items()
        if role.level == unit.level and ctx.access.can_grant(name, unit.id)
    }


def _add_user_fields(ctx: RequestContext, subject: FormSubject, _form: SentForm) -> list[View]:
    return [
        make_field(ctx, "user", "code"),
        make_field(ctx, "full_name", "code", needed=False),
        make_field(ctx, "person", "person", needed=False),
        make_field(ctx, "contact", "code", needed=False),
        make_field(ctx, "role", "choice", _role_options(ctx, subject.subject_unit)),
        make_field(ctx, "since", "date"),
    ]


def _add_user(ctx: RequestContext, subject: FormSubject, form: SentForm) -> str:
    known = form.get_text("person").strip()
    user, role, since, person = read_together(
        lambda: require_choice(form, "user"),
        lambda: require_choice(form, "role"),
        lambda: require_day(form, "since"),
        lambda: resolve_register_person(ctx, "person", known) if known else require_choice(form, "full_name") and None,
    )
    if role not in _role_options(ctx, subject.subject_unit):
        raise Hidden
    user = user.lower()
    whom = Person(person or "", form.get_text("full_name"), contact=form.get_text("contact").strip() or None)
    add_user(ctx.office, user, whom, role, subject.subject_unit.id, since, ctx.acting_as())
    return f"/register/users?q={user}"


def _grantable_roles(ctx: RequestContext) -> tuple[dict[str, str], list[UnitRow]]:
    """The roles that the reader may give somewhere, and the units where that is."""
    units = [(unit, _role_options(ctx, unit)) for unit in list_directed_units(ctx)]
    roles = {name: label for _, own in units for name, label in own.items()}
    return roles, [unit for unit, own in units if own]


def _grant_fields(ctx: RequestContext, _subject: FormSubject, _form: SentForm) -> list[View]:
    roles, units = _grantable_roles(ctx)
    offered = label_units(ctx, units)
    return [
        make_field(ctx, "role", "choice", roles),
        make_field(ctx, "unit", "paper", offered),
        make_field(ctx, "since", "date"),
    ]


def _add_grant(ctx: RequestContext, subject: FormSubject, form: SentForm) -> None:
    role, unit, since = read_together(
        lambda: require_choice(form, "role"), lambda: require_choice(form, "unit"), lambda: require_day(form, "since")
    )
    at = ctx.register.find_unit(unit, ctx.today)
    if at is not None and ctx.access.can_manage(unit) and role not in (offered := _role_options(ctx, at)):
        options = ", ".join(offered.values()) or "–"
        raise InvalidInput([FieldFault("role", "not_an_option", {"value": role, "options": options})])
    if not ctx.access.can_grant(role, unit):
        raise Hidden
    add_grant(ctx.office, subject.id, role, unit, since, ctx.acting_as())


def _endable_roles(ctx: RequestContext, subject: FormSubject) -> dict[str, str]:
    """The roles of a user that the reader may end."""
    mine = [grant for grant in list_grants(ctx, subject.id) if ctx.access.can_grant(grant.role, grant.unit_id)]
    return {
        f"{view['role']}{AT}{view['unit']}": f"{view['label']} – {view['place']}" for view in describe_grants(ctx, mine)
    }


def _end_grant_fields(ctx: RequestContext, subject: FormSubject, _form: SentForm) -> list[View]:
    return [make_field(ctx, "grant", "choice", _endable_roles(ctx, subject)), make_field(ctx, "on", "date")]


def _end_grant(ctx: RequestContext, subject: FormSubject, form: SentForm) -> None:
    grant, last = read_together(lambda: require_choice(form, "grant"), lambda: require_day(form, "on"))
    if grant not in _endable_roles(ctx, subject):
        raise Hidden
    role, unit = grant.split(AT, 1)
    end_grant(ctx.office, subject.id, role, unit, last, ctx.acting_as())


def _last_day_field(ctx: RequestContext, _subject: FormSubject, _form: SentForm) -> list[View]:
    return [make_field(ctx, "on", "date")]


def _end_user(ctx: RequestContext, subject: FormSubject, form: SentForm) -> str:
    end_user(ctx.office, subject.id, require_day(form, "on"), ctx.acting_as())
    return "/register/users"


FORMS = {
    "add_user": RegisterForm("unit", _may_add_user, _add_user_fields, _add_user),
    "grant": RegisterForm("user", _may_keep, _grant_fields, _add_grant),
    "end_grant": RegisterForm("user", _may_keep, _end_grant_fields, _end_grant),
    "end_user": RegisterForm("user", _may_keep, _last_day_field, _end_user),
}
