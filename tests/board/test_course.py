"""Coverage on the board is the coverage of the command line, narrowed to what a reader may see; and its course."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.journeys.land import COMMUNE, LAST_OF_DISTRICT, PLAIN, SPARE, TRUSTED, begin, travel, writing
from workflow.board.coverage import coverage_table, coverage_trend, month_ends
from workflow.cases.views.case_list import NoSuchUnit, count_coverage
from workflow.office import Office
from workflow.storage import reads
from workflow.storage.tables.register import TenureRow

START = date(2022, 1, 4)


def same(office: Office, **when: Any) -> bool:
    """Whether both say the same of a day."""
    table = coverage_table(office, scope=None, **when)
    said = count_coverage(office, **when)
    return (table["total"], table["communes"]) == (said["total"], said["communes"])


@pytest.mark.parametrize("day", [date(2015, 12, 31), date(2021, 12, 31), date(2022, 5, 1), date(2022, 8, 9)])
def test_of_the_sample_as_known_now_and_then(either_sample: Office, day: date) -> None:
    assert same(either_sample, on=day)
    for known in (date(2021, 12, 1), date(2022, 5, 15), date(2022, 8, 9)):
        assert same(either_sample, on=day, as_known_on=known)


def test_of_a_land_whose_units_change(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    for village in (PLAIN, TRUSTED):
        begin(land, village, START).to("member")
    with land.database.read_transaction() as connection:
        (tenure,) = [row for row in reads.load_register_rows(connection, TenureRow) if row.post_id == PLAIN]
    with writing(land) as books:
        books.end_row("tenures", tenure, date(2024, 6, 30))
        books.add_row("tenures", date(2024, 7, 2), post_id=PLAIN, person_id=SPARE, secretary=True)
    travel(land, date(2027, 12, 31))
    for day in (date(2022, 5, 1), date(2024, 7, 1), date(2025, 6, 30), date(2025, 7, 1), date(2026, 7, 26)):
        assert same(land, on=day)
        assert same(land, on=day, as_known_on=LAST_OF_DISTRICT - timedelta(days=1))


def test_a_reader_sees_the_posts_of_their_units(either_sample: Office) -> None:
    (row,) = [one for one in count_coverage(either_sample)["communes"] if one["unit"] == "dong-thinh"]
    scope = frozenset(either_sample.read_snapshot().units_below("dong-thinh", either_sample.read_today()))
    mine = coverage_table(either_sample, scope=scope)
    assert (mine["communes"], mine["total"]) == ([row], {name: row[name] for name in mine["total"]})
    assert coverage_table(either_sample, scope=None, unit="dong-thinh")["communes"] == [row]
    assert coverage_table(either_sample, scope=scope, unit="hai-luu")["total"]["posts"] == 0
    with pytest.raises(NoSuchUnit):
        coverage_table(either_sample, scope=None, unit="khong-co")


def test_the_course_is_the_coverage_at_each_months_end(either_sample: Office) -> None:
    points = coverage_trend(either_sample, scope=None)
    assert [one["on"] for one in points[-3:]] == [date(2022, 6, 30), date(2022, 7, 31), date(2022, 8, 9)]
    assert len(points) == 12
    for one in points:
        assert one == {"on": one["on"]} | count_coverage(either_sample, on=one["on"])["total"]
    assert [one["on"] for one in coverage_trend(either_sample, scope=None, months=2, until=date(2022, 3, 31))] == [
        date(2022, 2, 28),
        date(2022, 3, 31),
    ]


def test_what_is_reported_late_moves_the_course(land: Office) -> None:
    travel(land, date(2022, 6, 1))
    begun = begin(land, PLAIN, START)
    before = coverage_trend(land, scope=None, months=4)
    begun.to("probation")
    after = coverage_trend(land, scope=None, months=4)
    assert [one["members"] for one in before] == [0, 0, 0, 0]
    assert [one["members"] for one in after] == [0, 1, 1, 1]
    assert coverage_trend(land, scope=frozenset({TRUSTED}), months=1)[0]["members"] == 0
    assert coverage_trend(land, scope=None, unit=COMMUNE, months=1)[0]["members"] == 1


def test_month_ends() -> None:
    assert month_ends(date(2024, 3, 31), 3) == (date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31))
    assert month_ends(date(2022, 1, 1), 2) == (date(2021, 12, 31), date(2022, 1, 1))
