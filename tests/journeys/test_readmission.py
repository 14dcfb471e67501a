"""Re-admission: a second pipeline, for somebody who left the Party, with a waiting time, a consent, and
only once.
"""

from datetime import date
from typing import Any

import pytest

from states.rulebook.loading import NoEdition
from tests.journeys.land import (
    DECIDES_ITSELF,
    FIRST_OF_208,
    HEADS,
    LAST_OF_DISTRICT,
    PLAIN,
    SECRETARY,
    TODAY,
    TRUSTED,
    Journey,
    begin,
    proven,
    travel,
    writing,
)
from workflow.cases.commands.advance import ActRefused
from workflow.cases.commands.open import AlreadyOpen, open_case
from workflow.cases.views.history import load_history
from workflow.core.input import InvalidInput
from workflow.office import Office
from workflow.storage import reads

START = date(2022, 1, 4)
CONSENT: dict[str, Any] = {
    "consent_kind": "readmission",
    "consent_organ": "province",
    "consent_no": "30-CV/TU",
}


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land on the district's last day."""
    travel(sqlite_land, LAST_OF_DISTRICT)
    return sqlite_land


LEFT = "2018-06-01"


def was_a_member(office: Office, village: str = PLAIN, left: str = LEFT) -> None:
    """The register has the head of a village as a member from 2010 on, until a day."""
    with writing(office) as books:
        books.add_row(
            "memberships",
            date(2010, 1, 1),
            date.fromisoformat(left),
            person_id=HEADS[village],
            status="member",
        )


def again(office: Office, village: str = PLAIN, on: date = START, left: str = LEFT) -> Journey:
    """A case of re-admission for the head of a village, who left the Party on a day.

    Somebody has looked whether anything bars it.
    """
    checked = {"bar_checked_on": on.isoformat(), "bar_checked_by": "committee"}
    case = open_case(office, HEADS[village], on, SECRETARY, pipeline="readmission")
    always: dict[str, dict[str, Any]] = DECIDES_ITSELF if village == TRUSTED else {}
    return Journey(office, case, on, always={**always, "nominate": {"left_on": left, **checked}})


def codes(refused: pytest.ExceptionInfo[ActRefused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_the_whole_way_back_with_the_provinces_consent(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    was_a_member(land)
    journey = again(land).to("decision")
    with pytest.raises(ActRefused) as refused:
        journey.advance("decide", journey.on(92))
    assert codes(refused) == ["READMIT_OK"]
    assert refused.value.reasons[0].verified
    journey.record("record_consent", journey.on(90), **CONSENT)
    journey.to("member")
    told = load_history(land, journey.case, "vi")
    assert {event.edition for event in told} == {"2021-07"}
    assert land.read_snapshot().get_membership(HEADS[PLAIN], date(2023, 4, 14)) == "member"
    assert journey.view().pipeline == "readmission"
    proven(land)


def test_the_day_left_is_asked_for_and_why_is_stored_nowhere(office: Office) -> None:
    journey = Journey(
        office, open_case(office, HEADS[PLAIN], START, SECRETARY, pipeline="readmission"), START
    )
    with pytest.raises(InvalidInput) as mistyped:
        journey.advance("nominate", journey.on(3))
    assert [(fault.field, fault.code) for fault in mistyped.value.faults] == [("left_on", "missing")]
    with pytest.raises(InvalidInput) as mistyped:
        journey.advance("nominate", journey.on(3), left_on="2018-06-01", left_because="x")
    assert [(fault.field, fault.code) for fault in mistyped.value.faults] == [("left_because", "unknown")]
    edition = office.rulebook.edition_on("readmission", START)
    assert [name for name in edition.fields if name.startswith("left")] == ["left_on"]


@pytest.mark.parametrize(("left", "allowed"), [("2019-03-20", True), ("2019-03-21", False)])
def test_thirty_six_months_lie_between_leaving_and_the_branchs_vote(
    office: Office, left: str, *, allowed: bool
) -> None:
    was_a_member(office, left=left)
    journey = again(office, left=left).to("branch_meeting")
    assert journey.on(75) == date(2022, 3, 20)
    if allowed:
        assert journey.advance("branch_proposes", journey.on(75)).after == "committee_meeting"
        return
    with pytest.raises(ActRefused) as refused:
        journey.advance("branch_proposes", journey.on(75))
    assert codes(refused) == ["READMIT"]
    assert "21/03/2022" in refused.value.reasons[0].text.vi


def test_an_authorised_committee_waits_for_the_province_too(office: Office) -> None:
    was_a_member(office, TRUSTED)
    journey = again(office, TRUSTED).to("committee_meeting")
    with pytest.raises(ActRefused) as refused:
        journey.advance("committee_proposes", journey.on(85))
    assert codes(refused) == ["READMIT_OK"]
    journey.record("record_consent", journey.on(84), **CONSENT)
    assert journey.advance("committee_proposes", journey.on(85)).after == "ceremony"
    proven(office)


def test_nobody_is_readmitted_twice(office: Office) -> None:
    first = again(office).to("decision")
    first.record("record_consent", first.on(90), **CONSENT)
    first.to("probation").advance("withdraw", first.on(300))
    with pytest.raises(ActRefused) as refused:
        again(office, on=date(2023, 6, 5), left=first.on(300).isoformat())
    assert codes(refused) == ["READMIT_ONCE"]
    proven(office)


def test_who_tried_in_vain_may_try_again(office: Office) -> None:
    was_a_member(office)
    first = again(office).to("decision")
    first.advance("authority_declines", first.on(92))
    second = again(office, on=date(2023, 6, 5))
    assert second.to("branch_meeting").advance("branch_proposes", second.on(75)).warnings == ()


def test_an_admission_of_before_does_not_count_as_a_readmission(office: Office) -> None:
    first = begin(office, PLAIN, START).to("probation")
    first.advance("withdraw", first.on(110))
    again_ = again(office, on=date(2022, 6, 6), left=first.on(110).isoformat())
    assert again_.advance("nominate", again_.on(3)).after == "nominated"


def test_nobody_is_in_both_pipelines_at_once(office: Office) -> None:
    first = begin(office, PLAIN, START)
    with pytest.raises(ActRefused) as refused:
        again(office)
    assert codes(refused) == ["ONE_CASE"]
    first.advance("withdraw", START)
    assert again(office).view().state.id == "listed"
    with pytest.raises(AlreadyOpen):
        again(office)
    with office.database.read_transaction() as connection:
        assert {row.pipeline for row in reads.load_cases(connection)} == {"admission", "readmission"}


def test_before_qd_29_the_program_knows_no_rules_of_readmission(office: Office) -> None:
    with pytest.raises(NoEdition):
        open_case(office, HEADS[PLAIN], date(2016, 7, 24), SECRETARY, pipeline="readmission")
    assert again(office, on=date(2016, 7, 25)).view().state.id == "listed"


def test_later_admission_editions_change_the_readmission_with_them(sqlite_land: Office) -> None:
    travel(sqlite_land, TODAY)
    journey = again(sqlite_land, on=date(2026, 8, 3)).to("decision")
    journey.record("record_consent", journey.on(90), **CONSENT)
    journey.advance("decide", journey.on(92))
    clock = journey.clock("CEREMONY")
    assert (clock.start, clock.edition) == (journey.on(92), "2026-07")
    assert journey.start > FIRST_OF_208
    proven(sqlite_land)
