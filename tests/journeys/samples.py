"""The sample office for tests: built once per run, copied for each test that changes it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reading import list_cases
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.sample import make_sample
from workflow.register.writer import Who

NAME = "song-lo-2022"
ME = Who("", "nguoi-thu")
CONFIG = "office: Mẫu\n"

_built: dict[str, Path] = {}


@pytest.fixture(scope="session")
def built_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sample that nobody changes."""
    if NAME not in _built:
        folder = tmp_path_factory.mktemp("mau") / "văn phòng mẫu"
        make_sample(folder, NAME, ME, config_text=CONFIG)
        _built[NAME] = folder
    return _built[NAME]


@pytest.fixture
def sample(built_sample: Path) -> Iterator[Office]:
    """The sample, to be read only."""
    office = open_office(built_sample / "config.yaml")
    yield office
    office.close()


@pytest.fixture
def own_sample(built_sample: Path, tmp_path: Path) -> Iterator[Office]:
    """A copy of the sample that the test may change."""
    shutil.copytree(built_sample, tmp_path / "mẫu")
    office = open_office(tmp_path / "mẫu" / "config.yaml")
    yield office
    office.close()


def case_in(office: Office, village: str) -> str:
    """The open case of a village."""
    (case,) = (one.case for one in list_cases(office, unit=village))
    return str(case)
