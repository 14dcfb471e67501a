"""The register as a process holds it is carried on by the history, and is then what the tables say."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from tests.offices import COMMUNE, DISTRICT, FOUNDED, HEAD, HUYEN, VILLAGE, make_small_office
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.register.writer import RegisterWriter
from workflow.storage.register_snapshot import SNAPSHOT_TABLES, RegisterSnapshot, find_row_on

JOINED = date(2024, 3, 1)


@pytest.fixture
def offices(tmp_path: Path, database_url: str) -> Iterator[tuple[Office, Office]]:
    """One office, opened by two people."""
    mine = make_small_office(tmp_path, database_url)
    theirs = open_office(mine.config.path)
    yield mine, theirs
    mine.close()
    theirs.close()


def as_held(tree: RegisterSnapshot) -> Mapping[str, object]:
    return {
        table: {
            key: sorted(row.model_dump().items() for row in rows)
            for key, rows in getattr(tree, table).items()
        }
        for table in SNAPSHOT_TABLES
    }


def as_stored(office: Office) -> Mapping[str, object]:
    with office.database.read_transaction() as connection:
        return as_held(RegisterSnapshot(connection, 0))


def change_much(office: Office) -> None:
    with office.write_transaction() as (work, ledger):
        tree, books = office.snapshot_for_writing(work, ledger), RegisterWriter(office, work, ledger, HUYEN)
        for unit in ("dong-thinh/tan-lap", "dong-thinh/tan-tien"):
            books.add_row(
                "units", JOINED, id=unit, name=unit, level="village", parent=COMMUNE, organs="branch"
            )
        village = find_row_on(tree.units[VILLAGE], JOINED)
        assert village is not None
        books.end_row("units", village, date(2024, 2, 29), successor="dong-thinh/tan-lap")
        books.retire_row("grants", tree.grants["bithu"][0])
        books.set_membership(tree, HEAD, "probationary", JOINED)
        books.add_row("plans", JOINED, post_id=VILLAGE, kind="admit")
        books.add_people([])


def test_what_another_has_changed_is_seen_as_it_is_stored(offices: tuple[Office, Office]) -> None:
    mine, theirs = offices
    before = mine.read_snapshot()
    assert as_held(before) == as_stored(mine)
    change_much(theirs)
    after = mine.read_snapshot()
    assert as_held(after) == as_stored(mine)
    assert after.get_membership(HEAD, JOINED) == "probationary"
    assert after.find_line(VILLAGE, JOINED).unit == VILLAGE
    assert [unit.id for unit in after.units_above(VILLAGE, JOINED)] == [
        "dong-thinh/tan-lap",
        COMMUNE,
        DISTRICT,
    ]
    assert after.list_roles("bithu", VILLAGE, JOINED) == frozenset()


def test_a_tree_that_is_still_held_stays_as_it_was(offices: tuple[Office, Office]) -> None:
    mine, theirs = offices
    before = mine.read_snapshot()
    held = as_held(before)
    change_much(theirs)
    assert mine.read_snapshot() is not before
    assert as_held(before) == held
    assert before.list_roles("bithu", VILLAGE, JOINED) == {"branch_secretary"}


def test_a_calendar_imported_by_another_is_counted_with(offices: tuple[Office, Office]) -> None:
    mine, theirs = offices
    assert 2030 not in mine.read_snapshot().calendar.years
    with theirs.write_transaction() as (work, ledger):
        year = '{"year": 2030, "verified": true, "days_off": [], "days_worked": []}'
        RegisterWriter(theirs, work, ledger, HUYEN).add_row("calendar_years", FOUNDED, year=2030, days=year)
    assert mine.read_snapshot().calendar.years[2030]


def make_a_member_and_think_better_of_it(office: Office) -> None:
    with office.write_transaction() as (work, ledger):
        RegisterWriter(office, work, ledger, HUYEN).add_row(
            "memberships", JOINED, person_id=HEAD, status="member"
        )
        assert office.snapshot_for_writing(work, ledger).get_membership(HEAD, JOINED) == "member"
        raise KeyboardInterrupt


def test_what_came_to_nothing_is_not_held(offices: tuple[Office, Office]) -> None:
    mine, theirs = offices
    mine.read_snapshot()
    with pytest.raises(KeyboardInterrupt):
        make_a_member_and_think_better_of_it(mine)
    with theirs.write_transaction() as (work, ledger):
        RegisterWriter(theirs, work, ledger, HUYEN).add_row(
            "memberships", JOINED, person_id=HEAD, status="probationary"
        )
    assert mine.read_snapshot().get_membership(HEAD, JOINED) == "probationary"
