"""One-time links: for the first password, and for one that was forgotten."""

import xml.etree.ElementTree as ET
from datetime import date

import pytest
import segno

from tests.accounts.scene import ANOTHER, BAO, DAY, MINUTE, MORNING, SENTENCE, XUAN, at_once, come, welcome
from tests.faults.by_hand import by_hand, copied
from tests.offices import HUYEN
from workflow.accounts.cleanup import delete_expired
from workflow.accounts.one_time_links import (
    LINK_PATH,
    LinkSpent,
    create_link,
    draw_link_qr,
    find_link_user,
    use_link,
)
from workflow.accounts.sessions import NewSession, find_active_session
from workflow.accounts.sign_in import SignInRefused
from workflow.core.input import InvalidInput
from workflow.office import Office
from workflow.register.acts import EndUser
from workflow.register.commands.users import end_user
from workflow.register.errors import UnknownUser


def test_a_link_sets_a_password_once(office: Office) -> None:
    link = create_link(office, BAO, XUAN, "first", at=MORNING)
    assert find_link_user(office, link, at=MORNING) == BAO
    use_link(office, link, SENTENCE, at=MORNING)
    assert find_link_user(office, link, at=MORNING) is None
    with pytest.raises(LinkSpent):
        use_link(office, link, ANOTHER, at=MORNING)
    assert come(office).user == BAO


def test_who_uses_it_is_in_and_the_telephone_is_known_from_now_on(office: Office) -> None:
    link = create_link(office, BAO, XUAN, "first", at=MORNING)
    bao = use_link(office, link, SENTENCE, address="203.0.113.7", agent="Điện thoại", at=MORNING)
    here = find_active_session(office, bao.token, at=MORNING)
    assert here is not None
    assert (here.user, here.must_change) == (BAO, False)


def test_of_ten_who_use_a_link_at_once_one_sets_the_password(office: Office) -> None:
    link = create_link(office, BAO, XUAN, "first", at=MORNING)

    def use(n: int) -> NewSession | None:
        try:
            return use_link(office, link, f"con trâu thứ {n} đi trước", at=MORNING)
        except LinkSpent:
            return None

    answers = at_once(10, use)
    [winner] = [n for n, answer in enumerate(answers) if answer]
    assert come(office, password=f"con trâu thứ {winner} đi trước").user == BAO
    assert len(copied(office)["sessions"]) == 2


def test_a_link_is_over_after_a_day(office: Office) -> None:
    link = create_link(office, BAO, XUAN, "first", at=MORNING)
    assert find_link_user(office, link, at=MORNING + DAY - 1) == BAO
    assert find_link_user(office, link, at=MORNING + DAY) is None
    with pytest.raises(LinkSpent):
        use_link(office, link, SENTENCE, at=MORNING + DAY)


def test_a_newer_link_voids_the_one_before(office: Office) -> None:
    first, second = (create_link(office, BAO, XUAN, "first", at=MORNING + n) for n in range(2))
    assert [find_link_user(office, link, at=MORNING) for link in (first, second)] == [None, BAO]


def test_of_ten_links_made_at_once_one_holds(office: Office) -> None:
    links = at_once(10, lambda _: create_link(office, BAO, XUAN, "first", at=MORNING))
    assert [find_link_user(office, link, at=MORNING) for link in links].count(BAO) == 1


def test_a_password_that_is_not_taken_spends_nothing(sqlite_office: Office) -> None:
    link = create_link(sqlite_office, BAO, XUAN, "first", at=MORNING)
    with pytest.raises(InvalidInput) as caught:
        use_link(sqlite_office, link, "matkhau123", at=MORNING)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("password", "too_common")]
    assert use_link(sqlite_office, link, SENTENCE, at=MORNING).user == BAO


def test_who_forgot_the_password_is_signed_out_everywhere_and_the_old_one_is_none(office: Office) -> None:
    before = welcome(office)
    use_link(office, create_link(office, BAO, XUAN, "forgotten", at=MORNING), ANOTHER, at=MORNING)
    assert find_active_session(office, before.token, at=MORNING) is None
    with pytest.raises(SignInRefused):
        come(office, password=SENTENCE)
    assert come(office, password=ANOTHER).user == BAO


def test_there_is_no_link_for_somebody_who_does_not_act(office: Office) -> None:
    link = create_link(office, BAO, XUAN, "first", at=MORNING)
    end_user(office, EndUser(user=BAO, on=date(2024, 8, 8)), HUYEN)
    assert find_link_user(office, link, at=MORNING) is None
    with pytest.raises(LinkSpent):
        use_link(office, link, SENTENCE, at=MORNING)
    for user in (BAO, "khongai"):
        with pytest.raises(UnknownUser):
            create_link(office, user, XUAN, "first", at=MORNING)


@pytest.mark.parametrize("said", [{"user_id": XUAN}, {"made_at": MORNING + DAY, "until": MORNING + 2 * DAY}])
def test_a_link_changed_by_hand_is_none(office: Office, said: dict[str, object]) -> None:
    link = create_link(office, BAO, XUAN, "first", at=MORNING)
    with by_hand(office) as hand:
        hand.set("links", {}, **said)
    assert find_link_user(office, link, at=MORNING) is None


@pytest.mark.parametrize("secret", ["", "x", "\0", "\ud800", "a" * 100_000])
def test_a_link_that_nobody_made_is_none(office: Office, secret: str) -> None:
    assert find_link_user(office, secret, at=MORNING) is None


def test_links_that_are_over_are_swept_out(sqlite_office: Office) -> None:
    create_link(sqlite_office, BAO, XUAN, "first", at=MORNING)
    assert delete_expired(sqlite_office, at=MORNING + DAY) == 0
    assert delete_expired(sqlite_office, at=MORNING + DAY + MINUTE) == 1


def test_a_link_is_drawn_for_a_telephone_as_one_small_picture_that_stretches(sqlite_office: Office) -> None:
    secret = create_link(sqlite_office, BAO, XUAN, "first", at=MORNING)
    url = "https://ketnap.song-lo.example" + LINK_PATH.format(secret=secret)
    drawn = draw_link_qr(url)
    picture = ET.fromstring(drawn)  # noqa: S314 - our own drawing
    size = segno.make(url, error="m", micro=False).symbol_size(border=4)[0]
    assert picture.attrib == {"viewBox": f"0 0 {size} {size}"}
    assert "style" not in drawn
    assert len(drawn) < 10_000
