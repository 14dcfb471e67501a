"""Administration: accounts of those below, one-time links, sessions, tokens, who looked at what."""

import re

import pytest
from fastapi import FastAPI

from tests.pages.guests import Guest, guest, words
from tests.pages.test_letters import form_with, press
from workflow.accounts.access_log import list_accesses
from workflow.accounts.api_tokens import create_token, find_token_user, list_tokens
from workflow.accounts.one_time_links import LinkSpent, find_link_user, use_link
from workflow.accounts.sessions import list_sessions
from workflow.accounts.sign_in import issue_password
from workflow.office import Office
from workflow.register.acts import EndUser
from workflow.register.commands.users import end_user
from workflow.register.writer import Who
from workflow.web.pages.admin import access_log, users_admin

OFFICER, BELOW, SECRETARY = "canbo.hai-luu", "bithu.ben-mo", "bithu.ao-truc"
PASSWORD = "một câu đủ dài"  # noqa: S105 - of nobody
CASE, ITS_CASE = "K9AFNC5B", "KEXQDWWT"
"""Of the secretary's village, and of the commune officer's."""


# --- accounts -----------------------------------------------------------------------------------------------


def test_a_branch_secretary_administers_nothing(app: FastAPI) -> None:
    for path in ("/admin", "/admin/looks", "/admin/office", f"/admin/user/{SECRETARY}"):
        guest(app).enter(SECRETARY).get(path, status=404)


def test_everybody_below_is_listed_with_the_account_and_nobody_else(app: FastAPI, district: Guest) -> None:
    page = words(district.get("/admin"))
    assert "41 người" in page
    assert "Tạ Hữu Kha bithu.ao-truc Bí thư chi bộ, Thôn Ao Trúc Chưa có mật khẩu" in page
    mine = words(guest(app).enter(OFFICER).get("/admin"))
    assert "bithu.ben-mo" in mine
    assert "bithu.ao-truc" not in mine
    assert "vanphong.huyen" not in mine


def test_every_number_opens_a_list_of_as_many(district: Guest, office: Office) -> None:
    issue_password(office, SECRETARY)
    page = district.get("/admin")
    tabs = re.findall(r'<li><a href="(/admin[^"]*)"[^>]*><b>(\d+)</b>', page)
    assert [count for _, count in tabs] == ["41", "40", "1", "0"]
    for path, count in tabs:
        assert f"{count} người" in words(district.get(path))


@pytest.mark.parametrize("typed", ["ta huu kha", "KHA", "bithu.ao-truc", "ao truc", "bí thư ao trúc"])
def test_somebody_is_found_with_marks_or_without(district: Guest, typed: str) -> None:
    page = words(district.get(f"/admin?q={typed}"))
    assert "1 người" in page
    assert "Tạ Hữu Kha" in page


def test_one_commune_alone_and_none_that_is_not_ones_own(app: FastAPI, district: Guest) -> None:
    assert "Triệu" in words(district.get("/admin?unit=hai-luu")) or "bithu.ben-mo" in district.get(
        "/admin?unit=hai-luu"
    )
    assert "bithu.ao-truc" not in district.get("/admin?unit=hai-luu")
    guest(app).enter(OFFICER).get("/admin?unit=quang-yen", status=404)


def test_the_list_in_parts_holds_everybody_once(district: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users_admin, "PER_PAGE", 15)
    users = [
        user
        for at in (0, 15, 30)
        for user in re.findall(
            r'<th scope="row"><a href="/admin/user/([\w.-]+)"', district.get(f"/admin?at={at}")
        )
    ]
    assert (len(users), len(set(users))) == (41, 41)


# --- one-time links -----------------------------------------------------------------------------------------


