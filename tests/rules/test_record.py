"""What a case's record holds: the steps to go back to, and what entries do beside being recorded."""

from datetime import date

from states.record.events import Flag
from states.vocabulary import FieldValue
from tests.rules.events import Case


def test_the_last_step_is_the_latest_by_day_whatever_was_recorded_last() -> None:
    case = Case("nominated", "2022-01-01").moved("enrol", "2022-03-01", "training")
    case.moved("certify", "2022-02-01", "sponsorship", way=1)  # as a correction may leave it
    assert case.record.last_on == "2022-03-01"


def test_a_suspended_case_knows_where_to_resume_and_forgets_it_then() -> None:
    case = Case("opinions", "2022-01-01").moved("suspend", "2022-02-01", "suspended")
    assert case.record.back == ["opinions"]
    assert case.moved("resume", "2022-03-01", "opinions").record.back == []


def test_a_strike_off_remembers_where_it_was_proposed_through_rulings_and_suspensions() -> None:
    case = Case("recognition_branch", "2023-05-01").moved(
        "propose_strike_off", "2023-06-01", "strike_off_branch"
    )
    case.moved("branch_strike_off_falls_short", "2023-06-02", "awaiting_ruling")
    assert case.record.back == ["recognition_branch", "strike_off_branch"]
    case.moved("suspend", "2023-06-03", "suspended")
    assert case.record.back == ["recognition_branch", "strike_off_branch", "awaiting_ruling"]
    case.moved("resume", "2023-06-04", "awaiting_ruling")
    assert case.record.back == ["recognition_branch", "strike_off_branch"]


def test_a_ruling_to_stop_the_strike_off_goes_back_past_it() -> None:
    case = Case("recognition_branch", "2023-05-01").moved(
        "propose_strike_off", "2023-06-01", "strike_off_branch"
    )
    case.moved("branch_strike_off_falls_short", "2023-06-02", "awaiting_ruling")
    case.moved("rule_stop", "2023-07-01", "recognition_branch", way=1)
    assert (case.record.state, case.record.back) == ("recognition_branch", [])


def test_a_ruling_to_go_on_leaves_only_where_the_strike_off_was_proposed() -> None:
    case = Case("recognition_branch", "2023-05-01").moved(
        "propose_strike_off", "2023-06-01", "strike_off_branch"
    )
    case.moved("branch_strike_off_falls_short", "2023-06-02", "awaiting_ruling")
    case.moved("rule_go_on", "2023-07-01", "strike_off_committee", way=7)
    assert case.record.back == ["recognition_branch"]
    case.moved("committee_strike_off_falls_short", "2023-08-01", "recognition_branch")
    assert case.record.back == []


def test_a_ruling_on_recognition_that_opens_the_strike_off_keeps_the_step_to_return_to() -> None:
    case = Case("recognition_branch", "2023-05-01")
    case.moved("branch_recognition_falls_short", "2023-06-01", "awaiting_ruling")
    case.moved("rule_stop", "2023-07-01", "strike_off_branch")
    assert case.record.back == ["recognition_branch"]


def test_short_votes_are_counted_for_each_kind_of_their_own() -> None:
    case = Case("recognition_branch", "2023-05-01")
    for on in ("2023-05-10", "2023-05-20"):
        case.moved("branch_recognition_falls_short", on, "recognition_branch", way=1)
    assert case.record.counts == {"branch_recognition_falls_short": 2}
    assert case.record.last_on == "2023-05-20"


# --- what entries do beside being recorded ------------------------------------------------------------------


def test_a_supplemented_paper_counts_anew() -> None:
    case = Case("opinions", "2022-01-01", {"cv_declared_on": "2021-01-10"})
    case.noted("receive_paper", "2022-01-05", {"paper": "2-KNĐ", "paper_dated": "2021-12-01"})
    assert case.record.fields["cv_declared_on"] == "2021-01-10"  # what was said with the act stays
    case.noted("supplement_paper", "2022-01-10", {"paper": "2-KNĐ", "paper_dated": "2022-01-08"})
    assert case.record.fields["cv_declared_on"] == "2022-01-08"
    assert case.record.papers["2-KNĐ"] == "2022-01-08"


