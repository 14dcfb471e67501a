"""The register's pages: who sees which villages and people, and what may be entered about them by whom."""

from datetime import date
from urllib.parse import quote

import pytest
from fastapi import FastAPI

from tests.pages.guests import Guest, guest, words
from workflow.accounts.access_log import list_accesses
from workflow.accounts.form_submissions import save_draft
from workflow.accounts.sessions import end_sessions
from workflow.cases.views.case_view import load_case_view
from workflow.office import Office
from workflow.register.views.people import find_people
from workflow.register.views.places import list_terms
from workflow.register.views.posts import PostWithPlanView, list_meetings, list_posts
from workflow.reminders.letters.outbox import load_mailbox

SECRETARY, OFFICER, STAFF = "bithu.ao-truc", "canbo.hai-luu", "tochuc.huyen"
KEPT_OPEN = "KEXQDWWT"
AO_TRUC, BEN_MO, BAI_NANG = "quang-yen/thon-ao-truc", "hai-luu/thon-ben-mo", "hai-luu/thon-bai-nang"


@pytest.fixture
def secretary(app: FastAPI) -> Guest:
    """The secretary of the branch of Ao Trúc, whose head is Lưu Văn Khải."""
    return guest(app).enter(SECRETARY)


@pytest.fixture
def officer(app: FastAPI) -> Guest:
    """The officer of the commune Hải Lựu."""
    return guest(app).enter(OFFICER)


def enter(name: str, of: str = "") -> str:
    return f"/register/enter/{name}/{quote(of)}"


def post_at(office: Office, unit: str) -> PostWithPlanView:
    return next(one for one in list_posts(office, unit=unit) if one.unit.id == unit)


def known(office: Office, name: str) -> str:
    """The id of the only one of that name."""
    (found,) = [one.id for one in find_people(office, name) if one.name == name]
    return str(found)


def standing(office: Office) -> int:
    """What grows with everything that is entered."""
    return office.read_snapshot().n


# --- who sees what ------------------------------------------------------------------------------------------


def test_a_secretary_sees_the_own_village_alone(secretary: Guest) -> None:
    page = words(secretary.get("/register"))
    assert "1 chức danh" in page
    assert "Thôn Ao Trúc Lưu Văn Khải từ 12/01/2020 Chưa là đảng viên" in page
    village = words(secretary.get(f"/register/unit/{AO_TRUC}"))
    assert "Ghi buổi sinh hoạt mở rộng" in village
    for other in ("quang-yen", BEN_MO, "khong-co"):
        secretary.get(f"/register/unit/{other}", status=404)
        secretary.get(f"/register?unit={other}", status=404)


def test_a_commune_sees_its_own_villages(officer: Guest) -> None:
    page = words(officer.get("/register"))
    assert "9 chức danh" in page
    assert "Thôn Bến Mơ Triệu Thị Nhài" in page
    assert "Ao Trúc" not in page + words(officer.get("/register?q=ao truc"))
    officer.get(f"/register/unit/{AO_TRUC}", status=404)


def test_the_district_sees_communes_first_and_each_number_has_its_list(district: Guest) -> None:
    page = district.get("/register")
    assert "146 chức danh" in words(page)
    assert "/heads?unit=hai-luu&amp;of=remaining" in page
    assert "9 chức danh" in words(district.get("/register?unit=hai-luu"))


@pytest.mark.parametrize("typed", ["bai moi", "Bãi Mới", "thon bai moi"])
def test_a_village_is_found_with_marks_or_without(district: Guest, typed: str) -> None:
    assert "Thôn Bãi Mới" in words(district.get(f"/register?q={typed}"))


def test_plans_are_seen_from_the_commune_upward_only(officer: Guest, secretary: Guest, app: FastAPI) -> None:
    own = guest(app).enter("bithu.ben-mo")
    for path in ("/register", f"/register/unit/{BEN_MO}"):
        assert "Kết nạp người đang giữ chức" in words(officer.get(path))
        assert "Kết nạp người đang giữ chức" not in words(own.get(path))
        assert "Phương án" not in words(own.get(path))
    secretary.get(enter("plan", AO_TRUC), status=404)


