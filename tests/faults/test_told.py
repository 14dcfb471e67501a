"""What somebody at the command line hears of a fault: a sentence in plain words and a number, never a
trace.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.by_hand import by_hand
from tests.faults.scene import begin, make
from tests.offices import HEAD
from workflow.core.crypto import make_key_file
from workflow.core.messages import load_messages
from workflow.office import Office
from workflow.operations import verify

ROOT = Path(__file__).parents[2]
KETNAP = Path(sys.executable).with_name("ketnap")
SENSELESS, MISUSED, BROKEN = 1, 2, 5


def heard(office: Office, *words: str) -> tuple[int, str, str]:
    """Exit, what was printed, and what was said beside it."""
    command = [str(KETNAP), "--config", str(office.config.path), *words]
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, capture_output=True, encoding="utf-8", env=here, check=False)
    for text in (run.stdout, run.stderr):
        assert "Traceback" not in text
        assert "ketnap-error" not in text
    assert not (office.config.path.parent / "ketnap-error.log").exists()
    return run.returncode, run.stdout, run.stderr


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with closing(make(tmp_path, "sqlite:///ketnap.db")) as made:
        begin(made, HEAD)
        made.close()
        yield made


def no_file(office: Office) -> None:
    (office.config.path.parent / "ketnap.db").unlink()


def no_database(office: Office) -> None:
    (office.config.path.parent / "ketnap.db").write_text("Danh bạ của thôn\n" * 100, encoding="utf-8")


def no_key(office: Office) -> None:
    office.config.key_path.unlink()


def foreign_key(office: Office) -> None:
    no_key(office)
    make_key_file(office.config.key_path)


def newer(office: Office) -> None:
    with by_hand(office) as hand:
        hand.type("UPDATE alembic_version SET version_num = '9999'")


def nowhere(office: Office) -> None:
    config = office.config.path
    text = config.read_text(encoding="utf-8").replace(
        "sqlite:///ketnap.db", "postgresql://nobody@127.0.0.1:1/ketnap"
    )
    config.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (no_file, "Không mở được tệp số liệu."),
        (no_database, "Tệp số liệu bị hỏng"),
        (no_key, "chìa khóa"),
        (foreign_key, "chìa khóa"),
        (newer, "Sổ này do bản chương trình mới hơn tạo ra (bản sổ 9999)"),
        (nowhere, "Không kết nối được với nơi lưu số liệu."),
    ],
)
def test_an_office_that_does_not_open_says_why(
    office: Office, fault: Callable[[Office], None], sentence: str
) -> None:
    fault(office)
    for words in (
        (("cases",), ("upgrade",)) if fault in (no_file, no_database, newer, nowhere) else (("cases",),)
    ):
        before = sorted(office.config.path.parent.iterdir())
        exit_, out, said = heard(office, *words)
        assert (exit_, out) == (SENSELESS, "")
        assert sentence in said
        assert sorted(office.config.path.parent.iterdir()) == before


def test_a_history_that_does_not_hold_has_an_exit_of_its_own_and_names_the_first_place(
    office: Office,
) -> None:
    with by_hand(office) as hand:
        hand.reword(12, by="somebody")
        hand.set("cases", {}, state="member")
        hand.add("people", id="P-NOBODY")
    exit_, out, said = heard(office, "verify")
    assert exit_ == BROKEN
    assert "NHẬT KÝ KHÔNG CÒN NGUYÊN VẸN." in out + said
    assert "Chỗ hỏng đầu tiên: lần ghi chung số 12: đã bị sửa sau khi ghi" in out + said
    exit_, out, _ = heard(office, "--json", "verify")
    told = json.loads(out)
    assert (exit_, told["holds"], told["broken"][0]["n"], told["broken"][0]["code"]) == (
        BROKEN,
        False,
        12,
        "changed",
    )
    assert [one["code"] for one in told["broken"][1:]] == ["case_differs", "person_without_event"]
    assert "số 0" not in told["broken"][-1]["text"]


def test_nothing_is_recorded_upon_a_forged_seal(office: Office) -> None:
    with by_hand(office) as hand:
        hand.set("seal", {}, mac=bytes(32))
    exit_, out, said = heard(office, "open", "P-HOA", "--on", "2021-09-01", "--by", "bithu")
    assert (exit_, out) == (BROKEN, "")
    assert "dấu niêm phong" in said
    assert "ketnap verify" in said


def test_a_seal_typed_wrong_is_a_matter_of_usage(office: Office) -> None:
    exit_, out, said = heard(office, "verify", "--seal", "12 xyz")
    assert (exit_, out) == (MISUSED, "")
    assert "Dấu niêm phong phải ghi như đã in" in said


def test_everything_that_verifying_may_find_is_worded_in_both_languages() -> None:
    files = Path(verify.__file__).parent.glob("*.py")
    sources = "".join(file.read_text(encoding="utf-8") for file in files)
    codes = {"not_sealed", *re.findall(r'(?:Discrepancy\([^"]*|_compare_rows\()"(\w+)"', sources)}
    assert len(codes) > 20
    for language in ("vi", "en"):
        assert {f"verify.{code}" for code in codes} <= set(load_messages(language))
