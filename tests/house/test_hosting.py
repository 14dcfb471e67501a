"""Every command of the section on backups in docs/hosting.md does what it says, as it stands there."""

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECTION = "## Backup and restore"
KETNAP = Path(sys.executable).with_name("ketnap")
NOBODY = 65534


def list_blocks() -> list[list[str]]:
    """The commands of each block of the section."""
    text = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    section = text[text.index(SECTION) :].split("\n## ")[0]
    blocks = re.findall(r"```\n(.*?)```", section, re.DOTALL)
    return [[line.partition(" #")[0].strip() for line in block.splitlines()] for block in blocks]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody may enter."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    for path in (place, *place.rglob("*")):
        if path.is_dir():
            path.chmod(0o700)
    shutil.rmtree(place)


class Administrator:
    """Somebody who types what the page says, with their own words for those in capitals."""

    def __init__(self, folder: Path, home: Path, user: int | None = None) -> None:
        self.folder, self.home, self.user = folder, home, user
        self.words: dict[str, str] = {}

    def types(self, line: str, typed: str = "") -> str:
        for name, value in self.words.items():
            line = re.sub(rf"\b{name}\b", value, line)
        command = shlex.split(line)
        assert command[0] == "ketnap"
        environment = {**os.environ, "HOME": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [KETNAP, *command[1:]],
            cwd=self.folder,
            env=environment,
            input=typed,
            capture_output=True,
            encoding="utf-8",
            check=False,
            user=self.user,
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        return done.stdout


def another_user(home: Path) -> int | None:
    """Somebody else on this machine, where one may become somebody else and they may read the program."""
    if os.name == "nt" or os.geteuid() != 0:
        return None
    try:
        subprocess.run([KETNAP, "--version"], cwd=home, capture_output=True, check=True, user=NOBODY)
    except (OSError, subprocess.CalledProcessError):
        return None
    return NOBODY


def read_rows(shown: str) -> str:
    """The key as somebody copies it from the paper."""
    return "\n".join(re.findall(r"^ *[1-4]\.  (.+)$", shown, re.MULTILINE))


def test_what_the_page_says_brings_an_office_back_elsewhere_and_over_a_broken_one(
    made: Path, place: Path
) -> None:
    paper, by_hand, elsewhere, over = list_blocks()
    shutil.copytree(made, place / "co-quan")
    first = Administrator(place / "co-quan", place)
    shown = first.types(paper[0])
    key = read_rows(shown)
    assert (place / "co-quan" / "khoa.pdf").read_bytes().startswith(b"%PDF")
    group = int(re.findall(r"nhóm thứ (\d+)", shown)[-1])
    first.words["LETTERS"] = [word for row in key.splitlines() for word in row.split()[:-1]][group - 1]
    first.types(paper[1])
    for line in by_hand[:2]:
        first.types(line)
    (backup,) = (place / "usb").iterdir()
    first.words["FILE"] = backup.name
    for line in by_hand[2:]:
        first.types(line)
    cases = first.types("ketnap cases")

    # Somebody else, with another HOME; the first office cannot be read any more, nor be found (by root).
    mode = stat.S_IMODE((place / "co-quan").stat().st_mode)
    (place / "co-quan").chmod(0)
    (place / "co-quan").rename(place / "away")
    desk = place / "ban"
    for folder in (desk, desk / "viec", desk / "nha"):
        folder.mkdir()
    shutil.copytree(place / "usb", desk / "usb")
    user = another_user(desk)
    for path in (desk, *desk.rglob("*")):
        if user is not None:
            os.chown(path, user, user)
    second = Administrator(desk / "viec", desk / "nha", user)
    second.words["FILE"] = backup.name
    second.types(elsewhere[0], typed=key)
    for line in elsewhere[1:]:
        second.types(line)
    assert second.types("ketnap --config ../co-quan-moi/config.yaml cases") == cases
    (place / "away").rename(place / "co-quan")
    (place / "co-quan").chmod(mode)

    (place / "co-quan" / "ketnap.db").write_bytes(b"broken" * 1000)
    first.types(over[0], typed=key)
    for line in over[1:]:
        first.types(line)
    assert first.types("ketnap cases") == cases
    assert list((place / "co-quan").glob("cat-di-*")) == []
