"""The law as now known, row by row: each rule on real days, around those on which texts changed."""

from datetime import date

import pytest

from states.calendar.months import add_months
from states.record.deadlines import Clock
from states.vocabulary import FieldValue
from tests.rules.events import Case
from tests.rules.scene import (
    ADMISSION,
    DAY_IN,
    READMISSION,
    codes,
    consent,
    day,
    edition,
    judged,
    refusing,
    said,
    warning,
)

EIGHT_OF_TEN: dict[str, FieldValue] = {"roll": 10, "present": 8, "votes_against": 2, "votes_for": 6}


def proposed(on: str) -> Case:
    """A case whose branch has resolved on a day."""
    way = 2 if on < "2026-07-26" else 1
    return Case("branch_meeting", on).moved("branch_proposes", on, "decision", way=way)


def cited(clock: Clock) -> str:
    return clock.citation.vi if clock.citation else ""


# --- the decision: 60 working days, from July 2025 45; 15 more where the case is special ---------------------


def test_a_branch_that_resolved_on_the_last_of_june_2025_waits_sixty_working_days() -> None:
    clock = proposed("2025-06-30").clock("DEC_ADMIT")
    assert (clock.due, clock.amount, clock.verified) == (date(2025, 9, 24), 60, True)
    assert cited(clock) == "Quy định 232-QĐ/TW, 4.3.1"


def test_a_branch_that_resolved_on_the_first_of_july_2025_waits_forty_five() -> None:
    clock = proposed("2025-07-01").clock("DEC_ADMIT")
    assert (clock.due, clock.amount, clock.verified) == (date(2025, 9, 4), 45, True)
    assert cited(clock) == "Quy định 294-QĐ/TW, 4.3.1"
    assert not clock.is_late_on(date(2025, 9, 4))
    assert clock.is_late_on(date(2025, 9, 5))


def test_an_extension_of_2025_is_of_fifteen_working_days() -> None:
    case = proposed("2025-07-01").noted("extend_decision", "2025-08-20", {"extension_no": "4-CV"})
    clock = case.clock("DEC_ADMIT")
    assert (clock.due, clock.amount, clock.extended) == (date(2025, 9, 25), 60, 15)


def test_a_clock_of_june_2025_is_extended_in_august_as_its_own_edition_says() -> None:
    case = proposed("2025-06-30").noted("extend_decision", "2025-08-20", {"extension_no": "4-CV"})
    assert case.clock("DEC_ADMIT").extended == 30


def test_recognition_of_2025_is_decided_in_thirty_working_days_and_extended_by_fifteen() -> None:
    case = Case("recognition_branch", "2025-07-01")
    case.moved("branch_recognises", "2025-07-01", "recognition_decision", way=2)
    assert (case.clock("DEC_RECOG").amount, case.clock("DEC_RECOG").due) == (30, date(2025, 8, 12))
    case.noted("extend_decision", "2025-08-01", {"extension_no": "4-CV"})
    assert case.clock("DEC_RECOG").amount == 45


@pytest.mark.parametrize("on", ["2026-04-08", "2026-07-27"])
def test_by_texts_that_nobody_read_the_forty_five_days_go_on_unverified(on: str) -> None:
    clock = proposed(on).clock("DEC_ADMIT")
    assert (clock.amount, clock.verified) == (45, False)
    assert "giữ nguyên theo tính liên tục từ Quy định 294-QĐ/TW, 4.3.1" in cited(clock)


# --- letters of verification: counted from their receipt -----------------------------------------------------


def sent(on: str = "2025-08-04", reach: str = "domestic") -> Case:
    case = Case("sponsorship", on).moved("send_for_verification", on, "verification")
    return case.noted("send_verification_letter", on, {"letter_no": "5-CV", "letter_reach": reach})


def test_until_the_receipt_is_recorded_a_letter_is_counted_from_its_sending_and_says_so() -> None:
    clock = sent().clock("VERIF_REPLY")
    assert (clock.start, clock.due, clock.provisional) == (date(2025, 8, 4), date(2025, 9, 17), True)


