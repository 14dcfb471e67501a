"""Mail servers are answered strictly and waited for no longer than said."""

import re
import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from notifications.settings import SmtpSettings
from notifications.transport.message import TransportUnavailable, UnavailableReason, clean_line

ANSWER_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?")
MAX_LINES = 100
MAX_LINE_LENGTH = 8192


class GarbledAnswer(ConnectionError):
    """What the server says is no answer (RFC 5321 4.2), or not to what it was asked.

    Nothing more is sent to it.
    """


class SmtpConversation(smtplib.SMTP):
    """smtplib's client, except that ``timeout`` holds for a whole answer, and an answer is one or an error.

    smtplib itself waits that long for each byte, takes a line that was cut off for an answer, and would take
    an answer that came too early for that to the next question.
    """

    _unread = b""

    def getreply(self) -> tuple[int, bytes]:
        """The server's answer. Raises OSError, and has hung up then."""
        try:
            return self._read_answer(monotonic() + self.timeout)
        except OSError:
            self.close()
            raise

    def send(self, s: bytes | str) -> None:  # type: ignore[override] # nothing else is ever sent
        """Send bytes. Raises OSError, also where an answer lies unread that nobody asked for (RFC 3207 5)."""
        if self._unread:
            raise GarbledAnswer(clean_line(self._unread))
        if self.sock:
            self.sock.settimeout(self.timeout)
        super().send(s)

    def _read_answer(self, until: float) -> tuple[int, bytes]:
        texts: list[bytes] = []
        codes = set()
        while len(texts) < MAX_LINES:
            line = self._read_line(until)
            match = ANSWER_LINE.fullmatch(line)
            if not match:
                raise GarbledAnswer(clean_line(line))
            codes.add(match[1])
            texts.append(match[3] or b"")
            if match[2] != b"-":
                break
        if len(texts) == MAX_LINES or len(codes) > 1:
            raise GarbledAnswer(clean_line(b" ".join(texts)))
        return int(codes.pop()), b"\n".join(texts)

    def _read_line(self, until: float) -> bytes:
        while b"\n" not in self._unread:
            if len(self._unread) > MAX_LINE_LENGTH:
                raise GarbledAnswer(clean_line(self._unread))
            self._unread += self._receive(until)
        line, _, self._unread = self._unread.partition(b"\n")
        return line.removesuffix(b"\r")

    def _receive(self, until: float) -> bytes:
        seconds_left = until - monotonic()
        if seconds_left <= 0:
            raise TimeoutError("timed out")
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        self.sock.settimeout(seconds_left)
        received = self.sock.recv(4096)
        if not received:
            raise smtplib.SMTPServerDisconnected("connection closed")
        return received


class TlsSmtpConversation(SmtpConversation, smtplib.SMTP_SSL):
    """The same, in TLS from the first byte."""


def open_conversation(smtp: SmtpSettings, password: str, context: ssl.SSLContext) -> SmtpConversation:
    """Connect, greet, and log in where a user is set. Raises `TransportUnavailable`."""
    server = None
    try:
        with _as_unavailable(smtp, "connection"):
            server = _connect(smtp, context)
            server.local_hostname = _own_address(server)
        with _as_unavailable(smtp, "tls"):
            if smtp.security == "starttls":
                server.starttls(context=context)
        with _as_unavailable(smtp, "connection"):
            server.ehlo_or_helo_if_needed()
        with _as_unavailable(smtp, "login"):
            if smtp.user:
                _log_in(server, smtp.user, password)
    except BaseException:
        if server:
            server.close()
        raise
    return server


def _connect(smtp: SmtpSettings, context: ssl.SSLContext) -> SmtpConversation:
    if smtp.security == "tls":
        return TlsSmtpConversation(
            smtp.host, smtp.port, context=context, local_hostname="localhost", timeout=smtp.seconds
        )
    return SmtpConversation(smtp.host, smtp.port, local_hostname="localhost", timeout=smtp.seconds)


def _own_address(server: SmtpConversation) -> str:
    """What EHLO says who we are (RFC 5321 4.1.3); our name would cost a look-up and may not be ASCII."""
    address = str(server.sock.getsockname()[0]).partition("%")[0] if server.sock else "127.0.0.1"
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _log_in(server: SmtpConversation, user: str, password: str) -> None:
    if user.isascii() and password.isascii():
        server.login(user, password)
        return
    # smtplib knows ASCII only; PLAIN is UTF-8 (RFC 4616 2)
    proof = b64encode(f"\0{user}\0{password}".encode()).decode()
    code, text = server.docmd("AUTH", f"PLAIN {proof}")
    if code != 235:  # noqa: PLR2004 - RFC 4954 4
        raise smtplib.SMTPAuthenticationError(code, text)


@contextmanager
def _as_unavailable(smtp: SmtpSettings, stage: UnavailableReason) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise TransportUnavailable(
            _find_reason(error, stage), f"{smtp.host}:{smtp.port}: {describe_error(error)}"
        ) from error


def _find_reason(error: Exception, stage: UnavailableReason) -> UnavailableReason:
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, socket.gaierror | UnicodeError) and stage == "connection":
        return "host"
    if isinstance(error, smtplib.SMTPServerDisconnected) or not isinstance(
        error, smtplib.SMTPException | ValueError
    ):
        return "connection"
    return stage


def describe_error(error: Exception) -> str:
    """An error in the server's or the machine's own words, on one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {clean_line(error.smtp_error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return clean_line(error.verify_message)
    return clean_line(getattr(error, "strerror", None) or str(error))
