"""All SQL by intent. Every function works within the transaction of the `Work` it is given; nothing here commits."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from workflow.core.crypto import Vault, canonical
from workflow.storage import schema
from workflow.storage.chain import GENESIS, Head, link, seal_of
from workflow.storage.engine import Prepared, Work
from workflow.storage.tables import (
    REGISTER,
    CaseRow,
    ClockRow,
    EventRow,
    Office,
    PersonRow,
    Seal,
    TextRow,
    VoteRow,
    table_of,
)

SEAL, EVENTS, CASES, PEOPLE, CLOCKS, VOTES, TEXTS, OFFICE = (
    table_of(model) for model in (Seal, EventRow, CaseRow, PersonRow, ClockRow, VoteRow, TextRow, Office)
)
REGISTER_TABLES = {name: table_of(model) for name, model in REGISTER.items()}


class UnknownCase(LookupError):
    """No case has this id."""


class UnknownPerson(LookupError):
    """No person has this id."""


class Overtaken(Exception):
    """Somebody else changed the case since it was read."""


class SealForged(Exception):
    """The head of the history does not bear the office's seal: somebody wrote into the database beside the program.

    Nothing is recorded on top of it; an honest seal over it would hide what was done. `verify` says where it broke.
    """


class HeldCase(NamedTuple):
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
_HEAD = Prepared(
    sa.select(SEAL.c.n, SEAL.c.hash, SEAL.c.register_n, SEAL.c.mac, OFFICE.c.today)
    .select_from(SEAL)
    .join(OFFICE, OFFICE.c.id == SEAL.c.id)
    .where(SEAL.c.id == 1)
    .with_for_update(of=[SEAL, OFFICE])
)
_HOLD = Prepared(
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
_EVENT = Prepared(sa.insert(EVENTS))
_SEAL = Prepared(
    sa.update(SEAL)
    .where(SEAL.c.id == sa.bindparam("one"))
    .values({name: sa.bindparam(name) for name in ("n", "hash", "mac", "register_n")})
)
_CASE = Prepared(sa.insert(CASES))
_STEP = Prepared(
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
_REGISTER_EVENTS = Prepared(
    sa.select(EVENTS.c.body)
    .where(EVENTS.c.n > sa.bindparam("after"), sa.func.coalesce(EVENTS.c.case_id, "") == "")
    .order_by(EVENTS.c.n)
)
_PERSON = Prepared(sa.select(PEOPLE.c.key, PEOPLE.c.sealed).where(PEOPLE.c.id == sa.bindparam("person")))
_CLOCK = Prepared(
    sa.insert(CLOCKS).values(
        {
            name: sa.bindparam(name)
            for name in ("case_id", "seq", "name", "of", "kind", "organ", "state", "start", "due", "armed_on")
        }
    )
)
_CLOCK_CHANGE = Prepared(
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
_TEXT = Prepared(sa.insert(TEXTS).values({name: sa.bindparam(name) for name in ("n", "person_id", "field", "sealed")}))
_VOTE = Prepared(sa.insert(VOTES).values({c.name: sa.bindparam(c.name) for c in VOTES.columns if c.name != "id"}))
_ROW = {name: Prepared(sa.insert(table)) for name, table in REGISTER_TABLES.items()}
_UNSAID = {
    name: {column: field.default for column, field in model.model_fields.items() if not field.is_required()}
    for name, model in REGISTER.items()
}
_RETIRE = {
    name: Prepared(
        sa.update(table)
        .where(table.c.n == sa.bindparam("row"))
        .values(retired_on=sa.bindparam("on"), retired_n=sa.bindparam("by"))
    )
    for name, table in REGISTER_TABLES.items()
}


@dataclass
class Ledger:
    """The history at hand in one transaction: append, and the seal follows."""

    work: Work
    vault: Vault
    head: Head
    today: date | None = None
    """The day of a sample office's time machine."""

    def append(self, body: dict[str, Any], case: str | None = None, seq: int | None = None) -> int:
        """Chain one event on; its number comes back. `close` writes the seal."""
        n = self.head.n + 1
        body["n"] = n
        stored = canonical(body)
        digest = link(self.head.hash, stored)
        self.work.run(_EVENT, {"n": n, "case_id": case, "seq": seq, "body": stored, "hash": digest})
        self.head = Head(n, digest, self.head.register_n if case else n)
        return n

    def append_many(self, bodies: Iterable[dict[str, Any]]) -> list[int]:
        """Chain many events of the register on at once."""
        rows, head = [], self.head
        for body in bodies:
            n = head.n + 1
            body["n"] = n
            stored = canonical(body)
            head = Head(n, link(head.hash, stored), n)
            rows.append({"n": n, "case_id": None, "seq": None, "body": stored, "hash": head.hash})
        if rows:
            self.work.run_many(_EVENT, rows)
        self.head = head
        return [row["n"] for row in rows]  # type: ignore[misc] # n is an int

    def close(self) -> None:
        """Seal the head."""
        head = self.head
        values = {"one": 1, "n": head.n, "hash": head.hash, "register_n": head.register_n}
        self.work.run(_SEAL, {**values, "mac": seal_of(self.vault, head)})


