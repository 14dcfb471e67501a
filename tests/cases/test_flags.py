"""Flags bind: they warn, they refuse, each is settled by its own act, and whoever is flagged is listed."""

from datetime import date

import pytest

from tests.journeys.land import LAST_OF_DISTRICT, OFFICER, PLAIN, Journey, begin, proven, travel
from tests.reading import list_cases
from workflow.board.snapshot.snapshot import BoardFilter, open_snapshot
from workflow.cases.commands.advance import ActRefused
from workflow.cases.commands.correct import correct_event
from workflow.cases.views.history import load_history
from workflow.core.input import InvalidInput
from workflow.office import Office

START = date(2022, 1, 4)


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land on the district's last day."""
    travel(sqlite_land, LAST_OF_DISTRICT)
    return sqlite_land


def mend(journey: Journey, kind: str, **typed: object) -> None:
    """Correct the last act of that kind."""
    told = reversed(load_history(journey.office, journey.case, "vi"))
    seq = next(one.seq for one in told if one.kind == kind)
    correct_event(
        journey.office,
        journey.case,
        seq,
        OFFICER,
        typed,
        reason="Ghi nhầm",
        allowed_by=OFFICER.by,
    )


def flags(journey: Journey) -> dict[str, bool]:
    """Every flag of the case as an act names it, and whether it is settled."""
    return {flag.flag.split(":")[1]: flag.settled is not None for flag in journey.view().flags}


def flag_of(journey: Journey, code: str) -> str:
    return next(flag.flag for flag in journey.view().flags if flag.code == code)


def refused_codes(journey: Journey, move: str, days: int) -> list[str]:
    with pytest.raises(ActRefused) as refused:
        journey.advance(move, journey.on(days))
    return [reason.code for reason in refused.value.reasons if reason.effect == "refuse"]


def count_flagged(office: Office) -> int:
    with open_snapshot(office, scope=None) as snapshot:
        return snapshot.count_total(BoardFilter(flagged=True))


