"""Letters on pages: what will be told, what was, what is stuck; sent again or no more; a deadline put off."""

import re
from datetime import date

import pytest
from fastapi import FastAPI

from tests.pages.guests import Fields, Forms, Guest, guest, words
from workflow.accounts.access_log import list_accesses
from workflow.office import Office
from workflow.operations.time_machine import move_clock
from workflow.reminders.daily_run import DailyRun
from workflow.reminders.history import list_notice_history, list_snoozes
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.outbox import list_letters
from workflow.web.pages.letters import letter_pages

OFFICER, SECRETARY, BRANCH = "canbo.hai-luu", "bithu.ao-truc", "bithu.bai-moi"
CASE = "K7Q2M4TX"
"""Of Thôn Bãi Mới, commune Đồng Thịnh."""


def morning(office: Office) -> None:
    """The letters of 10 August 2022 lie in the outbox."""
    move_clock(office, 1)
    DailyRun(office).run_morning()


def letter_to(office: Office, user: str, state: str = "waiting") -> str:
    return list_letters(office, states=[state], users=[user])[0].row.letter


def stick(office: Office, letter: str) -> None:
    """The server would not have it."""
    with office.database.transaction() as work:
        said = "550 5.1.1 <script>không có hộp thư này"
        assert outbox_queries.update_letter(
            work, letter, ("waiting",), state="stuck", tries=1, code=550, said=said
        )


def form_with(page: str, button: str) -> Fields:
    """The form in which a button stands."""
    found = [text for text in re.findall(r"<form .*?</form>", page, re.DOTALL) if f'value="{button}"' in text]
    assert found, words(page)[:500]
    return Forms(found[0]).forms[0][1]


def press(who: Guest, path: str, button: str, **more: str) -> str:
    """Press a button of a page; the page that it leads to."""
    answer = who.send(path, {"do": button, **more}, form=form_with(who.get(path), button))
    assert answer.status_code == 303, words(answer.text)[:1000]
    return who.get(answer.headers["location"])


# --- what will be told --------------------------------------------------------------------------------------


def test_the_district_sees_what_will_be_told_in_a_month_to_whom_and_why(district: Guest) -> None:
    page = words(district.get("/letters"))
    assert "Sẽ nhắc trong 30 ngày tới" in page
    assert "98 việc nhắc" in page
    assert "10/08/2022 Khổng Văn Lạng, Thôn Bãi Mới Chi bộ xét kết nạp" in page
    assert "Tạ Hữu Kha bithu.ao-truc qua Dương Công Thìn canbo.quang-yen" in page


def test_a_commune_sees_what_its_own_people_will_be_told(app: FastAPI) -> None:
    page = words(guest(app).enter(OFFICER).get("/letters"))
    assert "canbo.hai-luu" in page
    assert "bithu.bai-moi" not in page
    assert "Khổng Văn Lạng" not in page


def test_a_branch_secretary_has_no_page_of_letters(app: FastAPI) -> None:
    guest(app).enter(SECRETARY).get("/letters", status=404)


def test_of_one_person_below_alone_and_of_nobody_elsewhere(app: FastAPI, district: Guest) -> None:
    page = words(district.get(f"/letters?user={BRANCH}"))
    assert "Thư của: " in page
    assert "6 việc nhắc" in page
    officer = guest(app).enter(OFFICER)
    for user in (BRANCH, "vanphong.huyen", "khong.co"):
        officer.get(f"/letters?user={user}", status=404)


def test_the_list_in_parts_holds_every_notice_once(district: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letter_pages, "PER_PAGE", 30)
    rows = [district.get(f"/letters?at={at}").count('<tr><th scope="row">') for at in (0, 30, 60, 90)]
    assert rows == [30, 30, 30, 8]


def test_what_is_planned_is_not_worked_out_again_for_every_reader(app: FastAPI, district: Guest) -> None:
    district.get("/letters")
    first = app.state.ketnap.jobs.letter_plan.outcome
    guest(app).enter(OFFICER).get("/letters")
    assert app.state.ketnap.jobs.letter_plan.outcome is first


@pytest.mark.parametrize("asked", ["show=all", "at=-1", "at=x", "user=" + "x" * 101])
def test_nonsense_in_the_address_is_told_as_such(district: Guest, asked: str) -> None:
    district.get(f"/letters?{asked}", status=422)


# --- what was told ------------------------------------------------------------------------------------------


