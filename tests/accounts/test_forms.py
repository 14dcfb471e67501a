"""Forms: one sent twice is done once; what was typed when a session ended is there again, sealed, for a
day.
"""

import pytest

from tests.accounts.scene import BAO, DAY, MINUTE, MORNING, XUAN, at_once
from tests.faults.by_hand import by_hand, copied
from workflow.accounts.cleanup import delete_expired
from workflow.accounts.form_submissions import (
    MAX_DRAFT_SIZE,
    MAX_DRAFTS,
    claim_form,
    finish_form,
    save_draft,
    take_draft,
)
from workflow.office import Office

FORM = "khoa-ngau-nhien-cua-mau"
PATH = "/case/K7Q2M4TX/do/branch_proposes"
TYPED = {"strengths": "Gương mẫu, được bà con tin yêu", "votes_for": "8", "sponsors": ["P-BAO", "P-TRO"]}


def test_the_second_tap_gets_the_answer_of_the_first(office: Office) -> None:
    assert claim_form(office, FORM, BAO, at=MORNING) is None
    assert claim_form(office, FORM, BAO, at=MORNING + 1) == ""
    finish_form(office, FORM, "/case/K7Q2M4TX")
    assert claim_form(office, FORM, BAO, at=MORNING + 2) == "/case/K7Q2M4TX"
    assert claim_form(office, "mau-khac", BAO, at=MORNING) is None


def test_of_ten_taps_at_once_one_does_it(office: Office) -> None:
    answers = at_once(10, lambda _: claim_form(office, FORM, BAO, at=MORNING))
    assert sorted(answers, key=lambda one: one is None) == [""] * 9 + [None]


def test_a_form_that_was_refused_may_be_sent_again(office: Office) -> None:
    claim_form(office, FORM, BAO, at=MORNING)
    finish_form(office, FORM, None)
    assert claim_form(office, FORM, BAO, at=MORNING) is None
    finish_form(office, FORM, "/xong")
    finish_form(office, FORM, None)
    assert claim_form(office, FORM, BAO, at=MORNING) == "/xong"


def test_one_that_was_begun_by_a_process_that_died_may_be_sent_again_by_the_same_user(office: Office) -> None:
    claim_form(office, FORM, BAO, at=MORNING)
    assert claim_form(office, FORM, XUAN, at=MORNING + 5 * MINUTE) == ""
    answers = at_once(5, lambda _: claim_form(office, FORM, BAO, at=MORNING + 5 * MINUTE))
    assert answers.count(None) == 1


def test_somebody_elses_form_tells_nothing(office: Office) -> None:
    claim_form(office, FORM, BAO, at=MORNING)
    finish_form(office, FORM, "/case/K7Q2M4TX")
    assert claim_form(office, FORM, XUAN, at=MORNING) == ""


def test_claims_are_swept_out_after_a_day(office: Office) -> None:
    claim_form(office, FORM, BAO, at=MORNING)
    assert delete_expired(office, at=MORNING + DAY) == 0
    assert delete_expired(office, at=MORNING + DAY + MINUTE) == 1


# --- drafts -------------------------------------------------------------------------------------------------


def test_what_was_typed_is_given_back_once_to_whoever_typed_it_on_that_page(office: Office) -> None:
    assert save_draft(office, BAO, PATH, TYPED, at=MORNING)
    assert take_draft(office, XUAN, PATH, at=MORNING) is None
    assert take_draft(office, BAO, "/case/K7Q2M4TX/do/decide", at=MORNING) is None
    assert take_draft(office, BAO, PATH, at=MORNING) == TYPED
    assert take_draft(office, BAO, PATH, at=MORNING) is None


def test_only_what_was_typed_last_is_kept_of_a_page(office: Office) -> None:
    save_draft(office, BAO, PATH, {"note": "một"}, at=MORNING)
    save_draft(office, BAO, PATH, {"note": "hai"}, at=MORNING + 1)
    assert take_draft(office, BAO, PATH, at=MORNING + 2) == {"note": "hai"}


def test_after_a_day_it_is_gone(office: Office) -> None:
    save_draft(office, BAO, PATH, TYPED, at=MORNING)
    assert take_draft(office, BAO, PATH, at=MORNING + DAY) is None
    save_draft(office, BAO, PATH, TYPED, at=MORNING)
    assert delete_expired(office, at=MORNING + DAY + MINUTE) == 1


def test_it_is_sealed_and_neither_words_nor_page_can_be_read(sqlite_office: Office) -> None:
    save_draft(sqlite_office, BAO, PATH, TYPED, at=MORNING)
    [row] = copied(sqlite_office)["drafts"]
    kept = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values())
    for word in ("Gương mẫu", "strengths", "K7Q2M4TX"):
        assert word.encode() not in kept


def test_one_persons_draft_cannot_be_passed_off_as_anothers(sqlite_office: Office) -> None:
    save_draft(sqlite_office, BAO, PATH, TYPED, at=MORNING)
    save_draft(sqlite_office, XUAN, PATH, {"note": "của tôi"}, at=MORNING)
    with by_hand(sqlite_office) as hand:
        [baos] = hand.rows("drafts", user_id=BAO)
        hand.set("drafts", {"user_id": XUAN}, sealed=baos["sealed"])
    assert take_draft(sqlite_office, XUAN, PATH, at=MORNING) is None


def test_nobody_fills_the_disk_with_drafts(office: Office) -> None:
    for n in range(MAX_DRAFTS + 5):
        assert save_draft(office, BAO, f"/trang/{n}", {"note": str(n)}, at=MORNING + n)
    assert len(copied(office)["drafts"]) == MAX_DRAFTS
    assert take_draft(office, BAO, "/trang/4", at=MORNING) is None
    assert take_draft(office, BAO, "/trang/5", at=MORNING) == {"note": "5"}


@pytest.mark.parametrize(
    "fields",
    [{"note": "x" * (MAX_DRAFT_SIZE + 1)}, {"note": "\ud800"}, {"file": b"bytes"}, {"file": object()}],
)
def test_what_is_too_much_or_no_text_is_not_kept(sqlite_office: Office, fields: dict[str, object]) -> None:
    assert not save_draft(sqlite_office, BAO, PATH, fields, at=MORNING)
    assert copied(sqlite_office)["drafts"] == []
