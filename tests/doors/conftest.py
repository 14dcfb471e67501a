"""Offices to knock at: the small one of all tests, and a sample office made once and copied for every test."""

import shutil
from collections.abc import Iterator
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


@pytest.fixture
def sample(sample_made: Path, tmp_path: Path) -> Ketnap:
    """The program at a copy of the sample office."""
    folder = tmp_path / "văn phòng mẫu"
    shutil.copytree(sample_made, folder)
    return Ketnap(folder / "config.yaml")


@pytest.fixture
def small(tmp_path: Path, sqlite_url: str) -> Iterator[Ketnap]:
    """The program at the small office: one village, its head, three users."""
    office = make_small_office(tmp_path, sqlite_url)
    try:
        yield Ketnap(office.config.path)
    finally:
        office.close()


@pytest.fixture
def empty(tmp_path: Path) -> Ketnap:
    """The program at an office in which there is nothing yet."""
    folder = tmp_path / "văn phòng mới"
    Ketnap().done("init", folder, "--name", "Văn phòng Huyện ủy")
    return Ketnap(folder / "config.yaml")


@pytest.fixture(autouse=True)
def _away_from_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's config.yaml is near by, and errors that nobody foresaw are logged here."""
    (away := tmp_path / "nơi khác").mkdir()
    monkeypatch.chdir(away)
    monkeypatch.delenv("KETNAP_CONFIG", raising=False)
