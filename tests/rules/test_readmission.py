"""Re-admission: an admission with a waiting time, the province's consent, and only once."""

import pytest

from states.vocabulary import Consent, EarlierCase
from tests.rules.scene import READMISSION, consent, edition, judged, refusing, said, warning

AGAIN = "readmission"
BEFORE = EarlierCase("readmission", "member", {"ceremony_on": "2015-05-05"})


@pytest.mark.parametrize("name", READMISSION)
@pytest.mark.parametrize(
    ("on", "refused"),
    [
        ("2026-07-15", ["READMIT"]),  # 35 months
        ("2026-08-14", ["READMIT"]),  # a day short of 36
        ("2026-08-15", []),  # 36 months
    ],
)
def test_thirty_six_months_have_passed_since_leaving(name: str, on: str, refused: list[str]) -> None:
    verdict = judged("branch_proposes", on, pipeline=AGAIN, under=name, known={"left_on": "2023-08-15"})
    found = [reason.code for reason in verdict.reasons if reason.code.startswith("READMIT")]
    assert found == refused
    assert {reason.effect for reason in verdict.reasons if reason.code == "READMIT"} <= {
        "warn" if name == "2026-04" else "refuse"  # Regulation 20 was not read
    }


def test_from_when_it_may_be_considered_is_said() -> None:
    verdict = judged("branch_proposes", "2022-02-15", pipeline=AGAIN, known={"left_on": "2019-08-31"})
    assert said(verdict, "READMIT") == (
        "Ra khỏi Đảng ngày 31/08/2019; đủ 36 tháng vào ngày 31/08/2022 mới được xét kết nạp lại."
    )


def test_the_day_of_leaving_has_to_be_stated_at_the_nomination() -> None:
    for name in READMISSION:
        assert "left_on" in edition(name, AGAIN).moves["nominate"].needs


@pytest.mark.parametrize(
    ("consents", "refused"),
    [
        ([], ["READMIT_OK"]),
        ([consent("readmission", "province", "2022-03-31")], []),
        ([consent("readmission", "province", "2022-04-02")], ["READMIT_OK"]),
        ([consent("readmission", "direct_superior", "2022-03-31")], ["READMIT_OK"]),
        ([consent("over60", "province", "2022-03-31")], ["READMIT_OK"]),
    ],
)
@pytest.mark.parametrize("by", ["decide", "authorised committee"])
def test_the_province_consents_before_the_decision(
    by: str, consents: list[Consent], refused: list[str]
) -> None:
    kind, authorised = ("decide", False) if by == "decide" else ("committee_proposes", True)
    verdict = judged(kind, "2022-04-01", pipeline=AGAIN, authorised=authorised, consents=tuple(consents))
    assert refusing(verdict) == refused


def test_a_committee_that_only_proposes_needs_no_consent_yet() -> None:
    assert judged("committee_proposes", "2022-04-01", pipeline=AGAIN).reasons == ()


@pytest.mark.parametrize(
    ("earlier", "refused"),
    [
        ([], []),
        ([BEFORE], ["READMIT_ONCE"]),
        ([EarlierCase("readmission", "declined", {"left_on": "2010-01-01"})], []),  # never came to a ceremony
        (
            [EarlierCase("admission", "struck_off", {"ceremony_on": "2005-05-05"})],
            [],
        ),  # that was the first admission
    ],
)
def test_nobody_is_readmitted_twice(earlier: list[EarlierCase], refused: list[str]) -> None:
    verdict = judged("nominate", "2022-02-15", pipeline=AGAIN, earlier=earlier)
    assert refusing(verdict) == refused


def test_a_second_readmission_is_refused_at_the_decision_as_well() -> None:
    consents = (consent("readmission", "province", "2022-03-01"),)
    for kind, authorised in (("decide", False), ("committee_proposes", True)):
        verdict = judged(
            kind, "2022-04-01", pipeline=AGAIN, authorised=authorised, consents=consents, earlier=[BEFORE]
        )
        assert refusing(verdict) == ["READMIT_ONCE"]


def test_everything_an_admission_asks_for_is_asked_for_again() -> None:
    verdict = judged(
        "branch_proposes",
        "2022-02-15",
        {"votes_for": 6, "votes_against": 4},
        pipeline=AGAIN,
        born="1961-01-01",
        education=False,
        known={"left_on": "2020-01-01"},
    )
    assert refusing(verdict) == ["AGE_MAX", "EDU_MIN", "READMIT", "VOTE_BRANCH"]
    assert warning(verdict) == ["LEFT_UNRECORDED"]  # the day of leaving is as stated


@pytest.mark.parametrize("name", READMISSION)
def test_why_somebody_left_has_no_place_to_be_recorded(name: str) -> None:
    added = set(edition(name, AGAIN).fields) - set(edition(name).fields)
    assert added == {"left_on", "bar_checked_on", "bar_checked_by"}


@pytest.mark.parametrize("name", READMISSION)
def test_it_follows_the_admission_edition_of_the_same_day(name: str) -> None:
    again, admission = edition(name, AGAIN), edition(name)
    assert again.in_force == admission.in_force
    assert again.states == admission.states
    assert again.clocks == admission.clocks
    assert set(again.moves) == set(admission.moves)
    assert set(admission.conditions) - set(again.conditions) == {"FORMER_MEMBER"}
    assert set(again.conditions) - set(admission.conditions) == {
        "LEFT_AS_RECORDED",
        "LEFT_UNRECORDED",
        "READMIT",
        "READMIT_CHECKED",
        "READMIT_OK",
        "READMIT_OK_DAY",
        "READMIT_ONCE",
    }
