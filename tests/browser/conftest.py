"""A real browser at a real server on a copy of the sample office: Debian's Chromium in front of it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from threading import Thread

import pytest
from playwright.sync_api import Browser, sync_playwright
from uvicorn import Config, Server

from tests.browser.chromium import chromium
from tests.browser.reader import Reader, Screen
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.web.app import create_app

ROOT = Path(__file__).parents[2]
Opens = Callable[..., Reader]
WAYS = [
    pytest.param(Screen.PHONE, True, id="phone"),
    pytest.param(Screen.DESK, False, id="desk-no-scripts"),
    pytest.param(Screen.PHONE, False, id="phone-no-scripts", marks=pytest.mark.soak),
    pytest.param(Screen.DESK, True, id="desk", marks=pytest.mark.soak),
]
each_way = pytest.mark.parametrize(("screen", "scripts"), WAYS)
"""A walk on a phone and at a desk, with scripts and without: crossed here, all four in the soak."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of this worker."""
    path = chromium(Path(tempfile.gettempdir()) / "ketnap-chromium.lock")
    with sync_playwright() as playwright:
        held = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield held
        held.close()


@dataclass(frozen=True)
class Served:
    """An office that is served: its address, and the office itself, beside the server."""

    address: str
    office: Office


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """`ketnap serve` on an office, until the block ends."""
    program = "from workflow.cli import main; raise SystemExit(main())"
    command = [sys.executable, "-c", program, "--config", str(folder / "config.yaml"), "serve", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*command, "--without-worker", "--json"], stdout=subprocess.PIPE, text=True, env=environment
    ) as server:
        try:
            said = "".join(iter(server.stdout.readline, "}\n")) if server.stdout else ""
            address = said.split('"address": "')[1].split('"')[0]
            with closing(open_office(folder / "config.yaml")) as office:
                yield Served(address, office)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)


@contextmanager
def answering(folder: Path) -> Iterator[Served]:
    """The same from within the tests' own process, until the block ends: it need not begin anew for each."""
    config = folder / "config.yaml"
    with (
        closing(open_office(config)) as of_pages,
        closing(open_office(config)) as office,
        closing(socket()) as held,
    ):
        held.bind(("127.0.0.1", 0))
        answers = Config(
            create_app(of_pages), log_level="warning", access_log=False, ws="none", lifespan="on"
        )
        server = Server(answers)
        thread = Thread(target=server.run, kwargs={"sockets": [held]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield Served(f"http://127.0.0.1:{held.getsockname()[1]}", office)
        finally:
            server.should_exit = True
            thread.join(20)


@pytest.fixture
def served(made: Path, tmp_path: Path) -> Iterator[Served]:
    """The sample office of one's own, served."""
    shutil.copytree(made, tmp_path / "mẫu")
    with answering(tmp_path / "mẫu") as held:
        yield held


@pytest.fixture(scope="session")
def shown(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The sample office served by the program itself to be looked at: nobody writes to it."""
    folder = tmp_path_factory.mktemp("xem") / "mẫu"
    shutil.copytree(made, folder)
    with serving(folder) as held:
        yield held


@pytest.fixture
def reader(browser: Browser, served: Served) -> Iterator[Opens]:
    """Opens browsers at one's own office; whatever amiss they have heard of fails the test at its end."""
    readers: list[Reader] = []

    def opened(user: str | None = None, screen: Screen = Screen.PHONE, *, scripts: bool = True) -> Reader:
        readers.append(Reader.at(browser, served.address, screen, scripts=scripts))
        if user:
            readers[-1].enter(user)
        return readers[-1]

    yield opened
    for one in readers:
        one.close()
