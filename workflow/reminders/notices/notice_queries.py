"""The ledger of notices, by intent. Every function works within the transaction of the `Work` it is given."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Row
from sqlalchemy.schema import CreateTable

from workflow.storage.engine import Work
from workflow.storage.tables import BeatRow, EntryRow, LetterRow, MailboxRow, NoticeRow, SnoozeRow, table_of
from workflow.storage.writes import CASES, CLOCKS

Found = Row[*tuple[Any, ...]]

NOTICES, LETTERS, MAILBOXES, ENTRIES, SNOOZES, BEATS = (
    table_of(model) for model in (NoticeRow, LetterRow, MailboxRow, EntryRow, SnoozeRow, BeatRow)
)

# What a sweep is told beside the clocks: each process fills these tables of its own before it asks.
_ITS_OWN = sa.MetaData()
_STEPS = sa.Table(
    "sweep_steps",
    _ITS_OWN,
    sa.Column("reminder", sa.String),
    sa.Column("kind", sa.String),
    sa.Column("name", sa.String),
    sa.Column("step", sa.String),
    sa.Column("who", sa.String),
    sa.Column("due", sa.Date),
    prefixes=["TEMPORARY"],
)
_TOLD = sa.Table(
    "sweep_told",
    _ITS_OWN,
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
_SILENT = sa.Table("sweep_silent", _ITS_OWN, sa.Column("person_id", sa.String), prefixes=["TEMPORARY"])


class Step(NamedTuple):
    """A step of a reminder about clocks, of a ``kind`` or a ``name``, which are due on one day, for ``who``.

    One day each, and not from a day to a day: an index finds clocks by an equal day, and databases know it.
    """

    reminder: str
    kind: str | None
    name: str | None
    step: str
    who: str
    due: date


class Told(NamedTuple):
    """Who is told of what an organ of a unit has to do, in whose letter, and why."""

    pipeline: str
    unit_id: str
    organ: str
    who: str
    user_id: str
    via: str
    why: str


def prepare(work: Work, steps: Sequence[Step], told: Sequence[Told], silent: Iterable[str]) -> None:
    """Lay out what the next `due` or `sweep` goes by."""
    connection = work.connection
    for table, rows in (
        (_STEPS, [one._asdict() for one in steps]),
        (_TOLD, [one._asdict() for one in told]),
        (_SILENT, [{"person_id": one} for one in silent]),
    ):
        connection.execute(CreateTable(table, if_not_exists=True))
        connection.execute(sa.delete(table))
        if rows:
            connection.execute(sa.insert(table), rows)
    if connection.dialect.name == "postgresql":
        _look_through(work)


def _look_through(work: Work) -> None:
    """PostgreSQL plans by what it knows of a table: of a new one nothing, and then a sweep takes minutes."""
    unknown = "SELECT relname FROM pg_class WHERE oid IN ('clocks'::regclass, 'cases'::regclass) AND reltuples < 0"
    for table in [*_ITS_OWN.tables, *work.connection.execute(sa.text(unknown)).scalars()]:
        work.connection.execute(sa.text(f"ANALYZE {table}"))


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


def due(work: Work, armed_before: date) -> Sequence[Found]:
    """What a `sweep` of what was laid out would make, without making it."""
    return work.connection.execute(_DUE, {"armed_before": armed_before}).all()


def sweep(work: Work, armed_before: date, today: date) -> int:
    """Make every notice that falls due and was not made before, in one statement; how many."""
    return work.connection.execute(_SWEEP, {"armed_before": armed_before, "today": today}).rowcount


def _once(work: Work) -> Any:
    """An insert that passes over what is there already."""
    if work.connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment] # the same construct there
    return insert(NOTICES).on_conflict_do_nothing().returning(NOTICES.c.id)


def add(work: Work, rows: Sequence[Mapping[str, Any]]) -> int:
    """Make single notices that were not made before; how many."""
    return sum(len(work.connection.execute(_once(work).values(dict(row))).all()) for row in rows)


def armed_since(work: Work, day: date) -> Sequence[Found]:
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
    return work.connection.execute(statement).all()


def units_with_cases(work: Work) -> Sequence[Found]:
    """The units that have open cases: pipeline, unit_id."""
    statement = sa.select(CASES.c.pipeline, CASES.c.unit_id).distinct().where(CASES.c.closed_on.is_(None))
    return work.connection.execute(statement).all()


def before_vote(work: Work) -> Sequence[Found]:
    """Open cases whose branch has not resolved on them yet: id, unit_id, person_id, pipeline, state, record."""
    columns = (CASES.c.id, CASES.c.unit_id, CASES.c.person_id, CASES.c.pipeline, CASES.c.state, CASES.c.record)
    unresolved = CASES.c.record.not_like('%"branch_resolution_on":%')
    return work.connection.execute(sa.select(*columns).where(CASES.c.closed_on.is_(None), unresolved)).all()


def with_case(work: Work, people: Iterable[str]) -> set[str]:
    """Who of some people has an open case."""
    found: set[str] = set()
    for some in _parts(sorted(people)):
        mine = sa.select(CASES.c.person_id).where(CASES.c.closed_on.is_(None), CASES.c.person_id.in_(some))
        found.update(work.connection.execute(mine).scalars())
    return found


def told_before(work: Work, subject: str, clock: str, instance: str) -> Sequence[Found]:
    """What was told of one start of a clock, oldest first."""
    mine = (NOTICES.c.subject == subject, NOTICES.c.clock == clock, NOTICES.c.instance == instance)
    return work.connection.execute(sa.select(NOTICES).where(*mine).order_by(NOTICES.c.id)).all()


def waiting(work: Work) -> Sequence[Found]:
    """Notices that stand in no letter yet, those of one reader together."""
    return work.connection.execute(_WAITING).all()


_WAITING = sa.select(NOTICES).where(NOTICES.c.state == "waiting").order_by(NOTICES.c.via, NOTICES.c.due, NOTICES.c.id)


def waiting_for(work: Work, readers: Sequence[str]) -> dict[str, list[Found]]:
    """Notices that stand in no letter yet, by the reader whose letter they wait for."""
    found: dict[str, list[Found]] = {}
    for some in _parts(readers):
        for row in work.connection.execute(_WAITING.where(NOTICES.c.via.in_(some))):
            found.setdefault(row.via, []).append(row)
    return found


def settle(work: Work, ids: Sequence[int], state: str, letter: str | None = None) -> None:
    """Say what became of notices: told in a letter, or void."""
    for some in _parts(ids):
        statement = sa.update(NOTICES).where(NOTICES.c.id.in_(some)).values(state=state, letter_id=letter)
        work.connection.execute(statement)


def hand_on(work: Work, ids: Sequence[int], via: str) -> None:
    """Notices that did not arrive wait again, to be told in somebody else's letter."""
    for some in _parts(ids):
        statement = sa.update(NOTICES).where(NOTICES.c.id.in_(some))
        work.connection.execute(statement.values(state="waiting", letter_id=None, via=via, why="no_address"))


