"""Keeping the register at the command line: units, posts, users, people, plans, meetings, a roster, the
calendar.
"""

from pathlib import Path

import pytest

from tests.doors.ketnap import ROOT, Ketnap

SINCE = ("--from", "01/01/2016")


@pytest.fixture
def office(empty: Ketnap) -> Ketnap:
    """A new office in which the first units and users have been entered by hand, as a clerk would."""
    empty.done("unit", "add", "Huyện Sông Lô", "--level", "district", *SINCE)
    empty.done("unit", "add", "Xã Đồng Thịnh", "--level", "commune", "--parent", "Sông Lô", *SINCE)
    empty.done("unit", "add", "Thôn Yên Bình", "--level", "village", "--parent", "dong thinh", *SINCE)
    empty.done("post", "add", "Yên Bình", *SINCE)
    empty.done("people", "add", "--name", "Nguyễn Văn Mẫu", "--born", "01/05/1980", "--education-met", "có")
    empty.done(
        "user",
        "add",
        "canbo",
        "--name",
        "Phạm Thị Xuân",
        "--role",
        "commune_officer",
        "--unit",
        "dong thinh",
        *SINCE,
    )
    return empty


def test_an_office_is_built_by_hand_and_its_first_case_opened(office: Ketnap) -> None:
    office.done("post", "hold", "yen binh", "nguyen van mau", "--from", "05/01/2020", "--by", "canbo")
    [post] = office.done("post", "list", "--json").json["posts"]
    assert (post["id"], post["holder"]["name"], post["since"]) == (
        "dong-thinh/thon-yen-binh",
        "Nguyễn Văn Mẫu",
        "2020-01-05",
    )
    assert "Thôn Yên Bình" in office.done("post", "list").out
    office.done("open", "Nguyễn Văn Mẫu", "--on", "01/09/2021", "--by", "canbo")
    assert office.done("coverage", "--json").json["total"]["remaining"] == 1
    assert [one["level"] for one in office.done("unit", "list", "--json").json["units"]] == [
        "district",
        "commune",
        "village",
    ]


def test_a_unit_changes_and_ends(office: Ketnap) -> None:
    changed = ("unit", "change", "dong-thinh", "--from", "01/01/2020", "--name", "Xã Đồng Thịnh Mới")
    assert "Đã ghi thay đổi" in office.done(*changed).out
    assert "không có gì thay đổi" in office.done(*changed).out
    names = {
        day: office.done("unit", "list", "--on", day, "--json").json["units"][1]["name"]
        for day in ("31/12/2019", "01/01/2020")
    }
    assert names == {"31/12/2019": "Xã Đồng Thịnh", "01/01/2020": "Xã Đồng Thịnh Mới"}
    assert office("unit", "end", "dong-thinh", "--on", "01/06/2022", "--json").code == "still_used"
    office.done("post", "end", "yen binh", "--on", "01/06/2022")
    office.done("unit", "end", "Thôn Yên Bình", "--on", "01/06/2022")
    assert len(office.done("unit", "list", "--json").json["units"]) == 2


def test_a_head_leaves_and_another_comes(office: Ketnap) -> None:
    office.done("post", "hold", "yen binh", "Nguyễn Văn Mẫu", "--from", "05/01/2020")
    office.done("people", "add", "--name", "Lê Thị Mới", "--official-since", "03/02/2001")
    taken = office("post", "hold", "yen binh", "Lê Thị Mới", "--from", "01/06/2022")
    assert taken.exit == 1
    assert "Nguyễn Văn Mẫu" in taken.err
    assert (
        "Nguyễn Văn Mẫu thôi giữ chức" in office.done("post", "leave", "yen binh", "--on", "31/05/2022").out
    )
    office.done("post", "hold", "yen binh", "Lê Thị Mới", "--from", "01/06/2022", "--secretary")
    total = office.done("coverage", "--json").json["total"]
    assert (total["members"], total["combined"]) == (1, 1)
    earlier = office.done("coverage", "--on", "31/05/2022", "--json").json["total"]
    assert (earlier["members"], earlier["remaining"]) == (0, 1)


def test_users_come_get_roles_and_go(office: Ketnap) -> None:
    office.done("user", "grant", "canbo", "--role", "district_officer", "--unit", "song-lo", *SINCE)
    assert "Cán bộ đảng ủy xã – Xã Đồng Thịnh" in office.done("user", "list").out
    office.done(
        "user", "end", "canbo", "--role", "district_officer", "--unit", "song-lo", "--on", "01/01/2022"
    )
    [user] = office.done("user", "list", "--json").json["users"]
    assert [grant["role"] for grant in user["grants"]] == ["commune_officer"]
    assert office("user", "end", "canbo", "--on", "01/02/2022", "--role", "commune_officer").exit == 2
    office.done("user", "end", "canbo", "--on", "01/02/2022")
    assert office.done("user", "list", "--json").json["users"] == []
    assert office("user", "add", "x", "--role", "commune_officer", "--unit", "dong-thinh", *SINCE).exit == 2


