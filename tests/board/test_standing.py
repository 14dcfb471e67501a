"""A row of the board, what it is sorted by, who may see it, and that names are opened only where they are
shown.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from tests.journeys.land import (
    COMMUNE,
    HEADS,
    OFFICER,
    PARTED,
    PLAIN,
    STRAIGHT,
    TRUSTED,
    VILLAGES,
    begin,
    travel,
)
from tests.reading import ask, list_page
from workflow.board.activity import list_activity
from workflow.board.case_list import list_cases_by_urgency
from workflow.board.due_soon import DueClockView, list_due_clocks, list_due_days
from workflow.board.funnel import CaseCountsView, count_waiting, load_funnel
from workflow.board.snapshot.units import NoSuchUnit
from workflow.cases.commands.correct import correct_event
from workflow.core.crypto import Vault
from workflow.office import Office

START = date(2022, 1, 4)
TODAY = date(2022, 5, 16)


@pytest.fixture
def office(land: Office) -> Office:
    """Three cases on a day in May: one long past a legal day, one past a custom, one in good time."""
    travel(land, TODAY)
    begin(land, PLAIN, START).to("branch_meeting")
    begin(land, PARTED, date(2022, 2, 7))
    late = begin(land, TRUSTED, date(2022, 1, 5)).to("verification")
    late.record("send_verification_letter", late.on(51))
    return land


def places(office: Office, **filters: Any) -> list[str]:
    return [row.unit.id for row in list_page(office, **filters).rows]


def test_a_row_says_who_where_since_when_and_what_is_late(office: Office) -> None:
    (row,) = list_page(office, unit=PARTED).rows
    assert (row.person.name, row.unit.name, row.commune.name) == (
        "Trần Thị Bình",
        "Thôn Bình",
        "Xã An Bình",
    )
    assert (row.state.label, row.turn, row.turn_label) == ("Trong danh sách rà soát", "branch", "Chi bộ")
    assert (row.opened_on, row.since, row.days) == (date(2022, 2, 7), date(2022, 2, 7), 98)
    assert (row.stalled, row.days_late) == (True, 8)
    assert [(one.kind, one.due, one.days) for one in row.late] == [("house", date(2022, 5, 8), 8)]
    (english,) = list_page(office, "en", unit=PARTED).rows
    assert (english.turn_label, english.person.name) == ("Branch", "Trần Thị Bình")


def test_lists_narrowed_by_step_turn_unit_and_by_which_clock_is_late(office: Office) -> None:
    assert places(office, late="legal") == [TRUSTED]
    assert places(office, late="house") == places(office, late="any") == [TRUSTED, PLAIN, PARTED]
    assert places(office, late="any", turn="branch") == [PLAIN, PARTED]
    assert places(office, state="verification") == places(office, turn="committee") == [TRUSTED]
    assert places(office, unit=COMMUNE, sort="opened") == [PLAIN, PARTED]
    assert places(office, pipeline="readmission") == places(office, state="không có") == []


def test_sorted_by_what_a_reader_asks_for(office: Office) -> None:
    assert places(office, sort="opened") == [PLAIN, TRUSTED, PARTED]
    assert places(office, sort="age") == [PARTED, TRUSTED, PLAIN]
    assert places(office, sort="step") == [PARTED, TRUSTED, PLAIN]
    assert places(office, sort="place") == [PLAIN, PARTED, TRUSTED]


def test_what_is_outside_a_readers_units_is_nowhere(office: Office) -> None:
    scope = frozenset({PARTED, STRAIGHT})
    assert [row.unit.id for row in list_page(office, scope=scope).rows] == [PARTED]
    assert list_page(office, scope=scope, unit=TRUSTED).total == 0
    assert ask(office, load_funnel, "vi", scope=scope).total == CaseCountsView(
        open=1, legal=0, house=1, late=1
    )
    assert [one.unit for one in ask(office, count_waiting, "vi", scope=scope).communes] == [COMMUNE]
    assert {one.unit.id for one in _due(office, scope)} <= {PARTED}
    assert {
        one.unit.id for one in ask(office, list_activity, "vi", scope=scope, span=(START, TODAY)).rows
    } == {PARTED}


def _due(office: Office, scope: frozenset[str]) -> list[DueClockView]:
    return [one for day in ask(office, list_due_days, "vi", scope=scope, days=400).days for one in day.clocks]


def test_a_unit_that_is_not_there_is_said_so(office: Office) -> None:
    for view in (load_funnel, list_cases_by_urgency, count_waiting, list_due_days):
        with pytest.raises(NoSuchUnit):
            ask(office, view, "vi", unit="xã nào")


def test_each_step_and_organ_in_the_editions_order_with_its_words(office: Office) -> None:
    drawn = ask(office, load_funnel, "vi").pipelines
    assert [one.label for one in drawn] == ["Kết nạp", "Kết nạp lại"]
    steps = drawn[0].steps
    assert [step.state for step in steps][:3] == ["listed", "nominated", "class_requested"]
    assert not any(step.state == "member" for step in steps)
    assert [one.label for one in ask(office, count_waiting, "en").organs][:1] == ["Branch"]


def test_what_is_recorded_is_seen_at_once(office: Office) -> None:
    assert ask(office, load_funnel, "vi").total.open == 3
    begin(office, STRAIGHT, TODAY)
    assert ask(office, load_funnel, "vi").total.open == 4
    assert list_page(office).total == 4
    travel(office, date(2022, 8, 20))
    assert list_page(office, late="any").total == 4


@contextmanager
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Whatever sealed rows are opened meanwhile."""
    seen: list[str] = []
    really = Vault.decrypt

    def noted(vault: Vault, wrapped: bytes, sealed: bytes, about: str) -> bytes:
        seen.append(about)
        return really(vault, wrapped, sealed, about)

    with monkeypatch.context() as patched:
        patched.setattr(Vault, "decrypt", noted)
        yield seen


