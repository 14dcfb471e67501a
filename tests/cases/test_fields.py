"""What is typed for an act: every kind of field with what makes no sense in it, all mistakes at once."""

import contextlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.rulebook.edition import Entry, FieldRule
from states.vocabulary import Text
from tests.journeys.land import (
    BAO,
    LAST_OF_DISTRICT,
    PARTED,
    PLAIN,
    RULES,
    SECRETARY,
    TEN,
    begin,
    proven,
    travel,
)
from workflow.cases.commands.advance import ActRefused, advance_case
from workflow.cases.field_input import FieldContext, ParsedFields, parse_fields
from workflow.cases.views.history import load_history
from workflow.core.input import InvalidInput, parse_day
from workflow.office import Office
from workflow.storage import reads

TODAY = date(2022, 8, 9)
EDITION = RULES.load_edition("admission", "2021-07")
PEOPLE = {"P-1", "P-2", "P-3", "P-4"}
KNOWN = FieldContext(TODAY, EDITION, lambda id_: id_ if id_ in PEOPLE else None, lambda unit: unit == "thon")


def act(*needs: str, may: tuple[str, ...] = ()) -> Entry:
    """An act that needs these fields."""
    data = {
        "label": Text("", ""),
        "from": "anywhere",
        "organ": "branch",
        "dated": "happened_on",
        "needs": needs,
        "may": may,
        "conditions": (),
    }
    return Entry.model_validate(data)


def faults(typed: dict[str, Any], *needs: str) -> list[tuple[str, str]]:
    """The mistakes in what was typed."""
    with pytest.raises(InvalidInput) as mistyped:
        parse_fields(act(*needs), typed, KNOWN)
    return [(fault.field, fault.code) for fault in mistyped.value.faults]


def value(name: str, typed: object) -> object:
    """What is recorded of it."""
    read = parse_fields(act(name), {name: typed}, KNOWN)
    return read.texts.get(name, read.values.get(name))


# --- days ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["2022-08-09", "09/08/2022", "9.8.2022", " 9-8-2022 ", date(2022, 8, 9), "2022-8-9"]
)
def test_a_day_may_be_typed_either_way(typed: object) -> None:
    assert value("application_dated", typed) == "2022-08-09"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2022-02-30", "not_a_day"),
        ("31/4/2022", "not_a_day"),
        ("29/2/2023", "not_a_day"),
        ("hôm qua", "not_a_day"),
        ("2022", "not_a_day"),
        ("22-08-09", "not_a_day"),
        ("0000-01-01", "not_a_day"),
        (True, "not_a_day"),
        (20220809, "not_a_day"),
        pytest.param(10**5000, "too_long", id="huge"),
        (["2022-08-09"], "not_a_day"),
        pytest.param("2" * 1_000_000, "not_a_day", id="long"),
        ("2022-08-10", "in_the_future"),
        ("9999-12-31", "in_the_future"),
        ("1899-12-31", "too_early"),
    ],
)
def test_days_that_are_none_or_lie_where_they_cannot(typed: object, code: str) -> None:
    assert faults({"application_dated": typed}, "application_dated") == [("application_dated", code)]


def test_a_day_to_look_again_may_lie_ahead() -> None:
    assert value("review_on", "2023-01-01") == "2023-01-01"


def test_today_is_not_the_future() -> None:
    assert value("application_dated", "2022-08-09") == "2022-08-09"


# --- counts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "number"), [("10", 10), (10, 10), (" 7 ", 7), ("+3", 3)])
def test_a_count_is_a_whole_number(typed: object, number: int) -> None:
    assert value("roll", typed) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ba", "not_a_count"),
        ("NaN", "not_a_count"),
        (float("nan"), "not_a_count"),
        (float("inf"), "not_a_count"),
        ("1e9", "not_a_count"),
        (7.0, "not_a_count"),
        ("3,5", "not_a_count"),
        (True, "not_a_count"),
        (["3"], "not_a_count"),
        ("9" * 30, "not_a_count"),
        (0, "out_of_range"),
        (-1, "out_of_range"),
        ("-1", "out_of_range"),
        (10**9, "out_of_range"),
        ("1000000000", "out_of_range"),
        (1001, "out_of_range"),
        pytest.param(10**5000, "out_of_range", id="huge"),
    ],
)
def test_counts_that_are_none_or_beyond_any_branch(typed: object, code: str) -> None:
    assert faults({"roll": typed}, "roll") == [("roll", code)]


