"""Rows of the register are written as events of the history.

Every row is an event first, and the event's number is the row's own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from states.vocabulary import Membership, Person
from workflow.core.clock import now
from workflow.office import Office
from workflow.register.person_record import encrypt_person
from workflow.storage import writes
from workflow.storage.engine import Transaction
from workflow.storage.ledger import Ledger
from workflow.storage.register_snapshot import RegisterSnapshot, find_row_on
from workflow.storage.tables.register import RegisterRow

BOOKKEEPING_COLUMNS = frozenset({"n", "recorded_on", "retired_on", "retired_n"})


@dataclass(frozen=True)
class Who:
    """The actor (a user of the register) and the account that typed."""

    by: str
    typed: str


NOBODY = Who("", "")
"""Days come by themselves, and what a new edition does to a case is nobody's act."""


class RegisterWriter:
    """Writes register rows and their events within one transaction."""

    def __init__(self, office: Office, tx: Transaction, ledger: Ledger, who: Who) -> None:
        self.office, self.tx, self.ledger, self.who = office, tx, ledger, who
        self.today = office.resolve_day(ledger.today)

    def record_founding(self, name: str, sample: str | None, **values: Any) -> int:
        """Record the first event of the history: the office's name, and its sample if it has one."""
        started = self.ledger.today.isoformat() if self.ledger.today else None
        return self.append_event("found", name=name, sample=sample, today=started, **values)

    def set_today(self, day: date) -> None:
        """Set the day of a sample office."""
        self.ledger.append_event({**self._event_head("clock"), "today": day.isoformat()})
        writes.set_today(self.tx, day)
        self.ledger.today = self.today = day

    def append_event(self, kind: str, **values: Any) -> int:
        """Append an event whose rows another package keeps; returns its number."""
        return self.ledger.append_event({**self._event_head(kind), **values})

    def add_row(self, table: str, valid_from: date, valid_to: date | None = None, **values: Any) -> int:
        """A new row; its number comes back."""
        return self.add_rows(table, [{"valid_from": valid_from, "valid_to": valid_to, **values}])[0]

    def add_rows(self, table: str, rows: Iterable[Mapping[str, object]]) -> list[int]:
        """New rows of one table at once."""
        new_rows = [dict(row) for row in rows]
        bodies = (
            {**self._event_head("register"), "table": table, "row": _to_json_values(row)} for row in new_rows
        )
        numbers = self.ledger.append_events(list(bodies))
        for row, n in zip(new_rows, numbers, strict=True):
            row |= {"n": n, "recorded_on": self.today}
        writes.insert_register_rows(self.tx, table, new_rows)
        return numbers

    def retire_row(self, table: str, row: RegisterRow) -> None:
        """A row no longer holds. What it said stays readable for any day on which it was believed."""
        n = self.ledger.append_events([{**self._event_head("retire"), "table": table, "row": row.n}])[0]
        writes.retire_row(self.tx, table, row.n, self.today, n)

    def end_row(self, table: str, row: RegisterRow, last: date, **changes: Any) -> int:
        """A row holds only until ``last``, that day included."""
        self.retire_row(table, row)
        values = {
            name: value for name, value in row.model_dump().items() if name not in BOOKKEEPING_COLUMNS
        } | changes
        return self.add_row(table, **(values | {"valid_to": last}))

    def add_people(self, people: Iterable[Person]) -> list[str]:
        """Add people, each encrypted under a key of their own; missing ids are made."""
        vault, rows, bodies = self.office.vault, [], []
        for person in people:
            id_ = person.id or self.office.new_id("P")
            key = vault.new_person_key()
            named = replace(person, id=id_)
            sealed, digest = encrypt_person(vault, key, named)
            rows.append({"id": id_, "key": key, "sealed": sealed})
            bodies.append({**self._event_head("person"), "person": id_, "digest": digest})
        self.ledger.append_events(bodies)
        writes.add_people(self.tx, rows)
        return [str(row["id"]) for row in rows]

    def change_person(self, key: bytes, person: Person) -> None:
        """Replace a person's details; the history holds their hash."""
        sealed, digest = encrypt_person(self.office.vault, key, person)
        self.ledger.append_events([{**self._event_head("person"), "person": person.id, "digest": digest}])
        writes.update_person(self.tx, person.id, sealed)

    def set_membership(
        self, snapshot: RegisterSnapshot, person: str, status: Membership, since: date
    ) -> None:
        """Set a person's membership from ``since``; ``none`` only ends the one before."""
        current = find_row_on(snapshot.memberships.get(person, ()), since)
        if current is not None:
            if current.valid_from >= since:
                self.retire_row("memberships", current)
            else:
                self.end_row("memberships", current, since - timedelta(days=1))
        if status != "none":
            self.add_row("memberships", since, person_id=person, status=status)

    def set_together(self, snapshot: RegisterSnapshot, person: str, candidate: str, since: date) -> bool:
        """Set since when somebody has been together with a candidate; False where that was known so."""
        known = snapshot.find_companion(person, candidate)
        if known is not None and known.valid_from == since:
            return False
        if known is not None:
            self.retire_row("companions", known)
        self.add_row("companions", since, person_id=person, candidate_id=candidate)
        return True

    def _event_head(self, kind: str) -> dict[str, Any]:
        return {
            "kind": kind,
            "recorded_on": self.today.isoformat(),
            "recorded_at": now().isoformat(timespec="seconds"),
            "by": self.who.by,
            "typed": self.who.typed,
        }


def _to_json_values(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