def test_a_link_is_shown_once_with_its_drawing_and_sets_the_password(app: FastAPI, office: Office) -> None:
    officer = guest(app).enter(OFFICER)
    page = press(officer, f"/admin/user/{BELOW}", "link")
    found = re.search(r"<code>(http://ketnap\.example(/link/[\w-]+))</code>", page)
    assert found
    assert "<svg" in page.split('class="qr"')[1]
    assert found[2] not in officer.get(f"/admin/user/{BELOW}"), "loaded again, the page shows it no more"
    assert guest(app).send(found[2], {"password": PASSWORD, "again": PASSWORD}).status_code == 303
    assert "Đã tự đặt mật khẩu" in words(officer.get(f"/admin/user/{BELOW}"))
    app.state.ketnap.access_log.flush()
    assert ("link", BELOW) in {(one.what, one.subject) for one in list_accesses(office, user=OFFICER).looks}


def test_a_link_leads_to_the_address_that_the_office_has_set(app: FastAPI, office: Office) -> None:
    mail = office.config.mail.model_copy(update={"link": "https://ketnap.huyen.example/"})
    office.config = office.config.model_copy(update={"mail": mail})
    page = press(guest(app).enter(OFFICER), f"/admin/user/{BELOW}", "link")
    assert "<code>https://ketnap.huyen.example/link/" in page


def test_a_double_tap_makes_one_link(district: Guest, office: Office) -> None:
    path = f"/admin/user/{SECRETARY}"
    form = form_with(district.get(path), "link")
    answers = [district.send(path, {"do": "link"}, form=form) for _ in range(2)]
    assert [one.headers["location"] for one in answers] == [f"{path}?said=link_made"] * 2
    found = re.search(r"/link/([\w-]+)</code>", district.get(path))
    assert found
    assert find_link_user(office, found[1]) == SECRETARY


def test_nobody_makes_a_link_for_somebody_above_elsewhere_unknown_or_for_themselves(
    app: FastAPI, office: Office
) -> None:
    officer = guest(app).enter(OFFICER)
    form = form_with(officer.get(f"/admin/user/{BELOW}"), "link")
    for user in ("vanphong.huyen", "tochuc.huyen", SECRETARY, "canbo.quang-yen", "khong.co"):
        officer.get(f"/admin/user/{user}", status=404)
        assert officer.send(f"/admin/user/{user}", {"do": "link"}, form=form).status_code == 404
    assert 'value="link"' not in officer.get(f"/admin/user/{OFFICER}")
    assert officer.send(f"/admin/user/{OFFICER}", {"do": "link"}, form=form).status_code == 422
    with pytest.raises(LinkSpent):
        use_link(office, "nothing", PASSWORD)


def test_a_form_of_another_session_makes_no_link(app: FastAPI, district: Guest) -> None:
    form = form_with(district.get(f"/admin/user/{BELOW}"), "link")
    officer = guest(app).enter(OFFICER)
    assert officer.send(f"/admin/user/{BELOW}", {"do": "link"}, form=form).status_code == 403
    assert "/link/" not in officer.get(f"/admin/user/{BELOW}")


def test_who_acts_no_longer_gets_no_link(district: Guest, office: Office) -> None:
    end_user(
        office, EndUser(user=SECRETARY, on=office.read_today().replace(day=1)), Who("vanphong.huyen", "test")
    )
    page = district.get(f"/admin/user/{SECRETARY}")
    assert "Không còn làm việc ở đây" in words(page)
    assert 'value="link"' not in page


# --- sessions and tokens ------------------------------------------------------------------------------------


def test_a_lost_telephone_is_signed_out_from_above(app: FastAPI, district: Guest) -> None:
    lost = guest(app).enter(SECRETARY)
    assert "1 máy đang đăng nhập" in words(district.get("/admin"))
    assert "Đã thoát máy ấy." in words(press(district, f"/admin/user/{SECRETARY}", "end_session"))
    assert lost.client.get("/", follow_redirects=False).headers["location"] == "/sign-in"


def test_all_telephones_of_somebody_are_signed_out_at_once(
    app: FastAPI, district: Guest, office: Office
) -> None:
    for _ in range(3):
        guest(app).enter(SECRETARY)
    press(district, f"/admin/user/{SECRETARY}", "end_sessions")
    assert list_sessions(office, SECRETARY) == []
    assert district.get("/admin")