# --- choices, people, units, papers -------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["khac", True, ["two_sponsors"], {"a": 1}, 7, "TWO_SPONSORS"])
def test_a_choice_is_one_of_those_offered(typed: object) -> None:
    with pytest.raises(InvalidInput) as mistyped:
        parse_fields(act("route"), {"route": typed}, KNOWN)
    (fault,) = mistyped.value.faults
    assert (fault.code, fault.values["options"]) == ("not_an_option", "two_sponsors, youth_union")


@pytest.mark.parametrize(
    "typed", ["P-9", "", "P-1\x00", "\ud800", pytest.param("P" * 1_000_000, id="long"), ["P-1"], 7, True]
)
def test_a_person_is_somebody_the_register_knows(typed: object) -> None:
    expected = "missing" if typed == "" else "unknown_person"
    assert faults({"verifier": typed}, "verifier") == [("verifier", expected)]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("P-1,P-9", "unknown_person"),
        ([], "number_of_people"),
        ("P-1,P-2,P-3,P-4", "number_of_people"),
        (",", "number_of_people"),
    ],
)
def test_a_list_of_people_has_its_bounds(typed: object, code: str) -> None:
    assert faults({"helpers": typed}, "helpers") == [("helpers", code)]


def test_people_may_be_typed_as_a_list_or_with_commas() -> None:
    assert value("helpers", "P-1, P-2") == value("helpers", ["P-1", "P-2"]) == ["P-1", "P-2"]


@pytest.mark.parametrize("typed", ["thon-khac", "\x00", ["thon"], True])
def test_a_unit_is_one_of_that_day(typed: object) -> None:
    assert faults({"unit": typed}, "unit") == [("unit", "unknown_unit")]


@pytest.mark.parametrize("typed", ["99-KNĐ", ["1-KNĐ"], {}, 1])
def test_a_paper_is_one_of_the_dossier(typed: object) -> None:
    assert faults({"paper": typed}, "paper") == [("paper", "not_an_option")]


# --- codes and words ----------------------------------------------------------------------------------------


def test_codes_are_tidied_and_kept_short() -> None:
    assert value("decision_no", "  100-QĐ/HU \n số hai ") == "100-QĐ/HU số hai"
    assert value("decision_no", 100) == "100"
    assert value("decision_no", "Đồng") == value("decision_no", "Đồng")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("x" * 61, "too_long"),
        pytest.param("x" * 10_000_000, "too_long", id="very long"),
        ("a\x07b", "control_characters"),
        ("a\x00b", "control_characters"),
        ("\ud800", "control_characters"),
        (["a"], "not_text"),
        ({"a": 1}, "not_text"),
        (True, "not_text"),
        (1.5, "not_text"),
        pytest.param(10**5000, "too_long", id="huge"),
    ],
)
def test_codes_that_are_none(typed: object, code: str) -> None:
    assert faults({"decision_no": typed}, "decision_no") == [("decision_no", code)]


def test_words_keep_their_lines_whatever_machine_they_come_from() -> None:
    assert value("strengths", "một\r\nhai\rba\tbốn ") == "một\nhai\nba\tbốn"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        pytest.param("x" * 20_001, "too_long", id="long"),
        ("một\x1b[31mhai", "control_characters"),
        ("một\x00hai", "control_characters"),
        ("\udfff", "control_characters"),
        (7, "not_text"),
        (True, "not_text"),
        (["a"], "not_text"),
    ],
)
def test_words_that_are_none(typed: object, code: str) -> None:
    assert faults({"strengths": typed}, "strengths") == [("strengths", code)]


def test_defects_are_listed_one_by_one_and_there_is_at_least_one() -> None:
    assert value("defects", "thiếu chữ ký\n\n sai ngày ") == ["thiếu chữ ký", "sai ngày"]
    assert value("defects", ["thiếu chữ ký", ""]) == ["thiếu chữ ký"]
    for nothing in ("", [], ["", "  "], "\n\n", None):
        assert faults({"defects": nothing}, "defects") == [("defects", "missing")]
    assert faults({"defects": ["a"] * 20_001}, "defects") == [("defects", "too_long")]
    assert faults({"defects": {"a": 1}}, "defects") == [("defects", "not_text")]
    assert faults({"defects": [1]}, "defects") == [("defects", "not_text")]


# --- all at once --------------------------------------------------------------------------------------------


def test_every_mistake_is_said_at_once() -> None:
    typed = {
        "roll": "ba",
        "present": -1,
        "route": "khac",
        "verifier": "P-9",
        "la": "gì",
        "application_dated": "2022-02-30",
    }
    needs = ("roll", "present", "route", "verifier", "application_dated", "votes_for", "strengths", "defects")
    assert sorted(faults(typed, *needs)) == [
        ("application_dated", "not_a_day"),
        ("defects", "missing"),
        ("la", "unknown"),
        ("present", "out_of_range"),
        ("roll", "not_a_count"),
        ("route", "not_an_option"),
        ("strengths", "missing"),
        ("verifier", "unknown_person"),
        ("votes_for", "missing"),
    ]


