"""Who did it and who typed it, two clerks at one case, opening, and every reason at once."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from states.machine import NotOpen, UnknownAct
from tests.journeys.land import (
    GIUP,
    LAST_OF_DISTRICT,
    MOI,
    OFFICER,
    PARTED,
    PLAIN,
    SECRETARY,
    SPARE,
    STRANGER,
    TRO,
    TRUSTED,
    Template,
    begin,
    opened,
    proven,
    travel,
    writing,
)
from workflow.cases.commands.advance import ActRefused, CaseChanged, advance_case
from workflow.cases.commands.open import AlreadyOpen, NoPost, open_case
from workflow.cases.views.history import list_changes_since, load_history
from workflow.core.input import InvalidInput
from workflow.office import Office
from workflow.register.writer import Who
from workflow.storage.ledger import UnknownCase
from workflow.storage.writes import UnknownPerson

START = date(2022, 1, 4)


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land on the district's last day."""
    travel(sqlite_land, LAST_OF_DISTRICT)
    return sqlite_land


def codes(refused: pytest.ExceptionInfo[ActRefused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_the_history_says_who_did_it_and_who_typed_it(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    journey.advance("nominate", journey.on(3), Who(SECRETARY.by, "may-xa"))
    told = load_history(office, journey.case, "vi")[-1]
    assert (told.by, told.typed) == ("bithu", "may-xa")


def test_an_officer_of_the_commune_may_act_for_the_branch_that_telephones(office: Office) -> None:
    assert begin(office, PLAIN, START).advance("nominate", date(2022, 1, 7), OFFICER).after == "nominated"


@pytest.mark.parametrize(
    ("ballots", "stored", "recorded"),
    [
        ({"votes_for": 8, "votes_against": 0, "votes_blank": 2}, 2, 2),
        ({"votes_for": 8, "votes_against": 2, "votes_blank": 0}, 0, 0),
        ({"votes_for": 8, "votes_against": 2}, 0, None),
    ],
)
def test_blank_ballots_are_counted_as_typed_and_the_history_tells_none_from_not_said(
    land: Office, ballots: dict[str, Any], stored: int, recorded: int | None
) -> None:
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, START).to("branch_meeting")
    journey.advance("branch_proposes", journey.on(75), **ballots)
    [vote] = journey.view().votes
    assert (vote.votes_for, vote.votes_against, vote.votes_blank) == (8, ballots["votes_against"], stored)
    said = {field.field: field.value for field in load_history(land, journey.case, "vi")[-1].fields}
    assert said.get("votes_blank") == recorded
    proven(land)


def test_whoever_holds_no_role_over_the_village_is_refused_and_told_why(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    with pytest.raises(ActRefused) as refused:
        journey.advance("nominate", date(2022, 1, 7), STRANGER)
    assert codes(refused) == ["ROLE"]
    assert refused.value.reasons[0].text.vi == (
        "la không giữ vai trò được làm việc này (Chi bộ) ở đơn vị này vào ngày 07/01/2022."
    )


def test_one_typist_of_vote_and_decision_is_warned_of(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    done = journey.advance("decide", journey.on(92), Who("huyenuy", SECRETARY.typed))
    assert [(one.code, one.effect) for one in done.warnings] == [("SAME_TYPIST", "warn")]
    assert load_history(office, journey.case, "vi")[-1].warnings == ["SAME_TYPIST"]


def test_one_typist_of_both_at_recognition_is_warned_of_too(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("recognition_decision")
    done = journey.advance("recognise", journey.on(490), Who("huyenuy", SECRETARY.typed))
    assert [one.code for one in done.warnings] == ["SAME_TYPIST_RECOG"]


def test_an_office_may_refuse_one_typist_of_both(land_template: Template, tmp_path: Path) -> None:
    config = land_template.sqlite(tmp_path / "nghiêm")
    config.write_text(config.read_text(encoding="utf-8") + "same_typist: refuse\n", encoding="utf-8")
    strict = opened(config)
    travel(strict, LAST_OF_DISTRICT)
    journey = begin(strict, PLAIN, START).to("decision")
    with pytest.raises(ActRefused) as refused:
        journey.advance("decide", journey.on(92), Who("huyenuy", SECRETARY.typed))
    assert codes(refused) == ["SAME_TYPIST"]
    assert journey.to("ceremony").at == "ceremony"
    trusted = begin(strict, TRUSTED, START).to("committee_meeting")
    with pytest.raises(ActRefused) as refused:
        trusted.advance("committee_proposes", trusted.on(85), Who("canbo", SECRETARY.typed))
    assert codes(refused) == ["SAME_TYPIST"]
    strict.close()


def test_the_second_of_two_clerks_hears_what_the_first_did(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, START)
    seen = journey.view().version
    journey.advance("nominate", journey.on(3))
    typed = {"resolution_no": "02", "helpers": [TRO]}
    with pytest.raises(CaseChanged) as changed:
        advance_case(land, journey.case, "nominate", journey.on(4), OFFICER, typed, seen=seen)
    assert (changed.value.seen, changed.value.version) == (1, 2)
    (change,) = list_changes_since(land, journey.case, seen, "vi")
    assert (change.kind, change.on, change.by) == ("nominate", journey.on(3), "bithu")
    assert journey.view().helpers[0].id == GIUP
    proven(land)


def test_a_clerk_who_has_seen_the_latest_goes_through(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    typed = {"resolution_no": "02", "helpers": [TRO]}
    assert (
        advance_case(office, journey.case, "nominate", journey.on(4), SECRETARY, typed, seen=1).version == 2
    )


def test_one_open_case_per_person_and_pipeline(office: Office) -> None:
    begin(office, PLAIN, START)
    with pytest.raises(AlreadyOpen):
        begin(office, PLAIN, START + timedelta(days=1))
    with writing(office) as books:
        books.add_row("posts", START, id="p2", unit_id=PLAIN, kind="village")
    assert begin(office, PARTED, START).at == "listed"


def test_a_closed_case_may_be_followed_by_another(office: Office) -> None:
    first = begin(office, PLAIN, START)
    first.advance("close", START, close_reason="registered_in_error")
    assert begin(office, PLAIN, START).case != first.case
    proven(office)


def test_a_person_without_a_post_needs_the_unit_named(office: Office) -> None:
    with pytest.raises(NoPost):
        open_case(office, SPARE, START, SECRETARY)
    assert open_case(office, SPARE, START, SECRETARY, unit=PLAIN)


def test_opening_names_people_units_and_users_that_are_there(office: Office) -> None:
    with pytest.raises(UnknownPerson):
        open_case(office, "P-KHONG", START, SECRETARY)
    with pytest.raises(InvalidInput) as mistyped:
        open_case(office, SPARE, date(2031, 1, 1), Who("ai-do", "may"), unit="thon-khong")
    assert {(fault.field, fault.code) for fault in mistyped.value.faults} == {
        ("on", "in_the_future"),
        ("unit", "unknown_unit"),
        ("by", "unknown_user"),
    }


def test_acts_that_nobody_knows_and_cases_that_are_not_there(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    with pytest.raises(UnknownAct) as unknown:
        journey.advance("nominat", journey.on(3))
    assert "nominate" in unknown.value.known
    with pytest.raises(NotOpen):
        journey.advance("record_consent", journey.on(3))
    with pytest.raises(NotOpen):
        journey.record("nominate", journey.on(3))
    with pytest.raises(UnknownCase):
        advance_case(office, "K0000000", "nominate", START, SECRETARY, {})


def test_an_act_that_is_not_open_says_so_before_it_asks_for_fields(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    with pytest.raises(NotOpen) as closed:
        advance_case(office, journey.case, "decide", journey.on(3), SECRETARY, {})
    assert (closed.value.act, closed.value.state) == ("decide", "listed")


def test_all_that_is_missing_is_said_at_once_in_the_order_of_the_rules(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    journey.advance("nominate", journey.on(3))
    journey.advance("accept_certificate", journey.on(6), certificate_issued_on="2017-01-05")
    done = journey.advance(
        "send_for_verification", journey.on(60), sponsors=[TRO, MOI], cv_declared_on="2021-03-01"
    )
    assert [one.code for one in done.warnings] == ["SPONSOR_12M_SOON", "APPLICATION_FIRST", "CLASS_CERT_SOON"]
    for days, move in ((65, "conclude_verification"), (70, "summarise_opinions")):
        journey.advance(move, journey.on(days))
    with pytest.raises(ActRefused) as refused:
        journey.advance("branch_proposes", journey.on(75), roll=2, present=3, votes_for=1, votes_against=3)
    assert codes(refused) == [
        "PRESENT_ADDS_UP",
        "VOTES_ADD_UP",
        "MIN_BRANCH",
        "CLASS_CERT",
        "SPONSOR_12M",
        "VOTE_BRANCH",
    ]
    assert all(reason.verified and reason.text.vi and reason.text.en for reason in refused.value.reasons)
    assert journey.view().version == 6
    proven(office)
