"""What the law forbids is refused alike by command, page, API and command line, and nothing is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from states.errors import UserError
from states.vocabulary import Person
from tests.adoptions import stated
from tests.api.programs import program
from tests.doors.ketnap import Ketnap
from tests.journeys.land import (
    BAO,
    LAST_OF_DISTRICT,
    OFFICER,
    PEOPLE,
    PLAIN,
    SECRETARY,
    Journey,
    actor,
    proven,
    travel,
    usual,
    writing,
)
from tests.pages.guests import guest, pages_of, words
from workflow.cases.commands.advance import ActRefused, advance_case, record_entry
from workflow.cases.commands.correct import correct_event
from workflow.cases.commands.open import adopt_case, open_case
from workflow.cases.views.history import load_history
from workflow.core.input import InvalidInput
from workflow.office import Office

START, TAKEN = date(2022, 1, 4), date(2022, 8, 9)
HOA, TRE, LAM, CU = "PHOA0001", "PTRE0001", "PLAM0001", "PCUU0001"
SPONSORS = [BAO, LAM]
DOORS = ("page", "api", "command line")
NAMES = {person.id: person.name for person in PEOPLE} | {
    HOA: "Đinh Thị Hoa",
    LAM: "Phùng Văn Lâm",
    CU: "Phùng Văn Cựu",
}
"""Pages ask for people by their names."""


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land with a candidate, one of sixteen, one without a birth date, and a member who left in 2021."""
    travel(sqlite_land, LAST_OF_DISTRICT)
    with writing(sqlite_land) as books:
        books.add_people(
            [
                Person(HOA, "Đinh Thị Hoa", born=date(1985, 5, 1), sex="female", education_met=True),
                Person(TRE, "Đinh Thị Trẻ", born=date(2006, 1, 1), sex="female", education_met=True),
                Person("PKHO0001", "Đinh Không Ngày", sex="male", education_met=True),
                Person(LAM, "Phùng Văn Lâm", official_since=date(2001, 1, 1)),
                Person(CU, "Phùng Văn Cựu"),
            ]
        )
        books.add_row("memberships", date(2000, 1, 1), date(2021, 6, 30), person_id=CU, status="member")
        for candidate in (HOA, TRE, "PKHO0001"):
            for sponsor in (*SPONSORS, CU):
                books.add_row("companions", date(2010, 1, 1), person_id=sponsor, candidate_id=candidate)
    return sqlite_land


def begin_case(office: Office) -> Journey:
    case = open_case(office, HOA, START, SECRETARY, unit=PLAIN)
    return Journey(office, case, START, always={"send_for_verification": {"sponsors": SPONSORS}})


# --- what is refused, and with which reasons ------------------------------------------------------------------


@dataclass(frozen=True)
class Refusal:
    """Codes of reasons or `field:fault`, and the words of the reasons."""

    codes: frozenset[str]
    texts: tuple[str, ...] = ()


def refused_by_command(act: Callable[[], object]) -> Refusal:
    """The refusal of a command; it must refuse."""
    with pytest.raises(UserError) as raised:
        act()
    if isinstance(raised.value, ActRefused):
        reasons = [reason for reason in raised.value.reasons if reason.effect == "refuse"]
        return Refusal(frozenset(one.code for one in reasons), tuple(one.text.vi for one in reasons))
    assert isinstance(raised.value, InvalidInput)
    return Refusal(frozenset(f"{fault.field}:{fault.code}" for fault in raised.value.faults))


def told_codes(told: Mapping[str, Any]) -> frozenset[str]:
    """What an answer of the API or `--json` names."""
    if told.get("reasons"):
        return frozenset(one["code"] for one in told["reasons"] if one["effect"] == "refuse")
    return frozenset(f"{one['field']}:{one['code']}" for one in told["error"]["details"])


def pairs(values: Mapping[str, Any]) -> list[str]:
    said = []
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            said += ["--set", f"{name}={one}"]
    return said


