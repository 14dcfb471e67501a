"""Taking a case over from paper: what its step has behind it is typed, or ticked as not in the file."""

from urllib.parse import quote

import pytest
from fastapi import FastAPI

from tests.pages.guests import Guest, guest, words
from workflow.cases.views.case_view import load_case_view
from workflow.office import Office
from workflow.register.views.people import find_people

BEN_MO = "hai-luu/thon-ben-mo"
STATED = {
    "unit": BEN_MO,
    "on": "01/07/2022",
    "branch_resolution_on": "15/03/2022",
    "resolution_no": "03-NQ/CB",
    "committee_resolution_on": "20/04/2022",
}
STEPS_LACKED = ["verification", "opinions", "candidate", "branch_vote", "committee_vote"]
PAPERS_LACKED = ["application_dated", "cv_declared_on"]
FACTS_LACKED = ["verification_outcome", "organisations_asked"]


@pytest.fixture
def officer(app: FastAPI) -> Guest:
    """The officer of the commune Hải Lựu."""
    return guest(app).enter("canbo.hai-luu")


def known(office: Office, name: str) -> str:
    (found,) = [one.id for one in find_people(office, name) if one.name == name]
    return str(found)


def form_of(office: Office, officer: Guest, state: str, born: str = "02/09/1980") -> str:
    """The form by which somebody who is not in the register yet is taken over at a step."""
    officer.done("/register/enter/add_person/", {"name": "Hà Văn Giấy", "born": born, "education_met": "yes"})
    person = quote(known(office, "Hà Văn Giấy"))
    return f"/register/enter/adopt/{person}?pipeline=admission&state={state}"


def ticks_on(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('type="checkbox" name="unseen" value="')[1:]]


def test_only_what_the_step_has_behind_it_can_be_ticked(officer: Guest, office: Office) -> None:
    path = form_of(office, officer, "sponsorship")
    assert ticks_on(officer.get(path)) == []
    page = officer.get(path.replace("sponsorship", "branch_meeting"))
    assert ticks_on(page) == [*PAPERS_LACKED, "verification", "opinions", *FACTS_LACKED]
    assert "Giấy tờ của cả bước: Kết luận thẩm tra lý lịch" in words(page)
    assert "Ngày viết đơn xin vào Đảng" in words(page.split('value="application_dated">')[1])
    later = ticks_on(officer.get(path.replace("sponsorship", "decision")))
    assert set(STEPS_LACKED) | set(PAPERS_LACKED) <= set(later)
    assert not {"probation", "branch_recognition", "born", "decision_on"} & set(later)


def test_a_case_at_the_decision_is_not_taken_over_before_what_is_behind_is_typed_or_ticked(
    officer: Guest, office: Office
) -> None:
    path = form_of(office, officer, "decision")
    before = office.read_snapshot().n
    answer = officer.send(path, {"unit": BEN_MO, "on": "01/07/2022", "unseen": ["opinions"]})
    assert answer.status_code == 422
    page, text = answer.text, words(answer.text)
    for name in ("branch_resolution_on", "resolution_no", *PAPERS_LACKED):
        assert f'id="fault-{name}-1"' in page
    assert "Trình độ học vấn" in text
    assert 'name="unseen" value="opinions" checked' in page
    assert "hãy đánh dấu “không có trong hồ sơ giấy”" in text
    faults = page.split('role="alert"')[1].split("</section>")[0]
    assert not [name for name in (*PAPERS_LACKED, "sponsors", "route", "roll") if f"<li>{name}:" in faults]
    assert office.read_snapshot().n == before


def test_what_was_ticked_is_said_at_later_steps_and_the_deciding_organ_confirms_it(
    app: FastAPI, officer: Guest, office: Office
) -> None:
    path = form_of(office, officer, "decision")
    officer.done(path, {**STATED, "unseen": [*STEPS_LACKED, *PAPERS_LACKED]})
    (case,) = [one.case for one in find_people(office, "ha van giay")]
    assert case
    view = load_case_view(office, case, "vi")
    assert (view.adopted, view.state.id) == (True, "decision")
    page = guest(app).enter("vanphong.huyen").get(f"/case/{case}/do/decide")
    assert "hồ sơ giấy không có: " in words(page)
    assert "Tổng hợp ý kiến nhận xét" in words(page)
    assert 'type="radio" name="stated_confirmed"' in page


def test_a_child_is_not_taken_over_whatever_is_ticked_and_the_form_keeps_what_was_typed(
    officer: Guest, office: Office
) -> None:
    path = form_of(office, officer, "decision", born="02/09/2006")
    before = office.read_snapshot().n
    answer = officer.send(path, {**STATED, "unseen": [*STEPS_LACKED, *PAPERS_LACKED]})
    assert answer.status_code == 422
    assert "mới 15 tuổi 6 tháng; phải đủ 18 tuổi" in words(answer.text)
    assert 'value="03-NQ/CB"' in answer.text
    assert office.read_snapshot().n == before
