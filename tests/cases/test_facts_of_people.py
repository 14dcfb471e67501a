"""Sponsors, helpers and verifiers as they were on the day; a fact set right is judged anew."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from states.vocabulary import Person
from tests.journeys.land import (
    BAO,
    GIUP,
    HEADS,
    LAST_OF_DISTRICT,
    MOI,
    OFFICER,
    PARTED,
    PLAIN,
    STRAIGHT,
    THAM,
    TRO,
    Journey,
    begin,
    proven,
    travel,
    writing,
)
from workflow.cases.commands.advance import ActRefused
from workflow.cases.commands.correct import correct_event
from workflow.cases.commands.people_facts import bring_in_roster, change_person, set_membership, set_together
from workflow.cases.views.history import load_history
from workflow.core.crypto import add_salt, canonical_json
from workflow.core.input import InvalidInput
from workflow.office import Office
from workflow.operations.upgrade.carry_pairs import CarriedPairs, OpenPair, carry_pairs
from workflow.register.acts import ChangePerson, SetMembership, SetTogether
from workflow.register.views.outcomes import FlaggedCaseView
from workflow.register.writer import RegisterWriter
from workflow.storage import writes

START = date(2022, 1, 4)
D = date


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land on the district's last day."""
    travel(sqlite_land, LAST_OF_DISTRICT)
    return sqlite_land


def refusals(journey: Journey, act: str, on: date, **typed: Any) -> list[tuple[str, str]]:
    """Why an act is refused: codes and answers; nothing where it went through."""
    try:
        journey.record(act, on, **typed) if act == "replace_sponsor" else journey.advance(act, on, **typed)
    except ActRefused as refused:
        return [(reason.code, reason.answer) for reason in refused.reasons if reason.effect == "refuse"]
    return []


def ends(office: Office, person: str, since: date) -> None:
    """The register says that somebody is no member from a day on."""
    set_membership(office, SetMembership(person=person, status="none", since=since), OFFICER)


def codes(flagged: tuple[FlaggedCaseView, ...]) -> dict[str, list[tuple[str, str]]]:
    return {case.case: [(flag.kind, flag.code) for flag in case.flags] for case in flagged}


# --- a membership has days ----------------------------------------------------------------------------------


