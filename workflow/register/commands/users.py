"""Users are added and ended, with the roles they hold at units."""

import re
from datetime import date

from states.vocabulary import Person
from workflow.core.input import FieldFault, InvalidInput
from workflow.office import Office
from workflow.register.acts import AddGrant, AddUser, EndUser
from workflow.register.commands.people import update_person
from workflow.register.errors import AlreadyKnown, NotARole, UnknownGrant, UnknownUser, WrongLevel
from workflow.register.session import (
    RegisterSession,
    clean_name,
    find_last_row,
    find_overlap,
    open_register,
    register_edition_on,
)
from workflow.register.views.outcomes import EndResultView, GrantResultView, NewUserView
from workflow.register.writer import Who
from workflow.storage.register_snapshot import find_row_on
from workflow.storage.tables.register import GrantRow

_USER = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


def add_user(office: Office, act: AddUser, who: Who) -> NewUserView:
    """Somebody who acts, under the id typed after ``--by``, with a role at a unit.

    ``contact`` is where letters go. Raises `InvalidInput`, `AlreadyKnown`, `UnknownPerson`, `UnknownUnit`,
    `NotARole`, `WrongLevel`.
    """
    with open_register(office, who) as register:
        register.check_days(since=act.since)
        if not _USER.fullmatch(act.user):
            raise InvalidInput([FieldFault("user", "bad_id", {"value": act.user})])
        if act.user in register.snapshot.users:
            raise AlreadyKnown(id=act.user)
        if act.person:
            register.get_person_key(act.person)
        full_name = "" if act.person else clean_name(act.name or "")
        _check_role(register, act.role, act.unit, act.since)
        person = act.person or register.writer.add_people([Person("", full_name)])[0]
        if act.contact:
            update_person(register, person, {"contact": act.contact})
        register.writer.add_row("users", act.since, id=act.user, person_id=person)
        register.writer.add_row("grants", act.since, user_id=act.user, role=act.role, unit_id=act.unit)
        return NewUserView(id=act.user, person=person, role=act.role, unit=act.unit)


def add_grant(office: Office, act: AddGrant, who: Who) -> GrantResultView:
    """Another role for somebody who acts.

    Raises `InvalidInput`, `UnknownUser`, `UnknownUnit`, `NotARole`, `WrongLevel`, `AlreadyKnown`.
    """
    with open_register(office, who) as register:
        register.check_days(since=act.since)
        if find_row_on(register.snapshot.users.get(act.user, ()), act.since) is None:
            raise UnknownUser(user=act.user, on=act.since)
        _check_role(register, act.role, act.unit, act.since)
        if find_overlap(_list_grants(register, act.user, act.role, act.unit), act.since):
            raise AlreadyKnown(id=f"{act.user}: {act.role} @ {act.unit}")
        register.writer.add_row("grants", act.since, user_id=act.user, role=act.role, unit_id=act.unit)
        return GrantResultView(id=act.user, role=act.role, unit=act.unit)


def end_user(office: Office, act: EndUser, who: Who) -> EndResultView:
    """Somebody acts no longer after a last day, or holds only the role that is named no longer.

    Raises `InvalidInput`, `UnknownUser`, `UnknownGrant`, `AlreadyEnded`, `ChangedLater`.
    """
    with open_register(office, who) as register:
        register.check_days(on=act.on)
        if act.role and act.unit:
            _end_grant(register, act.user, act.role, act.unit, act.on)
        else:
            _end_user(register, act.user, act.on)
        return EndResultView(id=act.user, last=act.on)


def _end_user(register: RegisterSession, user: str, last: date) -> None:
    row = find_last_row(register.snapshot.users.get(user, ()), last, user)
    if row is None:
        raise UnknownUser(user=user, on=last)
    register.writer.end_row("users", row, last)
    for grant in register.snapshot.grants.get(user, ()):
        if grant.valid_to is None or grant.valid_to > last:
            register.cut_row("grants", grant, last)


def _end_grant(register: RegisterSession, user: str, role: str, unit: str, last: date) -> None:
    row = find_last_row(_list_grants(register, user, role, unit), last, user)
    if row is None:
        raise UnknownGrant(user=user, role=role, unit=unit, on=last)
    register.writer.end_row("grants", row, last)


def _list_grants(register: RegisterSession, user: str, role: str, unit: str) -> list[GrantRow]:
    return [row for row in register.snapshot.grants.get(user, ()) if (row.role, row.unit_id) == (role, unit)]


def _check_role(register: RegisterSession, role: str, unit: str, since: date) -> None:
    roles = register_edition_on(register.office, since).roles
    if role not in roles:
        raise NotARole(role=role, on=since, known=list(roles))
    row = register.get_unit(unit, since)
    if row.level != roles[role].level:
        raise WrongLevel(unit=unit, level=row.level, wanted=roles[role].level)
