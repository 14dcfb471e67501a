"""The sample office and its pages, for tests of pages: made once, copied for each test that may write to it."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.pages.guests import Guest, guest, pages_of
from workflow.bootstrap import open_office
from workflow.office import Office
from workflow.registrar import Who
from workflow.sample import make_sample
from workflow.web import errands


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample office of 9 August 2022, made once."""
    folder = tmp_path_factory.mktemp("bảng") / "mẫu"
    make_sample(folder, "song-lo-2022", Who("", "test"), config_text="office: Mẫu\n")
    return folder


@pytest.fixture
def office(made: Path, tmp_path: Path) -> Iterator[Office]:
    """A copy of it."""
    shutil.copytree(made, tmp_path / "mẫu")
    with closing(open_office(tmp_path / "mẫu" / "config.yaml")) as opened:
        yield opened


@pytest.fixture
def app(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastAPI]:
    """Its pages; on a busy machine they wait longer than a reader would for what takes long."""
    monkeypatch.setattr(errands, "PATIENCE", 60)
    with pages_of(office) as served:
        yield served


@pytest.fixture
def district(app: FastAPI) -> Guest:
    """The officer of the district."""
    return guest(app).enter("vanphong.huyen")
