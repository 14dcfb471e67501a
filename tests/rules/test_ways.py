"""Where moves lead: by the organs of a unit, by where a case came from, by how often a vote fell short."""

import pytest

from states.machine import NotOpen, UnknownAct, get_machine
from tests.rules.scene import ADMISSION, EVERY_EDITION, edition, judged

DAY = "2023-05-15"
DONE = {"ceremony_on": "2020-01-01"}
ALL = ("subcommittee", "committee")


@pytest.mark.parametrize(
    ("organs", "to"),
    [
        (ALL, "appraisal"),
        (("subcommittee",), "appraisal"),
        (("committee",), "committee_meeting"),
        ((), "decision"),
    ],
)
def test_from_the_branch_a_case_goes_to_the_next_organ_that_the_unit_has(
    organs: tuple[str, ...], to: str
) -> None:
    assert judged("branch_proposes", DAY, organs=organs).to == to
    recognition = {"appraisal": "recognition_appraisal", "committee_meeting": "recognition_committee"}
    assert judged("branch_recognises", DAY, organs=organs, known=DONE).to == recognition.get(
        to, "recognition_decision"
    )


@pytest.mark.parametrize(("organs", "to"), [(ALL, "committee"), (("subcommittee",), "decision")])
def test_from_the_subcommittee_it_goes_to_the_committee_or_straight_up(
    organs: tuple[str, ...], to: str
) -> None:
    meeting = {"committee": "committee_meeting", "decision": "decision"}[to]
    assert judged("appraise", DAY, organs=organs).to == meeting
    assert judged("recognition_appraised", DAY, organs=organs).to == f"recognition_{to}"


def test_a_committee_that_is_authorised_decides_itself_and_dates_the_decision() -> None:
    plain, authorised = (judged("committee_proposes", DAY, authorised=one) for one in (False, True))
    assert (plain.to, authorised.to) == ("decision", "ceremony")
    assert authorised.arrival is not None
    assert (authorised.arrival.dated, authorised.arrival.needs) == ("decision_on", ("decision_no",))
    recognised = judged("committee_recognises", DAY, authorised=True)
    assert recognised.arrival is not None
    assert (recognised.to, recognised.arrival.dated, recognised.arrival.membership) == (
        "member",
        "recognition_on",
        "member",
    )
    assert judged("committee_recognises", DAY).to == "recognition_decision"


@pytest.mark.parametrize("name", ADMISSION)
def test_only_the_ceremony_makes_probationary_and_only_the_decision_official(name: str) -> None:
    """What each way makes of somebody, in every edition."""
    makes = {
        (kind, arrival.state): arrival.membership
        for kind, move in edition(name).moves.items()
        for arrival in move.to
        if arrival.membership
    }
    assert makes == {
        ("hold_ceremony", "probation"): "probationary",
        ("committee_recognises", "member"): "member",
        ("recognise", "member"): "member",
        ("strike_off", "struck_off"): "none",
        ("withdraw", "withdrawn"): "none",
        ("annul", "annulled"): "none",
        ("close", "closed"): "none",
    }


# --- awaiting a ruling --------------------------------------------------------------------------------------


def test_whatever_waits_for_a_ruling_is_remembered_with_where_it_came_from() -> None:
    for kind in ("refer_upward", "branch_falls_short"):
        verdict = judged(kind, DAY)
        assert verdict.to == "awaiting_ruling"
        assert verdict.arrival is not None
        assert verdict.arrival.remember


@pytest.mark.parametrize(
    ("before", "to"),
    [
        (0, "recognition_branch"),  # the first short vote
        (1, "recognition_branch"),
        (2, "awaiting_ruling"),  # the third
        (3, "recognition_branch"),
        (4, "recognition_branch"),
        (5, "awaiting_ruling"),  # the sixth
    ],
)
def test_every_third_short_vote_on_recognition_is_reported_upward(before: int, to: str) -> None:
    counts = {"branch_recognition_falls_short": before}
    assert judged("branch_recognition_falls_short", DAY, counts=counts).to == to


@pytest.mark.parametrize(
    ("before", "to"), [(0, "probation"), (1, "probation"), (2, "awaiting_ruling"), (5, "awaiting_ruling")]
)
def test_every_third_short_vote_on_striking_off_as_well(before: int, to: str) -> None:
    counts = {"branch_strike_off_falls_short": before}
    assert judged("branch_strike_off_falls_short", DAY, counts=counts, back=("probation",)).to == to


@pytest.mark.parametrize(
    ("came_from", "organs", "to"),
    [
        ("verification", ALL, "opinions"),
        ("branch_meeting", ALL, "appraisal"),
        ("branch_meeting", ("committee",), "committee_meeting"),
        ("branch_meeting", (), "decision"),
        ("recognition_branch", ALL, "recognition_appraisal"),
        ("recognition_branch", ("committee",), "recognition_committee"),
        ("recognition_branch", (), "recognition_decision"),
        ("strike_off_branch", ALL, "strike_off_committee"),
        ("strike_off_branch", (), "strike_off_decision"),
    ],
)
def test_a_ruling_to_go_on_leads_to_the_step_after_the_one_it_came_from(
    came_from: str, organs: tuple[str, ...], to: str
) -> None:
    assert judged("rule_go_on", DAY, back=("probation", came_from), organs=organs).to == to


@pytest.mark.parametrize(
    ("back", "to"),
    [
        (("verification",), "declined"),
        (("branch_meeting",), "declined"),
        (("recognition_branch",), "strike_off_branch"),
        (("probation", "strike_off_branch"), "probation"),
        (("recognition_decision", "strike_off_branch"), "recognition_decision"),
    ],
)
def test_a_ruling_to_stop_declines_or_on_probation_opens_or_ends_the_strike_off(
    back: tuple[str, ...], to: str
) -> None:
    assert judged("rule_stop", DAY, back=back).to == to