def test_people_are_found_where_the_reader_may_see_them(
    officer: Guest, secretary: Guest, district: Guest
) -> None:
    assert "Lưu Văn Khải" in words(secretary.get("/register/people?q=luu van khai"))
    assert "0 người" in words(officer.get("/register/people?q=luu van khai"))
    assert "0 người" in words(secretary.get("/register/people?q=trieu thi nhai"))
    assert "1 người" in words(district.get("/register/people?q=triệu thị nhài"))


def test_somebody_of_another_commune_has_no_page(officer: Guest, district: Guest, office: Office) -> None:
    person = known(office, "Lưu Văn Khải")
    assert "Lưu Văn Khải" in words(district.get(f"/register/person/{person}"))
    for path in (f"/register/person/{person}", enter("set_person", person), enter("open", person)):
        officer.get(path, status=404)
    officer.get("/register/person/PNOBODY1", status=404)


def test_somebody_placed_nowhere_is_found_by_the_whole_name_alone(
    officer: Guest, app: FastAPI, office: Office
) -> None:
    secretary = guest(app).enter("bithu.ben-mo")
    secretary.done(enter("add_person"), {"name": "Ngô Thị Từ Xa", "official_since": "01/02/2010"})
    assert "1 người" in words(officer.get("/register/people?q=ngo thi tu xa"))
    assert "0 người" in words(officer.get("/register/people?q=ngo thi"))
    assert "1 người" in words(secretary.get("/register/people?q=ngo thi tu xa"))
    assert "0 người" in words(secretary.get("/register/people?q=ngo thi tu"))
    assert office.read_snapshot().get_membership(known(office, "Ngô Thị Từ Xa"), date(2022, 8, 9)) == "member"


def test_users_are_listed_from_the_commune_upward(officer: Guest, secretary: Guest, district: Guest) -> None:
    page = words(officer.get("/register/users"))
    assert "bithu.ben-mo" in page
    assert "bithu.ao-truc" not in page
    assert "bithu.ao-truc" in words(district.get("/register/users?q=ao-truc"))
    secretary.get("/register/users", status=404)


def test_looks_at_people_are_logged(secretary: Guest, app: FastAPI, office: Office) -> None:
    person = known(office, "Lưu Văn Khải")
    for path in (
        "/register",
        f"/register/unit/{AO_TRUC}",
        f"/register/person/{person}",
        "/register/meetings",
    ):
        secretary.get(path)
    app.state.ketnap.access_log.flush()
    seen = {(one.what, one.subject) for one in list_accesses(office, user=SECRETARY).looks}
    assert seen == {("register", ""), ("register", AO_TRUC), ("person", person), ("meetings", "")}


# --- villages and heads -------------------------------------------------------------------------------------


def test_a_branch_logs_its_own_extended_meeting_and_no_other(secretary: Guest, office: Office) -> None:
    page = secretary.done(enter("meeting", AO_TRUC), {"on": "7 8 2022", "came": "yes"})
    assert "07/08/2022 Lưu Văn Khải có đến" in words(page)
    assert list_meetings(office, unit=AO_TRUC)[0].on == date(2022, 8, 7)
    secretary.get(enter("meeting", BEN_MO), status=404)
    assert secretary.send(enter("meeting", BEN_MO), {"on": "07/08/2022"}, form=[]).status_code in (403, 404)


