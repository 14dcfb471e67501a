"""A sample's register learns of later changes as its clock moves."""

from datetime import date

from states.vocabulary import Person
from workflow.office import Office
from workflow.operations.sample.scenario import Values
from workflow.register.session import DAY, RegisterSession
from workflow.register.writer import NOBODY
from workflow.storage.engine import Transaction
from workflow.storage.ledger import Ledger
from workflow.storage.register_snapshot import find_row_on, holds_on


def apply_later_changes(office: Office, tx: Transaction, ledger: Ledger, changes: Values) -> None:
    """Write into the register what ``said`` tells of its day.

    What somebody has written there before stands.
    """
    day: date = changes["day"]
    register = RegisterSession(office, tx, ledger, NOBODY)
    if changes["new_unit"]["id"] not in register.snapshot.units:
        register.writer.add_row("units", day, parent=None, authorised=False, **changes["new_unit"])
    _move_units(register, day, changes["moves_up"])
    _end_units(register, day, changes)
    _add_new_user(register, day, changes["new_user"])


def _move_units(register: RegisterSession, day: date, changes: Values) -> None:
    """Units below one that ends stand below another from the day on, with other organs."""
    for rows in register.snapshot.units.values():
        row = find_row_on(rows, day)
        if row is not None and row.parent == changes["under"]:
            register.replace_row(
                "units", row, day, parent=changes["to"], organs=changes["organs"], authorised=False
            )


def _end_units(register: RegisterSession, day: date, changes: Values) -> None:
    for unit in changes["ends"]:
        row = find_row_on(register.snapshot.units.get(unit, ()), day)
        if row is not None:
            register.writer.end_row("units", row, day - DAY, successor=changes["new_unit"]["id"])
    for grants in register.snapshot.grants.values():
        for grant in grants:
            if grant.role in changes["roles_end"] and holds_on(grant, day):
                register.cut_row("grants", grant, day - DAY)


def _add_new_user(register: RegisterSession, day: date, user: Values) -> None:
    if user["user"] in register.snapshot.users:
        return
    person = register.writer.add_people([Person("", **user["person"])])[0]
    register.writer.add_row(
        "memberships", user["person"]["official_since"], person_id=person, status="member"
    )
    register.writer.add_row("users", day, id=user["user"], person_id=person)
    register.writer.add_row("grants", day, user_id=user["user"], role=user["role"], unit_id=user["unit"])
