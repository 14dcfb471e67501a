"""The straight way through the pipeline, for every kind of line and every edition."""

import pytest

from states.rulebook.edition import BACK
from states.rulebook.ways import find_next_move
from states.vocabulary import UnitLine
from tests.rules.scene import ADMISSION, edition

BRANCH, COMMITTEE, ALL = ("branch",), ("branch", "committee"), ("branch", "subcommittee", "committee")


def line(organs: tuple[str, ...], *, authorised: bool = False) -> UnitLine:
    return UnitLine("thon", dict.fromkeys((*organs, "authority"), "xa"), authorised)


def way(name: str, organs: tuple[str, ...], *, authorised: bool = False) -> list[str]:
    rules = edition(name)
    states = [rules.starts_at]
    while (step := find_next_move(rules, states[-1], line(organs, authorised=authorised))) is not None:
        assert step[0] in rules.moves
        assert step[1] not in states, "the way on never turns back"
        states.append(step[1])
    return states


@pytest.mark.parametrize("name", ADMISSION)
@pytest.mark.parametrize("organs", [BRANCH, COMMITTEE, ALL])
@pytest.mark.parametrize("authorised", [False, True])
def test_the_way_leads_from_the_list_to_full_membership(
    name: str, organs: tuple[str, ...], authorised: bool
) -> None:
    states = way(name, organs, authorised=authorised and "committee" in organs)
    assert states[0] == edition(name).starts_at
    assert states[-1] == "member"
    assert {"ceremony", "probation"} <= set(states)


def test_a_case_passes_through_the_organs_that_its_line_has() -> None:
    assert "appraisal" not in way("2021-07", COMMITTEE)
    assert "appraisal" in way("2021-07", ALL)
    assert "committee_meeting" not in way("2021-07", BRANCH)


def test_an_authorised_committee_decides_by_itself() -> None:
    assert "decision" in way("2021-07", COMMITTEE)
    assert "decision" not in way("2021-07", COMMITTEE, authorised=True)


def test_who_may_learn_again_is_still_shown_the_way_on() -> None:
    assert find_next_move(edition("2021-07"), "sponsorship", line(COMMITTEE)) == (
        "send_for_verification",
        "verification",
    )


def test_a_paused_case_goes_back_to_where_it_was() -> None:
    assert find_next_move(edition("2021-07"), "suspended", line(COMMITTEE)) == ("resume", BACK)


def test_from_an_end_no_way_leads_on() -> None:
    rules = edition("2021-07")
    assert [
        name for name, one in rules.states.items() if one.end and find_next_move(rules, name, line(ALL))
    ] == []
