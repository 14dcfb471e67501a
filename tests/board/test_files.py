"""What the board gives out as files: a spreadsheet that opens right, and a report that can be printed."""

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest

from tests.journeys.land import PLAIN, begin, travel, writing
from tests.reading import ask, list_page
from workflow.board.activity import list_activity
from workflow.board.coverage import count_coverage
from workflow.board.export.monthly_report import build_monthly_report
from workflow.board.export.spreadsheet import build_case_workbook, build_coverage_workbook
from workflow.core.input import InvalidInput
from workflow.core.messages import load_messages
from workflow.core.views import NamedRef
from workflow.office import Office
from workflow.register.person_record import decrypt_person
from workflow.storage import writes

JULY = date(2022, 7, 1)


def sheet(data: bytes, number: int = 0) -> Any:
    return openpyxl.load_workbook(BytesIO(data)).worksheets[number]


def test_a_list_opens_with_real_dates_a_frozen_head_and_filters(sample: Office) -> None:
    rows = list_page(sample, limit=None).rows
    page = sheet(build_case_workbook(rows, "vi"))
    head = [cell.value for cell in page[1]]
    assert head[:4] == ["Lượt xét", "Họ và tên", "Thôn, tổ", "Xã"]
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", f"A1:N{len(rows) + 1}")
    first, second = (dict(zip(head, page[number], strict=True)) for number in (2, 3))
    assert [one["Lượt xét"].value for one in (first, second)] == [rows[0].case, rows[1].case]
    opened = second["Mở ngày"]
    # a day
    assert (opened.value, opened.number_format) == (datetime(2022, 3, 21), "dd/mm/yyyy")  # noqa: DTZ001 - as above
    assert (second["Đã bao nhiêu ngày"].value, second["Quá lệ cơ quan (ngày)"].value) == (141, 51)
    assert second["Quá hạn theo quy định (ngày)"].value is None
    late = ("Quá hạn theo quy định (ngày)", "Quá lệ cơ quan (ngày)")
    assert [first[name].value for name in late] == [50, 85]
    assert page.max_row == len(rows) + 1
    assert all(page.column_dimensions[letter].width > 8 for letter in "ABCDEFGHIJKLMN")


HOSTILE = [
    "=1+1",
    "+84 912",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "=cmd|' /C calc'!A0",
    'x\x07y\ufffe"',
    " =HYPERLINK(1)",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_looks_like_a_formula_stays_text(sample: Office, typed: str) -> None:
    rows = list_page(sample, limit=1).rows
    rows[0] = replace(rows[0], person=NamedRef(id="P-1", name=typed))
    cell = sheet(build_case_workbook(rows, "vi"))["B2"]
    assert cell.data_type == "s"
    assert cell.value == typed.replace("\x07", "").replace("\ufffe", "")
    assert cell.quotePrefix == (typed.strip(" ")[0] in "=+-@\t")


def test_what_the_list_is_of_stands_on_a_sheet_of_its_own() -> None:
    notes = sheet(build_case_workbook([], "vi", about=["*** DỮ LIỆU MẪU ***", "=1"]), 1)
    assert [(row[0].value, row[0].data_type) for row in notes.iter_rows()] == [
        ("*** DỮ LIỆU MẪU ***", "s"),
        ("=1", "s"),
    ]


def test_coverage_has_a_row_for_each_commune_and_their_total(sample: Office) -> None:
    page = sheet(build_coverage_workbook(ask(sample, count_coverage), "en"))
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0][:3] == ["Commune", "Posts", "Members"]
    assert rows[-1][:3] == ["Total", 146, 138]
    assert len(rows) == 19
    assert sum(row[1] for row in rows[1:-1]) == 146


# --- the monthly report -------------------------------------------------------------------------------------


def text(data: bytes) -> str:
    document = pdfium.PdfDocument(data)
    pages = [document[number] for number in range(len(document))]
    try:
        return "\n".join(page.get_textpage().get_text_range().replace("\r", "") for page in pages)
    finally:
        for page in pages:
            page.close()
        document.close()


def test_the_report_of_a_month_says_what_the_board_says(either_sample: Office) -> None:
    said = text(build_monthly_report(either_sample, "vi", month=JULY, scope=None))
    assert "Báo cáo tháng 7 năm 2022" in said
    assert "DỮ LIỆU MẪU (song-lo-2022)" in said
    assert "Số liệu đến hết ngày 31/07/2022; in ngày 09/08/2022." in said
    assert "94,5%" in said
    for row in list_page(either_sample, on=date(2022, 7, 31), late="any").rows:
        assert row.person.name in said
    for act in ask(either_sample, list_activity, "vi", span=(JULY, date(2022, 7, 31))).rows:
        assert f"{act.on:%d/%m/%Y}" in said


def test_the_report_of_a_commune_names_nobody_of_another(sample: Office) -> None:
    scope = frozenset(sample.read_snapshot().units_below("dong-thinh", sample.read_today()))
    said = text(build_monthly_report(sample, "en", month=JULY, scope=scope, unit="dong-thinh"))
    assert "Report for 7/2022" in said
    assert "Xã Đồng Thịnh. Figures up to the end of 2022-07-31" in said
    rows = list_page(sample, "en", limit=None).rows
    others = [row for row in rows if row.commune.id != "dong-thinh"]
    assert len(others) == 16
    assert not [row.person.name for row in others if row.person.name in said]
    assert "Khổng Văn Lạng" in said


def test_the_month_that_runs_is_reported_up_to_today(sample: Office) -> None:
    said = text(build_monthly_report(sample, "vi", month=date(2022, 8, 31), scope=None))
    assert "Số liệu đến hết ngày 09/08/2022" in said
    with pytest.raises(InvalidInput):
        build_monthly_report(sample, "vi", month=date(2022, 9, 1), scope=None)


def test_a_report_of_nothing_says_so(land: Office) -> None:
    travel(land, date(2022, 3, 1))
    said = text(build_monthly_report(land, "vi", month=date(2022, 2, 1), scope=frozenset()))
    for sentence in (
        "Không có lượt xét nào đang mở.",
        "Không có lượt xét nào bị chậm.",
        "Chưa có chức danh nào",
    ):
        assert sentence in said


def test_names_are_printed_as_they_are_typed_and_are_no_markup(sqlite_land: Office) -> None:
    office = sqlite_land
    travel(office, date(2022, 6, 1))
    journey = begin(office, PLAIN, date(2022, 1, 4))
    hostile = '#panic("x") *đậm* $x^2$ \\ <b> @tên [a]'
    with writing(office) as books:
        person = "P-AN"
        key, sealed = writes.load_person_row(books.tx, person)
        assert key is not None
        held = decrypt_person(office.vault, person, key, sealed)
        books.change_person(key, type(held)(person, hostile, born=held.born))
    said = text(build_monthly_report(office, "vi", month=date(2022, 5, 1), scope=None))
    assert "".join(hostile.split()) in "".join(said.split())
    assert journey.case not in said


def test_every_word_of_board_and_report_is_there_in_both_languages(sample: Office) -> None:
    for language in ("vi", "en"):
        build_monthly_report(sample, language, month=JULY, scope=None)
        build_coverage_workbook(ask(sample, count_coverage), language)
    keys = {
        language: {key for key in load_messages(language) if key.startswith(("board.", "report."))}
        for language in ("vi", "en")
    }
    assert keys["vi"] == keys["en"] != set()