def begin(work: Work, vault: Vault) -> Ledger:
    """Take the head of the history; on PostgreSQL this is the lock under which writers take turns.

    Raises `SealForged`.
    """
    return _ledger(work, vault, work.run(_HEAD, {}).fetchone())


def _ledger(work: Work, vault: Vault, row: Any) -> Ledger:
    if row is None:
        raise SealForged
    head = Head(row[0], _bytes(row[1]) or b"", row[2])
    if not hmac.compare_digest(seal_of(vault, head), _bytes(row[3]) or b""):
        raise SealForged
    today = date.fromisoformat(row[4]) if isinstance(row[4], str) else row[4]
    return Ledger(work, vault, head, today)


def hold(work: Work, vault: Vault, case: str) -> tuple[Ledger, HeldCase]:
    """Take the head of the history and one case. Raises `UnknownCase`, `SealForged`."""
    row = work.run(_HOLD, {"case": case}).fetchone()
    if row is None:
        begin(work, vault)
        raise UnknownCase(case)
    held = HeldCase(row[5], row[6], row[7], _bytes(row[8]), _bytes(row[9]), row[10], row[11])
    return _ledger(work, vault, row), held


def _bytes(value: Any) -> bytes | None:
    """The driver's bytes; text where bytes belong was written by hand, and will fit no seal."""
    return value.encode() if isinstance(value, str) else None if value is None else bytes(value)


def add_case(work: Work, held: HeldCase, *, unit: str, opened: date) -> None:
    """A new case, before its first event."""
    work.run(
        _CASE,
        {
            "id": held.id,
            "pipeline": held.pipeline,
            "person_id": held.person,
            "unit_id": unit,
            "state": "",
            "opened_on": opened,
            "closed_on": None,
            "version": held.version,
            "record": held.record,
        },
    )


def step_case(
    work: Work, *, case: str, seen: int, seq: int, unit: str, to: str, json: str, closed: date | None
) -> None:
    """Move a case on from the version that was read. Raises `Overtaken`."""
    values = {"case": case, "seen": seen, "seq": seq, "unit": unit, "to": to, "json": json, "closed": closed}
    if work.run(_STEP, values).rowcount != 1:
        raise Overtaken(case)


def set_opened(work: Work, case: str, on: date) -> None:
    """The day a case was opened, where that was corrected."""
    work.connection.execute(sa.update(CASES).where(CASES.c.id == case).values(opened_on=on))


def add_clocks(work: Work, rows: Sequence[Mapping[str, Any]], today: date) -> None:
    """Clocks that started, armed today."""
    if rows:
        work.run_many(_CLOCK, [{"armed_on": today, **row} for row in rows])


def change_clocks(work: Work, rows: Sequence[Mapping[str, Any]], today: date) -> None:
    """Clocks that stopped, paused, went on or were extended; whose deadline moved is armed anew."""
    if rows:
        work.run_many(_CLOCK_CHANGE, [{"today": today, **row} for row in rows])


def replace_clocks(work: Work, case: str, rows: Sequence[Mapping[str, Any]], today: date) -> None:
    """All clocks of a case counted anew; whose deadline moved is armed anew."""
    columns = (CLOCKS.c.seq, CLOCKS.c.name, CLOCKS.c.due, CLOCKS.c.armed_on)
    held = work.connection.execute(sa.select(*columns).where(CLOCKS.c.case_id == case)).all()
    armed = {(row.seq, row.name, row.due): row.armed_on for row in held}
    work.connection.execute(sa.delete(CLOCKS).where(CLOCKS.c.case_id == case))
    add_clocks(
        work, [{**row, "armed_on": armed.get((row["seq"], row["name"], row["due"]), today)} for row in rows], today
    )