def by_id(work: Work, id_: int) -> Found | None:
    """One notice."""
    return work.connection.execute(sa.select(NOTICES).where(NOTICES.c.id == id_)).one_or_none()


def keys(work: Work) -> set[tuple[str, ...]]:
    """What was made and is not to be made again: subject, clock, instance, step, deadline, user."""
    columns = (NOTICES.c.subject, NOTICES.c.clock, NOTICES.c.instance, NOTICES.c.step, NOTICES.c.due, NOTICES.c.user_id)
    rows = work.connection.execute(sa.select(*columns))
    return {(row.subject, row.clock, row.instance, row.step, row.due.isoformat(), row.user_id) for row in rows}


def in_letter(work: Work, letter: str) -> Sequence[Found]:
    """The notices that a letter tells."""
    return work.connection.execute(sa.select(NOTICES).where(NOTICES.c.letter_id == letter)).all()


def of_subject(connection: sa.Connection, subject: str) -> Sequence[Found]:
    """Everything told of a case (or post, or unit), oldest first, with what became of each letter."""
    statement = (
        sa.select(NOTICES, LETTERS.c.day, LETTERS.c.state.label("letter_state"), LETTERS.c.sent_at)
        .join(LETTERS, LETTERS.c.id == NOTICES.c.letter_id, isouter=True)
        .where(NOTICES.c.subject == subject)
        .order_by(NOTICES.c.id)
    )
    return connection.execute(statement).all()


