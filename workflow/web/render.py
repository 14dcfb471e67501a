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

from workflow.core.messages import knows, say
from workflow.presentation import deadline_text
from workflow.presentation.error_text import citation
from workflow.presentation.notice_text import step_words
from workflow.presentation.problem import printed
from workflow.storage import reads
from workflow.web.context import Hidden, Visit, language_of
from workflow.web.page_cache import Kept

PAGES = Path(__file__).parents[2] / "templates" / "pages"
STATIC = PAGES / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".webmanifest": "application/json"}
OK = 200
FOREVER = "public, max-age=31536000, immutable"

router = APIRouter()


@cache
def environment() -> Environment:
    """Templates; a value that a template names and nobody gives is an author's mistake."""
    made = Environment(
        loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {"day": printed, "minute": _minute}
    made.globals |= {"asset": asset, "knows": knows, "clock_name": deadline_text.name_of, "until": deadline_text.until}
    made.globals |= {"basis": deadline_text.basis, "clock_tone": deadline_text.tone_of_clock, "citation": citation}
    made.globals |= {"step_words": step_words}
    return made


def _minute(at: datetime | None, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%d/%m/%Y %H:%M}" if at else ""


@cache
def asset(name: str) -> str:
    """The address of a style sheet or script: it changes when its content does."""
    return f"/static/{hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}/{name}"


@router.get("/static/{digest}/{name}", include_in_schema=False)
def static(digest: str, name: str) -> Response:
    """A style sheet or script. Raises `Hidden`."""
    known = {file.name for file in STATIC.iterdir()}
    if name not in known or asset(name) != f"/static/{digest}/{name}":
        raise Hidden
    kind = KINDS[Path(name).suffix]
    return Response((STATIC / name).read_bytes(), media_type=kind, headers={"Cache-Control": FOREVER})


def page(template: str, visit: Visit, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for somebody who has signed in."""
    return HTMLResponse(_filled(template, visit, _pulse(visit), values), status)


def _filled(template: str, visit: Visit, pulse: str, values: dict[str, Any]) -> str:
    said = values.pop("said", None) or _said(visit)
    return environment().get_template(template).render(
        visit=visit, t=visit.say, here=visit.request.url.path, said=said, sample=sample_of(visit.request),
        language=visit.speaks, fresh=secrets.token_urlsafe, pulse=Markup(pulse), **values,  # noqa: S704 - our own template
    )  # fmt: skip


FORM_MARK, PULSE_MARK = "\ufdd0", "\ufdd1"
"""Stand in a kept page where the session's own proof goes, and how the reminders are: signs that no text of people may
hold (noncharacters)."""


def _pulse(visit: Visit) -> str:
    drawn: str = visit.request.app.state.heartbeat.drawn(visit)
    return drawn


def _told(text: str, visit: Visit) -> HTMLResponse:
    """A page as it is kept, for the reader of this moment."""
    return HTMLResponse(text.replace(FORM_MARK, visit.csrf).replace(PULSE_MARK, _pulse(visit)))


class Keepable(NamedTuple):
    """A page that is made once for as long as what it is ``made_of``, and what `Visit.print` says, stays the same."""

    template: str
    here: Visit
    made_of: Hashable
    values: Callable[[], dict[str, Any]]


async def kept_page(ask: Callable[..., Keepable], *asked: Any) -> HTMLResponse:
    """Answer with the page as it was made before, or make it; who asks while it is being made waits for the same.

    Whether it still holds is asked on the loop itself where that takes a third of a millisecond and waits for nobody
    (SQLite reads); it is made in a thread.
    """
    request: Request = asked[0]
    quick = request.app.state.office.database.is_sqlite
    wanted = ask(*asked) if quick else await run_in_threadpool(ask, *asked)
    kept: Kept = request.app.state.kept
    text = kept.get(_key(wanted)) or await _made(wanted, kept)
    return _told(text, wanted.here) if isinstance(text, str) else text


async def _made(wanted: Keepable, kept: Kept) -> str | HTMLResponse:
    """The page of this moment. One that says what is amiss, or what was done, is this reader's alone."""
    key = _key(wanted)
    if "said" in wanted.here.request.query_params:
        return await run_in_threadpool(_make, wanted)
    making = kept.making.get(key)
    if making is None:
        making = kept.making[key] = asyncio.ensure_future(run_in_threadpool(_make, wanted))
        making.add_done_callback(lambda done: _keep(kept, key, done))
        return await asyncio.shield(making)
    found = await asyncio.shield(making)
    return found if isinstance(found, str) else await run_in_threadpool(_make, wanted)


def _make(wanted: Keepable) -> str | HTMLResponse:
    here = wanted.here
    values = wanted.values()
    if values.get("status", OK) != OK:
        return page(wanted.template, here, **values)
    values.pop("status", None)
    return _filled(wanted.template, here, PULSE_MARK, values).replace(here.csrf, FORM_MARK)


def _keep(kept: Kept, key: Hashable, done: "asyncio.Future[str | HTMLResponse]") -> None:
    kept.making.pop(key, None)
    if not done.cancelled() and done.exception() is None and isinstance(text := done.result(), str):
        kept.put(key, text)


def _key(wanted: Keepable) -> Hashable:
    asked = hashlib.sha256(wanted.here.request.url.query.encode()).digest()
    return wanted.template, asked, wanted.here.print, wanted.made_of


def plain_page(template: str, request: Request, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for somebody who has not signed in."""
    language = language_of(request)
    text = environment().get_template(template).render(
        visit=None, t=partial(say, language), here=request.url.path, said=None, sample=sample_of(request),
        language=language, **values,
    )  # fmt: skip
    return HTMLResponse(text, status)


def sample_of(request: Request) -> str | None:
    """Which sample the office is; None for a real one."""
    sample: str | None = getattr(request.app.state, "sample", None)
    return sample


def _said(visit: Visit) -> str | None:
    """What the page before has to say of what was done: a sentence of the catalogue, never the address's own words."""
    key = f"page.said.{visit.request.query_params.get('said', '')}"
    return visit.say(key) if knows(key) else None


def sample_in(office: Any) -> str | None:
    """Which sample an office is, by its own row."""
    with office.database.reading() as connection:
        return reads.office(connection).sample
