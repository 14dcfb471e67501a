"""The ledger of notices, by intent. Every function works within the transaction of the `Transaction` it is given."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Row
from sqlalchemy.schema import CreateTable

from workflow.storage.engine import Transaction
from workflow.storage.tables.cases import CASES, CLOCKS
from workflow.storage.tables.reminders import BEATS, ENTRIES, LETTERS, MAILBOXES, NOTICES, SNOOZES

DbRow = Row[*tuple[Any, ...]]


# What a sweep is told beside the clocks: each process fills these tables of its own before it asks.
_TEMPORARY = sa.MetaData()
_STEPS = sa.Table(
    "sweep_steps",
    _TEMPORARY,
    sa.Column("reminder", sa.String),
    sa.Column("kind", sa.String),
    sa.Column("name", sa.String),
    sa.Column("step", sa.String),
    sa.Column("who", sa.String),
    sa.Column("due", sa.Date),
    prefixes=["TEMPORARY"],
)
_READERS = sa.Table(
    "sweep_told",
    _TEMPORARY,
    sa.Column("pipeline", sa.String),
    sa.Column("unit_id", sa.String),
    sa.Column("organ", sa.String),
    sa.Column("who", sa.String),
    sa.Column("user_id", sa.String),
    sa.Column("via", sa.String),
    sa.Column("why", sa.String),
    sa.PrimaryKeyConstraint("unit_id", "organ", "who", "pipeline", "user_id", "via", "why"),
    prefixes=["TEMPORARY"],
)
_SILENT = sa.Table("sweep_silent", _TEMPORARY, sa.Column("person_id", sa.String), prefixes=["TEMPORARY"])


class SweepStep(NamedTuple):
    """A step of a reminder about clocks, of a ``kind`` or a ``name``, which are due on one day, for ``who``.

    One day each, and not from a day to a day: an index finds clocks by an equal day, and databases know it.
    """

    reminder: str
    kind: str | None
    name: str | None
    step: str
    who: str
    due: date


class SweepReader(NamedTuple):
    """Who is told of what an organ of a unit has to do, in whose letter, and why."""

    pipeline: str
    unit_id: str
    organ: str
    who: str
    user_id: str
    via: str
    why: str


def prepare_sweep(
    tx: Transaction, steps: Sequence[SweepStep], readers: Sequence[SweepReader], silent: Iterable[str]
) -> None:
    """Lay out what the next `due` or `sweep` goes by."""
    connection = tx.connection
    for table, rows in (
        (_STEPS, [item._asdict() for item in steps]),
        (_READERS, [item._asdict() for item in readers]),
        (_SILENT, [{"person_id": item} for item in silent]),
    ):
        connection.execute(CreateTable(table, if_not_exists=True))
        connection.execute(sa.delete(table))
        if rows:
            connection.execute(sa.insert(table), rows)
    if connection.dialect.name == "postgresql":
        _analyse_tables(tx)


def _analyse_tables(tx: Transaction) -> None:
    """PostgreSQL plans by what it knows of a table: of a new one nothing, and then a sweep takes minutes."""
    unknown = "SELECT relname FROM pg_class WHERE oid IN ('clocks'::regclass, 'cases'::regclass) AND reltuples < 0"
    for table in [*_TEMPORARY.tables, *tx.connection.execute(sa.text(unknown)).scalars()]:
        tx.connection.execute(sa.text(f"ANALYZE {table}"))


# Every notice that the steps laid out make of running clocks which were armed before a day. SQLite keeps to the order
# of a CROSS JOIN: from the few steps by the index to the clocks of a day. By itself it reads all clocks for each step,
# as it would by the index of armed_on, were it not for coalesce.
_FALLING_DUE = """
SELECT c.case_id AS subject, s.reminder, c.name AS clock, CAST(c.seq AS VARCHAR) AS instance, s.step, c.due,
       t.user_id, t.via, t.why, k.person_id
