"""The district's staff at a desk, with and without scripts: the board, its lists and files, many cases at
once, the import, the letters, the office itself."""

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.browser.conftest import Opens, Served, each_way
from tests.browser.reader import Screen
from workflow.cases.commands import advance
from workflow.cases.views.case_view import load_case_view
from workflow.core.input import parse_day
from workflow.operations.time_machine import move_clock
from workflow.register.views.people import find_people
from workflow.register.writer import Who
from workflow.reminders.daily_run import DailyRun
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.outbox import list_letters

DISTRICT, BRANCH = "vanphong.huyen", "bithu.bai-moi"
KHAI, HUAN = "K9AFNC5B", "K3YKJBMF"
DESK = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@each_way
def test_from_a_number_to_its_list_to_a_narrower_one(reader: Opens, screen: Screen, scripts: bool) -> None:
    who = reader(DISTRICT, screen, scripts=scripts)
    who.press_link("Bảng theo dõi")
    who.page.locator("ul.numbers").get_by_role("link", name="chưa là đảng viên").click()
    assert who.page.locator("tbody tr").count() == 8
    who.page.go_back()
    late = who.page.locator(".card.late").get_by_role("link", name="2 lượt")
    late.click()
    assert "2 lượt đang xét" in who.text
    who.page.locator("summary", has_text="Lọc, tìm").click()
    who.fill(q="trieu thi nhai")
    who.page.locator("form[action='/cases'] button.main").click()
    who.page.wait_for_url("**q=trieu*")
    assert "1 lượt đang xét" in who.text
    assert "late=legal" in who.page.url, "the filters live in the address"


@DESK
def test_the_communes_sort_and_any_past_day_is_looked_at(reader: Opens, scripts: bool) -> None:
    who = reader(DISTRICT, Screen.DESK, scripts=scripts)
    who.go("/board")
    who.page.locator("th a", has_text="Chưa vào Đảng").first.click()
    assert who.page.locator("#communes ~ .wide-table tbody th").first.inner_text() == "Xã Đồng Thịnh"
    who.page.locator("summary", has_text="Chọn nơi, chọn ngày").click()
    who.fill(on="30/6/2022")
    who.page.locator('[name="known"][value="then"]').check()
    who.page.locator("form[action='/board'] button.main").click()
    who.page.wait_for_url("**known=then*")
    assert "30/06/2022" in who.page.locator("p.note").first.inner_text()
    who.press_link("Về hôm nay")
    assert "Hôm nay, 09/08/2022" in who.text


def test_files_are_downloaded_and_open(reader: Opens, tmp_path: Path) -> None:
    who = reader(DISTRICT, Screen.DESK)
    who.go("/board")
    with who.page.expect_download() as sheet:
        who.page.get_by_role("link", name="Các lượt đang xét (Excel)").click()
    sheet.value.save_as(tmp_path / "lượt xét.xlsx")
    held = load_workbook(tmp_path / "lượt xét.xlsx").active
    assert held is not None
    assert (
        sum(1 for row in held.iter_rows(values_only=True) if any(str(cell).startswith("K") for cell in row))
        >= 19
    )
    who.fill(month="07/2022")
    with who.page.expect_download() as report:
        who.page.get_by_role("button", name="Tải báo cáo").click()
    report.value.save_as(tmp_path / "báo cáo.pdf")
    assert (tmp_path / "báo cáo.pdf").read_bytes().startswith(b"%PDF")


@each_way
def test_a_class_for_two_one_of_whom_is_not_ready(
    reader: Opens, served: Served, screen: Screen, scripts: bool
) -> None:
    helpers = [one.id for one in load_case_view(served.office, HUAN, "vi").helpers]
    fields = {"resolution_no": "03-NQ/CB", "helpers": helpers, "class_request": "same_day"}
    advance.advance_case(
        served.office,
        KHAI,
        "nominate",
        parse_day("08/08/2022"),
        Who("bithu.ao-truc", "bithu.ao-truc"),
        fields,
    )
    officer = Who("canbo.nhao-son", "canbo.nhao-son")
    advance.advance_case(served.office, HUAN, "request_class", parse_day("29/07/2022"), officer, {})
    who = reader(DISTRICT, screen, scripts=scripts)
    who.go("/cases?state=class_requested")
    for case in (KHAI, HUAN):
        who.page.locator(f'input[name="case"][value="{case}"]').check()
    who.page.get_by_role("button", name="Làm một việc cho các lượt đã chọn").click()
    who.press_link("Cử đi học lớp nhận thức")
    who.awaited |= {409, 422}
    who.fill(on="01/08/2022")
    who.send()
    assert "Đã ghi cho 1 lượt" in who.text
    assert "Chưa ghi được cho 1 lượt" in who.text
    assert load_case_view(served.office, HUAN, "vi").state.id == "training"
    assert load_case_view(served.office, KHAI, "vi").state.id == "class_requested"


