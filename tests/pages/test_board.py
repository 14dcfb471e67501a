"""The board and its lists: who sees them, that every number opens what it counts, past days, search,
files.
"""

import asyncio
import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from html import unescape

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from openpyxl import load_workbook

from tests.pages.guests import Guest, guest, words
from workflow.accounts.access_log import list_accesses
from workflow.board.coverage import CoveragePointView
from workflow.board.due_soon import DueDayView
from workflow.board.funnel import FunnelStepView
from workflow.office import Office
from workflow.web.pages import filters
from workflow.web.pages.board import board_page as pages_of_board
from workflow.web.pages.board import cases_page
from workflow.web.pages.board.charts import WEEK, build_calendar, draw_bar, draw_trend

BOARDS = ("/board", "/heads", "/due", "/untold", "/coverage.xlsx", "/report.pdf")
LINK = re.compile(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
NUMBER = re.compile(r"(?<!\d)\d+(?!\d)")


def counted_links(page: str, path: str) -> list[tuple[str, int]]:
    """Links to a list whose words hold a number, with that number."""
    found = []
    for href, inner in LINK.findall(page):
        said = re.sub(r'<span class="unseen">.*?</span>', "", inner, flags=re.DOTALL)
        bold = re.findall(r"<b>(.*?)</b>", said)
        numbers = NUMBER.findall(words(bold[0] if bold else said))
        if href.split("?")[0] == path and numbers:
            found.append((unescape(href), int(numbers[0])))
    return found


def total(page: str) -> int:
    """How many rows a list says that it has."""
    found = re.search(r'<p role="status"><b>(\d+)', page)
    assert found, words(page)[:500]
    return int(found[1])


# --- who sees what ------------------------------------------------------------------------------------------


def test_a_branch_secretary_has_no_board(app: FastAPI) -> None:
    secretary = guest(app).enter("bithu.ao-truc")
    for path in BOARDS:
        secretary.get(path, status=404)


def test_an_officer_of_a_commune_sees_the_own_commune_alone(app: FastAPI) -> None:
    officer = guest(app).enter("canbo.hai-luu")
    page = words(officer.get("/board"))
    assert "9 chức danh 8 là đảng viên" in page
    assert "Triệu Thị Nhài" in page
    assert "Lưu Văn Khải" not in page + words(officer.get("/cases"))
    for path in (*BOARDS, "/cases", "/cases.xlsx"):
        officer.get(f"{path}?unit=quang-yen", status=404)
        officer.get(f"{path}?unit=khong-co", status=404)


def test_a_secretarys_list_holds_the_own_branch_alone(app: FastAPI) -> None:
    page = guest(app).enter("bithu.ao-truc").get("/cases")
    assert (total(page), "Lưu Văn Khải" in page) == (1, True)


def test_a_look_at_the_board_and_its_lists_is_logged(district: Guest, app: FastAPI, office: Office) -> None:
    for path in ("/board", "/cases?unit=hai-luu", "/due", "/heads", "/untold", "/report.pdf"):
        assert district.client.get(path).status_code == 200
    app.state.ketnap.access_log.flush()
    seen = {(one.what, one.subject) for one in list_accesses(office, user="vanphong.huyen").looks}
    assert seen == {(one, "") for one in ("board", "due", "heads", "untold", "report")} | {
        ("cases", "hai-luu")
    }


# --- numbers and the lists behind them ----------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["", "?on=01/06/2022", "?on=01/06/2022&known=then", "?unit=dong-thinh"])
def test_every_number_opens_a_list_of_as_many(district: Guest, asked: str) -> None:
    page = district.get(f"/board{asked}")
    cases = counted_links(page, "/cases")
    assert len(cases) > 5
    for path in ("/cases", "/heads", "/due"):
        for href, number in counted_links(page, path):
            assert total(district.get(href)) == number, href
    assert (len(counted_links(page, "/heads")) > 5) == ("then" not in asked)


def test_the_longest_stalled_by_law_and_by_custom_stand_apart(district: Guest) -> None:
    page = words(district.get("/board"))
    legal, house = page.index("Quá hạn theo quy định: 2 lượt"), page.index("Quá lệ của cơ quan: 3 lượt")
    assert legal < page.index("50 ngày Triệu Thị Nhài") < page.index("18 ngày Bùi Văn Đạc") < house
    receipts = page.index("85 ngày Triệu Thị Nhài")
    assert house < receipts < page.index("51 ngày Lưu Văn Khải") < page.index("6 ngày Khổng Văn Lạng")


def test_the_calendar_names_what_falls_due_in_thirty_days(district: Guest) -> None:
    page = words(district.get("/board"))
    assert "5 việc đến hạn đến ngày 08/09/2022" in page
    assert "Thứ Sáu 12/08 1 việc 12/08/2022 Tạ Thị Liễu Xét, quyết định kết nạp" in page


def test_who_cannot_be_told_is_named(district: Guest) -> None:
    assert "2 người chưa có địa chỉ thư dùng được" in words(district.get("/board"))
    page = words(district.get("/untold?of=no_address"))
    assert "Tạ Hữu Kha bithu.ao-truc Bí thư chi bộ, Thôn Ao Trúc" in page


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("", "Xã Bạch Lưu"),
        ("-remaining", "Xã Đồng Thịnh"),
        ("share", "Xã Đồng Thịnh"),
        ("-name", "Xã Yên Thạch"),
        ("nonsense", "Xã Bạch Lưu"),
    ],
)
def test_communes_are_sorted_by_any_column(district: Guest, sort: str, first: str) -> None:
    table = district.get(f"/board?sort={sort}").split('id="communes"')[1].split("<tbody>")[1]
    assert words(table).startswith(first)


