"""Who was in the Party before comes by re-admission; what is typed of it agrees with the register."""

from datetime import date

import pytest

from states.vocabulary import EarlierCase, MembershipSpan
from tests.rules.scene import judged, refusing, said, warning

PROBATION = MembershipSpan("probationary", date(2010, 3, 1), date(2011, 2, 28))
MEMBER = MembershipSpan("member", date(2011, 3, 1), date(2015, 6, 30))
AGAIN = MembershipSpan("member", date(2018, 7, 1), date(2019, 6, 30))
ANNULLED = EarlierCase("admission", "annulled", {"ceremony_on": "2010-03-01"})
STRUCK = EarlierCase("admission", "struck_off", {"ceremony_on": "2014-05-05", "struck_off_on": "2015-02-03"})
GONE = EarlierCase("admission", "declined", {})


@pytest.mark.parametrize("kind", ["nominate", "branch_proposes"])
@pytest.mark.parametrize(
    ("memberships", "earlier", "refused"),
    [
        ((), [], []),
        ((), [GONE], []),
        ((PROBATION, MEMBER), [], ["FORMER_MEMBER"]),
        ((PROBATION,), [], ["FORMER_MEMBER"]),  # a probation that ended
        ((), [STRUCK], ["FORMER_MEMBER"]),
        ((PROBATION, MEMBER), [ANNULLED], []),  # nothing that it brought counts
        ((PROBATION, MEMBER, AGAIN), [ANNULLED], ["FORMER_MEMBER"]),
    ],
)
def test_a_former_member_is_no_first_admission(
    kind: str, memberships: tuple[MembershipSpan, ...], earlier: list[EarlierCase], refused: list[str]
) -> None:
    verdict = judged(kind, "2022-02-15", memberships=memberships, earlier=earlier)
    assert refusing(verdict) == refused
    if refused:
        assert "Hãy mở lượt kết nạp lại" in said(verdict, "FORMER_MEMBER")


def test_a_case_struck_off_later_says_nothing_of_the_days_before() -> None:
    assert refusing(judged("nominate", "2014-01-05", under="2016-07", earlier=[STRUCK])) == []


@pytest.mark.parametrize(
    ("typed", "refused", "warned"),
    [
        ("2015-06-30", [], []),
        ("2015-07-01", [], []),  # the first day without
        ("2015-07-02", ["LEFT_AS_RECORDED"], []),
        ("2010-01-01", ["LEFT_AS_RECORDED"], []),
    ],
)
def test_the_day_of_leaving_is_compared_with_the_register(
    typed: str, refused: list[str], warned: list[str]
) -> None:
    verdict = judged(
        "nominate",
        "2022-02-15",
        {"left_on": typed},
        pipeline="readmission",
        memberships=(PROBATION, MEMBER),
    )
    assert (refusing(verdict), warning(verdict)) == (refused, warned)
    if refused:
        text = said(verdict, "LEFT_AS_RECORDED")
        assert date.fromisoformat(typed).strftime("%d/%m/%Y") in text
        assert "30/06/2015" in text


def test_a_day_of_leaving_of_which_the_register_knows_nothing_is_shown_as_stated() -> None:
    verdict = judged("nominate", "2022-02-15", {"left_on": "2010-01-01"}, pipeline="readmission")
    assert (refusing(verdict), warning(verdict)) == ([], ["LEFT_UNRECORDED"])


def test_a_second_membership_that_ended_by_the_register_is_the_last() -> None:
    verdict = judged(
        "nominate",
        "2022-02-15",
        {"left_on": "2019-06-30"},
        pipeline="readmission",
        memberships=(PROBATION, MEMBER, AGAIN),
    )
    assert refusing(verdict) == ["READMIT_ONCE"]


@pytest.mark.parametrize("kind", ["branch_proposes", "decide"])
@pytest.mark.parametrize(
    ("opened_on", "open_", "refused"),
    [
        (date(2021, 1, 1), "KAAAA", ["ONE_CASE"]),
        (date(2021, 1, 1), None, []),  # over
        (date(2022, 3, 1), "KAAAA", []),  # begun after the day of the act
    ],
)
def test_nobody_is_proposed_in_two_pipelines(
    kind: str, opened_on: date, open_: str | None, refused: list[str]
) -> None:
    other = EarlierCase("readmission", "nominated", {}, open_, opened_on)
    verdict = judged(kind, "2022-02-15", earlier=[other])
    assert [code for code in refusing(verdict) if code == "ONE_CASE"] == refused


@pytest.mark.parametrize(
    ("reason", "membership", "warned"),
    [
        ("other", "probationary", ["CLOSE_ENDS_PROBATION"]),
        ("left_post", "probationary", ["CLOSE_ENDS_PROBATION"]),
        ("died", "probationary", []),
        ("registered_in_error", "probationary", []),
        ("other", "none", []),
    ],
)
def test_closing_on_probation_says_that_the_membership_ends(
    reason: str, membership: str, warned: list[str]
) -> None:
    verdict = judged(
        "close",
        "2022-02-15",
        {"close_reason": reason},
        state="probation",
        known={"ceremony_on": "2021-12-01"},
        membership="probationary" if membership == "probationary" else "none",
    )
    assert (refusing(verdict), warning(verdict)) == ([], warned)