@DESK
def test_a_roster_is_read_on_trial_then_written(
    reader: Opens, served: Served, tmp_path: Path, scripts: bool
) -> None:
    roster = tmp_path / "danh sách.csv"
    with roster.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(
            [
                ["Xã, thị trấn", "Thôn, tổ dân phố", "Họ và tên", "Ngày sinh", "Đảng viên"],
                ["Xã Hải Lựu", "Thôn Bãi Nắng", "Người Thử Mới", "01/02/1970", "chưa"],
            ]
        )
    who = reader(DISTRICT, Screen.DESK, scripts=scripts)
    who.go("/register/import")
    who.page.locator('input[type="file"]').set_input_files(roster)
    who.page.get_by_role("button", name="Đọc thử").click()
    who.page.wait_for_load_state()
    assert "chưa ghi gì vào sổ" in who.text
    assert not find_people(served.office, "Người Thử Mới")
    who.page.get_by_role("button", name="Ghi vào sổ").click()
    who.page.wait_for_load_state()
    assert find_people(served.office, "Người Thử Mới")


@each_way
def test_a_letter_that_is_stuck_is_read_and_sent_again(
    reader: Opens, served: Served, screen: Screen, scripts: bool
) -> None:
    move_clock(served.office, 1)
    DailyRun(served.office).run_morning()
    letter = list_letters(served.office, states=["waiting"], users=[BRANCH])[0].row.letter
    with served.office.database.transaction() as work:
        assert outbox_queries.update_letter(
            work, letter, ("waiting",), state="stuck", tries=1, code=550, said="550 no such box"
        )
    who = reader(DISTRICT, screen, scripts=scripts)
    who.press_link("Thư nhắc")
    who.page.get_by_role("navigation", name="Loại thư").get_by_role("link", name="Mắc kẹt").click()
    who.page.locator("tbody a[href^='/letters/']").first.click()
    assert "550 no such box" in who.text
    who.page.locator('button[name="do"][value="retry"]').click()
    who.page.wait_for_url("**said=letter_retry")
    assert [
        waiting.row.letter for waiting in list_letters(served.office, states=["waiting"], users=[BRANCH])
    ] == [letter]


@DESK
def test_a_backup_is_made_and_the_history_proved(reader: Opens, served: Served, scripts: bool) -> None:
    who = reader(DISTRICT, Screen.DESK, scripts=scripts)
    who.press_link("Quản trị")
    who.press_link("Tình trạng và sao lưu")
    who.page.get_by_role("button", name="Sao lưu ngay").click()
    who.page.wait_for_load_state()
    (copy,) = (served.office.config.folder / "sao-luu").glob("ketnap-*.tar.age")
    assert copy.name in who.text
    who.page.get_by_role("button", name="Soát nhật ký").click()
    who.page.wait_for_load_state()
    assert "Nhật ký nguyên vẹn" in who.text


def test_the_rules_lead_from_the_drawing_to_a_step_and_to_its_cases(reader: Opens) -> None:
    who = reader(DISTRICT, Screen.DESK)
    who.press_link("Quy định")
    drawing = who.page.locator("svg.rules")
    drawing.locator("a", has_text="Thẩm tra lý lịch").click()
    assert who.page.url.endswith("#step-verification")
    drawing.locator("a[href*='state=verification']").click()
    assert "1 lượt đang xét" in who.text
    who.go("/rules")
    who.page.locator("summary", has_text="Xem bản khác").click()
    who.press_link("So hai bản")
    assert "khác nhau ở đâu" in who.text
