"""A branch secretary and a case: what the page says, the form of the next act, and everything that can go
wrong.
"""

import io
import re
from datetime import date

import pytest
from fastapi import FastAPI
from PIL import Image

from tests.pages.guests import Guest, guest, words
from workflow.accounts.access_log import list_accesses
from workflow.cases.views.case_view import load_case_view
from workflow.cases.views.history import load_history
from workflow.office import Office

CASE, SECRETARY, OFFICER = "K9AFNC5B", "bithu.ao-truc", "canbo.quang-yen"
NAME = "Lưu Văn Khải"
LONG_WAY = "KMTXKEKR"
"""A head who is a probationary member."""
ELSEWHERE, STRANGER = "KEXQDWWT", "bithu.ben-mo"
NOMINATE = f"/case/{CASE}/do/nominate"


@pytest.fixture
def secretary(app: FastAPI) -> Guest:
    """The secretary of the branch of Thôn Ao Trúc."""
    return guest(app).enter(SECRETARY)


def helpers(office: Office) -> list[str]:
    """An official member, as another case names one."""
    view = load_case_view(office, "K3YKJBMF", "vi")
    return [one.name for one in view.helpers[:1]]


@pytest.mark.parametrize(
    "path",
    ["/case/{}", "/case/{}/do/suspend", "/case/{}/correct/1", "/case/{}/receive/1-KNĐ", "/bulk?case={}"],
)
def test_every_page_that_shows_a_candidate_is_noted(app: FastAPI, office: Office, path: str) -> None:
    guest(app).enter(SECRETARY).get(path.format(CASE))
    app.state.ketnap.access_log.flush()
    assert [(one.user, one.what, one.subject) for one in list_accesses(office, user=SECRETARY).looks] == [
        (SECRETARY, "case", CASE)
    ]


def test_a_deadline_that_is_not_counted_yet_leads_to_the_entry_that_starts_it(app: FastAPI) -> None:
    who = guest(app).enter("bithu.doi-thom")
    page = who.get("/case/K6T2PF0X")
    assert "Tổ chức lễ kết nạp : chưa bắt đầu tính" in words(page)
    assert '<a class="button" href="/case/K6T2PF0X/do/receive_decision">Chi bộ nhận quyết định</a>' in page
    who.done("/case/K6T2PF0X/do/receive_decision", {"on": "08/08/2022"})
    assert "chưa bắt đầu tính" not in words(who.get("/case/K6T2PF0X"))


def test_a_suspended_case_says_why_and_when_it_is_looked_at_again(secretary: Guest) -> None:
    typed = {"on": "08/08/2022", "reason": "đi làm xa", "review_on": "01/12/2022"}
    page = words(secretary.done(f"/case/{CASE}/do/suspend", typed))
    assert "Ngày xem xét lại: 01/12/2022" in page.split("Đường đi")[0]
    assert "đi làm xa" in page.split("Đường đi")[0]


def test_what_an_act_was_warned_of_stands_in_the_history_of_its_page(app: FastAPI) -> None:
    page = words(guest(app).enter("vanphong.huyen").get("/case/KZAVSMWG"))
    assert page.count("Đã nhắc khi ghi: ") == 1
    assert "Đã nhắc khi ghi: Cùng một người" in page


def test_whoever_types_for_a_branch_types_for_its_secretary_first(app: FastAPI) -> None:
    page = guest(app).enter(OFFICER).get(NOMINATE)
    chosen = page.split('<select id="f-by"')[1].split("</option>")[0]
    assert f'value="{SECRETARY}"' in chosen


@pytest.mark.parametrize("user", [OFFICER, "vanphong.huyen"])
def test_the_first_page_of_whoever_stands_above_branches_names_what_is_late_longest(
    app: FastAPI, user: str
) -> None:
    page = guest(app).enter(user).get("/")
    late = page.split("Chậm lâu nhất, đang chờ nơi khác")[1]
    assert f'href="/case/{CASE}"' in late
    assert 'href="/board"' in late
    cases = late.split('<li class="card case')[1:]
    longest = [max(int(found) for found in re.findall(r"quá (\d+) ngày", words(case))) for case in cases]
    assert longest
    assert longest == sorted(longest, reverse=True)


