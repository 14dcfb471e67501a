"""`verify` holds after honest work, and finds whatever somebody did to the history beside the program."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.by_hand import Hand, by_hand, copied
from tests.faults.conftest import Lived
from tests.faults.scene import begin, case_of, live, make, next_morning
from workflow.operations.verify.verify import UnknownSeal, verify_office
from workflow.storage.ledger import SealForged

# --- honest work holds --------------------------------------------------------------------------------------


def test_a_year_of_honest_work_holds(lived: Lived) -> None:
    verified = verify_office(lived.office)
    assert verified.broken == []
    assert (verified.cases, verified.events) == (2, lived.events)


def test_it_holds_after_every_single_act_and_every_seal_on_the_way_holds_to_the_end(
    tmp_path: Path, database_url: str
) -> None:
    with closing(make(tmp_path, database_url)) as office:
        seals = [verify_office(office).seal]

        def look() -> None:
            verified = verify_office(office)
            assert verified.broken == []
            seals.append(verified.seal)

        live(office, after_each=look)
        assert len(set(seals)) > 20
        assert all(verify_office(office, seal=seal).holds for seal in seals[::6])


def test_verifying_tells_how_far_it_is(lived: Lived) -> None:
    told: list[tuple[int, int]] = []
    verify_office(lived.office, on_progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (lived.events, lived.events)


# --- events were edited, swapped, taken out -----------------------------------------------------------------


def test_an_edited_event_is_named(lived: Lived) -> None:
    n = lived.number(kind="branch_proposes")
    with by_hand(lived.office) as hand:
        hand.reword(n, by="somebody")
    assert lived.broken()[0] == (n, "changed")


def test_a_single_letter_of_an_event_counts(lived: Lived) -> None:
    with by_hand(lived.office) as hand:
        body = bytearray(hand.rows("events", n=7)[0]["body"])
        body[20] ^= 1
        hand.set("events", {"n": 7}, body=bytes(body))
    assert lived.broken()[0] == (7, "changed")


NO_EVENTS = (b"", b"[]", b"null", b"7", b"{", b'{"kind":"open"}', b"\xff\xfe", b"[" * 5000, b'{"n":1e999}')


@pytest.mark.parametrize("body", NO_EVENTS)
def test_an_event_that_is_none_any_more_is_named(lived: Lived, body: bytes) -> None:
    numbers = [lived.number(kind=kind) for kind in ("person", "open", "branch_proposes", "correct")]
    for n in reversed(numbers):
        with by_hand(lived.office) as hand:
            hand.set("events", {"n": n}, body=body)
        assert lived.broken()[0] == (n, "changed")


def test_an_edited_hash_is_named(lived: Lived) -> None:
    with by_hand(lived.office) as hand:
        hand.set("events", {"n": 12}, hash=bytes(32))
    assert lived.broken()[0] == (12, "changed")


def test_an_event_edited_with_its_hash_shows_at_the_next_one(lived: Lived) -> None:
    n = lived.number(kind="certify")
    with by_hand(lived.office) as hand:
        hand.reword(n, by="somebody", chained=True)
    assert lived.broken()[0] == (n + 1, "changed")


def test_the_newest_event_edited_with_its_hash_does_not_fit_the_seal(lived: Lived) -> None:
    n = lived.events
    with by_hand(lived.office) as hand:
        hand.reword(n, by="somebody", chained=True)
    assert lived.broken() == [(n, "not_sealed")]


def test_two_events_swapped_are_named(lived: Lived) -> None:
    n = lived.number(kind="enrol")
    with by_hand(lived.office) as hand:
        for here, there in ((n, -1), (n + 1, n), (-1, n + 1)):
            hand.set("events", {"n": here}, n=there)
    assert lived.broken()[0] == (n, "changed")


def test_an_event_filed_under_another_case_is_named(lived: Lived) -> None:
    n, other = lived.number(kind="certify"), case_of(lived.office, "P-HOA")
    with by_hand(lived.office) as hand:
        hand.set("events", {"n": n}, case_id=other, seq=77)
    assert lived.broken()[0] == (n, "misfiled")


def test_an_event_taken_out_of_the_middle_is_named(lived: Lived) -> None:
    n = lived.number(kind="summarise_opinions")
    with by_hand(lived.office) as hand:
        hand.take("events", n=n)
    assert lived.broken()[0] == (n, "missing")


def test_the_very_first_event_taken_out_is_named(lived: Lived) -> None:
    with by_hand(lived.office) as hand:
        hand.take("events", n=1)
    assert lived.broken()[0] == (1, "missing")


def test_of_several_breaks_the_first_comes_first(lived: Lived) -> None:
    with by_hand(lived.office) as hand:
        hand.set("cases", {}, state="listed")
        hand.set("events", {"n": 20}, body=b"{}")
        hand.set("events", {"n": 30}, hash=bytes(32))
        hand.take("events", n=40)
        hand.add("people", id="P-NOBODY")
    broken = lived.broken()
    assert broken[0] == (20, "changed")
    assert [n for n, _ in broken if n] == sorted(n for n, _ in broken if n)
    assert broken[-1] == (0, "person_without_event")


# --- the tail, the seal -------------------------------------------------------------------------------------


def test_a_lost_tail_shows_by_the_seal(lived: Lived) -> None:
    n = lived.events
    with by_hand(lived.office) as hand:
        hand.cut(n - 3)
    assert (n - 2, "tail_lost") in lived.broken()


def test_a_history_lost_whole_shows_by_the_seal(lived: Lived) -> None:
    with by_hand(lived.office) as hand:
        hand.take("events")
    assert lived.broken()[0] == (1, "tail_lost")


def test_a_lost_tail_with_the_seal_wound_back_shows_that_it_is_no_seal(lived: Lived) -> None:
    n = lived.number(kind="certify")
    with by_hand(lived.office) as hand:
        hand.cut(n)
        hand.set("seal", {}, n=n, hash=hand.rows("events", n=n)[0]["hash"])
    assert (n, "seal_forged") in lived.broken()


def test_yesterdays_honest_seal_put_back_does_not_fit_what_was_done_since(lived: Lived) -> None:
    yesterday = lived.rows["seal"][0]
    begin(lived.office, "P-DUNG")
    with by_hand(lived.office) as hand:
        hand.cut(yesterday["n"])
        hand.set("seal", {}, **yesterday)
    assert {code for _, code in lived.broken()} == {"case_without_events", "clocks_differ"}


def test_a_seal_of_other_numbers_is_no_seal(lived: Lived) -> None:
    with by_hand(lived.office) as hand:
        hand.set("seal", {}, register_n=3)
    assert (lived.events, "seal_forged") in lived.broken()


def test_a_seal_that_was_taken_out_is_missed(lived: Lived) -> None:
    with by_hand(lived.office) as hand:
        hand.take("seal")
    assert lived.broken() == [(lived.events, "seal_lost")]


def test_nothing_is_recorded_upon_a_forged_or_lost_seal_which_an_honest_one_would_hide(lived: Lived) -> None:
    def cut(hand: Hand) -> None:
        head = hand.rewrite(hand.events()[:-1])
        hand.set_seal(head, bytes(32))

    for deed in (cut, lambda hand: hand.take("seal")):
        with by_hand(lived.office) as hand:
            deed(hand)
        before = copied(lived.office)
        with pytest.raises(SealForged):
            next_morning(lived.office)
        with pytest.raises(SealForged):
            begin(lived.office, "P-DUNG")
        with pytest.raises(SealForged), lived.office.case_transaction(lived.case):
            pass
        assert copied(lived.office) == before


# --- a whole case is gone -----------------------------------------------------------------------------------


def take_out(hand: Hand, case: str) -> None:
    """A whole case, and whatever hangs on it."""
    for event in hand.events():
        if event.get("case") == case:
            hand.take("texts", n=event["n"])
    for table in ("clocks", "votes", "events"):
        hand.take(table, case_id=case)
    hand.take("cases", id=case)


def test_a_whole_case_taken_out_is_missed_at_its_first_event(lived: Lived) -> None:
    n = lived.number(kind="open")
    with by_hand(lived.office) as hand:
        take_out(hand, lived.case)
    assert lived.broken()[0] == (n, "missing")


def test_a_case_taken_out_by_somebody_who_numbers_and_chains_anew_lacks_the_key(lived: Lived) -> None:
    with by_hand(lived.office) as hand:
        take_out(hand, lived.case)
        head = hand.rewrite(hand.events())
        hand.set_seal(head, bytes(32))
    assert (head.n, "seal_forged") in lived.broken()


def test_a_case_taken_out_leaves_the_old_seal_too_high(lived: Lived) -> None:
    with by_hand(lived.office) as hand:
        take_out(hand, lived.case)
        head = hand.rewrite(hand.events())
    assert (head.n + 1, "tail_lost") in lived.broken()


# --- seals that were printed --------------------------------------------------------------------------------


def test_who_rewrites_the_history_with_the_key_is_exposed_by_a_seal_printed_before(lived: Lived) -> None:
    n = lived.number(kind="nominate")
    with by_hand(lived.office) as hand:
        events = hand.events()
        events[n - 1]["by"] = "somebody"
        head = hand.rewrite(events)
        hand.seal_with_key(lived.office, head)
    assert verify_office(lived.office).holds
    broken = verify_office(lived.office, seal=lived.seal).broken
    assert [(one.n, one.code) for one in broken] == [(lived.events, "printed_seal")]


def test_who_cuts_the_tail_with_the_key_is_exposed_by_a_seal_printed_before(lived: Lived) -> None:
    office = lived.office
    case = begin(office, "P-DUNG")
    printed = verify_office(office).seal
    with by_hand(office) as hand:
        take_out(hand, case)
        hand.seal_with_key(office, hand.rewrite(hand.events()))
    assert verify_office(office).holds
    assert verify_office(office, seal=lived.seal).holds
    assert [(one.n, one.code) for one in verify_office(office, seal=printed).broken] == [
        (lived.events + 1, "printed_seal")
    ]


def test_a_seal_may_be_typed_in_capitals_and_in_full(lived: Lived) -> None:
    n, start = lived.seal.split()
    whole = lived.rows["seal"][0]["hash"].hex()
    assert verify_office(lived.office, seal=f" {n}  {start.upper()} ").holds
    assert verify_office(lived.office, seal=f"{n} {whole}").holds


NO_SEALS = (
    "7",
    "x 0123456789",
    "7 xyzxyzxyz",
    "7 0123",
    "² 0123456789",
    "-1 0123456789",
    f"{'9' * 30} 0123456789",
)


@pytest.mark.parametrize("seal", NO_SEALS)
def test_a_seal_that_is_none_is_not_compared(lived: Lived, seal: str) -> None:
    with pytest.raises(UnknownSeal):
        verify_office(lived.office, seal=seal)


def test_the_numbers_of_a_seal_alone_prove_nothing(lived: Lived) -> None:
    assert not verify_office(lived.office, seal=f"{lived.events} 0123456789").holds
    assert not verify_office(lived.office, seal=f"{lived.events + 1} 0123456789").holds
