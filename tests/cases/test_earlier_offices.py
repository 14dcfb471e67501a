"""Offices that earlier versions made are upgraded: nothing is lost, nobody is told of a day before."""

import sqlite3
import tarfile
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.doors.ketnap import Ketnap
from workflow.storage import schema

OFFICES = Path(__file__).parent / "earlier_offices"
VERSIONS = sorted(file.name.split(".")[0] for file in OFFICES.glob("*.tar.xz"))
EVENTS, CASES = 1465, 41
STEPS = 21
"""Every open step of an admission has a case."""


def unpack(version: str, folder: Path) -> Ketnap:
    """An office as that version left it."""
    with tarfile.open(OFFICES / f"{version}.tar.xz") as packed:
        packed.extractall(folder, filter="data")
    return Ketnap(folder / "config.yaml")


def query(office: Ketnap, statement: str) -> list[tuple[object, ...]]:
    assert office.config is not None
    with closing(sqlite3.connect(office.config.parent / "ketnap.db")) as connection:
        return connection.execute(statement).fetchall()


@pytest.mark.parametrize("version", VERSIONS)
def test_an_office_of_an_earlier_version_is_upgraded_whole(tmp_path: Path, version: str) -> None:
    office = unpack(version, tmp_path)
    before = Counter(query(office, "SELECT state FROM cases WHERE closed_on IS NULL"))
    events = query(office, "SELECT n, body, hash FROM events ORDER BY n")
    clocks = query(office, "SELECT case_id, name, due FROM clocks WHERE state = 'running' ORDER BY 1, 2, 3")
    assert (len(events), len(before)) == (EVENTS, STEPS)

    said = office("cases")
    assert (said.exit, "ketnap upgrade" in said.text) == (1, True)
    assert query(office, "SELECT count(*) FROM events") == [(EVENTS,)]

    office.done("upgrade")
    assert query(office, "SELECT version_num FROM alembic_version") == [(schema.VERSION,)]
    assert query(office, "SELECT n, body, hash FROM events ORDER BY n")[:EVENTS] == events
    assert Counter(query(office, "SELECT state FROM cases WHERE closed_on IS NULL")) == before
    assert (
        query(office, "SELECT case_id, name, due FROM clocks WHERE state = 'running' ORDER BY 1, 2, 3")
        == clocks
    )
    verified = office.done("verify", "--json").json
    assert (verified["holds"], verified["cases"], verified["broken"]) == (True, CASES, [])
    assert "KHÔNG" not in office.done("upgrade").text


@pytest.mark.parametrize("version", VERSIONS)
def test_the_morning_after_an_upgrade_tells_what_is_new_that_morning(tmp_path: Path, version: str) -> None:
    office = unpack(version, tmp_path)
    office.done("upgrade")
    moved = office.done("clock", "+1d", "--json").json
    assert moved["today"] == "2022-08-10"
    notices = query(office, "SELECT swept_on, count(*) FROM notices GROUP BY swept_on")
    assert notices == [("2022-08-10", 2)]
    addresses = version > "0001"  # the sample of that version had no addresses yet
    assert len(moved["letters"]) == (2 if addresses else 0)
    assert office.done("verify", "--json").json["holds"]


def test_every_version_of_the_schema_before_this_has_an_office_here() -> None:
    versions = {file.name[:4] for file in (schema.MIGRATIONS / "versions").glob("0*.py")}
    assert versions - {schema.VERSION} <= set(VERSIONS)
