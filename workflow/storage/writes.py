"""All SQL by intent. Every function works within the transaction of the `Transaction` it is given; nothing here commits."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from workflow.core.crypto import Vault, canonical_json
from workflow.storage import schema
from workflow.storage.chain import GENESIS, ChainHead, compute_seal, hash_event
from workflow.storage.engine import PreparedStatement, Transaction
from workflow.storage.tables import (
    REGISTER,
    CaseRow,
    ClockRow,
    EventRow,
    OfficeRow,
    PersonRow,
    SealRow,
    TextRow,
    VoteRow,
    table_of,
)

SEAL, EVENTS, CASES, PEOPLE, CLOCKS, VOTES, TEXTS, OFFICE = (
    table_of(model) for model in (SealRow, EventRow, CaseRow, PersonRow, ClockRow, VoteRow, TextRow, OfficeRow)
)
REGISTER_TABLES = {name: table_of(model) for name, model in REGISTER.items()}


class UnknownCase(LookupError):
    """No case has this id."""


class UnknownPerson(LookupError):
    """No person has this id."""


class CaseOvertaken(Exception):
    """Somebody else changed the case since it was read."""


class SealForged(Exception):
    """The head of the history does not bear the office's seal: somebody wrote into the database beside the program.

    Nothing is recorded on top of it; an honest seal over it would hide what was done. `verify` says where it broke.
    """


class LockedCase(NamedTuple):
    """A case as read under the lock of its transaction."""

    id: str
    pipeline: str
    person: str
    key: bytes | None
    sealed: bytes | None
    version: int
    record: str


# On PostgreSQL the seal is the lock under which writers take turns. It is named first, so that nobody waits for
# anything else; the other rows are locked too because only locked rows are read anew after waiting (READ COMMITTED).
_LOCK_HEAD = PreparedStatement(
    sa.select(SEAL.c.n, SEAL.c.hash, SEAL.c.register_n, SEAL.c.mac, OFFICE.c.today)
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
_INSERT_CASE = PreparedStatement(sa.insert(CASES))
_UPDATE_CASE = PreparedStatement(
    sa.update(CASES)
    .where(CASES.c.id == sa.bindparam("case"), CASES.c.version == sa.bindparam("seen"))
    .values(
        unit_id=sa.bindparam("unit"),
        state=sa.bindparam("to"),
        version=sa.bindparam("seq"),
        record=sa.bindparam("json"),
        closed_on=sa.bindparam("closed"),
    )
)
# SQLite would look up every event without a case, ever, in the index of cases: coalesce keeps it to the newest by n.
_REGISTER_EVENTS = PreparedStatement(
    sa.select(EVENTS.c.body)
    .where(EVENTS.c.n > sa.bindparam("after"), sa.func.coalesce(EVENTS.c.case_id, "") == "")
    .order_by(EVENTS.c.n)
)
_SELECT_PERSON = PreparedStatement(
    sa.select(PEOPLE.c.key, PEOPLE.c.sealed).where(PEOPLE.c.id == sa.bindparam("person"))
)
_INSERT_CLOCK = PreparedStatement(
    sa.insert(CLOCKS).values(
        {
            name: sa.bindparam(name)
            for name in ("case_id", "seq", "name", "of", "kind", "organ", "state", "start", "due", "armed_on")
        }
    )
)
_UPDATE_CLOCK = PreparedStatement(
    sa.update(CLOCKS)
    .where(
        CLOCKS.c.case_id == sa.bindparam("case"),
        CLOCKS.c.seq == sa.bindparam("started"),
        CLOCKS.c.name == sa.bindparam("clock"),
    )
    .values(
        state=sa.bindparam("now"),
        due=sa.bindparam("until"),
        armed_on=sa.case(
            (CLOCKS.c.due.is_distinct_from(sa.bindparam("until")), sa.bindparam("today", type_=sa.Date)),
            else_=CLOCKS.c.armed_on,
        ),
    )
)
_INSERT_TEXT = PreparedStatement(
    sa.insert(TEXTS).values({name: sa.bindparam(name) for name in ("n", "person_id", "field", "sealed")})
)
_INSERT_VOTE = PreparedStatement(
    sa.insert(VOTES).values({c.name: sa.bindparam(c.name) for c in VOTES.columns if c.name != "id"})
)
_INSERT_REGISTER_ROW = {name: PreparedStatement(sa.insert(table)) for name, table in REGISTER_TABLES.items()}
_COLUMN_DEFAULTS = {
    name: {column: field.default for column, field in model.model_fields.items() if not field.is_required()}
    for name, model in REGISTER.items()
}
_RETIRE_REGISTER_ROW = {
    name: PreparedStatement(
        sa.update(table)
        .where(table.c.n == sa.bindparam("row"))
        .values(retired_on=sa.bindparam("on"), retired_n=sa.bindparam("by"))
    )
    for name, table in REGISTER_TABLES.items()
}


@dataclass
class Ledger:
    """The history at hand in one transaction: append, and the seal follows."""

    tx: Transaction
    vault: Vault
    head: ChainHead
    today: date | None = None
    """The day of a sample office's time machine."""

    def append_event(self, body: Mapping[str, object], case: str | None = None, seq: int | None = None) -> int:
        """Chain one event on; its number comes back. `close` writes the seal."""
        n = self.head.n + 1
        stored = canonical_json({**body, "n": n})
        digest = hash_event(self.head.hash, stored)
        self.tx.run(_INSERT_EVENT, {"n": n, "case_id": case, "seq": seq, "body": stored, "hash": digest})
        self.head = ChainHead(n, digest, self.head.register_n if case else n)
        return n

    def append_events(self, bodies: Iterable[dict[str, Any]]) -> list[int]:
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


