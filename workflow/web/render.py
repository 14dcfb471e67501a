"""Pages as people see them: templates filled in, their words from the catalogue."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Hashable
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from workflow.core.messages import has_message, say
from workflow.presentation import deadline_text
from workflow.presentation.error_text import citation_text
from workflow.presentation.notice_text import describe_step
from workflow.presentation.problem import format_value
from workflow.storage import reads
from workflow.web.context import Hidden, RequestContext, detect_language
from workflow.web.page_cache import PageCache

PAGES = Path(__file__).parents[2] / "templates" / "pages"
STATIC = PAGES / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".webmanifest": "application/json"}
OK = 200
FOREVER = "public, max-age=31536000, immutable"

router = APIRouter()


@cache
def template_environment() -> Environment:
    """Templates; a value that a template names and nobody gives is an author's mistake."""
    env = Environment(
        loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
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
    return HTMLResponse(_render_text(template, ctx, _reminder_status_text(ctx), values), status)


def _render_text(template: str, ctx: RequestContext, pulse: str, values: dict[str, Any]) -> str:
    message = values.pop("said", None) or _message_text(ctx)
    return template_environment().get_template(template).render(
        visit=ctx, t=ctx.say, here=ctx.request.url.path, said=message, sample=find_sample(ctx.request),
        language=ctx.speaks, fresh=secrets.token_urlsafe, pulse=Markup(pulse), **values,  # noqa: S704 - our own template
    )  # fmt: skip


FORM_MARK, PULSE_MARK = "\ufdd0", "\ufdd1"
"""Stand in a kept page where the session's own proof goes, and how the reminders are: signs that no text of people may
hold (noncharacters)."""


def _reminder_status_text(ctx: RequestContext) -> str:
    drawn: str = ctx.request.app.state.heartbeat.render_status(ctx)
    return drawn


def _fill_marks(text: str, ctx: RequestContext) -> HTMLResponse:
    """A page as it is kept, for the reader of this moment."""
    return HTMLResponse(text.replace(FORM_MARK, ctx.csrf_token).replace(PULSE_MARK, _reminder_status_text(ctx)))


class CacheablePage(NamedTuple):
    """A page that is made once for as long as what it is ``made_of``, and what `RequestContext.print` says, stays the same."""

    template: str
    ctx: RequestContext
    depends_on: Hashable
    values: Callable[[], dict[str, Any]]


async def render_cached_page(load: Callable[..., CacheablePage], *args: Any) -> HTMLResponse:
    """Answer with the page as it was made before, or make it; who asks while it is being made waits for the same.

    Whether it still holds is asked on the loop itself where that takes a third of a millisecond and waits for nobody
    (SQLite reads); it is made in a thread.
    """
    request: Request = args[0]
    quick = request.app.state.office.database.is_sqlite
    wanted = load(*args) if quick else await run_in_threadpool(load, *args)
    page_cache: PageCache = request.app.state.kept
    text = page_cache.get(_cache_key(wanted)) or await _render_shared(wanted, page_cache)
    return _fill_marks(text, wanted.ctx) if isinstance(text, str) else text


async def _render_shared(wanted: CacheablePage, page_cache: PageCache) -> str | HTMLResponse:
    """The page of this moment. One that says what is amiss, or what was done, is this reader's alone."""
    key = _cache_key(wanted)
    if "said" in wanted.ctx.request.query_params:
        return await run_in_threadpool(_render_cacheable, wanted)
    making = page_cache.in_progress.get(key)
    if making is None:
        making = page_cache.in_progress[key] = asyncio.ensure_future(run_in_threadpool(_render_cacheable, wanted))
        making.add_done_callback(lambda task: _store_page(page_cache, key, task))
        return await asyncio.shield(making)
    text = await asyncio.shield(making)
    return text if isinstance(text, str) else await run_in_threadpool(_render_cacheable, wanted)


def _render_cacheable(wanted: CacheablePage) -> str | HTMLResponse:
    ctx = wanted.ctx
    values = wanted.values()
    if values.get("status", OK) != OK:
        return render_page(wanted.template, ctx, **values)
    values.pop("status", None)
    return _render_text(wanted.template, ctx, PULSE_MARK, values).replace(ctx.csrf_token, FORM_MARK)


def _store_page(page_cache: PageCache, key: Hashable, task: "asyncio.Future[str | HTMLResponse]") -> None:
    page_cache.in_progress.pop(key, None)
    if not task.cancelled() and task.exception() is None and isinstance(text := task.result(), str):
        page_cache.put(key, text)


def _cache_key(wanted: CacheablePage) -> Hashable:
    query_hash = hashlib.sha256(wanted.ctx.request.url.query.encode()).digest()
    return wanted.template, query_hash, wanted.ctx.cache_key, wanted.depends_on


def render_plain_page(template: str, request: Request, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for somebody who has not signed in."""
    language = detect_language(request)
    text = template_environment().get_template(template).render(
        visit=None, t=partial(say, language), here=request.url.path, said=None, sample=find_sample(request),
        language=language, **values,
    )  # fmt: skip
    return HTMLResponse(text, status)


def find_sample(request: Request) -> str | None:
    """Which sample the office is; None for a real one."""
    sample: str | None = getattr(request.app.state, "sample", None)
    return sample


def _message_text(ctx: RequestContext) -> str | None:
    """What the page before has to say of what was done: a sentence of the catalogue, never the address's own words."""
    key = f"page.said.{ctx.request.query_params.get('said', '')}"
    return ctx.say(key) if has_message(key) else None


def read_sample(office: Any) -> str | None:
    """Which sample an office is, by its own row."""
    with office.database.read_transaction() as connection:
        return reads.load_office(connection).sample
