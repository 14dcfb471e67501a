"""The dossier through the command line: what it lacks, papers written, a signed one taken in, bad input."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from tests.doors.ketnap import Ketnap

LONG_WAY = "KMTXKEKR"
BEFORE_VOTE = "K7Q2M4TX"
BITHU = "bithu.cau-may"


def photo(tmp_path: Path) -> Path:
    file = tmp_path / "ảnh chụp.jpg"
    Image.new("RGB", (900, 1200), "white").save(file, "JPEG")
    return file


def standing(sample: Ketnap, case: str, code: str) -> str:
    papers = sample.done("dossier", case, "--json").json["papers"]
    return str(next(one["standing"] for one in papers if one["code"] == code))


def test_a_dossier_tells_what_is_missing_and_who_supplies_it(sample: Ketnap) -> None:
    said = sample.done("dossier", LONG_WAY).out
    assert (
        "CN-NTVĐ Giấy chứng nhận học lớp bồi dưỡng nhận thức về Đảng: đã ghi ngày, còn phải nhận bản gốc từ Người"
        in said
    )
    assert "6-KNĐ Nghị quyết đề nghị kết nạp của chi bộ: in ra, ký, rồi ghi nhận bản ký" in said


@pytest.mark.parametrize("suffix", ["pdf", "docx", "html"])
def test_one_paper_is_written_as_its_ending_says(sample: Ketnap, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"quyết định.{suffix}"
    sample.done("dossier", LONG_WAY, "--paper", "9-knđ", "--out", file)
    content = file.read_bytes()
    assert content.startswith({"pdf": b"%PDF", "docx": b"PK", "html": b"<!DOCTYPE html>"}[suffix])


def test_printed_again_a_paper_is_the_same_and_a_draft_says_that_it_is_one(
    sample: Ketnap, tmp_path: Path
) -> None:
    first, second = tmp_path / "1.pdf", tmp_path / "2.pdf"
    assert "giữ lại" in sample.done("dossier", LONG_WAY, "--paper", "9-KNĐ", "--out", first).out
    sample.done("clock", "+7d")
    assert "giữ lại" not in sample.done("dossier", LONG_WAY, "--paper", "9-KNĐ", "--out", second).out
    assert first.read_bytes() == second.read_bytes()
    assert "DỰ THẢO" in sample.done("dossier", LONG_WAY, "--paper", "16-KNĐ", "--out", tmp_path / "3.pdf").out
    sample.done("verify")


def test_all_of_it_bound_or_packed(sample: Ketnap, tmp_path: Path) -> None:
    sample.done("dossier", LONG_WAY, "--out", tmp_path / "hồ sơ.pdf", "--by", BITHU)
    assert len(PdfReader(tmp_path / "hồ sơ.pdf").outline) > 15
    sample.done("dossier", LONG_WAY, "--out", tmp_path / "hồ sơ.zip")
    with zipfile.ZipFile(tmp_path / "hồ sơ.zip") as packed:
        assert packed.testzip() is None


def test_the_dossiers_of_a_commune_are_written_into_a_folder(sample: Ketnap, tmp_path: Path) -> None:
    view = sample.done("dossier", "--unit", "dong thinh", "--out", tmp_path / "xã", "--zip", "--json").json
    files = sorted(one.name for one in (tmp_path / "xã").iterdir())
    assert files == sorted(Path(one["file"]).name for one in view["files"])
    assert f"{BEFORE_VOTE}.ho-so.zip" in files


def test_a_signed_paper_comes_back_as_a_photo_and_counts_as_received(sample: Ketnap, tmp_path: Path) -> None:
    words = ("attach", LONG_WAY, "6-knđ", photo(tmp_path), "--on", "2022-08-08", "--dated", "2021-03-29")
    said = sample.done(*words, "--by", BITHU).out
    assert "Đã giữ bản quét của 6-KNĐ (1 trang)" in said
    assert standing(sample, LONG_WAY, "6-KNĐ") == "received"
    sample.done("dossier", LONG_WAY, "--out", tmp_path / "hồ sơ.pdf")
    index = " ".join(one.extract_text() for one in PdfReader(tmp_path / "hồ sơ.pdf").pages[:2])
    assert "Bản gốc đã ký" in " ".join(index.split())
    sample.done("verify")


@pytest.mark.parametrize("code", ["1-KNĐ", "2-KNĐ", "1-HSĐV"])
def test_of_what_tells_of_family_only_the_receipt_is_recorded(
    sample: Ketnap, tmp_path: Path, code: str
) -> None:
    said = sample("attach", LONG_WAY, code, photo(tmp_path), "--on", "2022-08-08", "--by", BITHU)
    assert said.exit == 1
    assert "không giữ bản quét" in said.err
    assert "original_at" in said.err
    values = ("--set", f"paper={code}", "--set", "paper_dated=2021-01-01", "--set", "pages=8")
    where = ("--set", "original_at=Tủ hồ sơ Đảng ủy xã")
    sample.done("record", LONG_WAY, "receive_paper", "--on", "2022-08-08", "--by", BITHU, *values, *where)
    assert standing(sample, LONG_WAY, code) == "received"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "rỗng"),
        (b"xin chao", "không phải PDF"),
        (b"%PDF-1.4 x", "có thể đã hỏng"),
        (bytes(26_000_000), "quá lớn"),
    ],
)
def test_a_file_that_cannot_be_kept_is_refused_and_nothing_is_written(
    sample: Ketnap, tmp_path: Path, content: bytes, said: str
) -> None:
    (file := tmp_path / "quét.pdf").write_bytes(content)
    before = sample.done("verify", "--json").json
    told = sample("attach", LONG_WAY, "6-KNĐ", file, "--on", "2022-08-08", "--by", BITHU)
    assert (told.exit, said in told.err) == (1, True)
    assert sample.done("verify", "--json").json == before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--paper", "99-KNĐ", "--out", "x.pdf"), 1, "99-KNĐ"),
        (("--paper", "6-KNĐ", "--out", "x.zip"), 2, "zip"),
        (("--out", "x.docx"), 2, "docx"),
        (("--paper", "6-KNĐ"), 2, "--out"),
        (("--out", "x.pdf", "--unit", "dong thinh"), 2, "--unit"),
        (("--out", "x.pdf", "--by", "khong-co-ai"), 1, "khong-co-ai"),
    ],
)
def test_what_makes_no_sense_is_told_and_no_file_is_left(
    sample: Ketnap, words: tuple[str, ...], code: int, said: str
) -> None:
    told = sample("dossier", BEFORE_VOTE, *words)
    assert (told.exit, said in told.err) == (code, True), told.text
    assert not list(Path.cwd().glob("x.*"))


def test_a_folder_that_may_not_be_written_is_told(sample: Ketnap, tmp_path: Path) -> None:
    (tmp_path / "tệp").write_text("không phải thư mục", encoding="utf-8")
    told = sample("dossier", BEFORE_VOTE, "--paper", "6-KNĐ", "--out", tmp_path / "tệp" / "x.pdf")
    assert told.exit == 1


def test_the_register_of_probationary_members_is_printed(sample: Ketnap, tmp_path: Path) -> None:
    sample.done("probationary", "--unit", "song-lo", "--out", tmp_path / "sổ.pdf")
    [page, *_] = PdfReader(io.BytesIO((tmp_path / "sổ.pdf").read_bytes())).pages
    assert "SỔ ĐẢNG VIÊN DỰ BỊ" in page.extract_text()


def test_the_document_of_a_dossier_has_the_keys_that_were_agreed(sample: Ketnap) -> None:
    view = sample.done("dossier", LONG_WAY, "--json").json
    assert sorted(view) == ["case", "guide", "missing", "papers", "regulation", "sample"]
    keys = [
        "bound",
        "by",
        "by_label",
        "code",
        "form",
        "number",
        "on",
        "part",
        "scan_pages",
        "stale",
        "standing",
        "title",
    ]
    assert sorted(view["papers"][0]) == keys
    assert json.dumps(view)


def test_nothing_that_is_no_paper_is_written_over(sample: Ketnap) -> None:
    assert sample.config
    key = sample.config.with_name("office.key")
    before = key.read_bytes()
    for name in ("office.key", "ketnap.db", "config.yaml"):
        told = sample("dossier", LONG_WAY, "--paper", "9-KNĐ", "--out", sample.config.with_name(name))
        assert told.exit == 2
    assert key.read_bytes() == before
    sample.done("verify")


def test_a_page_for_the_screen_says_that_it_is_a_draft_of_a_sample(sample: Ketnap, tmp_path: Path) -> None:
    sample.done("dossier", LONG_WAY, "--paper", "16-knd", "--out", tmp_path / "x.html")
    text = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "DỰ THẢO" in text
    assert "DỮ LIỆU MẪU" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("16-KNĐ", "--on", "2022-08-08"), "Chưa ghi bước làm ra giấy 16-KNĐ"),
        (
            ("6-KNĐ", "--on", "2022-08-08", "--dated", "2019-01-01"),
            "ngày 01/01/2019 khác ngày đã ghi của việc này",
        ),
        (("3-KNĐ", "--on", "2022-08-08"), "có mỗi người một bản"),
    ],
)
def test_a_signed_paper_fits_what_is_on_record(
    sample: Ketnap, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    told = sample("attach", LONG_WAY, words[0], photo(tmp_path), *words[1:], "--by", BITHU)
    assert (told.exit, said in told.err) == (1, True), told.text


def test_each_sponsors_recommendation_comes_back_by_itself(sample: Ketnap, tmp_path: Path) -> None:
    words = ("attach", LONG_WAY, "3-KNĐ", photo(tmp_path), "--on", "2022-08-08", "--by", BITHU)
    sample.done(*words, "--part", "Lê Công An")
    papers = [
        one for one in sample.done("dossier", LONG_WAY, "--json").json["papers"] if one["code"] == "3-KNĐ"
    ]
    assert sorted(one["standing"] for one in papers) == ["noted", "received"] or (
        sorted(one["standing"] for one in papers) == ["received", "to_write"]
    )


def test_what_others_issue_is_not_printed_but_received(sample: Ketnap, tmp_path: Path) -> None:
    told = sample("dossier", LONG_WAY, "--paper", "CN-NTVĐ", "--out", tmp_path / "x.pdf")
    assert (told.exit, "do nơi khác cấp" in told.err) == (1, True)


def test_a_notice_is_put_off_by_its_reader_or_from_above_and_by_nobody_else(sample: Ketnap) -> None:
    sample.done("clock", "+7d")
    first = sample.done("notices", BEFORE_VOTE, "--json").json["notices"][0]["id"]
    words = ("snooze", first, "--until", "30/12/2022", "--reason", "thử")
    told = sample(*words, "--by", BITHU)
    assert (told.exit, "là việc của người khác" in told.err) == (1, True)
    sample.done(*words, "--by", "canbo.dong-thinh")