def test_a_session_or_token_of_somebody_else_is_not_ended_under_another_name(
    app: FastAPI, district: Guest, office: Office
) -> None:
    guest(app).enter(SECRETARY)
    guest(app).enter(BELOW)
    create_token(office, SECRETARY, "bảng tính")
    session, token = list_sessions(office, SECRETARY)[0].id, list_tokens(office, SECRETARY)[0].token
    officer, path = guest(app).enter(OFFICER), f"/admin/user/{BELOW}"
    form = form_with(officer.get(path), "end_session")
    for button, of in (
        ("end_session", session),
        ("end_token", token),
        ("end_token", "AX"),
        ("end_session", ""),
    ):
        assert officer.send(path, {"do": button, "of": of}, form=form).status_code == 404
    assert list_sessions(office, SECRETARY)
    assert list_tokens(office, SECRETARY)
    assert "Đã thoát" in words(press(district, f"/admin/user/{SECRETARY}", "end_session"))


def test_a_token_that_nobody_uses_is_ended_from_above(district: Guest, office: Office) -> None:
    token = create_token(office, SECRETARY, "bảng tính <b>")
    page = district.get(f"/admin/user/{SECRETARY}")
    assert "bảng tính &lt;b&gt;" in page
    assert token not in page
    press(district, f"/admin/user/{SECRETARY}", "end_token")
    assert find_token_user(office, token) is None


# --- who looked at what -------------------------------------------------------------------------------------


def test_who_looked_at_a_case_is_told_by_name_and_kind_of_page(app: FastAPI, district: Guest) -> None:
    guest(app).enter(SECRETARY).get(f"/case/{CASE}")
    app.state.ketnap.access_log.flush()
    page = words(district.get(f"/admin/looks?case={CASE.lower()}"))
    assert "1 lần xem" in page
    assert "Tạ Hữu Kha bithu.ao-truc lượt xét Lưu Văn Khải, Thôn Ao Trúc" in page


def test_a_commune_sees_looks_at_its_own_cases_whoever_looked_and_no_others(
    app: FastAPI, district: Guest
) -> None:
    for path in (f"/case/{ITS_CASE}", f"/case/{CASE}", "/board"):
        district.get(path)
    guest(app).enter(SECRETARY).get(f"/case/{CASE}")
    app.state.ketnap.access_log.flush()
    officer = guest(app).enter(OFFICER)
    page = words(officer.get("/admin/looks"))
    assert "1 lần xem" in page
    assert "vanphong.huyen lượt xét Triệu Thị Nhài" in page
    assert SECRETARY not in page


def test_all_looks_of_somebody_below_and_none_of_somebody_who_is_not(app: FastAPI) -> None:
    guest(app).enter(BELOW).get("/")
    app.state.ketnap.access_log.flush()
    officer = guest(app).enter(OFFICER)
    assert "danh sách việc" in words(officer.get(f"/admin/looks?user={BELOW.upper()}"))
    for typed in ("vanphong.huyen", SECRETARY, "khong.co"):
        page = officer.get(f"/admin/looks?user={typed}", status=422)
        assert "Không có người dùng này ở nơi mình phụ trách." in words(page)
        assert f'value="{typed}"' in page
    page = officer.get(f"/admin/looks?case={CASE}", status=422)
    assert "Không có lượt xét mang mã này" in words(page)
    officer.get("/admin/looks?case=%3Cscript%3E", status=422)


def test_the_log_in_parts_holds_every_look_once(
    app: FastAPI, district: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_log, "PER_PAGE", 4)
    for _ in range(10):
        district.get("/rules")
        app.state.ketnap.access_log.log_access("vanphong.huyen", "case", CASE)
    app.state.ketnap.access_log.flush()
    counts = [district.get(f"/admin/looks?case={CASE}&at={at}").count('<th scope="row">') for at in (0, 4, 8)]
    assert counts == [4, 4, 2]
