"""SQL reads; nothing here writes or locks."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection as Connection
from sqlalchemy.engine import Row as Row
from sqlmodel import Session, SQLModel, col, select

from workflow.storage.engine import DatabaseUnavailable, PreparedStatement, Transaction
from workflow.storage.ledger import ChainHead
from workflow.storage.tables.cases import CASES, CLOCKS, PAPERS, VOTES, CaseRow, ClockRow, VoteRow
from workflow.storage.tables.history import (
    EVENTS,
    OFFICE,
    PEOPLE,
    REVISIONS,
    SEAL,
    TEXTS,
    OfficeRow,
    RevisionRow,
)
from workflow.storage.tables.register import RegisterRow
from workflow.storage.tables.reminders import LETTERS, NOTICES, SNOOZES, SnoozeRow

R = TypeVar("R", bound=RegisterRow)


def load_office(connection: Connection) -> OfficeRow:
    """The office's own row.

    Raises `DatabaseUnavailable` where there is none: tables, but no office in them.
    """
    with Session(connection) as session:
        row = session.exec(select(OfficeRow)).one_or_none()
    if row is None:
        raise DatabaseUnavailable("no office", "not_made")
    return row


def load_revisions(connection: Connection) -> Sequence[RevisionRow]:
    """Which revisions of the editions acts have been judged by, the oldest first."""
    with Session(connection) as session:
        return session.exec(select(RevisionRow).order_by(col(RevisionRow.n))).all()


def load_kept_texts(connection: Connection) -> dict[str, str]:
    """The texts of revisions that no version of the program released, by their digest."""
    wanted = sa.select(REVISIONS.c.revision, REVISIONS.c.text).where(REVISIONS.c.text.is_not(None))
    return {row.revision: row.text for row in connection.execute(wanted)}


def load_today(connection: Connection) -> date | None:
    """The day of a sample office's time machine; None in a real one."""
    day: date | None = connection.execute(sa.select(OFFICE.c.today)).scalar_one()
    return day


_OFFICE_STATUS = PreparedStatement(
    sa.select(OFFICE.c.today, SEAL.c.register_n, OFFICE.c.basis).select_from(sa.join(OFFICE, SEAL, sa.true()))
)


def load_key_check(connection: Connection) -> bytes:
    """By what an office's key is known; of any version of the schema."""
    return bytes(connection.execute(sa.select(OFFICE.c.key_check)).scalar_one())


def load_office_status(tx: Transaction) -> tuple[date | None, int, str]:
    """A sample office's day, the newest event of the register, what deadlines are counted by."""
    day, n, basis = tx.run(_OFFICE_STATUS, {}).fetchone()
    return date.fromisoformat(day) if isinstance(day, str) else day, n, basis


_SAME_PERSON = CASES.alias()
_CASE_VERSION = PreparedStatement(
    sa.select(
        CASES.c.id,
        CASES.c.version,
        CASES.c.pipeline,
        CASES.c.unit_id,
        sa.select(sa.func.sum(_SAME_PERSON.c.version))
        .where(_SAME_PERSON.c.person_id == CASES.c.person_id)
        .scalar_subquery(),
        sa.select(sa.func.max(PAPERS.c.n)).where(PAPERS.c.case_id == CASES.c.id).scalar_subquery(),
        sa.select(sa.func.max(SNOOZES.c.n)).where(SNOOZES.c.subject == CASES.c.id).scalar_subquery(),
    ).where(CASES.c.id == sa.bindparam("case"))
)
_NOTICE_STATES = PreparedStatement(
    sa.select(NOTICES.c.id, NOTICES.c.state, LETTERS.c.state)
    .join(LETTERS, LETTERS.c.id == NOTICES.c.letter_id, isouter=True)
    .where(NOTICES.c.subject == sa.bindparam("case"))
)


def load_case_version(tx: Transaction, case: str) -> Sequence[Any] | None:
    """A case by what its page is made of.

    Id, version, pipeline, unit, its person's versions, newest paper, snooze.
    """
    version: Sequence[Any] | None = tx.run(_CASE_VERSION, {"case": case}).fetchone()
    return version


