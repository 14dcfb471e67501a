"""Coming in: passwords, one-time links, sessions that end, what was typed when one did."""

from datetime import timedelta
from time import monotonic

import pytest
from fastapi import FastAPI

from tests.faults.by_hand import by_hand
from tests.pages.guests import Forms, Guest, guest, words
from workflow.accounts.form_submissions import take_draft
from workflow.accounts.one_time_links import create_link
from workflow.accounts.sessions import end_sessions, find_active_session, list_sessions
from workflow.cases.views.history import load_history
from workflow.core.clock import now
from workflow.office import Office
from workflow.storage.write_lock import BUSY_SECONDS

SECRETARY, CASE = "bithu.ao-truc", "K9AFNC5B"
PASSWORD = "đường về thôn Ao Trúc"  # noqa: S105 - of nobody


def with_password(app: FastAPI, office: Office) -> Guest:
    """The secretary, who has chosen a password by a one-time link and is signed in by it."""
    who = guest(app)
    path = f"/link/{create_link(office, SECRETARY, 'vanphong.huyen', 'first')}"
    assert who.send(path, {"password": PASSWORD, "again": PASSWORD}).status_code == 303
    return who


def sign_in(who: Guest, password: str, user: str = SECRETARY) -> int:
    return who.send("/sign-in", {"user": user, "password": password}).status_code


def test_a_one_time_link_sets_the_first_password_once_and_lets_in(app: FastAPI, office: Office) -> None:
    who = guest(app)
    path = f"/link/{create_link(office, SECRETARY, 'vanphong.huyen', 'first')}"
    assert SECRETARY in words(who.get(path))
    assert who.send(path, {"password": PASSWORD, "again": PASSWORD + "x"}).status_code == 422
    assert who.send(path, {"password": "123", "again": "123"}).status_code == 422
    form = who.form(path)
    assert who.send(path, {"password": PASSWORD, "again": PASSWORD}, form=form).headers["location"] == "/"
    assert "Lưu Văn Khải" in who.get("/")
    assert "không còn dùng được" in words(who.get(path, status=404))
    assert sign_in(guest(app), PASSWORD) == 303


def test_a_wrong_name_and_a_wrong_password_are_told_alike(app: FastAPI, office: Office) -> None:
    with_password(app, office)
    answers = [
        guest(app).send("/sign-in", {"user": user, "password": "sai"}) for user in (SECRETARY, "khong.co.ai")
    ]
    assert [one.status_code for one in answers] == [401, 401]
    one, other = (words(answer.text) for answer in answers)
    assert one == other


def test_strangers_are_slowed_and_the_secretarys_own_phone_is_not(app: FastAPI, office: Office) -> None:
    own = with_password(app, office)
    stranger = guest(app)
    codes = [sign_in(stranger, "sai rồi") for _ in range(30)]
    assert codes[-1] == 429
    assert "thử sai nhiều lần" in words(
        stranger.send("/sign-in", {"user": SECRETARY, "password": PASSWORD}).text
    )
    own.send("/sign-out", {}, form=[("csrf", dict(Forms(own.get("/")).forms[0][1])["csrf"])])
    assert sign_in(own, PASSWORD) == 303


def test_whoever_signs_out_is_out_and_nothing_typed_stays_on_the_phone(app: FastAPI, office: Office) -> None:
    who = with_password(app, office)
    token = who.client.cookies["ketnap"]
    answer = who.send("/sign-out", {}, form=[("csrf", dict(Forms(who.get("/")).forms[0][1])["csrf"])])
    assert answer.headers["clear-site-data"] == '"storage"'
    assert find_active_session(office, token) is None
    assert who.client.get("/", follow_redirects=False).headers["location"].startswith("/sign-in")


def test_a_session_that_ends_while_typing_loses_nothing(app: FastAPI, office: Office) -> None:
    who, path = with_password(app, office), f"/case/{CASE}/do/suspend"
    form = who.form(path)
    end_sessions(office, SECRETARY)
    typed = {"on": "09/08/2022", "reason": "đi làm xa <quê>", "review_on": "01/12/2022"}
    answer = who.send(path, typed, form=form)
    assert answer.status_code == 401
    assert "vẫn được giữ" in words(answer.text)
    held = dict(next(fields for action, fields in Forms(answer.text).forms if action == "/sign-in"))
    back = who.client.post(
        "/sign-in", data={**held, "user": SECRETARY, "password": PASSWORD}, follow_redirects=False
    )
    assert back.headers["location"] == path
    assert len(load_history(office, CASE, "vi")) == 1
    page = who.get(path)
    assert "đi làm xa &lt;quê&gt;" in page
    assert 'value="01/12/2022"' in page


