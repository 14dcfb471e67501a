"""Fixtures of the land: built once per run and database, copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.land import Template, opened
from tests.pool import Pool
from workflow.office import Office


@pytest.fixture(scope="session")
def land_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The land before anything happens in it."""
    return Template(tmp_path_factory.mktemp("land"))


@pytest.fixture
def sqlite_land(land_template: Template, tmp_path: Path) -> Iterator[Office]:
    """The land on SQLite, where the database makes no difference."""
    office = opened(land_template.sqlite(tmp_path / "đất"))
    yield office
    office.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def land(request: pytest.FixtureRequest, land_template: Template, tmp_path: Path) -> Iterator[Office]:
    """The land: the test runs once on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_land")
        return
    server: Pool = request.getfixturevalue("postgres")
    config, url = land_template.postgres(tmp_path / "đất", server)
    office = opened(config)
    yield office
    office.close()
    server.drop(url)