@pytest.mark.parametrize(("reach", "due"), [("domestic", "2025-09-23"), ("abroad", "2025-12-16")])
def test_once_it_is_the_thirty_or_ninety_working_days_begin_with_it(reach: str, due: str) -> None:
    clock = (
        sent(reach=reach).noted("letter_arrived", "2025-08-08", {"letter_no": "5-CV"}).clock("VERIF_REPLY")
    )
    assert (clock.start, clock.due, clock.provisional) == (date(2025, 8, 8), day(due), False)
    assert (cited(clock), clock.verified) == ("Hướng dẫn 06-HD/TW ngày 9/6/2025, 3.4d", True)


def test_a_receipt_moves_the_clock_of_its_own_letter_only() -> None:
    case = sent().noted(
        "send_verification_letter", "2025-08-05", {"letter_no": "6-CV", "letter_reach": "abroad"}
    )
    case.noted("letter_arrived", "2025-08-11", {"letter_no": "6-CV"})
    assert [(clock.of, clock.start) for clock in case.clocks("VERIF_REPLY")] == [
        ("5-CV", date(2025, 8, 4)),
        ("6-CV", date(2025, 8, 11)),
    ]


def test_the_receipt_itself_is_asked_for_within_seven_days_as_a_custom() -> None:
    case = sent()
    receipt = case.clock("LETTER_RECEIPT")
    assert (receipt.kind, receipt.due, receipt.state) == ("house", date(2025, 8, 11), "running")
    assert (
        case.noted("letter_arrived", "2025-08-08", {"letter_no": "5-CV"}).clock("LETTER_RECEIPT").state
        == "stopped"
    )
    answered = sent().noted("verification_received", "2025-08-20", {"letter_no": "5-CV"})
    assert answered.clock("LETTER_RECEIPT").state == "stopped"


def test_a_case_sent_for_verification_waits_thirty_days_for_its_first_letter() -> None:
    case = Case("sponsorship", "2025-08-04").moved("send_for_verification", "2025-08-04", "verification")
    assert case.clock("FIRST_LETTER").due == date(2025, 9, 3)
    assert sent().clock("FIRST_LETTER").state == "stopped"


def test_after_the_last_answer_thirty_days_are_left_to_conclude() -> None:
    case = sent().noted("verification_received", "2025-08-20", {"letter_no": "5-CV"})
    assert case.clock("LAST_ANSWER").due == date(2025, 9, 19)
    case.moved("conclude_verification", "2025-09-01", "opinions")
    assert case.clock("LAST_ANSWER").state == "stopped"


def test_customs_beside_a_step_wait_while_the_case_is_suspended() -> None:
    case = sent().moved("suspend", "2025-08-06", "suspended")
    assert case.clock("LETTER_RECEIPT").state == "paused"
    assert case.clock("VERIF_REPLY").state == "running"
    case.moved("resume", "2025-08-16", "verification")
    assert (case.clock("LETTER_RECEIPT").state, case.clock("LETTER_RECEIPT").due) == (
        "running",
        date(2025, 8, 21),
    )


@pytest.mark.parametrize(
    ("letter", "on", "arrived", "refused"),
    [
        ("5-CV", "2025-08-08", frozenset(), []),
        ("5-CV", "2025-08-03", frozenset(), ["LETTER_KNOWN"]),  # before it was sent
        ("6-CV", "2025-08-08", frozenset(), ["LETTER_KNOWN"]),  # never sent
        ("5-CV", "2025-08-08", frozenset({"5-CV"}), ["LETTER_ARRIVED_ONCE"]),
    ],
)
def test_only_a_letter_on_its_way_arrives_and_only_once(
    letter: str, on: str, arrived: frozenset[str], refused: list[str]
) -> None:
    typed: dict[str, FieldValue] = {"letter_no": letter}
    verdict = judged("letter_arrived", on, typed, letters={"5-CV": "2025-08-04"}, arrived=arrived)
    assert refusing(verdict) == refused


