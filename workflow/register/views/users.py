"""Users are listed by name, each with the roles held."""

from dataclasses import dataclass
from datetime import date

from workflow.core.text import sort_key
from workflow.core.views import NamedRef
from workflow.office import Office
from workflow.register.views.people import load_people
from workflow.register.views.places import name_unit, read_snapshot
from workflow.storage.register_snapshot import find_row_on, holds_on


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantView:
    """A role held at a unit."""

    role: str
    unit: NamedRef
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserView:
    """Somebody who acts, with their roles."""

    id: str
    person: str
    name: str
    grants: list[GrantView]
    valid_from: date
    valid_to: date | None


def list_users(office: Office, day: date | None = None) -> list[UserView]:
    """Users by name, with the roles that they hold on a day."""
    with office.database.read_transaction() as connection:
        snapshot, day = read_snapshot(office, connection, day)
        rows = [row for user_rows in snapshot.users.values() if (row := find_row_on(user_rows, day))]
        people = load_people(office, connection, {row.person_id for row in rows}, snapshot=snapshot)
    views = [
        UserView(
            id=row.id,
            person=row.person_id,
            name=people[row.person_id].name,
            grants=[
                GrantView(
                    role=grant.role,
                    unit=name_unit(snapshot, grant.unit_id, day),
                    valid_from=grant.valid_from,
                    valid_to=grant.valid_to,
                )
                for grant in snapshot.grants.get(row.id, ())
                if holds_on(grant, day)
            ],
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in rows
    ]
    return sorted(views, key=lambda view: (sort_key(view.name), view.id))
