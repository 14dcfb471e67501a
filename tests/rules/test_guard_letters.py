"""A verification is concluded from the letters on record, not from numbers typed beside them."""

import pytest

from states.vocabulary import FieldValue
from tests.rules.scene import edition, judged, refusing, said, warning

SENT = {"1-CV": "2022-01-02", "2-CV": "2022-01-03"}
KNOWN: dict[str, FieldValue] = {"sent_for_verification_on": "2022-01-01"}


def test_how_many_places_were_asked_need_not_be_typed_again() -> None:
    for kind in ("places_asked", "places_answered"):
        assert kind not in edition("2021-07").moves["conclude_verification"].needs


@pytest.mark.parametrize(
    ("answered", "typed", "refused", "warned"),
    [
        ({"1-CV", "2-CV"}, {}, [], []),
        ({"1-CV"}, {}, ["LETTERS_ANSWERED"], []),
        ({"1-CV"}, {"unanswered_because": "sent_somebody"}, [], ["LETTERS_UNANSWERED"]),
        (set(), {"unanswered_because": "no_answer"}, [], ["LETTERS_UNANSWERED"]),
        ({"1-CV", "2-CV"}, {"unanswered_because": "no_answer"}, [], []),
        ({"1-CV", "2-CV"}, {"places_asked": 2, "places_answered": 2}, [], []),
        ({"1-CV", "2-CV"}, {"places_asked": 3, "places_answered": 3}, ["PLACES_AS_RECORDED"], []),
        ({"1-CV"}, {"places_asked": 2, "places_answered": 2}, ["LETTERS_ANSWERED", "PLACES_AS_RECORDED"], []),
    ],
)
def test_a_letter_without_an_answer_needs_a_reason(
    answered: set[str], typed: dict[str, FieldValue], refused: list[str], warned: list[str]
) -> None:
    verdict = judged(
        "conclude_verification", "2022-01-05", typed, known=KNOWN, letters=SENT, answered=frozenset(answered)
    )
    assert (refusing(verdict), warning(verdict)) == (refused, warned)


def test_what_was_typed_and_what_is_on_record_are_both_said() -> None:
    typed: dict[str, FieldValue] = {"places_asked": 3, "places_answered": 3}
    verdict = judged(
        "conclude_verification", "2022-01-05", typed, known=KNOWN, letters=SENT, answered=frozenset(SENT)
    )
    assert said(verdict, "PLACES_AS_RECORDED").startswith(
        "Đã nhập: hỏi 3 nơi, 3 nơi trả lời; trong hồ sơ ghi đã gửi 2 công văn, 2 có trả lời."
    )


def test_letters_of_an_earlier_round_are_not_counted_with_those_of_this_one() -> None:
    letters = {"0-CV": "2021-06-01", **SENT}
    verdict = judged(
        "conclude_verification", "2022-01-05", known=KNOWN, letters=letters, answered=frozenset(SENT)
    )
    assert refusing(verdict) == []
