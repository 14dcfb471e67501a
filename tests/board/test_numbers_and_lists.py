"""Every number of the board opens the list behind it: as many cases as it says, and those very ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from tests.reading import ask, list_cases, list_page, read_page
from workflow.board.due_soon import list_due_clocks, list_due_days
from workflow.board.funnel import CaseCountsView, OverdueBandView, count_overdue, count_waiting, load_funnel
from workflow.board.snapshot.snapshot import BoardSnapshot, Scope, open_snapshot
from workflow.cases.views.case_view import load_case_view
from workflow.office import Office

LATE = {"open": None, "legal": "legal", "house": "house", "late": "any"}
DAYS = (None, date(2022, 8, 8), date(2022, 6, 1), date(2021, 11, 30), date(2020, 12, 24))
"""Today, yesterday, and days on which other cases were open."""
COMMUNE = "dong-thinh"


def scopes(office: Office) -> dict[str, Scope]:
    """Who looks: somebody who sees all, an officer of a commune, a secretary of one village, and of
    nothing.
    """
    tree, today = office.read_snapshot(), office.read_today()
    village = "dong-thinh/thon-bai-moi"
    return {
        "all": None,
        "commune": frozenset(tree.units_below(COMMUNE, today)),
        "village": frozenset({village}),
        "nothing": frozenset(),
    }


@contextmanager
def pictures(
    office: Office, scope: Scope, day: date | None, *, known_then: bool
) -> Iterator[tuple[BoardSnapshot, BoardSnapshot]]:
    """Two pictures of a day: the board and its lists share nothing that either has worked out."""
    asked: dict[str, Any] = {"scope": scope, "on": day, "as_known_on": day if known_then else None}
    with open_snapshot(office, **asked) as board, open_snapshot(office, **asked) as lists:
        yield board, lists


def listed(snapshot: BoardSnapshot, **filters: Any) -> list[str]:
    """All cases of a list, fetched in pages of four."""
    found, total = list[str](), None
    while total is None or len(found) < total:
        page = read_page(snapshot, **filters, limit=4, offset=len(found))
        assert total in (None, page.total)
        assert page.rows or not page.total, f"{filters}: {len(found)} of {page.total}"
        found, total = found + [row.case for row in page.rows], page.total
    assert len(set(found)) == len(found) == total
    return found


def numbers(snapshot: BoardSnapshot) -> Iterator[tuple[dict[str, Any], CaseCountsView]]:
    """Every count on the board, with the filters that its list is opened by."""
    drawn = load_funnel(snapshot, "vi")
    yield {}, drawn.total
    for one in drawn.pipelines:
        yield {"pipeline": one.pipeline}, one.total
        for step in one.steps:
            yield {"pipeline": one.pipeline, "state": step.state}, step
    waits = count_waiting(snapshot, "vi")
    yield {}, waits.total
    for organ in waits.organs:
        yield {"turn": organ.turn}, organ
    for commune in waits.communes:
        yield {"unit": commune.unit}, commune


@pytest.mark.parametrize("known_then", [False, True])
@pytest.mark.parametrize("day", DAYS)
def test_every_number_of_how_long_cases_are_late_is_the_total_of_its_list(
    either_sample: Office, day: date | None, known_then: bool
) -> None:
    for scope in scopes(either_sample).values():
        with pictures(either_sample, scope, day, known_then=known_then) as (board, lists):
            check_overdue(board, lists)


def check_overdue(board: BoardSnapshot, lists: BoardSnapshot) -> None:
    counts, total = count_overdue(board), load_funnel(board, "vi").total
    for late in ("legal", "house", "late"):
        bands: list[OverdueBandView] = getattr(counts, "any" if late == "late" else late)
        assert sum(band.count for band in bands) == getattr(total, late)
        for band in bands:
            narrowed: dict[str, Any] = {"late": LATE[late], "overdue": band.overdue}
            found = read_page(lists, **narrowed, limit=None)
            assert len(found.rows) == found.total == band.count
            low, high = band.days
            assert low is not None
            for row in found.rows:
                days = max(clock.days for clock in row.late if late in ("late", clock.kind))
                assert low <= days <= (high or days)


@pytest.mark.parametrize("known_then", [False, True])
@pytest.mark.parametrize("day", DAYS)
def test_every_number_is_the_total_of_its_list(
    either_sample: Office, day: date | None, known_then: bool
) -> None:
    for name, scope in scopes(either_sample).items():
        with pictures(either_sample, scope, day, known_then=known_then) as (board, lists):
            for filters, counts in numbers(board):
                for kind, late in LATE.items():
                    count = getattr(counts, kind)
                    if count or name == "commune":
                        cases = listed(lists, **filters, late=late)
                        assert len(cases) == count, (name, filters, kind)


@pytest.mark.parametrize("day", DAYS)
def test_steps_organs_and_communes_add_up_to_the_same(either_sample: Office, day: date | None) -> None:
    for scope in scopes(either_sample).values():
        drawn = ask(either_sample, load_funnel, "vi", scope=scope, on=day)
        waits = ask(either_sample, count_waiting, "vi", scope=scope, on=day)
        steps = [step for pipeline in drawn.pipelines for step in pipeline.steps]
        for counts in (steps, waits.organs, waits.communes):
            for kind in LATE:
                assert sum(getattr(one, kind) for one in counts) == getattr(drawn.total, kind)


@pytest.mark.parametrize("sort", ["late", "age", "opened", "step", "place"])
@pytest.mark.parametrize("day", DAYS[:3])
def test_a_list_holds_the_same_cases_however_it_is_sorted(
    either_sample: Office, day: date | None, sort: Any
) -> None:
    for scope in scopes(either_sample).values():
        narrowed: tuple[dict[str, Any], ...] = (
            {},
            {"late": "any"},
            {"late": "house", "overdue": "older"},
            {"turn": "branch"},
            {"unit": COMMUNE},
        )
        with open_snapshot(either_sample, scope=scope, on=day) as snapshot:
            for filters in narrowed:
                cases = listed(snapshot, **filters, sort=sort)
                assert sorted(cases) == sorted(listed(snapshot, **filters))
                whole = list_page(either_sample, scope=scope, on=day, **filters, sort=sort, limit=None)
                assert [row.case for row in whole.rows] == cases


def test_a_row_says_what_the_case_itself_says(either_sample: Office) -> None:
    rows = list_cases(either_sample)
    assert {row.case for row in rows} == {row.case for row in list_page(either_sample, limit=None).rows}
    for row in rows:
        case = load_case_view(either_sample, row.case, "vi")
        assert (row.person.name, row.unit.name) == (case.person.name, case.unit.name)
        assert (row.state.id, row.state.label) == (case.state.id, case.state.label)
        assert (row.turn, row.turn_label) == (case.state.turn, case.state.turn_label)
        assert (row.opened_on, row.version, row.stalled) == (case.opened_on, case.version, case.stalled)
        late = [clock for clock in case.clocks if clock.late and clock.kind in ("legal", "house")]
        assert sorted(clock.due for clock in row.late) == sorted(clock.due for clock in late if clock.due)


def test_every_day_of_the_calendar_opens_its_clocks(either_sample: Office) -> None:
    for scope in scopes(either_sample).values():
        ahead = ask(either_sample, list_due_days, "vi", scope=scope, days=400, per_day=2)
        span = (ahead.first, ahead.last)
        assert span == (either_sample.read_today(), either_sample.read_today() + timedelta(days=400))
        assert ask(either_sample, list_due_clocks, "vi", scope=scope, span=span, limit=1).total == ahead.total
        for day in ahead.days:
            rows = ask(
                either_sample, list_due_clocks, "vi", scope=scope, span=(day.on, day.on), limit=None
            ).rows
            assert [(one.case, one.name) for one in day.clocks] == [(one.case, one.name) for one in rows[:2]]
            for kind in ("legal", "house", "validity", "period"):
                assert getattr(day, kind) == sum(one.kind == kind for one in rows)