FROM sweep_steps AS s CROSS JOIN clocks AS c CROSS JOIN cases AS k CROSS JOIN sweep_told AS t
WHERE c.state = 'running' AND c.due = s.due AND (c.kind = s.kind OR c.name = s.name)
  AND coalesce(c.armed_on, c.start) < :armed_before
  AND k.id = c.case_id AND k.closed_on IS NULL
  AND t.unit_id = k.unit_id AND t.organ = c.organ AND t.who = s.who AND t.pipeline = k.pipeline
  AND k.person_id NOT IN (SELECT person_id FROM sweep_silent)
"""
_ARMED_BEFORE = sa.bindparam("armed_before", type_=sa.Date)
_DUE = sa.text(_FALLING_DUE).bindparams(_ARMED_BEFORE).columns(due=sa.Date)
_SWEEP = sa.text(
    f"""
INSERT INTO notices (subject, reminder, clock, instance, step, due, user_id, via, why, person_id, swept_on, state)
SELECT due_now.*, :today, 'waiting' FROM ({_FALLING_DUE}) AS due_now WHERE true
ON CONFLICT DO NOTHING
"""  # noqa: S608 - nothing in it was typed by anybody
).bindparams(_ARMED_BEFORE, sa.bindparam("today", type_=sa.Date))


def list_due_notices(tx: Transaction, armed_before: date) -> Sequence[DbRow]:
    """What a `sweep` of what was laid out would make, without making it."""
    return tx.connection.execute(_DUE, {"armed_before": armed_before}).all()


def sweep_notices(tx: Transaction, armed_before: date, today: date) -> int:
    """Make every notice that falls due and was not made before, in one statement; how many."""
    return tx.connection.execute(_SWEEP, {"armed_before": armed_before, "today": today}).rowcount


def _insert_once(tx: Transaction) -> Any:
    """An insert that passes over what is there already."""
    if tx.connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment] # the same construct there
    return insert(NOTICES).on_conflict_do_nothing().returning(NOTICES.c.id)


def add_notices(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> int:
    """Make single notices that were not made before; how many."""
    return sum(len(tx.connection.execute(_insert_once(tx).values(dict(row))).all()) for row in rows)


def list_armed_since(tx: Transaction, day: date) -> Sequence[DbRow]:
    """Running clocks of open cases whose deadline was set on or after a day, with their cases."""
    statement = (
        sa.select(CLOCKS, CASES.c.unit_id, CASES.c.person_id, CASES.c.pipeline)
        .join(CASES, CASES.c.id == CLOCKS.c.case_id)
        .where(
            CLOCKS.c.armed_on >= day,
            CLOCKS.c.state == "running",
            CLOCKS.c.due.is_not(None),
            CASES.c.closed_on.is_(None),
        )
    )
    return tx.connection.execute(statement).all()


def list_units_with_cases(tx: Transaction) -> Sequence[DbRow]:
    """The units that have open cases: pipeline, unit_id."""
    statement = sa.select(CASES.c.pipeline, CASES.c.unit_id).distinct().where(CASES.c.closed_on.is_(None))
    return tx.connection.execute(statement).all()


def list_cases_before_vote(tx: Transaction) -> Sequence[DbRow]:
    """Open cases whose branch has not resolved on them yet: id, unit_id, person_id, pipeline, state, record."""
    columns = (CASES.c.id, CASES.c.unit_id, CASES.c.person_id, CASES.c.pipeline, CASES.c.state, CASES.c.record)
    unresolved = CASES.c.record.not_like('%"branch_resolution_on":%')
    return tx.connection.execute(sa.select(*columns).where(CASES.c.closed_on.is_(None), unresolved)).all()


def find_people_with_case(tx: Transaction, people: Iterable[str]) -> set[str]:
    """Who of some people has an open case."""
    people_found: set[str] = set()
    for some in _split_into_batches(sorted(people)):
        mine = sa.select(CASES.c.person_id).where(CASES.c.closed_on.is_(None), CASES.c.person_id.in_(some))
        people_found.update(tx.connection.execute(mine).scalars())
    return people_found


def list_earlier_notices(tx: Transaction, subject: str, clock: str, instance: str) -> Sequence[DbRow]:
    """What was told of one start of a clock, oldest first."""
    mine = (NOTICES.c.subject == subject, NOTICES.c.clock == clock, NOTICES.c.instance == instance)
    return tx.connection.execute(sa.select(NOTICES).where(*mine).order_by(NOTICES.c.id)).all()


def list_waiting(tx: Transaction) -> Sequence[DbRow]:
    """Notices that stand in no letter yet, those of one reader together."""
    return tx.connection.execute(_WAITING).all()


_WAITING = sa.select(NOTICES).where(NOTICES.c.state == "waiting").order_by(NOTICES.c.via, NOTICES.c.due, NOTICES.c.id)


def list_waiting_by_reader(tx: Transaction, readers: Sequence[str]) -> dict[str, list[DbRow]]:
    """Notices that stand in no letter yet, by the reader whose letter they wait for."""
    by_reader: dict[str, list[DbRow]] = {}
    for some in _split_into_batches(readers):
        for row in tx.connection.execute(_WAITING.where(NOTICES.c.via.in_(some))):
            by_reader.setdefault(row.via, []).append(row)
    return by_reader


def settle_notices(tx: Transaction, ids: Sequence[int], state: str, letter: str | None = None) -> None:
    """Say what became of notices: told in a letter, or void."""
    for some in _split_into_batches(ids):
        statement = sa.update(NOTICES).where(NOTICES.c.id.in_(some)).values(state=state, letter_id=letter)
        tx.connection.execute(statement)


def reassign_notices(tx: Transaction, ids: Sequence[int], via: str) -> None:
    """Notices that did not arrive wait again, to be told in somebody else's letter."""
    for some in _split_into_batches(ids):
        statement = sa.update(NOTICES).where(NOTICES.c.id.in_(some))
        tx.connection.execute(statement.values(state="waiting", letter_id=None, via=via, why="no_address"))


