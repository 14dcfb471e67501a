"""An office's roster, in the files that offices send: real workbooks, CSV in every encoding, and what
goes wrong.
"""

import re
import struct
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random
from string import Formatter
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.open_files import is_open
from workflow.core.messages import load_messages
from workflow.register.roster.file_reader import read_roster
from workflow.register.roster.rows import Roster, RosterRow

TODAY = date(2022, 8, 9)
HEADINGS = [
    "STT",
    "Xã, thị trấn",
    "Thôn, tổ dân phố",
    "Họ và tên",
    "Ngày sinh",
    "Giới tính",
    "Nghề nghiệp",
    "Quê quán",
    "Đảng viên",
    "Ngày vào Đảng",
    "Ngày chính thức",
    "Kiêm bí thư chi bộ",
    "Giữ chức từ",
    "Trình độ THCS trở lên",
    "Điện thoại",
]
HOA: dict[str, Any] = {
    "STT": 1,
    "Xã, thị trấn": "Đồng Thịnh",
    "Thôn, tổ dân phố": "Thôn Yên Bình",
    "Họ và tên": "Lê Thị Hoà",
    "Ngày sinh": "05/03/1985",
    "Giới tính": "Nữ",
    "Nghề nghiệp": "Nông dân",
    "Quê quán": "Sông Lô, Vĩnh Phúc",
    "Đảng viên": "chính thức",
    "Ngày vào Đảng": "3/2/2010",
    "Ngày chính thức": "2011-02-03",
    "Kiêm bí thư chi bộ": "x",
    "Giữ chức từ": "01.06.2020",
    "Trình độ THCS trở lên": "có",
    "Điện thoại": "0912 345 678",
}
NAM = {
    "Xã, thị trấn": "Đồng Thịnh",
    "Thôn, tổ dân phố": "Tổ dân phố số 3",
    "Họ và tên": "Vũ Văn Nam",
    "Ngày sinh": "28/11/1990",
    "Đảng viên": "chưa",
}


def workbook(
    path: Path,
    rows: Iterable[Mapping[str, Any]],
    headings: Sequence[str] = HEADINGS,
    above: int = 0,
    merge: str = "",
) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for _ in range(above):
        sheet.append(["DANH SÁCH TRƯỞNG THÔN, TỔ TRƯỞNG TỔ DÂN PHỐ (số liệu giả định)"])
    sheet.append(list(headings))
    for row in rows:
        sheet.append([row.get(heading) for heading in headings])
    if merge:
        sheet.merge_cells(merge)
    book.save(path)
    return path