def test_the_first_page_of_a_branch_names_nothing_of_elsewhere(secretary: Guest) -> None:
    assert "Chậm lâu nhất" not in secretary.get("/")


def test_what_ends_a_case_says_so_before_it_is_sent(app: FastAPI) -> None:
    who = guest(app).enter(SECRETARY)
    assert "lượt xét kết thúc" in words(who.get(f"/case/{CASE}/do/withdraw"))
    assert "lượt xét kết thúc" not in words(who.get(f"/case/{CASE}/do/nominate"))


def test_what_cannot_be_done_before_a_day_stands_apart_from_what_waits(app: FastAPI) -> None:
    page = words(guest(app).enter("bithu.vuon-co").get("/"))
    assert "Chưa đến lúc" in page
    assert "lượt đang chờ" not in page.split("Chưa đến lúc")[0]


# --- looking ------------------------------------------------------------------------------------------------


def test_the_first_page_is_the_case_that_waits_with_its_next_act_and_day(secretary: Guest) -> None:
    text = words(secretary.get("/"))
    assert NAME in text
    assert "Việc tiếp theo: Đưa vào nguồn và phân công giúp đỡ" in text
    assert "Hạn 19/06/2022, đã quá 51 ngày" in text


def test_a_case_says_where_it_stands_what_is_next_and_which_papers_are_missing(secretary: Guest) -> None:
    text = words(secretary.get(f"/case/{CASE}"))
    for sentence in (
        "Đang ở bước: Trong danh sách rà soát",
        "Cần ghi: Số nghị quyết",
        "Đơn xin vào Đảng",
        "Đường đi",
    ):
        assert sentence in text


def test_another_branchs_case_is_not_there(secretary: Guest, app: FastAPI) -> None:
    missing = secretary.get("/case/K0000000", status=404)
    for path in (
        "",
        "/do/conclude_verification",
        "/correct/1",
        "/paper/1-KNĐ.pdf",
        "/dossier.pdf",
        "/receive/1-KNĐ",
    ):
        other = secretary.get(f"/case/{ELSEWHERE}{path}", status=404)
        assert words(other) == words(missing)
    assert NAME not in guest(app).enter(STRANGER).get("/")


def test_a_form_that_nothing_was_typed_in_accuses_nobody_of_the_replacement_before(app: FastAPI) -> None:
    text = words(guest(app).enter("bithu.khe-que").get("/case/KTP72EX3/do/replace_sponsor"))
    assert "Trước khi làm việc này còn thiếu" not in text
    assert "người giới thiệu của lượt này" not in text


