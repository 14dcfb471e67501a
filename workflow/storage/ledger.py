"""The ledger chains each event to the one before and seals it.

One chain for the whole office: a lost tail, a lost case and an edited event all break it, and a seal once
printed proves everything up to its number. sha256 as in FIPS 180-4; the seal is an HMAC (RFC 2104).
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from states.errors import EXIT_BROKEN, UnknownId, UserError
from workflow.core.crypto import Vault, canonical_json
from workflow.storage.engine import PreparedStatement, Transaction
from workflow.storage.tables.cases import CASES
from workflow.storage.tables.history import EVENTS, OFFICE, PEOPLE, SEAL

GENESIS = bytes(32)


class ChainHead(NamedTuple):
    """The newest event's number and hash, and the newest event of the register."""

    n: int
    hash: bytes
    register_n: int


def hash_event(before: bytes, body: bytes) -> bytes:
    """The hash of an event whose canonical bytes are ``body``, chained to the hash before it."""
    return hashlib.sha256(before + body).digest()


def compute_seal(vault: Vault, head: ChainHead) -> bytes:
    """The office's seal over the head of the history."""
    return vault.compute_mac(b"%d %d " % (head.n, head.register_n) + head.hash)


class UnknownCase(UnknownId):
    """No case has this id."""

    code = "unknown_case"
    advice = "advice.unknown_case"


class SealForged(UserError):
    """The head of the history does not bear the office's seal.

    Somebody wrote into the database beside the program.

    Nothing is recorded on top of it; an honest seal over it would hide what was done. `verify` says where it
    broke.
    """

    code = "seal_forged"
    exit_code = EXIT_BROKEN
    advice = "advice.seal_forged"


class LockedCase(NamedTuple):
    """A case as read under the lock of its transaction."""

    id: str
    pipeline: str
    person: str
    key: bytes | None
    sealed: bytes | None
    version: int
    record: str


# On PostgreSQL the seal is the lock under which writers take turns. It is named first, so that nobody waits
# for anything else; the other rows are locked too because only locked rows are read anew after waiting (READ
# COMMITTED).
_LOCK_HEAD = PreparedStatement(
    sa.select(SEAL.c.n, SEAL.c.hash, SEAL.c.register_n, SEAL.c.mac, OFFICE.c.today, OFFICE.c.basis)
    .select_from(SEAL)
    .join(OFFICE, OFFICE.c.id == SEAL.c.id)
    .where(SEAL.c.id == 1)
    .with_for_update(of=[SEAL, OFFICE])
)
_LOCK_CASE = PreparedStatement(
    sa.select(
        SEAL.c.n,
        SEAL.c.hash,
        SEAL.c.register_n,
        SEAL.c.mac,
        OFFICE.c.today,
        OFFICE.c.basis,
        CASES.c.id,
        CASES.c.pipeline,
        CASES.c.person_id,
        PEOPLE.c.key,
        PEOPLE.c.sealed,
        CASES.c.version,
        CASES.c.record,
    )
    .select_from(SEAL)
    .join(OFFICE, OFFICE.c.id == SEAL.c.id)
    .join(CASES, CASES.c.id == sa.bindparam("case"))
    .join(PEOPLE, PEOPLE.c.id == CASES.c.person_id)
    .where(SEAL.c.id == 1)
    .with_for_update(of=[SEAL, OFFICE, CASES, PEOPLE])
)
_INSERT_EVENT = PreparedStatement(sa.insert(EVENTS))
_UPDATE_SEAL = PreparedStatement(
    sa.update(SEAL)
    .where(SEAL.c.id == sa.bindparam("one"))
    .values({name: sa.bindparam(name) for name in ("n", "hash", "mac", "register_n")})
)
# SQLite would look up every event without a case, ever, in the index of cases: coalesce keeps it to the
# newest by n.
_REGISTER_EVENTS = PreparedStatement(
    sa.select(EVENTS.c.body)
    .where(EVENTS.c.n > sa.bindparam("after"), sa.func.coalesce(EVENTS.c.case_id, "") == "")
    .order_by(EVENTS.c.n)
)