# --- votes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["branch_proposes", "committee_proposes"])
def test_from_july_2025_whoever_is_suspended_or_prosecuted_is_left_out_of_the_count(kind: str) -> None:
    left_out = {**EIGHT_OF_TEN, "excluded_suspended": 1, "excluded_prosecuted": 1}
    assert refusing(judged(kind, "2025-08-15", left_out)) == []
    rule = "VOTE_BRANCH" if kind == "branch_proposes" else "VOTE_BASE"
    assert refusing(judged(kind, "2025-08-15", EIGHT_OF_TEN)) == [rule]


@pytest.mark.parametrize("name", ADMISSION)
def test_two_exclusions_were_known_before_and_four_since(name: str) -> None:
    may = edition(name).moves["branch_proposes"].may
    excluded = [field for field in may if field.startswith("excluded_")]
    assert len(excluded) == (4 if name >= "2025-07" else 2)


def test_a_standing_committee_leaves_nobody_out() -> None:
    assert not [one for one in edition("2025-09").moves["decide"].fields if one.startswith("excluded_")]


@pytest.mark.parametrize("kind", ["committee_proposes", "decide", "recognise", "strike_off"])
def test_a_committee_of_one_is_warned_of_as_no_rule_on_its_least_number_was_found(kind: str) -> None:
    alone = {"roll": 1, "present": 1, "votes_for": 1, "votes_against": 0}
    verdict = judged(kind, "2025-08-15", alone)
    assert "BODY_SMALL" in warning(verdict)
    assert "BODY_SMALL" not in codes(
        judged(kind, "2025-08-15", {**alone, "roll": 3, "votes_for": 3, "present": 3})
    )


@pytest.mark.parametrize(
    ("name", "effect"), [(one, "refuse") for one in ADMISSION[:-1]] + [("2026-07", "warn")]
)
def test_half_of_a_standing_committee_is_not_more_than_half(name: str, effect: str) -> None:
    half = {"roll": 10, "present": 10, "votes_for": 5, "votes_against": 5}
    verdict = judged("decide", DAY_IN[name], half)
    assert ("VOTE_UPPER", effect) in [(reason.code, reason.effect) for reason in verdict.reasons]


# --- what the Charter itself says ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ADMISSION)
def test_what_the_charter_says_is_refused_in_every_edition_and_cites_it(name: str) -> None:
    on = DAY_IN[name]
    short = {"votes_for": 6, "votes_against": 4}
    few = {"roll": 2, "present": 2, "votes_for": 2, "votes_against": 0}
    wrong = [
        ("VOTE_BRANCH", judged("branch_proposes", on, short)),
        ("VOTE_BASE", judged("committee_proposes", on, short)),
        ("VOTE_BASE_AUTH", judged("committee_proposes", on, short, authorised=True)),
        ("MIN_BRANCH", judged("branch_proposes", on, few)),
        ("SPONSORS_NUMBER", judged("branch_proposes", on, known={"sponsors": ["bao"]})),
        ("AGE_MIN", judged("branch_proposes", on, born=add_months(day(on), -215))),
        (
            "PROBATION_DONE",
            judged("open_recognition", on, known={"ceremony_on": add_months(day(on), -11).isoformat()}),
        ),
        (
            "RECOG_AFTER_END",
            judged("branch_recognises", on, known={"ceremony_on": add_months(day(on), -12).isoformat()}),
        ),
    ]  # fmt: skip - a table
    for code, verdict in wrong:
        reason = next(one for one in verdict.reasons if one.code == code)
        assert reason.effect == "refuse", code
        assert reason.citation is not None
        assert reason.citation.vi.startswith("Điều lệ Đảng, Điều"), code