def find_notice(tx: Transaction, id_: int) -> DbRow | None:
    """One notice."""
    return tx.connection.execute(sa.select(NOTICES).where(NOTICES.c.id == id_)).one_or_none()


def load_notice_keys(tx: Transaction) -> set[tuple[str, ...]]:
    """What was made and is not to be made again: subject, clock, instance, step, deadline, user."""
    columns = (NOTICES.c.subject, NOTICES.c.clock, NOTICES.c.instance, NOTICES.c.step, NOTICES.c.due, NOTICES.c.user_id)
    rows = tx.connection.execute(sa.select(*columns))
    return {(row.subject, row.clock, row.instance, row.step, row.due.isoformat(), row.user_id) for row in rows}


def list_notices_in_letter(tx: Transaction, letter: str) -> Sequence[DbRow]:
    """The notices that a letter tells."""
    return tx.connection.execute(sa.select(NOTICES).where(NOTICES.c.letter_id == letter)).all()


def list_notices_of_subject(connection: sa.Connection, subject: str) -> Sequence[DbRow]:
    """Everything told of a case (or post, or unit), oldest first, with what became of each letter."""
    statement = (
        sa.select(NOTICES, LETTERS.c.day, LETTERS.c.state.label("letter_state"), LETTERS.c.sent_at)
        .join(LETTERS, LETTERS.c.id == NOTICES.c.letter_id, isouter=True)
        .where(NOTICES.c.subject == subject)
        .order_by(NOTICES.c.id)
    )
    return connection.execute(statement).all()


