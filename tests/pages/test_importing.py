"""A roster brought in on the page: looked through as a dry run, decided on, written once; by the district
alone.
"""

import io
import re
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from openpyxl import Workbook

from tests.pages.guests import Fields, Forms, Guest, guest, words
from workflow.core.clock import now
from workflow.office import Office
from workflow.register.acts import AddPerson, LeavePost
from workflow.register.commands.people import add_person
from workflow.register.commands.posts import leave_post
from workflow.register.views.people import find_people
from workflow.register.views.posts import list_posts
from workflow.register.writer import Who
from workflow.web.pages.register.import_roster import FILE_LIFETIME, PATH

HEADS = ["Xã, thị trấn", "Thôn, tổ dân phố", "Họ và tên", "Ngày sinh", "Đảng viên"]
NEW_HEAD = ["Xã Hải Lựu", "Thôn Bãi Nắng", "Người Thử Mới", "01/02/1970", "chưa"]
WHO = Who("", "test")
BAI_NANG = "hai-luu/thon-bai-nang"


def csv(*rows: list[str]) -> bytes:
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in (HEADS, *rows)).encode("utf-8-sig")


def sent(who: Guest, content: bytes, name: str = "danh-sach.csv") -> Any:
    return who.client.post(
        PATH, data=dict(who.form(PATH)), files={"file": (name, content, "application/octet-stream")}
    )


def form_of(html: str, action: str) -> Fields:
    found = [fields for to, fields in Forms(html).forms if to == action]
    assert found, words(html)[:1500]
    return found[0]


def holder(office: Office) -> str:
    posts = list_posts(office, unit=BAI_NANG)
    return posts[0].holder.name if posts[0].holder else ""


def test_the_page_is_the_districts_alone(app: FastAPI, district: Guest) -> None:
    for user in ("canbo.hai-luu", "bithu.ao-truc"):
        who = guest(app).enter(user)
        who.get(PATH, status=404)
        form = dict(form_of(who.get("/"), "/sign-out"))
        assert who.client.post(PATH, data=form).status_code == 404
        assert who.client.post(f"{PATH}/write", data=form).status_code == 404
    assert "Nhập danh sách" in words(district.get(PATH))


def test_the_page_names_the_columns_that_a_roster_may_have(district: Guest) -> None:
    page = district.get(PATH)
    listed = re.findall(
        r"<li>([^<]+?)( <span class=\"dim\">\(phải có\)</span>)?</li>", page.split("Các cột được hiểu")[1]
    )
    assert {heading for heading, needed in listed if needed} < {heading for heading, _ in listed}
    row = dict(zip(HEADS, NEW_HEAD, strict=True))
    assert {heading for heading, needed in listed if needed} <= set(row)
    assert {"Ngày sinh", "Đảng viên"} <= {heading for heading, _ in listed}


def test_a_roster_is_looked_through_and_nothing_is_written(district: Guest, office: Office) -> None:
    before = office.read_snapshot().n
    page = words(sent(district, csv(NEW_HEAD)).text)
    assert "Mới đọc thử, chưa ghi gì" in page
    assert "Thôn Bãi Nắng, Xã Hải Lựu – Người Thử Mới thay Chu Bá Mão" in page
    assert (office.read_snapshot().n, holder(office)) == (before, "Chu Bá Mão")