def test_a_sponsor_who_left_the_party_in_2021_cannot_sponsor_in_2022(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    ends(land, TRO, D(2021, 6, 1))
    journey = begin(land, PLAIN, START).to("sponsorship")
    assert refusals(journey, "send_for_verification", journey.on(50)) == [("SPONSOR_OFFICIAL", "not_met")]
    journey.advance("send_for_verification", journey.on(50), sponsors=[BAO, GIUP])
    assert refusals(journey, "replace_sponsor", journey.on(52), sponsor_out=GIUP, sponsor_in=TRO) == [
        ("SPONSOR_IN_OFFICIAL", "not_met")
    ]
    proven(land)


def test_a_sponsor_who_leaves_the_party_before_the_meeting_is_asked_for_again_there(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    ends(office, TRO, journey.on(72))
    assert ("SPONSOR_OFFICIAL", "not_met") in refusals(journey, "branch_proposes", journey.on(75))
    assert journey.state == "branch_meeting"


def test_a_sponsor_who_left_after_the_meeting_was_one_on_its_day(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    ends(office, TRO, journey.on(76))
    assert refusals(journey, "branch_proposes", journey.on(75)) == []


def test_a_probationary_member_does_not_help(office: Office) -> None:
    with writing(office) as books:
        books.add_people([Person("P-DUBI", "Ngô Thị Dự")])
        books.add_row("memberships", D(2021, 10, 1), person_id="P-DUBI", status="probationary")
    journey = begin(office, PLAIN, START)
    assert refusals(journey, "nominate", journey.on(3), helpers=["P-DUBI"]) == [
        ("HELPER_OFFICIAL", "not_met")
    ]


def test_of_a_sponsor_of_whom_nothing_is_on_record_it_cannot_be_told(office: Office) -> None:
    with writing(office) as books:
        books.add_people([Person("P-LA", "Ngô Văn Lạ")])
    journey = begin(office, PLAIN, START).to("sponsorship")
    assert refusals(journey, "send_for_verification", journey.on(50), sponsors=[BAO, "P-LA"]) == [
        ("SPONSOR_OFFICIAL", "unknown")
    ]


def test_a_stated_day_counts_where_the_register_says_nothing(office: Office) -> None:
    with writing(office) as books:
        books.add_people([Person("P-KHAI", "Ngô Văn Khai", official_since=D(2001, 1, 1))])
    journey = begin(office, PLAIN, START).to("sponsorship")
    assert refusals(journey, "send_for_verification", journey.on(50), sponsors=[BAO, "P-KHAI"]) == []


def test_the_register_wins_over_a_stated_day(office: Office) -> None:
    with writing(office) as books:
        books.add_people([Person("P-KHAI", "Ngô Văn Khai", official_since=D(2001, 1, 1))])
        books.add_row("memberships", D(2022, 4, 1), person_id="P-KHAI", status="member")
    journey = begin(office, PLAIN, START).to("sponsorship")
    assert refusals(journey, "send_for_verification", journey.on(50), sponsors=[BAO, "P-KHAI"]) == [
        ("SPONSOR_OFFICIAL", "not_met")
    ]


def test_a_membership_made_of_a_stated_day_goes_with_it(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    change_person(land, ChangePerson(person=MOI, details={"official_since": "01/03/2022"}), OFFICER)
    register = land.read_snapshot()
    assert [register.get_membership(MOI, day) for day in (D(2022, 2, 28), D(2022, 3, 1))] == [
        "none",
        "member",
    ]
    change_person(land, ChangePerson(person=MOI, details={"official_since": ""}), OFFICER)
    assert land.read_snapshot().memberships.get(MOI) is None
    proven(land)


# --- together since belongs to a pair -----------------------------------------------------------------------


def test_one_sponsor_of_two_candidates_has_two_days(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    first, second = (begin(land, village, START).to("branch_meeting") for village in (PLAIN, STRAIGHT))
    set_together(
        land,
        SetTogether(person=BAO, candidate=HEADS[STRAIGHT], since=second.on(75) - timedelta(days=364)),
        OFFICER,
    )
    assert refusals(first, "branch_proposes", first.on(75)) == []
    assert ("SPONSOR_12M", "not_met") in refusals(second, "branch_proposes", second.on(75))
    assert {one.id: one.together_since for one in second.view().sponsors} == {
        BAO: second.on(75) - timedelta(days=364),
        TRO: D(2010, 1, 1),
    }
    proven(land)


def test_the_day_is_typed_with_the_act_that_names_the_sponsor(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    with writing(land) as books:
        for one in ("P-MOT", "P-HAI"):
            books.add_people([Person(one, f"Ngô Văn {one}", official_since=D(2001, 1, 1))])
    journey = begin(land, PLAIN, START).to("sponsorship")
    journey.advance(
        "send_for_verification",
        journey.on(50),
        sponsors=["P-MOT", BAO],
        first_together_since="01/02/2015",
    )
    journey.record(
        "replace_sponsor",
        journey.on(52),
        sponsor_out=BAO,
        sponsor_in="P-HAI",
        new_together_since="2016-05-01",
    )
    assert [(one.id, one.together_since) for one in journey.view().sponsors] == [
        ("P-MOT", D(2015, 2, 1)),
        ("P-HAI", D(2016, 5, 1)),
    ]
    named = next(one for one in load_history(land, journey.case, "vi") if one.kind == "send_for_verification")
    assert "first_together_since" not in {field.field for field in named.fields}
    proven(land)


def test_a_day_that_the_register_knows_otherwise_is_set_right_there_first(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("sponsorship")
    with pytest.raises(InvalidInput) as wrong:
        journey.advance("send_for_verification", journey.on(50), second_together_since="2021-01-01")
    assert [(fault.field, fault.code) for fault in wrong.value.faults] == [
        ("second_together_since", "together_otherwise")
    ]
    assert office.read_snapshot().find_companion(TRO, HEADS[PLAIN]).valid_from == D(2010, 1, 1)  # type: ignore[union-attr] # it is there


def test_a_day_of_nobody_is_not_taken(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("sponsorship")
    with pytest.raises(InvalidInput) as wrong:
        journey.advance(
            "send_for_verification",
            journey.on(50),
            sponsors=[BAO],
            second_together_since="2015-01-01",
        )
    assert [(fault.field, fault.code) for fault in wrong.value.faults] == [
        ("second_together_since", "nobody_named")
    ]


def test_a_correction_of_the_act_sets_the_day_of_the_pair_right(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, START).to("committee_meeting")
    seq = next(
        one.seq for one in load_history(land, journey.case, "vi") if one.kind == "send_for_verification"
    )
    flags = correct_event(
        land,
        journey.case,
        seq,
        OFFICER,
        {"second_together_since": "2022-03-01"},
        reason="Ghi nhầm",
        allowed_by=OFFICER.by,
    )
    assert [(flag["kind"], flag["code"]) for flag in flags] == [("branch_proposes", "SPONSOR_12M")]
    pair = land.read_snapshot().find_companion(TRO, HEADS[PLAIN])
    assert pair is not None
    assert pair.valid_from == D(2022, 3, 1)
    proven(land)


def test_without_a_day_on_record_it_cannot_be_told_at_the_meeting(office: Office) -> None:
    with writing(office) as books:
        pair = office.read_snapshot().find_companion(BAO, HEADS[PLAIN])
        assert pair is not None
        books.retire_row("companions", pair)
    journey = begin(office, PLAIN, START).to("branch_meeting")
    assert ("SPONSOR_12M", "unknown") in refusals(journey, "branch_proposes", journey.on(75))


# --- what an upgrade carries over ---------------------------------------------------------------------------


def test_whose_day_may_be_about_two_candidates_is_named_and_carried_to_neither(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    first = begin(land, PLAIN, START).to("branch_meeting")
    second = begin(land, PARTED, START).to("sponsorship")
    second.advance("send_for_verification", second.on(50), sponsors=[BAO, GIUP])
    with land.write_transaction() as (tx, ledger):
        writer = RegisterWriter(land, tx, ledger, OFFICER)
        for rows in list(land.read_snapshot().companions.values()):
            for row in rows:
                writer.retire_row("companions", row)
        _keep_as_before(land, writer, Person(BAO, "Trần Văn Bảo", together_since=date(2011, 1, 1)))
        _keep_as_before(land, writer, Person(TRO, "Lê Thị Trợ", together_since=date(2012, 1, 1)))
        carried = carry_pairs(land, tx, ledger, OFFICER)
    waiting = tuple(sorted((first.case, second.case)))
    assert carried == CarriedPairs(
        carried=1,
        left_open=(OpenPair(person=BAO, name="Trần Văn Bảo", since=date(2011, 1, 1), cases=waiting),),
    )
    known = land.read_snapshot()
    pair = known.find_companion(TRO, HEADS[PLAIN])
    assert pair is not None
    assert pair.valid_from == date(2012, 1, 1)
    assert known.find_companion(BAO, HEADS[PLAIN]) is None
    proven(land)


def _keep_as_before(office: Office, writer: RegisterWriter, person: Person) -> None:
    """Seal somebody as versions before did: with one day, whoever the candidate was."""
    assert person.together_since is not None
    key, _ = writes.load_person_row(writer.tx, person.id)
    assert key is not None
    kept = {"name": person.name, "together_since": person.together_since.isoformat()}
    together, digest = add_salt(canonical_json(kept))
    writer.append_event("person", person=person.id, digest=digest)
    writes.update_person(writer.tx, person.id, office.vault.encrypt(key, together, person.id))


# --- a replacement ------------------------------------------------------------------------------------------


def test_after_a_return_the_sponsors_named_anew_have_been_there_for_twelve_months(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, START).to("branch_meeting")
    journey.record("replace_sponsor", journey.on(73), sponsor_in=MOI)
    assert refusals(journey, "branch_proposes", journey.on(75)) == []
    journey.advance("return_to_sponsorship", journey.on(80), OFFICER)
    journey.advance("send_for_verification", journey.on(82), sponsors=[BAO, MOI])
    for days, act in ((84, "conclude_verification"), (86, "summarise_opinions")):
        journey.advance(act, journey.on(days))
    assert refusals(journey, "branch_proposes", journey.on(90)) == [("SPONSOR_12M", "not_met")]
    proven(land)


def test_a_replacement_typed_before_its_day_frees_nobody_at_an_earlier_meeting(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    journey.record("replace_sponsor", journey.on(80), sponsor_in=MOI)
    assert refusals(journey, "branch_proposes", journey.on(75)) == []
    assert [one.id for one in journey.view().sponsors] == [BAO, MOI]


# --- a fact set right ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("details", "found"),
    [
        ({"born": "01/05/2005"}, ("branch_proposes", "AGE_MIN")),
        ({"education_met": "no"}, ("branch_proposes", "EDU_MIN")),
        ({"occupation": "Giáo viên"}, None),
    ],
)
def test_a_candidates_fact_set_right_flags_what_stood_on_it(
    land: Office, details: dict[str, object], found: tuple[str, str] | None
) -> None:
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, START).to("decision")
    outcome = change_person(land, ChangePerson(person=HEADS[PLAIN], details=details), OFFICER)
    if found is None:
        assert (outcome.changed, outcome.flagged) == (True, ())
    else:
        assert found in codes(outcome.flagged)[journey.case]
        assert found in [(flag["kind"], flag["code"]) for flag in _flags(journey)]
        assert load_history(land, journey.case, "vi")[-1].kind == "rejudge"
    proven(land)


def test_said_as_it_was_again_the_flag_is_gone(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, START).to("decision")
    person = HEADS[PLAIN]
    change_person(land, ChangePerson(person=person, details={"born": "01/05/2005"}), OFFICER)
    assert _flags(journey)
    back = change_person(land, ChangePerson(person=person, details={"born": "01/05/1980"}), OFFICER)
    assert (back.changed, back.flagged, _flags(journey)) == (True, (), [])
    proven(land)


def test_a_sponsors_membership_set_right_flags_every_open_case_that_names_them(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    first, second = (begin(land, village, START).to("branch_meeting") for village in (PLAIN, STRAIGHT))
    first.advance("branch_proposes", first.on(75))
    outcome = set_membership(land, SetMembership(person=TRO, status="none", since=D(2021, 6, 1)), OFFICER)
    flagged = codes(outcome.flagged)
    assert flagged == {
        first.case: [("send_for_verification", "SPONSOR_OFFICIAL"), ("branch_proposes", "SPONSOR_OFFICIAL")],
        second.case: [("send_for_verification", "SPONSOR_OFFICIAL")],
    }
    proven(land)


def test_a_sponsor_who_was_replaced_is_still_judged_for_the_acts_of_before(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    journey.record("replace_sponsor", journey.on(72), sponsor_in=GIUP)
    change_person(office, ChangePerson(person=TRO, details={"official_since": "2023-01-01"}), OFFICER)
    assert [(flag["kind"], flag["code"]) for flag in _flags(journey)] == [
        ("send_for_verification", "SPONSOR_OFFICIAL")
    ]


def test_the_day_of_a_pair_set_right_flags_that_candidates_case_alone(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    first, second = (begin(land, village, START).to("committee_meeting") for village in (PLAIN, PARTED))
    act = SetTogether(person=TRO, candidate=HEADS[PLAIN], since=D(2022, 3, 1))
    outcome = set_together(land, act, OFFICER)
    assert codes(outcome.flagged) == {first.case: [("branch_proposes", "SPONSOR_12M")]}
    assert (_flags(second), set_together(land, act, OFFICER).changed) == ([], False)
    proven(land)


def test_a_verifier_who_was_no_member_is_not_asked_about_elsewhere(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("opinions")
    outcome = change_person(office, ChangePerson(person=THAM, details={"posts": "Phó bí thư"}), OFFICER)
    assert (outcome.flagged, _flags(journey)) == ((), [])


def _flags(journey: Journey) -> list[Any]:
    """The flags of the case as the latest event that speaks of them says."""
    told = [
        one for one in load_history(journey.office, journey.case, "vi") if one.kind in ("correct", "rejudge")
    ]
    return [{"kind": flag.kind, "code": flag.code} for flag in told[-1].flags] if told else []


# --- doors ----------------------------------------------------------------------------------------------------


def test_the_history_says_of_whom_a_fact_was_set_right(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("committee_meeting")
    set_together(office, SetTogether(person=TRO, candidate=HEADS[PLAIN], since=D(2022, 3, 1)), OFFICER)
    told = load_history(office, journey.case, "vi")[-1]
    assert (told.kind, told.because) == (
        "rejudge",
        "Điều ghi về Nguyễn Văn An được sửa; xét lại thì có việc không còn đúng.",
    )


def test_a_roster_that_says_less_schooling_flags_the_open_case(land: Office, tmp_path: Path) -> None:
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, START).to("committee_meeting")
    sheet = tmp_path / "danh-sach.csv"
    sheet.write_text(
        "Xã,Thôn,Họ và tên,Ngày sinh,Giới tính,Đảng viên,THCS trở lên\n"
        "Xã An Bình,Thôn An,Nguyễn Văn An,01/05/1980,Nam,chưa,chưa\n",
        encoding="utf-8",
    )
    asked = bring_in_roster(land, sheet, OFFICER, dry_run=True)
    result = bring_in_roster(land, sheet, OFFICER)
    assert [row.what for row in result.rows] == ["details_changed"]
    assert (result.written, codes(result.flagged), asked.flagged) == (
        True,
        {journey.case: [("branch_proposes", "EDU_MIN")]},
        (),
    )
    proven(land)
