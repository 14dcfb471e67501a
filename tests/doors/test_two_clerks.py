"""Two clerks at one case: the second hears that it has changed, and what changed; nobody's act is lost."""

import contextlib
import io
import threading
import time
from datetime import date
from pathlib import Path

from tests.doors.ketnap import Ketnap, Said
from workflow.cases.commands.advance import CaseWriter
from workflow.cli import main
from workflow.operations.open_office import open_office
from workflow.register.writer import Who

NOMINATE = (
    "nominate",
    "--on",
    "10/09/2021",
    "--by",
    "bithu",
    "--set",
    "resolution_no=1",
    "--set",
    "helpers=P-BAO",
)


def opened(ketnap: Ketnap) -> str:
    return str(ketnap.done("open", "P-MAU", "--on", "01/09/2021", "--by", "bithu", "--json").json["case"])


def test_who_names_the_version_that_was_looked_at_hears_what_has_changed_since(small: Ketnap) -> None:
    case = opened(small)
    small.done("advance", case, *NOMINATE, "--seen", "1")
    late = small("advance", case, *NOMINATE, "--seen", "1")
    assert late.exit == 4
    assert "vừa được người khác ghi thêm" in late.err
    assert "lần ghi số 2, ngày 10/09/2021: Đưa vào nguồn và phân công giúp đỡ (người làm: bithu" in late.err
    told = small("advance", case, *NOMINATE, "--seen", "1", "--json")
    assert (told.exit, told.code, told.json["seen"], told.json["version"]) == (4, "case_changed", 1, 2)
    assert [change["kind"] for change in told.json["error"]["details"]] == ["nominate"]


def test_a_correction_hears_of_it_as_well(small: Ketnap) -> None:
    case = opened(small)
    small.done("advance", case, *NOMINATE)
    words = (
        "correct",
        case,
        "1",
        "--set",
        "on=31/08/2021",
        "--reason",
        "nhầm",
        "--allowed-by",
        "huyen",
        "--by",
        "canbo",
    )
    assert small(*words, "--seen", "1").exit == 4
    assert small(*words, "--seen", "2").exit == 0


def in_a_thread(config: Path, words: list[str]) -> tuple[threading.Thread, list[Said]]:
    """Start the program in a thread of its own, silent."""
    answers: list[Said] = []

    def run() -> None:
        answers.append(Said(main([*words, "--config", str(config)]), "", ""))

    thread = threading.Thread(target=run)
    thread.start()
    return thread, answers


def test_who_looked_before_and_writes_after_another_hears_of_a_change_and_not_of_a_refusal(
    small: Ketnap,
) -> None:
    """The second has read the case while the first was still writing: what it meets is a race, not a
    broken rule.
    """
    case = opened(small)
    assert small.config
    office, silence = open_office(small.config), io.StringIO()
    try:
        with contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
            with office.case_transaction(case) as (work, ledger, held):
                second, answers = in_a_thread(small.config, ["advance", case, *NOMINATE])
                time.sleep(1.5)  # long enough for it to have read the case and to wait for its turn to write
                assert answers == []
                first, fields = (
                    CaseWriter(office, work, ledger, held),
                    {"resolution_no": "7", "helpers": "P-TRO"},
                )
                first.perform_act("nominate", date(2021, 9, 10), Who("bithu", "may-xa"), fields, moves=True)
                first.write_rows()
            second.join(60)
    finally:
        office.close()
    assert [said.exit for said in answers] == [4]
    assert len(small.done("case", case, "--json").json["history"]) == 2


def test_of_two_processes_at_once_one_is_done_and_the_other_told(small: Ketnap) -> None:
    case = opened(small)
    started = [small.started("advance", case, *NOMINATE) for _ in range(2)]
    ended = []
    for process in started:
        with process:
            out, err = process.communicate(timeout=120)
            ended.append(Said(process.returncode, out, err))
    assert sorted(said.exit for said in ended) in ([0, 3], [0, 4])
    assert len(small.done("case", case, "--json").json["history"]) == 2
    small.done("verify")
