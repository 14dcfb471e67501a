"""`verify` finds every row beside the history that was edited, put in or taken out; and what may be
forgotten.
"""

from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from states.vocabulary import Person
from tests.faults.by_hand import Hand, by_hand, copied, restore
from tests.faults.conftest import Lived
from tests.faults.scene import begin, live, make
from tests.offices import COMMUNE, DISTRICT, HEAD, XA, make_small_office
from workflow.cases.views.case_view import load_case_view
from workflow.operations.verify.verify import verify_office
from workflow.register.writer import NOBODY, RegisterWriter

Deed = Callable[[Hand], int]
MINE = {"person_id": HEAD}

# --- cases, clocks, votes -----------------------------------------------------------------------------------


def spoil_record(hand: Hand) -> int:
    record = hand.rows("cases", **MINE)[0]["record"]
    return hand.set("cases", MINE, record=record.replace('"roll":11', '"roll":13'))


OF_CASES: dict[str, tuple[str, Deed]] = {
    "its state": ("case_differs", lambda hand: hand.set("cases", MINE, state="listed")),
    "its version": ("case_differs", lambda hand: hand.set("cases", MINE, version=4)),
    "its unit": ("case_differs", lambda hand: hand.set("cases", MINE, unit_id=COMMUNE)),
    "its person": ("case_differs", lambda hand: hand.set("cases", MINE, person_id="P-DUNG")),
    "its pipeline": ("case_differs", lambda hand: hand.set("cases", MINE, pipeline="readmission")),
    "its first day": ("case_differs", lambda hand: hand.set("cases", MINE, opened_on=date(2020, 1, 1))),
    "its last day": ("case_differs", lambda hand: hand.set("cases", MINE, closed_on=None)),
    "a count in its record": ("case_differs", spoil_record),
    "its whole record": ("case_differs", lambda hand: hand.set("cases", MINE, record="x")),
    "its row": ("case_lost", lambda hand: hand.take("cases", **MINE)),
    "a deadline": (
        "clocks_differ",
        lambda hand: hand.set("clocks", {"name": "CEREMONY"}, due=date(2030, 1, 1)),
    ),
    "a clock's state": (
        "clocks_differ",
        lambda hand: hand.set("clocks", {"name": "CEREMONY"}, state="running"),
    ),
    "a clock": ("clocks_differ", lambda hand: hand.take("clocks", name="CEREMONY")),
    "the votes counted": ("votes_differ", lambda hand: hand.set("votes", {"seq": 11}, votes_for=10)),
    "the electorate": ("votes_differ", lambda hand: hand.set("votes", {"seq": 11}, roll=6, base=6)),
    "the outcome": ("votes_differ", lambda hand: hand.set("votes", {"seq": 11}, reached=True)),
    "a vote": ("votes_differ", lambda hand: hand.take("votes", seq=13)),
}


@pytest.mark.parametrize("what", OF_CASES)
def test_of_a_case_nothing_can_be_edited_or_taken_out(lived: Lived, what: str) -> None:
    code, deed = OF_CASES[what]
    with by_hand(lived.office) as hand:
        assert deed(hand) == 1
    assert lived.broken()[0] == (lived.number(-1, case=lived.case), code)


def test_a_case_that_nobody_opened_is_found(lived: Lived) -> None:
    with by_hand(lived.office) as hand:
        hand.add("cases", **hand.rows("cases", **MINE)[0] | {"id": "K0", "person_id": "P-DUNG"})
        hand.add("votes", **hand.rows("votes")[0] | {"id": 99, "case_id": "K0"})
    assert lived.broken() == [(0, "case_without_events"), (0, "votes_differ")]


def test_what_only_sqlite_lets_into_a_row_is_found_as_well(tmp_path: Path, sqlite_url: str) -> None:
    """SQLite takes any value in any column: a word where a day, a count or bytes belong."""
    with closing(make(tmp_path, sqlite_url)) as office:
        live(office)
        rows = copied(office)
        for deed, found in (
            ("UPDATE cases SET opened_on = 'yesterday'", "unreadable_rows"),
            ("UPDATE clocks SET due = 'soon'", "unreadable_rows"),
            ("UPDATE votes SET roll = 'many'", "votes_differ"),
            ("UPDATE grants SET valid_from = 'once'", "unreadable_rows"),
            ("UPDATE grants SET n = 'x' WHERE role = 'branch_secretary'", "row_lost"),
            ("UPDATE people SET sealed = 'Nguyễn Văn Mẫu' WHERE id = 'P-MAU'", "unreadable_rows"),
            ("UPDATE events SET body = 'x' WHERE n = 30", "changed"),
            ("UPDATE events SET hash = 'x' WHERE n = 30", "changed"),
            ("UPDATE events SET n = 'x' WHERE n = 30", "missing"),
            ("UPDATE events SET n = 'x' WHERE n = (SELECT max(n) FROM events)", "misfiled"),
            ("UPDATE seal SET mac = 'x'", "seal_forged"),
            ("UPDATE seal SET n = 'x'", "not_sealed"),
        ):
            with by_hand(office) as hand:
                hand.type(deed)
            assert verify_office(office).broken[0].code == found, deed
            restore(office, rows)
        assert verify_office(office).holds