def csv_file(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def codes(roster: Roster) -> list[tuple[str, int | None, str | None]]:
    """Code, row and column of every fault, after making sure that both languages can say it."""
    for fault in (*roster.faults, *roster.notices):
        for language in ("vi", "en"):
            assert load_messages(language)[fault.code].format_map(fault.values)
    return [(fault.code.removeprefix("roster."), fault.row, fault.column) for fault in roster.faults]


def read(path: Path) -> Roster:
    return read_roster(path, today=TODAY)


def faults_of(tmp_path: Path, *rows: Mapping[str, Any]) -> list[tuple[str, int | None, str | None]]:
    return codes(read(workbook(tmp_path / "roster.xlsx", rows)))


def test_a_whole_row_is_read_with_its_types(tmp_path: Path) -> None:
    roster = read(workbook(tmp_path / "roster.xlsx", [HOA, NAM]))
    assert codes(roster) == []
    assert roster.rows == (
        RosterRow(
            row=2,
            commune="Đồng Thịnh",
            village="Thôn Yên Bình",
            village_kind="village",
            name="Lê Thị Hoà",
            birth=date(1985, 3, 5),
            sex="female",
            occupation="Nông dân",
            native_place="Sông Lô, Vĩnh Phúc",
            membership="official",
            joined=date(2010, 2, 3),
            official=date(2011, 2, 3),
            branch_secretary=True,
            held_since=date(2020, 6, 1),
            education_met=True,
            contact="0912 345 678",
        ),
        RosterRow(
            row=3,
            commune="Đồng Thịnh",
            village="Tổ dân phố số 3",
            village_kind="residential_group",
            name="Vũ Văn Nam",
            birth=date(1990, 11, 28),
            membership="none",
        ),
    )


def test_date_cells_numbers_and_truth_values_are_read_as_excel_shows_them(tmp_path: Path) -> None:
    row = HOA | {
        "Thôn, tổ dân phố": 7,
        "Ngày sinh": datetime(1985, 3, 5),  # noqa: DTZ001 - as Excel stores it
        "Ngày vào Đảng": date(2010, 2, 3),
        "Kiêm bí thư chi bộ": True,
        "Trình độ THCS trở lên": False,
        "Điện thoại": 912345678,
    }
    roster = read(workbook(tmp_path / "roster.xlsx", [row]))
    assert codes(roster) == []
    [read_row] = roster.rows
    assert (read_row.village, read_row.birth, read_row.joined) == ("7", date(1985, 3, 5), date(2010, 2, 3))
    assert (read_row.branch_secretary, read_row.education_met, read_row.contact) == (
        True,
        False,
        "0912345678",
    )


def test_titles_above_the_headings_and_empty_rows_are_passed_over(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "roster.xlsx", [HOA, {}, {"STT": 2}, {"Họ và tên": "  "}, NAM], above=2, merge="A1:O1"
    )
    roster = read(path)
    assert codes(roster) == []
    assert [row.row for row in roster.rows] == [4, 8]


def test_headings_are_understood_without_marks_in_other_words_and_in_english(tmp_path: Path) -> None:
    vietnamese = [
        "TT",
        "XA",
        "ten thon",
        "Trưởng thôn",
        "NGÀY SINH (dd/mm/yyyy)",
        "Đảng viên\n(chính thức / dự bị / chưa)",
    ]
    english = ["No", "Commune", "Village", "Full name", "Date of birth", "Membership"]
    values = [1, "Đồng Thịnh", "Yên Bình", "Vũ Văn Nam", "28/11/1990", "chưa"]
    for headings in (vietnamese, english):
        row = dict(zip(headings, values, strict=True))
        roster = read(workbook(tmp_path / "roster.xlsx", [row], headings))
        assert codes(roster) == []
        assert roster.rows[0].name == "Vũ Văn Nam"


def test_a_post_without_a_name_is_vacant(tmp_path: Path) -> None:
    place = {"Xã, thị trấn": "Đồng Thịnh"}
    rows = [
        place | {"Thôn, tổ dân phố": "Thôn 1"},
        place | {"Thôn, tổ dân phố": "Thôn 2", "Họ và tên": "(Khuyết)", "Đảng viên": "chưa"},
        place | {"Thôn, tổ dân phố": "Thôn 3", "Họ và tên": "-", "Ngày sinh": "-"},
        place | {"Thôn, tổ dân phố": "Thôn 4", "Ngày sinh": "05/03/1985"},
    ]
    roster = read(workbook(tmp_path / "roster.xlsx", rows))
    assert codes(roster) == [("vacant_with_details", 5, "Ngày sinh")]
    assert [(row.village, row.name, row.birth) for row in roster.rows] == [
        ("Thôn 1", None, None),
        ("Thôn 2", None, None),
        ("Thôn 3", None, None),
    ]


@pytest.mark.parametrize(
    ("changed", "code", "column"),
    [
        ({"Xã, thị trấn": None}, "cell_missing", "Xã, thị trấn"),
        ({"Thôn, tổ dân phố": " "}, "cell_missing", "Thôn, tổ dân phố"),
        ({"Đảng viên": None}, "cell_missing", "Đảng viên"),
        ({"Nghề nghiệp": "a" * 201}, "cell_too_long", "Nghề nghiệp"),
        ({"Ngày sinh": "30/02/1970"}, "date_impossible", "Ngày sinh"),
        ({"Ngày sinh": "1970-02-30"}, "date_impossible", "Ngày sinh"),
        ({"Ngày sinh": "05/03/85"}, "date_impossible", "Ngày sinh"),
        ({"Ngày sinh": 31111}, "date_impossible", "Ngày sinh"),
        ({"Ngày sinh": "1985"}, "date_year_only", "Ngày sinh"),
        ({"Ngày sinh": 1985}, "date_year_only", "Ngày sinh"),
        ({"Ngày sinh": "05/03/1885"}, "date_too_early", "Ngày sinh"),
        ({"Giữ chức từ": "10/08/2022"}, "date_future", "Giữ chức từ"),
        ({"Ngày vào Đảng": "03/02/1984"}, "dates_out_of_order", "Ngày vào Đảng"),
        ({"Ngày chính thức": "03/02/2009"}, "dates_out_of_order", "Ngày chính thức"),
        ({"Giữ chức từ": "01/01/1980"}, "dates_out_of_order", "Giữ chức từ"),
        ({"Giới tính": "khác"}, "sex_unknown", "Giới tính"),
        ({"Đảng viên": "sắp"}, "membership_unknown", "Đảng viên"),
        ({"Kiêm bí thư chi bộ": "Lê Văn A"}, "answer_unknown", "Kiêm bí thư chi bộ"),
        ({"Họ và tên": "Lê Thị Hoà 2"}, "name_has_digits", "Họ và tên"),
        ({"Họ và tên": "Lê Thị Hoà; Vũ Văn Nam"}, "name_odd", "Họ và tên"),
        ({"Họ và tên": "<b>Hoà</b>"}, "name_odd", "Họ và tên"),
        ({"Đảng viên": "dự bị"}, "membership_contradicted", "Ngày chính thức"),
        ({"Đảng viên": "chưa", "Kiêm bí thư chi bộ": None}, "membership_contradicted", "Ngày vào Đảng"),
        (
            {"Đảng viên": "chưa", "Ngày vào Đảng": None, "Ngày chính thức": None},
            "secretary_not_member",
            "Kiêm bí thư chi bộ",
        ),
        (
            {"Đảng viên": "dự bị", "Ngày vào Đảng": None, "Ngày chính thức": None},
            "probationary_without_joined",
            "Ngày vào Đảng",
        ),
        ({"Họ và tên": "=A2&B2"}, "formula", "Họ và tên"),
        ({"Ngày sinh": "#N/A"}, "cell_error", "Ngày sinh"),
    ],
)
def test_a_fault_names_row_and_column_and_leaves_the_row_out(
    tmp_path: Path, changed: dict[str, Any], code: str, column: str
) -> None:
    roster = read(workbook(tmp_path / "roster.xlsx", [NAM, HOA | changed]))
    assert codes(roster) == [(code, 3, column)]
    assert [row.row for row in roster.rows] == [2]


def test_today_is_no_future_and_all_faults_of_a_row_come_at_once(tmp_path: Path) -> None:
    assert faults_of(tmp_path, HOA | {"Giữ chức từ": "09/08/2022"}) == []
    assert faults_of(tmp_path, HOA | {"Giới tính": "?!x", "Ngày sinh": "31/04/1985", "Đảng viên": "sắp"}) == [
        ("date_impossible", 2, "Ngày sinh"),
        ("sex_unknown", 2, "Giới tính"),
        ("membership_unknown", 2, "Đảng viên"),
    ]


def test_a_village_with_two_heads_has_neither(tmp_path: Path) -> None:
    other = NAM | {"Thôn, tổ dân phố": "thôn yên  bình"}
    roster = read(workbook(tmp_path / "roster.xlsx", [HOA, NAM, other]))
    assert codes(roster) == [("two_heads", 2, "Thôn, tổ dân phố"), ("two_heads", 4, "Thôn, tổ dân phố")]
    assert [fault.values["other"] for fault in roster.faults] == [4, 2]
    assert [row.row for row in roster.rows] == [3]


def test_villages_that_differ_by_a_mark_are_two_and_by_tone_placement_one(tmp_path: Path) -> None:
    villages = ["Thôn Đông", "Thôn Đồng", "Thôn Hoà", "Thôn Hòa"]
    rows = [NAM | {"Thôn, tổ dân phố": village} for village in villages]
    assert faults_of(tmp_path, *rows[:3]) == []
    assert [code for code, _, _ in faults_of(tmp_path, *rows)] == ["two_heads", "two_heads"]


def test_the_same_row_twice_counts_once(tmp_path: Path) -> None:
    roster = read(workbook(tmp_path / "roster.xlsx", [HOA, HOA]))
    assert codes(roster) == [("row_repeated", 3, None)]
    assert [row.row for row in roster.rows] == [2]


def test_what_is_never_stored_is_not_read_and_said_so(tmp_path: Path) -> None:
    sensitive = ["Dân tộc", "Tôn giáo", "Số CCCD (gắn chip)", "Họ tên vợ", "Thành phần gia đình", "Ghi chú"]
    row = HOA | dict.fromkeys(sensitive, "=1+1")
    roster = read(workbook(tmp_path / "roster.xlsx", [row], [*HEADINGS, *sensitive]))
    assert codes(roster) == []
    told = [(notice.code.removeprefix("roster."), notice.column) for notice in roster.notices]
    assert told == [("column_never_stored", heading) for heading in sensitive[:5]] + [
        ("column_not_read", "Ghi chú")
    ]
    assert "1+1" not in repr(roster)


def test_columns_missing_doubled_or_not_understood(tmp_path: Path) -> None:
    path = tmp_path / "roster.xlsx"
    headings = [*HEADINGS, "Chiều cao"]
    assert codes(read(workbook(path, [HOA], headings))) == [("column_unknown", None, "Chiều cao")]
    assert codes(read(workbook(path, [HOA], [*HEADINGS, "Họ tên"]))) == [("column_doubled", None, "Họ tên")]
    missing = read(
        workbook(path, [HOA], [heading for heading in HEADINGS if heading not in {"Đảng viên", "Ngày sinh"}])
    )
    assert codes(missing) == [("column_missing", None, None), ("column_missing", None, None)]
    assert [fault.values["heading"] for fault in missing.faults] == ["Ngày sinh", "Đảng viên"]
    assert missing.rows == ()
    assert codes(read(workbook(path, [HOA], ["Tên sách", "Tác giả"]))) == [("headings_missing", None, None)]
    assert codes(read(workbook(path, [], [""]))) == [("headings_missing", None, None)]


def test_a_cell_beside_the_headings_is_not_lost_silently(tmp_path: Path) -> None:
    assert faults_of(tmp_path, HOA) == []
    path = csv_file(
        tmp_path / "roster.csv",
        "Xã,Thôn,Họ và tên,Ngày sinh,Đảng viên\nLâm, Sơn,Thôn 1,Vũ Văn Nam,1/1/1980,chưa\n",
    )
    assert ("cell_without_heading", 2, None) in codes(read(path))


def test_merged_cells_are_named_and_nothing_else_is(tmp_path: Path) -> None:
    roster = read(workbook(tmp_path / "roster.xlsx", [HOA, NAM | {"Xã, thị trấn": None}], merge="B2:B3"))
    assert codes(roster) == [("merged_cells", None, None)]
    assert roster.faults[0].values["cells"] == "B2:B3"
    assert roster.rows == ()


def test_a_missing_birth_date_is_told_but_stops_nothing(tmp_path: Path) -> None:
    roster = read(workbook(tmp_path / "roster.xlsx", [NAM | {"Ngày sinh": None}]))
    assert codes(roster) == []
    assert [(notice.code, notice.row) for notice in roster.notices] == [("roster.birth_missing", 2)]
    assert roster.rows[0].birth is None


def test_only_the_first_sheet_to_be_seen_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "roster.xlsx", [HOA])
    book = openpyxl.load_workbook(path)
    book.create_sheet("Ẩn", 0).sheet_state = "hidden"
    book.create_sheet("Xã khác").append(["x"])
    book.save(path)
    roster = read(path)
    assert (codes(roster), len(roster.rows)) == ([], 1)
    assert [notice.values for notice in roster.notices] == [{"sheets": "Xã khác"}]