def test_changing_the_password_ends_the_sessions_of_other_machines(app: FastAPI, office: Office) -> None:
    one = with_password(app, office)
    other = guest(app)
    assert sign_in(other, PASSWORD) == 303
    new = "một câu khác dài hơn"
    wrong = one.send("/password", {"old": "không phải", "password": new, "again": new})
    assert wrong.status_code == 422
    assert one.send("/password", {"old": PASSWORD, "password": new, "again": new}).status_code == 303
    one.get("/")
    assert other.client.get("/", follow_redirects=False).status_code == 303


def test_a_changed_password_that_is_sent_twice_is_changed_once(app: FastAPI, office: Office) -> None:
    who, new = with_password(app, office), "một câu khác dài hơn"
    form, typed = who.form("/password"), {"old": PASSWORD, "password": new, "again": new}
    answers = [who.send("/password", typed, form=form) for _ in range(2)]
    assert [(one.status_code, one.headers["location"]) for one in answers] == [
        (303, "/?said=password_changed")
    ] * 2


def test_a_session_that_ends_gives_no_password_back(app: FastAPI, office: Office) -> None:
    who, new = with_password(app, office), "một câu khác dài hơn"
    form = who.form("/password")
    end_sessions(office, SECRETARY)
    answer = who.send("/password", {"old": PASSWORD, "password": new, "again": new}, form=form)
    assert answer.status_code == 401
    assert PASSWORD not in answer.text
    assert new not in answer.text
    by_hand = {
        "user": SECRETARY,
        "password": PASSWORD,
        "next": "/me",
        "kept:password": new,
        "kept:again": new,
    }
    assert who.send("/sign-in", by_hand).status_code == 303
    assert take_draft(office, SECRETARY, "/me") is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://ketnap.test"}, 303),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 303),
    ],
)
def test_nobody_is_signed_in_by_a_page_of_another_site(
    app: FastAPI, office: Office, headers: dict[str, str], status: int
) -> None:
    with_password(app, office)
    typed = {"user": SECRETARY, "password": PASSWORD}
    host = {"host": "ketnap.test"}
    answer = guest(app).client.post("/sign-in", data=typed, headers=host | headers, follow_redirects=False)
    assert answer.status_code == status


def test_pages_are_read_while_somebody_writes(app: FastAPI, office: Office) -> None:
    """When somebody was here last is written beside the pages: the page that finds it old waits for
    nobody.
    """
    who = with_password(app, office)
    with by_hand(office) as hand:
        hand.set("sessions", {}, seen_at=int(now().timestamp()) - 3600)
    with office.database.transaction():
        began = monotonic()
        assert "Lưu Văn Khải" in who.get("/")
        assert monotonic() - began < BUSY_SECONDS
    app.state.ketnap.access_log.flush()
    [session] = list_sessions(office, SECRETARY)
    assert now() - session.seen_at < timedelta(minutes=1)


@pytest.mark.parametrize(
    "back",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "//[",
    ],
)
def test_the_door_leads_to_no_other_site(app: FastAPI, office: Office, back: str) -> None:
    with_password(app, office)
    who = guest(app)
    answer = who.send("/sign-in", {"user": SECRETARY, "password": PASSWORD, "next": back})
    assert answer.headers["location"] == "/"


def test_a_sample_is_entered_by_a_click_and_a_real_office_is_not(app: FastAPI) -> None:
    assert guest(app).enter(SECRETARY).get("/")
    app.state.ketnap.sample = None
    assert guest(app).client.post(f"/enter/{SECRETARY}", follow_redirects=False).status_code == 404
    assert "/enter/" not in guest(app).get("/sign-in")


def test_cookies_are_for_the_server_alone(app: FastAPI) -> None:
    answer = guest(app).client.post(f"/enter/{SECRETARY}", follow_redirects=False)
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 2
    assert all("HttpOnly" in one and "SameSite=lax" in one for one in cookies)


def test_the_pages_speak_english_to_whoever_chooses_it(app: FastAPI) -> None:
    who = guest(app).enter(SECRETARY)
    assert (
        who.client.post("/language/en", data={"next": "/"}, follow_redirects=False).headers["location"] == "/"
    )
    assert "My work" in words(who.get("/"))
    assert 'lang="en"' in who.get(f"/case/{CASE}")