def _build_ledger(tx: Transaction, vault: Vault, row: Any) -> Ledger:
    if row is None:
        raise SealForged
    head = ChainHead(row[0], _to_bytes(row[1]) or b"", row[2])
    if not hmac.compare_digest(compute_seal(vault, head), _to_bytes(row[3]) or b""):
        raise SealForged
    today = date.fromisoformat(row[4]) if isinstance(row[4], str) else row[4]
    return Ledger(tx, vault, head, today)


def lock_case(tx: Transaction, vault: Vault, case: str) -> tuple[Ledger, LockedCase]:
    """Take the head of the history and one case. Raises `UnknownCase`, `SealForged`."""
    row = tx.run(_LOCK_CASE, {"case": case}).fetchone()
    if row is None:
        lock_ledger(tx, vault)
        raise UnknownCase(case)
    locked_case = LockedCase(row[5], row[6], row[7], _to_bytes(row[8]), _to_bytes(row[9]), row[10], row[11])
    return _build_ledger(tx, vault, row), locked_case


def _to_bytes(value: Any) -> bytes | None:
    """The driver's bytes; text where bytes belong was written by hand, and will fit no seal."""
    return value.encode() if isinstance(value, str) else None if value is None else bytes(value)


def add_case(tx: Transaction, case: LockedCase, *, unit: str, opened_on: date) -> None:
    """A new case, before its first event."""
    tx.run(
        _INSERT_CASE,
        {
            "id": case.id,
            "pipeline": case.pipeline,
            "person_id": case.person,
            "unit_id": unit,
            "state": "",
            "opened_on": opened_on,
            "closed_on": None,
            "version": case.version,
            "record": case.record,
        },
    )


def update_case(
    tx: Transaction, *, case: str, seen: int, seq: int, unit: str, to: str, json: str, closed: date | None
) -> None:
    """Move a case on from the version that was read. Raises `CaseOvertaken`."""
    values = {"case": case, "seen": seen, "seq": seq, "unit": unit, "to": to, "json": json, "closed": closed}
    if tx.run(_UPDATE_CASE, values).rowcount != 1:
        raise CaseOvertaken(case)


def set_opening_day(tx: Transaction, case: str, on: date) -> None:
    """The day a case was opened, where that was corrected."""
    tx.connection.execute(sa.update(CASES).where(CASES.c.id == case).values(opened_on=on))


def add_clocks(tx: Transaction, rows: Sequence[Mapping[str, Any]], today: date) -> None:
    """Clocks that started, armed today."""
    if rows:
        tx.run_many(_INSERT_CLOCK, [{"armed_on": today, **row} for row in rows])


def change_clocks(tx: Transaction, rows: Sequence[Mapping[str, Any]], today: date) -> None:
    """Clocks that stopped, paused, went on or were extended; whose deadline moved is armed anew."""
    if rows:
        tx.run_many(_UPDATE_CLOCK, [{"today": today, **row} for row in rows])


def replace_clocks(tx: Transaction, case: str, rows: Sequence[Mapping[str, Any]], today: date) -> None:
    """All clocks of a case counted anew; whose deadline moved is armed anew."""
    columns = (CLOCKS.c.seq, CLOCKS.c.name, CLOCKS.c.due, CLOCKS.c.armed_on)
    old_rows = tx.connection.execute(sa.select(*columns).where(CLOCKS.c.case_id == case)).all()
    armed = {(row.seq, row.name, row.due): row.armed_on for row in old_rows}
    tx.connection.execute(sa.delete(CLOCKS).where(CLOCKS.c.case_id == case))
    add_clocks(
        tx, [{**row, "armed_on": armed.get((row["seq"], row["name"], row["due"]), today)} for row in rows], today
    )


def delete_vote(tx: Transaction, case: str, seq: int) -> None:
    """A vote's row goes, because its act was corrected; the history keeps what was first recorded."""
    tx.connection.execute(sa.delete(VOTES).where(VOTES.c.case_id == case, VOTES.c.seq == seq))


