"""One act for many cases: chosen by step, each judged by itself, what was done stays done."""

from typing import Any

import pytest
from fastapi import FastAPI

from tests.pages.guests import Guest, guest, words
from tests.pages.test_board import LINK
from workflow.cases.commands import advance
from workflow.cases.views.case_view import load_case_view
from workflow.cases.views.history import load_history
from workflow.core.input import parse_day
from workflow.office import Office
from workflow.operations.verify.verify import verify_office
from workflow.register.writer import Who
from workflow.web.pages.cases import bulk

KHAI, HUAN = "K9AFNC5B", "K3YKJBMF"
"""Lưu Văn Khải is on the list since 21/03; Phạm Văn Huấn was nominated on 25/07."""
ENROL = f"/bulk/enrol?case={KHAI}&case={HUAN}"
SECRETARY = "bithu.ao-truc"


def nominate(office: Office, day: str = "08/08/2022") -> None:
    """Both are proposed for the class: Huấn some days after his nomination, Khải at the same meeting."""
    helpers = [one.id for one in load_case_view(office, HUAN, "vi").helpers]
    fields = {"resolution_no": "03-NQ/CB", "helpers": helpers, "class_request": "same_day"}
    advance.advance_case(office, KHAI, "nominate", parse_day(day), Who(SECRETARY, SECRETARY), fields)
    officer = Who("canbo.nhao-son", "canbo.nhao-son")
    advance.advance_case(office, HUAN, "request_class", parse_day("29/07/2022"), officer, {})


def state(office: Office, case: str) -> str:
    return str(load_case_view(office, case, "vi").state.id)


def version(office: Office, case: str) -> int:
    return int(load_case_view(office, case, "vi").version)


def send(who: Guest, path: str, typed: dict[str, Any], **more: Any) -> Any:
    """Fill in the form that a page shows, and send it."""
    form = more.pop("form", None) or who.form(path)
    return who.send(path.split("?", maxsplit=1)[0], typed, form=form, **more)


# --- choosing -----------------------------------------------------------------------------------------------


def test_cases_of_several_steps_are_told_apart_each_with_its_own_acts(district: Guest) -> None:
    page = district.get(f"/bulk?case={KHAI}&case={HUAN}")
    assert "Những lượt đã chọn đang ở nhiều bước" in words(page)
    links = {inner.split(" <")[0]: href for href, inner in LINK.findall(page)}
    assert links["Đề nghị cử đi học lớp nhận thức"] == f"/bulk/request_class?case={HUAN}"
    assert links["Đưa vào nguồn và phân công giúp đỡ"] == f"/bulk/nominate?case={KHAI}"


