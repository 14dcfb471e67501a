"""Signing in: whoever knows the password is let in, and nobody else learns anything."""

import unicodedata
from datetime import date

import pytest

from tests.accounts.scene import ANOTHER, BAO, DAY, HOUR, MORNING, SENTENCE, XUAN, come, welcome
from tests.faults.by_hand import by_hand, copied
from tests.offices import HUYEN
from workflow.accounts import passwords
from workflow.accounts.rate_limit import TooManyTries
from workflow.accounts.sessions import find_active_session
from workflow.accounts.sign_in import (
    OnlyInASample,
    SignInRefused,
    change_password,
    enter_sample,
    issue_password,
)
from workflow.core.input import InvalidInput
from workflow.office import Office
from workflow.register.acts import EndUser
from workflow.register.commands.users import end_user
from workflow.register.errors import UnknownUser


def faults(caught: pytest.ExceptionInfo[InvalidInput]) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in caught.value.faults]


def test_who_set_a_password_by_the_first_link_signs_in_with_it_from_then_on(office: Office) -> None:
    welcome(office)
    bao = come(office)
    here = find_active_session(office, bao.token, at=MORNING)
    assert here is not None
    assert (here.user, here.must_change, here.sample_entry) == (BAO, False, False)
    assert int(here.made_at.timestamp()) == MORNING


@pytest.mark.parametrize("typed", ["Bithu", " bithu ", "BITHU"])
def test_a_telephone_that_begins_with_a_capital_makes_no_difference(
    sqlite_office: Office, typed: str
) -> None:
    welcome(sqlite_office)
    assert come(sqlite_office, typed).user == BAO


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
def test_it_makes_no_difference_how_a_keyboard_composes_its_letters(sqlite_office: Office, form: str) -> None:
    welcome(sqlite_office, password=SENTENCE)
    assert come(sqlite_office, password=unicodedata.normalize(form, SENTENCE)).user == BAO  # type: ignore[arg-type]


def test_the_password_is_kept_as_argon2id_with_the_memory_that_is_asked_for(office: Office) -> None:
    welcome(office)
    [account] = copied(office)["accounts"]
    assert account["password"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.DUMMY_HASH.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert len(passwords.DUMMY_HASH) == len(account["password"])


def test_strangers_are_told_the_same_whatever_is_wrong(office: Office) -> None:
    welcome(office)
    welcome(office, "huyen")
    end_user(office, EndUser(user="huyen", on=date(2024, 8, 8)), HUYEN)
    said = set()
    for user, password in (
        (BAO, "sai mật khẩu rồi"),
        ("huyen", SENTENCE),
        (XUAN, SENTENCE),
        ("khongai", SENTENCE),
    ):
        with pytest.raises(SignInRefused) as refused:
            come(office, user, password)
        said.add(str(refused.value))
    assert said == {""}


def test_and_it_takes_one_argon2_each_whatever_is_wrong(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    welcome(sqlite_office)
    tried = list[str]()
    real = passwords.get_hasher()

    class Counting:
        def verify(self, encoded: str, password: bytes) -> bool:
            tried.append(encoded)
            return real.verify(encoded, password)

    monkeypatch.setattr(passwords, "get_hasher", Counting)
    for user in (BAO, XUAN, "khongai"):
        with pytest.raises(SignInRefused):
            come(sqlite_office, user, "sai mật khẩu rồi")
    assert len(tried) == 3
    assert {encoded[:30] for encoded in tried} == {"$argon2id$v=19$m=19456,t=2,p=1"}


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("", ""),
        ("a" * 10_000, "x" * 10_000),
        ("bi\0thu", SENTENCE),
        (BAO, "\ud800\0"),
        ("' OR 1=1 --", "' OR 1=1 --"),
    ],
)
def test_hostile_names_and_passwords_are_refused_like_any_other(
    office: Office, user: str, password: str
) -> None:
    welcome(office)
    with pytest.raises(SignInRefused):
        come(office, user, password)


def test_an_account_row_written_by_hand_lets_nobody_in(office: Office) -> None:
    """Not even with a password that fits in another row: it is sealed with whose it is."""
    welcome(office, XUAN, password=ANOTHER)
    welcome(office, BAO)
    plain = passwords.get_hasher().hash(b"con ong hay dot")
    with by_hand(office) as hand:
        [xuans] = hand.rows("accounts", user_id=XUAN)
        hand.set("accounts", {"user_id": BAO}, password=xuans["password"])
    with pytest.raises(SignInRefused):
        come(office, BAO, ANOTHER)
    with by_hand(office) as hand:
        hand.set("accounts", {"user_id": BAO}, password=plain)
    with pytest.raises(SignInRefused):
        come(office, BAO, "con ong hay dot")


