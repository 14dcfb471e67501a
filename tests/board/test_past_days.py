"""The board as it stood on a past day: as it is known now, with what was corrected since, and as it was
known then.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from tests.journeys.land import (
    FIRST_WITHOUT,
    LAST_OF_DISTRICT,
    OFFICER,
    PARTED,
    PLAIN,
    SECRETARY,
    STRAIGHT,
    VILLAGES,
    begin,
    travel,
)
from tests.reading import ask, list_cases, list_page
from workflow.board.case_list import CaseListRow
from workflow.board.funnel import CaseCountsView, load_funnel
from workflow.board.queries.case_queries import CasePage
from workflow.board.snapshot.open_cases import PastCases
from workflow.board.snapshot.past_day import PastDay
from workflow.board.snapshot.snapshot import BoardFilter, open_snapshot
from workflow.cases.commands.correct import correct_event
from workflow.office import Office

START = date(2022, 1, 4)


def rows(office: Office, **asked: Any) -> dict[str, CaseListRow]:
    """The open cases by village."""
    found = list_page(office, limit=None, **asked).rows
    return {row.unit.id: row for row in found}


def at(office: Office, village: str, day: date, known: date | None = None) -> tuple[str, date | None] | None:
    """Where the case of a village stood on a day, and since when."""
    row = rows(office, on=day, as_known_on=known).get(village)
    return (row.state.id, row.since) if row else None


def test_a_case_stands_on_each_day_where_its_acts_had_brought_it(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, START).to("member")
    assert at(land, PLAIN, date(2022, 1, 3)) is None
    assert at(land, PLAIN, START) == ("listed", START)
    assert at(land, PLAIN, journey.on(2)) == ("listed", START)
    assert at(land, PLAIN, journey.on(3)) == ("nominated", journey.on(3))
    assert at(land, PLAIN, journey.on(64)) == ("verification", journey.on(50))
    assert at(land, PLAIN, journey.on(99)) == ("ceremony", journey.on(92))
    assert at(land, PLAIN, journey.on(489)) == ("recognition_decision", journey.on(480))
    assert at(land, PLAIN, journey.on(490)) is None
    assert ask(land, load_funnel, "vi").total.open == 0


def test_what_is_typed_late_was_not_known_then(land: Office) -> None:
    travel(land, date(2022, 1, 10))
    journey = begin(land, PLAIN, START)
    journey.advance("nominate", journey.on(3))
    travel(land, date(2022, 5, 2))
    journey.to("verification")
    asked = date(2022, 3, 1)
    assert at(land, PLAIN, asked) == ("verification", journey.on(50))
    assert at(land, PLAIN, asked, known=asked) == ("nominated", journey.on(3))
    assert at(land, PLAIN, asked, known=date(2022, 5, 1)) == ("nominated", journey.on(3))
    assert at(land, PLAIN, asked, known=date(2022, 5, 2)) == ("verification", journey.on(50))
    assert at(land, PLAIN, asked, known=date(2022, 1, 9)) is None


def test_a_case_that_was_late_then_and_is_not_any_more(land: Office) -> None:
    travel(land, date(2022, 5, 2))
    journey = begin(land, PLAIN, START)
    journey.advance("nominate", journey.on(3))
    due = date(2022, 2, 6)
    journey.advance("request_class", date(2022, 3, 10))
    assert rows(land, on=due)[PLAIN].late == []
    (late,) = rows(land, on=date(2022, 3, 9))[PLAIN].late
    assert (late.name, late.kind, late.due, late.days) == ("house:nominated", "house", due, 31)
    assert late.label == "Quần chúng ưu tú, đã phân công giúp đỡ"
    assert rows(land, on=date(2022, 3, 10))[PLAIN].late == []
    assert ask(land, load_funnel, "vi", on=date(2022, 3, 9)).total == CaseCountsView(
        open=1, legal=0, house=1, late=1
    )


def test_a_corrected_day_counts_now_and_the_one_first_typed_counts_then(land: Office) -> None:
    travel(land, date(2022, 2, 1))
    journey = begin(land, PLAIN, START)
    journey.advance("nominate", date(2022, 1, 20))
    travel(land, date(2022, 2, 8))
    correct_event(
        land, journey.case, 2, OFFICER, {"on": "2022-01-12"}, reason="Gõ nhầm.", allowed_by=OFFICER.by
    )
    asked = date(2022, 1, 15)
    assert at(land, PLAIN, asked) == ("nominated", date(2022, 1, 12))
    assert at(land, PLAIN, asked, known=date(2022, 2, 7)) == ("listed", START)
    assert at(land, PLAIN, date(2022, 1, 25)) == ("nominated", date(2022, 1, 12))
    assert at(land, PLAIN, date(2022, 1, 25), known=date(2022, 2, 7)) == ("nominated", date(2022, 1, 20))
    assert rows(land)[PLAIN].since == date(2022, 1, 12)


def test_a_case_whose_opening_was_corrected_to_later_was_not_open_before(land: Office) -> None:
    travel(land, date(2022, 2, 1))
    case = begin(land, PLAIN, START).case
    correct_event(land, case, 1, OFFICER, {"on": "2022-01-20"}, reason="Gõ nhầm.", allowed_by=OFFICER.by)
    assert at(land, PLAIN, date(2022, 1, 19)) is None
    assert at(land, PLAIN, date(2022, 1, 20)) == ("listed", date(2022, 1, 20))


def test_a_suspended_case_was_suspended_then(land: Office) -> None:
    travel(land, date(2022, 9, 1))
    journey = begin(land, PLAIN, START).to("sponsorship")
    journey.advance("suspend", date(2022, 3, 1), OFFICER)
    journey.advance("resume", date(2022, 8, 1), SECRETARY)
    assert at(land, PLAIN, date(2022, 6, 1)) == ("suspended", date(2022, 3, 1))
    assert rows(land, on=date(2022, 6, 1))[PLAIN].late == []
    assert at(land, PLAIN, date(2022, 8, 1)) == ("sponsorship", date(2022, 8, 1))


def test_what_the_board_said_day_by_day_it_says_of_each_day_as_known_then(land: Office) -> None:
    travel(land, START)
    journeys = {village: begin(land, village, START) for village in (PLAIN, STRAIGHT)}
    said: dict[date, Any] = {}
    acts = {
        "nominated": 3,
        "training": 6,
        "sponsorship": 40,
        "verification": 55,
        "opinions": 70,
        "branch_meeting": 75,
    }
    for place, (state, days) in enumerate(acts.items()):
        day = journeys[PLAIN].on(days + 20)
        travel(land, day)
        journeys[PLAIN].to(state)
        if place % 2:
            journeys[STRAIGHT].to(state)
        said[day] = (rows(land), ask(land, load_funnel, "vi").pipelines)
    travel(land, date(2022, 12, 1))
    journeys[PLAIN].to("ceremony")
    for day, (then, drawn) in said.items():
        assert without_versions(rows(land, on=day, as_known_on=day)) == without_versions(then)
        assert ask(land, load_funnel, "vi", on=day, as_known_on=day).pipelines == drawn


def without_versions(found: dict[str, CaseListRow]) -> dict[str, CaseListRow]:
    """Rows but for their version, which is the one to be acted upon now."""
    return {village: replace(row, version=0) for village, row in found.items()}


def test_today_out_of_the_events_is_today_out_of_the_tables(either_sample: Office) -> None:
    with open_snapshot(either_sample, scope=None) as look:
        past = PastDay(either_sample, look.register, look.day, None)
        then = PastCases(look.connection, look.day, past.fold_since(look.connection, None, 0))
        wanted = look.build_query(BoardFilter())
        for sort in ("late", "age", "opened"):
            now = look.open_cases.list_page(wanted, CasePage(sort))
            assert then.list_page(wanted, CasePage(sort)) == now
        cases = [row.case for row in then.folded.rows]
        assert sorted(then.list_late_clocks(cases)) == sorted(look.open_cases.list_late_clocks(cases))
        assert then.count_by_step(wanted) == look.open_cases.count_by_step(wanted)
        assert then.count_by_unit(wanted) == look.open_cases.count_by_unit(wanted)


# --- steps that are gone ------------------------------------------------------------------------------------


def test_a_case_whose_step_is_gone_is_counted_where_it_stands(land: Office) -> None:
    travel(land, date(2025, 6, 30))
    for village in VILLAGES:
        begin(land, village, date(2025, 3, 3)).to("committee_meeting" if village != STRAIGHT else "decision")
    before = ask(land, load_funnel, "vi")
    assert at(land, PLAIN, date(2025, 6, 30)) == ("committee_meeting", date(2025, 5, 17))
    for day in (FIRST_WITHOUT, date(2025, 8, 1), date(2026, 8, 3)):
        travel(land, day)
        listed = {one.case: one.state.id for one in list_cases(land)}
        assert {row.case: row.state.id for row in rows(land).values()} == listed
        for state in ("committee_meeting", "decision"):
            found = list_page(land, state=state)
            assert {row.case for row in found.rows} == {case for case, at in listed.items() if at == state}
            assert found.total == len(found.rows)
        assert at(land, PLAIN, day) == ("decision", FIRST_WITHOUT)
    assert ask(land, load_funnel, "vi", on=date(2025, 6, 30)).pipelines == before.pipelines


def test_a_carry_over_that_is_recorded_later_changes_nothing_of_what_was_seen(land: Office) -> None:
    travel(land, date(2025, 6, 30))
    journey = begin(land, PLAIN, date(2025, 3, 3)).to("committee_meeting")
    days = (date(2025, 6, 30), FIRST_WITHOUT, date(2025, 7, 20))
    travel(land, days[-1])
    seen = [at(land, PLAIN, day) for day in days]
    assert seen == [("committee_meeting", date(2025, 5, 17)), *[("decision", FIRST_WITHOUT)] * 2]
    travel(land, date(2025, 8, 1))
    journey.record("receive_paper", date(2025, 7, 30), paper="1-KNĐ", paper_dated="2025-03-05")
    assert [at(land, PLAIN, day) for day in days] == seen
    assert [at(land, PLAIN, day, known=day) for day in days] == seen


# --- who may see --------------------------------------------------------------------------------------------


def test_a_case_that_has_moved_is_seen_by_who_may_see_it_now_and_counted_where_it_was(land: Office) -> None:
    travel(land, date(2022, 6, 1))
    journey = begin(land, PLAIN, START)
    journey.record("change_unit", date(2022, 4, 1), OFFICER, unit=PARTED)
    before, after = date(2022, 3, 1), date(2022, 5, 2)
    both = frozenset({PLAIN, PARTED})

    def seen(scope: frozenset[str], day: date) -> list[str]:
        found = list_page(land, scope=scope, on=day)
        assert ask(land, load_funnel, "vi", scope=scope, on=day).total.open == len(found.rows) == found.total
        return [row.unit.id for row in found.rows]

    assert (seen(both, before), seen(both, after)) == ([PLAIN], [PARTED])
    assert (seen(frozenset({PARTED}), before), seen(frozenset({PARTED}), after)) == ([], [PARTED])
    assert (seen(frozenset({PLAIN}), before), seen(frozenset({PLAIN}), after)) == ([], [])
