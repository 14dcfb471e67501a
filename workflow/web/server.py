"""uvicorn serves the pages and the work beside them.

All of it runs in one process.
"""

import gc
import socket
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import FrameType

import uvicorn
from fastapi import FastAPI

from states.errors import UserError
from workflow.office import Office
from workflow.reminders.stop import Stop
from workflow.web.context import get_state

DEFAULT_PORT = 8000
STOPPING_SECONDS = 4
"""So long a page that was asked for before a stop may still take."""
GC_THRESHOLD = 50_000
"""Objects made between two looks of the garbage collector: some twenty pages."""


class PortTaken(UserError):
    """Another program answers on this port."""

    code = "port_taken"
    advice = "advice.port_taken"
    message_values = ("host", "port")

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"{host}:{port}")
        self.host, self.port = host, port


@dataclass(frozen=True)
class ServerAddress:
    """Where pages are served.

    ``proxies``: addresses of proxies that are trusted for the reader's address and TLS.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    certificate: str | None = None
    key: str | None = None
    proxies: str = "127.0.0.1"


class Server(uvicorn.Server):
    """uvicorn, except that whatever works beside it hears of a signal, which is not raised anew."""

    def __init__(self, config: uvicorn.Config, stop: Stop) -> None:
        super().__init__(config)
        self.stop = stop

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal's handler as long as pages are answered."""
        self.stop.ask(sig, frame)
        self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether all of it is to end."""
        return await super().on_tick(counter) or self.stop.is_asked


def run_server(
    app: FastAPI,
    place: ServerAddress,
    ready: Callable[[str], None],
    *,
    stop: Stop | None = None,
    beside: AbstractContextManager[None] | None = None,
) -> None:
    """Serve until the process is told to stop. Raises `PortTaken`.

    ``ready`` gets the address once requests are accepted. ``beside`` works as long as pages are served; it
    begins when the port is ours.
    """
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        http="httptools",
        ws="none",
        lifespan="on",
        forwarded_allow_ips=place.proxies,
        ssl_certfile=place.certificate,
        ssl_keyfile=place.key,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=STOPPING_SECONDS,
        limit_concurrency=500,
    )
    config.load()
    listener = _open_socket(place)
    _freeze_register(get_state(app).office)
    state = get_state(app)
    state.stop = stop or state.stop
    server = Server(config, state.stop)
    scheme = "https" if place.certificate else "http"
    address = f"{scheme}://{place.host}:{listener.getsockname()[1]}"
    threading.Thread(target=_announce_start, args=(server, ready, address), daemon=True).start()
    with beside or nullcontext():
        server.run(sockets=[listener])


def _freeze_register(office: Office) -> None:
    """The register is read and stays.

    A collector that walked it again and again would hold up every tenth request.
    """
    office.read_snapshot()
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)


def _announce_start(server: Server, ready: Callable[[str], None], address: str) -> None:
    wait = threading.Event()
    while not server.started and not server.should_exit:
        wait.wait(0.05)
        server.should_exit |= (
            server.stop.is_asked
        )  # by a signal that came before the server listened to signals
    if server.started:
        ready(address)


def _open_socket(place: ServerAddress) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    # Said to be TCP: else asyncio leaves Nagle on, and each answer waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((place.host, place.port))
    except OSError as error:
        listener.close()
        raise PortTaken(place.host, place.port) from error
    return listener
