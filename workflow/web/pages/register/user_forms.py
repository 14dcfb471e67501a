"""Forms about users: those who act for organs, and the roles they hold at units."""

from states.vocabulary import Person
from workflow.core.input import FieldFault, Mistyped
from workflow.register import add_grant, add_user, end_grant, end_user
from workflow.storage.tables import UnitRow
from workflow.web.context import Hidden, Visit
from workflow.web.form_data import Form
from workflow.web.pages.register.form_fields import (
    chosen_in,
    day_in,
    directed,
    field,
    together,
    units_offered,
)
from workflow.web.pages.register.form_types import Subject, Verb, View
from workflow.web.visibility.register import grant_views, grants_of, keeps_user, person_meant

AT = "@"
"""Between a role and the unit where it is held."""


def _gives(here: Visit, subject: Subject) -> bool:
    return bool(_roles(here, subject.at))


def _keeps(here: Visit, subject: Subject) -> bool:
    return keeps_user(here, subject.id)


def _roles(here: Visit, unit: UnitRow) -> dict[str, str]:
    """The roles at a unit that are the reader's to give."""
    return {
        name: role.label.in_language(here.speaks)
        for name, role in here.edition().roles.items()
        if role.level == unit.level and here.access.gives(name, unit.id)
    }


def _user_fields(here: Visit, subject: Subject, _form: Form) -> list[View]:
    return [
        field(here, "user", "code"),
        field(here, "full_name", "code", needed=False),
        field(here, "person", "person", needed=False),
        field(here, "contact", "code", needed=False),
        field(here, "role", "choice", _roles(here, subject.at)),
        field(here, "since", "date"),
    ]


def _add_user(here: Visit, subject: Subject, form: Form) -> str:
    known = form.text("person").strip()
    user, role, since, person = together(
        lambda: chosen_in(form, "user"),
        lambda: chosen_in(form, "role"),
        lambda: day_in(form, "since"),
        lambda: person_meant(here, "person", known) if known else chosen_in(form, "full_name") and None,
    )
    if role not in _roles(here, subject.at):
        raise Hidden
    user = user.lower()
    whom = Person(person or "", form.text("full_name"), contact=form.text("contact").strip() or None)
    add_user(here.office, user, whom, role, subject.at.id, since, here.who())
    return f"/register/users?q={user}"


def _given(here: Visit) -> tuple[dict[str, str], list[UnitRow]]:
    """The roles that the reader may give somewhere, and the units where that is."""
    units = [(unit, _roles(here, unit)) for unit in directed(here)]
    roles = {name: label for _, own in units for name, label in own.items()}
    return roles, [unit for unit, own in units if own]


def _grant_fields(here: Visit, _subject: Subject, _form: Form) -> list[View]:
    roles, units = _given(here)
    offered = units_offered(here, units)
    return [field(here, "role", "choice", roles), field(here, "unit", "paper", offered), field(here, "since", "date")]


def _add_grant(here: Visit, subject: Subject, form: Form) -> None:
    role, unit, since = together(
        lambda: chosen_in(form, "role"), lambda: chosen_in(form, "unit"), lambda: day_in(form, "since")
    )
    at = here.tree.unit(unit, here.today)
    if at is not None and here.access.directs(unit) and role not in (offered := _roles(here, at)):
        options = ", ".join(offered.values()) or "–"
        raise Mistyped([FieldFault("role", "not_an_option", {"value": role, "options": options})])
    if not here.access.gives(role, unit):
        raise Hidden
    add_grant(here.office, subject.id, role, unit, since, here.who())


def _held(here: Visit, subject: Subject) -> dict[str, str]:
    """The roles of a user that the reader may end."""
    mine = [grant for grant in grants_of(here, subject.id) if here.access.gives(grant.role, grant.unit_id)]
    return {f"{one['role']}{AT}{one['unit']}": f"{one['label']} – {one['place']}" for one in grant_views(here, mine)}


def _held_fields(here: Visit, subject: Subject, _form: Form) -> list[View]:
    return [field(here, "grant", "choice", _held(here, subject)), field(here, "on", "date")]


def _end_grant(here: Visit, subject: Subject, form: Form) -> None:
    grant, last = together(lambda: chosen_in(form, "grant"), lambda: day_in(form, "on"))
    if grant not in _held(here, subject):
        raise Hidden
    role, unit = grant.split(AT, 1)
    end_grant(here.office, subject.id, role, unit, last, here.who())


def _last_day_alone(here: Visit, _subject: Subject, _form: Form) -> list[View]:
    return [field(here, "on", "date")]


def _end_user(here: Visit, subject: Subject, form: Form) -> str:
    end_user(here.office, subject.id, day_in(form, "on"), here.who())
    return "/register/users"


VERBS = {
    "add_user": Verb("unit", _gives, _user_fields, _add_user),
    "grant": Verb("user", _keeps, _grant_fields, _add_grant),
    "end_grant": Verb("user", _keeps, _held_fields, _end_grant),
    "end_user": Verb("user", _keeps, _last_day_alone, _end_user),
}
