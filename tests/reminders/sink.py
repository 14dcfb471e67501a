"""Where the letters of a killed morning arrive: a server of our own, or Postfix's smtp-sink (Debian:
postfix).
"""

import os
import re
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from tests.letters.parcels import id_of
from tests.letters.smtp_server import HERE, MailServer, wait_for

MESSAGE_ID = re.compile(rb"^message-id:\s*<([^@>]+)@", re.IGNORECASE | re.MULTILINE)
HOW_TO_INSTALL = "smtp-sink is missing: apt-get install --no-install-recommends postfix"


class Sink(Protocol):
    """Takes letters and counts them by their own name, the part of the Message-ID before the @."""

    port: int

    def taken(self) -> Counter[str]: ...

    def forget(self) -> None: ...


class Own:
    """The server of the other tests."""

    def __init__(self, server: MailServer) -> None:
        self.port, self._clerk = server.port, server.clerk

    def taken(self) -> Counter[str]:
        return Counter(id_of(one.message).partition("@")[0] for one in self._clerk.letters)

    def forget(self) -> None:
        self._clerk.letters.clear()


class Postfix:
    """smtp-sink: each letter it has taken is a file in a folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder, self.port = folder, port

    def taken(self) -> Counter[str]:
        found = (MESSAGE_ID.search(file.read_bytes()) for file in self._folder.iterdir())
        return Counter(one[1].decode() for one in found if one)

    def forget(self) -> None:
        for file in self._folder.iterdir():
            file.unlink()


@contextmanager
def smtp_sink() -> Iterator[Postfix]:
    """Postfix's smtp-sink on a free port. Fails where it is not installed."""
    command = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
    assert command, HOW_TO_INSTALL
    with TemporaryDirectory() as folder, socket.create_server((HERE, 0)) as free:
        Path(folder).chmod(0o777)  # as root it lays its rights down and is nobody
        port = free.getsockname()[1]
        free.close()
        nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
        with subprocess.Popen(
            [command, *nobody, "-d", f"{folder}/%H%M%S.", f"{HERE}:{port}", "100"]
        ) as process:
            try:
                wait_for(port)
                yield Postfix(Path(folder), port)
            finally:
                process.terminate()