def test_nothing_chosen_is_told_and_a_form_of_nothing_leads_to_the_list(district: Guest) -> None:
    assert "Chưa chọn lượt nào" in words(district.get("/bulk"))
    answer = district.client.get("/bulk/enrol", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")


def test_the_list_offers_to_choose_and_marks_all_of_a_page(district: Guest) -> None:
    assert district.get("/cases").count('name="case"') == 19
    assert district.get("/cases?mark=all").count(" checked>") >= 19


def test_another_branchs_case_is_not_there(app: FastAPI, office: Office) -> None:
    secretary = guest(app).enter(SECRETARY)
    for path in (
        f"/bulk?case={HUAN}",
        f"/bulk/nominate?case={HUAN}",
        f"/bulk/nominate?case={KHAI}&case={HUAN}",
    ):
        secretary.get(path, status=404)
    form = secretary.form(f"/bulk/nominate?case={KHAI}")
    answer = send(secretary, "/bulk/nominate", {"case": [KHAI, HUAN], "on": "09/08/2022"}, form=form)
    assert (answer.status_code, version(office, KHAI)) == (404, 1)


def test_an_act_of_somebody_elses_or_of_no_rule_is_not_there(
    app: FastAPI, district: Guest, office: Office
) -> None:
    nominate(office)
    guest(app).enter(SECRETARY).get(f"/bulk/enrol?case={KHAI}", status=404)
    district.get(f"/bulk/dance?case={KHAI}", status=404)


def test_more_than_a_page_of_cases_is_too_many(district: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST", 1)
    district.get(f"/bulk?case={KHAI}&case={HUAN}", status=404)
    district.get(f"/bulk?case={KHAI}&case={KHAI}")


# --- doing --------------------------------------------------------------------------------------------------


def test_two_candidates_of_two_communes_are_sent_to_one_class(district: Guest, office: Office) -> None:
    nominate(office)
    page = words(district.get(ENROL))
    assert "(canbo.quang-yen)" in page
    assert "(canbo.nhao-son)" in page
    answer = send(district, ENROL, {"on": "9 8 2022", "class_place": "Trung tâm chính trị huyện"})
    assert answer.status_code == 303
    said = words(district.get(answer.headers["location"]))
    assert "Đã ghi cho 2 lượt" in said
    assert said.count("Nay ở bước: Học lớp bồi dưỡng nhận thức về Đảng") == 2
    for case, by in ((KHAI, "canbo.quang-yen"), (HUAN, "canbo.nhao-son")):
        last = load_history(office, case, "vi")[-1]
        assert (last.kind, last.by, last.typed) == ("enrol", by, "vanphong.huyen")
        assert "Trung tâm chính trị huyện" in str(last.fields)
    assert verify_office(office).holds


def test_who_is_refused_is_told_why_and_the_others_stay_done(district: Guest, office: Office) -> None:
    nominate(office)
    before = version(office, KHAI)
    answer = send(district, ENROL, {"on": "01/08/2022", "class_place": "Trường chính trị"})
    page = words(answer.text)
    assert answer.status_code == 422
    assert "Đã ghi cho 1 lượt Phạm Văn Huấn" in page
    assert "Chưa ghi được cho 1 lượt Lưu Văn Khải" in page
    assert (state(office, HUAN), state(office, KHAI), version(office, KHAI)) == (
        "training",
        "class_requested",
        before,
    )
    assert 'value="01/08/2022"' in answer.text
    assert "Trường chính trị" in answer.text
    assert answer.text.count('name="case"') == 1


def test_the_refused_one_is_sent_again_from_the_same_page(district: Guest, office: Office) -> None:
    nominate(office)
    first = send(district, ENROL, {"on": "01/08/2022"})
    again = send(district, "/bulk/enrol", {"on": "09/08/2022"}, form=form_in(first.text))
    assert again.status_code == 303
    assert state(office, KHAI) == "training"


def test_a_case_that_somebody_else_moved_meanwhile_is_told_with_what_changed(
    district: Guest, app: FastAPI, office: Office
) -> None:
    nominate(office)
    form = district.form(ENROL)
    officer = guest(app).enter("canbo.quang-yen")
    officer.done(f"/case/{KHAI}/do/enrol", {"on": "08/08/2022"})
    answer = send(district, ENROL, {"on": "09/08/2022"}, form=form)
    page = words(answer.text)
    assert answer.status_code == 409
    assert "Đã ghi cho 1 lượt Phạm Văn Huấn" in page
    assert "Lưu Văn Khải Thôn Ao Trúc Đã sang bước khác: Học lớp bồi dưỡng nhận thức về Đảng." in page
    assert [one.on.day for one in load_history(office, KHAI, "vi")][-1] == 8


def test_a_case_of_which_something_was_noted_meanwhile_waits_for_another_look(
    district: Guest, office: Office
) -> None:
    nominate(office)
    form = district.form(ENROL)
    who = Who("canbo.quang-yen", "canbo.quang-yen")
    advance.record_entry(office, KHAI, "record_consent", parse_day("09/08/2022"), who, consent_fields(office))
    answer = send(district, ENROL, {"on": "09/08/2022"}, form=form)
    assert answer.status_code == 409
    assert "Trong lúc đó, người khác đã ghi thêm" in words(answer.text)
    assert state(office, KHAI) == "class_requested"
    assert send(district, "/bulk/enrol", {"on": "09/08/2022"}, form=form_in(answer.text)).status_code == 303
    assert state(office, KHAI) == "training"


def consent_fields(office: Office) -> dict[str, Any]:
    """Whatever must be said of a consent, by the edition in force."""
    edition = office.rulebook.edition_on("admission", office.read_today())
    found: dict[str, Any] = {}
    for name in edition.entries["record_consent"].needs:
        rule = edition.fields[name]
        found[name] = (
            next(iter(rule.options)) if rule.options else "2022-08-09" if rule.type == "date" else "x"
        )
    return found


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"on": ""}, "Chưa ghi"),
        ({"on": "31/02/2022"}, "chưa đọc được, hoặc trong lịch không có ngày ấy"),
        ({"on": "01/01/2030"}, "chưa đến"),
        ({"on": "09/08/2022", "case": []}, "Chưa ghi"),
        ({"on": "09/08/2022", "class_place": "x" * 20_001}, "Dài quá"),
    ],
)
def test_a_form_that_makes_no_sense_writes_nothing_and_keeps_all(
    district: Guest, office: Office, typed: dict[str, Any], why: str
) -> None:
    nominate(office)
    before = version(office, KHAI), version(office, HUAN)
    answer = send(district, ENROL, {"class_place": "Trung tâm chính trị"} | typed)
    assert (version(office, KHAI), version(office, HUAN)) == before
    assert (answer.status_code, why in words(answer.text)) == (422, True)
    assert answer.text.count('name="case"') == 2
    assert answer.text.count(" checked>") == len(typed.get("case", [KHAI, HUAN]))
    assert typed.get("class_place", "Trung tâm chính trị") in answer.text


