"""Pages are rendered from templates and the catalogue's words."""

import hashlib
import secrets
from collections.abc import Callable, Hashable
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from workflow.core.messages import has_message, say
from workflow.presentation import deadline_text
from workflow.presentation.notice_text import describe_step
from workflow.presentation.problem import format_value
from workflow.presentation.reason_text import citation_text
from workflow.web.context import Hidden, RequestContext, detect_language, get_state

PAGES = Path(__file__).parents[2] / "templates" / "pages"
STATIC = PAGES / "static"
KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/json",
}
FOREVER = "public, max-age=31536000, immutable"

router = APIRouter()


@cache
def template_environment() -> Environment:
    """The Jinja environment; an undefined value raises, for it is an author's mistake."""
    env = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {"day": format_value, "minute": _format_minute}
    env.globals |= {
        "asset": asset_url,
        "knows": has_message,
        "clock_name": deadline_text.clock_name,
        "until": deadline_text.describe_until,
    }
    env.globals |= {
        "basis": deadline_text.describe_basis,
        "clock_tone": deadline_text.clock_tone,
        "citation": citation_text,
    }
    env.globals |= {"step_words": describe_step}
    return env


def _format_minute(at: datetime | None, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%d/%m/%Y %H:%M}" if at else ""


@cache
def asset_url(name: str) -> str:
    """The address of a style sheet or script: it changes when its content does."""
    return f"/static/{hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}/{name}"


@router.get("/static/{digest}/{name}", include_in_schema=False)
def serve_static_file(digest: str, name: str) -> Response:
    """A style sheet or script. Raises `Hidden`."""
    known = {file.name for file in STATIC.iterdir()}
    if name not in known or asset_url(name) != f"/static/{digest}/{name}":
        raise Hidden
    kind = KINDS[Path(name).suffix]
    return Response((STATIC / name).read_bytes(), media_type=kind, headers={"Cache-Control": FOREVER})


def render_page(template: str, ctx: RequestContext, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for somebody who has signed in."""
    return HTMLResponse(_render_text(template, ctx, values), status)


def render_cached_page(
    template: str, ctx: RequestContext, version: Hashable, load_values: Callable[[], dict[str, Any]]
) -> HTMLResponse:
    """A page that is cached while its ``version``, its reader and its address stay the same."""
    scope = ctx.request.scope
    key = (template, scope["path"], scope["query_string"], ctx.cache_key, version)
    return HTMLResponse(
        ctx.state.pages.get_or_render(key, lambda: _render_text(template, ctx, load_values()))
    )


def _render_text(template: str, ctx: RequestContext, values: dict[str, Any]) -> str:
    message = values.pop("said", None) or _message_text(ctx)
    return (
        template_environment()
        .get_template(template)
        .render(
            visit=ctx,
            t=ctx.say,
            here=ctx.request.url.path,
            said=message,
            sample=ctx.state.sample,
            language=ctx.speaks,
            fresh=secrets.token_urlsafe,
            reminders=ctx.state.reminders.latest,
            **values,
        )
    )


def render_plain_page(template: str, request: Request, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for somebody who has not signed in."""
    language = detect_language(request)
    text = (
        template_environment()
        .get_template(template)
        .render(
            visit=None,
            t=partial(say, language),
            here=request.url.path,
            said=None,
            sample=get_state(request.app).sample,
            language=language,
            **values,
        )
    )
    return HTMLResponse(text, status)


def _message_text(ctx: RequestContext) -> str | None:
    """What the page before has to say of what was done.

    A sentence of the catalogue, never the address's own words.
    """
    key = f"page.said.{ctx.request.query_params.get('said', '')}"
    return ctx.say(key) if has_message(key) else None