# --- the register -------------------------------------------------------------------------------------------

OF_REGISTER: dict[str, tuple[str, dict[str, object]]] = {
    "a role": ("grants", {"role": "district_officer"}),
    "where it is held": ("grants", {"unit_id": DISTRICT}),
    "until when it is held": ("grants", {"valid_to": date(2030, 1, 1)}),
    "a unit's name": ("units", {"name": "Xã Khác"}),
    "a unit's organs": ("units", {"organs": "authority,committee"}),
    "when a membership began": ("memberships", {"valid_from": date(1999, 1, 1)}),
    "who holds a post": ("tenures", {"person_id": "P-BAO"}),
    "whose name a user has": ("users", {"person_id": "P-TRO"}),
    "a day off": ("calendar_years", {"days": "{}"}),
    "when it was recorded": ("posts", {"recorded_on": date(2020, 1, 1)}),
    "that it holds": ("posts", {"retired_on": date(2024, 8, 9), "retired_n": 60}),
}


@pytest.mark.parametrize("what", OF_REGISTER)
def test_of_the_register_nothing_can_be_edited(lived: Lived, what: str) -> None:
    table, values = OF_REGISTER[what]
    with by_hand(lived.office) as hand:
        n = next(row["n"] for row in hand.rows(table) if row["retired_n"] is None)
        assert hand.set(table, {"n": n}, **values) == 1
    assert lived.broken()[0] == (n, "row_differs")


def test_a_row_of_the_register_taken_out_is_missed(lived: Lived) -> None:
    n = lived.rows["grants"][0]["n"]
    with by_hand(lived.office) as hand:
        hand.take("grants", n=n)
    assert lived.broken() == [(n, "row_lost")]


def test_a_row_that_nobody_wrote_into_the_register_is_found(lived: Lived) -> None:
    with by_hand(lived.office) as hand:
        hand.add("grants", **lived.rows["grants"][0] | {"n": 7, "role": "district_officer"})
    assert lived.broken() == [(7, "row_without_event")]


def test_a_retired_row_brought_back_is_found_where_it_was_retired(lived: Lived) -> None:
    n = max(row["retired_n"] or 0 for row in lived.rows["units"])
    with by_hand(lived.office) as hand:
        hand.set("units", {"retired_n": n}, retired_on=None, retired_n=None)
    assert (n, "row_differs") in lived.broken()


def test_a_real_office_has_no_day_of_its_own(tmp_path: Path, database_url: str) -> None:
    with closing(make_small_office(tmp_path, database_url, today=None)) as office:
        assert verify_office(office).holds
        with by_hand(office) as hand:
            hand.set("office", {}, today=date(2021, 9, 1))
        assert [(one.n, one.code) for one in verify_office(office).broken] == [(1, "office_differs")]


@pytest.mark.parametrize("changed", [{"name": "Cơ quan khác"}, {"sample": None}, {"today": date(2030, 1, 1)}])
def test_another_name_or_day_of_the_office_is_found(lived: Lived, changed: dict[str, object]) -> None:
    with by_hand(lived.office) as hand:
        hand.set("office", {}, **changed)
    assert [code for _, code in lived.broken()] == ["office_differs"]


def test_a_sample_office_knows_the_day_that_its_clock_was_turned_to(lived: Lived) -> None:
    with lived.office.write_transaction() as (work, ledger):
        RegisterWriter(lived.office, work, ledger, NOBODY).set_today(date(2030, 1, 1))
    assert lived.broken() == []
    with by_hand(lived.office) as hand:
        hand.set("office", {}, today=date(2029, 1, 1))
    assert [code for _, code in lived.broken()] == ["office_differs"]


# --- people and words ---------------------------------------------------------------------------------------