def test_sent_twice_is_done_once(district: Guest, office: Office) -> None:
    nominate(office)
    form = district.form(ENROL)
    first, second = (send(district, ENROL, {"on": "09/08/2022"}, form=form) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert [one.kind for one in load_history(office, KHAI, "vi")].count("enrol") == 1


def test_nobody_signs_for_somebody_who_is_not_below_them(app: FastAPI, office: Office) -> None:
    nominate(office)
    officer = guest(app).enter("canbo.quang-yen")
    form = officer.form(f"/bulk/enrol?case={KHAI}")
    answer = send(officer, "/bulk/enrol", {"on": "09/08/2022", "by": "vanphong.huyen"}, form=form)
    assert (answer.status_code, state(office, KHAI)) == (404, "class_requested")


def test_a_form_without_our_proof_does_nothing(district: Guest, office: Office) -> None:
    nominate(office)
    answer = send(district, ENROL, {"on": "09/08/2022", "csrf": "x"})
    assert (answer.status_code, state(office, HUAN)) == (403, "class_requested")


def test_what_was_typed_when_a_session_ended_is_there_again(district: Guest, office: Office) -> None:
    from workflow.accounts.one_time_links import create_link, use_link
    from workflow.accounts.sessions import end_sessions

    nominate(office)
    form = district.form(ENROL)
    secret = create_link(office, "vanphong.huyen", "vanphong.huyen", "first")
    use_link(office, secret, "một câu thật dài 2022")
    end_sessions(office, "vanphong.huyen")
    door = send(district, ENROL, {"on": "09/08/2022", "class_place": "Tam Sơn"}, form=form)
    assert door.status_code == 401
    data: dict[str, Any] = {}
    for name, value in form_in(door.text, "/sign-in"):
        data.setdefault(name, []).append(value)
    data |= {"user": "vanphong.huyen", "password": "một câu thật dài 2022"}
    answer = district.client.post("/sign-in", data=data, follow_redirects=False)
    page = district.get(answer.headers["location"])
    assert "Tam Sơn" in page
    assert page.count('name="case"') == 2


def form_in(html: str, action: str = "/bulk/enrol") -> list[tuple[str, str]]:
    """The fields of a form as a page shows it."""
    from tests.pages.guests import Forms

    return next(fields for to, fields in Forms(html).forms if to == action)


def test_a_case_that_was_unmarked_is_left_alone_and_stays_on_the_page(
    district: Guest, office: Office
) -> None:
    nominate(office)
    answer = send(district, ENROL, {"on": "09/08/2022", "case": [KHAI]})
    page = district.get(answer.headers["location"])
    assert (state(office, KHAI), state(office, HUAN)) == ("training", "class_requested")
    assert "Đã ghi cho 1 lượt" in words(page)
    assert page.count('name="case"') == 1
