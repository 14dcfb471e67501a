"""Acts that leave a case where it is: decisions received, letters, papers, sponsors and helpers replaced,
consents.
"""

from datetime import date, timedelta
from typing import Any

import pytest

from states.machine import NotOpen
from states.vocabulary import Person
from tests.journeys.land import (
    BAO,
    COMMUNE,
    GIUP,
    HEADS,
    LAST_OF_DISTRICT,
    MOI,
    OFFICER,
    PARTED,
    PLAIN,
    SECRETARY,
    SPARE,
    STRANGER,
    THAM,
    TOGETHER,
    TRO,
    Journey,
    begin,
    proven,
    travel,
    writing,
)
from workflow.cases.commands.advance import ActRefused, record_entry
from workflow.cases.commands.open import open_case
from workflow.cases.views.case_view import CaseView
from workflow.cases.views.history import load_history
from workflow.core.input import InvalidInput
from workflow.office import Office

START = date(2022, 1, 4)


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land on the district's last day."""
    travel(sqlite_land, LAST_OF_DISTRICT)
    return sqlite_land


def codes(refused: pytest.ExceptionInfo[ActRefused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def papers(view: CaseView) -> dict[str, tuple[date | None, str]]:
    return {paper.code: (paper.dated, paper.status) for paper in view.papers}


# --- the decision received ----------------------------------------------------------------------------------


def test_the_ceremony_clock_starts_when_the_branch_receives_the_decision(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, START).to("decision")
    journey.advance("decide", date(2022, 8, 20))
    assert (journey.clock("CEREMONY").state, journey.clock("CEREMONY").due) == ("not_started", None)
    assert journey.record("receive_decision", date(2022, 8, 25)).after == "ceremony"
    clock = journey.clock("CEREMONY")
    assert (clock.state, clock.start, clock.due) == ("running", date(2022, 8, 25), date(2022, 10, 10))
    assert [one.label for one in clock.skipped] == ["Quốc khánh 2/9"]
    proven(land)


def test_a_decision_is_not_received_before_it_was_made_nor_twice(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    journey.advance("decide", journey.on(92))
    with pytest.raises(ActRefused) as refused:
        journey.record("receive_decision", journey.on(91))
    assert codes(refused) == ["RECEIVED_AFTER_DECISION"]
    journey.record("receive_decision", journey.on(95))
    with pytest.raises(ActRefused) as refused:
        journey.record("receive_decision", journey.on(96))
    assert codes(refused) == ["RECEIVED_ONCE"]
    assert len(journey.clocks("CEREMONY")) == 1


def test_a_ceremony_without_a_day_of_receipt_cannot_be_told_until_the_rules_count_from_the_decision(
    office: Office,
) -> None:
    before = begin(office, PLAIN, START).to("decision")
    before.advance("decide", before.on(92))
    with pytest.raises(ActRefused) as refused:
        before.advance("hold_ceremony", before.on(100))
    assert codes(refused) == ["DECISION_RECEIVED", "CEREMONY_LATE"]
    assert [one.fact for one in refused.value.reasons] == [None, "decision_received_on"]
    before.record("receive_decision", before.on(95))
    assert before.advance("hold_ceremony", before.on(100)).warnings == ()
    travel(office, date(2027, 12, 31))
    since = begin(office, PARTED, date(2026, 8, 3)).to("decision")
    since.advance("decide", since.on(92))
    assert since.advance("hold_ceremony", since.on(100)).warnings == ()


def test_a_late_ceremony_needs_consent_and_under_an_edition_not_read_only_warns(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    journey.advance("decide", journey.on(92))
    journey.record("receive_decision", journey.on(95))
    late = journey.due("CEREMONY") + timedelta(days=1)
    with pytest.raises(ActRefused) as refused:
        journey.advance("hold_ceremony", late)
    assert codes(refused) == ["CEREMONY_LATE"]
    journey.record("record_consent", late, consent_kind="late_ceremony", consent_organ="direct_superior")
    assert journey.advance("hold_ceremony", late).warnings == ()
    travel(office, date(2027, 12, 31))
    since = begin(office, PARTED, date(2026, 8, 3)).to("decision")
    since.advance("decide", since.on(92))
    due = since.due("CEREMONY")
    (warning,) = since.advance("hold_ceremony", due + timedelta(days=1)).warnings
    assert (warning.code, warning.verified) == ("CEREMONY_LATE", False)


# --- letters of verification --------------------------------------------------------------------------------


def test_each_letter_has_its_own_clock_at_home_thirty_days_abroad_ninety(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("sponsorship")
    journey.advance("send_for_verification", date(2022, 3, 1))
    assert journey.clock("VERIF_REPLY").state == "not_started"
    journey.record("send_verification_letter", date(2022, 3, 2), letter_no="A", letter_place="Xã bên")
    journey.record("send_verification_letter", date(2022, 3, 3), letter_no="B", letter_reach="abroad")
    home, abroad = journey.clocks("VERIF_REPLY")
    assert (home.of, home.amount, home.due) == ("A", 30, date(2022, 4, 14))
    assert (abroad.of, abroad.amount, abroad.due) == ("B", 90, date(2022, 7, 12))
    journey.record("verification_received", date(2022, 3, 20), letter_no="A")
    assert [clock.state for clock in journey.clocks("VERIF_REPLY")] == ["stopped", "running"]
    with pytest.raises(ActRefused) as refused:
        journey.advance("conclude_verification", date(2022, 4, 1))
    assert codes(refused) == ["LETTERS_ANSWERED"]
    with pytest.raises(ActRefused) as refused:
        journey.advance("conclude_verification", date(2022, 4, 1), places_asked=2, places_answered=2)
    assert codes(refused) == ["LETTERS_ANSWERED", "PLACES_AS_RECORDED"]
    done = journey.advance("conclude_verification", date(2022, 4, 1), unanswered_because="sent_somebody")
    assert [one.code for one in done.warnings] == ["LETTERS_UNANSWERED"]
    clocks = journey.clocks("VERIF_REPLY")
    assert [(clock.stopped, clock.broken_off) for clock in clocks] == [
        (date(2022, 3, 20), False),
        (date(2022, 4, 1), True),
    ]
    proven(office)


def test_an_answer_needs_its_letter_and_a_letter_goes_out_once_and_after_the_cv(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("verification")
    with pytest.raises(ActRefused) as refused:
        journey.record("verification_received", journey.on(52))
    assert codes(refused) == ["LETTER_KNOWN"]
    with pytest.raises(ActRefused) as refused:
        journey.record("send_verification_letter", journey.on(49))
    assert codes(refused) == ["LETTER_AFTER_SENDING"]
    journey.record("send_verification_letter", journey.on(51))
    with pytest.raises(ActRefused) as refused:
        journey.record("send_verification_letter", journey.on(52))
    assert codes(refused) == ["LETTER_NEW"]
    with pytest.raises(ActRefused) as refused:
        journey.record("verification_received", journey.on(50))
    assert codes(refused) == ["LETTER_KNOWN"]
    journey.record("verification_received", journey.on(53))
    with pytest.raises(ActRefused) as refused:
        journey.record("verification_received", journey.on(54))
    assert codes(refused) == ["LETTER_KNOWN"]


# --- papers -------------------------------------------------------------------------------------------------


def test_a_paper_that_came_in_is_dated_by_itself(office: Office) -> None:
    travel(office, date(2022, 3, 1))
    journey = begin(office, PLAIN, START).to("sponsorship")
    assert papers(journey.view())["1-KNĐ"] == (None, "missing")
    journey.record("receive_paper", journey.on(45), paper="1-KNĐ", paper_dated="2022-02-01", pages="3")
    assert papers(journey.view())["1-KNĐ"] == (date(2022, 2, 1), "present")
    journey.record("receive_paper", journey.on(46), paper="3-KNĐ", paper_dated="2022-02-10")
    assert papers(journey.view())["3-KNĐ"] == (date(2022, 2, 10), "present")


def test_of_a_paper_that_ends_a_deadline_the_day_has_to_be_said_and_of_no_other(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("probation")
    journey.record("receive_paper", journey.on(110), paper="CN-ĐVM")
    assert papers(journey.view())["CN-ĐVM"] == (None, "present")
    with pytest.raises(InvalidInput) as mistyped:
        journey.record("receive_paper", journey.on(110), paper="1-HSĐV")
    assert [(one.field, one.code) for one in mistyped.value.faults] == [("paper_dated", "missing")]
    proven(office)


def test_a_dossier_gone_stale_is_refused_until_each_paper_is_supplemented(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("sponsorship")
    journey.record("receive_paper", journey.on(45), paper="3-KNĐ", paper_dated="2022-02-10")
    journey.to("branch_meeting")
    late = date(2023, 3, 20)
    travel(office, late)
    assert {code for code, (_, status) in papers(journey.view()).items() if status == "stale"} == {
        "3-KNĐ",
        "5-KNĐ",
    }
    with pytest.raises(ActRefused) as refused:
        journey.advance("branch_proposes", late)
    assert codes(refused) == ["DOSSIER_12M"] * 2
    assert "Tổng hợp ý kiến nhận xét" in " ".join(reason.text.vi for reason in refused.value.reasons)
    for code in ("3-KNĐ", "5-KNĐ"):
        journey.record("supplement_paper", late, paper=code, paper_dated="2023-03-15")
    assert journey.advance("branch_proposes", late).after == "committee_meeting"
    proven(office)


def test_no_paper_speaks_for_an_act(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    journey.record("receive_paper", journey.on(90), paper="9-KNĐ", paper_dated=journey.on(89).isoformat())
    journey.record("supplement_paper", journey.on(90), paper="6-KNĐ", paper_dated=journey.on(88).isoformat())
    assert journey.clock("DEC_ADMIT").state == "running"
    assert journey.clock("DEC_ADMIT").start == journey.on(75)
    assert papers(journey.view())["9-KNĐ"] == (journey.on(89), "present")
    assert journey.advance("withdraw", journey.on(91)).warnings == ()
    proven(office)


def test_the_new_members_cv_stops_its_clock_however_it_comes_in(office: Office) -> None:
    for village, entry in ((PLAIN, "receive_paper"), (PARTED, "supplement_paper")):
        journey = begin(office, village, START).to("probation")
        assert journey.clock("OWN_CV_30").due == date(2022, 5, 30)
        journey.record(entry, journey.on(110), paper="1-HSĐV", paper_dated=journey.on(109).isoformat())
        assert (journey.clock("OWN_CV_30").state, journey.clock("OWN_CV_30").stopped) == (
            "stopped",
            journey.on(109),
        )
    proven(office)


def test_the_new_members_class_is_recorded_on_probation_only(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("ceremony")
    with pytest.raises(NotOpen):
        journey.record("new_member_class", journey.on(99))
    journey.to("probation").record("new_member_class", journey.on(200))
    assert papers(journey.view())["CN-ĐVM"] == (journey.on(200), "noted")


# --- sponsors and helpers -----------------------------------------------------------------------------------


def test_a_replacement_is_spared_the_twelve_months(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    journey.record("replace_sponsor", journey.on(72), sponsor_in=MOI)
    assert [(one.id, one.replacement) for one in journey.view().sponsors] == [(BAO, False), (MOI, True)]
    assert journey.advance("branch_proposes", journey.on(75)).warnings == ()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"sponsor_out": GIUP, "sponsor_in": MOI}, "SPONSOR_OUT_KNOWN"),
        ({"sponsor_in": BAO}, "SPONSOR_IN_NEW"),
        ({"sponsor_in": THAM}, "PARTS_APART"),
        ({"sponsor_in": HEADS[PLAIN]}, "SPONSOR_IN_OFFICIAL"),
        ({"sponsor_in": SPARE}, "SPONSOR_IN_OFFICIAL"),
    ],
)
def test_a_replacement_is_somebody_else_official_and_not_the_verifier(
    office: Office, typed: dict[str, Any], code: str
) -> None:
    journey = begin(office, PLAIN, START).to("opinions")
    with pytest.raises(ActRefused) as refused:
        journey.record("replace_sponsor", journey.on(66), **typed)
    assert code in codes(refused)


@pytest.mark.parametrize("move", ["conclude_verification", "refer_upward", "decline"])
def test_a_sponsor_never_verifies(office: Office, move: str) -> None:
    journey = begin(office, PLAIN, START).to("verification")
    with pytest.raises(ActRefused) as refused:
        journey.advance(move, journey.on(60), verifier=BAO)
    assert codes(refused) == ["PARTS_APART"]


def test_helpers_are_two_people_and_may_be_changed_before_and_on_probation(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    with pytest.raises(ActRefused) as refused:
        journey.advance("nominate", journey.on(3), helpers=f"{GIUP}, {GIUP}")
    assert codes(refused) == ["HELPERS_DIFFERENT"]
    journey.to("training").record("change_helper", journey.on(7), helper_in=TRO)
    assert [one.id for one in journey.view().helpers] == [TRO]
    with pytest.raises(ActRefused) as refused:
        journey.record("change_helper", journey.on(8), helper_in=BAO)
    assert codes(refused) == ["HELPER_OUT_KNOWN"]
    journey.to("probation").record("change_helper", journey.on(120), helper_in=BAO)
    told = {one.field: one.text for one in load_history(office, journey.case, "vi")[-1].fields}
    assert told == {"helper_out": "Hoàng Văn Giúp", "helper_in": "Trần Văn Bảo"}
    proven(office)


# --- consents, extensions, units ----------------------------------------------------------------------------


def old_head(office: Office) -> Journey:
    """A head born in March 1961, of a second post in the village."""
    with writing(office) as books:
        books.add_people([Person("P-GIA", "Ngô Văn Già", born=date(1961, 3, 1), education_met=True)])
        for member, since in TOGETHER.items():
            books.add_row("companions", since, person_id=member, candidate_id="P-GIA")
    return Journey(office, open_case(office, "P-GIA", START, SECRETARY, unit=PLAIN), START)


def test_over_sixty_the_consent_comes_before_the_decision(office: Office) -> None:
    journey = old_head(office)
    assert [one.code for one in journey.advance("nominate", journey.on(3)).warnings] == ["AGE_LATE"]
    journey.to("branch_meeting")
    with pytest.raises(ActRefused) as refused:
        journey.advance("branch_proposes", journey.on(75))
    assert codes(refused) == ["AGE_MAX"]
    journey.advance("branch_proposes", journey.on(75), over60_grounds="special_need")
    journey.advance("committee_proposes", journey.on(85))
    with pytest.raises(ActRefused) as refused:
        journey.advance("decide", journey.on(92))
    assert codes(refused) == ["OVER60_CONSENT"]
    journey.record("record_consent", journey.on(90), consent_kind="over60", consent_organ="direct_superior")
    journey.record("record_consent", journey.on(93), consent_kind="over60", consent_organ="central_direct")
    with pytest.raises(ActRefused) as refused:
        journey.advance("decide", journey.on(92))
    assert codes(refused) == ["OVER60_CONSENT"]
    assert journey.advance("decide", journey.on(94)).after == "ceremony"
    assert [one.kind for one in journey.view().consents] == ["over60", "over60"]
    proven(office)


def test_a_deadline_is_extended_once_by_thirty_days(office: Office) -> None:
    journey = begin(office, PLAIN, date(2021, 1, 4)).to("decision")
    before = journey.clock("DEC_ADMIT")
    journey.record("extend_decision", journey.on(90))
    after = journey.clock("DEC_ADMIT")
    assert (before.amount, before.due) == (60, date(2021, 6, 16))
    assert (after.amount, after.extended, after.due) == (90, 30, date(2021, 7, 28))
    with pytest.raises(ActRefused) as refused:
        journey.record("extend_decision", journey.on(91))
    assert codes(refused) == ["EXTENSION_ONCE"]
    proven(office)


def test_no_later_edition_was_seen_to_extend_so_it_says_so_and_only_warns_the_second_time(
    office: Office,
) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    first = journey.record("extend_decision", journey.on(90)).warnings
    assert [(one.code, one.verified) for one in first] == [("EXTENSION_UNSEEN", False)]
    second = journey.record("extend_decision", journey.on(91)).warnings
    assert [(one.code, one.verified) for one in second] == [
        ("EXTENSION_ONCE", False),
        ("EXTENSION_UNSEEN", False),
    ]


def test_nothing_is_extended_before_the_branch_has_resolved(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    with pytest.raises(ActRefused) as refused:
        journey.record("extend_decision", journey.on(74))
    assert codes(refused) == ["EXTENDED_AFTER_RESOLUTION", "EXTENSION_UNSEEN"]


def test_within_one_office_the_case_goes_on_in_the_new_unit(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    journey.record("change_unit", journey.on(71), unit=PARTED)
    view = journey.view()
    assert (view.unit.id, view.state.id) == (PARTED, "branch_meeting")
    assert journey.advance("branch_proposes", journey.on(75)).after == "appraisal"
    with pytest.raises(InvalidInput):
        journey.record("change_unit", journey.on(76), unit="thon-khong")
    proven(office)


def test_an_act_of_before_the_change_of_unit_finds_the_unit_of_before(office: Office) -> None:
    journey = begin(office, PARTED, START).to("branch_meeting")
    journey.record("change_unit", journey.on(80), unit=PLAIN)
    late = journey.advance("branch_proposes", journey.on(75))
    assert (late.after, late.carried) == ("committee_meeting", "committee_meeting")
    assert [(event.kind, event.on) for event in load_history(office, journey.case, "vi")][-1] == (
        "carry_over",
        journey.on(80),
    )
    proven(office)


def test_entries_too_are_made_by_those_whose_they_are(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    for entry, who, typed in (
        ("record_consent", SECRETARY, {"consent_kind": "over60", "consent_organ": "central_direct"}),
        ("extend_decision", OFFICER, {}),
        ("change_unit", STRANGER, {"unit": COMMUNE}),
    ):
        with pytest.raises(ActRefused) as refused:
            journey.record(entry, journey.on(90), who, **typed)
        assert [reason.code for reason in refused.value.reasons if reason.effect == "refuse"] == ["ROLE"]


def test_nothing_typed_lies_in_the_future_and_all_of_it_is_said_at_once(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    with pytest.raises(InvalidInput) as mistyped:
        record_entry(
            office,
            journey.case,
            "receive_paper",
            date(2030, 1, 1),
            SECRETARY,
            {"paper": "X", "paper_dated": "2030-01-01"},
        )
    assert {(fault.field, fault.code) for fault in mistyped.value.faults} == {
        ("on", "in_the_future"),
        ("paper", "not_an_option"),
        ("paper_dated", "in_the_future"),
    }