def on_the_page(value: Any) -> Any:
    """What somebody types there instead of the id of a person."""
    if isinstance(value, list):
        return [NAMES.get(one, one) for one in value]
    return NAMES.get(value, value)


def count_events(office: Office) -> int:
    return proven(office).events


# --- acts on a case -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unlawful:
    """An act at a step that must be refused, and why."""

    at: str
    act: str
    days: int
    codes: frozenset[str]
    typed: dict[str, Any] = field(default_factory=dict)
    before: Callable[[Journey], object] = lambda _: None


def correct_last(journey: Journey, kind: str, **typed: Any) -> None:
    acts = [event for event in load_history(journey.office, journey.case, "vi") if event.kind == kind]
    correct_event(
        journey.office, journey.case, acts[-1].seq, OFFICER, typed, reason="Ghi nhầm", allowed_by="canbo"
    )


def vote_falls(kind: str) -> Callable[[Journey], object]:
    return lambda journey: correct_last(journey, kind, votes_for=3, votes_against=7)


def decision_received(journey: Journey) -> None:
    journey.record("receive_decision", journey.on(95))


def ceremony_after_a_vote_that_fell(journey: Journey) -> None:
    decision_received(journey)
    vote_falls("branch_proposes")(journey)


def letter_answered_too_late(journey: Journey) -> None:
    journey.record("send_verification_letter", journey.on(51))
    journey.record("verification_received", journey.on(70))


