"""A disk on which nothing may be written: backup and restore say so in a sentence and leave all as it was."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.offices import make_small_office
from workflow.core.backup_keys import make_recovery_key
from workflow.core.clock import now
from workflow.operations.backup import make_backup
from workflow.operations.open_office import open_office
from workflow.operations.verify.verify import verify_office

if sys.platform == "win32":
    pytest.skip("rights are given in another way there", allow_module_level=True)

ROOT = Path(__file__).parents[2]
FOLDER_SHUT, FOLDER_OPEN, FILE_SHUT, FILE_OPEN = 0o555, 0o777, 0o444, 0o666


@dataclass(frozen=True)
class Place:
    """A folder that everybody may enter, with an office, a backup of it and the key that opens that."""

    home: Path
    file: Path
    key: Path

    @property
    def office(self) -> Path:
        return self.home / "văn phòng"

    def shut(self, folder: Path) -> None:
        """Nobody but root writes there any more."""
        for path in (folder, *folder.rglob("*")):
            path.chmod(FOLDER_SHUT if path.is_dir() else FILE_SHUT)

    def open(self, folder: Path) -> None:
        """Everybody may write there."""
        for path in (folder, *folder.rglob("*")):
            path.chmod(FOLDER_OPEN if path.is_dir() else FILE_OPEN)

    def ask_guest(self, *commands: list[object]) -> list[dict[str, object]]:
        """What somebody hears who owns nothing here."""
        lines = [json.dumps(list(map(str, words))) for words in commands]
        program = [sys.executable, "-m", "tests.faults.guest", str(self.office), str(self.key), *lines]
        run = subprocess.run(program, capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
        assert run.returncode == 0, run.stderr
        said: list[dict[str, object]] = json.loads(run.stdout)
        return said

    def look(self) -> dict[str, bytes]:
        """Every file but locks."""
        files = (path for path in self.home.rglob("*") if path.is_file() and path.suffix != ".lock")
        return {path.relative_to(self.home).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        home.chmod(FOLDER_OPEN)
        with closing(make_small_office(home, "sqlite:///ketnap.db")) as office:
            secret = make_recovery_key(office.config.folder, now())
            backup = make_backup(office)
        (home / "khóa").write_text(secret, encoding="utf-8")
        shutil.copy(backup.file, home / "bản sao")
        held = Place(home, home / "bản sao", home / "khóa")
        held.open(home)
        yield held
        held.open(home)


def test_who_may_not_write_is_told_so_and_nothing_is_changed(place: Place) -> None:
    disk, other = place.home / "đĩa", place.home / "văn phòng khác"
    disk.mkdir()
    shutil.copytree(place.office, other)
    place.open(other)
    for folder in (disk, place.office):
        place.shut(folder)
    key = ["--key-file", place.key, "--json"]
    before = place.look()
    told = place.ask_guest(
        ["backup", "--config", place.office / "config.yaml", "--json"],
        ["backup", "--config", other / "config.yaml", "--to", disk, "--json"],
        ["restore", place.file, "--folder", disk / "mới", *key],
        ["restore", place.file, "--folder", place.office, *key],
    )
    assert place.look() == before
    assert [said["exit"] for said in told] == [1, 1, 1, 1]
    codes = [json.loads(str(said["out"]))["error"]["code"] for said in told]
    beside, elsewhere = "database_read_only", "file_not_allowed"
    assert codes == [beside, elsewhere, elsewhere, beside]
    place.open(place.home)
    for folder in (place.office, other):
        with closing(open_office(folder / "config.yaml")) as office:
            assert verify_office(office).broken == []
    assert not any(disk.iterdir())
