"""Serving: the pages and, in the same process, the worker that reminds."""

import gc
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from workflow.office import Office

USUAL_PORT = 8000
SELDOM = 50_000
"""Objects made between two looks of the garbage collector: some twenty pages."""


class PortTaken(Exception):
    """Another program answers on this port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"{host}:{port}")
        self.host, self.port = host, port


@dataclass(frozen=True)
class Place:
    """Where pages are served. ``proxies``: addresses whose word on the reader's own address and TLS is taken."""

    host: str = "127.0.0.1"
    port: int = USUAL_PORT
    certificate: str | None = None
    key: str | None = None
    proxies: str = "127.0.0.1"


def serve(app: FastAPI, place: Place, ready: Callable[[str], None]) -> None:
    """Answer until the process is told to stop. ``ready`` hears the address once requests are taken.

    Raises `PortTaken`.
    """
    held = _socket(place)
    _settle(app.state.office)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, http="httptools", ws="none",
        lifespan="on", forwarded_allow_ips=place.proxies, ssl_certfile=place.certificate, ssl_keyfile=place.key,
        timeout_keep_alive=15, timeout_graceful_shutdown=10, limit_concurrency=500,
    )  # fmt: skip
    server = uvicorn.Server(config)
    scheme = "https" if place.certificate else "http"
    address = f"{scheme}://{place.host}:{held.getsockname()[1]}"
    threading.Thread(target=_tell, args=(server, ready, address), daemon=True).start()
    server.run(sockets=[held])


def _settle(office: Office) -> None:
    """The register is read and stays: a collector that walked it again and again would hold up every tenth request."""
    office.tree_read()
    gc.collect()
    gc.freeze()
    gc.set_threshold(SELDOM)


def _tell(server: uvicorn.Server, ready: Callable[[str], None], address: str) -> None:
    wait = threading.Event()
    while not server.started and not server.should_exit:
        wait.wait(0.05)
    if server.started:
        ready(address)


def _socket(place: Place) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    # Said to be TCP: else asyncio leaves Nagle on, and each answer waits 40 ms for an acknowledgement.
    held = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((place.host, place.port))
    except OSError as error:
        held.close()
        raise PortTaken(place.host, place.port) from error
    return held