def test_a_head_leaves_and_somebody_new_takes_the_post(officer: Guest, office: Office) -> None:
    officer.done(enter("leave", BEN_MO), {"on": "31/07/2022"})
    assert "đang khuyết" in words(officer.get(f"/register/unit/{BEN_MO}"))
    answer = officer.send(
        enter("add_person") + f"?then={BEN_MO}", {"name": "Hà Văn Mới", "born": "02/09/1980"}
    )
    to = answer.headers["location"]
    person = known(office, "Hà Văn Mới")
    assert to.startswith(f"{enter('hold', BEN_MO)}?person={person}")
    officer.done(to, {"since": "01/08/2022"})
    holder = post_at(office, BEN_MO).holder
    assert holder
    assert holder.name == "Hà Văn Mới"


def test_a_name_that_nobody_has_is_said_beside_its_field(officer: Guest, office: Office) -> None:
    officer.done(enter("leave", BEN_MO), {"on": "31/07/2022"})
    before = standing(office)
    answer = officer.send(enter("hold", BEN_MO), {"person": "Không Có Ai", "since": "01/08/2022"})
    assert answer.status_code == 422
    assert "chưa có ai tên" in answer.text.lower()
    assert 'value="Không Có Ai"' in answer.text
    assert 'value="01/08/2022"' in answer.text
    assert standing(office) == before


def test_every_fault_is_told_at_once_and_what_was_typed_stays(officer: Guest, office: Office) -> None:
    before = standing(office)
    answer = officer.send(enter("plan", BEN_MO), {"since": "31/02/2022", "plan": ""})
    assert answer.status_code == 422
    assert "fault-plan-1" in answer.text
    assert "fault-since-1" in answer.text
    assert 'value="31/02/2022"' in answer.text
    assert standing(office) == before


def test_what_the_register_refuses_is_told_in_words(officer: Guest, office: Office) -> None:
    before = standing(office)
    answer = officer.send(enter("plan", BAI_NANG), {"since": "01/08/2022", "plan": "admit"})
    assert answer.status_code == 422
    assert "đã là đảng viên (Chu Bá Mão" in words(answer.text)
    assert standing(office) == before


def test_a_plan_that_stands_already_is_not_entered_again(officer: Guest, office: Office) -> None:
    before = standing(office)
    page = officer.done(enter("plan", BEN_MO), {"plan": "admit", "since": "01/08/2022"})
    assert "không có gì đổi" in words(page)
    assert standing(office) == before