CSV = "Xã,Thôn,Họ và tên,Ngày sinh,Đảng viên\nĐồng Thịnh,Thôn Yên Bình,Lê Thị Hòa,05/03/1985,chưa\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_is_read_in_every_encoding_that_excel_writes(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    roster = read(csv_file(tmp_path / "roster.csv", CSV.replace(",", delimiter), encoding))
    assert codes(roster) == []
    assert [(row.row, row.commune, row.name, row.birth) for row in roster.rows] == [
        (2, "Đồng Thịnh", "Lê Thị Hòa", date(1985, 3, 5))
    ]


def test_csv_of_old_windows_is_recognised(tmp_path: Path) -> None:
    text = unicodedata.normalize("NFD", CSV)
    for letter in "ăâêôơư":  # this encoding has these letters whole, and the tones apart
        text = text.replace(unicodedata.normalize("NFD", letter), letter)
    roster = read(csv_file(tmp_path / "roster.csv", text, "cp1258"))
    assert codes(roster) == []
    assert roster.rows[0].name == "Lê Thị Hòa"


def test_csv_in_tcvn3_or_without_text_is_a_wrong_encoding(tmp_path: Path) -> None:
    tcvn3 = (
        b"Commune,Village,Full name,Birth date,Membership\n\xa7\xe5ng Th\xdenh,Th\xabn,L\xaa,1/1/1980,no\n"
    )
    path = tmp_path / "roster.csv"
    path.write_bytes(tcvn3)
    assert codes(read(path)) == [("wrong_encoding", None, None)]
    path.write_bytes(bytes(range(256)))
    assert codes(read(path)) == [("wrong_encoding", None, None)]
    path.write_bytes(b"\xff\xfe" + b"\x00\xd8" * 3)
    assert codes(read(path)) == [("wrong_encoding", None, None)]