# --- which point of which text ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "code", "told"),
    [
        ("2018-08-15", "AGE_MAX", "Quy định 29-QĐ/TW, 1.1a, 1.1b"),
        ("2018-08-15", "EDU_MIN", "Quy định 29-QĐ/TW, 1.2a, 1.2b"),
        ("2018-08-15", "SPONSOR_12M", "Quy định 29-QĐ/TW, 3.2"),
        ("2023-08-15", "AGE_MAX", "Quy định 24-QĐ/TW, 1.1.1, 1.1.2"),
        ("2021-09-27", "CLASS_CERT", "Hướng dẫn 01-HD/TW ngày 20/9/2016, 3.1"),
        ("2021-09-28", "CLASS_CERT", "Hướng dẫn 01-HD/TW ngày 28/9/2021, 3.1, 5.4"),
        ("2025-06-08", "CLASS_CERT", "Hướng dẫn 01-HD/TW ngày 28/9/2021, 3.1, 5.4"),
        ("2025-06-09", "CLASS_CERT", "Hướng dẫn 06-HD/TW ngày 9/6/2025, 5.4b"),
        ("2026-05-18", "CLASS_CERT", "Hướng dẫn 06-HD/TW ngày 9/6/2025, 5.4b"),
        ("2026-03-16", "DOSSIER_12M", "Hướng dẫn 06-HD/TW ngày 9/6/2025, 5.4a"),
        ("2026-03-16", "VOTE_UPPER", "Quy định 294-QĐ/TW, 9.3.4; Hướng dẫn 06-HD/TW ngày 9/6/2025, 3.7a"),
        (
            "2026-03-16",
            "VOTE_BRANCH",
            "Điều lệ Đảng, Điều 4; Quy định 294-QĐ/TW, 9.3.2, 9.3.4; Hướng dẫn 06-HD/TW ngày 9/6/2025, 3.6b",
        ),
        ("2026-08-14", "AGE_MAX", "Quy định 208-QĐ/TW (theo tài liệu hỏi đáp)"),
    ],
)  # fmt: skip - a table
def test_each_rule_cites_its_point_of_the_text_in_force(on: str, code: str, told: str) -> None:
    name = max(one for one in ADMISSION if edition(one).in_force <= day(on))
    text = edition(name).cite(edition(name).conditions[code], day(on))
    assert text is not None
    assert text.vi == told


@pytest.mark.parametrize(
    ("on", "effect", "told"),
    [
        ("2026-05-18", "refuse", "Hướng dẫn 06-HD/TW ngày 9/6/2025, 5.4b"),
        ("2026-05-19", "warn", "tính liên tục từ Hướng dẫn 06-HD/TW ngày 9/6/2025, 5.4b"),
    ],
)
def test_an_expired_certificate_refuses_while_the_guide_that_was_read_is_in_force(
    on: str, effect: str, told: str
) -> None:
    verdict = judged("branch_proposes", on, known={"certificate_issued_on": "2020-01-02"})
    reason = next(one for one in verdict.reasons if one.code == "CLASS_CERT")
    assert reason.effect == effect
    assert reason.citation is not None
    assert told in reason.citation.vi


def test_the_name_of_each_edition_says_which_guides_go_with_it() -> None:
    assert "Hướng dẫn 12-HD/BTCTW ngày 18/1/2022" in edition("2025-07").regulation
    assert "38-HD/BTCTW" not in edition("2025-07").regulation
    assert "Hướng dẫn 38-HD/BTCTW ngày 29/9/2025" in edition("2025-09").regulation
    assert "từ 19/5/2026 Hướng dẫn 01-HD/TW" in edition("2026-04").regulation


# --- by the Youth Union, or by two members ---------------------------------------------------------------------

BY_UNION: dict[str, FieldValue] = {
    "route": "youth_union",
    "sponsors": ["bao"],
    "youth_resolution_no": "4-NQ",
    "youth_resolution_on": "2025-07-20",
    "union_statement": None,
}
BY_MEMBERS: dict[str, FieldValue] = {"union_statement": None}


