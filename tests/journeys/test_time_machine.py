"""The time machine: only a sample office has one, it goes forward only, and the days of the rules follow
it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.journeys.samples import CONFIG, ME, NAME, case_in
from tests.journeys.samples import built_sample as built_sample
from tests.journeys.samples import own_sample as own_sample
from tests.offices import make_small_office
from tests.reading import ask, list_cases
from workflow.board.coverage import count_coverage
from workflow.cases.commands.advance import ActRefused, advance_case
from workflow.cases.commands.carry_over_all import CarriedCase, carry_over_all
from workflow.cases.views.case_view import load_case_view
from workflow.cases.views.history import load_history
from workflow.core.input import InvalidInput
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.sample import make_sample
from workflow.operations.time_machine import FARTHEST, NotASample, NotForward, move_clock
from workflow.operations.verify.verify import verify_office
from workflow.register.acts import AddUnit
from workflow.register.commands.units import add_unit
from workflow.register.views.places import list_units
from workflow.register.writer import Who

TODAY = date(2022, 8, 9)
LAST_OF_DISTRICT, FIRST_WITHOUT = date(2025, 6, 30), date(2025, 7, 1)
DISTRICT, COMMUNE = Who("vanphong.huyen", "vanphong.huyen"), Who("canbo.tam-son", "canbo.tam-son")
WAITING = "tam-son/to-dan-pho-bo-nang"
"""Where the district's decision is awaited."""

VOTES = {"decision_no": "77-QĐ", "roll": 11, "present": 11, "votes_for": 11, "votes_against": 0}


def travel(office: Office, day: date) -> tuple[CarriedCase, ...]:
    return move_clock(office, (day - office.read_today()).days).carried


@contextmanager
def refused_for(*codes: str) -> Iterator[None]:
    with pytest.raises(ActRefused) as refused:
        yield
    assert [reason.code for reason in refused.value.reasons if reason.effect == "refuse"] == list(codes)


def test_a_week_later_it_is_a_week_later_and_what_was_due_is_late(own_sample: Office) -> None:
    before = {one.unit.id for one in list_cases(own_sample, stalled=True)}
    moved = move_clock(own_sample, 7)
    assert (moved.before, moved.after, moved.carried) == (TODAY, date(2022, 8, 16), ())
    assert own_sample.read_today() == date(2022, 8, 16)
    after = {one.unit.id for one in list_cases(own_sample, stalled=True)}
    assert after - before == {WAITING}


def test_an_act_of_a_day_that_has_come_is_no_longer_in_the_future(own_sample: Office) -> None:
    case = case_in(own_sample, WAITING)
    with pytest.raises(InvalidInput):
        advance_case(own_sample, case, "decide", date(2022, 8, 10), DISTRICT, VOTES)
    move_clock(own_sample, 1)
    assert advance_case(own_sample, case, "decide", date(2022, 8, 10), DISTRICT, VOTES).after == "ceremony"


def test_instants_stay_real(own_sample: Office) -> None:
    travel(own_sample, date(2023, 1, 3))
    began = datetime.now(UTC)
    case = case_in(own_sample, WAITING)
    advance_case(own_sample, case, "decide", date(2023, 1, 3), DISTRICT, VOTES)
    event = load_history(own_sample, case, "vi")[-1]
    assert event.recorded_on == date(2023, 1, 3)
    assert abs(datetime.fromisoformat(event.recorded_at) - began) < timedelta(minutes=5)


@pytest.mark.parametrize("days", [0, -1, FARTHEST + 1, 10**9])
def test_the_clock_goes_forward_and_not_without_end(own_sample: Office, days: int) -> None:
    with pytest.raises(NotForward) as slipped:
        move_clock(own_sample, days)
    assert (slipped.value.days, slipped.value.farthest) == (days, FARTHEST)
    assert own_sample.read_today() == TODAY


def test_a_real_office_has_no_time_machine(tmp_path: Path, database_url: str) -> None:
    office = make_small_office(tmp_path, database_url, today=None)
    with pytest.raises(NotASample):
        move_clock(office, 1)
    office.close()


def test_a_sample_of_which_nothing_later_is_known_moves_as_well(tmp_path: Path, database_url: str) -> None:
    office = make_small_office(tmp_path, database_url)
    moved = move_clock(office, 400)
    assert (moved.after - moved.before, office.read_today()) == (timedelta(days=400), moved.after)
    assert verify_office(office).holds
    office.close()


def test_the_district_is_there_on_its_last_day_and_nobody_knows_of_its_end(own_sample: Office) -> None:
    assert travel(own_sample, LAST_OF_DISTRICT) == ()
    (district,) = own_sample.read_snapshot().units["song-lo"]
    assert district.valid_to is None
    assert "phu-tho" not in own_sample.read_snapshot().units


def test_a_day_later_communes_decide_under_another_province(own_sample: Office) -> None:
    travel(own_sample, FIRST_WITHOUT)
    tree = own_sample.read_snapshot()
    (district,) = tree.units["song-lo"]
    assert (district.valid_to, district.successor, district.recorded_on) == (
        LAST_OF_DISTRICT,
        "phu-tho",
        FIRST_WITHOUT,
    )
    assert tree.find_line(WAITING, LAST_OF_DISTRICT).organs == {
        "branch": WAITING,
        "committee": "tam-son",
        "authority": "song-lo",
        "supervisor": "song-lo",
    }
    assert tree.find_line(WAITING, FIRST_WITHOUT).organs == {
        "branch": WAITING,
        "authority": "tam-son",
        "supervisor": "phu-tho",
    }
    communes = [one for one in list_units(own_sample) if one.level == "commune"]
    assert len(communes) == 17
    assert {(one.parent, tuple(one.organs), one.authorised) for one in communes} == {
        ("phu-tho", ("authority",), False)
    }
    assert ask(own_sample, count_coverage).total == ask(own_sample, count_coverage, on=LAST_OF_DISTRICT).total


