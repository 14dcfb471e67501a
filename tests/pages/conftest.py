"""The sample office and its pages: a copy for each test."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.pages.guests import Guest, guest, pages_of
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.web import background_jobs


@pytest.fixture
def office(made: Path, tmp_path: Path) -> Iterator[Office]:
    """A copy of it."""
    shutil.copytree(made, tmp_path / "mẫu")
    with closing(open_office(tmp_path / "mẫu" / "config.yaml")) as opened:
        yield opened


@pytest.fixture
def app(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastAPI]:
    """Its pages; on a busy machine they wait longer than a reader would for what takes long."""
    monkeypatch.setattr(background_jobs, "PATIENCE", 60)
    with pages_of(office) as served:
        yield served


@pytest.fixture
def district(app: FastAPI) -> Guest:
    """The officer of the district."""
    return guest(app).enter("vanphong.huyen")