def test_a_form_sent_twice_is_entered_once(officer: Guest, office: Office) -> None:
    path = enter("add_person")
    form = officer.form(path)
    first, second = (officer.send(path, {"name": "Hà Văn Đôi"}, form=form) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert len(find_people(office, "ha van doi")) == 1


def test_a_form_without_the_sessions_proof_enters_nothing(officer: Guest, office: Office) -> None:
    before = standing(office)
    form = [(name, value) for name, value in officer.form(enter("leave", BEN_MO)) if name != "csrf"]
    assert officer.send(enter("leave", BEN_MO), {"on": "31/07/2022"}, form=form).status_code == 403
    assert standing(office) == before


# --- units --------------------------------------------------------------------------------------------------


def test_a_commune_adds_a_village_with_its_post(officer: Guest, office: Office) -> None:
    page = officer.done(
        enter("add_unit", "hai-luu"), {"name": "Thôn Đồng Mới", "level": "village", "since": "01/08/2022"}
    )
    assert "Thôn Đồng Mới" in words(page)
    unit = "hai-luu/thon-dong-moi"
    officer.done(enter("add_post", unit), {"kind": "village", "since": "01/08/2022"})
    assert post_at(office, unit).holder is None


def test_a_commune_does_not_change_itself_but_the_district_may(
    officer: Guest, district: Guest, office: Office
) -> None:
    for name in ("change_unit", "end_unit"):
        officer.get(enter(name, "hai-luu"), status=404)
    district.done(enter("change_unit", "hai-luu"), {"name": "Xã Hải Lựu Mới", "since": "01/08/2022"})
    unit = office.read_snapshot().find_unit("hai-luu", date(2022, 8, 9))
    assert unit is not None
    assert (unit.name, unit.organs) == ("Xã Hải Lựu Mới", "committee")


def test_a_village_is_renamed_from_a_day_on(officer: Guest, office: Office) -> None:
    officer.done(enter("change_unit", BEN_MO), {"name": "Thôn Bến Mơ Mới", "since": "01/08/2022"})
    tree = office.read_snapshot()
    names = [
        row.name for day in (date(2022, 7, 31), date(2022, 8, 1)) if (row := tree.find_unit(BEN_MO, day))
    ]
    assert names == ["Thôn Bến Mơ", "Thôn Bến Mơ Mới"]


def test_a_unit_that_somebody_else_has_changed_meanwhile_is_not_written_over(
    officer: Guest, district: Guest, office: Office
) -> None:
    path = enter("change_unit", BEN_MO)
    form = officer.form(path)
    district.done(path, {"name": "Thôn Một", "since": "01/08/2022"})
    before = standing(office)
    answer = officer.send(path, {"name": "Thôn Hai", "since": "02/08/2022"}, form=form)
    assert answer.status_code == 409
    assert "người khác đã sửa" in words(answer.text)
    assert 'value="Thôn Hai"' in answer.text
    assert standing(office) == before


def test_a_village_is_not_put_below_what_is_not_ones_own(officer: Guest, office: Office) -> None:
    before = standing(office)
    answer = officer.send(enter("change_unit", BEN_MO), {"parent": "quang-yen", "since": "01/08/2022"})
    assert answer.status_code == 404
    assert standing(office) == before


def test_a_village_that_has_a_head_does_not_end(officer: Guest) -> None:
    answer = officer.send(enter("end_unit", BEN_MO), {"on": "01/08/2022"})
    assert answer.status_code == 422
    assert "chưa kết thúc được" in words(answer.text)


def test_a_new_term_begins(officer: Guest, office: Office) -> None:
    assert "nhiệm kỳ từ 01/08/2022" in words(officer.done(enter("term", "hai-luu"), {"since": "01/08/2022"}))
    assert list_terms(office)[0].unit.id == "hai-luu"


# --- people -------------------------------------------------------------------------------------------------


def test_what_is_kept_of_somebody_is_said_anew_and_forgotten(officer: Guest, office: Office) -> None:
    person = known(office, "Triệu Thị Nhài")
    page = officer.done(enter("set_person", person), {"occupation": "Làm ruộng", "home": "Hải Lựu"})
    assert "Làm ruộng" in words(page)
    assert "Làm ruộng" not in words(officer.done(enter("set_person", person), {"occupation": ""}))
    assert "Hải Lựu" in words(officer.get(f"/register/person/{person}"))


def test_days_that_cannot_be_stay_with_what_was_typed(officer: Guest, office: Office) -> None:
    before = standing(office)
    answer = officer.send(enter("set_person", known(office, "Triệu Thị Nhài")), {"born": "30/02/1980"})
    assert answer.status_code == 422
    assert 'value="30/02/1980"' in answer.text
    assert standing(office) == before


def test_a_membership_by_paper(officer: Guest, office: Office) -> None:
    typed = {"membership": "member", "since": "01/08/2022"}
    answer = officer.send(enter("membership", known(office, "Triệu Thị Nhài")), typed)
    assert answer.status_code == 422
    assert f"Đang có lượt xét {KEPT_OPEN}" in words(answer.text)
    officer.done(enter("add_person"), {"name": "Hà Văn Mới", "born": "02/09/1980", "education_met": "yes"})
    person = known(office, "Hà Văn Mới")
    page = officer.done(enter("membership", person), typed)
    assert "Đảng viên chính thức từ 01/08/2022" in words(page)
    assert office.read_snapshot().get_membership(person, date(2022, 8, 9)) == "member"


def test_a_secretary_opens_the_case_of_the_own_head_once(
    app: FastAPI, office: Office, officer: Guest
) -> None:
    officer.done(enter("leave", BEN_MO), {"on": "31/07/2022"})
    officer.done(enter("add_person"), {"name": "Hà Văn Mới", "born": "02/09/1980", "education_met": "yes"})
    person = known(office, "Hà Văn Mới")
    officer.done(enter("hold", BEN_MO), {"person": "Hà Văn Mới", "since": "01/08/2022"})
    secretary = guest(app).enter("bithu.ben-mo")
    assert enter("open", person) in secretary.get(f"/register/unit/{BEN_MO}")
    page = secretary.done(enter("open", person), {"on": "08/08/2022"})
    assert "Hà Văn Mới" in words(page)
    assert enter("open", person) not in secretary.get(f"/register/unit/{BEN_MO}")
    again = secretary.send(enter("open", person), {"on": "08/08/2022"})
    assert again.status_code == 422


def test_a_case_is_taken_over_from_paper_at_its_step(officer: Guest, office: Office) -> None:
    officer.done(enter("add_person"), {"name": "Hà Văn Giấy", "born": "02/09/1980", "education_met": "yes"})
    path = enter("adopt", known(office, "Hà Văn Giấy"))
    assert "Đang đứng ở bước" in words(officer.get(path))
    step = f"{path}?pipeline=admission&state=sponsorship"
    page = officer.done(
        step,
        {
            "unit": BEN_MO,
            "on": "01/07/2022",
            "nominated_on": "05/01/2022",
            "certificate_issued_on": "02/03/2022",
        },
    )
    assert "Đơn, lý lịch, người giới thiệu" in words(page)
    (case,) = [one.case for one in find_people(office, "ha van giay")]
    assert case
    view = load_case_view(office, case, "vi")
    assert (view.adopted, view.unit.id) == (True, BEN_MO)


def test_a_case_from_paper_of_another_commune_is_not_taken_over(officer: Guest, office: Office) -> None:
    officer.done(enter("add_person"), {"name": "Hà Văn Giấy"})
    before = standing(office)
    step = f"{enter('adopt', known(office, 'Hà Văn Giấy'))}?pipeline=admission&state=sponsorship"
    assert officer.send(step, {"unit": AO_TRUC, "on": "01/07/2022"}).status_code == 404
    assert standing(office) == before


# --- users --------------------------------------------------------------------------------------------------


def test_a_commune_adds_a_secretary_and_ends_the_role(officer: Guest, office: Office) -> None:
    officer.done(
        enter("add_user", BEN_MO),
        {"user": "bithu.moi", "full_name": "Hà Thị Ghi", "role": "branch_secretary", "since": "01/08/2022"},
    )
    grants = office.read_snapshot().grants["bithu.moi"]
    assert [(one.role, one.unit_id) for one in grants] == [("branch_secretary", BEN_MO)]
    officer.done(
        enter("grant", "bithu.moi"), {"role": "branch_secretary", "unit": BAI_NANG, "since": "01/08/2022"}
    )
    officer.done(enter("end_grant", "bithu.moi"), {"grant": f"branch_secretary@{BEN_MO}", "on": "05/08/2022"})
    assert "Thôn Bãi Nắng" in words(officer.get("/register/users?q=bithu.moi"))
    officer.done(enter("end_user", "bithu.moi"), {"on": "08/08/2022"})
    assert "0 người dùng" in words(officer.get("/register/users?q=bithu.moi"))


def test_nobody_gives_or_ends_the_own_roles_or_those_of_others_above(officer: Guest, office: Office) -> None:
    for user in (OFFICER, "vanphong.huyen", "bithu.ao-truc", "khong.co"):
        for name in ("grant", "end_grant", "end_user"):
            officer.get(enter(name, user), status=404)
    before = standing(office)
    path = enter("grant", "bithu.ben-mo")
    given = officer.send(path, {"role": "branch_secretary", "unit": AO_TRUC, "since": "01/08/2022"})
    assert given.status_code == 404
    assert standing(office) == before


def test_where_letters_to_a_new_user_go_is_said_at_once(officer: Guest, office: Office) -> None:
    named = {
        "user": "bithu.moi",
        "full_name": "Hà Thị Ghi",
        "contact": "ghi@xa.example",
        "role": "branch_secretary",
    }
    officer.done(enter("add_user", BEN_MO), named | {"since": "01/08/2022"})
    assert load_mailbox(office, "bithu.moi").address == "ghi@xa.example"


def test_only_roles_are_offered_that_the_reader_may_give_and_a_mistaken_pair_is_told(officer: Guest) -> None:
    path = enter("grant", "bithu.ben-mo")
    page = officer.get(path)
    assert 'value="branch_secretary"' in page
    assert 'value="commune_officer"' not in page
    assert 'value="hai-luu"' not in page, "no role there is the officer's to give"
    wrong = officer.send(path, {"role": "commune_officer", "unit": BEN_MO, "since": "01/08/2022"})
    assert wrong.status_code == 422
    assert 'id="fault-role-1"' in wrong.text


def test_a_name_to_sign_in_with_that_cannot_be_is_said_beside_its_field(officer: Guest) -> None:
    answer = officer.send(
        enter("add_user", BEN_MO),
        {"user": "Bí thư", "full_name": "Hà Thị Ghi", "role": "branch_secretary", "since": "01/08/2022"},
    )
    assert answer.status_code == 422
    assert "fault-user-1" in answer.text


# --- a session that ended while somebody was typing ---------------------------------------------------------


def test_what_was_typed_when_the_session_ended_is_there_again(officer: Guest, office: Office) -> None:
    path = enter("set_person", known(office, "Triệu Thị Nhài"))
    form = officer.form(path)
    end_sessions(office, OFFICER)
    answer = officer.send(path, {"occupation": "Làm ruộng"}, form=form)
    assert (answer.status_code, "Làm ruộng" in answer.text) == (401, True)
    save_draft(office, OFFICER, path, {"occupation": "Làm ruộng"})
    page = officer.enter(OFFICER).get(path)
    assert 'value="Làm ruộng"' in page
    assert "điền lại" in words(page)


# --- what belongs to others ---------------------------------------------------------------------------------


def test_nobody_of_elsewhere_is_taken_into_the_own_commune_by_name_or_by_id(
    officer: Guest, office: Office
) -> None:
    person = known(office, "Lưu Văn Khải")
    officer.done(enter("leave", BEN_MO), {"on": "08/08/2022"})
    for typed in ("Lưu Văn Khải", person, f"Lưu Văn Khải · {person}"):
        answer = officer.send(enter("hold", BEN_MO), {"person": typed, "since": "09/08/2022"})
        assert answer.status_code == 422
        assert "Chưa có ai tên" in words(answer.text)
    officer.get(f"/register/person/{person}", status=404)


def test_a_former_head_stays_the_communes_own(app: FastAPI, officer: Guest, office: Office) -> None:
    gone = post_at(office, BAI_NANG).holder
    assert gone
    officer.done(enter("leave", BAI_NANG), {"on": "08/08/2022"})
    officer.get(f"/register/person/{gone.id}")
    other = guest(app).enter("canbo.quang-yen")
    other.get(f"/register/person/{gone.id}", status=404)
    assert "0 người" in words(other.get(f"/register/people?q={gone.name}"))


def test_an_equal_is_not_kept(app: FastAPI) -> None:
    staff = guest(app).enter(STAFF)
    for path in (
        "/admin/user/vanphong.huyen",
        enter("grant", "vanphong.huyen"),
        enter("end_user", "vanphong.huyen"),
    ):
        staff.get(path, status=404)
    staff.get(enter("add_user", "song-lo"), status=404)
    staff.get("/admin/user/canbo.hai-luu")
