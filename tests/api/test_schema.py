"""The API against its own description: whatever it says may be asked, and more, is answered as it says."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.pool import Pool
from workflow.accounts.api_tokens import create_token
from workflow.operations.open_office import open_office
from workflow.operations.sample import make_sample
from workflow.register.writer import Who
from workflow.web.api.routes import build_document
from workflow.web.app import create_app

if TYPE_CHECKING:
    from schemathesis.python.asgi import ASGIClient

each_operation = pytest.mark.parametrize(
    ("path", "method"),
    [
        pytest.param(path, method, id=f"{method} {path}")
        for path, methods in build_document()["paths"].items()
        for method in methods
    ],
)


@pytest.fixture(scope="module")
def client(made: Path, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[ASGIClient]":
    """Whoever asks: the district's officer, of an office that all questions share."""
    folder = tmp_path_factory.mktemp("lược đồ") / "mẫu"
    shutil.copytree(made, folder)
    with asking_of(folder) as asking:
        yield asking


@pytest.fixture(scope="module")
def client_of_postgres(postgres: Pool, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[ASGIClient]":
    """The same on PostgreSQL, which takes less for a text or a number than SQLite does."""
    folder, url = tmp_path_factory.mktemp("lược đồ") / "mẫu", postgres.create()
    make_sample(folder, "song-lo-2022", Who("", "test"), config_text=f"office: Mẫu\ndatabase: {url}\n")
    with asking_of(folder) as asking:
        yield asking
    postgres.drop(url)


@contextmanager
def asking_of(folder: Path) -> "Iterator[ASGIClient]":
    """A program with the district officer's token."""
    from schemathesis.python.asgi import get_client, shutdown_lifespans

    with closing(open_office(folder / "config.yaml")) as office:
        app = create_app(office)
        # it says in other words what an ASGI application is
        with get_client(app) as asking:  # type: ignore[arg-type]
            token = create_token(office, "vanphong.huyen", "lược đồ")
            asking.headers["authorization"] = f"Bearer {token}"
            try:
                yield asking
            finally:
                shutdown_lifespans()  # else it would go on looking at a database that others use next


def ask(path: str, method: str, client: "ASGIClient", *, examples: int, derandomize: bool) -> None:
    """Work out the questions and ask them; what it takes is read by then, not whenever tests are
    collected.
    """
    from tests.api import questions

    questions.ask(path, method, client, examples=examples, derandomize=derandomize)


@each_operation
def test_whatever_is_asked_is_answered_as_described(path: str, method: str, client: "ASGIClient") -> None:
    ask(path, method, client, examples=1, derandomize=True)


@pytest.mark.soak
@each_operation
def test_whatever_is_asked_for_long_is_answered_as_described(
    path: str, method: str, client_of_postgres: "ASGIClient"
) -> None:
    ask(path, method, client_of_postgres, examples=60, derandomize=False)