def load_running_clocks(tx: Transaction, cases: Sequence[str]) -> dict[tuple[str, str, str], DbRow]:
    """The running clocks of some cases by case, name and start, with what the case says."""
    running_clocks: dict[tuple[str, str, str], DbRow] = {}
    for some in _split_into_batches(cases):
        statement = (
            sa.select(CLOCKS, CASES.c.unit_id, CASES.c.person_id, CASES.c.pipeline, CASES.c.state.label("at"))
            .join(CASES, CASES.c.id == CLOCKS.c.case_id)
            .where(CLOCKS.c.case_id.in_(some), CLOCKS.c.state == "running", CASES.c.closed_on.is_(None))
        )
        rows = tx.connection.execute(statement).all()
        running_clocks |= {(row.case_id, row.name, str(row.seq)): row for row in rows}
    return running_clocks


def _split_into_batches(ids: Sequence[Any], size: int = 500) -> Iterable[Sequence[Any]]:
    return (ids[at : at + size] for at in range(0, len(ids), size))


# --- what a person wants, and has -----------------------------------------------------------------------------------


def load_mailboxes(tx: Transaction) -> Mapping[str, DbRow]:
    """What is known of users' addresses, by user."""
    return {row.user_id: row for row in tx.connection.execute(sa.select(MAILBOXES))}


def set_mailbox(tx: Transaction, user: str, **values: Any) -> None:
    """Note something of a user's address."""
    result = tx.connection.execute(sa.update(MAILBOXES).where(MAILBOXES.c.user_id == user).values(**values))
    if not result.rowcount:
        tx.connection.execute(sa.insert(MAILBOXES).values({"user_id": user, "only_duty": False, **values}))


def list_snoozes(tx: Transaction, day: date) -> Sequence[DbRow]:
    """Snoozes that still last on a day."""
    return tx.connection.execute(sa.select(SNOOZES).where(SNOOZES.c.until > day)).all()


def add_snooze(tx: Transaction, **values: Any) -> None:
    """Somebody asked not to be told of a deadline until a day."""
    tx.connection.execute(sa.insert(SNOOZES).values(values))


def load_calendar_entries(tx: Transaction, users: Sequence[str]) -> dict[str, dict[tuple[str, str, str], DbRow]]:
    """What letters have put into people's calendars, by user, and then by case, clock and start."""
    by_user: dict[str, dict[tuple[str, str, str], DbRow]] = {}
    for some in _split_into_batches(users):
        for row in tx.connection.execute(sa.select(ENTRIES).where(ENTRIES.c.user_id.in_(some))):
            by_user.setdefault(row.user_id, {})[row.subject, row.clock, row.instance] = row
    return by_user


def save_calendar_entry(tx: Transaction, uid: str, **values: Any) -> None:
    """An entry is new, or says something else now."""
    result = tx.connection.execute(sa.update(ENTRIES).where(ENTRIES.c.uid == uid).values(**values))
    if not result.rowcount:
        tx.connection.execute(sa.insert(ENTRIES).values({"uid": uid, **values}))


# --- the heartbeat --------------------------------------------------------------------------------------------------


def find_beat(connection: sa.Connection, name: str) -> DbRow | None:
    """One pulse of the heartbeat: day, at, next_at."""
    return connection.execute(sa.select(BEATS).where(BEATS.c.name == name)).one_or_none()


def lock_beat(tx: Transaction, name: str, at: int) -> DbRow:
    """A pulse, held until the transaction ends: two workers sweep, or write letters, one after the other."""
    _insert_beat(tx, name, at)
    return tx.connection.execute(sa.select(BEATS).where(BEATS.c.name == name).with_for_update()).one()


def _insert_beat(tx: Transaction, name: str, at: int) -> None:
    if tx.connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment] # the same construct there
    tx.connection.execute(insert(BEATS).values(name=name, at=at).on_conflict_do_nothing())


def set_beat(tx: Transaction, name: str, **values: Any) -> None:
    """One pulse more."""
    _insert_beat(tx, name, values["at"])
    tx.connection.execute(sa.update(BEATS).where(BEATS.c.name == name).values(**values))
