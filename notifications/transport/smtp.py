"""The SMTP transport sends letters through a mail server."""

import re
import socket
import ssl
from contextlib import suppress
from smtplib import SMTPDataError
from typing import Self

from notifications.settings import SmtpSettings
from notifications.transport.message import (
    Envelope,
    LetterDeferred,
    LetterRefused,
    TransportUnavailable,
    check_envelope,
    clean_line,
)
from notifications.transport.smtp_session import (
    GarbledAnswer,
    SmtpConversation,
    describe_error,
    open_conversation,
)

SmtpAnswer = tuple[int, bytes | str]
OK, LATER, FAILED = 2, 4, 5
"""What the first digit of an answer says (RFC 5321 4.2.1)."""
CLOSING = 421
LOGIN_ANSWERS = (530, 534, 535, 538)
"""Answers that ask for another login (RFC 4954 6)."""
LETTER_ANSWERS = (552, 555)
"""Answers to MAIL FROM that are about the letter, too long or of a kind not known; all others are about the
office."""
LINE_END = re.compile(rb"\r\n|\r|\n")


class SmtpTransport:
    """Sends letters through a mail server, all over one connection."""

    def __init__(self, smtp: SmtpSettings, password: str = "", context: ssl.SSLContext | None = None) -> None:
        self._smtp, self._password, self._context = smtp, password, context
        self._server: SmtpConversation | None = None

    def __enter__(self) -> Self:
        """Begin; the first letter makes the connection."""
        return self

    def __exit__(self, *_: object) -> None:
        """Say QUIT and close the connection, whatever the answer."""
        with suppress(OSError):
            if self._server:
                self._server.quit()
        self._hang_up()

    def send(self, envelope: Envelope) -> None:
        """Send one letter. Raises `LetterRefused`, `LetterDeferred`, `TransportUnavailable`.

        It returns once the server has accepted the letter.
        """
        check_envelope(envelope)
        try:
            _transmit(self._start_mail(envelope), envelope)
        except (LetterRefused, LetterDeferred) as answer:
            self._reset_session(answer.code)
            raise
        except OSError as error:
            self._hang_up()
            raise LetterDeferred(describe_error(error)) from error
        except BaseException:
            self._hang_up()
            raise

    def interrupt(self) -> None:
        """Break off from another thread: whoever waits for an answer finds that the server has hung up."""
        wire = self._server.sock if self._server else None
        if wire:
            with suppress(OSError):
                # TLS would take leave politely, and that of a server which does not answer.
                socket.socket.shutdown(wire, socket.SHUT_RDWR)

    def _start_mail(self, envelope: Envelope) -> SmtpConversation:
        """Say MAIL FROM.

        Over a new connection where the old one has been closed, or does not answer any more.
        """
        server, answer = self._server, None
        if server:
            with suppress(OSError):
                answer = _send_mail_from(server, envelope)
        if not server or not answer or answer[0] == CLOSING:
            self._hang_up()
            self._context = self._context or ssl.create_default_context()
            self._server = server = open_conversation(self._smtp, self._password, self._context)
            answer = _send_mail_from(server, envelope)
        if answer[0] // 100 == FAILED and answer[0] not in (*LETTER_ANSWERS, *LOGIN_ANSWERS):
            raise TransportUnavailable("sender", f"{answer[0]} {clean_line(answer[1])}")
        _require_ok(answer)
        return server

    def _reset_session(self, code: int) -> None:
        """Reset the session after a refused letter, so that the server is ready for the next."""
        with suppress(OSError):
            if self._server and code != CLOSING and self._server.docmd("RSET")[0] // 100 == OK:
                return
        self._hang_up()

    def _hang_up(self) -> None:
        if self._server:
            self._server.close()
        self._server = None


def _send_mail_from(server: SmtpConversation, envelope: Envelope) -> SmtpAnswer:
    """Send MAIL FROM with the extensions that the letter needs.

    Raises `LetterRefused` where the server does not offer one.
    """
    head = envelope.message.partition(b"\r\n\r\n")[0]
    needs = {
        f"SIZE={len(envelope.message)}": server.has_extn("size"),  # RFC 1870
        "BODY=8BITMIME": not envelope.message.isascii(),  # RFC 6152
        "SMTPUTF8": not (f"{envelope.sender}{envelope.to}".isascii() and head.isascii()),  # RFC 6531
    }
    options = [option for option, needed in needs.items() if needed]
    for offer in ("8BITMIME", "SMTPUTF8"):
        if not server.has_extn(offer) and any(option.endswith(offer) for option in options):
            raise LetterRefused(f"the server does not offer {offer}")
    return server.mail(envelope.sender, options)


def _transmit(server: SmtpConversation, envelope: Envelope) -> None:
    _require_ok(server.rcpt(envelope.to))
    try:
        answer = server.data(LINE_END.sub(b"\r\n", envelope.message))
    except SMTPDataError as early:
        raise _to_exception((early.smtp_code, early.smtp_error)) from early
    _require_ok(answer)


def _require_ok(answer: SmtpAnswer) -> None:
    if answer[0] // 100 != OK:
        raise _to_exception(answer)


def _to_exception(answer: SmtpAnswer) -> Exception:
    """What an answer that does not accept means for the letter."""
    code, text = answer[0], clean_line(answer[1])
    if code in LOGIN_ANSWERS:
        return TransportUnavailable("login", f"{code} {text}")
    if code // 100 == FAILED:
        return LetterRefused(text, code)
    return LetterDeferred(text, code) if code // 100 == LATER else GarbledAnswer(text)
