"""Around everything that is answered: security headers, a limit on what may be sent, and never a traceback."""

import logging
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workflow.dossier.scans import LARGEST
from workflow.web.context import TooBig
from workflow.web.error_pages import answered

LARGEST_BODY = LARGEST + 1_000_000
"""Bytes of one request: a file, and the form around it; what is larger is told so before it is read."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
"""OWASP Secure Headers; nothing comes from outside, nothing may frame the pages."""

HSTS = "max-age=31536000"

logger = logging.getLogger(__name__)


class Guard:
    """Around all of the application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens while it is answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def tell(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _add_headers(MutableHeaders(scope=message), secure=scope.get("scheme") == "https")
            await send(message)

        try:
            size = Headers(scope=scope).get("content-length", "0")
            if size.isdecimal() and int(size) > LARGEST_BODY:
                raise TooBig  # noqa: TRY301 - answered below as every other mishap
            await self.app(scope, _counted(receive), tell)
        except Exception as error:
            if begun:
                logger.exception("an answer broke off")
                return
            await answered(Request(scope), error)(scope, receive, tell)


def _add_headers(headers: MutableHeaders, *, secure: bool) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-store")
    if secure:
        headers.setdefault("Strict-Transport-Security", HSTS)


def _counted(receive: Receive) -> Callable[[], Awaitable[Message]]:
    """What is sent without saying how long it is, is counted while it comes."""
    held = 0

    async def more() -> Message:
        nonlocal held
        message = await receive()
        held += len(message.get("body", b""))
        if held > LARGEST_BODY:
            raise TooBig
        return message

    return more