def test_a_fault_repeats_a_word_of_what_was_typed_not_a_page() -> None:
    with pytest.raises(InvalidInput) as mistyped:
        parse_fields(act("roll"), {"roll": "ba" * 1_000_000}, KNOWN)
    assert len(str(mistyped.value.faults[0].values["value"])) < 100


@pytest.mark.parametrize("typed", ["2022-08-09", "09/08/2022"])
def test_days_are_read_alike_everywhere(typed: str) -> None:
    assert parse_day(typed) == TODAY


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.dates(),
    st.binary(),
    st.lists(st.text(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)


@given(typed=st.dictionaries(st.sampled_from(sorted(EDITION.fields)), ODD, max_size=6))
def test_whatever_is_typed_is_either_read_or_a_fault(typed: dict[str, Any]) -> None:
    read = ParsedFields()
    with contextlib.suppress(InvalidInput):
        read = parse_fields(act(may=tuple(EDITION.fields)), typed, KNOWN)
    for name, recorded in read.values.items():
        rule: FieldRule = EDITION.fields[name]
        assert isinstance(recorded, list if rule.type == "people" else int if rule.type == "count" else str)


# --- through the real verb ----------------------------------------------------------------------------------


def test_nothing_is_written_of_an_act_that_makes_no_sense(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, date(2022, 1, 4)).to("branch_meeting")
    version = journey.view().version
    bad: list[dict[str, Any]] = [
        {"roll": "10"},
        {"resolution_no": "\x00", **TEN},
        {"resolution_no": "\ud800", **TEN},
        {"resolution_no": "2", **TEN, "votes_for": 10**9},
        {"resolution_no": "2", **TEN, "votes_for": -1},
        {"resolution_no": "2", **TEN, "over60_grounds": ["special_need"]},
        {"resolution_no": "2", **TEN, "la\x00": "x"},
    ]
    for typed in bad:
        with pytest.raises(InvalidInput):
            advance_case(land, journey.case, "branch_proposes", journey.on(75), SECRETARY, typed)
    votes: list[tuple[dict[str, Any], str]] = [
        ({"present": 9}, "VOTES_ADD_UP"),
        ({"roll": 9}, "PRESENT_ADDS_UP"),
    ]
    for wrong, code in votes:
        with pytest.raises(ActRefused) as refused:
            journey.advance("branch_proposes", journey.on(75), **wrong)
        assert code in [reason.code for reason in refused.value.reasons]
    assert journey.view().version == version
    proven(land)


def test_odd_ids_are_unknown_people_on_either_database(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, date(2022, 1, 4))
    for person in ("P-\x00", "\ud800", "'; DROP TABLE cases; --", "P-KHONG"):
        with pytest.raises(InvalidInput) as mistyped:
            journey.advance("nominate", journey.on(3), helpers=[person])
        assert [fault.code for fault in mistyped.value.faults] == ["unknown_person"]


def test_a_sponsor_named_twice_is_refused_by_name(sqlite_land: Office) -> None:
    travel(sqlite_land, LAST_OF_DISTRICT)
    journey = begin(sqlite_land, PLAIN, date(2022, 1, 4)).to("sponsorship")
    with pytest.raises(ActRefused) as refused:
        journey.advance("send_for_verification", journey.on(50), sponsors=[BAO, BAO])
    assert [(one.code, one.text.vi) for one in refused.value.reasons] == [
        ("SPONSORS_DIFFERENT", "Trần Văn Bảo được ghi hai lần; phải là hai người khác nhau.")
    ]


def test_words_come_back_in_the_history_and_stand_in_events_as_hashes_only(sqlite_land: Office) -> None:
    land = sqlite_land
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PARTED, date(2022, 1, 4)).to("opinions")
    journey.advance(
        "summarise_opinions", journey.on(70), strengths="Gương mẫu, tận tụy.", weaknesses="Còn nóng tính."
    )
    told = {one.field: one.text for one in load_history(land, journey.case, "vi")[-1].fields}
    assert (told["strengths"], told["weaknesses"]) == ("Gương mẫu, tận tụy.", "Còn nóng tính.")
    assert stored_events(land).count("tận tụy".encode()) == 0
    assert b'"strengths":"' in stored_events(land)
    assert b"Tr\xe1\xba\xa7n" not in stored_events(land)


def stored_events(office: Office) -> bytes:
    with office.database.read_transaction() as connection:
        return b"\n".join(bytes(row.body) for row in reads.load_events(connection) if row.case_id)