def test_one_persons_sealed_row_cannot_stand_in_for_anothers(lived: Lived) -> None:
    with by_hand(lived.office) as hand:
        bao, tro = hand.rows("people", id="P-BAO")[0], hand.rows("people", id="P-TRO")[0]
        hand.set("people", {"id": "P-BAO"}, **tro | {"id": "P-BAO"})
        hand.set("people", {"id": "P-TRO"}, **bao | {"id": "P-TRO"})
    numbers = sorted(lived.number(person=id_) for id_ in ("P-BAO", "P-TRO"))
    assert lived.broken() == [(n, "person_differs") for n in numbers]


def test_what_was_once_said_of_a_person_cannot_be_put_back(lived: Lived) -> None:
    with by_hand(lived.office) as hand:
        before = hand.rows("people", id="P-THAM")[0]
    with lived.office.write_transaction() as (work, ledger):
        RegisterWriter(lived.office, work, ledger, XA).change_person(
            before["key"], Person("P-THAM", "Bùi Văn Thẫm")
        )
    with by_hand(lived.office) as hand:
        hand.set("people", {"id": "P-THAM"}, sealed=before["sealed"])
    assert lived.broken() == [(lived.events + 1, "person_differs")]


@pytest.mark.parametrize("sealed", [b"x" * 60, b"", None])
def test_a_persons_row_spoilt_is_named(lived: Lived, sealed: bytes | None) -> None:
    with by_hand(lived.office) as hand:
        hand.set("people", {"id": "P-HOA"}, sealed=sealed)
    assert lived.broken() == [(lived.number(person="P-HOA", kind="person"), "person_differs")]


@pytest.mark.parametrize("key", [b"x" * 60, b""])
def test_a_persons_key_spoilt_is_named(lived: Lived, key: bytes) -> None:
    with by_hand(lived.office) as hand:
        hand.set("people", {"id": "P-DUNG"}, key=key)
    assert lived.broken() == [(lived.number(-1, person="P-DUNG", kind="person"), "person_differs")]


def test_a_person_taken_out_is_missed_and_one_put_in_is_found(lived: Lived) -> None:
    with by_hand(lived.office) as hand:
        hand.set("people", {"id": "P-THAM"}, id="P-NOBODY")
    assert lived.broken() == [(lived.number(person="P-THAM"), "person_lost"), (0, "person_without_event")]


@pytest.mark.parametrize("how", ["edited", "moved to another person", "moved to another field", "taken out"])
def test_words_of_an_act_cannot_be_edited_moved_or_taken_out(lived: Lived, how: str) -> None:
    n = lived.number(kind="summarise_opinions")
    here = {"n": n, "field": "strengths"}
    with by_hand(lived.office) as hand:
        other = hand.rows("texts", n=n, field="weaknesses")[0]["sealed"]
        deeds: dict[str, Deed] = {
            "edited": lambda hand: hand.set("texts", here, sealed=b"y" * 60),
            "moved to another person": lambda hand: hand.set("texts", here, person_id="P-DUNG"),
            "moved to another field": lambda hand: hand.set("texts", here, sealed=other),
            "taken out": lambda hand: hand.take("texts", **here),
        }
        assert deeds[how](hand) == 1
    assert lived.broken() == [(n, "text_lost" if how == "taken out" else "text_differs")]


def test_words_that_nobody_wrote_are_found(lived: Lived) -> None:
    n = lived.number(kind="nominate")
    with by_hand(lived.office) as hand:
        hand.add("texts", id=99, n=n, person_id=HEAD, field="note", sealed=b"y")
    assert lived.broken() == [(n, "text_without_event")]


# --- forgetting ---------------------------------------------------------------------------------------------


def test_a_person_can_be_forgotten_and_the_history_still_holds(lived: Lived) -> None:
    assert load_case_view(lived.office, lived.case, "vi").person.name == "Nguyễn Văn Mẫu"
    with by_hand(lived.office) as hand:
        assert hand.take("texts", person_id=HEAD) > 0
        hand.set("people", {"id": HEAD}, key=None, sealed=None)
    assert verify_office(lived.office, seal=lived.seal).broken == []
    assert not load_case_view(lived.office, lived.case, "vi").person.name


def test_with_the_key_alone_gone_nothing_of_a_person_can_be_read_and_the_history_still_holds(
    lived: Lived,
) -> None:
    with by_hand(lived.office) as hand:
        hand.set("people", {"id": HEAD}, key=None)
    assert verify_office(lived.office).broken == []
    assert not load_case_view(lived.office, lived.case, "vi").person.name


def test_an_office_that_forgot_somebody_works_on(lived: Lived) -> None:
    with by_hand(lived.office) as hand:
        hand.take("texts", person_id=HEAD)
        hand.set("people", {"id": HEAD}, key=None, sealed=None)
    begin(lived.office, "P-DUNG")
    assert verify_office(lived.office).holds
