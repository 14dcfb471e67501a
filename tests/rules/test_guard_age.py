"""Age and schooling, judged on the day on which the branch considers admission."""

import pytest

from states.calendar.months import add_months
from states.vocabulary import Consent, Text
from tests.rules.scene import ADMISSION, DAY_IN, consent, day, judged, refusing, said, warning

EIGHTEEN_MONTHS_TABLE = [
    ("2004-02-01", "2022-01-31", ["AGE_MIN"]),  # 17 years 11 months
    ("2004-02-28", "2022-01-31", ["AGE_MIN"]),
    ("2004-02-01", "2022-02-01", []),  # 18 years 0 months
    ("2004-02-28", "2022-02-01", []),  # counted by month: the day within it does not matter
    ("2004-02-29", "2022-02-28", []),
    ("2004-12-31", "2022-11-30", ["AGE_MIN"]),
    ("2004-12-31", "2022-12-01", []),
]


@pytest.mark.parametrize(("born", "on", "refused"), EIGHTEEN_MONTHS_TABLE)
def test_a_candidate_is_old_enough_from_the_month_of_the_eighteenth_birthday(
    born: str, on: str, refused: list[str]
) -> None:
    verdict = judged("branch_proposes", on, born=born)
    assert refusing(verdict) == refused
    assert verdict.to == "committee_meeting"


def test_seventeen_years_and_eleven_months_are_said_as_such() -> None:
    verdict = judged("branch_proposes", "2022-01-31", born="2004-02-01")
    assert said(verdict, "AGE_MIN") == (
        "Vào ngày chi bộ xét, người này mới 17 tuổi 11 tháng; phải đủ 18 tuổi (tính theo tháng)."
    )


@pytest.mark.parametrize("edition", ADMISSION)
@pytest.mark.parametrize(
    ("months", "found"),
    [
        (719, []),  # 59 years 11 months
        (720, ["AGE_SIXTIETH_MONTH"]),  # the month of the sixtieth birthday: nobody knows for sure
        (721, ["AGE_MAX"]),  # 60 years 1 month
    ],
)
def test_at_sixty_the_month_itself_only_warns_and_the_next_one_refuses(
    edition: str, months: int, found: list[str]
) -> None:
    """Of April 2026 no text was read that says so: the age of 60 is kept by continuity, and warns."""
    on = DAY_IN[edition]
    verdict = judged("branch_proposes", on, born=add_months(day(on), -months))
    unread = edition == "2026-04"
    assert refusing(verdict) == ([] if unread or found != ["AGE_MAX"] else found)
    assert warning(verdict) == (found if unread or found != ["AGE_MAX"] else [])


def test_the_month_of_sixty_is_unverified_and_says_whom_to_ask() -> None:
    (reason,) = judged("branch_proposes", "2022-02-15", born="1962-02-01").reasons
    assert (reason.code, reason.verified, reason.effect) == ("AGE_SIXTIETH_MONTH", False, "warn")
    assert "hãy hỏi cấp trên" in reason.text.vi
    assert reason.citation == Text("Quy định 24-QĐ/TW, 1.1.1", "Quy định 24-QĐ/TW, 1.1.1")


def test_over_sixty_passes_the_branch_once_grounds_are_stated() -> None:
    assert refusing(judged("branch_proposes", "2022-02-15", born="1961-01-01")) == ["AGE_MAX"]
    with_grounds = judged(
        "branch_proposes", "2022-02-15", {"over60_grounds": "no_organisation"}, born="1961-01-01"
    )
    assert with_grounds.reasons == ()


@pytest.mark.parametrize(
    ("consents", "refused"),
    [
        ([], ["OVER60_CONSENT"]),
        ([consent("over60", "central_direct", "2022-03-31")], []),  # the day before the decision
        ([consent("over60", "central_direct", "2022-04-01")], []),  # the same day
        ([consent("over60", "central_direct", "2022-04-02")], ["OVER60_CONSENT"]),  # after it
        ([consent("over60", "direct_superior", "2022-03-01")], ["OVER60_CONSENT"]),  # by another organ
        ([consent("education", "central_direct", "2022-03-01")], ["OVER60_CONSENT"]),  # to something else
    ],
)
def test_over_sixty_the_decision_needs_the_written_consent_before_it(
    consents: list[Consent], refused: list[str]
) -> None:
    verdict = judged(
        "decide",
        "2022-04-01",
        born="1961-01-01",
        known={"over60_grounds": "special_need"},
        consents=tuple(consents),
    )
    assert refusing(verdict) == refused


def test_where_the_committee_decides_itself_it_needs_the_same_consent() -> None:
    verdict = judged(
        "committee_proposes", "2022-04-01", authorised=True, known={"over60_grounds": "special_need"}
    )
    assert verdict.to == "ceremony"
    assert refusing(verdict) == ["OVER60_CONSENT"]


def test_nobody_asks_for_a_consent_while_no_grounds_are_stated() -> None:
    assert judged("decide", "2022-04-01").reasons == ()


@pytest.mark.parametrize(
    ("born", "warned"), [("2004-02-15", ["AGE_EARLY"]), ("1961-01-15", ["AGE_LATE"]), ("1980-05-01", [])]
)
def test_whoever_is_too_young_or_too_old_may_be_nominated_with_a_warning(
    born: str, warned: list[str]
) -> None:
    verdict = judged("nominate", "2022-01-15", born=born)
    assert refusing(verdict) == []
    assert warning(verdict) == warned


