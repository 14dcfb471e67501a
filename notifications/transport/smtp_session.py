"""A conversation with a mail server: smtplib, with answers read strictly and waited for no longer than said."""

import re
import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from notifications.settings import Smtp
from notifications.transport.message import Away, PostAway, plain

ANSWER = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?")
MOST_LINES = 100
LONGEST_LINE = 8192


class Garbled(ConnectionError):
    """What the server says is no answer (RFC 5321 4.2), or not to what it was asked; nothing more is sent to it."""


class Conversation(smtplib.SMTP):
    """smtplib's client, except that ``timeout`` holds for a whole answer, and an answer is one or an error.

    smtplib itself waits that long for each byte, takes a line that was cut off for an answer, and would take an
    answer that came too early for that to the next question.
    """

    _unread = b""

    def getreply(self) -> tuple[int, bytes]:
        """The server's answer. Raises OSError, and has hung up then."""
        try:
            return self._answer(monotonic() + self.timeout)
        except OSError:
            self.close()
            raise

    def send(self, s: bytes | str) -> None:  # type: ignore[override] # nothing else is ever sent
        """Send bytes. Raises OSError, also where an answer lies unread that nobody asked for (RFC 3207 5)."""
        if self._unread:
            raise Garbled(plain(self._unread))
        if self.sock:
            self.sock.settimeout(self.timeout)
        super().send(s)

    def _answer(self, until: float) -> tuple[int, bytes]:
        said: list[bytes] = []
        codes = set()
        while len(said) < MOST_LINES:
            line = self._line(until)
            found = ANSWER.fullmatch(line)
            if not found:
                raise Garbled(plain(line))
            codes.add(found[1])
            said.append(found[3] or b"")
            if found[2] != b"-":
                break
        if len(said) == MOST_LINES or len(codes) > 1:
            raise Garbled(plain(b" ".join(said)))
        return int(codes.pop()), b"\n".join(said)

    def _line(self, until: float) -> bytes:
        while b"\n" not in self._unread:
            if len(self._unread) > LONGEST_LINE:
                raise Garbled(plain(self._unread))
            self._unread += self._more(until)
        line, _, self._unread = self._unread.partition(b"\n")
        return line.removesuffix(b"\r")

    def _more(self, until: float) -> bytes:
        left = until - monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        self.sock.settimeout(left)
        more = self.sock.recv(4096)
        if not more:
            raise smtplib.SMTPServerDisconnected("connection closed")
        return more


class TlsConversation(Conversation, smtplib.SMTP_SSL):
    """The same, in TLS from the first byte."""


def begin(smtp: Smtp, password: str, context: ssl.SSLContext) -> Conversation:
    """Connect, greet, and log in where there is a user. Raises `PostAway`."""
    server = None
    try:
        with _away(smtp, "connection"):
            server = _connect(smtp, context)
            server.local_hostname = _own_address(server)
        with _away(smtp, "tls"):
            if smtp.security == "starttls":
                server.starttls(context=context)
        with _away(smtp, "connection"):
            server.ehlo_or_helo_if_needed()
        with _away(smtp, "login"):
            if smtp.user:
                _log_in(server, smtp.user, password)
    except BaseException:
        if server:
            server.close()
        raise
    return server


def _connect(smtp: Smtp, context: ssl.SSLContext) -> Conversation:
    if smtp.security == "tls":
        return TlsConversation(smtp.host, smtp.port, context=context, local_hostname="localhost", timeout=smtp.seconds)
    return Conversation(smtp.host, smtp.port, local_hostname="localhost", timeout=smtp.seconds)


def _own_address(server: Conversation) -> str:
    """What EHLO says who we are (RFC 5321 4.1.3); our name would cost a look-up and may not be ASCII."""
    address = str(server.sock.getsockname()[0]).partition("%")[0] if server.sock else "127.0.0.1"
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _log_in(server: Conversation, user: str, password: str) -> None:
    if user.isascii() and password.isascii():
        server.login(user, password)
        return
    # smtplib knows ASCII only; PLAIN is UTF-8 (RFC 4616 2)
    proof = b64encode(f"\0{user}\0{password}".encode()).decode()
    code, text = server.docmd("AUTH", f"PLAIN {proof}")
    if code != 235:  # noqa: PLR2004 - RFC 4954 4
        raise smtplib.SMTPAuthenticationError(code, text)


@contextmanager
def _away(smtp: Smtp, stage: Away) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise PostAway(_why(error, stage), f"{smtp.host}:{smtp.port}: {words(error)}") from error


def _why(error: Exception, stage: Away) -> Away:
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, socket.gaierror | UnicodeError) and stage == "connection":
        return "host"
    if isinstance(error, smtplib.SMTPServerDisconnected) or not isinstance(error, smtplib.SMTPException | ValueError):
        return "connection"
    return stage


def words(error: Exception) -> str:
    """An error in the server's or the machine's own words, on one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {plain(error.smtp_error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return plain(error.verify_message)
    return plain(getattr(error, "strerror", None) or str(error))