def drop_vote(work: Work, case: str, seq: int) -> None:
    """A vote's row goes, because its act was corrected; the history keeps what was first recorded."""
    work.connection.execute(sa.delete(VOTES).where(VOTES.c.case_id == case, VOTES.c.seq == seq))


def add_texts(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    """Sealed words of an act."""
    if rows:
        work.run_many(_TEXT, rows)


def add_vote(work: Work, **values: Any) -> None:
    """A vote."""
    work.run(_VOTE, values)


def other_cases(work: Work, person: str, but: str) -> Sequence[tuple[str, str, str]]:
    """The person's other cases: pipeline, state, record."""
    statement = sa.select(CASES.c.pipeline, CASES.c.state, CASES.c.record)
    rows = work.connection.execute(statement.where(CASES.c.person_id == person, CASES.c.id != but)).all()
    return [(row.pipeline, row.state, row.record) for row in rows]


def open_case_of(work: Work, person: str, pipeline: str) -> str | None:
    """The person's open case in a pipeline."""
    mine = (CASES.c.person_id == person, CASES.c.pipeline == pipeline, CASES.c.closed_on.is_(None))
    found: str | None = work.connection.execute(sa.select(CASES.c.id).where(*mine)).scalar_one_or_none()
    return found


def make(work: Work, vault: Vault, *, name: str, sample: str | None, today: date | None) -> bool:
    """The tables, the office's own row and an empty history; False where there is an office already."""
    if _has_office(work):
        return False
    schema.upgrade(work.connection)
    row = {"id": 1, "name": name, "sample": sample, "today": today, "key_check": vault.check(), "basis": ""}
    work.connection.execute(sa.insert(OFFICE).values(row))
    head = Head(0, GENESIS, 0)
    seal = {"id": 1, "n": 0, "hash": GENESIS, "register_n": 0, "mac": seal_of(vault, head)}
    work.connection.execute(sa.insert(SEAL).values(seal))
    return True


def _has_office(work: Work) -> bool:
    """Tables alone are none: whoever looks after the database may have made them beforehand."""
    if not sa.inspect(work.connection).has_table("office"):
        return False
    return work.connection.execute(sa.select(OFFICE.c.id)).first() is not None


def unmake(work: Work, vault: Vault) -> None:
    """Take the tables away again, if it is under this key that they were made."""
    if not sa.inspect(work.connection).has_table("office"):
        return
    if work.connection.execute(sa.select(OFFICE.c.key_check)).scalar_one_or_none() == vault.check():
        schema.drop(work.connection)


def case_events(work: Work, case: str) -> Sequence[bytes]:
    """The canonical bytes of a case's events, in order."""
    statement = sa.select(EVENTS.c.body).where(EVENTS.c.case_id == case).order_by(EVENTS.c.seq)
    return [bytes(body) for body in work.connection.execute(statement).scalars()]


def register_events(work: Work, after: int) -> Sequence[bytes]:
    """The canonical bytes of the register's events after the one numbered ``after``, in order."""
    return [bytes(row[0]) for row in work.run(_REGISTER_EVENTS, {"after": after}).fetchall()]


def person_row(work: Work, person: str) -> tuple[bytes | None, bytes | None]:
    """A person's wrapped key and sealed row. Raises `UnknownPerson`."""
    row = work.run(_PERSON, {"person": person}).fetchone()
    if row is None:
        raise UnknownPerson(person)
    return _bytes(row[0]), _bytes(row[1])


def add_people(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    """New people, sealed."""
    if rows:
        work.connection.execute(sa.insert(PEOPLE), list(rows))


def change_person(work: Work, person: str, sealed: bytes) -> None:
    """A person's row said anew."""
    work.connection.execute(sa.update(PEOPLE).where(PEOPLE.c.id == person).values(sealed=sealed))


def set_today(work: Work, day: date) -> None:
    """Move a sample office's day."""
    work.connection.execute(sa.update(OFFICE).values(today=day))


def set_basis(work: Work, basis: str) -> None:
    """Note what deadlines are counted by now."""
    work.connection.execute(sa.update(OFFICE).values(basis=basis))


def register_rows(work: Work, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """New rows of the register, numbered by the events that wrote them; unsaid columns are as the table has them."""
    if rows:
        work.run_many(_ROW[table], [{**_UNSAID[table], **row} for row in rows])


def retire(work: Work, table: str, row: int, on: date, n: int) -> None:
    """A row of the register no longer holds, from the day it was retired on."""
    work.run(_RETIRE[table], {"row": row, "on": on, "by": n})