@dataclass
class Ledger:
    """The history at hand in one transaction: append, and the seal follows."""

    tx: Transaction
    vault: Vault
    head: ChainHead
    today: date | None = None
    """The day of a sample office's time machine."""
    basis: str = ""
    """By what the office judges and counts, as its row says under the lock."""

    def append_event(
        self, body: Mapping[str, object], case: str | None = None, seq: int | None = None
    ) -> int:
        """Chain one event on; its number comes back. `close` writes the seal."""
        n = self.head.n + 1
        stored = canonical_json({**body, "n": n})
        digest = hash_event(self.head.hash, stored)
        self.tx.run(_INSERT_EVENT, {"n": n, "case_id": case, "seq": seq, "body": stored, "hash": digest})
        self.head = ChainHead(n, digest, self.head.register_n if case else n)
        return n

    def append_events(self, bodies: Iterable[dict[str, object]]) -> list[int]:
        """Chain many events of the register on at once."""
        rows, head = [], self.head
        for body in bodies:
            n = head.n + 1
            body["n"] = n
            stored = canonical_json(body)
            head = ChainHead(n, hash_event(head.hash, stored), n)
            rows.append({"n": n, "case_id": None, "seq": None, "body": stored, "hash": head.hash})
        if rows:
            self.tx.run_many(_INSERT_EVENT, rows)
        self.head = head
        return [row["n"] for row in rows]  # type: ignore[misc] # n is an int

    def seal_head(self) -> None:
        """Seal the head."""
        head = self.head
        values = {"one": 1, "n": head.n, "hash": head.hash, "register_n": head.register_n}
        self.tx.run(_UPDATE_SEAL, {**values, "mac": compute_seal(self.vault, head)})


def lock_ledger(tx: Transaction, vault: Vault) -> Ledger:
    """Take the head of the history; on PostgreSQL this is the lock under which writers take turns.

    Raises `SealForged`.
    """
    return _build_ledger(tx, vault, tx.run(_LOCK_HEAD, {}).fetchone())


def lock_case(tx: Transaction, vault: Vault, case: str) -> tuple[Ledger, LockedCase]:
    """Take the head of the history and one case. Raises `UnknownCase`, `SealForged`."""
    row = tx.run(_LOCK_CASE, {"case": case}).fetchone()
    if row is None:
        lock_ledger(tx, vault)
        raise UnknownCase(case)
    locked_case = LockedCase(row[6], row[7], row[8], to_bytes(row[9]), to_bytes(row[10]), row[11], row[12])
    return _build_ledger(tx, vault, row), locked_case


def _build_ledger(tx: Transaction, vault: Vault, row: Any) -> Ledger:
    if row is None:
        raise SealForged
    head = ChainHead(row[0], to_bytes(row[1]) or b"", row[2])
    if not hmac.compare_digest(compute_seal(vault, head), to_bytes(row[3]) or b""):
        raise SealForged
    today = date.fromisoformat(row[4]) if isinstance(row[4], str) else row[4]
    return Ledger(tx, vault, head, today, row[5])


def load_case_events(tx: Transaction, case: str) -> Sequence[bytes]:
    """The canonical bytes of a case's events, in order."""
    statement = sa.select(EVENTS.c.body).where(EVENTS.c.case_id == case).order_by(EVENTS.c.seq)
    return [bytes(body) for body in tx.connection.execute(statement).scalars()]


def load_register_events(tx: Transaction, after: int) -> Sequence[bytes]:
    """The canonical bytes of the register's events after the one numbered ``after``, in order."""
    return [bytes(row[0]) for row in tx.run(_REGISTER_EVENTS, {"after": after}).fetchall()]


def to_bytes(value: Any) -> bytes | None:
    """The driver's bytes; text where bytes belong was written by hand, and will fit no seal."""
    return value.encode() if isinstance(value, str) else None if value is None else bytes(value)
