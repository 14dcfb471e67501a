"""Two clerks at once, and four processes in a hurry: one wins, the others are told, nothing is lost."""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from typing import Any

import pytest

from states.machine import NotOpen
from states.vocabulary import Person
from tests.faults.by_hand import by_hand
from tests.faults.conftest import Lived
from tests.faults.rival import SHARED, TOSSED
from tests.faults.scene import JOURNEY, begin, case_of, make, step
from tests.offices import ELECTED, FOUNDED, HEAD, HUYEN, TODAY, VILLAGE
from workflow.cases.commands.advance import CaseChanged
from workflow.cases.commands.correct import correct_event
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.verify.verify import verify_office
from workflow.register.writer import RegisterWriter
from workflow.storage import reads, writes

ROOT = Path(__file__).parents[2]
RIVALS = 4
NEXT = TODAY + timedelta(days=7)


def with_a_case_each(office: Office) -> None:
    with office.write_transaction() as (work, ledger):
        books = RegisterWriter(office, work, ledger, HUYEN)
        for number in range(RIVALS):
            id_ = f"P-{number}"
            books.add_people([Person(id_, f"Người Thứ {number}")])
            books.add_row("posts", FOUNDED, id=f"to-{id_}", unit_id=VILLAGE, kind="residential_group")
            books.add_row("tenures", ELECTED, post_id=f"to-{id_}", person_id=id_)
    for person in (SHARED, TOSSED, *(f"P-{number}" for number in range(RIVALS))):
        begin(office, person)