def test_whoever_has_not_signed_in_is_sent_to_the_door_and_back(app: FastAPI) -> None:
    answer = guest(app).client.get(f"/case/{CASE}?x=1", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next=/case/{CASE}%3Fx%3D1")


def test_a_page_is_given_again_as_it_was_until_something_changes(secretary: Guest, office: Office) -> None:
    first = secretary.get(f"/case/{CASE}")
    assert secretary.get(f"/case/{CASE}") == first
    secretary.done(NOMINATE, {"on": "08/08/2022", "resolution_no": "03-NQ/CB", "helpers": helpers(office)})
    assert "Đang ở bước: Quần chúng ưu tú" in words(secretary.get(f"/case/{CASE}"))


def test_a_kept_page_bears_the_proof_of_whoever_reads_it(app: FastAPI) -> None:
    one, other = guest(app).enter(SECRETARY), guest(app).enter(SECRETARY)
    proofs = [re.findall(r'name="csrf" value="(\w+)"', who.get(f"/case/{CASE}")) for who in (one, other, one)]
    assert proofs[0] == proofs[2] != proofs[1]


def test_every_look_at_a_case_is_logged(secretary: Guest, app: FastAPI, office: Office) -> None:
    from workflow.accounts.access_log import list_accesses

    secretary.get(f"/case/{CASE}")
    secretary.get(f"/case/{CASE}")
    app.state.ketnap.access_log.flush()
    rows = list_accesses(office, subject=CASE).looks
    assert [(one.user, one.what) for one in rows] == [(SECRETARY, "case"), (SECRETARY, "case")]


# --- doing --------------------------------------------------------------------------------------------------


def test_an_act_is_recorded_by_whoever_makes_it(secretary: Guest, office: Office) -> None:
    page = words(
        secretary.done(NOMINATE, {"on": "8 8 2022", "resolution_no": "03-NQ/CB", "helpers": helpers(office)})
    )
    assert "Đã ghi: Đưa vào nguồn và phân công giúp đỡ. Nay ở bước: Quần chúng ưu tú" in page
    last = load_history(office, CASE, "vi")[-1]
    assert (last.kind, last.on, last.by, last.typed) == (
        "nominate",
        date(2022, 8, 8),
        SECRETARY,
        SECRETARY,
    )


def test_an_officer_types_for_the_branch_and_both_are_recorded(app: FastAPI, office: Office) -> None:
    officer = guest(app).enter(OFFICER)
    page = officer.get(NOMINATE)
    assert "Việc này của ai làm" in page
    officer.done(
        NOMINATE,
        {"on": "08/08/2022", "resolution_no": "03-NQ/CB", "helpers": helpers(office), "by": SECRETARY},
    )
    last = load_history(office, CASE, "vi")[-1]
    assert (last.by, last.typed) == (SECRETARY, OFFICER)


def test_nobody_types_for_somebody_who_is_not_below(secretary: Guest, office: Office) -> None:
    typed = {
        "on": "08/08/2022",
        "resolution_no": "03-NQ/CB",
        "helpers": helpers(office),
        "by": "vanphong.huyen",
    }
    assert secretary.send(NOMINATE, typed).status_code == 404
    assert len(load_history(office, CASE, "vi")) == 1


def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(
    secretary: Guest, office: Office
) -> None:
    answer = secretary.send(
        NOMINATE, {"on": "31/02/2022", "resolution_no": "03-NQ/CB", "note": "họp <b>tối</b>"}
    )
    assert answer.status_code == 422
    assert 'value="03-NQ/CB"' in answer.text
    assert 'value="31/02/2022"' in answer.text
    assert "họp &lt;b&gt;tối&lt;/b&gt;" in answer.text
    assert 'id="fault-on-1"' in answer.text
    assert len(load_history(office, CASE, "vi")) == 1


@pytest.mark.parametrize("day", ["8-8-22", "8/8", "hôm qua", "31/02/2022"])
def test_a_day_that_cannot_be_read_is_asked_for_as_people_write_days(secretary: Guest, day: str) -> None:
    text = words(secretary.send(NOMINATE, {"on": day}).text)
    assert "Viết đủ ngày/tháng/năm, năm bốn chữ số, ví dụ 08/08/2022" in text
    assert "2022-08" not in text


def test_a_mistyped_year_is_said_beside_its_day_and_what_was_typed_stays(
    secretary: Guest, office: Office
) -> None:
    typed = {"on": "08/08/2002", "resolution_no": "03-NQ/CB", "helpers": helpers(office)}
    answer = secretary.send(NOMINATE, typed)
    assert answer.status_code == 422
    assert "Không có quy định nào cho ngày 08/08/2002: xem lại năm" in words(answer.text)
    assert 'id="fault-on-1"' in answer.text
    assert 'value="03-NQ/CB"' in answer.text
    assert len(load_history(office, CASE, "vi")) == 1


@pytest.mark.parametrize(
    ("who", "act"), [(OFFICER, NOMINATE), ("vanphong.huyen", "/case/K1PQJBN0/do/appraise")]
)
def test_a_year_to_come_is_said_beside_its_day_even_where_its_rules_know_no_such_act(
    app: FastAPI, who: str, act: str
) -> None:
    answer = guest(app).enter(who).send(act, {"on": "08/08/2032"})
    assert answer.status_code == 422
    assert "Ngày 08/08/2032 chưa đến (hôm nay là 09/08/2022)" in words(answer.text)
    assert 'id="fault-on-1"' in answer.text


def test_everything_amiss_with_a_form_is_said_at_once(secretary: Guest, office: Office) -> None:
    text = secretary.send(NOMINATE, {"helpers": []}).text
    assert [name for name in ("on", "resolution_no", "helpers") if f'id="fault-{name}-1"' in text] == [
        "on",
        "resolution_no",
        "helpers",
    ]
    nobody = secretary.send(NOMINATE, {"on": "31/02/2022", "helpers": ["Không Có Ai"]}).text
    assert [name for name in ("on", "resolution_no", "helpers") if f'id="fault-{name}-1"' in nobody] == [
        "on",
        "resolution_no",
        "helpers",
    ]
    assert "fault-helpers-2" not in nobody
    assert len(load_history(office, CASE, "vi")) == 1


def test_a_refusal_says_every_reason_with_its_article_and_keeps_what_was_typed(
    app: FastAPI, office: Office
) -> None:
    who, case = guest(app).enter("bithu.bai-moi"), "K7Q2M4TX"
    typed = {
        "on": "01/08/2022",
        "roll": "10",
        "present": "9",
        "votes_for": "6",
        "votes_against": "2",
        "resolution_no": "08-NQ/CB",
    }
    answer = who.send(f"/case/{case}/do/branch_proposes", typed)
    text = words(answer.text)
    assert answer.status_code == 422
    assert "Cần 7/10 đảng viên chính thức tán thành, được 6." in text
    assert "Điều lệ Đảng, Điều 4" in text
    assert 'value="08-NQ/CB"' in answer.text
    assert load_case_view(office, case, "vi").state.id == "branch_meeting"


def test_a_wrong_count_is_refused_without_a_word_of_boxes_that_were_left_empty(app: FastAPI) -> None:
    typed = {
        "on": "01/08/2022",
        "roll": "10",
        "present": "11",
        "votes_for": "9",
        "votes_against": "2",
        "resolution_no": "08-NQ/CB",
    }
    text = words(guest(app).enter("bithu.bai-moi").send("/case/K7Q2M4TX/do/branch_proposes", typed).text)
    assert "Có mặt (cộng với vắng mặt, nếu có ghi) là 11, nhiều hơn tổng số 10." in text
    assert "số được trừ" not in text


def test_somebody_else_was_faster_and_the_second_is_told_what_changed(app: FastAPI, office: Office) -> None:
    one, other = guest(app).enter(SECRETARY), guest(app).enter(OFFICER)
    form = one.form(f"/case/{CASE}/do/suspend")
    other.done(NOMINATE, {"on": "08/08/2022", "resolution_no": "03-NQ/CB", "helpers": helpers(office)})
    typed = {"on": "09/08/2022", "reason": "đi làm xa", "review_on": "01/12/2022"}
    answer = one.send(f"/case/{CASE}/do/suspend", typed, form=form)
    text = words(answer.text)
    assert answer.status_code == 409
    assert "người khác đã ghi thêm" in text
    assert "Đưa vào nguồn và phân công giúp đỡ" in text
    assert "đi làm xa" in answer.text
    again = [
        pair for pair in one.form(f"/case/{CASE}/do/suspend") if pair[0] in ("csrf", "once", "seen", "by")
    ]
    assert one.send(f"/case/{CASE}/do/suspend", typed, form=again).status_code == 303


def test_an_act_whose_step_is_over_is_told_so_with_what_was_typed(app: FastAPI, office: Office) -> None:
    one, other = guest(app).enter(SECRETARY), guest(app).enter(OFFICER)
    form = one.form(NOMINATE)
    typed = {"on": "08/08/2022", "resolution_no": "03-NQ/CB", "helpers": helpers(office)}
    other.done(NOMINATE, typed)
    answer = one.send(NOMINATE, {**typed, "resolution_no": "04-NQ/CB"}, form=form)
    assert answer.status_code == 409
    assert "đã sang bước khác" in words(answer.text)
    assert "04-NQ/CB" in answer.text


def test_whoever_goes_back_to_a_form_that_is_done_is_led_to_the_case(
    secretary: Guest, office: Office
) -> None:
    secretary.done(NOMINATE, {"on": "08/08/2022", "resolution_no": "03-NQ/CB", "helpers": helpers(office)})
    answer = secretary.client.get(NOMINATE, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, f"/case/{CASE}")
    text = words(secretary.get(answer.headers["location"]))
    assert "Việc này đã ghi rồi, hoặc lượt xét đã sang bước khác" in text
    assert "Đang ở bước: Quần chúng ưu tú" in text


def test_a_double_tap_records_once(secretary: Guest, office: Office) -> None:
    form = secretary.form(NOMINATE)
    typed = {"on": "08/08/2022", "resolution_no": "03-NQ/CB", "helpers": helpers(office)}
    first, second = (secretary.send(NOMINATE, typed, form=form) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["location"].split("?")[0] == second.headers["location"].split("?")[0]
    assert len(load_history(office, CASE, "vi")) == 2


@pytest.mark.parametrize("spoilt", [{"csrf": "0" * 32}, {"csrf": ""}])
def test_a_form_without_our_proof_is_not_taken(
    secretary: Guest, office: Office, spoilt: dict[str, str]
) -> None:
    answer = secretary.send(
        NOMINATE, {"on": "08/08/2022", "resolution_no": "3", "helpers": helpers(office), **spoilt}
    )
    assert answer.status_code == 403
    assert "không còn dùng được" in words(answer.text)
    assert len(load_history(office, CASE, "vi")) == 1


def test_a_form_sent_by_another_sites_page_is_not_taken(secretary: Guest, office: Office) -> None:
    typed = {"on": "08/08/2022", "resolution_no": "03-NQ/CB", "helpers": helpers(office)}
    answer = secretary.send(NOMINATE, typed, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert len(load_history(office, CASE, "vi")) == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"helpers": ["Không Có Ai", ""]},
        {"resolution_no": "x" * 5_000},
        {"note": "y" * 50_000},
        {"note": "\x00\x01"},
        {"on": "9" * 4_000},
        {"seen": "-1"},
        {"seen": "9" * 400},
        {"unheard_of": "1"},
        {"helpers": ["'; DROP TABLE cases; --", "<script>"]},
    ],
)
def test_hostile_input_is_answered_in_words_and_nothing_is_written(
    secretary: Guest, office: Office, typed: dict[str, object]
) -> None:
    whole = {"on": "08/08/2022", "resolution_no": "03-NQ/CB", "helpers": helpers(office), **typed}
    answer = secretary.send(NOMINATE, whole)
    assert answer.status_code in (303, 409, 422), words(answer.text)[:500]
    assert "<script>" not in answer.text.replace("<script src", "")
    assert len(load_history(office, CASE, "vi")) == (2 if answer.status_code == 303 else 1)


