"""Users: those who act for organs, and the roles they hold at units."""

import re
from datetime import date

from states.vocabulary import Person
from workflow.core.input import FieldFault, Mistyped
from workflow.office import Office
from workflow.register.errors import AlreadyKnown, NotARole, UnknownGrant, UnknownUser, WrongLevel
from workflow.register.people import say_anew
from workflow.register.session import Register, edition_on, last_row, named, opened, overlaps
from workflow.register.writer import Who
from workflow.storage.register_snapshot import on
from workflow.storage.tables import GrantRow

_USER = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


def add_user(office: Office, user: str, whom: Person, role: str, unit: str, since: date, who: Who) -> str:
    """Somebody who acts, under the id typed after ``--by``, with a role at a unit; the person's id comes back.

    ``whom``: somebody new, without an id, by name; or somebody known, by id. Of either, ``contact`` (where letters
    go) is taken where it is said; nothing else is read.
    Raises `Mistyped`, `AlreadyKnown`, `UnknownPerson`, `UnknownUnit`, `NotARole`, `WrongLevel`.
    """
    with opened(office, who) as register:
        register.past(since=since)
        if not _USER.fullmatch(user):
            raise Mistyped([FieldFault("user", "bad_id", {"value": user})])
        if user in register.tree.users:
            raise AlreadyKnown(id=user)
        if whom.id:
            register.person(whom.id)
        full_name = "" if whom.id else named(whom.name)
        _check_role(register, role, unit, since)
        id_ = whom.id or register.pen.add_people([Person("", full_name)])[0]
        if whom.contact:
            say_anew(register, id_, {"contact": whom.contact})
        register.pen.add("users", since, id=user, person_id=id_)
        register.pen.add("grants", since, user_id=user, role=role, unit_id=unit)
        return id_


def end_user(office: Office, user: str, last: date, who: Who) -> None:
    """Somebody acts no longer; ``last`` is the last day, for all their roles.

    Raises `Mistyped`, `UnknownUser`, `Ended`.
    """
    with opened(office, who) as register:
        register.past(on=last)
        row = last_row(register.tree.users.get(user, ()), last, user)
        if row is None:
            raise UnknownUser(user=user, on=last)
        register.pen.end("users", row, last)
        for grant in register.tree.grants.get(user, ()):
            if grant.valid_to is None or grant.valid_to > last:
                register.cut("grants", grant, last)


def add_grant(office: Office, user: str, role: str, unit: str, since: date, who: Who) -> None:
    """Another role for somebody who acts.

    Raises `Mistyped`, `UnknownUser`, `UnknownUnit`, `NotARole`, `WrongLevel`, `AlreadyKnown`.
    """
    with opened(office, who) as register:
        register.past(since=since)
        if on(register.tree.users.get(user, ()), since) is None:
            raise UnknownUser(user=user, on=since)
        _check_role(register, role, unit, since)
        if overlaps(_grants(register, user, role, unit), since):
            raise AlreadyKnown(id=f"{user}: {role} @ {unit}")
        register.pen.add("grants", since, user_id=user, role=role, unit_id=unit)


def end_grant(office: Office, user: str, role: str, unit: str, last: date, who: Who) -> None:
    """Somebody holds a role no longer; ``last`` is the last day. Raises `Mistyped`, `UnknownGrant`, `Ended`."""
    with opened(office, who) as register:
        register.past(on=last)
        row = last_row(_grants(register, user, role, unit), last, user)
        if row is None:
            raise UnknownGrant(user=user, role=role, unit=unit, on=last)
        register.pen.end("grants", row, last)


def _grants(register: Register, user: str, role: str, unit: str) -> list[GrantRow]:
    return [row for row in register.tree.grants.get(user, ()) if (row.role, row.unit_id) == (role, unit)]


def _check_role(register: Register, role: str, unit: str, since: date) -> None:
    roles = edition_on(register.office, since).roles
    if role not in roles:
        raise NotARole(role=role, on=since, known=list(roles))
    row = register.unit(unit, since)
    if row.level != roles[role].level:
        raise WrongLevel(unit=unit, level=row.level, wanted=roles[role].level)
