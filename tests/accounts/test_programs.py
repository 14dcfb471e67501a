"""Tokens: a program of somebody's own comes in with the rights of whoever made its token."""

from datetime import date

import pytest

from tests.accounts.scene import BAO, DAY, HOUR, MORNING, XUAN
from tests.faults.by_hand import by_hand
from tests.offices import HUYEN
from workflow.accounts.api_tokens import (
    TOKEN_PREFIX,
    UNUSED_SECONDS,
    create_token,
    end_token,
    find_token_user,
    list_tokens,
)
from workflow.accounts.cleanup import delete_expired
from workflow.accounts.one_time_links import create_link, find_link_user, use_link
from workflow.accounts.sign_in import issue_password
from workflow.core.input import InvalidInput
from workflow.office import Office
from workflow.register.acts import EndUser
from workflow.register.commands.users import end_user
from workflow.register.errors import UnknownUser


def test_a_token_is_shown_once_and_says_whose_it_is_until_it_is_ended(office: Office) -> None:
    token = create_token(office, XUAN, " Bảng  tổng hợp ", at=MORNING)
    assert token.startswith(TOKEN_PREFIX)
    assert find_token_user(office, token, at=MORNING) == XUAN
    [one] = list_tokens(office, XUAN, at=MORNING)
    assert (one.user, one.name, one.seen) == (XUAN, "Bảng tổng hợp", one.since)
    assert token not in repr(one)
    assert end_token(office, one.token)
    assert not end_token(office, one.token)
    assert find_token_user(office, token, at=MORNING) is None


def test_it_is_seen_when_it_was_last_used(office: Office) -> None:
    token = create_token(office, XUAN, "Bảng", at=MORNING)
    find_token_user(office, token, at=MORNING + HOUR)
    assert [int(one.seen.timestamp()) for one in list_tokens(office, at=MORNING + HOUR)] == [MORNING + HOUR]


def test_one_that_nobody_used_for_a_year_is_over(office: Office) -> None:
    token = create_token(office, XUAN, "Bảng", at=MORNING)
    assert find_token_user(office, token, at=MORNING + UNUSED_SECONDS - 1) == XUAN
    assert find_token_user(office, token, at=MORNING + 2 * UNUSED_SECONDS - 1) is None
    assert list_tokens(office, at=MORNING + 2 * UNUSED_SECONDS - 1) == []
    assert delete_expired(office, at=MORNING + 2 * UNUSED_SECONDS + DAY) == 1


def test_a_token_of_somebody_who_acts_no_longer_is_nobodys(office: Office) -> None:
    token = create_token(office, XUAN, "Bảng", at=MORNING)
    end_user(office, EndUser(user=XUAN, on=date(2024, 8, 8)), HUYEN)
    assert find_token_user(office, token, at=MORNING) is None
    with pytest.raises(UnknownUser):
        create_token(office, XUAN, "Bảng", at=MORNING)


def test_a_password_given_by_an_officer_leaves_nothing_else_by_which_to_come_in(office: Office) -> None:
    token, other = (
        create_token(office, XUAN, "Bảng", at=MORNING),
        create_token(office, BAO, "Bảng", at=MORNING),
    )
    secret = create_link(office, XUAN, HUYEN.by, "forgotten", at=MORNING)
    issue_password(office, XUAN, at=MORNING)
    assert find_token_user(office, token, at=MORNING) is None
    assert find_link_user(office, secret, at=MORNING) is None
    assert find_token_user(office, other, at=MORNING) == BAO


def test_a_password_taken_by_a_link_ends_the_tokens_that_were_there(office: Office) -> None:
    token = create_token(office, XUAN, "Bảng", at=MORNING)
    use_link(
        office,
        create_link(office, XUAN, HUYEN.by, "forgotten", at=MORNING),
        "đường về thôn Ao Trúc",
        at=MORNING,
    )
    assert find_token_user(office, token, at=MORNING) is None


def test_a_token_changed_by_hand_is_nobodys(office: Office) -> None:
    token = create_token(office, BAO, "Bảng", at=MORNING)
    with by_hand(office) as hand:
        hand.set("tokens", {}, user_id=XUAN)
    assert find_token_user(office, token, at=MORNING) is None


@pytest.mark.parametrize("token", ["", "x", TOKEN_PREFIX, TOKEN_PREFIX + "\0\ud800", "a" * 100_000])
def test_a_token_that_nobody_made_is_nobodys(office: Office, token: str) -> None:
    assert find_token_user(office, token, at=MORNING) is None


@pytest.mark.parametrize(("name", "code"), [("", "missing"), (" \n ", "missing"), ("x" * 61, "too_long")])
def test_a_token_says_what_it_is_for(sqlite_office: Office, name: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        create_token(sqlite_office, XUAN, name)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("name", code)]