@pytest.mark.parametrize(
    ("years", "known", "refused", "warned"),
    [
        (25, BY_UNION, [], []),
        (25, BY_MEMBERS, ["UNION_ASKED"], []),
        (25, {"union_statement": "no_union"}, [], []),
        (30, BY_MEMBERS, ["UNION_ASKED"], []),
        (32, BY_MEMBERS, [], ["UNION_PAST_30"]),
        (32, {"union_statement": "past_age"}, [], []),
        (32, BY_UNION, [], ["UNION_PAST_30"]),
        (45, BY_MEMBERS, [], []),
        (45, BY_UNION, ["UNION_PAST_35"], []),
        (25, {**BY_UNION, "youth_resolution_no": None}, ["UNION_RESOLUTION"], []),
        (25, {**BY_UNION, "youth_resolution_on": None}, ["UNION_RESOLUTION"], []),
    ],
)
def test_up_to_thirty_the_union_introduces_over_thirty_five_it_cannot(
    years: int, known: dict[str, FieldValue], refused: list[str], warned: list[str]
) -> None:
    on = "2025-08-15"
    verdict = judged("branch_proposes", on, born=add_months(day(on), -12 * years), known=known)
    assert (refusing(verdict), warning(verdict)) == (refused, warned)


def test_before_the_branch_meets_the_way_is_only_warned_of() -> None:
    known = {"union_statement": None}
    verdict = judged("send_for_verification", "2025-08-15", born="2000-01-01", known=known)
    assert (refusing(verdict), warning(verdict)) == ([], ["UNION_ASKED_SOON"])


def test_how_old_somebody_is_whom_the_union_cannot_introduce_is_said() -> None:
    verdict = judged("branch_proposes", "2025-08-15", born="1980-08-15", known=BY_UNION)
    assert said(verdict, "UNION_PAST_35").startswith("Người 45 tuổi đã quá tuổi Đoàn")


# --- re-admission, known since 2016 ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("2016-07", "Quy định 29-QĐ/TW, 3.5"),
        ("2021-07", "Quy định 24-QĐ/TW, 3.5.1"),
        ("2025-01", "Quy định 232-QĐ/TW, 3.5.1"),
        ("2025-07", "Quy định 294-QĐ/TW, 3.5.1b"),
        ("2025-09", "Quy định 294-QĐ/TW, 3.5.1b"),
        ("2026-07", "Quy định 208-QĐ/TW (theo tài liệu hỏi đáp)"),
    ],
)
def test_since_2016_nobody_is_readmitted_before_thirty_six_months(name: str, told: str) -> None:
    left = add_months(day(DAY_IN[name]), -35).isoformat()
    verdict = judged("branch_proposes", DAY_IN[name], pipeline="readmission", known={"left_on": left})
    reason = next(one for one in verdict.reasons if one.code == "READMIT")
    assert reason.effect == "refuse"
    assert reason.citation is not None
    assert reason.citation.vi == told


@pytest.mark.parametrize("name", READMISSION)
def test_somebody_has_looked_whether_the_law_bars_it_and_why_is_not_asked(name: str) -> None:
    known = {"left_on": "2010-01-01", "bar_checked_on": None}
    verdict = judged("branch_proposes", DAY_IN[name], pipeline="readmission", known=known)
    found = {reason.code: reason.effect for reason in verdict.reasons}
    assert found["READMIT_CHECKED"] == ("warn" if name >= "2026-04" else "refuse")


def test_in_2018_the_provinces_consent_comes_before_the_decision() -> None:
    known = {"left_on": "2010-01-01"}
    none = judged("decide", "2018-08-15", pipeline="readmission", known=known)
    assert refusing(none) == ["READMIT_OK"]
    given = (consent("readmission", "province", "2018-08-01"),)
    assert refusing(judged("decide", "2018-08-15", pipeline="readmission", known=known, consents=given)) == []
