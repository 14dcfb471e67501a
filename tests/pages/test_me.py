"""Everybody's own page: sessions, tokens, the letters one gets, the language."""

import re

import pytest
from fastapi import FastAPI

from tests.pages.guests import Guest, guest, words
from tests.pages.test_letters import form_with, press
from workflow.accounts.api_tokens import create_token, find_token_user, list_tokens
from workflow.accounts.one_time_links import create_link
from workflow.accounts.sessions import end_sessions, list_sessions
from workflow.office import Office

SECRETARY = "bithu.ao-truc"
PASSWORD = "đường về thôn Ao Trúc"  # noqa: S105 - of nobody


@pytest.fixture
def secretary(app: FastAPI) -> Guest:
    """The secretary of Ao Trúc."""
    return guest(app).enter(SECRETARY)


@pytest.mark.parametrize("user", [SECRETARY, "canbo.hai-luu", "vanphong.huyen", "tochuc.huyen"])
def test_everybody_has_a_page_of_ones_own(app: FastAPI, user: str) -> None:
    page = words(guest(app).enter(user).get("/me"))
    assert user in page
    assert "Đang đăng nhập ở" in page


def test_a_secretary_without_an_address_is_told_whom_to_ask(app: FastAPI, secretary: Guest) -> None:
    assert "Chưa có địa chỉ thư dùng được." in words(secretary.get("/me"))
    assert "Thư gửi tới vanphong.huyen@song-lo.example." in words(
        guest(app).enter("vanphong.huyen").get("/me")
    )


def test_a_token_is_shown_once_and_acts_for_its_user_until_it_is_ended(
    secretary: Guest, office: Office
) -> None:
    page = secretary.done("/me", {"do": "token", "name": "  bảng   tính "}, form=token_form(secretary))
    found = re.search(r"<code>(ketnap_[\w-]+)</code>", page)
    assert found
    assert "bảng tính" in page
    assert find_token_user(office, found[1]) == SECRETARY
    assert found[1] not in secretary.get("/me"), "loaded again, the page shows it no more"
    press(secretary, "/me", "end_token")
    assert find_token_user(office, found[1]) is None


def token_form(who: Guest) -> list[tuple[str, str]]:
    return form_with(who.get("/me"), "token")


def test_a_double_tap_makes_one_token(secretary: Guest, office: Office) -> None:
    form = token_form(secretary)
    for _ in range(2):
        secretary.send("/me", {"do": "token", "name": "bảng tính"}, form=form)
    (held,) = list_tokens(office, SECRETARY)
    found = re.search(r"<code>(ketnap_[\w-]+)</code>", secretary.get("/me"))
    assert found
    assert find_token_user(office, found[1]) == SECRETARY
    assert held.name == "bảng tính"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_token_without_a_fit_name_is_not_made_and_the_name_stays(
    secretary: Guest, office: Office, name: str
) -> None:
    answer = secretary.send("/me", {"do": "token", "name": name}, form=token_form(secretary))
    assert answer.status_code == 422
    assert 'id="fault-name-1"' in answer.text
    assert f'name="name" value="{name}"' in answer.text
    assert list_tokens(office, SECRETARY) == []


def test_other_devices_are_signed_out_and_this_one_stays(app: FastAPI, secretary: Guest) -> None:
    others = [guest(app).enter(SECRETARY) for _ in range(2)]
    assert "Đã thoát các máy ấy." in words(press(secretary, "/me", "end_sessions"))
    assert all(one.client.get("/", follow_redirects=False).status_code == 303 for one in others)


def test_signing_this_device_out_leads_to_the_door(secretary: Guest, office: Office) -> None:
    form = form_with(secretary.get("/me"), "end_session")
    answer = secretary.send("/me", {"do": "end_session"}, form=form)
    assert answer.status_code == 303
    assert secretary.client.get("/me", follow_redirects=False).headers["location"] == "/sign-in?next=/me"
    assert list_sessions(office, SECRETARY) == []


def test_nobody_ends_somebody_elses_session_or_token_here(
    app: FastAPI, secretary: Guest, office: Office
) -> None:
    guest(app).enter("bithu.ben-mo")
    create_token(office, "bithu.ben-mo", "của người khác")
    session, token = (
        list_sessions(office, "bithu.ben-mo")[0].id,
        list_tokens(office, "bithu.ben-mo")[0].token,
    )
    form = token_form(secretary)
    for typed in ({"do": "end_session", "of": session}, {"do": "end_token", "of": token}):
        assert secretary.send("/me", typed, form=form).status_code == 404
    assert secretary.send("/me", {"do": "nothing"}, form=form).status_code == 422
    assert secretary.send("/me", {"do": "token", "name": "x", "csrf": "wrong"}, form=form).status_code == 403
    assert list_sessions(office, "bithu.ben-mo")
    assert list_tokens(office, "bithu.ben-mo")


def test_the_name_typed_when_the_session_ended_is_there_after_signing_in(
    app: FastAPI, office: Office
) -> None:
    who = guest(app)
    path = f"/link/{create_link(office, SECRETARY, 'vanphong.huyen', 'first')}"
    assert who.send(path, {"password": PASSWORD, "again": PASSWORD}).status_code == 303
    form = token_form(who)
    end_sessions(office, SECRETARY)
    asked = who.send("/me", {"do": "token", "name": "bảng tính"}, form=form)
    assert asked.status_code == 401
    fields = {
        "user": SECRETARY,
        "password": PASSWORD,
        "next": "/me",
        "kept:name": "bảng tính",
        "kept:do": "token",
    }
    assert who.client.post("/sign-in", data=fields, follow_redirects=False).headers["location"] == "/me"
    assert 'name="name" value="bảng tính"' in who.get("/me")
    assert list_tokens(office, SECRETARY) == []


def test_the_page_is_read_in_english_once_that_is_chosen(secretary: Guest) -> None:
    answer = secretary.client.post("/language/en", data={"next": "/me"}, follow_redirects=False)
    assert answer.headers["location"] == "/me"
    assert "Signed in on" in words(secretary.get("/me"))