def add_texts(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Sealed words of an act."""
    if rows:
        tx.run_many(_INSERT_TEXT, rows)


def add_vote(tx: Transaction, **values: Any) -> None:
    """A vote."""
    tx.run(_INSERT_VOTE, values)


def list_other_cases(tx: Transaction, person: str, but: str) -> Sequence[tuple[str, str, str]]:
    """The person's other cases: pipeline, state, record."""
    statement = sa.select(CASES.c.pipeline, CASES.c.state, CASES.c.record)
    rows = tx.connection.execute(statement.where(CASES.c.person_id == person, CASES.c.id != but)).all()
    return [(row.pipeline, row.state, row.record) for row in rows]


def find_open_case(tx: Transaction, person: str, pipeline: str) -> str | None:
    """The person's open case in a pipeline."""
    mine = (CASES.c.person_id == person, CASES.c.pipeline == pipeline, CASES.c.closed_on.is_(None))
    case_id: str | None = tx.connection.execute(sa.select(CASES.c.id).where(*mine)).scalar_one_or_none()
    return case_id


def create_database(tx: Transaction, vault: Vault, *, name: str, sample: str | None, today: date | None) -> bool:
    """The tables, the office's own row and an empty history; False where there is an office already."""
    if _has_office(tx):
        return False
    schema.upgrade_schema(tx.connection)
    row = {"id": 1, "name": name, "sample": sample, "today": today, "key_check": vault.compute_key_check(), "basis": ""}
    tx.connection.execute(sa.insert(OFFICE).values(row))
    head = ChainHead(0, GENESIS, 0)
    seal = {"id": 1, "n": 0, "hash": GENESIS, "register_n": 0, "mac": compute_seal(vault, head)}
    tx.connection.execute(sa.insert(SEAL).values(seal))
    return True


def _has_office(tx: Transaction) -> bool:
    """Tables alone are none: whoever looks after the database may have made them beforehand."""
    if not sa.inspect(tx.connection).has_table("office"):
        return False
    return tx.connection.execute(sa.select(OFFICE.c.id)).first() is not None


def drop_database(tx: Transaction, vault: Vault) -> None:
    """Take the tables away again, if it is under this key that they were made."""
    if not sa.inspect(tx.connection).has_table("office"):
        return
    if tx.connection.execute(sa.select(OFFICE.c.key_check)).scalar_one_or_none() == vault.compute_key_check():
        schema.drop_tables(tx.connection)


def load_case_events(tx: Transaction, case: str) -> Sequence[bytes]:
    """The canonical bytes of a case's events, in order."""
    statement = sa.select(EVENTS.c.body).where(EVENTS.c.case_id == case).order_by(EVENTS.c.seq)
    return [bytes(body) for body in tx.connection.execute(statement).scalars()]


def load_register_events(tx: Transaction, after: int) -> Sequence[bytes]:
    """The canonical bytes of the register's events after the one numbered ``after``, in order."""
    return [bytes(row[0]) for row in tx.run(_REGISTER_EVENTS, {"after": after}).fetchall()]


def load_person_row(tx: Transaction, person: str) -> tuple[bytes | None, bytes | None]:
    """A person's wrapped key and sealed row. Raises `UnknownPerson`."""
    row = tx.run(_SELECT_PERSON, {"person": person}).fetchone()
    if row is None:
        raise UnknownPerson(person)
    return _to_bytes(row[0]), _to_bytes(row[1])


def add_people(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """New people, sealed."""
    if rows:
        tx.connection.execute(sa.insert(PEOPLE), list(rows))


def update_person(tx: Transaction, person: str, sealed: bytes) -> None:
    """A person's row said anew."""
    tx.connection.execute(sa.update(PEOPLE).where(PEOPLE.c.id == person).values(sealed=sealed))


def set_today(tx: Transaction, day: date) -> None:
    """Move a sample office's day."""
    tx.connection.execute(sa.update(OFFICE).values(today=day))


def set_basis(tx: Transaction, basis: str) -> None:
    """Note what deadlines are counted by now."""
    tx.connection.execute(sa.update(OFFICE).values(basis=basis))


def insert_register_rows(tx: Transaction, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """New rows of the register, numbered by the events that wrote them; unsaid columns are as the table has them."""
    if rows:
        tx.run_many(_INSERT_REGISTER_ROW[table], [{**_COLUMN_DEFAULTS[table], **row} for row in rows])


def retire_row(tx: Transaction, table: str, row: int, on: date, n: int) -> None:
    """A row of the register no longer holds, from the day it was retired on."""
    tx.run(_RETIRE_REGISTER_ROW[table], {"row": row, "on": on, "by": n})