def test_people_are_found_changed_and_called_members_by_paper(office: Ketnap) -> None:
    [found] = office.done("people", "--q", "mau", "--json").json["people"]
    assert found["born"] == "1980-05-01"
    office.done("people", "set", found["id"], "--contact", "0912 345 678", "--occupation", "Nông dân")
    assert (
        "không có gì thay đổi" in office.done("people", "set", found["id"], "--contact", "0912 345 678").out
    )
    office.done("people", "set", found["id"], "--contact", "")
    assert office("people", "set", found["id"]).exit == 2
    office.done("people", "membership", "Nguyễn Văn Mẫu", "member", "--from", "03/02/2010")
    assert office.done("people", "--q", "mau", "--json").json["people"][0]["membership"] == "member"
    assert "Không tìm thấy ai." in office.done("people", "--q", "Trần Bá Không").out


def test_plans_and_meetings_are_said_and_listed(office: Ketnap) -> None:
    office.done("post", "hold", "yen binh", "Nguyễn Văn Mẫu", "--from", "05/01/2020")
    office.done("plan", "yen binh", "admit", "--on", "01/03/2022", "--by", "canbo")
    assert "Kết nạp người đang giữ chức" in office.done("plan").out
    assert office.done("plan", "--unit", "dong thinh", "--json").json["plans"][0]["kind"] == "admit"
    assert office("plan", "yen binh").exit == 2
    office.done("meeting", "yen binh", "--on", "05/03/2022", "--came", "không", "--by", "canbo")
    assert office.done("meeting", "--json").json["meetings"][0]["came"] is False
    assert "không đến" in office.done("meeting", "yen binh", "--on", "06/03/2022", "--came", "no").out
    assert office("meeting", "yen binh", "--came", "có").exit == 2
    assert office("meeting", "--came", "có").exit == 2


ROSTER = """Xã,Thôn,Họ và tên,Ngày sinh,Đảng viên
Xã Đồng Thịnh,Thôn Bằng Phú,Trần Văn Một,01/01/1970,chính thức
Xã Đồng Thịnh,Thôn Chiến Thắng,Lê Thị Hai,02/02/1971,chưa
Xã Yên Thạch,Thôn Minh Tân,Đỗ Văn Ba,03/03/1972,chưa
"""


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """A roster of two communes, one of which the register does not know yet."""
    (file := tmp_path / "danh sách.csv").write_text(ROSTER, encoding="utf-8-sig")
    return file


def test_a_roster_comes_in_whole_and_a_second_time_changes_nothing(office: Ketnap, roster: Path) -> None:
    tried = office.done("import", roster, "--dry-run", "--create-units", "--json").json
    assert (tried["written"], tried["counts"]) == (False, {"added": 3})
    assert "Mới đọc thử" in office.done("import", roster, "--dry-run", "--create-units").out
    said = office.done("import", roster, "--create-units", "--by", "canbo")
    assert "3 dòng mới" in said.out
    assert "Đã ghi vào sổ" in said.out
    again = office.done("import", roster, "--create-units", "--json").json
    assert (again["events"], again["counts"]) == (0, {"unchanged": 3})
    assert "không có gì thay đổi" in office.done("import", roster).out
    assert office.done("coverage", "--json").json["total"]["posts"] == 4


def test_one_bad_row_keeps_all_of_a_roster_out_unless_it_may_be_left_out(
    office: Ketnap, roster: Path
) -> None:
    roster.write_text(ROSTER.replace("02/02/1971", "31/02/1971").replace("Ba,", "4,"), encoding="utf-8")
    said = office("import", roster, "--create-units")
    assert said.exit == 1
    assert "Dòng 3, cột “Ngày sinh”: “31/02/1971” không phải là một ngày có thật" in said.out
    assert "CHƯA ghi gì vào sổ: còn 2 dòng phải xử lý." in said.out
    told = office("import", roster, "--create-units", "--json")
    assert (told.exit, told.code, told.json["written"]) == (1, "roster_not_written", False)
    assert [row["what"] for row in told.json["rows"]] == ["added", "bad", "bad"]
    assert [fault["column"] for fault in told.json["rows"][1]["faults"]] == ["Ngày sinh"]
    assert office.done("import", roster, "--create-units", "--skip-bad", "--json").json["written"] is True


def test_a_commune_that_is_not_there_is_asked_about(office: Ketnap, roster: Path) -> None:
    said = office("import", roster)
    assert said.exit == 1
    assert "Yên Thạch" in said.out