def test_csv_with_quotes_line_breaks_and_a_separator_line(tmp_path: Path) -> None:
    headings = 'sep=;\n"Xã, thị trấn";Thôn;"Họ và\ntên";Ngày sinh;Đảng viên\n'
    text = headings + '\n"Đồng Thịnh";Thôn 1;"Vũ\nVăn Nam";1/1/1980;chưa\n'
    roster = read(csv_file(tmp_path / "roster.csv", text))
    assert codes(roster) == []
    assert [(row.row, row.name) for row in roster.rows] == [(5, "Vũ Văn Nam")]


def test_csv_with_a_formula_or_an_open_quote(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "roster.csv", CSV.replace("Lê Thị Hòa", "=HYPERLINK(1)"))
    assert codes(read(path)) == [("formula", 2, "Họ và tên")]
    path = csv_file(tmp_path / "roster.csv", CSV + 'Đồng Thịnh,"Thôn 2,Vũ Văn Nam,1/1/1980,chưa\n')
    assert codes(read(path)) == [("csv_broken", None, None)]


def test_files_that_are_not_what_their_name_says(tmp_path: Path) -> None:
    good = workbook(tmp_path / "good.xlsx", [HOA])
    for name, content, code in [
        ("text.xlsx", b"just text", "not_xlsx"),
        ("empty.xlsx", b"", "not_xlsx"),
        ("old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "old_xls"),
        (
            "locked.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        ("book.csv", good.read_bytes(), "not_csv"),
        ("cut.xlsx", good.read_bytes()[:-200], "not_xlsx"),
        ("roster.pdf", b"%PDF", "ending_unknown"),
        ("empty.csv", b"", "headings_missing"),
    ]:
        path = tmp_path / name
        path.write_bytes(content)
        assert codes(read(path)) == [(code, None, None)], name
    assert codes(read(tmp_path / "nowhere.xlsx")) == [("file_missing", None, None)]
    (tmp_path / "folder.csv").mkdir()
    assert codes(read(tmp_path / "folder.csv")) == [("file_unreadable", None, None)]


def repacked(path: Path, changes: Mapping[str, bytes | None]) -> Path:
    """The workbook with parts replaced, or left out."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | dict(changes)).items():
            if content is not None:
                archive.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n + 1, b"&l%d;" % n * 20) for n in range(8))
BOMB = b'<!DOCTYPE x [<!ENTITY l0 "ha">' + LAUGHS + b"]>"


@pytest.mark.parametrize(
    "changes",
    [
        {SHEET: b"<worksheet><sheetData><row"},
        {SHEET: b""},
        {SHEET: None},
        {
            SHEET: b'<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>99999</v></c></row></sheetData></worksheet>'
        },
        {SHEET: b'<worksheet><sheetData><row r="x"/></sheetData></worksheet>'},
        {SHEET: BOMB + b"<worksheet>&l8;</worksheet>"},
        {"xl/workbook.xml": b"<workbook/>"},
        {"xl/styles.xml": b"\xff\xff"},
    ],
)
def test_damaged_or_hostile_workbooks_are_one_fault(
    tmp_path: Path, changes: Mapping[str, bytes | None]
) -> None:
    path = repacked(workbook(tmp_path / "roster.xlsx", [HOA]), changes)
    [fault] = codes(read(path))
    assert fault in {("corrupt", None, None), ("headings_missing", None, None)}
    assert not is_open(path)


@pytest.mark.parametrize("name", ["roster.xlsx", "roster.csv"])
def test_whatever_happens_to_a_file_on_its_way_is_a_fault_not_a_crash(tmp_path: Path, name: str) -> None:
    path, random = tmp_path / name, Random(20220809)
    good = CSV.encode() if name.endswith(".csv") else workbook(path, [HOA, NAM]).read_bytes()
    outcomes = set()
    for _ in range(400):
        spoilt = bytearray(good)
        for _ in range(random.randint(1, 6)):
            spoilt[random.randrange(len(spoilt))] = random.randrange(256)
        path.write_bytes(spoilt[: random.choice([None, random.randrange(len(spoilt))])])
        outcomes |= {code for code, _, _ in codes(read(path))}
    assert len(outcomes) >= 2


def test_a_zip_of_something_else_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "roster.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_rels/.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/x"/>')
    assert codes(read(path)) == [("corrupt", None, None)]


def test_a_part_that_would_unpack_to_gigabytes_is_not_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "roster.xlsx", [HOA])
    content = bytearray(path.read_bytes())
    entry = (
        content.rindex(SHEET.encode()) - 46
    )  # its entry in the table of contents; 24 bytes in: the unpacked size
    content[entry + 24 : entry + 28] = struct.pack("<I", 3 * 10**9)
    path.write_bytes(content)
    assert codes(read(path)) == [("too_big", None, None)]


def test_dates_of_workbooks_that_count_from_1904(tmp_path: Path) -> None:
    path = workbook(tmp_path / "roster.xlsx", [HOA])
    book = openpyxl.load_workbook(path)
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet["E2"] = date(1985, 3, 5)
    book.save(path)
    assert read(path).rows[0].birth == date(1985, 3, 5)


def test_too_many_rows_are_refused_and_progress_is_told(tmp_path: Path) -> None:
    rows = "".join(f"Đồng Thịnh,Thôn {n},,,\n" for n in range(2_500))
    path = csv_file(tmp_path / "roster.csv", CSV.splitlines()[0] + "\n" + rows)
    heard: list[int] = []
    roster = read_roster(path, today=TODAY, on_progress=heard.append, max_rows=2_500)
    assert (codes(roster), len(roster.rows), heard) == ([], 2_500, [1_000, 2_000, 2_500])
    refused = read_roster(path, today=TODAY, max_rows=2_499)
    assert codes(refused)[0] == ("too_many_rows", None, None)
    assert refused.rows == ()


def test_thousands_of_faults_end_with_a_word(tmp_path: Path) -> None:
    rows = "".join(f"Đồng Thịnh,Thôn {n},Vũ Văn Nam,,\n" for n in range(10_050))
    roster = read(csv_file(tmp_path / "roster.csv", CSV.splitlines()[0] + "\n" + rows))
    assert len(roster.faults) == 10_001
    assert codes(roster)[:2] == [("too_many_faults", None, None), ("cell_missing", 2, "Đảng viên")]


def test_both_catalogues_say_exactly_what_can_go_wrong() -> None:
    folder = Path(__file__).parents[2] / "workflow/register/roster"
    source = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    used = set(re.findall(r'"(roster\.[a-z_]+)"', source))
    for language in ("vi", "en"):
        kept = {key for key in load_messages(language) if key.startswith("roster.")}
        assert kept - used == {"roster.at_row", "roster.at_column", "roster.at_row_and_column"}
        assert used <= kept
    for code in used:
        named = [
            {name for _, name, _, _ in Formatter().parse(load_messages(one)[code]) if name}
            for one in ("vi", "en")
        ]
        assert named[0] == named[1]


@pytest.mark.soak
def test_fifty_thousand_rows_of_a_workbook_are_read(tmp_path: Path) -> None:
    path = tmp_path / "roster.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADINGS)
    for number in range(50_000):
        sheet.append([*(HOA | {"Thôn, tổ dân phố": f"Thôn {number}"}).values()])
    book.save(path)
    roster = read(path)
    assert (codes(roster), len(roster.rows)) == ([], 50_000)
