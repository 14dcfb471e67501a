"""A letter is ready to go; this may become of it.

Beside arriving, three things may become of it.
"""

import re
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol, Self

UnavailableReason = Literal["host", "connection", "tls", "login", "sender", "password", "folder"]
"""What keeps every letter back: no such host; no connection, or no sensible greeting; no TLS that can be
trusted; the login; the office's own address as sender; the password file; the folder."""

MAX_TEXT_LENGTH = 300
MAILBOX = re.compile(
    r'[^\s<>@,;:\\"()\[\]\x00-\x1f\x7f\ud800-\udfff]+@[^\s<>@,;\\"()\x00-\x1f\x7f\ud800-\udfff]+'
)
"""A bare address as it stands in MAIL FROM and RCPT TO (RFC 5321 4.1.2, RFC 6531 3.3), without quoted local
parts."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A letter ready to go: who sends it, who gets it, and its bytes (RFC 5322, lines ending in CRLF).

    ``message_id``: as in its head, with or without the angle brackets.
    """

    message_id: str
    sender: str
    to: str
    message: bytes


class LetterRefused(Exception):
    """This letter, or its recipient, is refused for good; sending it again is no use.

    ``code``: what the server answered (RFC 5321 4.2.3), 0 where it was not even asked. ``text``: in its
    words.
    """

    def __init__(self, text: str, code: int = 0) -> None:
        super().__init__(text, code)
        self.text, self.code = text, code


class LetterDeferred(Exception):
    """This letter did not arrive as far as we know; it is to be sent again later, with the same Message-ID.

    ``code``: what the server answered, 0 where it fell silent, hung up or answered nonsense. ``text``: in its
    words.
    """

    def __init__(self, text: str, code: int = 0) -> None:
        super().__init__(text, code)
        self.text, self.code = text, code


class TransportUnavailable(Exception):
    """Nothing can be sent to anybody now; no letter is to blame.

    ``text``: the server's or the machine's own words.
    """

    def __init__(self, why: UnavailableReason, text: str) -> None:
        super().__init__(why, text)
        self.why, self.text = why, text


class MailTransport(Protocol):
    """A transport for letters, open as long as its ``with`` block lasts."""

    def __enter__(self) -> Self:
        """Begin; nothing is connected before there is a letter."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Close the connection; raises nothing."""

    def send(self, envelope: Envelope) -> None:
        """Send one letter. Raises `LetterRefused`, `LetterDeferred`, `TransportUnavailable`.

        It returns once the letter is accepted.
        """

    def interrupt(self) -> None:
        """Break off from another thread: a letter that waits for an answer counts as put off."""


def check_envelope(envelope: Envelope) -> None:
    """Refuse line breaks in addresses, headers or file names (injection). Raises `LetterRefused`."""
    for what, address in (("from", envelope.sender), ("to", envelope.to)):
        if not MAILBOX.fullmatch(address):
            raise LetterRefused(f"{what}: not an address: {clean_line(ascii(address))}")
    if not envelope.message_id.isprintable() or not envelope.message_id.strip("<> "):
        raise LetterRefused(f"not a Message-ID: {clean_line(ascii(envelope.message_id))}")


def clean_line(text: str | bytes) -> str:
    """Somebody else's words on one line, fit to be kept and shown in a terminal.

    Nothing unprintable, not too long.
    """
    decoded = text.decode(errors="replace") if isinstance(text, bytes) else text
    return " ".join("".join(char if char.isprintable() else " " for char in decoded).split())[
        :MAX_TEXT_LENGTH
    ]
