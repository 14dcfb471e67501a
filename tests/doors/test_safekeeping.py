"""Backup, recovery key and restore as people type them."""

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

from tests.doors.ketnap import ROOT, Ketnap, Said
from workflow.core.key_text import BadKeyText, list_key_rows, read_key_text

SECRET = "AGE-SECRET-KEY-1RAJWXRVUHV2M58JEZ8PQR4RANR6QZ6JDLR22MERDPLLM87ANRATQKCAGT4"  # noqa: S105 - of nobody


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Ketnap:
    """The sample office, to be written to."""
    shutil.copytree(made, tmp_path / "mẫu")
    return Ketnap(tmp_path / "mẫu" / "config.yaml")


def key_rows(said: Said) -> list[str]:
    return [
        line.strip()[2:].strip()
        for line in said.out.splitlines()
        if line.strip()[:2] in ("1.", "2.", "3.", "4.")
    ]


def test_what_stands_on_paper_is_read_back_however_it_is_typed() -> None:
    rows = list_key_rows(SECRET)
    assert [len(row.split()) for row in rows] == [5, 5, 5, 4]
    for typed in (
        SECRET,
        SECRET.lower(),
        f"# khóa\n{SECRET}\n",
        "\n".join(rows),
        "\n".join(f"{number}. {row.lower()}" for number, row in enumerate(rows, 1)),
        " ".join(rows),
        "\n".join(rows).replace("0", "O").replace("L", "1").replace("8", "b"),
        "\n".join(row.replace(" ", "-") for row in rows),
    ):
        assert read_key_text(typed) == SECRET


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_slip_is_told_by_its_row(number: int) -> None:
    rows = list_key_rows(SECRET)
    row = rows[number - 1]
    rows[number - 1] = ("Q" if row[0] != "Q" else "P") + row[1:]
    with pytest.raises(BadKeyText) as told:
        read_key_text("\n".join(rows))
    assert told.value.row == number


@pytest.mark.parametrize("typed", ["", "abc", "\n".join(list_key_rows(SECRET)[:3]), "khóa\ncủa\ntôi\nđây"])
def test_what_is_no_key_is_told(typed: str) -> None:
    with pytest.raises(BadKeyText):
        read_key_text(typed)


def test_a_key_is_made_printed_and_confirmed(copy: Ketnap, tmp_path: Path) -> None:
    assert "CHƯA CÓ KHÓA KHÔI PHỤC" in copy.done("backup").out
    paper = tmp_path / "khóa.pdf"
    said = copy.done("key", "recovery", "--paper", paper)
    rows = key_rows(said)
    text = pypdf.PdfReader(io.BytesIO(paper.read_bytes())).pages[0].extract_text()
    assert all(group in text for row in rows for group in row.split())
    assert len(pypdf.PdfReader(paper).pages) == 1
    folder = copy.config.parent if copy.config else Path()
    secret = read_key_text("\n".join(rows))
    assert all(secret.encode() not in one.read_bytes() for one in folder.rglob("*") if one.is_file())
    assert "chưa ai gõ lại bốn chữ" in copy.done("backup").out
    group = int(said.out.split("nhóm thứ ")[-1].rstrip(".\n"))
    groups = [each for row in rows for each in row.split()[:-1]]
    assert copy("key", "recovery", "--letters", "QQQQ", "--json").code == "wrong_letters"
    copy.done("key", "recovery", "--letters", groups[group - 1].lower())
    assert "hóa khôi phục" not in copy.done("backup").out
    assert copy("key", "recovery", "--json").code == "recovery_key_exists"
    assert key_rows(copy.done("key", "recovery", "--new")) != rows


def test_letters_of_no_key_are_told(copy: Ketnap) -> None:
    assert copy("key", "recovery", "--letters", "QPZR", "--json").code == "no_recovery_key"


