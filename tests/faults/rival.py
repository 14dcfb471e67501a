"""One of several processes at one office: `python -m tests.faults.rival CONFIG NAME ROUNDS`, answers in
JSON.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

from states.machine import NotOpen
from tests.faults.scene import begin, case_of, next_morning
from tests.offices import BRANCH, HEAD
from workflow.cases.commands.advance import CaseChanged, advance_case, record_entry
from workflow.cases.commands.open import AlreadyOpen
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.storage import reads

ON = date(2023, 1, 2)
SHARED, TOSSED = HEAD, "P-HOA"


class Rival:
    """Somebody in a hurry. ``counted``: what came of each kind of act; ``took``: seconds that each act
    took.
    """

    def __init__(self, office: Office, name: str) -> None:
        self.office, self.name = office, name
        self.counted: Counter[str] = Counter()
        self.won: list[int] = []
        self.took: list[float] = []

    def attempt(self, what: str, act: Callable[[], object], *refusals: type[Exception]) -> bool:
        """Try something; only the refusals named are told from a fault of the program."""
        began = time.perf_counter()
        try:
            act()
        except refusals as refusal:
            self.counted[f"{what}: {type(refusal).__name__}"] += 1
            return False
        finally:
            self.took.append(time.perf_counter() - began)
        self.counted[what] += 1
        return True

    def race(self) -> None:
        """Receive a paper for the shared case, as it was when looked at."""
        case = case_of(self.office, SHARED)
        with self.office.database.read_transaction() as connection:
            row = reads.load_case(connection, case)
        assert row is not None
        if self.attempt("race", lambda: self.receive(case, seen=row.version), CaseChanged):
            self.won.append(row.version + 1)

    def receive(self, case: str, seen: int | None = None) -> None:
        """A paper came in."""
        fields = {"paper": "1-KNĐ", "paper_dated": ON.isoformat(), "note": f"do {self.name} nhận"}
        record_entry(self.office, case, "receive_paper", ON, BRANCH, fields, seen=seen)

    def toss(self) -> None:
        """Suspend the tossed case, then take it up again, whatever the others make of it."""
        case = case_of(self.office, TOSSED)
        suspended = {"reason": "chờ", "review_on": ON.isoformat()}
        self.attempt(
            "suspend", lambda: advance_case(self.office, case, "suspend", ON, BRANCH, suspended), NotOpen
        )
        self.attempt("resume", lambda: advance_case(self.office, case, "resume", ON, BRANCH, {}), NotOpen)


def say(line: str) -> None:
    """Tell the test."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(config: str, name: str, rounds: str) -> None:
    """Wait for the word, then go."""
    with closing(open_office(Path(config))) as office:
        rival = Rival(office, name)
        say("ready")
        sys.stdin.readline()
        rival.attempt("open", lambda: begin(office, "P-DUNG"), AlreadyOpen)
        mine = case_of(office, f"P-{name}")
        for _ in range(int(rounds)):
            rival.race()
            rival.toss()
            rival.attempt("own", lambda: rival.receive(mine))
            if name == "0":
                rival.attempt("clock", lambda: next_morning(office))
        say(json.dumps({"counted": rival.counted, "won": rival.won, "took": rival.took}))


if __name__ == "__main__":
    main(*sys.argv[1:])
