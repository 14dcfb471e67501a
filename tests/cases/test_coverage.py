"""How many heads are members: on any day, as it is known now, and as it was known then."""

from dataclasses import asdict
from datetime import date

import pytest

from tests.journeys.land import (
    HEADS,
    LAST_OF_DISTRICT,
    PARTED,
    PLAIN,
    SPARE,
    STRAIGHT,
    TRUSTED,
    VILLAGES,
    begin,
    proven,
    travel,
    writing,
)
from tests.reading import ask
from workflow.board.coverage import CommuneCoverageView, count_coverage
from workflow.office import Office
from workflow.storage import reads
from workflow.storage.tables.register import TenureRow

START = date(2022, 1, 4)


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land on the district's last day."""
    travel(sqlite_land, LAST_OF_DISTRICT)
    return sqlite_land


def total(office: Office, on: date, as_known_on: date | None = None) -> dict[str, int]:
    """The totals, without those that are nought."""
    counted = asdict(ask(office, count_coverage, on=on, as_known_on=as_known_on).total)
    return {name: count for name, count in counted.items() if count}


def tenure_of(office: Office, post: str) -> TenureRow:
    with office.database.read_transaction() as connection:
        (found,) = [row for row in reads.load_register_rows(connection, TenureRow) if row.post_id == post]
    return found


def row_of(office: Office, name: str, on: date) -> CommuneCoverageView:
    (found,) = [row for row in ask(office, count_coverage, on=on).communes if row.name == name]
    return found


def test_four_posts_and_nobody_is_a_member_yet(office: Office) -> None:
    assert total(office, on=START) == {"posts": 4, "remaining": 4}
    assert total(office, on=date(2016, 1, 15)) == {"posts": 4, "vacant": 4}
    assert total(office, on=date(2015, 12, 31)) == {}


def test_probationary_from_the_ceremony_official_from_its_anniversary(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, START).to("member")
    ceremony, decided = journey.on(100), journey.on(490)
    assert (ceremony, decided) == (date(2022, 4, 14), date(2023, 5, 9))
    assert total(land, on=date(2022, 4, 13)) == {"posts": 4, "remaining": 4}
    assert total(land, on=ceremony) == {"posts": 4, "members": 1, "probationary": 1, "remaining": 3}
    assert total(land, on=date(2023, 4, 13)) == {"posts": 4, "members": 1, "probationary": 1, "remaining": 3}
    assert total(land, on=date(2023, 4, 14)) == {"posts": 4, "members": 1, "remaining": 3}
    proven(land)


