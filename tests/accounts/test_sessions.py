"""Sessions: they know who is there, end by themselves, and can be ended."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.accounts.scene import ANOTHER, BAO, HOUR, MINUTE, MORNING, XUAN, come, welcome
from tests.faults.by_hand import by_hand, copied
from tests.offices import BRANCH, HUYEN
from workflow.accounts.cleanup import delete_expired, list_accounts
from workflow.accounts.sessions import (
    IDLE_SECONDS,
    MAX_SECONDS,
    end_session,
    end_sessions,
    find_active_session,
    list_sessions,
    sign_out,
)
from workflow.accounts.sign_in import enter_sample
from workflow.office import Office
from workflow.register.acts import EndUser
from workflow.register.commands.users import end_user
from workflow.storage.engine import DatabaseUnavailable


def is_in(office: Office, token: str, at: int) -> bool:
    return find_active_session(office, token, at=at) is not None


def test_a_session_ends_after_twelve_idle_hours(office: Office) -> None:
    bao = welcome(office)
    assert is_in(office, bao.token, MORNING + IDLE_SECONDS - 1)
    evening = MORNING + IDLE_SECONDS - 1
    assert is_in(office, bao.token, evening + IDLE_SECONDS - 1)
    assert not is_in(office, bao.token, evening + 2 * IDLE_SECONDS)
    assert list_sessions(office, BAO, at=evening + 2 * IDLE_SECONDS) == []


def test_and_after_two_weeks_however_busy_it_was(office: Office) -> None:
    bao = welcome(office)
    hours = range(0, MAX_SECONDS, 6 * HOUR)
    assert all(is_in(office, bao.token, MORNING + passed) for passed in hours)
    assert not is_in(office, bao.token, MORNING + MAX_SECONDS)


def test_a_page_a_second_is_a_write_every_five_minutes(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    bao = welcome(sqlite_office)
    writes = list[object]()
    real = sqlite_office.database.transaction

    def counted() -> object:
        writes.append(None)
        return real()

    monkeypatch.setattr(sqlite_office.database, "transaction", counted)
    assert all(is_in(sqlite_office, bao.token, MORNING + second) for second in range(10 * MINUTE + 1))
    assert len(writes) == 2
    [here] = list_sessions(sqlite_office, at=MORNING + 10 * MINUTE)
    assert here.seen_at.timestamp() == MORNING + 10 * MINUTE


def test_where_nothing_can_be_written_pages_are_read_all_the_same(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    bao = welcome(sqlite_office)

    def full() -> None:
        raise DatabaseUnavailable("disk is full", "full")

    monkeypatch.setattr(sqlite_office.database, "transaction", full)
    assert is_in(sqlite_office, bao.token, MORNING + HOUR)


def test_somebody_ended_in_the_register_is_out_the_day_after(office: Office) -> None:
    bao = welcome(office)
    end_user(office, EndUser(user=BAO, on=date(2024, 8, 9)), HUYEN)
    assert is_in(office, bao.token, MORNING)
    with by_hand(office) as hand:
        hand.set("office", {}, today=date(2024, 8, 10))
    assert not is_in(office, bao.token, MORNING)


def test_who_signs_out_is_out_and_a_copy_of_the_cookie_is_worth_nothing(office: Office) -> None:
    bao, elsewhere = welcome(office), come(office)
    sign_out(office, bao.token)
    assert not is_in(office, bao.token, MORNING)
    assert is_in(office, elsewhere.token, MORNING)
    sign_out(office, "nobody holds this")


def test_a_lost_telephone_is_signed_out_by_somebody_else(office: Office) -> None:
    telephone, desk = welcome(office), come(office)
    welcome(office, XUAN, password=ANOTHER)
    [lost] = [one for one in list_sessions(office, BAO, at=MORNING) if one.address == ""]
    assert end_session(office, lost.id)
    assert not end_session(office, lost.id)
    assert not is_in(office, telephone.token, MORNING)
    assert is_in(office, desk.token, MORNING)
    assert end_sessions(office, BAO) == 1
    assert not is_in(office, desk.token, MORNING)
    assert [one.user for one in list_sessions(office, at=MORNING)] == [XUAN]


def test_a_session_says_where_and_since_when(office: Office) -> None:
    welcome(office)
    come(office, at=MORNING + MINUTE)
    [newest, _] = list_sessions(office, BAO, at=MORNING + MINUTE)
    assert (newest.user, newest.address, newest.agent) == (BAO, "203.0.113.7", "Điện thoại")
    assert newest.made_at.timestamp() == MORNING + MINUTE


def test_who_has_an_account_and_when_they_were_last_here(office: Office) -> None:
    bao = welcome(office)
    find_active_session(office, bao.token, at=MORNING + HOUR)
    seen = {one.user: one.seen and int(one.seen.timestamp()) for one in list_accounts(office)}
    assert seen == {BAO: MORNING + HOUR, XUAN: None, "huyen": None}
    assert [one.user for one in list_accounts(office) if one.since] == [BAO]


@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "a" * 100_000, "' OR 1=1 --"])
def test_a_token_that_nobody_was_given_is_nobodys(office: Office, token: str) -> None:
    welcome(office)
    assert find_active_session(office, token, at=MORNING) is None


# --- written beside the program -----------------------------------------------------------------------------


def test_a_session_made_by_hand_is_none(office: Office) -> None:
    """Somebody with SQL, who knows how tokens are hashed, and has not the office's key."""
    welcome(office)
    [row] = copied(office)["sessions"]
    with by_hand(office) as hand:
        made = row | {"id": "SCUATOI1", "hash": hashlib.sha256(b"mine").digest(), "user_id": XUAN}
        hand.add("sessions", **made)
    assert find_active_session(office, "mine", at=MORNING) is None


