"""`ketnap rulebook try`: a table of situations is tried, at a terminal."""

from pathlib import Path

import pytest

from tests.doors.ketnap import Ketnap

ketnap = Ketnap()
ROW = "- {mã: A, tình huống: Năm trên mười, ngày: 15/03/2022, việc: decide, phiếu: 5/10, nguồn: Công văn 12, điều: a"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "tình huống.yaml"


def test_without_a_file_the_programs_own_table_is_tried() -> None:
    answer = ketnap("rulebook", "try", "--json").json
    assert len(answer["trials"]) >= 150
    assert answer["failing"] == sum(not row["holds"] for row in answer["trials"])
    assert {"id", "situation", "day", "act", "expected", "got", "article", "source", "line"} <= set(
        answer["trials"][0]
    )


def test_a_row_that_holds_is_counted(table: Path) -> None:
    table.write_text(
        f"{ROW}, kết quả: từ chối VOTE_UPPER}}".replace("điều: a", "điều: Hướng dẫn 01-HD/TW ngày 28/9/2021"),
        encoding="utf-8",
    )
    said = ketnap.done("rulebook", "try", table)
    assert said.out == "1 hàng, tất cả đúng như bảng ghi.\n"
    assert ketnap.done("rulebook", "try", table, "--lang", "en").out == "1 rows, all as the table says.\n"


def test_a_row_that_fails_says_what_was_expected_and_what_came_with_its_article(table: Path) -> None:
    table.write_text(f"# thử\n{ROW}, kết quả: được}}", encoding="utf-8")
    said = ketnap("rulebook", "try", table)
    assert said.exit == 1
    for words in (
        "tình huống.yaml:2  A",
        "Năm trên mười",
        "Phải là           được",
        "Chương trình nói  từ chối VOTE_UPPER",
        "Cần 6/10 ủy viên ban thường vụ tán thành, được 5",
        "Hướng dẫn 01-HD/TW ngày 28/9/2021",
        "Công văn 12",
        "1 hàng, 1 hàng không đúng như bảng ghi.",
    ):
        assert words in said.out
    english = ketnap("rulebook", "try", table, "--lang", "en")
    assert "refused VOTE_UPPER" in english.out
    (row,) = ketnap("rulebook", "try", table, "--json").json["trials"]
    assert (row["holds"], row["got"], row["line"]) == (False, "từ chối VOTE_UPPER", 2)


def test_a_table_with_faults_is_not_tried_and_all_of_them_are_told(table: Path) -> None:
    table.write_text(
        f"{ROW}, kết quả: từ chối FOO, mũ: đỏ}}\n- {{mã: B, ngày: 30/02/2022, việc: x}}", encoding="utf-8"
    )
    said = ketnap("rulebook", "try", table)
    assert said.exit == 1
    assert said.out == ""
    for words in (
        "tình huống.yaml, dòng 1, hàng A: bản quy định của ngày đó không có điều kiện “FOO”.",
        "tình huống.yaml, dòng 1: không có cột nào tên là “mũ”.",
        "tình huống.yaml, dòng 2, hàng B: “30/02/2022” không phải là một ngày có thật",
        "tình huống.yaml, dòng 2, hàng B: thiếu cột “kết quả”.",
        "ketnap rulebook try --help",
    ):
        assert words in said.err
    assert ketnap("rulebook", "try", table, "--json").code == "trial_faults"
    assert "there is no column “mũ”" in ketnap("rulebook", "try", table, "--lang", "en").err


def test_a_table_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    said = ketnap("rulebook", "try", tmp_path / "none.yaml")
    assert said.exit == 1
    assert "none.yaml" in said.err
