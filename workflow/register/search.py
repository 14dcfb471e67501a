"""Finding people: with marks or without, by name, village or commune."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from states.vocabulary import Person
from workflow.core.text import matches, search_key, sort_key
from workflow.office import Office
from workflow.register.person_record import opened_person
from workflow.register.queries import place
from workflow.register.session import rows_on
from workflow.storage import reads
from workflow.storage.engine import Connection
from workflow.storage.register_snapshot import Tree, on
from workflow.storage.tables import PostRow, TenureRow

View = dict[str, Any]


def people_found(office: Office, query: str, day: date | None = None) -> list[View]:
    """People whose name, village or commune, id or user the query finds, in the order of Vietnamese lists.

    An empty query finds everybody. Each: id, name, born, membership on the day, post, unit, commune, secretary, user,
    and the open case. Who holds no post is found where their case stands, else where they act.
    """
    with office.database.reading() as connection:
        tree = office.tree_in(connection)
        day = day or office.day(reads.today(connection))
        known = _Known(connection, tree, day)
        people = [
            opened_person(office.vault, row.id, row.key, row.sealed, tree.membership(row.id, day))
            for row in reads.people(connection)
            if row.key is not None
        ]
    wanted, plain = search_key(query), query.strip()
    found = [view for person in people if _is_meant(view := known.view(person), wanted, plain)]
    return sorted(found, key=lambda one: (sort_key(one["name"]), one["born"] or date.min, one["id"]))


def _is_meant(view: View, wanted: str, plain: str) -> bool:
    if plain and plain in (view["id"], view["user"], view["case"]):
        return True
    places = " ".join(one["name"] for one in (view["unit"], view["commune"]) if one)
    return matches(wanted, search_key(f"{view['name']} {places}"))


class _Known:
    """Where everybody is found on a day."""

    def __init__(self, connection: Connection, tree: Tree, day: date) -> None:
        self.tree, self.day = tree, day
        self.posts = rows_on(connection, PostRow, day, "id")
        tenures = rows_on(connection, TenureRow, day, "post_id").values()
        self.tenures = {row.person_id: row for row in tenures if row.post_id in self.posts}
        self.cases = {row.person_id: row for row in reads.cases(connection) if row.closed_on is None}
        self.users = {row.person_id: id_ for id_, rows in tree.users.items() if (row := on(rows, day))}

    def view(self, person: Person) -> View:
        tenure, case, user = self.tenures.get(person.id), self.cases.get(person.id), self.users.get(person.id)
        unit = self.posts[tenure.post_id].unit_id if tenure else case.unit_id if case else self._acts_at(user)
        return {
            "id": person.id,
            "name": person.name,
            "born": person.born,
            "membership": person.membership,
            "post": tenure.post_id if tenure else None,
            **(place(self.tree, unit, self.day) if unit else {"unit": None, "commune": None}),
            "secretary": tenure.secretary if tenure else False,
            "user": user,
            "case": case.id if case else None,
        }

    def _acts_at(self, user: str | None) -> str | None:
        grant = on(self.tree.grants.get(user, ()), self.day) if user else None
        return grant.unit_id if grant else None


def names_of(office: Office, ids: Iterable[str]) -> dict[str, str]:
    """What people are called."""
    with office.database.reading() as connection:
        rows = reads.people(connection, ids)
        return {row.id: opened_person(office.vault, row.id, row.key, row.sealed).name for row in rows}
