"""The log of looks: every look is in it, in order; what a crash may lose is a second; nobody waits for it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.accounts.scene import BAO, MORNING, XUAN, at_once
from tests.faults.by_hand import copied
from tests.offices import BRANCH, COMMUNE, ELECTED, HEAD, VILLAGE
from workflow.accounts import access_log as log
from workflow.accounts.access_log import AccessLog, list_accesses
from workflow.cases.commands.open import open_case
from workflow.office import Office
from workflow.storage.engine import DatabaseUnavailable

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def watching(office: Office) -> Iterator[AccessLog]:
    looks = AccessLog(office)
    try:
        yield looks
    finally:
        looks.close()


def soon(is_so: Callable[[], bool], seconds: float = 5) -> bool:
    """Whether it comes to be so."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def test_a_look_is_in_the_log_within_a_second_or_so_by_itself(office: Office) -> None:
    with watching(office) as looks:
        looks.log_access(BAO, "case", "K7Q2M4TX")
        assert soon(lambda: list_accesses(office).total == 1)
        [look] = list_accesses(office).looks
        assert (look.user, look.what, look.subject) == (BAO, "case", "K7Q2M4TX")
        assert abs(look.at.timestamp() - time.time()) < 30


def test_two_hundred_are_written_at_once_without_waiting(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "WRITE_EVERY", 60)
    with watching(office) as looks:
        for n in range(log.ROWS_PER_WRITE):
            looks.log_access(BAO, "case", f"K{n}")
        assert soon(lambda: list_accesses(office).total == log.ROWS_PER_WRITE)


def test_flushing_and_closing_leave_nothing_behind(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "WRITE_EVERY", 60)
    looks = AccessLog(office)
    looks.log_access(BAO, "case", "K1", at=MORNING)
    looks.flush()
    assert list_accesses(office).total == 1
    looks.log_access(BAO, "case", "K2", at=MORNING)
    began = time.monotonic()
    looks.close()
    assert time.monotonic() - began < 5
    assert [one.subject for one in list_accesses(office).looks] == ["K2", "K1"]
    looks.close()


def test_looks_of_many_at_once_are_all_there_and_each_persons_in_order(office: Office) -> None:
    with watching(office) as looks:

        def read(who: int) -> None:
            for n in range(150):
                looks.log_access(f"nguoi-{who}", "case", f"{n:03}", at=MORNING)

        at_once(8, read)
    assert list_accesses(office).total == 8 * 150
    for who in range(8):
        seen = [one.subject for one in list_accesses(office, user=f"nguoi-{who}", limit=200).looks]
        assert seen == [f"{n:03}" for n in reversed(range(150))]


