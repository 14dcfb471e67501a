"""Forms enter users and the roles they hold."""

from collections.abc import Mapping

from workflow.core.input import FieldFault, InvalidInput
from workflow.register.acts import AddGrant, AddUser, EndUser
from workflow.register.commands.users import add_grant, add_user, end_user
from workflow.storage.tables.register import UnitRow
from workflow.web.context import Hidden, RequestContext
from workflow.web.pages.register.act_form import ActForm, Ask
from workflow.web.pages.register.form_fields import label_units, list_directed_units
from workflow.web.pages.register.form_types import FormSubject
from workflow.web.visibility.users import describe_grants, list_grants, may_keep_user

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


def _subject_roles(ctx: RequestContext, subject: FormSubject) -> dict[str, str]:
    return _role_options(ctx, subject.subject_unit)


def _in_small_letters(
    _ctx: RequestContext, _subject: FormSubject, values: dict[str, object]
) -> Mapping[str, object]:
    return values | {"user": str(values["user"]).lower()}


def _grantable_roles(ctx: RequestContext) -> tuple[dict[str, str], list[UnitRow]]:
    """The roles that the reader may give somewhere, and the units where that is."""
    units = [(unit, _role_options(ctx, unit)) for unit in list_directed_units(ctx)]
    roles = {name: label for _, own in units for name, label in own.items()}
    return roles, [unit for unit, own in units if own]


def _check_role(
    ctx: RequestContext, _subject: FormSubject, values: dict[str, object]
) -> Mapping[str, object]:
    """A role goes with a unit of its level: which those are is said beside the field."""
    role, unit = str(values["role"]), str(values["unit"])
    at = ctx.register.find_unit(unit, ctx.today)
    if at is not None and ctx.access.can_manage(unit) and role not in (offered := _role_options(ctx, at)):
        options = ", ".join(offered.values()) or "–"
        raise InvalidInput([FieldFault("role", "not_an_option", {"value": role, "options": options})])
    return values


def _endable_roles(ctx: RequestContext, subject: FormSubject) -> dict[str, str]:
    """The roles of a user that the reader may end."""
    mine = [
        grant for grant in list_grants(ctx, subject.id) if ctx.access.can_grant(grant.role, grant.unit_id)
    ]
    return {
        f"{view.role}{AT}{view.unit}": f"{view.label} – {view.place}" for view in describe_grants(ctx, mine)
    }


def _split_grant(
    ctx: RequestContext, subject: FormSubject, values: dict[str, object]
) -> Mapping[str, object]:
    """A role with its unit. Raises `Hidden` for one that is not the reader's to end."""
    if values["role"] not in _endable_roles(ctx, subject):
        raise Hidden
    role, unit = str(values["role"]).split(AT, 1)
    return values | {"role": role, "unit": unit}


def _of_user(subject: FormSubject) -> dict[str, object]:
    return {"user": subject.id}


FORMS = {
    "add_user": ActForm(
        subject_kind="unit",
        is_allowed=_may_add_user,
        act=AddUser,
        command=add_user,
        asks=[
            Ask(field="user"),
            Ask(field="name", page_name="full_name", unless="person"),
            Ask(field="person"),
            Ask(field="contact"),
            Ask(field="role", options=_subject_roles),
            Ask(field="since"),
        ],
        subject_values=lambda subject: {"unit": subject.subject_unit.id},
        complete=_in_small_letters,
        path=lambda _ctx, _subject, user: f"/register/users?q={user.id}",
    ),
    "grant": ActForm(
        subject_kind="user",
        is_allowed=_may_keep,
        act=AddGrant,
        command=add_grant,
        asks=[
            Ask(field="role", options=lambda ctx, _subject: _grantable_roles(ctx)[0]),
            Ask(field="unit", options=lambda ctx, _subject: label_units(ctx, _grantable_roles(ctx)[1])),
            Ask(field="since"),
        ],
        subject_values=_of_user,
        complete=_check_role,
    ),
    "end_grant": ActForm(
        subject_kind="user",
        is_allowed=_may_keep,
        act=EndUser,
        command=end_user,
        asks=[Ask(field="role", page_name="grant", options=_endable_roles, needed=True), Ask(field="on")],
        subject_values=_of_user,
        complete=_split_grant,
    ),
    "end_user": ActForm(
        subject_kind="user",
        is_allowed=_may_keep,
        act=EndUser,
        command=end_user,
        asks=[Ask(field="on")],
        subject_values=_of_user,
        path=lambda _ctx, _subject, _outcome: "/register/users",
    ),
}