def test_a_password_kept_with_less_memory_is_kept_anew_when_it_is_used(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from argon2 import PasswordHasher

    with monkeypatch.context() as earlier:
        earlier.setattr(
            passwords, "get_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
        )
        welcome(sqlite_office)
    assert "m=8192,t=1" in copied(sqlite_office)["accounts"][0]["password"]
    come(sqlite_office)
    assert "m=19456,t=2" in copied(sqlite_office)["accounts"][0]["password"]
    come(sqlite_office)


# --- a password that was given ------------------------------------------------------------------------------


def test_a_given_password_lets_in_only_to_be_changed_and_only_for_a_week(office: Office) -> None:
    given = issue_password(office, BAO, at=MORNING)
    bao = come(office, BAO, given, at=MORNING + 6 * DAY)
    assert bao.must_change
    here = find_active_session(office, bao.token, at=MORNING + 6 * DAY)
    assert here is not None
    assert here.must_change
    change_password(office, BAO, given, SENTENCE, keep=bao.token, at=MORNING + 6 * DAY)
    here = find_active_session(office, bao.token, at=MORNING + 6 * DAY)
    assert here is not None
    assert not here.must_change
    assert not come(office, at=MORNING + 8 * DAY).must_change


def test_a_given_password_that_lay_about_for_a_week_is_none_any_more(sqlite_office: Office) -> None:
    given = issue_password(sqlite_office, BAO, at=MORNING)
    with pytest.raises(SignInRefused):
        come(sqlite_office, BAO, given, at=MORNING + 7 * DAY)


def test_nobody_is_given_a_password_who_does_not_act(sqlite_office: Office) -> None:
    with pytest.raises(UnknownUser):
        issue_password(sqlite_office, "khongai")


# --- changing it --------------------------------------------------------------------------------------------


def test_who_changes_the_password_stays_and_is_signed_out_everywhere_else(office: Office) -> None:
    at_home, on_the_bus = welcome(office), come(office)
    change_password(office, BAO, SENTENCE, ANOTHER, keep=at_home.token, at=MORNING)
    assert find_active_session(office, at_home.token, at=MORNING) is not None
    assert find_active_session(office, on_the_bus.token, at=MORNING) is None
    with pytest.raises(SignInRefused):
        come(office, password=SENTENCE)
    assert come(office, password=ANOTHER).user == BAO


def test_all_that_is_wrong_with_a_change_is_told_at_once(sqlite_office: Office) -> None:
    bao = welcome(sqlite_office)
    with pytest.raises(InvalidInput) as caught:
        change_password(sqlite_office, BAO, "không phải", "bithu", keep=bao.token, at=MORNING)
    assert faults(caught) == [
        ("old", "wrong_password"),
        ("password", "too_short"),
        ("password", "holds_user"),
    ]
    with pytest.raises(InvalidInput) as caught:
        change_password(sqlite_office, BAO, SENTENCE, SENTENCE, keep=bao.token, at=MORNING)
    assert faults(caught) == [("password", "same_password")]
    assert find_active_session(sqlite_office, bao.token, at=MORNING) is not None


def test_who_found_an_open_session_may_not_guess_the_old_password_for_ever(sqlite_office: Office) -> None:
    welcome(sqlite_office)
    for n in range(10):
        with pytest.raises(InvalidInput):
            change_password(sqlite_office, BAO, f"đoán lần thứ {n}", ANOTHER, at=MORNING)
    with pytest.raises(TooManyTries):
        change_password(sqlite_office, BAO, SENTENCE, ANOTHER, at=MORNING)
    change_password(sqlite_office, BAO, SENTENCE, ANOTHER, at=MORNING + HOUR)


# --- which passwords are taken ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("ngắn quá", ["too_short"]),
        ("x" * 201, ["too_long"]),
        ("matkhau123", ["too_common"]),
        ("Mật khẩu của tôi", ["too_common"]),
        ("0123456789", ["too_common"]),
        ("PASSWORD2024", ["too_common"]),
        ("aaaaaaaaaaaa", ["too_common"]),
        ("121212121212", ["too_common"]),
        ("tôi là Bí Thư xã", ["holds_user"]),
        ("bithu-bai-moi-2024", ["holds_user"]),
        ("có dấu \0 lạ ở giữa", ["control_characters"]),
        ("con trâu đi trước", []),
        ("0912 345 678", []),
        ("correct horse battery staple", []),
        ("mùa xuân nho nhỏ" * 10, []),
        ("🌾🐃🌞🏡 lúa chín", []),
    ],
)
def test_long_rather_than_odd_and_nothing_that_everybody_thinks_of(password: str, codes: list[str]) -> None:
    assert [fault.code for fault in passwords.find_faults("bithu", password, "password")] == codes


def test_an_id_of_two_letters_bars_no_password() -> None:
    assert passwords.find_faults("xa", "đường xa ướt mưa", "password") == []


def test_a_given_password_is_one_that_is_taken_and_no_two_are_alike() -> None:
    given = [passwords.generate_password() for _ in range(200)]
    assert len(set(given)) == 200
    assert [one for one in given if passwords.find_faults(BAO, one, "password")] == []


# --- sample offices -----------------------------------------------------------------------------------------


def test_a_sample_office_is_entered_by_a_click(office: Office) -> None:
    bao = enter_sample(office, BAO, at=MORNING)
    here = find_active_session(office, bao.token, at=MORNING)
    assert here is not None
    assert (here.user, here.sample_entry, here.must_change) == (BAO, True, False)
    with pytest.raises(UnknownUser):
        enter_sample(office, "khongai")


def test_a_real_office_is_not(office: Office) -> None:
    with by_hand(office) as hand:
        hand.set("office", {}, sample=None, today=None)
    with pytest.raises(OnlyInASample):
        enter_sample(office, BAO)