def test_three_of_ten_after_the_decision_lead_to_no_ceremony(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("ceremony")
    journey.record("receive_decision", journey.on(95))
    mend(journey, "branch_proposes", votes_for=3, votes_against=7)
    assert "FLAGS_SETTLED" in refused_codes(journey, "hold_ceremony", 100)
    assert journey.state == "ceremony"
    proven(office)


def test_the_refusal_names_the_act_its_day_the_words_and_the_way_out(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    mend(journey, "branch_proposes", votes_for=3, votes_against=7)
    with pytest.raises(ActRefused) as refused:
        journey.advance("decide", journey.on(92))
    words = next(reason.text for reason in refused.value.reasons if reason.code == "FLAGS_SETTLED")
    day = f"{journey.on(75):%d/%m/%Y}"
    assert f"“Chi bộ đề nghị kết nạp” ngày {day}" in words.vi
    assert "Cần 7/10 đảng viên chính thức tán thành, được 3." in words.vi
    assert flag_of(journey, "VOTE_BRANCH") in words.vi
    assert "đính chính cho đúng, hoặc ghi cách xử lý" in words.vi


def test_moves_that_decide_nothing_go_in_with_a_warning(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("committee_meeting")
    mend(journey, "branch_proposes", votes_for=6, votes_against=4)
    done = journey.advance("committee_proposes", journey.on(85))
    assert "FLAGS_AHEAD" in [reason.code for reason in done.warnings]
    assert "FLAGS_AHEAD" in load_history(office, journey.case, "vi")[-1].warnings


def test_a_ceremony_corrected_to_three_months_later_keeps_recognition_waiting(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("recognition_decision")
    mend(journey, "hold_ceremony", on=journey.on(190).isoformat())
    assert "FLAGS_SETTLED" in refused_codes(journey, "recognise", 490)
    assert journey.state == "recognition_decision"


def test_each_flag_is_settled_by_an_act_of_its_own(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    mend(journey, "branch_proposes", votes_for=6, votes_against=4)
    mend(journey, "committee_proposes", votes_for=6, votes_against=4)
    journey.record("settle_flag", journey.on(93), flag=flag_of(journey, "VOTE_BRANCH"))
    assert flags(journey) == {"VOTE_BRANCH": True, "VOTE_BASE": False}
    assert "FLAGS_SETTLED" in refused_codes(journey, "decide", 94)
    journey.record("settle_flag", journey.on(94), flag=flag_of(journey, "VOTE_BASE"))
    assert flags(journey) == {"VOTE_BRANCH": True, "VOTE_BASE": True}
    done = journey.advance("decide", journey.on(94))
    assert {"VOTE_BRANCH", "VOTE_BASE"} <= {reason.code for reason in done.warnings}
    proven(office)


@pytest.mark.parametrize("flag", ["99:VOTE_BRANCH", "VOTE_BRANCH", "x"])
def test_a_flag_that_is_not_there_is_a_fault_that_names_those_that_are(office: Office, flag: str) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    mend(journey, "branch_proposes", votes_for=6, votes_against=4)
    with pytest.raises(ActRefused) as refused:
        journey.record("settle_flag", journey.on(93), flag=flag)
    [reason] = refused.value.reasons
    assert reason.code == "FLAG_KNOWN"
    assert flag_of(journey, "VOTE_BRANCH") in reason.text.vi
    assert flags(journey) == {"VOTE_BRANCH": False}


def test_a_settled_flag_is_not_settled_again(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    mend(journey, "branch_proposes", votes_for=6, votes_against=4)
    mend(journey, "committee_proposes", votes_for=6, votes_against=4)
    settled = flag_of(journey, "VOTE_BRANCH")
    journey.record("settle_flag", journey.on(93), flag=settled)
    with pytest.raises(ActRefused) as refused:
        journey.record("settle_flag", journey.on(94), flag=settled)
    [reason] = refused.value.reasons
    assert reason.code == "FLAG_NOT_SETTLED"
    assert flag_of(journey, "VOTE_BASE") in reason.text.vi


def test_the_flag_has_to_be_named_and_the_reason_said(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    mend(journey, "branch_proposes", votes_for=6, votes_against=4)
    with pytest.raises(InvalidInput) as refused:
        journey.record("settle_flag", journey.on(93), reason="", flag="")
    assert {fault.field for fault in refused.value.faults} == {"flag", "reason"}


def test_what_was_settled_is_open_again_when_its_own_act_is_corrected_to_something_wrong(
    office: Office,
) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    mend(journey, "branch_proposes", votes_for=6, votes_against=4)
    journey.record("settle_flag", journey.on(93), flag=flag_of(journey, "VOTE_BRANCH"))
    mend(journey, "branch_proposes", votes_for=3, votes_against=7)
    assert flags(journey) == {"VOTE_BRANCH": False}


def test_the_open_flags_are_there_to_choose_from(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    mend(journey, "branch_proposes", votes_for=6, votes_against=4)
    settle = next(entry for entry in journey.view().entries if entry.name == "settle_flag")
    field = next(field for field in settle.fields if field.field == "flag")
    day = f"{journey.on(75):%d/%m/%Y}"
    assert field.options == {
        flag_of(journey, "VOTE_BRANCH"): (
            f"“Chi bộ đề nghị kết nạp” ngày {day}: Cần 7/10 đảng viên chính thức tán thành, được 6."
        )
    }


def test_flagged_cases_are_listed_and_counted_alike_on_both_databases_and_ended_ones_too(
    land: Office,
) -> None:
    travel(land, LAST_OF_DISTRICT)
    open_, ended = begin(land, PLAIN, START), begin(land, "thon-binh", START)
    open_.to("decision")
    ended.to("member")
    assert (list_cases(land, flagged=True), count_flagged(land)) == ([], 0)
    mend(open_, "branch_proposes", votes_for=6, votes_against=4)
    mend(ended, "decide", votes_for=5, votes_against=5)
    assert {row.case for row in list_cases(land, flagged=True)} == {open_.case, ended.case}
    assert count_flagged(land) == 2
    ended.record("settle_flag", ended.on(500), flag=flag_of(ended, "VOTE_UPPER"))
    assert [row.case for row in list_cases(land, flagged=True)] == [open_.case]
    mend(open_, "branch_proposes", votes_for=8, votes_against=2)
    assert (list_cases(land, flagged=True), count_flagged(land)) == ([], 0)
