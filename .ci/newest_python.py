"""Prints the newest Python that is newer than the one that runs this: on PATH, through pyenv or through uv.

Prints nothing when there is none. Releases only, and such as can make a venv.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

VERSION = "import ensurepip, sys, venv; print(*sys.version_info[:4])"


def ask(*command: str | Path) -> str:
    """What a command answers; empty when it fails or is not there."""
    if not shutil.which(command[0]):
        return ""
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False).stdout.strip()


def list_pythons() -> Iterator[Path]:
    """Every Python of this machine; some more than once."""
    for folder in os.get_exec_path():
        yield from (
            file for file in Path(folder).glob("python3*") if re.fullmatch(r"python3(\.\d+)?", file.name)
        )
    uv = shutil.which("uv") or Path(sys.executable).with_name("uv")
    if root := ask("pyenv", "root"):
        yield from Path(root).glob("versions/*/bin/python3")
    if root := ask(uv, "python", "dir"):
        yield from Path(root).glob("*/bin/python3")


def read_version(python: Path) -> tuple[int, int]:
    """The version of a Python, 0.0 of one that is of no use."""
    match ask(python, "-c", VERSION).split():
        case [major, minor, _, "final"]:
            return int(major), int(minor)
    return 0, 0


def main() -> None:
    """Find it and print its path."""
    newest = max(list_pythons(), key=read_version)
    if read_version(newest) > sys.version_info[:2]:
        print(newest)


if __name__ == "__main__":
    main()