FLAGGED = frozenset({"FLAGS_SETTLED", "VOTE_BRANCH"})
UNLAWFUL = {
    "a helper who is the candidate": Unlawful(
        "listed", "nominate", 3, frozenset({"PARTS_APART", "HELPER_OFFICIAL"}), {"helpers": [HOA]}
    ),
    "a sponsor named twice": Unlawful(
        "sponsorship",
        "send_for_verification",
        50,
        frozenset({"SPONSORS_DIFFERENT"}),
        {"sponsors": [BAO, BAO]},
    ),
    "a sponsor who left the Party": Unlawful(
        "sponsorship", "send_for_verification", 50, frozenset({"SPONSOR_OFFICIAL"}), {"sponsors": [BAO, CU]}
    ),
    "an application of after its sending": Unlawful(
        "sponsorship",
        "send_for_verification",
        50,
        frozenset({"DATED_BY_THEN"}),
        {"application_dated": "2022-03-21", "cv_declared_on": "2022-03-22"},
    ),
    "a certificate issued after it was taken on record": Unlawful(
        "training", "certify", 40, frozenset({"DATED_BY_THEN"}), {"certificate_issued_on": "2022-05-01"}
    ),
    "the candidate as verifier": Unlawful(
        "verification", "conclude_verification", 65, frozenset({"PARTS_APART"}), {"verifier": HOA}
    ),
    "a sponsor as verifier": Unlawful(
        "verification", "conclude_verification", 65, frozenset({"PARTS_APART"}), {"verifier": BAO}
    ),
    "a letter without an answer": Unlawful(
        "verification",
        "conclude_verification",
        65,
        frozenset({"LETTERS_ANSWERED"}),
        before=lambda journey: journey.record("send_verification_letter", journey.on(51)),
    ),
    "a letter answered after the conclusion": Unlawful(
        "verification",
        "conclude_verification",
        65,
        frozenset({"LETTERS_ANSWERED"}),
        before=letter_answered_too_late,
    ),
    "a branch of two": Unlawful(
        "branch_meeting",
        "branch_falls_short",
        75,
        frozenset({"MIN_BRANCH"}),
        {"roll": 2, "present": 2, "votes_for": 1, "votes_against": 1},
    ),
    "the candidate as a new sponsor": Unlawful(
        "branch_meeting",
        "replace_sponsor",
        72,
        frozenset({"PARTS_APART", "SPONSOR_IN_OFFICIAL"}),
        {"sponsor_out": LAM, "sponsor_in": HOA},
    ),
    "a decision on a branch vote that fell": Unlawful(
        "decision", "decide", 92, FLAGGED, before=vote_falls("branch_proposes")
    ),
    "a ceremony on a branch vote that fell": Unlawful(
        "ceremony", "hold_ceremony", 100, FLAGGED, before=ceremony_after_a_vote_that_fell
    ),
    "a recognition on an admission whose vote fell": Unlawful(
        "recognition_decision", "recognise", 490, FLAGGED, before=vote_falls("branch_proposes")
    ),
    "a recognition nine months after the ceremony": Unlawful(
        "recognition_decision",
        "recognise",
        490,
        frozenset({"FLAGS_SETTLED", "PROBATION_DONE", "RECOG_AFTER_END"}),
        before=lambda journey: correct_last(journey, "hold_ceremony", on=journey.on(190).isoformat()),
    ),
    "recognition opened before twelve months": Unlawful(
        "probation", "open_recognition", 200, frozenset({"PROBATION_DONE"})
    ),
}
ENTRIES = ("replace_sponsor",)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("way", UNLAWFUL)
def test_no_door_lets_a_case_go_on_by(office: Office, way: str, door: str) -> None:
    unlawful = UNLAWFUL[way]
    journey = begin_case(office).to(unlawful.at)
    unlawful.before(journey)
    events, on = count_events(office), journey.on(unlawful.days)
    values = usual(unlawful.act, on) | journey.always.get(unlawful.act, {}) | unlawful.typed
    who = actor(unlawful.act, on, journey.at)
    entry = unlawful.act in ENTRIES
    command = record_entry if entry else advance_case
    refusal = refused_by_command(lambda: command(office, journey.case, unlawful.act, on, who, values))
    assert refusal.codes == unlawful.codes
    verb, named = ("record", "entry") if entry else ("advance", "move")
    if door == "command line":
        by = ("--on", on.isoformat(), "--by", who.by, "--json")
        said = Ketnap(office.config.path)(verb, journey.case, unlawful.act, *by, *pairs(values))
        assert told_codes(said.json) == refusal.codes
    else:
        with pages_of(office) as app:
            if door == "api":
                body = {named: unlawful.act, "on": on.isoformat(), "values": values}
                told = program(app, who.by).post(f"/cases/{journey.case}/{verb}", body, status=422)
                assert told_codes(told) == refusal.codes
            else:
                path = f"/case/{journey.case}/do/{unlawful.act}"
                typed = {name: on_the_page(value) for name, value in values.items()}
                answer = guest(app).enter(who.by).send(path, {"on": on.isoformat(), **typed})
                assert answer.status_code == 422
                page = words(answer.text)
                assert [text for text in refusal.texts if " ".join(text.split()) not in page] == []
    assert count_events(office) == events


# --- cases taken over from paper ------------------------------------------------------------------------------