def hurry(office: Office, rounds: int, meanwhile: Callable[[], object]) -> list[dict[str, Any]]:
    """Let all rivals go at once; what each of them says at the end."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.rival", str(office.config.path), str(number), str(rounds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=ROOT,
        )
        for number in range(RIVALS)
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    while processes[0].poll() is None:
        meanwhile()
    said = [process.communicate(timeout=600) for process in processes]
    assert [error for _, error in said] == [""] * RIVALS
    return [json.loads(out) for out, _ in said]


def rush(tmp_path: Path, url: str, rounds: int) -> None:
    with closing(make(tmp_path, url)) as office:
        with_a_case_each(office)
        looks: list[bool] = []
        said = hurry(office, rounds, lambda: looks.append(verify_office(office).holds))
        assert looks
        assert all(looks)
        counted = sum((Counter(one["counted"]) for one in said), Counter[str]())
        with by_hand(office) as hand:
            events = hand.events()
        kinds = Counter(f"{event.get('case')} {event['kind']}" for event in events)
        shared, tossed = case_of(office, SHARED), case_of(office, TOSSED)

        assert set(counted) <= {
            "open",
            "open: AlreadyOpen",
            "race",
            "race: CaseChanged",
            "suspend",
            "suspend: NotOpen",
            "resume",
            "resume: NotOpen",
            "own",
            "clock",
        }
        # One of them opened the case; of each version of the shared case exactly one made the next.
        assert (counted["open"], counted["open: AlreadyOpen"]) == (1, RIVALS - 1)
        won = sorted(version for one in said for version in one["won"])
        assert won == list(range(2, len(won) + 2))
        assert kinds[f"{shared} receive_paper"] == len(won) == counted["race"]
        assert counted["race"] + counted["race: CaseChanged"] == RIVALS * rounds
        # Nobody suspends what is suspended, nobody resumes what is not.
        mine = [event["kind"] for event in events if event.get("case") == tossed][1:]
        assert all(one != other for one, other in pairwise(mine))
        assert mine.count("suspend") == counted["suspend"]
        assert mine.count("resume") == counted["resume"]
        # Whoever works on a case of their own is never turned away, and every act is one event.
        assert counted["own"] == RIVALS * rounds
        assert [event["n"] for event in events] == list(range(1, len(events) + 1))
        assert all(one["recorded_on"] <= other["recorded_on"] for one, other in pairwise(events))
        assert verify_office(office).broken == []
        took = quantiles([seconds for one in said for seconds in one["took"]], n=100)
        sys.stdout.write(
            f"{office.database.url.get_backend_name()}: p50 {took[49] * 1000:.1f} ms, p99 {took[98] * 1000:.1f} ms\n"
        )


def test_four_processes_in_a_hurry_lose_nothing(tmp_path: Path, database_url: str) -> None:
    rush(tmp_path, database_url, rounds=6)


@pytest.mark.soak
def test_four_processes_in_a_long_hurry_lose_nothing(tmp_path: Path, database_url: str) -> None:
    rush(tmp_path, database_url, rounds=150)


def test_the_second_clerk_hears_that_the_case_has_changed(lived: Lived) -> None:
    case = begin(lived.office, "P-DUNG")
    step(lived.office, case, JOURNEY[0], seen=1)
    events = verify_office(lived.office).events
    with pytest.raises(CaseChanged) as told:
        step(lived.office, case, JOURNEY[0], seen=1)
    assert (told.value.case, told.value.seen, told.value.version) == (case, 1, 2)
    with pytest.raises(CaseChanged):
        correct_event(
            lived.office, case, 1, HUYEN, {"on": "2021-08-30"}, reason="nhầm", allowed_by="huyen", seen=1
        )
    assert verify_office(lived.office).events == events


def test_who_waited_sees_everything_as_the_one_before_left_it(tmp_path: Path, database_url: str) -> None:
    """The day, the person and the case: all may have changed while a clerk waited for a turn."""
    with closing(make(tmp_path, database_url)) as office, ThreadPoolExecutor(1) as second:
        case = begin(office, "P-HOA")
        step(office, case, JOURNEY[0])

        def by_another() -> None:
            with closing(open_office(office.config.path)) as theirs:
                ready.set()
                act = JOURNEY[1]._replace(
                    kind="suspend", on=NEXT, fields={"reason": "chờ", "review_on": "2024-09-01"}
                )
                step(theirs, case, act)

        ready = threading.Event()
        with office.case_transaction(case) as (work, ledger, held):
            waiting = second.submit(by_another)
            ready.wait(10)
            time.sleep(0.3)
            assert not waiting.done()
            books = RegisterWriter(office, work, ledger, HUYEN)
            books.set_today(NEXT)
            assert held.key is not None
            books.change_person(held.key, Person("P-HOA", "Trần Thị Hòa Mới"))
            writes.update_case(
                work,
                case=case,
                seen=held.version,
                seq=held.version,
                unit=VILLAGE,
                to="listed",
                json=held.record,
                closed=None,
            )
        waiting.result(30)
        with by_hand(office) as hand:
            assert hand.events()[-1]["recorded_on"] == NEXT.isoformat()
        assert verify_office(office).holds


def test_threads_of_one_office_take_turns_as_processes_do(tmp_path: Path, database_url: str) -> None:
    people = [f"P-{number}" for number in range(RIVALS)]
    with closing(make(tmp_path, database_url)) as office, ThreadPoolExecutor(RIVALS) as clerks:
        with_a_case_each(office)

        def work_on(person: str) -> None:
            for act in JOURNEY[:4]:
                step(office, case_of(office, person), act)

        list(clerks.map(work_on, people))
        with office.database.read_transaction() as connection:
            states = [reads.load_cases(connection, person=person)[0].state for person in people]
        assert states == ["sponsorship"] * RIVALS
        assert verify_office(office).broken == []


def test_who_waited_for_a_case_that_moved_on_is_told_so(tmp_path: Path, database_url: str) -> None:
    with closing(make(tmp_path, database_url)) as office, ThreadPoolExecutor(2) as clerks:
        case = begin(office, HEAD)

        def nominate() -> str:
            with closing(open_office(office.config.path)) as theirs:
                started.wait(10)
                try:
                    step(theirs, case, JOURNEY[0])
                except NotOpen as told:
                    return told.state
                return "done"

        started = threading.Barrier(2)
        both = [clerks.submit(nominate) for _ in range(2)]
        assert sorted(one.result(30) for one in both) == ["done", "nominated"]
        assert verify_office(office).holds
