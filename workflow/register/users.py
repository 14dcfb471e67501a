"""Users: those who act for organs, and the roles they hold at units."""

import re
from datetime import date

from states.vocabulary import Person
from workflow.core.input import FieldFault, InvalidInput
from workflow.office import Office
from workflow.register.errors import AlreadyKnown, NotARole, UnknownGrant, UnknownUser, WrongLevel
from workflow.register.people import update_person
from workflow.register.session import (
    RegisterSession,
    clean_name,
    find_last_row,
    find_overlap,
    open_register,
    register_edition_on,
)
from workflow.register.writer import Who
from workflow.storage.register_snapshot import find_row_on
from workflow.storage.tables.register import GrantRow

_USER = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


def add_user(office: Office, user: str, whom: Person, role: str, unit: str, since: date, who: Who) -> str:
    """Somebody who acts, under the id typed after ``--by``, with a role at a unit; the person's id comes back.

    ``whom``: somebody new, without an id, by name; or somebody known, by id. Of either, ``contact`` (where letters
    go) is taken where it is said; nothing else is read.
    Raises `InvalidInput`, `AlreadyKnown`, `UnknownPerson`, `UnknownUnit`, `NotARole`, `WrongLevel`.
    """
    with open_register(office, who) as register:
        register.check_days(since=since)
        if not _USER.fullmatch(user):
            raise InvalidInput([FieldFault("user", "bad_id", {"value": user})])
        if user in register.snapshot.users:
            raise AlreadyKnown(id=user)
        if whom.id:
            register.get_person_key(whom.id)
        full_name = "" if whom.id else clean_name(whom.name)
        _check_role(register, role, unit, since)
        id_ = whom.id or register.writer.add_people([Person("", full_name)])[0]
        if whom.contact:
            update_person(register, id_, {"contact": whom.contact})
        register.writer.add_row("users", since, id=user, person_id=id_)
        register.writer.add_row("grants", since, user_id=user, role=role, unit_id=unit)
        return id_


def end_user(office: Office, user: str, last: date, who: Who) -> None:
    """Somebody acts no longer; ``last`` is the last day, for all their roles.

    Raises `InvalidInput`, `UnknownUser`, `Ended`.
    """
    with open_register(office, who) as register:
        register.check_days(on=last)
        row = find_last_row(register.snapshot.users.get(user, ()), last, user)
        if row is None:
            raise UnknownUser(user=user, on=last)
        register.writer.end_row("users", row, last)
        for grant in register.snapshot.grants.get(user, ()):
            if grant.valid_to is None or grant.valid_to > last:
                register.cut_row("grants", grant, last)


def add_grant(office: Office, user: str, role: str, unit: str, since: date, who: Who) -> None:
    """Another role for somebody who acts.

    Raises `InvalidInput`, `UnknownUser`, `UnknownUnit`, `NotARole`, `WrongLevel`, `AlreadyKnown`.
    """
    with open_register(office, who) as register:
        register.check_days(since=since)
        if find_row_on(register.snapshot.users.get(user, ()), since) is None:
            raise UnknownUser(user=user, on=since)
        _check_role(register, role, unit, since)
        if find_overlap(_list_grants(register, user, role, unit), since):
            raise AlreadyKnown(id=f"{user}: {role} @ {unit}")
        register.writer.add_row("grants", since, user_id=user, role=role, unit_id=unit)


def end_grant(office: Office, user: str, role: str, unit: str, last: date, who: Who) -> None:
    """Somebody holds a role no longer; ``last`` is the last day. Raises `InvalidInput`, `UnknownGrant`, `Ended`."""
    with open_register(office, who) as register:
        register.check_days(on=last)
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