BEHIND_THE_MEETING = ("committee_meeting", "decision", "ceremony", "probation", "recognition_decision")
ADOPTED: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "without sponsors": (HOA, "decision", {"sponsors": None}, "sponsors:behind_or_ticked"),
    "with one sponsor twice": (HOA, "decision", {"sponsors": [BAO, BAO]}, "SPONSORS_DIFFERENT"),
    "with a sponsor who had left": (HOA, "decision", {"sponsors": [BAO, CU]}, "SPONSOR_OFFICIAL"),
    "without a birth date, all of the candidate ticked": (
        "PKHO0001",
        "ceremony",
        {"unseen": ["candidate"]},
        "born:behind",
    ),
    "with an application of after the meeting": (
        HOA,
        "decision",
        {"application_dated": "2022-08-08", "cv_declared_on": "2022-08-08"},
        "DATE_ORDER",
    ),
    "with a verification of after the meeting": (
        HOA,
        "decision",
        {"verification_concluded_on": "2022-08-08"},
        "DATE_ORDER",
    ),
    "with a certificate of after the meeting": (
        HOA,
        "decision",
        {"certificate_issued_on": "2022-08-08"},
        "certificate_issued_on:behind_or_ticked",
    ),
    "with a fact both typed and ticked as missing": (
        HOA,
        "decision",
        {"certificate_issued_on": "2022-08-08", "unseen": ["certificate_issued_on"]},
        "certificate_issued_on:ticked_and_typed",
    ),
    "decided before the branch resolved": (
        HOA,
        "ceremony",
        {"decision_on": "2022-07-01", "branch_resolution_on": "2022-07-20"},
        "DATE_ORDER",
    ),
    "received a month after the day of taking over": (
        HOA,
        "probation",
        {"ceremony_on": "2022-09-09"},
        "DATED_BY_THEN",
    ),
    "with a ceremony four months ago": (
        HOA,
        "recognition_decision",
        {"ceremony_on": "2022-04-01"},
        "PROBATION_DONE",
    ),
    "with the ceremony's day ticked away": (
        HOA,
        "probation",
        {"ceremony_on": None, "unseen": ["ceremony_on"]},
        "unseen:not_an_option",
    ),
}
ADOPTED |= {f"at sixteen, at {state}": (TRE, state, {}, "AGE_MIN") for state in BEHIND_THE_MEETING}


@pytest.mark.parametrize("door", ["api", "command line"])
@pytest.mark.parametrize("way", ADOPTED)
def test_nobody_is_taken_over_from_paper(office: Office, way: str, door: str) -> None:
    person, state, typed, code = ADOPTED[way]
    said = stated(state, TAKEN, SPONSORS) | typed
    values = {name: value for name, value in said.items() if value is not None}
    events = count_events(office)
    refusal = refused_by_command(
        lambda: adopt_case(office, person, state, TAKEN, OFFICER, values, unit=PLAIN)
    )
    assert code in refusal.codes
    if door == "command line":
        by = ("--on", TAKEN.isoformat(), "--by", OFFICER.by, "--unit", PLAIN, "--json")
        told = Ketnap(office.config.path)("adopt", person, state, *by, *pairs(values)).json
    else:
        body = {"person": person, "state": state, "on": TAKEN.isoformat(), "unit": PLAIN, "values": values}
        with pages_of(office) as app:
            told = program(app, OFFICER.by).post("/adopt", body, status=422)
    assert told_codes(told) == refusal.codes
    assert count_events(office) == events


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ({"certificate_issued_on": "2010-01-01"}, ["CLASS_CERT"]),
        ({"sponsors": [BAO, BAO]}, ["SPONSORS_DIFFERENT"]),
        ({"ceremony_on": "2022-07-01"}, ["PROBATION_DONE", "RECOG_AFTER_END"]),
        ({"decision_on": "2022-08-08"}, ["DATE_ORDER"]),
        ({"votes_for": "3", "votes_against": "7"}, ["VOTE_BRANCH", "VOTE_BASE", "VOTE_UPPER"]),
    ],
)
def test_what_an_adoption_states_is_flagged_when_it_is_set_right_and_does_not_hold(
    office: Office, typed: dict[str, Any], codes: list[str]
) -> None:
    state = "recognition_decision"
    case = adopt_case(office, HOA, state, TAKEN, OFFICER, stated(state, TAKEN, SPONSORS), unit=PLAIN)
    flags = correct_event(office, case, 1, OFFICER, typed, reason="Ghi nhầm", allowed_by="canbo")
    assert [flag["code"] for flag in flags] == codes
    with pytest.raises(ActRefused) as refused:
        Journey(office, case, TAKEN, state).advance("recognise", date(2022, 8, 15))
    assert "FLAGS_SETTLED" in [reason.code for reason in refused.value.reasons]
    proven(office)
