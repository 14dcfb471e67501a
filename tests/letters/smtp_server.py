"""Mail servers for tests: a real one that fails where a test wants it, and one that says whatever it is
told to.
"""

import socket
import ssl
import threading
import time
from asyncio import AbstractServer, Transport
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE = "127.0.0.1"
HANG_UP = "hang up"
"""A fault: nothing is answered, and the connection is closed."""
USER = "xa-dong-que"


@dataclass(frozen=True)
class Arrived:
    """A letter as the server took it, and the client's end of the connection it came over."""

    sender: str
    to: list[str]
    message: bytes
    by: object


@dataclass
class Clerk:
    """Takes letters. ``faults``: what is answered to a verb the next times, instead of taking it.

    ``after_taking``: the letter is taken, and only then the fault happens (DATA only).
    """

    letters: list[Arrived] = field(default_factory=list)
    faults: dict[str, deque[str]] = field(default_factory=dict)
    after_taking: bool = False

    def will_say(self, verb: str, *answers: str) -> None:
        self.faults[verb] = deque(answers)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if said := self._fault(server, "MAIL"):
            return said
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if said := self._fault(server, "RCPT") or self._fault(server, address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        said = self._fault(server, "DATA")
        if not said or self.after_taking:
            assert envelope.mail_from
            assert isinstance(envelope.content, bytes)
            self.letters.append(
                Arrived(envelope.mail_from, envelope.rcpt_tos, envelope.content, session.peer)
            )
        return said or "250 taken"

    def _fault(self, server: SMTP, key: str) -> str:
        waiting = self.faults.get(key)
        said = waiting.popleft() if waiting else ""
        if said == HANG_UP:
            _wire(server).abort()
        return said


class MailServer(Controller):
    """aiosmtpd on a free port of this machine, its connections counted. ``password``: USER must log in
    with it.
    """

    def __init__(self, clerk: Clerk, *, password: str = "", **settings: Any) -> None:
        if password:
            settings |= {"authenticator": _knows(password), "auth_required": True}
        super().__init__(clerk, hostname=HERE, port=0, **settings)
        self.clerk, self.connections = clerk, 0
        self._open: list[SMTP] = []

    def factory(self) -> SMTP:
        self.connections += 1
        self._open.append(made := SMTP(self.handler, **self.SMTP_kwargs))
        return made

    def _create_server(self) -> Awaitable[AbstractServer]:
        listening = socket.create_server((HERE, 0))
        self.port = listening.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=listening, ssl=self.ssl_context)

    def start(self) -> None:
        super().start()
        self.connections = 0  # it knocked at its own door

    def close_idle(self, saying: bytes = b"") -> None:
        """Close every connection, as servers do with those on which nobody speaks; return when it is done."""
        done = threading.Event()

        def close() -> None:
            for one in self._open:
                if one.transport:
                    _wire(one).write(saying)
                    _wire(one).close()
            done.set()

        self.loop.call_soon_threadsafe(close)
        assert done.wait(5)


def _wire(server: SMTP) -> Transport:
    assert isinstance(server.transport, Transport)
    return server.transport


def _knows(password: str) -> Callable[..., AuthResult]:
    def known(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, said: object
    ) -> AuthResult:
        assert isinstance(said, LoginPassword)
        right = (said.login, said.password) == (USER.encode(), password.encode())
        return AuthResult(success=right, handled=False)

    return known


Open = Callable[..., MailServer]


@contextmanager
def mail_servers() -> Iterator[Open]:
    """Open servers, all closed in the end."""
    opened: list[MailServer] = []

    def begin(**settings: Any) -> MailServer:
        server = MailServer(Clerk(), **settings)
        server.start()
        opened.append(server)
        return server

    try:
        yield begin
    finally:
        for server in opened:
            server.stop()


def wait_for(port: int) -> None:
    """Until somebody listens on a port of this machine."""
    for _ in range(200):
        try:
            socket.create_connection((HERE, port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(port)


# --- a server that says what it is told to ------------------------------------------------------------------

HANG = None
"""A step at which the server falls silent and waits for the other side to hang up."""
Pieces = tuple[tuple[float, bytes], ...]
"""An answer in pieces, with so many seconds before each."""
Steps = Sequence[bytes | Pieces | None]
"""What is said on a connection: a greeting, and then one step after each command."""
GO_ON, END_OF_LETTER = b"354 go on\r\n", b"\r\n.\r\n"
START_TLS = b"220 start\r\n"
READY = [b"220 here\r\n", b"250 here\r\n"]
TO_DATA = [*READY, b"250 sender ok\r\n", b"250 recipient ok\r\n", GO_ON]
"""All the steps up to the letter itself."""


class Script:
    """A plain socket that says its steps, one list per connection, and hangs up; ``heard``: all that it
    was told.
    """

    def __init__(self, *connections: Steps, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.heard: list[bytes] = []
        self.connections = 0
        self._listening = socket.create_server((HERE, 0))
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, args=(connections,))
        self._thread.start()

    def close(self) -> None:
        """End, also where a connection that was expected never came."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(20)
        assert not self._thread.is_alive()

    def _serve(self, connections: Sequence[Steps]) -> None:
        for steps in connections:
            try:
                caller, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            with closing(caller), suppress(OSError):
                caller.settimeout(10)
                self._talk(caller, steps)

    def _talk(self, caller: socket.socket, steps: Steps) -> None:
        for number, step in enumerate(steps):
            if number:
                self.heard.append(_until(caller, END_OF_LETTER if steps[number - 1] == GO_ON else b"\r\n"))
            if step is HANG:
                _until(caller, b"never said")
                return
            for pause, said in step if isinstance(step, tuple) else ((0.0, step),):
                time.sleep(pause)
                caller.sendall(said)
            if self._tls and isinstance(step, bytes) and step.startswith(START_TLS):
                with self._tls.wrap_socket(caller, server_side=True) as secret:
                    self._talk(secret, [b"", *steps[number + 1 :]])
                return


def _until(caller: socket.socket, end: bytes) -> bytes:
    heard = b""
    while not heard.endswith(end):
        more = caller.recv(65536)
        if not more:
            raise ConnectionError
        heard += more
    return heard


# --- certificates -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Certified:
    """A certificate that vouches for itself, and contexts of those who show it and of those who trust it."""

    file: Path

    @property
    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file)
        return context

    @property
    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.file))


def certify(file: Path, address: str = HERE, *, days: int = 30) -> Certified:
    """Make a certificate for an address, that runs out in so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "thư tín xã Đồng Quê")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=100))
        .not_valid_after(datetime.now(UTC) + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(pem))
    return Certified(file)
