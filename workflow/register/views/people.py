"""People are loaded, named and found.

With marks or without, by name, village or commune.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from states.vocabulary import Membership, Person
from workflow.core.text import matches_query, search_key, sort_key
from workflow.core.views import NamedRef
from workflow.office import Office
from workflow.register.person_record import decrypt_person
from workflow.register.session import load_rows_on
from workflow.register.views.places import name_commune, name_unit, read_snapshot
from workflow.storage import reads
from workflow.storage.engine import Connection
from workflow.storage.register_snapshot import RegisterSnapshot, find_row_on
from workflow.storage.tables.register import PostRow, TenureRow

_FEW = 300
"""Ids that are asked for one by one; beyond, everybody is read."""


def load_people(
    office: Office,
    connection: Connection,
    ids: Collection[str] | None = None,
    *,
    snapshot: RegisterSnapshot | None = None,
    day: date | None = None,
) -> dict[str, Person]:
    """People by id (everybody, without ids); with a day, what they are in the Party on it.

    Somebody who was forgotten has no name left.
    """
    rows = reads.load_people(connection, ids if ids is not None and len(ids) <= _FEW else None)
    register = snapshot or office.snapshot_for_reading(connection)

    def membership_of(person: str) -> Membership:
        return register.get_membership(person, day) if day else "none"

    return {
        row.id: decrypt_person(office.vault, row.id, row.key, row.sealed, membership_of(row.id))
        for row in rows
        if ids is None or row.id in ids
    }


def load_names(office: Office, ids: Iterable[str]) -> dict[str, str]:
    """What people are called."""
    with office.database.read_transaction() as connection:
        return {id_: person.name for id_, person in load_people(office, connection, set(ids)).items()}


# --- finding ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonListRow:
    """Somebody, with the post held, the user that they are, and the open case."""

    id: str
    name: str
    born: date | None
    membership: str
    post: str | None
    unit: NamedRef | None
    commune: NamedRef | None
    secretary: bool
    user: str | None
    case: str | None


def find_people(office: Office, query: str, day: date | None = None) -> list[PersonListRow]:
    """People whose name, place, id, user or open case a query finds, as Vietnamese lists are sorted.

    An empty query finds everybody. Who holds no post is found where their case stands, else where they act.
    """
    with office.database.read_transaction() as connection:
        snapshot, day = read_snapshot(office, connection, day)
        index = _PeopleIndex(connection, snapshot, day)
        people = load_people(office, connection, snapshot=snapshot, day=day)
    wanted, plain = search_key(query), query.strip()
    rows = (index.build_row(person) for person in people.values() if person.name)
    matching = (row for row in rows if _matches_person(row, wanted, plain))
    return sorted(matching, key=lambda row: (sort_key(row.name), row.born or date.min, row.id))


def _matches_person(row: PersonListRow, wanted: str, plain: str) -> bool:
    if plain and (plain == row.user or plain.upper() in (row.id, row.case)):
        return True
    places = " ".join(place.name for place in (row.unit, row.commune) if place)
    return matches_query(wanted, search_key(f"{row.name} {places}"))


class _PeopleIndex:
    """Where everybody is found on a day."""

    def __init__(self, connection: Connection, snapshot: RegisterSnapshot, day: date) -> None:
        self.snapshot, self.day = snapshot, day
        self.posts = load_rows_on(connection, PostRow, day, "id")
        tenures = load_rows_on(connection, TenureRow, day, "post_id").values()
        self.tenures = {row.person_id: row for row in tenures if row.post_id in self.posts}
        self.cases = {row.person_id: row for row in reads.load_cases(connection) if row.closed_on is None}
        self.users = {
            row.person_id: id_ for id_, rows in snapshot.users.items() if (row := find_row_on(rows, day))
        }

    def build_row(self, person: Person) -> PersonListRow:
        tenure, case, user = self.tenures.get(person.id), self.cases.get(person.id), self.users.get(person.id)
        unit = self.posts[tenure.post_id].unit_id if tenure else case.unit_id if case else self._acts_at(user)
        return PersonListRow(
            id=person.id,
            name=person.name,
            born=person.born,
            membership=person.membership or "none",
            post=tenure.post_id if tenure else None,
            unit=name_unit(self.snapshot, unit, self.day) if unit else None,
            commune=name_commune(self.snapshot, unit, self.day) if unit else None,
            secretary=tenure.secretary if tenure else False,
            user=user,
            case=case.id if case else None,
        )

    def _acts_at(self, user: str | None) -> str | None:
        grant = find_row_on(self.snapshot.grants.get(user, ()), self.day) if user else None
        return grant.unit_id if grant else None
