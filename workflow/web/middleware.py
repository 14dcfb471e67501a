"""Middleware sets security headers, limits what is sent, answers every error."""

import logging
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workflow.dossier.scans.limits import LARGEST
from workflow.web.context import TooBig

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


class SecurityMiddleware:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, answer_error: Callable[[Request, Exception], Response]) -> None:
        self.app, self._answer_error = app, answer_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever fails meanwhile."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        response_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal response_started
            if message["type"] == "http.response.start":
                response_started = True
                _add_headers(MutableHeaders(scope=message), secure=scope.get("scheme") == "https")
            await send(message)

        try:
            size = Headers(scope=scope).get("content-length", "0")
            if size.isdecimal() and int(size) > LARGEST_BODY:
                raise TooBig  # noqa: TRY301 - answered below as every other mishap
            await self.app(scope, _limit_body(receive), send_with_headers)
        except Exception as error:
            if response_started:
                logger.exception("an answer broke off")
                return
            await self._answer_error(Request(scope), error)(scope, receive, send_with_headers)


def _add_headers(headers: MutableHeaders, *, secure: bool) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-store")
    if secure:
        headers.setdefault("Strict-Transport-Security", HSTS)


def _limit_body(receive: Receive) -> Callable[[], Awaitable[Message]]:
    """Count a body of unknown length while it arrives."""
    byte_count = 0

    async def receive_counted() -> Message:
        nonlocal byte_count
        message = await receive()
        byte_count += len(message.get("body", b""))
        if byte_count > LARGEST_BODY:
            raise TooBig
        return message

    return receive_counted