def test_every_number_opens_a_list_of_as_many(district: Guest, office: Office) -> None:
    morning(office)
    stick(office, letter_to(office, BRANCH))
    page = district.get("/letters?show=waiting")
    tabs = re.findall(r'<a href="(/letters\?show=\w+)"[^>]*><b>(\d+)</b>', page)
    assert len(tabs) == 5
    assert dict(tabs)["/letters?show=stuck"] == "1"
    for path, count in tabs:
        assert f"{count} thư" in words(district.get(path))
        assert district.get(path).count('<tr><th scope="row">') == int(count)


def test_a_stuck_letter_shows_what_the_server_said_and_is_sent_again(district: Guest, office: Office) -> None:
    morning(office)
    letter = letter_to(office, BRANCH)
    stick(office, letter)
    page = district.get("/letters?show=stuck")
    assert "Máy chủ thư trả lời: 550 5.1.1 <script>không có hộp thư này" in words(page)
    assert "<script>không" not in page
    assert "Thư sẽ được gửi trong ít phút." in words(press(district, f"/letters/{letter}", "retry"))
    assert letter_to(office, BRANCH) == letter


def test_a_letter_is_shown_as_its_reader_sees_it_and_the_look_is_logged(
    app: FastAPI, district: Guest, office: Office
) -> None:
    morning(office)
    letter = letter_to(office, BRANCH)
    page = words(district.get(f"/letters/{letter.lower()}"))
    assert CASE in page
    app.state.ketnap.access_log.flush()
    assert (letter, "letter") in {
        (one.subject, one.what) for one in list_accesses(office, user="vanphong.huyen").looks
    }


def test_everybody_reads_the_own_letter_and_nobody_anothers(app: FastAPI, office: Office) -> None:
    morning(office)
    letter, other = letter_to(office, BRANCH), letter_to(office, "canbo.dong-thinh")
    secretary = guest(app).enter(BRANCH)
    assert "Gửi ngay" not in secretary.get(f"/letters/{letter}"), "a letter is taken in hand from above"
    assert letter in secretary.get("/me")
    form = secretary.form("/me")
    assert secretary.send(f"/letters/{letter}", {"do": "cancel"}, form=form).status_code == 404
    assert letter_to(office, BRANCH) == letter
    for path in (f"/letters/{other}", "/letters/LNONE", "/letters/%F0%9F%98%80"):
        secretary.get(path, status=404)


def test_a_letter_that_was_sent_meanwhile_is_not_cancelled_any_more(district: Guest, office: Office) -> None:
    morning(office)
    letter = letter_to(office, BRANCH)
    form = form_with(district.get(f"/letters/{letter}"), "cancel")
    with office.database.transaction() as work:
        outbox_queries.update_letter(work, letter, ("waiting",), state="sent")
    answer = district.send(f"/letters/{letter}", {"do": "cancel"}, form=form)
    assert answer.status_code == 409
    assert f"Thư {letter} không hủy được nữa: đã gửi." in words(answer.text)


def test_a_double_tap_cancels_once_and_says_so_once(district: Guest, office: Office) -> None:
    morning(office)
    letter = letter_to(office, BRANCH)
    form = form_with(district.get(f"/letters/{letter}"), "cancel")
    answers = [district.send(f"/letters/{letter}", {"do": "cancel"}, form=form) for _ in range(2)]
    assert [one.headers["location"] for one in answers] == [f"/letters/{letter}?said=letter_cancel"] * 2
    assert "Đã hủy" in words(district.get("/letters?show=cancelled"))


def test_a_button_that_no_page_has_and_a_form_of_another_session_do_nothing(
    app: FastAPI, district: Guest, office: Office
) -> None:
    morning(office)
    letter = letter_to(office, BRANCH)
    form = form_with(district.get(f"/letters/{letter}"), "cancel")
    assert district.send(f"/letters/{letter}", {"do": "burn"}, form=form).status_code == 422
    staff = guest(app).enter("tochuc.huyen")
    assert staff.send(f"/letters/{letter}", {"do": "cancel"}, form=form).status_code == 403
    assert letter_to(office, BRANCH) == letter


# --- putting off --------------------------------------------------------------------------------------------


def notice_of(office: Office, user: str = BRANCH) -> int:
    """What a user was told of the case."""
    return int(next(one.id for one in list_notice_history(office, CASE, "vi") if one.user == user))


