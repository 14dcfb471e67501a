"""Input that makes no sense: a clear message in the user's language, exit 1, and nothing written."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.adoptions import stated
from tests.doors.ketnap import Ketnap, Said
from tests.offices import SECRETARY, SPONSOR


@pytest.fixture
def case(small: Ketnap) -> str:
    """An open case."""
    return str(small.done("open", "P-MAU", "--on", "01/09/2021", "--by", "bithu", "--json").json["case"])


def events(ketnap: Ketnap) -> int:
    return int(ketnap.done("verify", "--json").json["events"])


def refused_as_senseless(ketnap: Ketnap, *words: object) -> Said:
    """Run a command that must be turned away, and see that it has left nothing behind."""
    before = events(ketnap)
    told = ketnap(*words, "--json")
    said = ketnap(*words)
    assert (said.exit, told.exit) == (1, 1), said.text
    assert (said.out, told.err) == ("", "")
    assert set(told.json["error"]) == {"code", "message", "details"}
    assert told.code != "unforeseen"
    assert events(ketnap) == before
    return said


def adopted(ketnap: Ketnap, state: str) -> str:
    """A case that was taken over from paper at a step, with all that lies behind it."""
    said = stated(state, date(2022, 1, 25), (SECRETARY, SPONSOR))
    pairs = [word for name, value in said.items() for word in ("--set", f"{name}={listed(value)}")]
    words = ("adopt", "P-MAU", state, "--on", "25/01/2022", "--by", "canbo", *pairs, "--json")
    return str(ketnap.done(*words).json["case"])


def listed(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


NOMINATE = {"--on": "10/09/2021", "--by": "bithu", "resolution_no": "1", "helpers": "P-BAO"}


def nominate(case: str, **said: str) -> list[str]:
    words = ["advance", case, "nominate"]
    for name, value in (NOMINATE | {name.replace("__", "--"): value for name, value in said.items()}).items():
        words += [name, value] if name.startswith("--") else ["--set", f"{name}={value}"]
    return words


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"__on": "30/02/2022"}, "“30/02/2022” chưa đọc được, hoặc trong lịch không có ngày ấy"),
        ({"__on": "2022-02-30"}, "“2022-02-30” chưa đọc được, hoặc trong lịch không có ngày ấy"),
        ({"__on": "hôm qua"}, "“hôm qua” chưa đọc được, hoặc trong lịch không có ngày ấy"),
        ({"__on": "10/08/2024"}, "ngày 10/08/2024 chưa đến (hôm nay là 09/08/2024)"),
        ({"__by": "bithư"}, "Không có người dùng nào tên là “bithư”"),
        ({"helpers": "P-AI"}, "không có ai mang mã “P-AI”"),
        ({"helpers": "P-BAO,P-TRO,P-XUAN,P-MAU"}, "ghi 4 người"),
        ({"resolution_no": "x" * 61}, "dài quá 60 chữ"),
        ({"resolution_no": "a\x07b"}, "ký tự lạ"),
        ({"resolution_no": " "}, "Số nghị quyết (resolution_no): chưa ghi"),
        ({"votes_for": "8"}, "votes_for"),
        ({"helper": "P-BAO"}, "helper: việc này không có mục ấy. Có phải là helpers?"),
    ],
)
def test_an_act_with_a_slip_of_the_pen(small: Ketnap, case: str, said: dict[str, str], told: str) -> None:
    assert told in refused_as_senseless(small, *nominate(case, **said)).err


COUNTS = ("--on", "15/02/2022", "--by", "bithu", "--set", "resolution_no=2", "--set", "present=9")


@pytest.mark.parametrize("count", ["-1", "1000000000", "999999999999999999999", "9.5", "chín", "1e3"])
def test_counts_that_no_village_has(small: Ketnap, count: str) -> None:
    half_way = adopted(small, "branch_meeting")
    pairs = ("--set", f"roll={count}", "--set", "votes_for=8", "--set", "votes_against=1")
    said = refused_as_senseless(small, "advance", half_way, "branch_proposes", *COUNTS, *pairs)
    assert "Tổng số người có quyền biểu quyết (roll)" in said.err


def test_every_mistake_is_told_at_once(small: Ketnap, case: str) -> None:
    words = ("--on", "10/09/2021", "--by", "bithu", "--set", "helpers=P-AI", "--set", "nói=gì")
    said = refused_as_senseless(small, "advance", case, "nominate", *words)
    assert said.err.count("\n  - ") == 3


def test_one_sponsor_named_twice_is_told(small: Ketnap) -> None:
    half_way = adopted(small, "sponsorship")
    fields = {
        "application_dated": "2021-11-10",
        "cv_declared_on": "2021-11-12",
        "cv_stamped_on": "2021-11-20",
        "sponsors": "P-BAO,P-BAO",
        "route": "two_sponsors",
    }
    pairs = [word for name, value in fields.items() for word in ("--set", f"{name}={value}")]
    said = small("advance", half_way, "send_for_verification", "--on", "26/01/2022", "--by", "bithu", *pairs)
    assert said.exit in (1, 3)
    assert "Trần Thị Bảo" in said.err or "sponsors" in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("case", "K0000000"), "Không có lượt xét nào mang mã hay tên “K0000000”"),
        (("case", ""), "Không có lượt xét nào"),
        (
            ("open", "Nguyễn Văn Ai", "--on", "01/09/2021", "--by", "bithu"),
            "Không có ai tên là “Nguyễn Văn Ai”",
        ),
        (("open", "P-TRO", "--on", "01/09/2021", "--by", "bithu"), "không giữ chức trưởng thôn"),
        (("open", "P-MAU", "--on", "01/09/2010", "--by", "bithu"), "2010"),
        (("open", "P-MAU", "--on", "1/9/2021", "--by", "bithu", "--unit", "yen binx"), "yen binx"),
        (("open", "P-MAU", "--on", "1/9/2021", "--by", "bithu", "--pipeline", "kết nạp"), "kết nạp"),
        (("adopt", "P-MAU", "member", "--on", "01/09/2021", "--by", "canbo"), "member"),
        (("adopt", "P-MAU", "nowhere", "--on", "01/09/2021", "--by", "canbo"), "nowhere"),
        (("cases", "--unit", "Đồng Thịnk"), "dong-thinh"),
        (("cases", "--state", "verifcation"), "verification"),
        (("coverage", "--on", "31/06/2022"), "31/06/2022"),
        (("coverage", "--as-known-on", "x"), "as_known_on"),
        (("when", "31/04/2022", "--months", "1"), "31/04/2022"),
        (("when", "01/01/2022", "--working-days", "-1"), "-1 không hợp lý"),
        (("when", "01/01/2022", "--months", "1000000000"), "không hợp lý"),
        (("when", "01/01/2022", "--working-days", "3000"), "Chưa có lịch làm việc năm"),
        (("when", "01/01/1980", "--working-days", "30"), "Chưa có lịch làm việc năm 1980"),
        (("calendar", "show", "1980"), "Chưa có lịch làm việc năm 1980"),
        (("rulebook", "show", "1999-01"), "1999-01"),
        (("rulebook", "show", "--pipeline", "nothing"), "nothing"),
        (("people", "set", "P-MAU", "--born", "31/02/1970", "--sex", "?"), "31/02/1970"),
        (("people", "add", "--name", "  "), "name"),
        (("people", "membership", "P-MAU", "boss", "--from", "01/01/2020"), "boss"),
        (("unit", "add", "Thôn Mới", "--level", "galaxy", "--from", "01/01/2022"), "galaxy"),
        (("unit", "end", "dong-thinh", "--on", "01/01/2022"), "dong-thinh"),
        (("unit", "change", "dong-thinh", "--from", "01/01/2022", "--authorised", "có lẽ"), "có lẽ"),
        (("post", "end", "khong-co", "--on", "01/01/2022"), "khong-co"),
        (("post", "hold", "yen binh", "P-BAO", "--from", "01/01/2022"), "Nguyễn Văn Mẫu"),
        (
            (
                "user",
                "add",
                "BiThu!",
                "--name",
                "Ai",
                "--role",
                "branch_secretary",
                "--unit",
                "yen binh",
                "--from",
                "01/01/2022",
            ),
            "BiThu!",
        ),
        (
            (
                "user",
                "add",
                "moi",
                "--name",
                "Ai",
                "--role",
                "boss",
                "--unit",
                "yen binh",
                "--from",
                "1/1/2022",
            ),
            "boss",
        ),
        (("user", "end", "ai", "--on", "01/01/2022"), "“ai”"),
        (("plan", "yen binh", "maybe", "--on", "01/01/2022"), "maybe"),
        (("meeting", "yen binh", "--on", "01/01/2022", "--came", "có lẽ"), "có lẽ"),
        (("clock", "+0d"), "1 đến"),
        (("clock", "+99999d"), "1 đến"),
        (("init", "mau", "--sample", "hà-nội"), "song-lo-2022"),
        (("import", "khong-co.xlsx"), "khong-co.xlsx"),
        (("calendar", "import", "khong-co.csv"), "khong-co.csv"),
        (
            ("advance", "Mẫu", "x", "--on", "1/1/2022", "--by", "bithu", "--facts", "khong-co.json"),
            "khong-co.json",
        ),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else None,
)
def test_what_is_not_there_or_cannot_be(small: Ketnap, words: tuple[str, ...], told: str) -> None:
    if words[0] == "advance":
        small.done("open", "P-MAU", "--on", "01/09/2021", "--by", "bithu")
    before = events(small)
    said, as_json = small(*words), small(*words, "--json")
    assert (said.exit, as_json.exit) == (1, 1), said.text
    assert told in said.text
    assert as_json.code not in ("unforeseen", "")
    assert events(small) == before


ODD_FACTS: list[tuple[bytes, str]] = [
    (b"{", "dòng 1"),
    (b"[1, 2]", "tên và giá trị"),
    (b'"x"', "tên và giá trị"),
    (b"\xff\xfe\x00", "UTF-8"),
    (b'{"resolution_no": {"a": 1}}', "resolution_no"),
    (b'{"helpers": [["P-BAO"]]}', "helpers"),
    (b'{"helpers": [1]}', "helpers"),
    (b'{"resolution_no": 1.5}', "resolution_no"),
    (b'{"resolution_no": true}', "resolution_no"),
    (b"[" * 100_000, "JSON"),
    (b'{"a": "' + b"x" * 1_000_001 + b'"}', "quá lớn"),
]


@pytest.mark.parametrize(("content", "told"), ODD_FACTS, ids=range(len(ODD_FACTS)))
def test_a_file_of_facts_that_is_none(
    small: Ketnap, case: str, tmp_path: Path, content: bytes, told: str
) -> None:
    (facts := tmp_path / "facts.json").write_bytes(content)
    words = ("advance", case, "nominate", "--on", "10/09/2021", "--by", "bithu", "--facts", facts)
    assert told in refused_as_senseless(small, *words).err


VALUES: list[Any] = ["x", ["P-BAO"], 3, None, "", ["x", "y"]]


@pytest.mark.parametrize("value", VALUES, ids=map(str, VALUES))
def test_any_value_in_any_field_is_taken_or_turned_away_in_words(
    small: Ketnap, tmp_path: Path, value: Any
) -> None:
    half_way = adopted(small, "sponsorship")
    view = small.done("case", half_way, "--json").json
    facts = tmp_path / "facts.json"
    for kind, verb in (("moves", "advance"), ("entries", "record")):
        for act in view[kind]:
            name = act[kind.removesuffix("s") if kind == "moves" else "entry"]
            facts.write_text(json.dumps({field["field"]: value for field in act["fields"]}), encoding="utf-8")
            said = small(
                verb, half_way, name, "--on", "26/01/2022", "--by", "canbo", "--facts", facts, "--json"
            )
            assert said.exit in (0, 1, 3, 4)
            assert said.exit == 0 or said.code != "unforeseen"
            if said.exit == 0 and verb == "advance":
                return


def test_people_of_one_name_are_shown_for_choice(small: Ketnap) -> None:
    for _ in range(2):
        small.done("people", "add", "--name", "Nguyễn Thị Bình", "--born", "01/05/1970")
    said = small("open", "nguyen thi binh", "--on", "01/09/2021", "--by", "bithu", "--json")
    assert (said.exit, said.code) == (1, "unknown_person")
    assert [one["name"] for one in said.json["error"]["details"]] == ["Nguyễn Thị Bình"] * 2


@pytest.mark.parametrize("typed", ["Hoà", "hòa", "hoa", "Ho\u0061\u0300", "HOÀ"])
def test_people_are_found_whatever_keyboard_was_used(small: Ketnap, typed: str) -> None:
    small.done("people", "add", "--name", "Đỗ Thị Hòa")
    assert [one["name"] for one in small.done("people", "--q", typed, "--json").json["people"]] == [
        "Đỗ Thị Hòa"
    ]
    assert [one["name"] for one in small.done("people", "--q", f"do thi {typed}", "--json").json["people"]]


@pytest.fixture
def secretary_elsewhere(small: Ketnap) -> str:
    """The secretary of another village of the same commune."""
    place = ("--level", "village", "--parent", "dong-thinh", "--from", "01/01/2016")
    unit = small.done("unit", "add", "Thôn Khác", *place, "--json").json["id"]
    role = ("--role", "branch_secretary", "--unit", unit, "--from", "01/01/2016")
    small.done("user", "add", "bithu-khac", "--person", "P-TRO", *role)
    return "bithu-khac"


def test_whoever_holds_no_role_over_the_village_opens_adopts_and_corrects_nothing(
    small: Ketnap, case: str, secretary_elsewhere: str
) -> None:
    here = ("--unit", "dong-thinh/yen-binh", "--on", "01/09/2021")
    correct = (
        "correct",
        case,
        "1",
        "--set",
        "on=02/09/2021",
        "--reason",
        "nhầm",
        "--allowed-by",
        "canbo",
    )
    for words in (("open", "P-TRO", *here), ("adopt", "P-TRO", "sponsorship", *here), correct):
        said = refused_as_senseless(small, *words, "--by", secretary_elsewhere)
        assert "không giữ vai trò nào ở Thôn Yên Bình hay ở cấp trên" in said.text
    assert small(*correct, "--by", "bithu").exit == 0
