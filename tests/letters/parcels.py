"""Letters of an office, ready to go, and the way to a server that a test has opened."""

from email import message_from_bytes
from email.policy import SMTP
from itertools import count
from ssl import SSLContext
from typing import Any

from notifications.settings import SmtpSettings
from notifications.transport import Envelope
from notifications.transport.smtp import SmtpTransport
from tests.letters.smtp_server import HERE

OFFICE = "ketnap@xa-dong-que.example"
HOA, TUAN = "hoa@xa-dong-que.example", "tuan@xa-dong-que.example"
BODY = b"Two cases wait for you.\r\n"
NUMBERS = count(1)


def letter(to: str = HOA, body: bytes = BODY) -> Envelope:
    """A letter with an id of its own."""
    number = f"{next(NUMBERS):08x}@xa-dong-que.example"
    message = b"Message-ID: <%b>\r\nSubject: Ketnap\r\n\r\n%b" % (number.encode(), body)
    return Envelope(number, OFFICE, to, message)


def to_server(
    port: int, password: str = "", trusting: SSLContext | None = None, **settings: Any
) -> SmtpTransport:
    """The way to a server on this machine; one answer is waited for a second."""
    known = {"host": HERE, "security": "none", "seconds": 1} | settings
    return SmtpTransport(SmtpSettings(port=port, **known), password, trusting)


def id_of(message: bytes) -> str:
    """A letter's Message-ID as whoever gets it reads it."""
    return str(message_from_bytes(message, policy=SMTP)["Message-ID"]).strip("<>")
