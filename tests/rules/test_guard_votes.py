"""Votes: counted of all who are entitled, never of those present."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from states.guards import compute_vote_share
from states.vocabulary import FieldValue, Text
from tests.rules.scene import ADMISSION, RULES, codes, judged, refusing, said

NEEDED_OF = {
    1: 1,
    2: 2,
    3: 2,
    4: 3,
    5: 4,
    6: 4,
    7: 5,
    8: 6,
    9: 6,
    10: 7,
    11: 8,
    12: 8,
    13: 9,
    14: 10,
    15: 10,
    16: 11,
    17: 12,
    18: 12,
    19: 13,
    20: 14,
}
"""Two thirds of so many, by hand."""

MORE_THAN_HALF_OF = {
    1: 1,
    2: 2,
    3: 2,
    4: 3,
    5: 3,
    6: 4,
    7: 4,
    8: 5,
    9: 5,
    10: 6,
    11: 6,
    12: 7,
    13: 7,
    14: 8,
    15: 8,
}


def counted(roll: int, votes: int, **more: int) -> dict[str, FieldValue]:
    """The counts of a vote in which everybody took part who was not excluded."""
    excluded = more.get("excluded_transferred", 0) + more.get("excluded_exempt", 0)
    present = roll - excluded
    return {"roll": roll, "present": present, "votes_for": votes, "votes_against": present - votes, **more}


@pytest.mark.parametrize("edition", ADMISSION)
@pytest.mark.parametrize(("votes", "refused"), [(6, ["VOTE_BRANCH"]), (7, [])])
def test_six_of_ten_fall_short_and_seven_of_ten_carry(edition: str, votes: int, refused: list[str]) -> None:
    verdict = judged("branch_proposes", "2026-08-15", counted(10, votes), under=edition)
    assert refusing(verdict) == refused


def test_the_arithmetic_of_a_short_vote_is_shown() -> None:
    verdict = judged("branch_proposes", "2022-02-15", counted(10, 6))
    assert said(verdict, "VOTE_BRANCH") == "Cần 7/10 đảng viên chính thức tán thành, được 6."


@pytest.mark.parametrize(("roll", "need"), NEEDED_OF.items())
def test_two_thirds_are_rounded_up(roll: int, need: int) -> None:
    for kind in ("branch_proposes", "committee_proposes", "branch_recognises", "committee_recognises"):
        on = "2022-02-15"
        short = judged(kind, on, counted(roll, need - 1))
        enough = judged(kind, on, counted(roll, need))
        rule = "VOTE_BRANCH" if kind.startswith("branch") else "VOTE_BASE"
        assert rule in refusing(short)
        assert rule not in refusing(enough)


@pytest.mark.parametrize(("roll", "need"), MORE_THAN_HALF_OF.items())
def test_the_standing_committee_needs_more_than_half_of_all_its_members(roll: int, need: int) -> None:
    for kind in ("decide", "recognise", "strike_off"):
        assert refusing(judged(kind, "2022-04-01", counted(roll, need - 1))) == ["VOTE_UPPER"]
        assert refusing(judged(kind, "2022-04-01", counted(roll, need))) == []


def test_the_absent_count_among_those_entitled() -> None:
    """All of the six who came are for it: six of ten are still not two thirds."""
    six_came = {"roll": 10, "present": 6, "absent": 4, "votes_for": 6, "votes_against": 0}
    assert refusing(judged("branch_proposes", "2022-02-15", six_came)) == ["VOTE_BRANCH"]


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        (counted(10, 6, excluded_transferred=1), []),  # 6 of 9
        (counted(10, 5, excluded_transferred=1), ["VOTE_BRANCH"]),
        (counted(10, 6, excluded_transferred=1, excluded_exempt=1), []),  # 6 of 8
        (counted(10, 5, excluded_transferred=1, excluded_exempt=1), ["VOTE_BRANCH"]),
        (counted(13, 8, excluded_exempt=2), []),  # 8 of 11
    ],
)
def test_members_transferred_or_exempted_and_absent_are_left_out_of_the_count(
    fields: dict[str, FieldValue], refused: list[str]
) -> None:
    assert refusing(judged("branch_proposes", "2022-02-15", fields)) == refused


def test_committees_leave_nobody_out() -> None:
    with_exclusion = counted(10, 6) | {"excluded_transferred": 1}
    assert "VOTE_BASE" in refusing(judged("committee_proposes", "2022-02-15", with_exclusion))


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"present": 9, "votes_for": 8, "votes_against": 0}, ["VOTES_ADD_UP"]),  # one vote is missing
        ({"present": 9, "votes_for": 8, "votes_against": 2}, ["VOTES_ADD_UP"]),  # one vote too many
        ({"present": 9, "votes_for": 8, "votes_against": 0, "votes_blank": 1}, []),
        ({"present": 11, "votes_for": 10, "votes_against": 1}, ["PRESENT_ADDS_UP"]),
        (
            {"present": 11, "votes_for": 10, "votes_against": 1, "excluded_exempt": 1},
            ["PRESENT_ADDS_UP", "EXCLUDED_ADDS_UP"],
        ),
        ({"present": 9, "absent": 1, "votes_for": 9, "votes_against": 0}, []),
        ({"present": 9, "absent": 2, "votes_for": 9, "votes_against": 0}, ["PRESENT_ADDS_UP"]),
        ({"present": 9, "votes_for": 9, "votes_against": 0, "excluded_exempt": 2}, ["EXCLUDED_ADDS_UP"]),
        ({"present": 0, "votes_for": 0, "votes_against": 0}, ["VOTE_BRANCH"]),
    ],
)
def test_votes_that_do_not_add_up_are_refused(fields: dict[str, int], refused: list[str]) -> None:
    assert refusing(judged("branch_proposes", "2022-02-15", {"roll": 10, **fields})) == refused


@pytest.mark.parametrize("edition", ADMISSION)
def test_wherever_those_left_out_are_added_up_those_present_are(edition: str) -> None:
    """So that more present than entitled are refused, whether anybody was left out or not."""
    for move in RULES.load_edition("admission", edition).moves.values():
        for codes_of in (move.conditions, *(one.conditions for one in move.to)):
            assert ("EXCLUDED_ADDS_UP" in codes_of) <= ("PRESENT_ADDS_UP" in codes_of)


def test_how_the_votes_do_not_add_up_is_said() -> None:
    verdict = judged("branch_proposes", "2022-02-15", {"present": 9, "votes_for": 8, "votes_against": 2})
    assert said(verdict, "VOTES_ADD_UP") == (
        "Số phiếu không khớp: tán thành, không tán thành (và phiếu trắng, nếu có) cộng lại là 10, có mặt 9."
    )


@pytest.mark.parametrize(("members", "refused"), [(2, ["MIN_BRANCH"]), (3, [])])
@pytest.mark.parametrize("kind", ["branch_proposes", "branch_recognises", "branch_strikes_off"])
def test_a_branch_of_two_official_members_cannot_hold_the_meeting_one_of_three_can(
    kind: str, members: int, refused: list[str]
) -> None:
    assert refusing(judged(kind, "2022-02-15", counted(members, members))) == refused


def test_everybody_excluded_is_no_vote() -> None:
    nobody = {"roll": 3, "present": 0, "votes_for": 0, "votes_against": 0, "excluded_transferred": 3}
    assert refusing(judged("branch_proposes", "2022-02-15", nobody)) == ["VOTE_BRANCH"]


@pytest.mark.parametrize(
    ("kind", "votes", "refused"),
    [
        ("branch_falls_short", 6, []),
        ("branch_falls_short", 7, ["VOTE_BRANCH_SHORT"]),
        ("branch_recognition_falls_short", 7, ["VOTE_BRANCH_SHORT"]),
        ("committee_declines", 6, []),
        ("committee_declines", 7, ["VOTE_BASE_SHORT"]),
        ("authority_declines", 5, []),
        ("authority_declines", 6, ["VOTE_UPPER_SHORT"]),
    ],
)
def test_a_vote_recorded_as_short_has_to_be_short(kind: str, votes: int, refused: list[str]) -> None:
    assert refusing(judged(kind, "2022-02-15", counted(10, votes))) == refused


@pytest.mark.parametrize("kind", ["committee_proposes", "committee_recognises"])
def test_an_authorised_committee_needs_two_thirds_under_its_own_article(kind: str) -> None:
    short = judged(kind, "2022-04-01", counted(15, 9), authorised=True)
    assert refusing(short) == ["VOTE_BASE_AUTH"]
    cited = "Điều lệ Đảng, Điều 4; Quy định 24-QĐ/TW, 4.3.2a"
    assert short.reasons[0].citation == Text(cited, cited)
    assert refusing(judged(kind, "2022-04-01", counted(15, 10), authorised=True)) == []


def test_of_votes_not_typed_nothing_is_said() -> None:
    nothing: dict[str, FieldValue] = dict.fromkeys(("roll", "present", "votes_for", "votes_against"))
    assert codes(judged("branch_proposes", "2022-02-15", nothing)) == []


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 1000), st.integers(0, 300), st.integers(1, 9), st.integers(1, 9))
def test_what_is_needed_is_the_least_number_that_reaches_the_share(
    roll: int, excluded: int, numerator: int, denominator: int
) -> None:
    numerator, denominator = sorted((numerator, denominator))
    counts = {"roll": roll, "votes_for": 0, "out": excluded}
    worked = compute_vote_share(counts, numerator=numerator, denominator=denominator, excluded=["out"])
    assert worked is not None
    assert worked.base == max(roll - excluded, 0)
    assert (
        worked.need * denominator >= worked.base * numerator > (worked.need - 1) * denominator
        or worked.base == 0
    )
    more = compute_vote_share(
        counts, numerator=numerator, denominator=denominator, more_than=True, excluded=["out"]
    )
    assert more is not None
    assert more.need * denominator > more.base * numerator >= (more.need - 1) * denominator
