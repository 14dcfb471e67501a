"""At a terminal: four letters of a recovery key are asked back, and a key is typed row by row from paper."""

import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.doors.ketnap import PROGRAM, Ketnap

if sys.platform == "win32":
    pytest.skip("terminals of this kind are not there", allow_module_level=True)

import pty
import subprocess

Answer = Callable[[str], str | None]
"""What somebody types, given all that stands on the screen; None: they wait."""


def at_a_terminal(ketnap: Ketnap, answer: Answer, *words: object) -> str:
    """Run a command with somebody who answers; all that stood on the screen."""
    outside, inside = pty.openpty()
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    command = [str(PROGRAM), *ketnap.words(*words)]
    with subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside, env=environment) as process:
        os.close(inside)
        screen = ""
        while True:
            try:
                shown = os.read(outside, 65536)
            except OSError:
                break
            screen += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode(errors="replace"))
            typed = answer(screen)
            if typed is not None:
                os.write(outside, f"{typed}\n".encode())
    os.close(outside)
    assert process.returncode == 0, screen
    return screen


def read_rows(screen: str) -> list[str]:
    return [row.strip() for row in re.findall(r"^ *[1-4]\.  ([A-Z0-9 ]+)", screen, re.MULTILINE)]


def test_a_key_is_read_from_its_paper_and_typed_with_a_slip(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "mẫu")
    ketnap = Ketnap(tmp_path / "mẫu" / "config.yaml")
    asked = 0

    def give_letters(screen: str) -> str | None:
        nonlocal asked
        questions = re.findall(r"nhóm thứ (\d+) là gì\?", screen)
        if len(questions) == asked:
            return None
        asked = len(questions)
        groups = [word for row in read_rows(screen) for word in row.split()[:-1]]
        return "QQQQ" if asked == 1 else groups[int(questions[-1]) - 1].lower()

    paper = tmp_path / "khóa.pdf"
    screen = at_a_terminal(ketnap, give_letters, "key", "recovery", "--paper", paper)
    assert "Bốn chữ ấy không đúng" in screen
    assert "Từ nay các bản sao lưu mở được" in screen
    assert not paper.exists(), "what is printed stays on no disk"

    rows, file = read_rows(screen), ketnap.done("backup", "--json").json["file"]
    prompts = 0

    def type_rows(screen: str) -> str | None:
        nonlocal prompts
        questions = re.findall(r"Dòng (\d):", screen)
        if len(questions) == prompts:
            return None
        prompts = len(questions)
        return "xxxx" if prompts == 2 else rows[int(questions[-1]) - 1].lower()

    screen = at_a_terminal(Ketnap(), type_rows, "restore", file, "--folder", tmp_path / "mới")
    assert "gõ sai ở dòng 2" in screen
    assert Ketnap(tmp_path / "mới" / "config.yaml").done("cases").out == ketnap.done("cases").out