def test_whoever_may_be_known_already_is_decided_by_people(office: Ketnap, roster: Path) -> None:
    office.done("people", "add", "--name", "Lê Thị Hai", "--born", "02/03/1971")
    asked = office("import", roster, "--create-units")
    assert asked.exit == 1
    assert "Dòng 3: Lê Thị Hai (Thôn Chiến Thắng, Xã Đồng Thịnh) và Lê Thị Hai (P" in asked.out
    assert "--decide SỐ-DÒNG=same" in asked.out
    assert office("import", roster, "--create-units", "--decide", "3=perhaps").exit == 1
    assert office("import", roster, "--create-units", "--decide", "3").exit == 2
    done = office.done("import", roster, "--create-units", "--decide", "3=new", "--json").json
    assert done["written"] is True
    assert len(office.done("people", "--q", "le thi hai", "--json").json["people"]) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("danh sách.csv", b""),
        ("danh sách.csv", "một,hai\n1,2\n".encode()),
        ("danh sách.csv", b"\x81\x8d\x8f\x90" * 50),
        ("danh sách.xlsx", b"PK\x03\x04 broken"),
        ("danh sách.xlsx", b"words"),
        ("danh sách.xls", b"\xd0\xcf\x11\xe0"),
        ("danh sách.pdf", b"%PDF-1.7"),
    ],
)
def test_a_file_that_is_no_roster_is_told_in_words(
    office: Ketnap, tmp_path: Path, name: str, content: bytes
) -> None:
    (file := tmp_path / name).write_bytes(content)
    before = office.done("verify", "--json").json["events"]
    said, told = office("import", file), office("import", file, "--json")
    assert (said.exit, told.exit, told.code) == (1, 1, "roster_not_written")
    assert told.json["faults"]
    assert "ketnap-error.log" not in said.text
    assert office.done("verify", "--json").json["events"] == before


def test_a_calendar_comes_in_and_its_faults_are_told(office: Ketnap, tmp_path: Path) -> None:
    file = tmp_path / "lịch 2028.csv"
    file.write_text("ngày,loại,lý do\n2028-01-03,nghỉ,Tết\n2028-01-22,làm bù,Làm bù Tết\n", encoding="utf-8")
    assert "Đã nhập lịch làm việc năm 2028" in office.done("calendar", "import", file).out
    assert "không có gì thay đổi" in office.done("calendar", "import", file).out
    [year] = office.done("calendar", "show", "2028", "--json").json["years"]
    assert [day["day"] for day in year["days_off"]] == ["2028-01-03"]
    assert "thứ Bảy 22/01/2028" in office.done("calendar", "show", "2028").out
    file.write_text("2028-02-30,nghỉ,x\n2028-01-04,chơi,y\n", encoding="utf-8")
    said = office("calendar", "import", file, "--json")
    assert (said.exit, said.code) == (1, "calendar_faults")
    assert {"calendar.bad_date", "calendar.bad_kind"} <= {
        one["code"] for one in said.json["error"]["details"]
    }


def test_days_are_counted_by_the_offices_calendar_and_else_by_the_programs_own(
    office: Ketnap, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("when", "2022-08-25", "--working-days", "30", "--json")
    assert Ketnap().done(*words).json["calendar"] == "built_in"
    said = office.done(*words).json
    assert (said["calendar"], said["due"], said["unit"]) == ("office", "2022-10-10", "working_days")
    assert [day["number"] for day in said["days"] if day["number"]] == list(range(1, 31))
    assert "chưa chỉ ra văn phòng nào" in Ketnap().done(*words[:-1]).out
    monkeypatch.chdir(ROOT)  # where a config stands, but no office
    assert Ketnap().done(*words).json["calendar"] == "built_in"


def test_the_rules_are_printed_compared_and_drawn() -> None:
    ketnap = Ketnap()
    whole = ketnap.done("rulebook", "show", "2025-07", "--json").json
    assert (whole["pipeline"], whole["edition"]) == ("admission", "2025-07")
    assert "[branch_proposes] Chi bộ đề nghị kết nạp" in ketnap.done("rulebook", "show", "2025-07").out
    assert (
        ketnap.done("rulebook", "show", "--pipeline", "readmission", "--json").json["pipeline"]
        == "readmission"
    )
    told = ketnap.done("rulebook", "diff", "2021-07", "2025-07", "--json").json
    assert (told["old"], told["new"]) == ("admission/2021-07", "admission/2025-07")
    assert told["changes"]
    assert told["told"][0]["sentences"][0] in ketnap.done("rulebook", "diff", "2021-07", "2025-07").out
    assert "Không có gì khác." in ketnap.done("rulebook", "diff", "2021-07", "2021-07").out
    assert ketnap.done("rulebook", "diagram", "2021-07").out.startswith("stateDiagram-v2")
