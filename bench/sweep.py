"""A morning's sweep over 300,000 running clocks: beside the bare insert of the same rows, an ORM pass,
and timers.

The clocks are laid into the tables directly: what is measured reads tables, and does not ask how they
were filled.
"""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, select

from bench.journey import FOUNDED, Candidate
from bench.ours import make_district
from notifications.letter_days import last_morning
from notifications.policy import default_policy
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.reminders.notices import sweep_queries
from workflow.reminders.notices.sweep import Sweep, build_span, run_sweep
from workflow.storage.tables.cases import CASES, CLOCKS, CaseRow, ClockRow
from workflow.storage.tables.history import PEOPLE
from workflow.storage.tables.reminders import NOTICES, NoticeRow

CASES_LAID, CLOCKS_EACH = 60_000, 5
MONDAY = date(2024, 8, 12)
ORM_CASES, TIMERS = 2_000, 20_000
"""The slow contenders do a part of the work; what they need for all of it is reckoned up from it."""
MANY = 5_000


def lay(office: Office, cases: int = CASES_LAID) -> None:
    """Cases of all villages, each with clocks whose deadlines lie some months around the Monday."""
    with office.database.transaction() as work:
        connection = work.connection
        for rows in _parts(range(cases)):
            people = [{"id": f"X{number}", "key": None, "sealed": None} for number in rows]
            connection.execute(sa.insert(PEOPLE), people)
            connection.execute(sa.insert(CASES), [_case(number) for number in rows])
            connection.execute(sa.insert(CLOCKS), [one for number in rows for one in _clocks(number)])


def _parts(numbers: range) -> Iterator[range]:
    return (numbers[at : at + MANY] for at in range(0, len(numbers), MANY))


def _case(number: int) -> dict[str, Any]:
    return {
        "id": f"K{number}",
        "pipeline": "admission",
        "person_id": f"X{number}",
        "unit_id": Candidate(number % 146).village,
        "state": "ceremony",
        "opened_on": FOUNDED,
        "closed_on": None,
        "version": 1,
        "record": '{"fields":{"branch_resolution_on":"2024-01-01"},"papers":{},"last_on":"2024-01-01"}',
    }


def _clocks(number: int) -> Iterator[dict[str, Any]]:
    for seq in range(CLOCKS_EACH):
        yield {
            "case_id": f"K{number}",
            "seq": seq,
            "name": "CEREMONY",
            "of": None,
            "kind": "legal",
            "organ": "branch",
            "state": "running",
            "start": FOUNDED,
            "due": MONDAY + timedelta(days=(number * CLOCKS_EACH + seq) % 400 - 60),
            "armed_on": FOUNDED,
        }


def contenders(folder: Path, url: str) -> dict[str, float]:
    """Seconds of each; ``notices``: how many rows the sweep made."""
    make_district(folder, url, [])
    office = open_office(folder / "config.yaml")
    try:
        lay(office)
        policy = default_policy()
        run_sweep(office, policy, today=MONDAY - timedelta(days=3))
        _forget(office)
        seconds = {"ketnap": _timed(lambda: run_sweep(office, policy, today=MONDAY))}
        with office.database.transaction() as work:
            work.connection.execute(sa.text("CREATE TABLE ready AS SELECT * FROM notices"))
        _forget(office)
        seconds["the bare INSERT … SELECT from the clocks"] = _bare_statement(office)
        _forget(office)
        seconds["the same rows from a table that holds them"] = _bare(office)
        seconds["one ORM pass per case"] = _orm(office) * CASES_LAID / ORM_CASES
        with office.database.read_transaction() as connection:
            seconds["notices"] = connection.execute(
                sa.select(sa.func.count()).select_from(NOTICES)
            ).scalar_one()
    finally:
        office.close()
    seconds["APScheduler, one job per clock"] = _timers() * CASES_LAID * CLOCKS_EACH / TIMERS
    return seconds


def _timed(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _forget(office: Office) -> None:
    """What the Friday before has told is out of the way: all contenders make the Monday's rows."""
    with office.database.transaction() as work:
        work.connection.execute(sa.delete(NOTICES))


def _bare_statement(office: Office) -> float:
    """The INSERT … SELECT alone, with everything it goes by laid out before."""
    with office.database.transaction() as work:
        tree = office.snapshot_for_reading(work.connection)
        before = last_morning(tree.calendar, MONDAY - timedelta(days=1))
        Sweep(office, work, tree, default_policy(), build_span(tree, before, MONDAY)).lay_out_steps()
        begun = time.perf_counter()
        if not sweep_queries.sweep_notices(work, before, MONDAY):
            raise RuntimeError("the statement made nothing")
    return time.perf_counter() - begun


def _bare(office: Office) -> float:
    """The rows that the sweep made, from a table that holds them ready into one with the same constraints."""

    def insert() -> None:
        with office.database.transaction() as work:
            work.connection.execute(sa.text("INSERT INTO notices SELECT * FROM ready"))

    return _timed(insert)


def _orm(office: Office) -> float:
    """Each case with its clocks as objects, each step reckoned in Python, each notice added to the
    session.
    """
    legal = default_policy().reminders["legal"]

    def every_case() -> None:
        with Session(office.database.engine) as session:
            for case in session.exec(select(CaseRow).limit(ORM_CASES)).all():
                for clock in session.exec(select(ClockRow).where(ClockRow.case_id == case.id)).all():
                    for step in legal.steps:
                        if clock.due and MONDAY - timedelta(days=3) < step.compute_day(clock.due) <= MONDAY:
                            session.add(_notice(case.id, clock, str(step)))
            session.rollback()

    return _timed(every_case)


def _notice(case: str, clock: ClockRow, step: str) -> NoticeRow:
    said: dict[str, Any] = {
        "reminder": "legal",
        "clock": clock.name,
        "instance": str(clock.seq),
        "step": step,
        "due": clock.due,
    }
    whose: dict[str, Any] = {
        "user_id": "u",
        "via": "u",
        "why": "turn",
        "swept_on": MONDAY,
        "state": "waiting",
    }
    return NoticeRow(subject=case, **said, **whose)


def _timers() -> float:
    """Jobs put into the memory store and asked what is due."""
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.date import DateTrigger

    scheduler = BackgroundScheduler(timezone="Asia/Ho_Chi_Minh")
    scheduler.start(paused=True)
    begun = time.perf_counter()
    for number in range(TIMERS):
        due = MONDAY + timedelta(days=number % 400 - 60)
        scheduler.add_job(
            print, DateTrigger(run_date=due.isoformat()), id=str(number), misfire_grace_time=None
        )
    scheduler.get_jobs()
    seconds = time.perf_counter() - begun
    scheduler.shutdown(wait=False)
    return seconds
