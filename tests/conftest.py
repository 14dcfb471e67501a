"""What every test may ask for: a fresh database, on SQLite and on PostgreSQL."""

import gc
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.databases import make_tables, postgres_server
from tests.pool import Pool
from workflow.operations.sample import make_sample
from workflow.register.writer import Who

# How fast examples come says something of the machine and its other guests, nothing of the program.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

# Asserts that pytest has rewritten are kept, whatever the machine's habit: every worker would rewrite all of
# them.
sys.dont_write_bytecode = False

# Each commit is forced to the disk and waits for it; where memory has room, the tests' folders stand in it
# instead.
MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own in there
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 4 * 2**30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# A run in the background ignores Ctrl-C, and so would every program that the tests start and stop by it.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than the machine has cores: tests wait for a fifth of their time, for a browser, a
    server, a clock.
    """
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Mark what needs the PostgreSQL server: `make quick` leaves it out."""
    for item in items:
        if "postgres" in item.fixturenames or "postgresql" in item.name.partition("[")[2]:
            item.add_marker("postgresql")


def pytest_collection_finish() -> None:
    """Spare the collector what stays as long as the run: modules and tests make up most of the memory."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sample office of 9 August 2022, made once: to be copied, and never written to."""
    folder = tmp_path_factory.mktemp("mẫu") / "mẫu"
    make_sample(folder, "song-lo-2022", Who("", "test"), config_text="office: Mẫu\n")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Pool]:
    """Databases of the run's PostgreSQL server, which all workers share."""
    with postgres_server() as server:
        yield Pool(server)


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the program's tables and nothing in them: a copy of it costs less than making
    them.
    """
    file = tmp_path_factory.mktemp("bảng") / "ketnap.db"
    make_tables(f"sqlite:///{file.as_posix()}")
    return file


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_tables: Path) -> str:
    """A SQLite file of the test's own, with empty tables."""
    file = tmp_path / "ketnap.db"
    shutil.copy(sqlite_tables, file)
    return f"sqlite:///{file.as_posix()}"


@pytest.fixture
def bare_sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that nobody has written yet."""
    return f"sqlite:///{(tmp_path / 'ketnap.db').as_posix()}"


@pytest.fixture
def postgres_url(postgres: Pool) -> Iterator[str]:
    """A PostgreSQL database of the test's own, with empty tables."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture
def bare_postgres_url(postgres: Pool) -> Iterator[str]:
    """A PostgreSQL database of the test's own, with nothing in it."""
    url = postgres.bare()
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_database_url(request: pytest.FixtureRequest) -> str:
    """A database with nothing in it: the test runs once on each."""
    name = "bare_sqlite_url" if request.param == "sqlite" else "bare_postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database with empty tables: the test runs once on each."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url
