"""SQL writes, within the transaction of its caller.

Nothing here commits.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from states.errors import EXIT_OVERTAKEN, UnknownId, UserError
from workflow.storage.engine import PreparedStatement, Transaction
from workflow.storage.ledger import LockedCase, to_bytes
from workflow.storage.tables.cases import CASES, CLOCKS, VOTES
from workflow.storage.tables.history import OFFICE, PEOPLE, REVISIONS, TEXTS, RevisionRow
from workflow.storage.tables.register import REGISTER, REGISTER_TABLES


class UnknownPerson(UnknownId):
    """No person has this id."""

    code = "unknown_person"
    advice = "advice.unknown_person"


class CaseOvertaken(UserError):
    """Somebody else changed the case after it was read."""

    code = "case_changed"
    exit_code = EXIT_OVERTAKEN


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
    """Write a case if it is still at the version that was read. Raises `CaseOvertaken`."""
    values = {"case": case, "seen": seen, "seq": seq, "unit": unit, "to": to, "json": json, "closed": closed}
    if tx.run(_UPDATE_CASE, values).rowcount != 1:
        raise CaseOvertaken(case)


def set_opening_day(tx: Transaction, case: str, on: date) -> None:
    """Set the opening day of a case after a correction."""
    tx.connection.execute(sa.update(CASES).where(CASES.c.id == case).values(opened_on=on))


def add_clocks(tx: Transaction, rows: Sequence[Mapping[str, object]], today: date) -> None:
    """Add clocks that started; their deadlines count as set today."""
    if rows:
        tx.run_many(_INSERT_CLOCK, [{"armed_on": today, **row} for row in rows])


def change_clocks(tx: Transaction, rows: Sequence[Mapping[str, object]], today: date) -> None:
    """Change clocks; a moved deadline counts as set today."""
    if rows:
        tx.run_many(_UPDATE_CLOCK, [{"today": today, **row} for row in rows])


def replace_clocks(tx: Transaction, case: str, rows: Sequence[Mapping[str, object]], today: date) -> None:
    """Replace all clocks of a case after a recount.

    A moved deadline counts as set today, unless its row says otherwise.
    """
    columns = (CLOCKS.c.seq, CLOCKS.c.name, CLOCKS.c.due, CLOCKS.c.armed_on)
    old_rows = tx.connection.execute(sa.select(*columns).where(CLOCKS.c.case_id == case)).all()
    armed = {(row.seq, row.name, row.due): row.armed_on for row in old_rows}
    tx.connection.execute(sa.delete(CLOCKS).where(CLOCKS.c.case_id == case))
    add_clocks(
        tx,
        [{"armed_on": armed.get((row["seq"], row["name"], row["due"]), today), **row} for row in rows],
        today,
    )


def delete_vote(tx: Transaction, case: str, seq: int) -> None:
    """Delete the vote row of a corrected act; the history keeps what was first recorded."""
    tx.connection.execute(sa.delete(VOTES).where(VOTES.c.case_id == case, VOTES.c.seq == seq))


def add_texts(tx: Transaction, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        tx.run_many(_INSERT_TEXT, rows)


def add_vote(tx: Transaction, **values: Any) -> None:
    tx.run(_INSERT_VOTE, values)


class OtherCase(NamedTuple):
    """A case as its row has it. ``record``: as JSON."""

    id: str
    pipeline: str
    state: str
    record: str
    opened_on: date
    closed_on: date | None


def list_other_cases(tx: Transaction, person: str, but: str) -> Sequence[OtherCase]:
    """The person's other cases."""
    statement = sa.select(*(CASES.c[name] for name in OtherCase._fields))
    rows = tx.connection.execute(statement.where(CASES.c.person_id == person, CASES.c.id != but))
    return [OtherCase(*row) for row in rows]


def find_open_case(tx: Transaction, person: str, pipeline: str) -> str | None:
    mine = (CASES.c.person_id == person, CASES.c.pipeline == pipeline, CASES.c.closed_on.is_(None))
    case_id: str | None = tx.connection.execute(sa.select(CASES.c.id).where(*mine)).scalar_one_or_none()
    return case_id


def load_person_row(tx: Transaction, person: str) -> tuple[bytes | None, bytes | None]:
    """A person's wrapped key and sealed row. Raises `UnknownPerson`."""
    row = tx.run(_SELECT_PERSON, {"person": person}).fetchone()
    if row is None:
        raise UnknownPerson(person)
    return to_bytes(row[0]), to_bytes(row[1])


def add_people(tx: Transaction, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        tx.connection.execute(sa.insert(PEOPLE), list(rows))


def update_person(tx: Transaction, person: str, sealed: bytes) -> None:
    tx.connection.execute(sa.update(PEOPLE).where(PEOPLE.c.id == person).values(sealed=sealed))


def set_today(tx: Transaction, day: date) -> None:
    tx.connection.execute(sa.update(OFFICE).values(today=day))


def set_basis(tx: Transaction, basis: str) -> None:
    """Note what deadlines are counted by now."""
    tx.connection.execute(sa.update(OFFICE).values(basis=basis))


def add_revisions(tx: Transaction, rows: Iterable[RevisionRow]) -> None:
    """Note by which revisions acts are judged from now on."""
    if values := [row.model_dump() for row in rows]:
        tx.connection.execute(sa.insert(REVISIONS), values)


def insert_register_rows(tx: Transaction, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """New rows of the register, numbered by the events that wrote them.

    Unsaid columns are as the table has them.
    """
    if rows:
        tx.run_many(_INSERT_REGISTER_ROW[table], [{**_COLUMN_DEFAULTS[table], **row} for row in rows])


def retire_row(tx: Transaction, table: str, row: int, on: date, n: int) -> None:
    """Retire a row of the register on a day; it stays readable."""
    tx.run(_RETIRE_REGISTER_ROW[table], {"row": row, "on": on, "by": n})