# --- correcting ---------------------------------------------------------------------------------------------


def test_a_correction_is_recorded_with_who_allowed_it(app: FastAPI, office: Office) -> None:
    officer, case = guest(app).enter("canbo.hai-luu"), ELSEWHERE
    path = f"/case/{case}/correct/2"
    assert 'value="15/11/2021"' in officer.get(path)
    officer.done(path, {"resolution_no": "06-NQ/CB", "reason": "ghi nhầm số", "allowed_by": "vanphong.huyen"})
    last = load_history(office, case, "vi")[-1]
    assert (last.kind, last.of, last.allowed_by) == ("correct", 2, "vanphong.huyen")
    assert [one.field for one in last.fields] == ["resolution_no", "reason"]


def test_a_correction_that_is_sent_twice_is_recorded_once(app: FastAPI, office: Office) -> None:
    officer, path = guest(app).enter("canbo.hai-luu"), f"/case/{ELSEWHERE}/correct/2"
    before, form = len(load_history(office, ELSEWHERE, "vi")), officer.form(path)
    typed = {"resolution_no": "06-NQ/CB", "reason": "ghi nhầm số", "allowed_by": "vanphong.huyen"}
    answers = [officer.send(path, typed, form=form) for _ in range(2)]
    assert [one.headers["location"] for one in answers] == [f"/case/{ELSEWHERE}?said=corrected"] * 2
    assert len(load_history(office, ELSEWHERE, "vi")) == before + 1


