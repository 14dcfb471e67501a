"""Trying passwords: whoever guesses waits ever longer; nobody can make somebody else wait who was there
before.
"""

from itertools import pairwise

import pytest

from tests.accounts.scene import (
    ANOTHER,
    BAO,
    DAY,
    HOUR,
    MINUTE,
    MORNING,
    SENTENCE,
    XUAN,
    at_once,
    come,
    welcome,
)
from tests.faults.by_hand import copied
from workflow.accounts import passwords, rate_limit
from workflow.accounts.cleanup import delete_expired
from workflow.accounts.one_time_links import create_link, use_link
from workflow.accounts.rate_limit import (
    ADDRESS_LIMIT,
    DEVICE_LIMIT,
    FORGET_AFTER,
    MAX_DEVICE_USERS,
    STRANGER_LIMIT,
    TooManyTries,
    find_trusted_device,
    network_of,
    trust_device,
)
from workflow.accounts.sign_in import SignInRefused
from workflow.office import Office

WRONG = "sai mật khẩu rồi"


def fail(office: Office, user: str = BAO, **where: object) -> int | None:
    """Try a wrong password; until when nobody is let try, if nobody is."""
    try:
        # at, device and address, as `come` takes them
        come(office, user, WRONG, **where)  # type: ignore[arg-type]
    except TooManyTries as many:
        return int(many.until.timestamp())
    except SignInRefused:
        return None
    raise AssertionError


def test_a_strangers_thousand_tries_do_not_hinder_the_secretary_at_her_own_telephone(office: Office) -> None:
    device = welcome(office).device
    answers = [fail(office, address=f"198.51.100.{n % 250}") for n in range(1000)]
    assert answers.count(None) == STRANGER_LIMIT.free
    bao = come(office, device=device)
    assert (bao.user, find_trusted_device(office.vault, bao.device, BAO)) == (
        BAO,
        find_trusted_device(office.vault, device, BAO),
    )


def test_strangers_at_her_own_address_do_not_hinder_her_either(sqlite_office: Office) -> None:
    device = welcome(sqlite_office).device
    for n in range(ADDRESS_LIMIT.free):
        assert fail(sqlite_office, f"nguoi-{n}", address="203.0.113.7") is None
    assert fail(sqlite_office, "nguoi-khac", address="203.0.113.7")
    assert come(sqlite_office, device=device, address="203.0.113.7").user == BAO


def test_at_a_new_telephone_she_waits_with_the_strangers_or_takes_a_link(office: Office) -> None:
    welcome(office)
    for _ in range(STRANGER_LIMIT.free):
        fail(office)
    with pytest.raises(TooManyTries) as many:
        come(office)
    assert (many.value.until.timestamp(), many.value.minutes) == (MORNING + STRANGER_LIMIT.first, 1)
    link = create_link(office, BAO, XUAN, "forgotten", at=MORNING)
    device = use_link(office, link, ANOTHER, at=MORNING).device
    assert come(office, password=ANOTHER, device=device).user == BAO


def test_waits_grow_and_end_by_themselves(office: Office) -> None:
    welcome(office)
    at, waits = MORNING, list[int]()
    for _ in range(STRANGER_LIMIT.free - 1):
        assert fail(office, at=at) is None
    for _ in range(9):
        assert fail(office, at=at) is None
        until = fail(office, at=at)
        assert until
        waits.append(until - at)
        at = until
    assert waits[0] == STRANGER_LIMIT.first
    assert all(later == min(2 * earlier, STRANGER_LIMIT.longest) for earlier, later in pairwise(waits))
    assert waits[-1] == STRANGER_LIMIT.longest
    assert come(office, at=at).user == BAO


def test_after_a_day_of_quiet_nothing_is_held_against_anybody(sqlite_office: Office) -> None:
    welcome(sqlite_office)
    for _ in range(STRANGER_LIMIT.free):
        fail(sqlite_office)
    later = MORNING + FORGET_AFTER
    assert [fail(sqlite_office, at=later) for _ in range(STRANGER_LIMIT.free)] == [None] * STRANGER_LIMIT.free
    assert fail(sqlite_office, at=later)


def test_a_user_who_is_not_there_is_barred_just_like_one_who_is(sqlite_office: Office) -> None:
    welcome(sqlite_office)
    there, not_there = (
        [fail(sqlite_office, user, address=address) for _ in range(12)]
        for user, address in ((BAO, "198.51.100.1"), ("khongai", "198.51.100.2"))
    )
    assert there == not_there


def test_who_tries_many_names_from_one_address_goes_slowly(office: Office) -> None:
    answers = [fail(office, f"nguoi-{n}") for n in range(ADDRESS_LIMIT.free + 5)]
    assert answers == [None] * ADDRESS_LIMIT.free + [MORNING + ADDRESS_LIMIT.first] * 5
    assert fail(office, "nguoi-khac", address="198.51.100.9") is None


