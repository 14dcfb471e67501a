"""Offices to knock at: the small one of all tests, and a sample office made once and copied for every
test.
"""

import shutil
from pathlib import Path

import pytest

from tests.doors.ketnap import Ketnap
from tests.offices import make_small_office

SAMPLE = "song-lo-2022"


@pytest.fixture(scope="session")
def sample_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample office, made once."""
    folder = tmp_path_factory.mktemp("mẫu") / "văn phòng mẫu"
    Ketnap().done("init", folder, "--sample", SAMPLE)
    return folder


@pytest.fixture(scope="session")
def small_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small office, made once."""
    office = make_small_office(tmp_path_factory.mktemp("nhỏ"), "sqlite:///ketnap.db")
    office.close()
    return office.config.path.parent


@pytest.fixture(scope="session")
def empty_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new office, made once."""
    folder = tmp_path_factory.mktemp("mới") / "văn phòng mới"
    Ketnap().done("init", folder, "--name", "Văn phòng Huyện ủy")
    return folder


def copy_of(made: Path, tmp_path: Path) -> Ketnap:
    """The program at a copy of an office."""
    folder = tmp_path / made.name
    shutil.copytree(made, folder)
    return Ketnap(folder / "config.yaml")


@pytest.fixture
def sample(sample_made: Path, tmp_path: Path) -> Ketnap:
    """The sample office of 9 August 2022."""
    return copy_of(sample_made, tmp_path)


@pytest.fixture
def small(small_made: Path, tmp_path: Path) -> Ketnap:
    """The small office: one village, its head, three users."""
    return copy_of(small_made, tmp_path)


@pytest.fixture
def empty(empty_made: Path, tmp_path: Path) -> Ketnap:
    """A real office in which there is nothing yet."""
    return copy_of(empty_made, tmp_path)


@pytest.fixture(autouse=True)
def _away_from_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's config.yaml is near by, and errors that nobody foresaw are logged here."""
    (away := tmp_path / "nơi khác").mkdir()
    monkeypatch.chdir(away)
    monkeypatch.delenv("KETNAP_CONFIG", raising=False)