def test_a_correction_that_changes_nothing_asks_for_what_is_missing_in_words_of_the_page(
    app: FastAPI,
) -> None:
    answer = guest(app).enter("canbo.hai-luu").send(f"/case/{ELSEWHERE}/correct/2", {})
    assert answer.status_code == 422
    text = words(answer.text)
    for sentence in (
        "Ngày làm việc này : Chưa sửa chỗ nào",
        "Vì sao đính chính : Chưa ghi",
        "Ai cho phép : Chọn người cho phép",
    ):
        assert sentence in text
    assert "--set" not in text
    for name in ("on", "reason", "allowed_by"):
        assert f'href="#f-{name}"' in answer.text
        assert f'id="f-{name}"' in answer.text


def test_a_corrected_day_is_shown_wherever_the_case_shows_it(
    secretary: Guest, app: FastAPI, office: Office
) -> None:
    secretary.done(NOMINATE, {"on": "08/08/2022", "resolution_no": "03-NQ/CB", "helpers": helpers(office)})
    officer, path = guest(app).enter(OFFICER), f"/case/{CASE}/correct/2"
    officer.done(path, {"on": "01/08/2022", "reason": "ghi nhầm ngày", "allowed_by": "vanphong.huyen"})
    text = words(secretary.get(f"/case/{CASE}"))
    assert "Quần chúng ưu tú, đã phân công giúp đỡ 01/08/2022" in text.split("Đường đi")[1]
    assert "Ngày chi bộ họp đưa vào nguồn: 01/08/2022; Lý do: ghi nhầm ngày" in text
    assert "Người cho phép: vanphong.huyen." in text
    assert "Đã đính chính, xem số 3." in text
    assert "on: 2022-08-01" not in text