def test_a_paper_that_records_an_act_does_not_move_the_day_of_the_act() -> None:
    case = Case("ceremony", "2022-04-10", {"decision_on": "2022-04-01"})
    case.noted("supplement_paper", "2022-04-12", {"paper": "9-KNĐ", "paper_dated": "2022-04-11"})
    assert case.record.fields["decision_on"] == "2022-04-01"
    assert case.record.papers["9-KNĐ"] == "2022-04-11"


def test_the_members_own_cv_stops_its_clock_when_it_comes_in() -> None:
    case = Case("ceremony", "2022-04-10").moved("hold_ceremony", "2022-04-20", "probation")
    case.noted("receive_paper", "2022-05-10", {"paper": "1-HSĐV", "paper_dated": "2022-05-09"})
    assert case.clock("OWN_CV_30").stopped == date(2022, 5, 9)


def test_a_paper_whose_day_nobody_knows_has_come_in_and_says_nothing_of_a_day() -> None:
    case = Case("probation", "2022-05-01")
    case.noted("receive_paper", "2022-05-10", {"paper": "CN-ĐVM"})
    assert case.record.papers == {"CN-ĐVM": None}
    assert "new_member_certificate_on" not in case.record.fields
    case.noted("receive_paper", "2022-05-11", {"paper": "CN-ĐVM", "paper_dated": "2022-05-02"})
    case.noted("receive_paper", "2022-05-12", {"paper": "CN-ĐVM"})
    assert case.record.papers == {"CN-ĐVM": "2022-05-02"}


def test_a_replaced_sponsor_takes_the_place_of_the_other_and_is_known_as_a_replacement() -> None:
    case = Case("opinions", "2022-01-01", {"sponsors": ["bao", "tro"]})
    case.noted(
        "replace_sponsor",
        "2022-01-10",
        {"sponsor_out": "bao", "sponsor_in": "moi", "replace_reason": "moved"},
    )
    assert (case.record.fields["sponsors"], case.record.replaced) == (["moi", "tro"], ["moi"])


def test_a_changed_helper_is_changed_on_probation_too() -> None:
    case = Case("probation", "2022-05-01", {"helpers": ["giup"], "probation_helper": "giup"})
    case.noted("change_helper", "2022-06-01", {"helper_out": "giup", "helper_in": "tro"})
    assert (case.record.fields["helpers"], case.record.fields["probation_helper"]) == (["tro"], "tro")


def test_a_consent_is_kept_with_its_organ_number_and_day() -> None:
    case = Case("ceremony", "2022-05-01")
    fields: dict[str, FieldValue] = {
        "consent_kind": "late_ceremony",
        "consent_organ": "direct_superior",
        "consent_no": "7-CV",
    }
    case.noted("record_consent", "2022-05-20", fields)
    assert case.record.consents == [
        {"kind": "late_ceremony", "organ": "direct_superior", "no": "7-CV", "on": "2022-05-20"}
    ]


def test_a_case_that_continues_elsewhere_remembers_where_it_was_on_which_day() -> None:
    case = Case("opinions", "2022-01-01")
    case.noted("change_unit", "2022-03-01", {"unit": "thon-2"})
    record = case.record
    assert record.unit == "thon-2"
    assert (record.unit_on("2022-02-28"), record.unit_on("2022-03-01")) == ("thon", "thon-2")


def test_a_correction_of_the_day_moves_the_clock() -> None:
    case = Case("branch_meeting", "2022-02-01").moved("branch_proposes", "2022-02-15", "decision", way=2)
    case.events.append(
        {
            "kind": "correct",
            "seq": 3,
            "of": 2,
            "fields": {"on": "2022-02-14"},
            "flags": [],
            "on": "2022-03-01",
        }
    )
    assert case.record.seq == 3
    (mark,) = (mark for mark in case.record.clocks if mark["clock"] == "DEC_ADMIT")
    assert mark["start"] == "2022-02-14"


def test_flags_stay_until_they_are_settled() -> None:
    case = Case("decision", "2022-02-01")
    flag: Flag = {"seq": 1, "code": "VOTE_BRANCH"}
    case.events.append(
        {"kind": "correct", "seq": 2, "of": 1, "fields": {}, "flags": [flag], "on": "2022-03-01"}
    )
    assert case.record.flags == [flag]
    case.noted("settle_flag", "2022-03-05", {"ruling_no": "8-CV"})
    assert case.record.flags == [flag | {"settled": 3}]
