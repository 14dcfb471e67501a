"""One statement makes the notices of all cases that fall due."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from workflow.reminders.notices.notice_queries import RunningClock, select_running_clocks, split_into_batches
from workflow.storage.engine import Transaction
from workflow.storage.tables.cases import CASES, CLOCKS

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


class DueNotice(NamedTuple):
    """A notice that falls due and is not made yet."""

    subject: str
    reminder: str
    clock: str
    instance: str
    step: str
    due: date
    user_id: str
    via: str
    why: str
    person_id: str


class CaseBeforeVote(NamedTuple):
    """An open case on which its branch has not resolved yet; ``record`` is its fold, as JSON."""

    id: str
    unit_id: str
    person_id: str
    pipeline: str
    state: str
    record: str


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
    unknown = (
        "SELECT relname FROM pg_class WHERE oid IN ('clocks'::regclass, 'cases'::regclass) AND reltuples < 0"
    )
    for table in [*_TEMPORARY.tables, *tx.connection.execute(sa.text(unknown)).scalars()]:
        tx.connection.execute(sa.text(f"ANALYZE {table}"))


# Every notice that the steps laid out make of running clocks which were armed before a day. SQLite keeps to
# the order of a CROSS JOIN: from the few steps by the index to the clocks of a day. By itself it reads all
# clocks for each step, as it would by the index of armed_on, were it not for coalesce.
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
INSERT INTO notices
  (subject, reminder, clock, instance, step, due, user_id, via, why, person_id, swept_on, state)
SELECT due_now.*, :today, 'waiting' FROM ({_FALLING_DUE}) AS due_now WHERE true
ON CONFLICT DO NOTHING
"""  # noqa: S608 - nothing in it was typed by anybody
).bindparams(_ARMED_BEFORE, sa.bindparam("today", type_=sa.Date))


def list_due_notices(tx: Transaction, armed_before: date) -> list[DueNotice]:
    """What `sweep_notices` would make, without making it."""
    return [DueNotice(*row) for row in tx.connection.execute(_DUE, {"armed_before": armed_before})]


def sweep_notices(tx: Transaction, armed_before: date, today: date) -> int:
    """Make every notice that falls due and was not made before, in one statement; how many."""
    return tx.connection.execute(_SWEEP, {"armed_before": armed_before, "today": today}).rowcount


def list_armed_since(tx: Transaction, day: date) -> list[RunningClock]:
    """Running clocks of open cases whose deadline was set on or after a day."""
    statement = select_running_clocks().where(CLOCKS.c.armed_on >= day, CLOCKS.c.due.is_not(None))
    return [RunningClock(*row) for row in tx.connection.execute(statement)]


def list_units_with_cases(tx: Transaction) -> list[tuple[str, str]]:
    """The pipelines and units that have open cases."""
    statement = sa.select(CASES.c.pipeline, CASES.c.unit_id).distinct().where(CASES.c.closed_on.is_(None))
    return [(row.pipeline, row.unit_id) for row in tx.connection.execute(statement)]


def list_cases_before_vote(tx: Transaction) -> list[CaseBeforeVote]:
    """Open cases on which their branch has not resolved yet."""
    unresolved = CASES.c.record.not_like('%"branch_resolution_on":%')
    columns = [CASES.c[name] for name in CaseBeforeVote._fields]
    rows = tx.connection.execute(sa.select(*columns).where(CASES.c.closed_on.is_(None), unresolved))
    return [CaseBeforeVote(*row) for row in rows]


def find_people_with_case(tx: Transaction, people: Iterable[str]) -> set[str]:
    """Who of some people has an open case."""
    people_found: set[str] = set()
    for some in split_into_batches(sorted(people)):
        mine = sa.select(CASES.c.person_id).where(CASES.c.closed_on.is_(None), CASES.c.person_id.in_(some))
        people_found.update(tx.connection.execute(mine).scalars())
    return people_found