def test_what_was_looked_through_is_written_once(district: Guest, office: Office) -> None:
    form = form_of(sent(district, csv(NEW_HEAD)).text, f"{PATH}/write")
    for _ in range(2):
        answer = district.send(f"{PATH}/write", {}, form=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/register?said=imported")
    assert holder(office) == "Người Thử Mới"
    assert len(find_people(office, "nguoi thu moi")) == 1
    assert district.send(f"{PATH}/write", {"once": "another"}, form=form).status_code == 422


def test_a_workbook_is_read_as_well(district: Guest) -> None:
    book, held = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (HEADS, NEW_HEAD):
        sheet.append(row)
    book.save(held)
    assert "Người Thử Mới thay Chu Bá Mão" in words(sent(district, held.getvalue(), "danh-sach.xlsx").text)


def test_a_bad_row_is_told_with_its_place_and_left_out_only_when_that_is_chosen(
    district: Guest, office: Office
) -> None:
    bad = ["Xã Hải Lựu", "Thôn Bến Mơ", "Triệu Thị Nhài", "31/02/1987", "chưa"]
    page = sent(district, csv(NEW_HEAD, bad)).text
    assert "Dòng 3 Ngày sinh" in words(page)
    assert f'action="{PATH}/write"' not in page
    again = district.send(PATH, {"skip_bad": "yes"}, form=form_of(page, PATH)).text
    assert district.send(f"{PATH}/write", {}, form=form_of(again, f"{PATH}/write")).status_code == 303
    assert holder(office) == "Người Thử Mới"


def test_whether_two_people_are_one_is_decided_on_the_page(district: Guest, office: Office) -> None:
    known = find_people(office, "Lưu Văn Khải")[0]
    twin = ["Xã Hải Lựu", "Thôn Bãi Nắng", "Nguyễn Thử Trùng", f"{known.born:%d/%m/%Y}", "chưa"]
    add_person(office, AddPerson(details={"name": "Nguyễn Thử Trùng"}), WHO)
    page = sent(district, csv(twin)).text
    assert "cần quyết định" in words(page)
    again = district.send(PATH, {"decide.2": "new"}, form=form_of(page, PATH)).text
    assert district.send(f"{PATH}/write", {}, form=form_of(again, f"{PATH}/write")).status_code == 303
    assert len(find_people(office, "nguyen thu trung")) == 2
    assert district.send(PATH, {"decide.2": "perhaps"}, form=form_of(page, PATH)).status_code in (404, 422)


def test_a_register_that_has_changed_meanwhile_is_shown_first(district: Guest, office: Office) -> None:
    form = form_of(sent(district, csv(NEW_HEAD)).text, f"{PATH}/write")
    leave_post(office, LeavePost(post=BAI_NANG, on=date(2022, 7, 31)), WHO)
    before = office.read_snapshot().n
    answer = district.send(f"{PATH}/write", {}, form=form)
    assert answer.status_code == 409
    assert "Trong lúc đó sổ đã đổi" in words(answer.text)
    assert office.read_snapshot().n == before


def test_a_file_is_kept_for_an_hour_only(district: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    form = form_of(sent(district, csv(NEW_HEAD)).text, f"{PATH}/write")
    later = now() + FILE_LIFETIME * 1.1
    monkeypatch.setattr("workflow.web.pages.register.import_roster.now", lambda: later)
    answer = district.send(f"{PATH}/write", {}, form=form)
    assert answer.status_code == 422
    assert "chỉ được giữ một giờ" in words(answer.text)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "danh-sach.csv", "Không thấy dòng tiêu đề"),
        (b"\x00" * 2000, "danh-sach.xlsx", "không phải là sổ tính Excel"),
        (b"%PDF-1.7", "danh-sach.pdf", "Không đọc được loại tệp"),
        (b"x" * 800_000, "danh-sach.csv", "quá lớn"),
        (b"x", "../../danh\x00-sach", "Không đọc được loại tệp"),
    ],
)
def test_a_file_that_is_none_is_told_so(district: Guest, content: bytes, name: str, said: str) -> None:
    answer = sent(district, content, name)
    assert answer.status_code in (200, 422)
    assert said in words(answer.text)
    assert not re.search(rf'action="{PATH}/write"', answer.text)


def test_no_file_at_all(district: Guest) -> None:
    answer = district.send(PATH, {})
    assert (answer.status_code, "Chưa có tệp nào" in words(answer.text)) == (422, True)