def test_only_names_that_are_shown_are_opened(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(monkeypatch) as seen:
        ask(office, load_funnel, "vi")
        ask(office, count_waiting, "vi")
        assert seen == []
        list_page(office, limit=1, sort="opened")
        assert seen == [HEADS[PLAIN]]


def test_a_calendar_of_what_falls_due(office: Office) -> None:
    ahead = ask(office, list_due_days, "vi", days=60)
    clocks = {(one.case, one.name): one for day in ahead.days for one in day.clocks}
    assert all(one.due >= TODAY for one in clocks.values())
    (meeting,) = ask(office, list_due_clocks, "vi", span=(START, TODAY), unit=PLAIN).rows
    assert (meeting.kind, meeting.organ_label, meeting.due) == ("house", "Chi bộ", date(2022, 4, 14))
    assert meeting.days == -32


def test_what_was_done_in_a_month_by_the_day_it_happened(office: Office) -> None:
    def done(first: date, last: date) -> list[tuple[date, str, str]]:
        found = ask(office, list_activity, "vi", span=(first, last))
        assert found.total == len(found.rows) == sum(one.count for one in found.acts)
        assert [one.on for one in found.rows] == sorted(one.on for one in found.rows)
        return sorted((one.on, one.kind, one.unit.id) for one in found.rows)

    january = (date(2022, 1, 1), date(2022, 1, 31))
    assert done(*january) == [
        (date(2022, 1, 4), "open", PLAIN),
        (date(2022, 1, 5), "open", TRUSTED),
        (date(2022, 1, 7), "nominate", PLAIN),
        (date(2022, 1, 8), "nominate", TRUSTED),
        (date(2022, 1, 9), "request_class", PLAIN),
        (date(2022, 1, 10), "enrol", PLAIN),
        (date(2022, 1, 10), "request_class", TRUSTED),
        (date(2022, 1, 11), "enrol", TRUSTED),
    ]
    (case,) = (row.case for row in list_page(office, unit=PARTED).rows)
    correct_event(office, case, 1, OFFICER, {"on": "2022-01-31"}, reason="Gõ nhầm.", allowed_by=OFFICER.by)
    assert done(*january)[-1] == (date(2022, 1, 31), "open", PARTED)
    assert all(village != PARTED for _, _, village in done(date(2022, 2, 1), date(2022, 2, 28)))
    assert done(date(2021, 1, 1), date(2021, 12, 31)) == []


def test_an_office_without_cases_has_an_empty_board(land: Office) -> None:
    for scope in (None, frozenset(VILLAGES), frozenset[str]()):
        assert ask(land, load_funnel, "vi", scope=scope).total.open == 0
        assert list_page(land, scope=scope).rows == []
        assert ask(land, count_waiting, "vi", scope=scope).communes == []
        assert ask(land, list_due_days, "vi", scope=scope).days == []