def test_an_official_members_day_is_the_anniversary_however_late_the_decision(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("recognition_decision")
    assert [one.code for one in journey.advance("recognise", date(2025, 6, 2)).warnings] == []
    assert office.read_snapshot().get_membership(HEADS[PLAIN], date(2023, 4, 14)) == "member"


def test_the_ceremony_of_a_leap_day_ends_on_the_last_of_february(office: Office) -> None:
    journey = begin(office, PLAIN, date(2023, 11, 21)).to("decision")
    journey.advance("decide", date(2024, 2, 26))
    journey.record("receive_decision", date(2024, 2, 27))
    journey.advance("hold_ceremony", date(2024, 2, 29))
    assert journey.clock("PROBATION").due == date(2025, 2, 28)
    journey.to("member")
    assert office.read_snapshot().get_membership(HEADS[PLAIN], date(2025, 2, 27)) == "probationary"
    assert office.read_snapshot().get_membership(HEADS[PLAIN], date(2025, 2, 28)) == "member"


def test_what_was_recorded_late_is_known_from_then_on_only(office: Office) -> None:
    travel(office, date(2022, 4, 20))
    journey = begin(office, PLAIN, START).to("probation")
    travel(office, date(2023, 6, 1))
    journey.to("member")
    assert total(office, on=date(2023, 5, 1), as_known_on=date(2022, 4, 19))["remaining"] == 4
    assert total(office, on=date(2023, 5, 1), as_known_on=date(2022, 4, 20))["probationary"] == 1
    assert total(office, on=date(2023, 5, 1), as_known_on=date(2023, 5, 31))["probationary"] == 1
    assert "probationary" not in total(office, on=date(2023, 5, 1), as_known_on=date(2023, 6, 1))
    assert total(office, on=date(2023, 5, 1), as_known_on=date(2023, 6, 1))["members"] == 1


def test_a_tenure_whose_end_was_reported_late(office: Office) -> None:
    travel(office, date(2022, 5, 1))
    begin(office, PLAIN, START).to("probation")
    travel(office, date(2022, 10, 3))
    tenure = tenure_of(office, PLAIN)
    with writing(office) as books:
        books.end_row("tenures", tenure, date(2022, 6, 30))
        books.add_row("tenures", date(2022, 7, 1), post_id=PLAIN, person_id=SPARE)
    asked = date(2022, 8, 1)
    believed = {"posts": 4, "members": 1, "probationary": 1, "remaining": 3}
    assert total(office, on=date(2022, 6, 30)) == believed
    assert total(office, on=asked) == {"posts": 4, "remaining": 4}
    assert total(office, on=asked, as_known_on=date(2022, 10, 2)) == believed
    assert total(office, on=asked, as_known_on=date(2022, 10, 3)) == {"posts": 4, "remaining": 4}
    assert total(office, on=asked, as_known_on=date(2015, 12, 31)) == {}


def test_a_post_without_a_head_is_vacant_and_one_that_ended_is_not_counted(office: Office) -> None:
    tenure = tenure_of(office, PLAIN)
    with writing(office) as books:
        books.end_row("tenures", tenure, date(2022, 6, 30))
    assert total(office, on=date(2022, 7, 1)) == {"posts": 4, "vacant": 1, "remaining": 3}
    assert total(office, on=date(2022, 6, 30)) == {"posts": 4, "remaining": 4}


def test_head_and_branch_secretary_in_one_is_counted_as_combined(office: Office) -> None:
    tenure = tenure_of(office, PLAIN)
    with writing(office) as books:
        books.end_row("tenures", tenure, date(2022, 6, 30))
        books.add_row("tenures", date(2022, 7, 1), post_id=PLAIN, person_id="P-BAO", secretary=True)
    assert total(office, on=date(2022, 7, 1)) == {"posts": 4, "members": 1, "combined": 1, "remaining": 3}


def test_one_row_per_commune_of_the_day_and_base_organisations_make_none(office: Office) -> None:
    for village in (PLAIN, TRUSTED):
        begin(office, village, START).to("probation")
    names = [row.name for row in ask(office, count_coverage, on=date(2025, 6, 30)).communes]
    assert sorted(names) == ["", "Xã An Bình", "Xã Tin Cậy"]
    mine = row_of(office, "Xã An Bình", on=date(2025, 6, 30))
    assert (mine.posts, mine.members, mine.remaining) == (2, 1, 1)
    travel(office, date(2027, 12, 31))
    for day in (date(2025, 7, 1), date(2026, 7, 26)):
        (row,) = ask(office, count_coverage, on=day).communes
        assert (row.name, row.posts, row.members) == ("Xã An Bình", 4, 2)


DAYS = (date(2016, 3, 1), date(2022, 5, 1), date(2024, 6, 1), date(2026, 1, 1), date(2027, 6, 1))


@pytest.mark.parametrize("day", DAYS)
def test_posts_are_members_remaining_and_vacant_on_any_day(sqlite_land: Office, day: date) -> None:
    travel(sqlite_land, LAST_OF_DISTRICT)
    begin(sqlite_land, PARTED, START).to("member")
    begin(sqlite_land, STRAIGHT, date(2023, 1, 9)).to("probation")
    travel(sqlite_land, date(2027, 12, 31))
    seen = ask(sqlite_land, count_coverage, on=day)
    for row in (seen.total, *seen.communes):
        assert row.posts == row.members + row.remaining + row.vacant
        assert row.probationary <= row.members
    assert sum(row.posts for row in seen.communes) == seen.total.posts == len(VILLAGES)