# --- striking off -------------------------------------------------------------------------------------------

ON_PROBATION = (
    "probation",
    "recognition_branch",
    "recognition_appraisal",
    "recognition_committee",
    "recognition_decision",
)


@pytest.mark.parametrize("state", ON_PROBATION)
def test_a_strike_off_that_fails_goes_back_to_where_it_was_proposed(state: str) -> None:
    proposed = judged("propose_strike_off", DAY, state=state)
    assert proposed.to == "strike_off_branch"
    assert proposed.arrival is not None
    assert proposed.arrival.remember
    for kind in (
        "branch_strike_off_falls_short",
        "committee_strike_off_falls_short",
        "strike_off_falls_short",
    ):
        assert judged(kind, DAY, back=(state,)).to == state


def test_a_strike_off_goes_up_through_the_organs() -> None:
    assert judged("branch_strikes_off", DAY).to == "strike_off_committee"
    assert judged("branch_strikes_off", DAY, organs=()).to == "strike_off_decision"
    assert judged("committee_strikes_off", DAY).to == "strike_off_decision"
    assert judged("strike_off", DAY).to == "struck_off"


# --- suspending, retaking the class, returning --------------------------------------------------------------


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_a_case_is_suspended_at_every_open_step_and_resumes_there(pipeline: str, name: str) -> None:
    rules = edition(name, pipeline)
    for state, rule in rules.states.items():
        if rule.end or state == "suspended":
            with pytest.raises(NotOpen):
                judged(
                    "suspend",
                    "2026-12-01",
                    {"review_on": "2027-01-01"},
                    pipeline=pipeline,
                    under=name,
                    state=state,
                )
            continue
        suspended = judged(
            "suspend", "2026-12-01", {"review_on": "2027-01-01"}, pipeline=pipeline, under=name, state=state
        )
        assert suspended.is_allowed, state
        assert suspended.to == "suspended"
        assert suspended.arrival is not None
        assert suspended.arrival.remember
        assert (
            judged("resume", "2026-12-02", pipeline=pipeline, under=name, back=("training", state)).to
            == state
        )


def test_a_case_that_was_never_suspended_does_not_resume() -> None:
    with pytest.raises(NotOpen):
        judged("resume", DAY)
    with pytest.raises(NotOpen):
        judged("resume", DAY, state="opinions", back=("opinions",))


@pytest.mark.parametrize("state", ["sponsorship", "verification", "opinions", "branch_meeting"])
def test_whoever_retakes_the_class_comes_back_to_the_step_left(state: str) -> None:
    retaken = judged("retake_class", DAY, state=state)
    assert retaken.to == "training"
    assert retaken.arrival is not None
    assert retaken.arrival.remember
    assert judged("certify", DAY, back=(state,)).to == state


def test_whoever_takes_the_class_for_the_first_time_goes_on_to_the_application() -> None:
    assert judged("certify", DAY).to == "sponsorship"


@pytest.mark.parametrize("state", ["appraisal", "committee_meeting", "decision"])
def test_a_dossier_with_defects_goes_back(state: str) -> None:
    assert judged("return_to_sponsorship", DAY, state=state).to == "sponsorship"
    assert judged("return_to_branch_meeting", DAY, state=state).to == "branch_meeting"
    with pytest.raises(NotOpen):
        judged("return_to_recognition_branch", DAY, state=state)


@pytest.mark.parametrize("state", ["recognition_appraisal", "recognition_committee", "recognition_decision"])
def test_at_recognition_it_goes_back_to_the_branch_only(state: str) -> None:
    assert judged("return_to_recognition_branch", DAY, state=state).to == "recognition_branch"
    with pytest.raises(NotOpen):
        judged("return_to_sponsorship", DAY, state=state)


# --- what is open -------------------------------------------------------------------------------------------


def test_the_moves_of_a_step_come_in_the_order_of_the_edition() -> None:
    ways = get_machine(edition("2021-07"))
    assert ways.moves_from("verification") == (
        "retake_class",
        "conclude_verification",
        "refer_upward",
        "decline",
        "withdraw",
        "suspend",
        "move_away",
        "close",
    )
    assert ways.moves_from("member") == ("annul",)
    assert ways.moves_from("declined") == ()
    assert ways.entries_in("member") == ("settle_flag",)
    assert "receive_decision" in ways.entries_in("ceremony")


def test_an_act_that_is_not_open_or_not_known_is_no_refusal() -> None:
    with pytest.raises(NotOpen) as not_open:
        judged("decide", DAY, state="listed")
    assert (not_open.value.act, not_open.value.state) == ("decide", "listed")
    with pytest.raises(NotOpen):
        judged("receive_decision", DAY, state="decision")
    with pytest.raises(UnknownAct) as unknown:
        judged("promote", DAY)
    assert "nominate" in unknown.value.known


def test_from_july_2026_nothing_leads_to_a_subcommittee() -> None:
    rules = edition("2026-07")
    assert not [name for name in rules.states if "appraisal" in name]
    assert "subcommittee" not in rules.organs
    assert judged("branch_proposes", "2026-08-15", organs=ALL).to == "committee_meeting"


@pytest.mark.parametrize("kind", ["appraise", "recognition_appraised"])
def test_from_july_2026_nothing_is_appraised(kind: str) -> None:
    assert judged(kind, "2026-07-25", organs=ALL).is_allowed
    with pytest.raises(UnknownAct):
        judged(kind, "2026-07-26", organs=ALL)
