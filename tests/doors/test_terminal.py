"""On a terminal: colours, tables that fit its width, bars for long work; in a pipe: plain words and
nothing else.
"""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from tests.doors.ketnap import PROGRAM, Ketnap

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def on_a_terminal(ketnap: Ketnap, columns: int, *words: object, **environment: str) -> str:
    """Run a command on a terminal of so many columns; everything that appeared on it."""
    outside, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    clean = {
        name: value for name, value in os.environ.items() if name not in {"COLUMNS", "NO_COLOR", "LINES"}
    }
    process = subprocess.Popen(
        [PROGRAM, *ketnap.words(*words)],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env=clean | {"TERM": "xterm-256color"} | environment,
    )
    os.close(inside)
    seen = b""
    while True:
        try:
            piece = os.read(outside, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not piece:
            break
        seen += piece
    os.close(outside)
    process.wait(60)
    return seen.decode("utf-8").replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize(
    "words", [["cases"], ["coverage"], ["case", "Khổng Văn Lạng"], ["post", "list"], ["plan"]]
)
def test_a_screen_fits_its_terminal_and_loses_no_word(sample: Ketnap, columns: int, words: list[str]) -> None:
    seen = COLOUR.sub("", on_a_terminal(sample, columns, *words))
    assert max(map(len, seen.splitlines())) <= columns
    assert "…" not in seen.replace("MÃ-LƯỢT", "")


def test_what_is_late_stands_out_on_a_terminal_and_a_pipe_gets_plain_words(sample: Ketnap) -> None:
    assert re.search(r"\x1b\[1;31m[^\x1b]*85 ngày", on_a_terminal(sample, 100, "cases"))
    assert not COLOUR.search(sample.run("cases").out)


def test_whoever_wants_no_colours_gets_none(sample: Ketnap) -> None:
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", on_a_terminal(sample, 100, "cases", NO_COLOR="1"))


def test_long_work_shows_how_far_it_has_come(sample: Ketnap, tmp_path: Path) -> None:
    rows = "".join(
        f"Xã Đồng Thịnh,Thôn Số {number},Trần Văn A{'b' * (number % 9)},01/01/1970,chưa\n"
        for number in range(3000)
    )
    (roster := tmp_path / "dài.csv").write_text(
        "Xã,Thôn,Họ và tên,Ngày sinh,Đảng viên\n" + rows, encoding="utf-8"
    )
    assert "Đang đọc danh sách" in on_a_terminal(sample, 100, "import", roster, "--dry-run")
    assert "Đang đọc danh sách" not in sample.run("import", roster, "--dry-run").err