def test_a_customer_with_all_of_a_slash_64_is_one_address() -> None:
    assert (
        network_of("2001:db8:1:2:aaaa::1")
        == network_of("2001:db8:1:2:bbbb::9")
        != network_of("2001:db8:1:3::1")
    )
    assert network_of("::ffff:203.0.113.7") == network_of("203.0.113.7")
    assert network_of("unix socket") == "unix socket"


def test_who_mistypes_at_the_own_telephone_waits_shorter_and_alone(sqlite_office: Office) -> None:
    device = welcome(sqlite_office).device
    for _ in range(DEVICE_LIMIT.free):
        assert fail(sqlite_office, device=device) is None
    assert fail(sqlite_office, device=device) == MORNING + DEVICE_LIMIT.first
    assert come(sqlite_office).user == BAO
    assert come(sqlite_office, device=device, at=MORNING + MINUTE).user == BAO
    assert fail(sqlite_office, device=device, at=MORNING + MINUTE) is None


def test_whoever_gets_in_takes_back_only_the_own_try(sqlite_office: Office) -> None:
    """Else a guesser with an account of his own would begin anew between any two guesses."""
    welcome(sqlite_office)
    welcome(sqlite_office, XUAN, password=ANOTHER)
    for n in range(ADDRESS_LIMIT.free - 1):
        fail(sqlite_office, f"nguoi-{n}")
    for _ in range(3):
        come(sqlite_office, XUAN, ANOTHER)
    assert fail(sqlite_office, "nguoi-nua") is None
    assert fail(sqlite_office, "nguoi-nua") == MORNING + ADDRESS_LIMIT.first


def test_twenty_at_once_come_no_further_than_one_after_another(office: Office) -> None:
    welcome(office)
    office.database.close()
    answers = at_once(20, lambda n: fail(office, address=f"198.51.100.{n}"))
    assert answers.count(None) == STRANGER_LIMIT.free


def test_who_is_barred_costs_no_argon2(sqlite_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    welcome(sqlite_office)
    for _ in range(STRANGER_LIMIT.free):
        fail(sqlite_office)

    def costly(*_: object) -> bool:
        raise AssertionError

    monkeypatch.setattr(passwords, "verify_password", costly)
    for _ in range(200):
        assert fail(sqlite_office)


# --- device cookies -----------------------------------------------------------------------------------------


def test_a_machine_that_many_share_knows_them_all_and_forgets_who_came_longest_ago(
    sqlite_office: Office,
) -> None:
    vault, device = sqlite_office.vault, None
    people = [f"nguoi-{n}" for n in range(MAX_DEVICE_USERS + 1)]
    for one in people:
        device = trust_device(vault, device, one)
    assert [bool(find_trusted_device(vault, device, one)) for one in people] == [False] + [
        True
    ] * MAX_DEVICE_USERS
    assert len({find_trusted_device(vault, device, one) for one in people[1:]}) == 1
    assert trust_device(vault, device, people[3]).count("~") == MAX_DEVICE_USERS


@pytest.mark.parametrize(
    "device",
    [
        None,
        "",
        "~",
        "x" * 10_000,
        "A" * 22,
        "A" * 22 + "~" + "B" * 24,
        "\ud800",
        "A" * 22 + "~" + "B" * 23 + "é",
    ],
)
def test_a_device_cookie_made_by_hand_is_none(sqlite_office: Office, device: str | None) -> None:
    assert find_trusted_device(sqlite_office.vault, device, BAO) is None
    assert find_trusted_device(sqlite_office.vault, trust_device(sqlite_office.vault, device, BAO), BAO)


def test_ones_own_device_cookie_makes_nobody_trusted_at_somebody_elses_name(sqlite_office: Office) -> None:
    device = welcome(sqlite_office, XUAN, password=ANOTHER).device
    number, mark = device.split("~")
    assert find_trusted_device(sqlite_office.vault, device, BAO) is None
    assert find_trusted_device(sqlite_office.vault, f"{number}~{mark}", XUAN) == number


# --- what is kept of it -------------------------------------------------------------------------------------


def test_neither_names_nor_addresses_nor_what_was_typed_for_them_are_kept(sqlite_office: Office) -> None:
    fail(sqlite_office, SENTENCE, address="198.51.100.77")
    [*rows] = copied(sqlite_office)["tries"]
    assert len(rows) == 2
    kept = b" ".join(row["key"] for row in rows)
    assert SENTENCE.encode() not in kept
    assert b"198.51" not in kept


def test_tries_are_swept_out_once_they_are_forgotten(office: Office) -> None:
    for n in range(3):
        fail(office, f"nguoi-{n}")
    assert delete_expired(office, at=MORNING + DAY) == 0
    assert len(copied(office)["tries"]) == 4
    assert delete_expired(office, at=MORNING + DAY + HOUR) == 4
    assert copied(office)["tries"] == []


def test_allowances_never_run_out_of_bounds() -> None:
    assert STRANGER_LIMIT.compute_wait(10**9) == STRANGER_LIMIT.longest
    assert [DEVICE_LIMIT.compute_wait(n) for n in (0, 9, 10, 11)] == [0, 0, 30, 60]
    assert STRANGER_LIMIT.longest < rate_limit.FORGET_AFTER
