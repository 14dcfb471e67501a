"""Coverage is what the register's rows say, narrowed to what a reader may see; and its course."""

from collections import Counter
from dataclasses import asdict
from datetime import date, timedelta
from typing import TypeVar

import pytest

from tests.journeys.land import COMMUNE, LAST_OF_DISTRICT, PLAIN, SPARE, TRUSTED, begin, travel, writing
from tests.reading import ask
from workflow.board.coverage import CoverageCountsView, count_coverage, load_coverage_trend, month_ends
from workflow.board.queries.register_queries import HeadCounts
from workflow.board.snapshot.units import NoSuchUnit
from workflow.office import Office
from workflow.storage import reads
from workflow.storage.reads import Connection
from workflow.storage.register_snapshot import holds_on
from workflow.storage.tables.register import MembershipRow, PostRow, RegisterRow, TenureRow

R = TypeVar("R", bound=RegisterRow)

START = date(2022, 1, 4)


def count_by_hand(office: Office, day: date, known_on: date | None = None) -> Counter[str]:
    """How many heads are members on a day, counted from the register's rows one by one."""
    with office.database.read_transaction() as connection:
        posts = rows_on(connection, PostRow, day, known_on)
        tenures = rows_on(connection, TenureRow, day, known_on)
        memberships = rows_on(connection, MembershipRow, day, known_on)
    status: dict[str, str] = {row.person_id: row.status for row in memberships}
    heads = {row.post_id: row for row in tenures}
    counts: Counter[str] = Counter(posts=len(posts))
    for head in (heads.get(post.id) for post in posts):
        membership = status.get(head.person_id, "none") if head else "vacant"
        counts.update({"none": ["remaining"], "vacant": ["vacant"]}.get(membership, ["members"]))
        counts.update(
            ["probationary"] * (membership == "probationary") + ["combined"] * bool(head and head.secretary)
        )
    return counts


def rows_on(connection: Connection, model: type[R], day: date, known_on: date | None) -> list[R]:
    """The rows of a table that hold on a day, as known now or as known then."""
    rows = reads.load_register_rows(connection, model, retired=known_on is not None)
    return [row for row in rows if holds_on(row, day) and (known_on is None or was_known(row, known_on))]


def was_known(row: RegisterRow, day: date) -> bool:
    return row.recorded_on <= day and (row.retired_on is None or row.retired_on > day)


def same(office: Office, on: date, as_known_on: date | None = None) -> bool:
    """Whether the board counts of a day what the rows say, and its communes add up to it."""
    coverage = ask(office, count_coverage, on=on, as_known_on=as_known_on)
    added: Counter[str] = Counter()
    for commune in coverage.communes:
        added.update({name: getattr(commune, name) for name in HeadCounts._fields})
    by_hand = count_by_hand(office, on, as_known_on)
    return (
        asdict(coverage.total)
        == {name: by_hand[name] for name in HeadCounts._fields}
        == {name: added[name] for name in HeadCounts._fields}
    )


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
    assert (mine.communes, mine.total) == (
        [row],
        CoverageCountsView(**{name: getattr(row, name) for name in HeadCounts._fields}),
    )
    assert ask(either_sample, count_coverage, unit="dong-thinh").communes == [row]
    assert ask(either_sample, count_coverage, scope=scope, unit="hai-luu").total.posts == 0
    with pytest.raises(NoSuchUnit):
        ask(either_sample, count_coverage, unit="khong-co")


def test_the_course_is_the_coverage_at_each_months_end(either_sample: Office) -> None:
    points = ask(either_sample, load_coverage_trend)
    assert [one.on for one in points[-3:]] == [date(2022, 6, 30), date(2022, 7, 31), date(2022, 8, 9)]
    assert len(points) == 12
    for one in points:
        assert asdict(one) == {"on": one.on} | asdict(ask(either_sample, count_coverage, on=one.on).total)
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