def test_a_secretary_puts_off_what_the_case_page_shows(app: FastAPI, office: Office) -> None:
    morning(office)
    secretary = guest(app).enter(BRANCH)
    page = secretary.get(f"/case/{CASE}")
    path = f"/notice/{notice_of(office)}/snooze"
    assert f'href="{path}"' in page
    assert "Chi bộ xét kết nạp" in words(secretary.get(path))
    page = secretary.done(path, {"until": "1 9 2022", "reason": "Chờ họp chi bộ mở rộng"})
    assert "Đã hoãn nhắc. Lý do đã ghi vào nhật ký." in words(page)
    assert "Lý do: Chờ họp chi bộ mở rộng" in words(page)
    (held,) = list_snoozes(office, CASE, "vi")
    assert (held.until, held.by, held.typed) == (date(2022, 9, 1), BRANCH, BRANCH)
    assert "Chờ họp chi bộ mở rộng" in words(secretary.get(f"/case/{CASE}")), (
        "the kept page is another one now"
    )


def test_an_officer_puts_off_for_the_secretary_who_telephones(district: Guest, office: Office) -> None:
    morning(office)
    path = f"/notice/{notice_of(office)}/snooze"
    district.done(path, {"until": "01/09/2022", "reason": "Đồng chí bí thư nhờ", "by": BRANCH})
    (held,) = list_snoozes(office, CASE, "vi")
    assert (held.by, held.typed) == (BRANCH, "vanphong.huyen")


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        ({"until": "", "reason": ""}, ["until", "reason"]),
        ({"until": "31/02/2023", "reason": " "}, ["until", "reason"]),
        ({"until": "10/08/2022", "reason": "Hôm nay"}, ["until"]),
        ({"until": "01/09/2022", "reason": "x" * 20_001}, ["reason"]),
    ],
)
def test_what_makes_no_sense_is_told_beside_its_box_and_what_was_typed_stays(
    app: FastAPI, office: Office, typed: dict[str, str], faults: list[str]
) -> None:
    morning(office)
    secretary = guest(app).enter(BRANCH)
    answer = secretary.send(f"/notice/{notice_of(office)}/snooze", typed)
    assert answer.status_code == 422
    assert re.findall(r'id="fault-(\w+)-1"', answer.text) == faults
    assert f'value="{typed["until"]}"' in answer.text
    assert f">{typed['reason']}</textarea>" in answer.text
    assert list_snoozes(office, CASE, "vi") == []


def test_another_units_notice_and_none_at_all_are_not_there(app: FastAPI, office: Office) -> None:
    morning(office)
    for user in (OFFICER, SECRETARY, "bithu.ben-mo"):
        guest(app).enter(user).get(f"/notice/{notice_of(office)}/snooze", status=404)
    for path in ("/notice/0/snooze", "/notice/-1/snooze", "/notice/99999999999999999999/snooze"):
        guest(app).enter(BRANCH).get(path, status=404)
    guest(app).enter(BRANCH).get("/notice/x/snooze", status=422)


def test_nobody_puts_off_in_the_name_of_somebody_who_was_not_told(app: FastAPI, office: Office) -> None:
    morning(office)
    secretary = guest(app).enter(BRANCH)
    path = f"/notice/{notice_of(office)}/snooze"
    typed = {"until": "01/09/2022", "reason": "Bận", "by": "vanphong.huyen"}
    assert secretary.send(path, typed).status_code == 404
    assert list_snoozes(office, CASE, "vi") == []


# --- the heartbeat ------------------------------------------------------------------------------------------


def test_the_foot_of_every_page_says_how_the_reminders_are(
    app: FastAPI, district: Guest, office: Office
) -> None:
    assert "Chưa nhắc việc lần nào." in words(district.get("/"))
    morning(office)
    app.state.ketnap.reminders.refresh()
    assert "Việc nhắc vẫn chạy đều." in words(district.get("/board"))
    stick(office, letter_to(office, BRANCH))
    officer, secretary = guest(app).enter(OFFICER), guest(app).enter(SECRETARY)
    officer.get("/")
    app.state.ketnap.reminders.refresh()
    for path in ("/", "/letters", "/case/" + CASE):
        assert '<a href="/letters?show=stuck">1 thư mắc kẹt.</a>' in district.get(path), "kept pages too"
    assert "Việc nhắc cần người xem lại. Hãy báo cho huyện." in words(officer.get("/"))
    assert "mắc kẹt" not in words(officer.get("/"))
    assert "Việc nhắc cần người xem lại." in words(secretary.get("/"))


def test_a_sign_of_ours_that_somebody_types_stays_what_it_is(district: Guest) -> None:
    page = district.get("/cases?q=%EF%B7%91")
    assert page.count('class="pulse"') == 1