# --- past days, and addresses that make no sense ------------------------------------------------------------


def test_as_it_stood_on_a_day_in_june(district: Guest) -> None:
    page = words(district.get("/board?on=1 6 2022"))
    assert "Như đã đứng vào ngày 01/06/2022, theo những gì nay biết." in page
    assert "137 là đảng viên" in page
    assert "Việc sắp đến hạn và thư nhắc chỉ xem được của hôm nay." in page
    june = district.get("/cases?on=01/06/2022")
    assert 'name="case"' not in june, "nobody does something on a past day"


@pytest.mark.parametrize("path", ["/board", "/cases", "/heads"])
@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("32/13/2022", "chưa đọc được, hoặc trong lịch không có ngày ấy"),
        ("01/01/2030", "chưa đến"),
        ("01/01/1700", "quá xa"),
    ],
)
def test_a_day_that_makes_no_sense_is_told_beside_its_box(
    district: Guest, path: str, typed: str, why: str
) -> None:
    page = district.get(f"{path}?on={typed}", status=422)
    assert why in words(page)
    assert f'value="{typed}"' in page
    assert "Hôm nay, 09/08/2022." in words(page)
    assert f"on={typed[:2]}%2F" not in "".join(href for href, _ in LINK.findall(page)), (
        "links lead on without it"
    )


@pytest.mark.parametrize("asked", ["late=never", "at=-1", "at=x", "known=maybe", "unit=" + "x" * 101])
def test_other_nonsense_in_an_address_is_told_as_such(district: Guest, asked: str) -> None:
    district.get(f"/cases?{asked}", status=422)


def test_days_of_what_falls_due_are_told_beside_their_boxes(district: Guest) -> None:
    page = district.get("/due?first=12/08/2022&last=xx", status=422)
    assert 'value="xx"' in page
    assert "trong lịch không có ngày ấy" in words(page)
    assert "không quá 5 năm" in words(district.get("/due?first=12/08/2022&last=11/08/2022", status=422))
    assert total(district.get("/due?first=12/08/2022&last=12/08/2022")) == 1


# --- finding ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["Triệu Thị Nhài", "trieu nhai", "NHÀI", "bến mơ", "KEXQDWWT", "hai luu"])
def test_a_case_is_found_with_marks_or_without(district: Guest, typed: str) -> None:
    page = district.get(f"/cases?q={typed}")
    assert total(page) == 1
    assert "/case/KEXQDWWT" in page


def test_a_search_that_finds_nobody_says_so(district: Guest) -> None:
    page = district.get("/cases?q=<script>Nobody")
    assert (total(page), "Không có gì ở đây." in words(page), "<script>Nobody" in page) == (0, True, False)