def test_what_was_corrected_once_is_corrected_from_there_and_may_be_put_back(
    app: FastAPI, office: Office
) -> None:
    officer, path = guest(app).enter("canbo.hai-luu"), f"/case/{ELSEWHERE}/correct/2"
    why = {"reason": "ghi nhầm ngày", "allowed_by": "vanphong.huyen"}
    officer.done(path, {"on": "16/11/2021", **why})
    assert 'value="16/11/2021"' in officer.get(path)
    officer.done(path, {"on": "15/11/2021", **why})
    assert load_history(office, ELSEWHERE, "vi")[-1].fields[0].text == date(2021, 11, 15)


def test_a_correction_without_a_reason_keeps_what_was_typed(app: FastAPI, office: Office) -> None:
    officer = guest(app).enter("canbo.hai-luu")
    before = len(load_history(office, ELSEWHERE, "vi"))
    answer = officer.send(f"/case/{ELSEWHERE}/correct/2", {"resolution_no": "06-NQ/CB"})
    assert answer.status_code == 422
    assert 'value="06-NQ/CB"' in answer.text
    assert len(load_history(office, ELSEWHERE, "vi")) == before


def test_a_correction_to_a_mistyped_year_is_said_beside_its_day(app: FastAPI) -> None:
    typed = {"on": "15/11/2001", "reason": "ghi nhầm ngày", "allowed_by": "vanphong.huyen"}
    answer = guest(app).enter("canbo.hai-luu").send(f"/case/{ELSEWHERE}/correct/2", typed)
    assert answer.status_code == 422
    assert "Không có quy định nào cho ngày 15/11/2001: xem lại năm" in words(answer.text)
    assert "ghi nhầm ngày" in answer.text


# --- papers -------------------------------------------------------------------------------------------------


def photo() -> bytes:
    """A photo of a sheet, as a phone takes it."""
    held = io.BytesIO()
    Image.new("RGB", (1200, 1700), "white").save(held, "JPEG")
    return held.getvalue()


def test_a_paper_comes_out_as_a_pdf_to_keep(secretary: Guest) -> None:
    answer = secretary.client.get(f"/case/{CASE}/paper/1-KNĐ.pdf")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_signed_paper_is_taken_in_with_its_photo(app: FastAPI) -> None:
    officer, path = guest(app).enter("canbo.hai-luu"), f"/case/{ELSEWHERE}/receive/CN-NTVĐ"
    typed = {"on": "08/08/2022", "dated": "14/01/2022", "by": "canbo.hai-luu"}
    answer = officer.send(path, typed, files={"file": ("ảnh.jpg", photo(), "image/jpeg")})
    assert answer.status_code == 303, words(answer.text)[:1500]
    scan = officer.client.get(f"/case/{ELSEWHERE}/scan/CN-NTVĐ")
    assert scan.content.startswith(b"%PDF")


