"""Finding people: with marks or without, by name, village or commune."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from states.vocabulary import Person
from workflow.core.text import matches_query, search_key, sort_key
from workflow.office import Office
from workflow.register.person_record import decrypt_person
from workflow.register.queries import build_place_view
from workflow.register.session import load_rows_on
from workflow.storage import reads
from workflow.storage.engine import Connection
from workflow.storage.register_snapshot import RegisterSnapshot, find_row_on
from workflow.storage.tables.register import PostRow, TenureRow

View = dict[str, Any]


def find_people(office: Office, query: str, day: date | None = None) -> list[View]:
    """People whose name, village or commune, id or user the query finds, in the order of Vietnamese lists.

    An empty query finds everybody. Each: id, name, born, membership on the day, post, unit, commune, secretary, user,
    and the open case. Who holds no post is found where their case stands, else where they act.
    """
    with office.database.read_transaction() as connection:
        snapshot = office.snapshot_for_reading(connection)
        day = day or office.resolve_day(reads.load_today(connection))
        index = _PeopleIndex(connection, snapshot, day)
        people = [
            decrypt_person(office.vault, row.id, row.key, row.sealed, snapshot.get_membership(row.id, day))
            for row in reads.load_people(connection)
            if row.key is not None
        ]
    wanted, plain = search_key(query), query.strip()
    views = [view for person in people if _matches_person(view := index.build_view(person), wanted, plain)]
    return sorted(views, key=lambda item: (sort_key(item["name"]), item["born"] or date.min, item["id"]))


def _matches_person(view: View, wanted: str, plain: str) -> bool:
    if plain and plain in (view["id"], view["user"], view["case"]):
        return True
    places = " ".join(named_place["name"] for named_place in (view["unit"], view["commune"]) if named_place)
    return matches_query(wanted, search_key(f"{view['name']} {places}"))


class _PeopleIndex:
    """Where everybody is found on a day."""

    def __init__(self, connection: Connection, snapshot: RegisterSnapshot, day: date) -> None:
        self.snapshot, self.day = snapshot, day
        self.posts = load_rows_on(connection, PostRow, day, "id")
        tenures = load_rows_on(connection, TenureRow, day, "post_id").values()
        self.tenures = {row.person_id: row for row in tenures if row.post_id in self.posts}
        self.cases = {row.person_id: row for row in reads.load_cases(connection) if row.closed_on is None}
        self.users = {row.person_id: id_ for id_, rows in snapshot.users.items() if (row := find_row_on(rows, day))}

    def build_view(self, person: Person) -> View:
        tenure, case, user = self.tenures.get(person.id), self.cases.get(person.id), self.users.get(person.id)
        unit = self.posts[tenure.post_id].unit_id if tenure else case.unit_id if case else self._acts_at(user)
        return {
            "id": person.id,
            "name": person.name,
            "born": person.born,
            "membership": person.membership,
            "post": tenure.post_id if tenure else None,
            **(build_place_view(self.snapshot, unit, self.day) if unit else {"unit": None, "commune": None}),
            "secretary": tenure.secretary if tenure else False,
            "user": user,
            "case": case.id if case else None,
        }

    def _acts_at(self, user: str | None) -> str | None:
        grant = find_row_on(self.snapshot.grants.get(user, ()), self.day) if user else None
        return grant.unit_id if grant else None


def load_names(office: Office, ids: Iterable[str]) -> dict[str, str]:
    """What people are called."""
    with office.database.read_transaction() as connection:
        rows = reads.load_people(connection, ids)
        return {row.id: decrypt_person(office.vault, row.id, row.key, row.sealed).name for row in rows}