def load_notice_states(tx: Transaction, case: str) -> tuple[tuple[Any, ...], ...]:
    """What was told of a case, and the state of each letter."""
    return tuple(sorted(tuple(row) for row in tx.run(_NOTICE_STATES, {"case": case}).fetchall()))


def load_chain_head(connection: Connection) -> tuple[ChainHead, bytes] | None:
    """The head of the history and its seal; None if somebody removed it."""
    numbers = [sa.cast(column, sa.BigInteger).label(column.name) for column in (SEAL.c.n, SEAL.c.register_n)]
    statement = sa.select(*numbers, _as_bytes(SEAL.c.hash), _as_bytes(SEAL.c.mac))
    row = connection.execute(statement).one_or_none()
    return None if row is None or None in row else (ChainHead(row.n, row.hash, row.register_n), row.mac)


def find_damage(connection: Connection) -> str | None:
    """What is amiss in the file itself.

    SQLite finds an index that misses rows, or a column has lost its name.
    """
    if connection.dialect.name != "sqlite":
        return None
    try:
        check_result: str = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        for table in SQLModel.metadata.sorted_tables:
            connection.execute(sa.select(table).limit(0))
    except sa.exc.DatabaseError as error:
        return str(error.orig)
    return None if check_result == "ok" else check_result


def load_register_n(connection: Connection) -> int:
    return connection.execute(sa.select(SEAL.c.register_n)).scalar_one_or_none() or 0


def _as_bytes(column: sa.Column[Any]) -> sa.Label[bytes]:
    """A column as bytes, even if somebody wrote text into it by hand (SQLite allows that)."""
    return sa.cast(column, sa.LargeBinary).label(column.name)


def load_register_rows(connection: Connection, model: type[R], *, retired: bool = False) -> Sequence[R]:
    """The rows of one table of the register, oldest first; the retired ones too where wanted."""
    statement = select(model).order_by(col(model.n))
    if not retired:
        statement = statement.where(col(model.retired_on).is_(None))
    with Session(connection) as session:
        return session.exec(statement).all()


def load_events(connection: Connection, case: str | None = None) -> Iterator[Row[Any]]:
    """Events in order, of one case or of the whole office: n, case_id, seq, body, hash."""
    columns = (EVENTS.c.n, EVENTS.c.case_id, EVENTS.c.seq, _as_bytes(EVENTS.c.body), _as_bytes(EVENTS.c.hash))
    statement = sa.select(*columns).order_by(EVENTS.c.n)
    if case is not None:
        return iter(connection.execute(statement.where(EVENTS.c.case_id == case)))
    return iter(connection.execute(statement, execution_options={"yield_per": 2000}))


def list_open_case_bodies(connection: Connection) -> Iterator[tuple[str, bytes]]:
    """Every event of every open case: the case, and the event as it stands in the history."""
    columns = (EVENTS.c.case_id, _as_bytes(EVENTS.c.body))
    joined = EVENTS.join(CASES, CASES.c.id == EVENTS.c.case_id)
    statement = sa.select(*columns).select_from(joined).where(CASES.c.closed_on.is_(None))
    rows = connection.execute(statement.order_by(EVENTS.c.n), execution_options={"yield_per": 2000})
    return ((row[0], bytes(row[1])) for row in rows)


def load_case(connection: Connection, id_: str) -> CaseRow | None:
    with Session(connection) as session:
        return session.get(CaseRow, id_)


def load_cases(
    connection: Connection,
    *,
    states: Iterable[str] = (),
    units: Iterable[str] | None = None,
    person: str | None = None,
) -> Sequence[CaseRow]:
    """Cases, oldest first, narrowed to states, units or a person where given."""
    statement = select(CaseRow).order_by(col(CaseRow.opened_on), col(CaseRow.id))
    if wanted := list(states):
        statement = statement.where(col(CaseRow.state).in_(wanted))
    if units is not None:
        statement = statement.where(col(CaseRow.unit_id).in_(list(units)))
    if person is not None:
        statement = statement.where(CaseRow.person_id == person)
    with Session(connection) as session:
        return session.exec(statement).all()