def test_an_office_goes_to_another_machine(
    copy: Ketnap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = copy.done("cases").out
    typed = tmp_path / "khóa.txt"
    typed.write_text("\n".join(key_rows(copy.done("key", "recovery"))), encoding="utf-8")
    file = Path(copy.done("backup", "--to", tmp_path / "usb", "--json").json["file"])
    assert file.parent == tmp_path / "usb"
    assert "Bản sao này tốt" in copy.done("backup", "--check", file).out
    monkeypatch.chdir(tmp_path)
    said = Ketnap().done("restore", file, "--folder", tmp_path / "mới", "--key-file", typed)
    assert "Đã khôi phục" in said.out
    there = Ketnap(tmp_path / "mới" / "config.yaml")
    assert there.done("cases").out == before
    assert there.done("verify").exit == 0
    copy.done("verify")


def test_over_an_office_what_was_there_is_named_until_it_is_forgotten(copy: Ketnap, tmp_path: Path) -> None:
    typed = tmp_path / "khóa.txt"
    typed.write_text("\n".join(key_rows(copy.done("key", "recovery"))), encoding="utf-8")
    file = copy.done("backup", "--json").json["file"]
    said = copy.done("restore", file, "--key-file", typed)
    assert "không có lần ghi nào mới hơn" in said.out
    assert "được cất ở" in said.out
    assert "Đã xóa hẳn cat-di-" in copy.done("restore", "--forget").out
    assert "Không có gì cất đi" in copy.done("restore", "--forget").out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("restore",), "usage"),
        (("restore", "x", "--forget"), "usage"),
        (("restore", "x", "--key-file", __file__), "bad_key_rows"),
        (("restore", "khong-co.tar.age", "--key-file", "khong-co"), "file_not_there"),
        (("backup", "--check", "khong-co.tar.age"), "file_not_there"),
    ],
)
def test_what_makes_no_sense_is_told(copy: Ketnap, words: tuple[str, ...], code: str) -> None:
    assert copy(*words, "--json").code == code


def test_a_lost_database_points_to_restore(copy: Ketnap) -> None:
    assert copy.config
    (copy.config.parent / "ketnap.db").unlink()
    assert "ketnap restore" in copy("cases").text
    said = copy("init", copy.config.parent)
    assert said.exit == 1
    assert "ketnap restore" in said.text


def letters_in(copy: Ketnap) -> int:
    assert copy.config
    return len(list((copy.config.parent / "thu-gui").glob("*.eml")))


@pytest.mark.parametrize(
    "lost", [False, True], ids=["the old database tells", "only the notes beside the backups"]
)
def test_what_was_told_before_a_restore_is_not_told_again(
    copy: Ketnap, tmp_path: Path, *, lost: bool
) -> None:
    typed = tmp_path / "khóa.txt"
    typed.write_text("\n".join(key_rows(copy.done("key", "recovery"))), encoding="utf-8")
    file = copy.done("backup", "--json").json["file"]
    before = letters_in(copy)
    sent = copy.done("clock", "+9d", "--json").json["letters"]
    assert sent
    assert copy.config
    if lost:
        (copy.config.parent / "ketnap.db").unlink()
    said = copy.done("restore", file, "--key-file", typed, "--json")
    assert said.json["letters"] == len(sent)
    assert letters_in(copy) == before
    assert copy.done("clock", "+9d", "--json").json["letters"] == []
    assert letters_in(copy) == before
    assert copy.done("clock", "+9d", "--json").json["letters"] != []
    copy.done("verify")


# --- the disk ----------------------------------------------------------------------------------------------

NARROW = """
import resource, sys
from workflow.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.exit(main(sys.argv[2:]))
"""


def on_a_full_disk(copy: Ketnap, size: int, *words: object) -> Said:
    """Run a command where no file may grow beyond a size."""
    command = [sys.executable, "-c", NARROW, str(size), *copy.words(*words)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=ROOT)
    assert "Traceback" not in done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


def names(folder: Path) -> set[str]:
    """What stands in a folder, but for what SQLite and its lock have beside a database."""
    beside = (".lock", "-wal", "-shm")
    return {one.relative_to(folder).as_posix() for one in folder.rglob("*") if not one.name.endswith(beside)}


@pytest.mark.skipif(os.name == "nt", reason="no limits of this kind")
@pytest.mark.parametrize("size", [0, 100_000])
def test_on_a_full_disk_there_is_no_half_backup_and_the_office_is_as_it_was(
    copy: Ketnap, tmp_path: Path, size: int
) -> None:
    assert copy.config
    folder = copy.config.parent
    typed = tmp_path / "khóa.txt"
    typed.write_text("\n".join(key_rows(copy.done("key", "recovery"))), encoding="utf-8")
    file = copy.done("backup", "--json").json["file"]
    before, cases = names(folder), copy.done("cases").out
    assert on_a_full_disk(copy, size, "backup", "--json").code in ("file_full", "database_full")
    assert names(folder) == before
    said = on_a_full_disk(copy, size, "restore", file, "--key-file", typed, "--json")
    assert said.code in ("file_full", "database_full", "database_read_only")
    assert names(folder) == before
    assert copy.done("cases").out == cases
    copy.done("verify")