def test_the_age_of_a_person_of_unknown_birth_date_cannot_be_told_and_refuses() -> None:
    verdict = judged("branch_proposes", "2022-02-15", born=None)
    assert refusing(verdict) == ["AGE_MIN", "AGE_MAX"]
    assert warning(verdict) == ["AGE_SIXTIETH_MONTH"]  # as it does where it is not met
    assert {(reason.answer, reason.fact) for reason in verdict.reasons} == {("unknown", "born")}
    assert said(verdict, "AGE_MIN") == (
        "Chưa biết có đủ điều kiện hay không: trong hồ sơ chưa ghi ngày sinh của Nguyễn Văn Mẫu."
        " Nơi bổ sung: Đảng ủy cơ sở."
    )
    assert verdict.reasons[0].text.en == (
        "It cannot be told whether the condition is met: the birth date of Nguyễn Văn Mẫu is not on record."
        " To be supplied by: Grassroots committee."
    )


def test_whoever_is_nominated_without_a_birth_date_is_warned_of_and_goes_on() -> None:
    verdict = judged("nominate", "2022-01-15", born=None)
    assert (refusing(verdict), warning(verdict)) == ([], ["AGE_EARLY", "AGE_LATE"])


def test_grounds_for_over_sixty_do_not_tell_how_old_somebody_is() -> None:
    verdict = judged("branch_proposes", "2022-02-15", {"over60_grounds": "special_need"}, born=None)
    assert "AGE_MAX" in refusing(verdict)


@pytest.mark.parametrize(("met", "answer"), [(False, "not_met"), (None, "unknown")])
def test_schooling_that_nobody_recorded_is_told_apart_from_schooling_that_is_lacking(
    met: bool | None, answer: str
) -> None:
    (reason,) = judged("branch_proposes", "2022-02-15", education=met).reasons
    assert (reason.code, reason.answer, reason.effect) == ("EDU_MIN", answer, "refuse")
    assert ("trình độ học vấn của Nguyễn Văn Mẫu" in reason.text.vi) == (answer == "unknown")


@pytest.mark.parametrize(
    ("met", "exception", "refused"),
    [
        (True, None, []),
        (False, None, ["EDU_MIN"]),
        (None, None, ["EDU_MIN"]),  # nobody has recorded it
        (False, "primary_area", []),
        (False, "literate_head", []),
    ],
)
def test_schooling_is_met_or_an_exception_is_stated(
    met: bool | None, exception: str | None, refused: list[str]
) -> None:
    verdict = judged("branch_proposes", "2022-02-15", {"education_exception": exception}, education=met)
    assert refusing(verdict) == refused


@pytest.mark.parametrize(
    ("on", "effect", "what"),
    [
        ("2020-06-15", "refuse", "trung học cơ sở hoặc tương đương"),
        ("2022-06-15", "refuse", "bằng trung học cơ sở, cũng"),
        ("2025-03-15", "refuse", "bằng trung học cơ sở, cũng"),
        ("2025-08-15", "refuse", "bằng trung học cơ sở, cũng"),
        ("2026-02-16", "refuse", "bằng trung học cơ sở, cũng"),
        ("2026-06-15", "warn", "bằng trung học cơ sở, cũng"),  # the text of Regulation 20 was not to be had
        ("2026-09-15", "refuse", "hoàn thành chương trình trung học cơ sở"),
    ],
)
def test_what_schooling_is_asked_for_changes_from_edition_to_edition(on: str, effect: str, what: str) -> None:
    reason = next(one for one in judged("branch_proposes", on, education=False).reasons)
    assert (reason.code, reason.effect) == ("EDU_MIN", effect)
    assert what in reason.text.vi


@pytest.mark.parametrize(
    ("exception", "consents", "refused"),
    [
        ("primary_area", [], []),
        ("literate_head", [], ["EDU_CONSENT"]),
        ("literate_head", [consent("education", "central_direct", "2022-03-01")], []),
        ("literate_head", [consent("education", "direct_superior", "2022-03-01")], ["EDU_CONSENT"]),
        ("literate_head", [consent("education", "central_direct", "2022-04-02")], ["EDU_CONSENT"]),
    ],
)
def test_a_head_who_can_only_read_and_write_needs_the_consent_of_the_province_before_the_decision(
    exception: str, consents: list[Consent], refused: list[str]
) -> None:
    verdict = judged(
        "decide",
        "2022-04-01",
        known={"education_exception": exception},
        consents=tuple(consents),
        education=False,
    )
    assert refusing(verdict) == refused


@pytest.mark.parametrize(
    ("edition", "effect"), [(name, "refuse") for name in ADMISSION[:-1]] + [("2026-07", "warn")]
)
def test_without_the_provinces_consent_such_a_head_is_refused_wherever_a_text_says_so(
    edition: str, effect: str
) -> None:
    verdict = judged(
        "decide", DAY_IN[edition], known={"education_exception": "literate_head"}, education=False
    )
    assert ("EDU_CONSENT", effect) in [(reason.code, reason.effect) for reason in verdict.reasons]
