"""Coverage on the board is the coverage of the command line, narrowed to what a reader may see; and its course."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.journeys.land import COMMUNE, LAST_OF_DISTRICT, PLAIN, SPARE, TRUSTED, begin, travel, writing
from tests.reading import ask
from workflow.board.coverage import count_coverage, load_coverage_trend, month_ends
from workflow.board.snapshot.units import NoSuchUnit
from workflow.office import Office
from workflow.storage import reads
from workflow.storage.tables.register import TenureRow

START = date(2022, 1, 4)


def same(office: Office, **when: Any) -> bool:
    """Whether both say the same of a day."""
    table = ask(office, count_coverage, **when)
    said = ask(office, count_coverage, **when)
    return (table.total, table.communes) == (said.total, said.communes)


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
    (row,) = [one for one in ask(either_sample, count_coverage).communes if one.unit == "dong-thinh"]
    scope = frozenset(either_sample.read_snapshot().units_below("dong-thinh", either_sample.read_today()))
    mine = ask(either_sample, count_coverage, scope=scope)
    assert (mine.communes, mine.total) == ([row], {name: row[name] for name in mine.total})
    assert ask(either_sample, count_coverage, unit="dong-thinh").communes == [row]
    assert ask(either_sample, count_coverage, scope=scope, unit="hai-luu").total.posts == 0
    with pytest.raises(NoSuchUnit):
        ask(either_sample, count_coverage, unit="khong-co")


def test_the_course_is_the_coverage_at_each_months_end(either_sample: Office) -> None:
    points = ask(either_sample, load_coverage_trend)
    assert [one.on for one in points[-3:]] == [date(2022, 6, 30), date(2022, 7, 31), date(2022, 8, 9)]
    assert len(points) == 12
    for one in points:
        assert one == {"on": one.on} | ask(either_sample, count_coverage, on=one.on).total
    assert [one.on for one in ask(either_sample, load_coverage_trend, months=2, on=date(2022, 3, 31))] == [
        date(2022, 2, 28),
        date(2022, 3, 31),
    ]


def test_what_is_reported_late_moves_the_course(land: Office) -> None:
    travel(land, date(2022, 6, 1))
    begun = begin(land, PLAIN, START)
    before = ask(land, load_coverage_trend, months=4)
    begun.to("probation")
    after = ask(land, load_coverage_trend, months=4)
    assert [one.members for one in before] == [0, 0, 0, 0]
    assert [one.members for one in after] == [0, 1, 1, 1]
    assert ask(land, load_coverage_trend, scope=frozenset({TRUSTED}), months=1)[0].members == 0
    assert ask(land, load_coverage_trend, unit=COMMUNE, months=1)[0].members == 1


def test_month_ends() -> None:
    assert month_ends(date(2024, 3, 31), 3) == (date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31))
    assert month_ends(date(2022, 1, 1), 2) == (date(2021, 12, 31), date(2022, 1, 1))
