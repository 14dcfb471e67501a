"""Writing into the register: every row is an event of the history first, and the event's number is the row's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from states.vocabulary import Membership, Person
from workflow.core.clock import now
from workflow.office import Office
from workflow.register.person_record import sealed_person
from workflow.storage import writes
from workflow.storage.engine import Work
from workflow.storage.register_snapshot import Tree, on
from workflow.storage.tables import Registered
from workflow.storage.writes import Ledger

COMMON = frozenset({"n", "recorded_on", "retired_on", "retired_n"})


@dataclass(frozen=True)
class Who:
    """Who did it (a user of the register), and who typed it (the account at the keys)."""

    by: str
    typed: str


NOBODY = Who("", "")
"""Days come by themselves, and what a new edition does to a case is nobody's act."""


class Registrar:
    """The register's pen within one transaction."""

    def __init__(self, office: Office, work: Work, ledger: Ledger, who: Who) -> None:
        self.office, self.work, self.ledger, self.who = office, work, ledger, who
        self.today = office.day(ledger.today)

    def found(self, name: str, sample: str | None) -> None:
        """The office begins: its name, and the sample that it is, if it is one. The first event of the history."""
        started = self.ledger.today.isoformat() if self.ledger.today else None
        self.ledger.append({**self._head("found"), "name": name, "sample": sample, "today": started})

    def turn_clock(self, day: date) -> None:
        """From now on it is another day in a sample office."""
        self.ledger.append({**self._head("clock"), "today": day.isoformat()})
        writes.set_today(self.work, day)
        self.ledger.today = self.today = day

    def append_event(self, kind: str, **values: Any) -> int:
        """Append an event that another room keeps rows of; its number comes back."""
        return self.ledger.append({**self._head(kind), **values})

    def add(self, table: str, valid_from: date, valid_to: date | None = None, **values: Any) -> int:
        """A new row; its number comes back."""
        return self.add_many(table, [{"valid_from": valid_from, "valid_to": valid_to, **values}])[0]

    def add_many(self, table: str, rows: Iterable[Mapping[str, Any]]) -> list[int]:
        """New rows of one table at once."""
        held = [dict(row) for row in rows]
        bodies = ({**self._head("register"), "table": table, "row": _plain(row)} for row in held)
        numbers = self.ledger.append_many(list(bodies))
        for row, n in zip(held, numbers, strict=True):
            row |= {"n": n, "recorded_on": self.today}
        writes.register_rows(self.work, table, held)
        return numbers

    def retire(self, table: str, row: Registered) -> None:
        """A row no longer holds. What it said stays readable for any day on which it was believed."""
        n = self.ledger.append_many([{**self._head("retire"), "table": table, "row": row.n}])[0]
        writes.retire(self.work, table, row.n, self.today, n)

    def end(self, table: str, row: Registered, last: date, **changes: Any) -> int:
        """A row holds only until ``last``, that day included."""
        self.retire(table, row)
        values = {name: value for name, value in row.model_dump().items() if name not in COMMON} | changes
        return self.add(table, **(values | {"valid_to": last}))

    def add_people(self, people: Iterable[Person]) -> list[str]:
        """New people, each sealed under a key of their own; an id is given where there is none."""
        vault, rows, bodies = self.office.vault, [], []
        for person in people:
            id_ = person.id or self.office.new_id("P")
            key = vault.new_person_key()
            named = Person(id_, **{name: getattr(person, name) for name in _PERSONAL})
            sealed, digest = sealed_person(vault, key, named)
            rows.append({"id": id_, "key": key, "sealed": sealed})
            bodies.append({**self._head("person"), "person": id_, "digest": digest})
        self.ledger.append_many(bodies)
        writes.add_people(self.work, rows)
        return [str(row["id"]) for row in rows]

    def change_person(self, key: bytes, person: Person) -> None:
        """Say anew what is kept of a person; the history holds the hash of it."""
        sealed, digest = sealed_person(self.office.vault, key, person)
        self.ledger.append_many([{**self._head("person"), "person": person.id, "digest": digest}])
        writes.change_person(self.work, person.id, sealed)

    def enter_membership(self, tree: Tree, person: str, status: Membership, since: date) -> None:
        """From ``since`` on the person is something else in the Party; ``none`` only ends what was."""
        held = on(tree.memberships.get(person, ()), since)
        if held is not None:
            if held.valid_from >= since:
                self.retire("memberships", held)
            else:
                self.end("memberships", held, since - timedelta(days=1))
        if status != "none":
            self.add("memberships", since, person_id=person, status=status)

    def _head(self, kind: str) -> dict[str, Any]:
        return {
            "kind": kind,
            "recorded_on": self.today.isoformat(),
            "recorded_at": now().isoformat(timespec="seconds"),
            "by": self.who.by,
            "typed": self.who.typed,
        }


_PERSONAL = tuple(name for name in Person.__slots__ if name != "id")


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
