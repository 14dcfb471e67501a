"""A small office per database, made once and copied for every test: who signs in there is each test's own
story.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.offices import make_small_office
from tests.pool import Pool
from workflow.office import Office
from workflow.operations.open_office import open_office


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    office = make_small_office(tmp_path_factory.mktemp("một"), "sqlite:///ketnap.db")
    office.close()
    return office.config.folder


@pytest.fixture(scope="session")
def on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres: Pool) -> Iterator[tuple[Path, str]]:
    url = postgres.create()
    office = make_small_office(tmp_path_factory.mktemp("một"), url)
    office.close()
    yield office.config.folder, url
    postgres.drop(url)


@pytest.fixture
def sqlite_office(on_sqlite: Path, tmp_path: Path) -> Iterator[Office]:
    """The small office, on SQLite alone: where the database makes no difference."""
    folder = tmp_path / on_sqlite.name
    shutil.copytree(on_sqlite, folder)
    with closing(open_office(folder / "config.yaml")) as office:
        yield office


@pytest.fixture
def postgres_office(on_postgres: tuple[Path, str], postgres: Pool, tmp_path: Path) -> Iterator[Office]:
    """The small office on PostgreSQL."""
    made, template = on_postgres
    folder, url = tmp_path / made.name, postgres.create(template)
    shutil.copytree(made, folder)
    config = folder / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace(template, url), encoding="utf-8")
    with closing(open_office(config)) as office:
        yield office
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest) -> Office:
    """The small office of 9 August 2024: the test runs once on each database."""
    name = "sqlite_office" if request.param == "sqlite" else "postgres_office"
    found: Office = request.getfixturevalue(name)
    return found