def running(work: Work, cases: Sequence[str]) -> dict[tuple[str, str, str], Found]:
    """The running clocks of some cases by case, name and start, with what the case says."""
    found: dict[tuple[str, str, str], Found] = {}
    for some in _parts(cases):
        statement = (
            sa.select(CLOCKS, CASES.c.unit_id, CASES.c.person_id, CASES.c.pipeline, CASES.c.state.label("at"))
            .join(CASES, CASES.c.id == CLOCKS.c.case_id)
            .where(CLOCKS.c.case_id.in_(some), CLOCKS.c.state == "running", CASES.c.closed_on.is_(None))
        )
        rows = work.connection.execute(statement).all()
        found |= {(row.case_id, row.name, str(row.seq)): row for row in rows}
    return found


def _parts(ids: Sequence[Any], size: int = 500) -> Iterable[Sequence[Any]]:
    return (ids[at : at + size] for at in range(0, len(ids), size))


# --- what a person wants, and has -----------------------------------------------------------------------------------


def mailboxes(work: Work) -> Mapping[str, Found]:
    """What is known of users' addresses, by user."""
    return {row.user_id: row for row in work.connection.execute(sa.select(MAILBOXES))}


def set_mailbox(work: Work, user: str, **values: Any) -> None:
    """Note something of a user's address."""
    done = work.connection.execute(sa.update(MAILBOXES).where(MAILBOXES.c.user_id == user).values(**values))
    if not done.rowcount:
        work.connection.execute(sa.insert(MAILBOXES).values({"user_id": user, "only_duty": False, **values}))


def snoozes(work: Work, day: date) -> Sequence[Found]:
    """Snoozes that still last on a day."""
    return work.connection.execute(sa.select(SNOOZES).where(SNOOZES.c.until > day)).all()


def add_snooze(work: Work, **values: Any) -> None:
    """Somebody asked not to be told of a deadline until a day."""
    work.connection.execute(sa.insert(SNOOZES).values(values))


def entries(work: Work, users: Sequence[str]) -> dict[str, dict[tuple[str, str, str], Found]]:
    """What letters have put into people's calendars, by user, and then by case, clock and start."""
    found: dict[str, dict[tuple[str, str, str], Found]] = {}
    for some in _parts(users):
        for row in work.connection.execute(sa.select(ENTRIES).where(ENTRIES.c.user_id.in_(some))):
            found.setdefault(row.user_id, {})[row.subject, row.clock, row.instance] = row
    return found


def put_entry(work: Work, uid: str, **values: Any) -> None:
    """An entry is new, or says something else now."""
    done = work.connection.execute(sa.update(ENTRIES).where(ENTRIES.c.uid == uid).values(**values))
    if not done.rowcount:
        work.connection.execute(sa.insert(ENTRIES).values({"uid": uid, **values}))


# --- the heartbeat --------------------------------------------------------------------------------------------------


def beat(connection: sa.Connection, name: str) -> Found | None:
    """One pulse of the heartbeat: day, at, next_at."""
    return connection.execute(sa.select(BEATS).where(BEATS.c.name == name)).one_or_none()


def take_turn(work: Work, name: str, at: int) -> Found:
    """A pulse, held until the transaction ends: two workers sweep, or write letters, one after the other."""
    _once_more(work, name, at)
    return work.connection.execute(sa.select(BEATS).where(BEATS.c.name == name).with_for_update()).one()


def _once_more(work: Work, name: str, at: int) -> None:
    if work.connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment] # the same construct there
    work.connection.execute(insert(BEATS).values(name=name, at=at).on_conflict_do_nothing())


def set_beat(work: Work, name: str, **values: Any) -> None:
    """One pulse more."""
    _once_more(work, name, values["at"])
    work.connection.execute(sa.update(BEATS).where(BEATS.c.name == name).values(**values))
