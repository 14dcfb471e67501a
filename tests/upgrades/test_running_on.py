"""Whoever runs on through an upgrade writes nothing more by the older program, says so, and ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from tests.journeys.corrected import corrected_rules, shorten_decision, upgraded
from tests.journeys.fixtures import land as land
from tests.journeys.fixtures import land_template as land_template
from tests.journeys.fixtures import sqlite_land as sqlite_land
from tests.journeys.land import OFFICER, PARTED, PLAIN, SECRETARY, Journey, begin, proven, travel
from tests.pages.guests import guest, pages_of, words
from tests.reading import list_cases
from workflow.accounts.sign_in import enter_sample
from workflow.cases.judgement.recorded_rules import ProgramUpgraded
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.register.acts import AddPerson
from workflow.register.commands.people import add_person
from workflow.reminders.worker import Worker, WorkerEvent
from workflow.storage.tables.history import EVENTS, OFFICE
from workflow.storage.tables.reminders import NOTICES
from workflow.web.context import get_state

ROOT = Path(__file__).parents[2]
TODAY = date(2022, 6, 1)


def count_rows(office: Office, table: sa.Table) -> int:
    with office.database.read_transaction() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def bring_newer_tables(office: Office) -> None:
    """What an upgrade to a version of the program with other tables leaves, the rules being the same."""
    with office.database.transaction() as tx:
        tx.connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        tx.connection.execute(sa.update(OFFICE).values(basis="của bản sau"))


@pytest.fixture(params=["rules", "tables"])
def upgrade(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Office], None]:
    """Another program upgrades the office, while this one has it open."""

    def bring_newer_rules(office: Office) -> None:
        rules = corrected_rules(tmp_path / "quy định", shorten_decision)
        upgraded(office.config.path, rules).close()

    return bring_newer_rules if request.param == "rules" else bring_newer_tables


@pytest.fixture
def case(land: Office) -> Journey:
    travel(land, TODAY)
    return begin(land, PLAIN, date(2022, 1, 4)).to("decision")


def test_an_act_after_an_upgrade_is_refused_by_the_older_program_and_leaves_nothing(
    land: Office, case: Journey, upgrade: Callable[[Office], None]
) -> None:
    upgrade(land)
    events = count_rows(land, EVENTS)
    with pytest.raises(ProgramUpgraded):
        case.advance("decide", TODAY)
    with pytest.raises(ProgramUpgraded):
        begin(land, PARTED, TODAY)
    with pytest.raises(ProgramUpgraded):
        add_person(land, AddPerson(details={"name": "Ngô Thị Mới"}), OFFICER)
    with pytest.raises(ProgramUpgraded):
        list_cases_on_a_page(land)
    assert count_rows(land, EVENTS) == events


def list_cases_on_a_page(office: Office) -> None:
    """What each page begins with."""
    office.read_day_and_snapshot()


def test_the_newer_program_goes_on_where_the_older_one_was_refused(
    land: Office, case: Journey, tmp_path: Path
) -> None:
    rules = corrected_rules(tmp_path / "quy định", shorten_decision)
    with closing(upgraded(land.config.path, rules)) as newer:
        with pytest.raises(ProgramUpgraded):
            case.advance("decide", TODAY)
        Journey(newer, case.case, case.start, case.at).advance("decide", TODAY)
        proven(newer)
        assert list_cases(newer)[0].state.id == "ceremony"


def test_other_days_of_the_house_are_no_upgrade(land: Office, case: Journey) -> None:
    text = land.config.path.read_text(encoding="utf-8")
    land.config.path.write_text(f"{text}house_clocks: {{training: 9}}\n", encoding="utf-8")
    open_office(land.config.path).close()
    case.advance("decide", TODAY)
    proven(land)


def test_a_worker_that_runs_on_does_no_job_more_and_says_why_it_ends(
    land: Office, case: Journey, upgrade: Callable[[Office], None]
) -> None:
    told: list[WorkerEvent] = []
    worker = Worker(land, told.append)
    upgrade(land)
    notices = count_rows(land, NOTICES)
    worker.run()
    assert case.at == "decision"
    assert told == []
    assert count_rows(land, NOTICES) == notices
    with pytest.raises(ProgramUpgraded):
        worker.stop.raise_reason()


def test_a_page_that_is_open_says_that_the_program_was_upgraded_and_the_server_ends(
    land: Office, case: Journey, upgrade: Callable[[Office], None]
) -> None:
    with pages_of(land) as app:
        secretary = guest(app).enter(SECRETARY.by)
        secretary.get(f"/case/{case.case}")
        upgrade(land)
        page = secretary.client.get(f"/case/{case.case}")
        assert page.status_code == 503
        assert "Chương trình vừa được nâng cấp" in words(page.text)
        assert "ketnap" not in words(page.text).split("Chương trình vừa")[1]
        assert isinstance(get_state(app).stop.reason, ProgramUpgraded)
        answer = secretary.client.get("/api/v1/cases")
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "program_upgraded"


def test_a_server_ends_by_itself_with_a_sentence_and_is_started_again_by_whoever_watches_it(
    sqlite_land: Office, tmp_path: Path
) -> None:
    config = str(sqlite_land.config.path)
    program = "from workflow.cli import main; raise SystemExit(main())"
    command = [sys.executable, "-c", program, "--config", config, "serve", "--port", "0", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (
        (tmp_path / "lỗi").open("w+", encoding="utf-8") as faults,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=faults, text=True, env=environment
        ) as server,
    ):
        try:
            said = "".join(iter(server.stdout.readline, "}\n")) if server.stdout else ""
            address = said.split('"address": "')[1].split('"')[0]
            session = {"ketnap": enter_sample(sqlite_land, SECRETARY.by).token}
            assert httpx.get(address, cookies=session, timeout=10).status_code == 200
            bring_newer_tables(sqlite_land)
            assert httpx.get(address, cookies=session, timeout=10).status_code == 503
            begun = time.monotonic()
            assert server.wait(20) == 4
            assert time.monotonic() - begun < 8
        finally:
            server.send_signal(signal.SIGKILL)
        faults.seek(0)
        assert "program_upgraded" in faults.read() + (server.stdout.read() if server.stdout else "")
