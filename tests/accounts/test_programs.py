"""Tokens: a program of somebody's own comes in with the rights of whoever made its token."""

from datetime import date

import pytest

from tests.accounts.scene import BAO, DAY, HOUR, MORNING, XUAN
from tests.faults.by_hand import by_hand
from tests.offices import HUYEN
from workflow.accounts import (
    end_token,
    give_password,
    link_user,
    make_link,
    make_token,
    tidy,
    token_user,
    tokens,
    use_link,
)
from workflow.accounts.api_tokens import PREFIX, UNUSED
from workflow.core.input import Mistyped
from workflow.office import Office
from workflow.register import end_user
from workflow.register.errors import UnknownUser


def test_a_token_is_shown_once_and_says_whose_it_is_until_it_is_ended(office: Office) -> None:
    token = make_token(office, XUAN, " Bảng  tổng hợp ", at=MORNING)
    assert token.startswith(PREFIX)
    assert token_user(office, token, at=MORNING) == XUAN
    [one] = tokens(office, XUAN, at=MORNING)
    assert (one.user, one.name, one.seen_at) == (XUAN, "Bảng tổng hợp", one.made_at)
    assert token not in repr(one)
    assert end_token(office, one.id)
    assert not end_token(office, one.id)
    assert token_user(office, token, at=MORNING) is None


def test_it_is_seen_when_it_was_last_used(office: Office) -> None:
    token = make_token(office, XUAN, "Bảng", at=MORNING)
    token_user(office, token, at=MORNING + HOUR)
    assert [int(one.seen_at.timestamp()) for one in tokens(office, at=MORNING + HOUR)] == [MORNING + HOUR]


def test_one_that_nobody_used_for_a_year_is_over(office: Office) -> None:
    token = make_token(office, XUAN, "Bảng", at=MORNING)
    assert token_user(office, token, at=MORNING + UNUSED - 1) == XUAN
    assert token_user(office, token, at=MORNING + 2 * UNUSED - 1) is None
    assert tokens(office, at=MORNING + 2 * UNUSED - 1) == []
    assert tidy(office, at=MORNING + 2 * UNUSED + DAY) == 1


def test_a_token_of_somebody_who_acts_no_longer_is_nobodys(office: Office) -> None:
    token = make_token(office, XUAN, "Bảng", at=MORNING)
    end_user(office, XUAN, date(2024, 8, 8), HUYEN)
    assert token_user(office, token, at=MORNING) is None
    with pytest.raises(UnknownUser):
        make_token(office, XUAN, "Bảng", at=MORNING)


def test_a_password_given_by_an_officer_leaves_nothing_else_by_which_to_come_in(office: Office) -> None:
    token, other = make_token(office, XUAN, "Bảng", at=MORNING), make_token(office, BAO, "Bảng", at=MORNING)
    secret = make_link(office, XUAN, HUYEN.by, "forgotten", at=MORNING)
    give_password(office, XUAN, at=MORNING)
    assert token_user(office, token, at=MORNING) is None
    assert link_user(office, secret, at=MORNING) is None
    assert token_user(office, other, at=MORNING) == BAO


def test_a_password_taken_by_a_link_ends_the_tokens_that_were_there(office: Office) -> None:
    token = make_token(office, XUAN, "Bảng", at=MORNING)
    use_link(office, make_link(office, XUAN, HUYEN.by, "forgotten", at=MORNING), "đường về thôn Ao Trúc", at=MORNING)
    assert token_user(office, token, at=MORNING) is None


def test_a_token_changed_by_hand_is_nobodys(office: Office) -> None:
    token = make_token(office, BAO, "Bảng", at=MORNING)
    with by_hand(office) as hand:
        hand.set("tokens", {}, user_id=XUAN)
    assert token_user(office, token, at=MORNING) is None


@pytest.mark.parametrize("token", ["", "x", PREFIX, PREFIX + "\0\ud800", "a" * 100_000])
def test_a_token_that_nobody_made_is_nobodys(office: Office, token: str) -> None:
    assert token_user(office, token, at=MORNING) is None


@pytest.mark.parametrize(("name", "code"), [("", "missing"), (" \n ", "missing"), ("x" * 61, "too_long")])
def test_a_token_says_what_it_is_for(sqlite_office: Office, name: str, code: str) -> None:
    with pytest.raises(Mistyped) as caught:
        make_token(sqlite_office, XUAN, name)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("name", code)]