@pytest.mark.parametrize("said", [{"user_id": XUAN}, {"made_at": MORNING - 1}, {"sample_entry": True}])
def test_a_session_changed_by_hand_is_none(office: Office, said: dict[str, object]) -> None:
    bao = welcome(office)
    with by_hand(office) as hand:
        hand.set("sessions", {}, **said)
    assert find_active_session(office, bao.token, at=MORNING) is None


def test_a_session_whose_origin_was_spoilt_by_hand_is_still_listed(sqlite_office: Office) -> None:
    welcome(sqlite_office)
    with by_hand(sqlite_office) as hand:
        hand.set("sessions", {}, sealed=b"spoilt")
    [one] = list_sessions(sqlite_office, at=MORNING)
    assert (one.address, one.agent) == ("", "")


# --- keeping house ------------------------------------------------------------------------------------------


def test_sessions_that_are_over_are_swept_out(office: Office) -> None:
    welcome(office)
    enter_sample(office, XUAN, at=MORNING + HOUR)
    assert delete_expired(office, at=MORNING + IDLE_SECONDS) == 0
    assert delete_expired(office, at=MORNING + IDLE_SECONDS + MINUTE) == 1
    assert [row["user_id"] for row in copied(office)["sessions"]] == [XUAN]


def test_asking_who_is_there_is_one_query_that_finds_every_row_by_its_key(sqlite_office: Office) -> None:
    """It runs with every page: no table is read through, and nothing is written."""
    for user in (BAO, XUAN, BRANCH.by):
        enter_sample(sqlite_office, user, at=MORNING)
    bao = enter_sample(sqlite_office, BAO, at=MORNING)
    with traced(sqlite_office) as statements:
        assert find_active_session(sqlite_office, bao.token, at=MORNING)
    [query] = [text for text in statements if not text.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"))]
    with sqlite_office.database.read_transaction() as connection:
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]
    assert [step for step in plan if not step.startswith("SEARCH")] == []


@contextmanager
def traced(office: Office) -> Iterator[list[str]]:
    """Every statement that SQLite is given, with its values."""
    statements: list[str] = []

    def trace(connection: Any, *_: object) -> None:
        connection.set_trace_callback(statements.append)

    office.database.close()
    sa.event.listen(office.database.engine, "checkout", trace)
    try:
        yield statements
    finally:
        sa.event.remove(office.database.engine, "checkout", trace)
