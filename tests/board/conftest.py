"""The land of the journeys, and the sample office on either database, to be read only."""

from collections.abc import Iterator

import pytest

from tests.journeys.fixtures import land as land
from tests.journeys.fixtures import land_template as land_template
from tests.journeys.fixtures import sqlite_land as sqlite_land
from tests.journeys.samples import CONFIG, ME, NAME
from tests.journeys.samples import built_sample as built_sample
from tests.journeys.samples import own_sample as own_sample
from tests.journeys.samples import sample as sample
from tests.pool import Pool
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.sample import make_sample


@pytest.fixture(scope="session")
def postgres_sample(postgres: Pool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The sample on PostgreSQL, built once per run."""
    url = postgres.create()
    folder = tmp_path_factory.mktemp("mau") / "văn phòng mẫu"
    make_sample(folder, NAME, ME, config_text=f"{CONFIG}database: {url}\n")
    office = open_office(folder / "config.yaml")
    yield office
    office.close()
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def either_sample(request: pytest.FixtureRequest) -> Office:
    """The sample: the test runs once on each database."""
    office: Office = request.getfixturevalue("sample" if request.param == "sqlite" else "postgres_sample")
    return office