def load_clocks(connection: Connection, case_id: str | None = None) -> Sequence[ClockRow]:
    """Clock rows of one case, or of all, in the order they started."""
    statement = select(ClockRow).order_by(col(ClockRow.case_id), col(ClockRow.seq), col(ClockRow.name))
    if case_id is not None:
        statement = statement.where(ClockRow.case_id == case_id)
    with Session(connection) as session:
        return session.exec(statement).all()


def load_votes(connection: Connection, case_id: str) -> Sequence[VoteRow]:
    """The votes of a case in order."""
    with Session(connection) as session:
        return session.exec(
            select(VoteRow).where(VoteRow.case_id == case_id).order_by(col(VoteRow.seq))
        ).all()


def load_people(connection: Connection, ids: Iterable[str] | None = None) -> Iterator[Row[Any]]:
    """People as they are stored: id, key, sealed."""
    statement = sa.select(PEOPLE.c.id, PEOPLE.c.key, PEOPLE.c.sealed).order_by(PEOPLE.c.id)
    if ids is not None:
        statement = statement.where(PEOPLE.c.id.in_(list(ids)))
    return iter(connection.execute(statement))


def load_texts(connection: Connection, case_id: str) -> list[Row[Any]]:
    """The sealed words of a case's acts: n, person_id, field, sealed."""
    mine = sa.select(EVENTS.c.n).where(EVENTS.c.case_id == case_id)
    statement = sa.select(TEXTS.c.n, TEXTS.c.person_id, TEXTS.c.field, TEXTS.c.sealed).where(
        TEXTS.c.n.in_(mine)
    )
    return list(connection.execute(statement.order_by(TEXTS.c.n, TEXTS.c.id)))


def load_clocks_by_case(connection: Connection) -> dict[str, list[dict[str, object]]]:
    """Every clock as plain values, by case, in the order they started; but for the day it was armed."""
    return _group_by_case(connection, CLOCKS)


def load_votes_by_case(connection: Connection) -> dict[str, list[dict[str, object]]]:
    """Every vote as plain values, by case, in the order they were recorded."""
    return _group_by_case(connection, VOTES)


def _group_by_case(connection: Connection, table: sa.Table) -> dict[str, list[dict[str, object]]]:
    columns = [column for column in table.columns if column.name not in ("id", "armed_on")]
    by_case: dict[str, list[dict[str, object]]] = {}
    for row in connection.execute(sa.select(*columns).order_by(table.c.id)):
        # the toolkit's documented name
        by_case.setdefault(row.case_id, []).append(dict(row._mapping))  # noqa: SLF001 - as above
    return by_case


def load_all_texts(connection: Connection) -> Iterator[Row[Any]]:
    """Every sealed text of the office: n, person_id, field, sealed."""
    statement = sa.select(TEXTS.c.n, TEXTS.c.person_id, TEXTS.c.field, TEXTS.c.sealed).order_by(
        TEXTS.c.n, TEXTS.c.id
    )
    return iter(connection.execute(statement, execution_options={"yield_per": 50}))


def load_snooze_history(connection: Connection, subject: str) -> list[Row[Any]]:
    """Every snooze about a case, oldest first.

    Its event's body, its row, whose words the reason is, sealed.
    """
    statement = (
        sa.select(SNOOZES, _as_bytes(EVENTS.c.body), TEXTS.c.person_id, TEXTS.c.sealed)
        .join(EVENTS, EVENTS.c.n == SNOOZES.c.n)
        .join(TEXTS, TEXTS.c.n == SNOOZES.c.n, isouter=True)
        .where(SNOOZES.c.subject == subject)
    )
    return list(connection.execute(statement.order_by(SNOOZES.c.n)))


def load_snoozes(connection: Connection) -> dict[int, dict[str, str]]:
    """Every snooze by the number of its event, its day as text."""
    with Session(connection) as session:
        rows = session.exec(select(SnoozeRow)).all()
    return {row.n: {**row.model_dump(exclude={"n"}), "until": row.until.isoformat()} for row in rows}
