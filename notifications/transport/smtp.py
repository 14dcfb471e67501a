"""A mail server as the way out."""

import re
import ssl
from contextlib import suppress
from smtplib import SMTPDataError
from typing import Self

from notifications.settings import Smtp
from notifications.transport.message import Parcel, PostAway, PutOff, Refused, check, plain
from notifications.transport.smtp_session import Conversation, Garbled, begin, words

Answer = tuple[int, bytes | str]
OK, LATER, FAILED = 2, 4, 5
"""What the first digit of an answer says (RFC 5321 4.2.1)."""
CLOSING = 421
LOGIN = (530, 534, 535, 538)
"""Answers that ask for another login (RFC 4954 6)."""
OF_THE_LETTER = (552, 555)
"""Answers to MAIL FROM that are about the letter, too long or of a kind not known; all others are about the office."""
LINE_END = re.compile(rb"\r\n|\r|\n")


class SmtpPost:
    """Sends letters through a mail server, all over one connection."""

    def __init__(self, smtp: Smtp, password: str = "", context: ssl.SSLContext | None = None) -> None:
        self._smtp, self._password, self._context = smtp, password, context
        self._server: Conversation | None = None

    def __enter__(self) -> Self:
        """Begin; the first letter makes the connection."""
        return self

    def __exit__(self, *_: object) -> None:
        """Say goodbye, and hang up whatever the answer."""
        with suppress(OSError):
            if self._server:
                self._server.quit()
        self._hang_up()

    def send(self, parcel: Parcel) -> None:
        """Send one letter; returns once the server has accepted it. Raises `Refused`, `PutOff`, `PostAway`."""
        check(parcel)
        try:
            _hand_over(self._begin(parcel), parcel)
        except (Refused, PutOff) as answer:
            self._clear(answer.code)
            raise
        except OSError as error:
            self._hang_up()
            raise PutOff(words(error)) from error
        except BaseException:
            self._hang_up()
            raise

    def _begin(self, parcel: Parcel) -> Conversation:
        """Say MAIL FROM; over a new connection where the old one has been closed, or does not answer any more."""
        server, answer = self._server, None
        if server:
            with suppress(OSError):
                answer = _say_from(server, parcel)
        if not server or not answer or answer[0] == CLOSING:
            self._hang_up()
            self._context = self._context or ssl.create_default_context()
            self._server = server = begin(self._smtp, self._password, self._context)
            answer = _say_from(server, parcel)
        if answer[0] // 100 == FAILED and answer[0] not in (*OF_THE_LETTER, *LOGIN):
            raise PostAway("sender", f"{answer[0]} {plain(answer[1])}")
        _need_ok(answer)
        return server

    def _clear(self, code: int) -> None:
        """Forget a letter that was not accepted, so that the next one finds the server ready."""
        with suppress(OSError):
            if self._server and code != CLOSING and self._server.docmd("RSET")[0] // 100 == OK:
                return
        self._hang_up()

    def _hang_up(self) -> None:
        if self._server:
            self._server.close()
        self._server = None


def _say_from(server: Conversation, parcel: Parcel) -> Answer:
    """MAIL FROM, with what the letter needs. Raises `Refused` where the server does not offer it."""
    head = parcel.message.partition(b"\r\n\r\n")[0]
    needs = {
        f"SIZE={len(parcel.message)}": server.has_extn("size"),  # RFC 1870
        "BODY=8BITMIME": not parcel.message.isascii(),  # RFC 6152
        "SMTPUTF8": not (f"{parcel.sender}{parcel.to}".isascii() and head.isascii()),  # RFC 6531
    }
    options = [option for option, needed in needs.items() if needed]
    for offer in ("8BITMIME", "SMTPUTF8"):
        if not server.has_extn(offer) and any(option.endswith(offer) for option in options):
            raise Refused(f"the server does not offer {offer}")
    return server.mail(parcel.sender, options)


def _hand_over(server: Conversation, parcel: Parcel) -> None:
    _need_ok(server.rcpt(parcel.to))
    try:
        answer = server.data(LINE_END.sub(b"\r\n", parcel.message))
    except SMTPDataError as early:
        raise _verdict((early.smtp_code, early.smtp_error)) from early
    _need_ok(answer)


def _need_ok(answer: Answer) -> None:
    if answer[0] // 100 != OK:
        raise _verdict(answer)


def _verdict(answer: Answer) -> Exception:
    """What an answer that does not accept means for the letter."""
    code, text = answer[0], plain(answer[1])
    if code in LOGIN:
        return PostAway("login", f"{code} {text}")
    if code // 100 == FAILED:
        return Refused(text, code)
    return PutOff(text, code) if code // 100 == LATER else Garbled(text)