def test_a_paper_that_came_in_a_mistyped_year_is_said_beside_its_day(app: FastAPI) -> None:
    officer, path = guest(app).enter("canbo.hai-luu"), f"/case/{ELSEWHERE}/receive/CN-NTVĐ"
    answer = officer.send(path, {"on": "08/08/2002", "dated": "14/01/2022"})
    assert answer.status_code == 422
    assert "Không có quy định nào cho ngày 08/08/2002: xem lại năm" in words(answer.text)
    assert 'id="fault-on-1"' in answer.text
    assert 'value="14/01/2022"' in answer.text


def received(office: Office, case: str) -> dict[str, object]:
    """What the newest record of a case says of the paper that came in."""
    last = load_history(office, case, "vi")[-1]
    assert last.kind == "receive_paper"
    return {one.field: one.value for one in last.fields}


def test_the_day_on_a_paper_that_nobody_typed_stays_unknown(app: FastAPI, office: Office) -> None:
    guest(app).enter(SECRETARY).done(f"/case/{CASE}/receive/CN-ĐVM", {"on": "08/08/2022"})
    assert received(office, CASE) == {"paper": "CN-ĐVM"}
    [paper] = [one for one in load_case_view(office, CASE, "vi").papers if one.code == "CN-ĐVM"]
    assert (paper.dated, paper.status) == (None, "present")


def test_a_paper_that_an_act_made_bears_the_day_of_the_act(app: FastAPI, office: Office) -> None:
    case = "KWG5M0XY"
    [made] = [one for one in load_history(office, case, "vi") if one.kind == "summarise_opinions"]
    officer = guest(app).enter("vanphong.huyen")
    officer.done(f"/case/{case}/receive/5-KNĐ", {"on": "08/08/2022"})
    assert received(office, case)["paper_dated"] == str(made.on) != "2022-08-08"
    answer = officer.send(f"/case/{case}/receive/5-KNĐ", {"on": "08/08/2022", "dated": "01/08/2022"})
    assert answer.status_code == 422
    assert "khác ngày đã ghi của việc này" in words(answer.text)


def test_where_a_deadline_ends_with_the_day_on_the_paper_that_day_is_asked_for(
    app: FastAPI, office: Office
) -> None:
    officer, case = guest(app).enter("vanphong.huyen"), LONG_WAY
    before = len(load_history(office, case, "vi"))
    answer = officer.send(f"/case/{case}/receive/1-HSĐV", {"on": "08/08/2022"})
    assert answer.status_code == 422
    assert 'id="fault-dated-1"' in answer.text
    assert len(load_history(office, case, "vi")) == before


@pytest.mark.parametrize("code", ["1-KNĐ", "2-KNĐ", "1-HSĐV"])
def test_of_what_tells_of_family_no_photo_is_asked_for(app: FastAPI, code: str) -> None:
    officer = guest(app).enter("vanphong.huyen")
    page = officer.get(f"/case/{LONG_WAY}")
    [link] = re.findall(rf'href="/case/{LONG_WAY}/receive/{code}">([^<]*)<', page)
    assert link == "Đã nhận"
    form = officer.get(f"/case/{LONG_WAY}/receive/{code}")
    assert "không giữ ảnh" in words(form)
    assert 'type="file"' not in form


def test_a_paper_of_a_later_step_is_not_called_missing_and_taking_it_in_is_warned_of(
    secretary: Guest,
) -> None:
    page = secretary.get(f"/case/{CASE}")
    assert f"/case/{CASE}/receive/CN-ĐVM" not in page
    assert f"/case/{CASE}/receive/1-HSĐV" not in page
    assert "chưa đến bước có tờ này" in words(secretary.get(f"/case/{CASE}/receive/CN-ĐVM"))
    assert "chưa đến bước có tờ này" not in words(secretary.get(f"/case/{CASE}/receive/CN-NTVĐ"))


