"""A sample office made once, served to programs from a copy of each test's own."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.api.programs import Program, program
from tests.pages.guests import pages_of
from workflow.bootstrap import open_office
from workflow.office import Office
from workflow.registrar import Who
from workflow.sample import make_sample


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample office of 9 August 2022, made once."""
    folder = tmp_path_factory.mktemp("api") / "mẫu"
    make_sample(folder, "song-lo-2022", Who("", "test"), config_text="office: Mẫu\n")
    return folder


@pytest.fixture
def office(made: Path, tmp_path: Path) -> Iterator[Office]:
    """A copy of it."""
    shutil.copytree(made, tmp_path / "mẫu")
    with closing(open_office(tmp_path / "mẫu" / "config.yaml")) as opened:
        yield opened


@pytest.fixture
def app(office: Office) -> Iterator[FastAPI]:
    """The application on it."""
    with pages_of(office) as served:
        yield served


@pytest.fixture
def of(app: FastAPI) -> Callable[[str], Program]:
    """A program of somebody's: ``of("bithu.ao-truc")``."""
    return lambda user: program(app, user)
