"""Who is told: whoever holds the role at the unit whose turn it is, and where that leads nowhere, the unit above.

Never all with a role: always the holders at one unit, found from the unit of the case.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from states.rulebook.edition import Edition
from workflow.office import Office
from workflow.register.person_record import opened_person
from workflow.reminders.notices import notice_queries
from workflow.storage import writes
from workflow.storage.engine import Work
from workflow.storage.register_snapshot import Tree, holds, on

ADDRESS = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+\.[^\s@<>,;:\"]+")


class Reader(NamedTuple):
    """Whose a notice is, in whose letter it stands, and why they are told."""

    user: str
    via: str
    why: str


class Mailbox(NamedTuple):
    """A user with the key under which their letters are sealed, and the address that works, if there is one."""

    person: str
    key: bytes | None
    address: str | None
    only_duty: bool = False


class Recipients:
    """Who is told on one day, looked up once for each unit."""

    def __init__(self, office: Office, work: Work, tree: Tree, day: date) -> None:
        self.office, self.work, self.tree, self.day = office, work, tree, day
        self._known = notice_queries.mailboxes(work)
        self._mailboxes: dict[str, Mailbox] = {}

    def readers(self, edition: Edition, unit: str, organ: str, who: str) -> list[Reader]:
        """The readers of what ``organ`` of ``unit`` has to do. ``who``: turn, above, supervisor, or a role."""
        line = self.tree.line(unit, self.day).organs
        if who == "supervisor":
            organ = "supervisor"
        elif who not in ("turn", "above"):
            return self._by_role(unit, who)
        place = line.get(organ)
        if place is None or organ not in edition.organs:
            return []
        if who == "above":
            return [self._reached(user, place, "above") for user in self._above(place)]
        held = self._holders(edition, organ, place)
        if not held:
            return [self._reached(user, place, "nobody") for user in self._above(place)]
        return [self._reached(user, place, who) for user in held]

    def mailbox(self, user: str) -> Mailbox:
        """A user's mailbox; letters that came back close it until the address is another."""
        held = self._mailboxes.get(user)
        if held is None:
            held = self._mailboxes[user] = self._opened(user)
        return held

    def at(self, unit: str) -> list[str]:
        """Everybody who holds a role at a unit."""
        return sorted({user for user, _ in self._grants.get(unit, ())})

    def above_with_address(self, unit: str) -> str | None:
        """Whoever can be reached at the nearest unit above."""
        for over in self.tree.above(unit, self.day)[1:]:
            for user in self.at(over.id):
                if self.mailbox(user).address:
                    return user
        return None

    def place_of(self, user: str) -> str | None:
        """The first unit at which a user holds a role."""
        return next((row.unit_id for row in self.tree.grants.get(user, ()) if holds(row, self.day)), None)

    def _by_role(self, unit: str, role: str) -> list[Reader]:
        for over in self.tree.above(unit, self.day):
            if held := [user for user, has in self._grants.get(over.id, ()) if has == role]:
                return [self._reached(user, over.id, "role") for user in held]
        return []

    def _holders(self, edition: Edition, organ: str, place: str) -> list[str]:
        """Those of the organ's own level: officers above may type for it, but it is not their turn."""
        rule = edition.organs[organ]
        for role in (role for role in rule.roles if edition.roles[role].level == rule.level):
            if held := sorted(user for user, has in self._grants.get(place, ()) if has == role):
                return held
        return []

    def _above(self, place: str) -> list[str]:
        for over in self.tree.above(place, self.day)[1:]:
            if held := self.at(over.id):
                return held
        return []

    def _reached(self, user: str, place: str, why: str) -> Reader:
        if self.mailbox(user).address:
            return Reader(user, user, why)
        via = self.above_with_address(place)
        return Reader(user, via or user, "no_address")

    @cached_property
    def _grants(self) -> Mapping[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for user, rows in self.tree.grants.items():
            if on(self.tree.users.get(user, ()), self.day) is None:
                continue
            for row in rows:
                if holds(row, self.day):
                    found.setdefault(row.unit_id, []).append((user, row.role))
        return found

    def _opened(self, user: str) -> Mailbox:
        row = on(self.tree.users.get(user, ()), self.day)
        if row is None:
            return Mailbox("", None, None)
        key, sealed = writes.person_row(self.work, row.person_id)
        contact = opened_person(self.office.vault, row.person_id, key, sealed).contact or ""
        found = ADDRESS.search(contact)
        known: Any = self._known.get(user)
        address = found[0] if found and key is not None else None
        if address and known and known.off_since and known.address == mark_of(self.office, address):
            address = None
        return Mailbox(row.person_id, key, address, bool(known and known.only_duty))


def mark_of(office: Office, address: str) -> bytes:
    """What is kept of an address that failed."""
    return office.vault.mac(b"mail " + address.lower().encode())


def supervisors(tree: Tree, day: date) -> Iterator[str]:
    """The units that supervise, on a day."""
    for rows in tree.units.values():
        row = on(rows, day)
        if row is not None and "supervisor" in row.organs.split(","):
            yield row.id