@pytest.mark.parametrize(
    ("on", "content"), [("31/02/2022", None), ("09/08/2030", None), ("08/08/2022", b"no photo")]
)
def test_a_form_that_comes_back_says_that_the_photo_is_gone(
    app: FastAPI, office: Office, on: str, content: bytes | None
) -> None:
    officer, path = guest(app).enter("canbo.hai-luu"), f"/case/{ELSEWHERE}/receive/CN-NTVĐ"
    before = len(load_history(office, ELSEWHERE, "vi"))
    answer = officer.send(path, {"on": on}, files={"file": ("ảnh.jpg", content or photo(), "image/jpeg")})
    assert answer.status_code == 422
    assert "Xin chọn lại tệp" in words(answer.text)
    assert len(load_history(office, ELSEWHERE, "vi")) == before


def test_each_fault_of_a_paper_that_came_leads_to_its_box(app: FastAPI) -> None:
    officer, path = guest(app).enter("canbo.hai-luu"), f"/case/{ELSEWHERE}/receive/CN-NTVĐ"
    assert 'value="09/08/2022"' in officer.get(
        path
    )  # the day of receipt is today, unless another one is typed
    answer = officer.send(path, {"on": "", "dated": "x"})
    for box, label in (("on", "Ngày nhận"), ("dated", "Ngày ghi trên giấy")):
        assert f'<a href="#f-{box}">{label}</a>' in answer.text
        assert f'aria-describedby="fault-{box}-1"' in answer.text
    assert "Xin chọn lại tệp" not in words(answer.text)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rỗng.jpg", b""),
        ("bài.jpg", b"<html><script>alert(1)</script></html>"),
        ("x.pdf", b"%PDF-1.7 broken"),
        ("a.exe", b"MZ" + bytes(2_000)),
    ],
)
def test_a_file_that_is_no_paper_is_refused_in_words(
    app: FastAPI, office: Office, name: str, content: bytes
) -> None:
    officer, path = guest(app).enter("canbo.hai-luu"), f"/case/{ELSEWHERE}/receive/CN-NTVĐ"
    before = len(load_history(office, ELSEWHERE, "vi"))
    typed = {"on": "08/08/2022", "dated": "14/01/2022"}
    answer = officer.send(path, typed, files={"file": (name, content, "image/jpeg")})
    assert answer.status_code == 422, answer.status_code
    assert 'value="08/08/2022"' in answer.text
    assert len(load_history(office, ELSEWHERE, "vi")) == before


def test_more_than_a_request_may_hold_is_refused_before_it_is_read(secretary: Guest) -> None:
    answer = secretary.client.post(
        f"/case/{CASE}/receive/1-KNĐ", content=b"x", headers={"content-length": str(2_000_000_000)}
    )
    assert answer.status_code == 413
    assert "quá lớn" in words(answer.text)
    assert "tối đa 25 MB" in words(answer.text)
    assert f'href="/case/{CASE}/receive/1-KNĐ"' in answer.text


def test_what_the_form_says_of_the_size_of_a_photo_holds(app: FastAPI) -> None:
    officer, path = guest(app).enter("canbo.hai-luu"), f"/case/{ELSEWHERE}/receive/CN-NTVĐ"
    form = officer.get(path)
    assert "đến 25 MB" in words(form)
    assert 'data-most="25000000"' in form
    for size, status in ((25_000_000, "Không đọc được tệp"), (25_000_001, "Tệp quá lớn")):
        content = photo()[:400] + bytes(size - 400)
        answer = officer.send(path, {"on": "08/08/2022"}, files={"file": ("ảnh.jpg", content, "image/jpeg")})
        assert answer.status_code == 422
        assert status in words(answer.text)
        assert "không quá 25 MB" in words(answer.text)


# --- when things go wrong -----------------------------------------------------------------------------------


def test_a_database_that_is_away_is_told_plainly(secretary: Guest, office: Office) -> None:
    secretary.get("/")
    office.close()
    file = office.database.file
    assert file is not None
    for part in file.parent.glob("ketnap.db*"):
        part.rename(part.with_name(f"away-{part.name}"))
    file.mkdir()
    answer = secretary.client.get("/", follow_redirects=False)
    assert answer.status_code == 503
    assert "Traceback" not in answer.text


def test_every_answer_forbids_what_is_not_ours(secretary: Guest) -> None:
    for path, status in (("/", 200), ("/case/none", 404), ("/sign-in", 200)):
        answer = secretary.client.get(path)
        assert answer.status_code == status
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.findall(r'(?:src|href)="https?://', answer.text)
