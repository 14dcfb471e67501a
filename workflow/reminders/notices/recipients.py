"""Recipients hold the role at the unit whose turn it is.

Where that leads nowhere, the unit above.

Never all with a role: always the holders at one unit, found from the unit of the case.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import NamedTuple

from states.rulebook.edition import Edition
from workflow.office import Office
from workflow.register.person_record import decrypt_person
from workflow.reminders.notices import notice_queries
from workflow.storage import writes
from workflow.storage.engine import Transaction
from workflow.storage.register_snapshot import RegisterSnapshot, find_row_on, holds_on

ADDRESS = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+\.[^\s@<>,;:\"]+")


class NoticeReader(NamedTuple):
    """A reader: whose notice it is, in whose letter it stands, and why."""

    user: str
    via: str
    why: str


class Mailbox(NamedTuple):
    """A user with the key of their letters, and the address that works, if there is one."""

    person: str
    key: bytes | None
    address: str | None
    only_duty: bool = False


class RecipientFinder:
    """Finds who is told on one day; each unit is looked up once."""

    def __init__(self, office: Office, work: Transaction, tree: RegisterSnapshot, day: date) -> None:
        self.office, self.work, self.tree, self.day = office, work, tree, day
        self._known_mailboxes = notice_queries.load_mailboxes(work)
        self._mailboxes: dict[str, Mailbox] = {}

    def find_readers(self, edition: Edition, unit: str, organ: str, who: str) -> list[NoticeReader]:
        """The readers for the acts of ``organ`` of ``unit``.

        ``who``: turn, above, supervisor, or a role.
        """
        line = self.tree.find_line(unit, self.day)
        if who == "supervisor":
            organ = "supervisor"
        elif who not in ("turn", "above"):
            return self._readers_by_role(unit, who)
        organ = edition.organ_in_line(organ, line)
        place = line.organs.get(organ)
        if place is None or organ not in edition.organs:
            return []
        if who == "above":
            return [self._resolve_reader(user, place, "above") for user in self._holders_above(place)]
        holders = self._holders(edition, organ, place)
        if not holders:
            return [self._resolve_reader(user, place, "nobody") for user in self._holders_above(place)]
        return [self._resolve_reader(user, place, who) for user in holders]

    def find_mailbox(self, user: str) -> Mailbox:
        """A user's mailbox; returned letters close it until the address changes."""
        mailbox = self._mailboxes.get(user)
        if mailbox is None:
            mailbox = self._mailboxes[user] = self._load_mailbox(user)
        return mailbox

    def holders_at(self, unit: str) -> list[str]:
        """Everybody who holds a role at a unit."""
        return sorted({user for user, _ in self._grants_by_unit.get(unit, ())})

    def reachable_above(self, unit: str) -> str | None:
        """A user with a working address at the nearest unit above."""
        for unit_above in self.tree.units_above(unit, self.day)[1:]:
            for user in self.holders_at(unit_above.id):
                if self.find_mailbox(user).address:
                    return user
        return None

    def first_unit_of(self, user: str) -> str | None:
        """The first unit at which a user holds a role."""
        return next((row.unit_id for row in self.tree.grants.get(user, ()) if holds_on(row, self.day)), None)

    def _readers_by_role(self, unit: str, role: str) -> list[NoticeReader]:
        for unit_above in self.tree.units_above(unit, self.day):
            if holders := [user for user, has in self._grants_by_unit.get(unit_above.id, ()) if has == role]:
                return [self._resolve_reader(user, unit_above.id, "role") for user in holders]
        return []

    def _holders(self, edition: Edition, organ: str, place: str) -> list[str]:
        """Holders at the organ's own level. Officers above may type for it, but it is not their turn."""
        rule = edition.organs[organ]
        for role in (role for role in rule.roles if edition.roles[role].level == rule.level):
            if holders := sorted(user for user, has in self._grants_by_unit.get(place, ()) if has == role):
                return holders
        return []

    def _holders_above(self, place: str) -> list[str]:
        for unit_above in self.tree.units_above(place, self.day)[1:]:
            if holders := self.holders_at(unit_above.id):
                return holders
        return []

    def _resolve_reader(self, user: str, place: str, why: str) -> NoticeReader:
        if self.find_mailbox(user).address:
            return NoticeReader(user, user, why)
        via = self.reachable_above(place)
        return NoticeReader(user, via or user, "no_address")

    @cached_property
    def _grants_by_unit(self) -> Mapping[str, list[tuple[str, str]]]:
        by_unit: dict[str, list[tuple[str, str]]] = {}
        for user, rows in self.tree.grants.items():
            if find_row_on(self.tree.users.get(user, ()), self.day) is None:
                continue
            for row in rows:
                if holds_on(row, self.day):
                    by_unit.setdefault(row.unit_id, []).append((user, row.role))
        return by_unit

    def _load_mailbox(self, user: str) -> Mailbox:
        row = find_row_on(self.tree.users.get(user, ()), self.day)
        if row is None:
            return Mailbox("", None, None)
        key, sealed = writes.load_person_row(self.work, row.person_id)
        contact = decrypt_person(self.office.vault, row.person_id, key, sealed).contact or ""
        match = ADDRESS.search(contact)
        known_mailbox = self._known_mailboxes.get(user)
        address = match[0] if match and key is not None else None
        if (
            address
            and known_mailbox
            and known_mailbox.off_since
            and known_mailbox.address == hash_address(self.office, address)
        ):
            address = None
        return Mailbox(row.person_id, key, address, bool(known_mailbox and known_mailbox.only_duty))


def hash_address(office: Office, address: str) -> bytes:
    """The keyed hash that is stored of a failed address."""
    return office.vault.compute_mac(b"mail " + address.lower().encode())


def list_supervisors(tree: RegisterSnapshot, day: date) -> Iterator[str]:
    """The units that supervise, on a day."""
    for rows in tree.units.values():
        row = find_row_on(rows, day)
        if row is not None and "supervisor" in row.organs.split(","):
            yield row.id