def test_roles_of_the_district_end_with_it(own_sample: Office) -> None:
    travel(own_sample, FIRST_WITHOUT)
    tree = own_sample.read_snapshot()

    def roles(user: str, day: date) -> set[str]:
        return set(tree.list_roles(user, WAITING, day))

    for user, role in (("vanphong.huyen", "district_officer"), ("tochuc.huyen", "district_staff")):
        assert (roles(user, LAST_OF_DISTRICT), roles(user, FIRST_WITHOUT)) == ({role}, set())
    assert roles("canbo.tam-son", FIRST_WITHOUT) == {"commune_officer"}
    assert (roles("tochuc.tinh", LAST_OF_DISTRICT), roles("tochuc.tinh", FIRST_WITHOUT)) == (
        set(),
        {"province_staff"},
    )


def test_cases_whose_step_went_with_the_committees_are_carried_over_with_the_reason(
    own_sample: Office,
) -> None:
    carried = {case: (before, after) for case, before, after in travel(own_sample, date(2025, 7, 2))}
    assert carried == {
        case_in(own_sample, "duc-bac/thon-cau-may"): ("recognition_appraisal", "recognition_decision"),
        case_in(own_sample, "tu-yen/thon-go-sen"): ("appraisal", "decision"),
        case_in(own_sample, "yen-thach/thon-ao-mo"): ("committee_meeting", "decision"),
    }
    for case in carried:
        event = load_history(own_sample, case, "vi")[-1]
        assert (event.kind, event.on, event.recorded_on) == ("carry_over", FIRST_WITHOUT, FIRST_WITHOUT)
        assert event.because
        assert load_case_view(own_sample, case, "vi").carried_over is None
    assert carry_over_all(own_sample, own_sample.read_today()) == ()
    assert verify_office(own_sample).holds


def test_nobody_decides_for_the_district_any_more_but_its_june_can_still_be_reported(
    own_sample: Office,
) -> None:
    case = case_in(own_sample, WAITING)
    travel(own_sample, date(2025, 7, 4))
    with refused_for("ROLE"):
        advance_case(own_sample, case, "decide", date(2025, 7, 3), DISTRICT, VOTES)
    with refused_for("ROLE"):
        advance_case(own_sample, case, "decide", date(2025, 6, 27), COMMUNE, VOTES)
    assert advance_case(own_sample, case, "decide", date(2025, 6, 27), DISTRICT, VOTES).after == "ceremony"


def test_the_commune_decides_in_july(own_sample: Office) -> None:
    case = case_in(own_sample, WAITING)
    travel(own_sample, date(2025, 7, 4))
    assert advance_case(own_sample, case, "decide", date(2025, 7, 3), COMMUNE, VOTES).after == "ceremony"
    assert verify_office(own_sample).holds


def test_what_somebody_has_entered_meanwhile_moves_with_the_rest(own_sample: Office) -> None:
    add_unit(own_sample, AddUnit(name="Xã Bịa Thêm", level="commune", since=TODAY, parent="song-lo"), ME)
    travel(own_sample, FIRST_WITHOUT)
    row = own_sample.read_snapshot().find_unit("bia-them", FIRST_WITHOUT)
    assert row is not None
    assert (row.parent, row.organs) == ("phu-tho", "authority")


def test_a_suspended_case_returns_to_where_it_would_stand_by_then(own_sample: Office) -> None:
    case, officer = case_in(own_sample, "yen-thach/thon-ao-mo"), Who("canbo.yen-thach", "canbo.yen-thach")
    advance_case(
        own_sample, case, "suspend", TODAY, officer, {"reason": "Ốm dài ngày.", "review_on": "2022-12-01"}
    )
    carried = travel(own_sample, date(2025, 7, 2))
    assert CarriedCase(case, "suspended", "suspended") in carried
    secretary = Who("bithu.ao-mo", "bithu.ao-mo")
    assert advance_case(own_sample, case, "resume", date(2025, 7, 2), secretary, {}).after == "decision"
    assert verify_office(own_sample).holds


def test_past_the_last_year_of_the_calendar_the_clock_still_moves(own_sample: Office) -> None:
    travel(own_sample, date(2028, 3, 1))
    assert len(list_cases(own_sample)) == 19
    assert verify_office(own_sample).holds


def test_progress_is_told_and_who_is_stopped_on_the_way_stands_on_a_day_between(own_sample: Office) -> None:
    told: list[tuple[int, int]] = []

    class Unplugged(Exception):
        pass

    def watch(done: int, total: int) -> None:
        told.append((done, total))
        if done > 100:
            raise Unplugged

    with pytest.raises(Unplugged):
        move_clock(own_sample, 300, on_progress=watch)
    assert told == [(day, 300) for day in range(102)]
    assert own_sample.read_today() == TODAY + timedelta(days=101)
    assert verify_office(own_sample).holds
    assert move_clock(own_sample, 5).after == TODAY + timedelta(days=106)


def test_past_2025_in_any_database(tmp_path: Path, database_url: str) -> None:
    make_sample(tmp_path / "mẫu", NAME, ME, config_text=f"{CONFIG}database: {database_url}\n")
    office = open_office(tmp_path / "mẫu" / "config.yaml")
    assert len(travel(office, date(2026, 8, 3))) == 3
    assert list_cases(office, state="appraisal") == []
    assert verify_office(office).holds
    office.close()