def test_while_the_database_is_away_looks_wait(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise DatabaseUnavailable("locked", "busy")

    with watching(sqlite_office) as looks:
        with monkeypatch.context() as for_a_while:
            for_a_while.setattr(sqlite_office.database, "transaction", away)
            for n in range(500):
                looks.log_access(BAO, "case", f"{n:03}", at=MORNING)
            with pytest.raises(DatabaseUnavailable):
                looks.flush()
        assert soon(lambda: list_accesses(sqlite_office).total == 500)
    assert looks.dropped == 0
    subjects = [one.subject for one in list_accesses(sqlite_office, limit=500).looks]
    assert subjects == [f"{n:03}" for n in reversed(range(500))]


def test_of_more_than_can_wait_the_oldest_are_given_up_and_counted(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise DatabaseUnavailable("locked", "busy")

    monkeypatch.setattr(log, "MAX_WAITING", 300)
    with watching(sqlite_office) as looks:
        with monkeypatch.context() as for_a_while:
            for_a_while.setattr(sqlite_office.database, "transaction", away)
            for n in range(500):
                looks.log_access(BAO, "case", f"{n:03}", at=MORNING)
            with pytest.raises(DatabaseUnavailable):
                looks.flush()
        looks.flush()
    assert looks.dropped == 200
    assert list_accesses(sqlite_office).total == 300
    assert list_accesses(sqlite_office, limit=1, offset=299).looks[0].subject == "200"


def test_what_cannot_be_written_at_the_very_end_is_counted(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise DatabaseUnavailable("locked", "busy")

    monkeypatch.setattr(sqlite_office.database, "transaction", away)
    looks = AccessLog(sqlite_office)
    for n in range(7):
        looks.log_access(BAO, "case", str(n), at=MORNING)
    looks.close()
    assert looks.dropped == 7


@pytest.mark.parametrize(
    "subject", ["\0", "\ud800", "K1'); DROP TABLE looks; --", "x" * 10_000, "\x1b[31mđỏ"]
)
def test_a_hostile_look_holds_up_no_other(office: Office, subject: str) -> None:
    with watching(office) as looks:
        looks.log_access(BAO, "case", subject, at=MORNING)
        looks.log_access(BAO, "case", "K7Q2M4TX", at=MORNING)
    rows = list_accesses(office).looks
    assert rows[0].subject == "K7Q2M4TX"
    assert len(rows) == 2
    assert len(rows[1].subject) <= log.MAX_ID_LENGTH
    assert rows[1].subject.isprintable()


KILLED = """
import os, signal, sys, time
from pathlib import Path
from workflow.accounts.access_log import AccessLog
from workflow.operations.open_office import open_office

looks = AccessLog(open_office(Path(sys.argv[1])))
for n in range(20):
    looks.log_access("bithu", "case", f"before-{n}")
time.sleep(2.5)
looks.log_access("bithu", "case", "in the last second")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_has_lost_what_was_noted_in_its_last_second_at_the_most(office: Office) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, office.config.path], cwd=ROOT, env={**os.environ}, check=False
    )
    assert killed.returncode == -9
    found = {one.subject for one in list_accesses(office).looks}
    assert {f"before-{n}" for n in range(20)} <= found


# --- reading it ---------------------------------------------------------------------------------------------


def test_who_looked_at_a_case_its_candidate_or_what_is_in_some_units(office: Office) -> None:
    case = open_case(office, HEAD, ELECTED, BRANCH)
    with watching(office) as looks:
        for n, (user, what, subject) in enumerate(
            [
                (BAO, "case", case),
                (XUAN, "person", HEAD),
                (XUAN, "unit", VILLAGE),
                (XUAN, "case", "KKHAC000"),
                (BAO, "dossier", case),
            ]
        ):
            looks.log_access(user, what, subject, at=MORNING + n)
    at = {
        "the case": list_accesses(office, subject=case),
        "the case and its candidate": list_accesses(office, subject=[case, HEAD]),
        "the officer": list_accesses(office, user=XUAN),
        "the officer at the case": list_accesses(office, user=XUAN, subject=case),
        "the village": list_accesses(office, units={VILLAGE}),
        "the commune alone": list_accesses(office, units=[COMMUNE]),
        "nowhere": list_accesses(office, units=[]),
        "all": list_accesses(office),
    }
    assert {name: found.total for name, found in at.items()} == {
        "the case": 2,
        "the case and its candidate": 3,
        "the officer": 3,
        "the officer at the case": 0,
        "the village": 4,
        "the commune alone": 0,
        "nowhere": 0,
        "all": 5,
    }
    assert [one.what for one in at["the village"].looks] == ["dossier", "unit", "person", "case"]


def test_the_log_is_read_by_page_the_newest_first(office: Office) -> None:
    with watching(office) as looks:
        for n in range(25):
            looks.log_access(BAO, "case", str(n), at=MORNING + n)
    pages = [list_accesses(office, limit=10, offset=start) for start in (0, 10, 20)]
    assert [page.total for page in pages] == [25] * 3
    assert [int(one.subject) for page in pages for one in page.looks] == list(reversed(range(25)))


def test_looks_are_not_in_the_history(sqlite_office: Office) -> None:
    before = copied(sqlite_office)["events"]
    with watching(sqlite_office) as looks:
        looks.log_access(BAO, "case", "K7Q2M4TX")
    assert copied(sqlite_office)["events"] == before