def test_a_list_in_parts_holds_every_case_once(district: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (cases_page, filters):
        monkeypatch.setattr(module, "PAGE_SIZE", 5)
    path, page, seen = "/cases?sort=place", "", list[str]()
    while path:
        page = district.get(path)
        seen += re.findall(r'<th scope="row"><a href="/case/(\w+)"', page)
        following = [href for href, inner in LINK.findall(page) if "Xem tiếp" in inner]
        path = unescape(following[0]) if following else ""
    assert (len(seen), len(set(seen))) == (19, 19)
    assert "Trước đó" in page


def test_filters_are_said_and_can_be_taken_away_one_by_one(district: Guest) -> None:
    page = district.get("/cases?late=legal&turn=branch&unit=song-lo")
    assert "Nơi: Huyện Sông Lô Bỏ" in words(page)
    assert "Chậm: Quá hạn theo quy định" in words(page)
    without = [unescape(href) for href, inner in LINK.findall(page) if "Bỏ" in inner]
    assert without[-1] == "/cases?unit=song-lo&turn=branch"


# --- files --------------------------------------------------------------------------------------------------


def test_the_excel_file_holds_the_list_and_its_days_are_days(district: Guest) -> None:
    answer = district.client.get("/cases.xlsx?late=any&sort=late")
    assert answer.headers["content-disposition"].endswith("luot-xet-2022-08-09.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    rows = list(book["Lượt xét"].iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["Triệu Thị Nhài", "Lưu Văn Khải", "Bùi Văn Đạc", "Khổng Văn Lạng"]
    assert isinstance(rows[2][7], datetime)
    assert rows[2][7].date() == date(2022, 3, 21)
    about = [row[0] for row in book["Ghi chú"].iter_rows(values_only=True)]
    assert about[1] == "Chậm: Bị chậm, hạn nào cũng tính"


def test_a_searched_list_is_downloaded_as_it_was_searched(district: Guest) -> None:
    book = load_workbook(io.BytesIO(district.client.get("/cases.xlsx?q=nhai").content))
    assert book["Lượt xét"].max_row == 2


def test_the_coverage_of_a_past_day_as_a_file(district: Guest) -> None:
    answer = district.client.get("/coverage.xlsx?on=2022-06-01")
    last = list(load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))[-1]
    assert last[:3] == ("Cộng", 146, 137)


@pytest.mark.parametrize("month", ["07/2022", "2022-07", "7.2022", ""])
def test_the_report_of_a_month_is_a_printed_file(district: Guest, month: str) -> None:
    answer = district.client.get(f"/report.pdf?month={month}")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-disposition"].endswith(f"bao-cao-thang-2022-0{7 if month else 8}.pdf")


@pytest.mark.parametrize(
    ("month", "why"), [("13/2022", "không phải là một tháng"), ("09/2022", "chưa đến"), ("x", "tháng")]
)
def test_a_month_that_is_none_or_has_not_begun_is_told(district: Guest, month: str, why: str) -> None:
    assert why in words(district.get(f"/report.pdf?month={month}", status=422))


def test_a_file_of_a_day_that_is_none_is_refused_and_not_made_of_today(district: Guest) -> None:
    district.get("/cases.xlsx?on=31/02/2022", status=422)


# --- drawings -----------------------------------------------------------------------------------------------


def point(on: date, remaining: int) -> CoveragePointView:
    """Coverage of a day on which so many heads were left to be members."""
    return CoveragePointView(
        on=on, posts=9, members=9 - remaining, probationary=0, combined=0, vacant=0, remaining=remaining
    )


def test_a_course_rises_and_falls_with_its_numbers() -> None:
    drawn = draw_trend([point(date(2022, month, 28), count) for month, count in ((1, 0), (2, 4), (3, 2))])
    xs, ys = zip(*((dot.x, dot.y) for dot in drawn.dots), strict=True)
    assert xs == tuple(sorted(xs))
    assert ys[1] < ys[2] < ys[0]
    assert [one.value for one in drawn.ticks] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("values", [[], [0], [0, 0]])
def test_a_course_of_nothing_can_be_drawn(values: list[int]) -> None:
    drawn = draw_trend([point(date(2022, 1, 31), value) for value in values])
    assert len(drawn.dots) == len(values)


def test_a_bar_has_its_late_parts_first_and_never_twice() -> None:
    step = FunnelStepView(state="a", label="A", turn=None, turn_label=None, open=5, legal=2, house=2, late=3)
    bar = [(part.kind, part.x, part.width) for part in draw_bar(step, 10)]
    assert bar == [("legal", 0, 20), ("house", 20, 10), ("rest", 30, 20)]


def test_a_calendar_has_whole_weeks_from_monday() -> None:
    due = DueDayView(on=date(2022, 8, 12), legal=1, house=0, validity=0, period=0, total=1, clocks=[])
    days = build_calendar(date(2022, 8, 9), date(2022, 9, 8), [due])
    assert (len(days) % WEEK, days[0].on, days[0].inside) == (0, date(2022, 8, 8), False)
    assert [one.on for one in days if one.due] == [date(2022, 8, 12)]
    assert [one.on for one in days if one.today] == [date(2022, 8, 9)]


# --- many readers, many communes ----------------------------------------------------------------------------


def asked_at_once(app: FastAPI, who: Guest, path: str, times: int) -> list[tuple[int, str]]:
    """What a server answers who is asked so many times before it has answered once."""

    async def every() -> list[tuple[int, str]]:
        cookies, transport = dict(who.client.cookies), ASGITransport(app)
        async with AsyncClient(
            transport=transport, base_url="http://ketnap.example", cookies=cookies
        ) as client:
            answers = await asyncio.gather(*(client.get(path) for _ in range(times)))
        return [(one.status_code, one.text) for one in answers]

    with ThreadPoolExecutor(1) as thread:  # a browser of other tests may have its loop in this one
        return thread.submit(lambda: asyncio.run(every())).result()


def test_what_makes_no_sense_is_told_to_each_of_those_who_ask_at_once(app: FastAPI, district: Guest) -> None:
    seen = asked_at_once(app, district, "/board?on=x", 3)
    assert [(status, "fault-on-1" in page) for status, page in seen] == [(422, True)] * 3


def test_of_very_many_communes_those_with_the_most_overdue_are_shown(
    district: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_of_board, "COMMUNES", 2)
    page = district.get("/board")
    table = page.split('id="communes"')[1].split("</table>")[0]
    assert re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', table) == ["Xã Cao Phong", "Xã Hải Lựu"]
    assert "Mới kê 2 xã đầu, còn 15 xã nữa" in words(page)
