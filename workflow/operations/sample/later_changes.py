"""What the register of a sample learns while its clock moves on: a province joined, a district gone."""

from datetime import date

from states.vocabulary import Person
from workflow.office import Office
from workflow.operations.sample.scenario import Said
from workflow.register.session import DAY, Register
from workflow.register.writer import NOBODY
from workflow.storage.engine import Work
from workflow.storage.register_snapshot import holds, on
from workflow.storage.writes import Ledger


def learn(office: Office, work: Work, ledger: Ledger, said: Said) -> None:
    """Write into the register what ``said`` tells of its day; what somebody has written there before stands."""
    day: date = said["day"]
    register = Register(office, work, ledger, NOBODY)
    if said["new_unit"]["id"] not in register.tree.units:
        register.pen.add("units", day, parent=None, authorised=False, **said["new_unit"])
    _move_up(register, day, said["moves_up"])
    _end(register, day, said)
    _new_user(register, day, said["new_user"])


def _move_up(register: Register, day: date, said: Said) -> None:
    """Units below one that ends stand below another from the day on, with other organs."""
    for rows in register.tree.units.values():
        row = on(rows, day)
        if row is not None and row.parent == said["under"]:
            register.replace("units", row, day, parent=said["to"], organs=said["organs"], authorised=False)


def _end(register: Register, day: date, said: Said) -> None:
    for unit in said["ends"]:
        row = on(register.tree.units.get(unit, ()), day)
        if row is not None:
            register.pen.end("units", row, day - DAY, successor=said["new_unit"]["id"])
    for grants in register.tree.grants.values():
        for grant in grants:
            if grant.role in said["roles_end"] and holds(grant, day):
                register.cut("grants", grant, day - DAY)


def _new_user(register: Register, day: date, said: Said) -> None:
    if said["user"] in register.tree.users:
        return
    person = register.pen.add_people([Person("", **said["person"])])[0]
    register.pen.add("memberships", said["person"]["official_since"], person_id=person, status="member")
    register.pen.add("users", day, id=said["user"], person_id=person)
    register.pen.add("grants", day, user_id=said["user"], role=said["role"], unit_id=said["unit"])
