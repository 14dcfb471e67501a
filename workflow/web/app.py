"""The application: every page and the API in their places, around one open office."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from workflow import accounts
from workflow.accounts.looks import Looks
from workflow.office import Office
from workflow.store.away import DatabaseAway
from workflow.web import (
    acts,
    admin,
    api,
    board,
    bulk,
    caring,
    case,
    corrections,
    downloads,
    entering,
    health,
    importing,
    letters,
    lists,
    looking,
    me,
    pages,
    papers,
    register,
    register_forms,
    rules,
    snooze,
    work,
)
from workflow.web.errands import Errands
from workflow.web.guard import Guard
from workflow.web.heartbeat import Heartbeat
from workflow.web.kept import Kept
from workflow.web.problems import answered

EVERY_SECONDS = 3600

logger = logging.getLogger("ketnap")

AT_ONCE = 6
"""Requests that are worked on at the same time; more wait their turn. A database connection is there for each."""

PARTS = (
    *(pages, entering, work, case, acts, corrections, papers, board, lists, downloads, bulk),
    *(importing, register, register_forms, rules, letters, snooze, admin, looking),
    *(caring, me, health, api),
)


def application(office: Office) -> FastAPI:
    """The application on an office that stays open as long as it is served."""
    app = FastAPI(title="ketnap", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan)
    app.state.office = office
    app.state.kept, app.state.heartbeat, app.state.errands = Kept(), Heartbeat(office), Errands(office)
    app.state.sample = pages.sample_in(office)
    for part in PARTS:
        app.include_router(part.router)
    for mishap in (HTTPException, RequestValidationError):
        app.add_exception_handler(mishap, _told)
    # What is read on a slow line comes packed. Tokens in packed pages can be guessed only by who makes the reader's own
    # browser ask again and again with the session's cookie (BREACH); `SameSite=Lax` leaves that to nobody.
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=4)
    app.add_middleware(Guard)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """What lives as long as the application: the log of looks, the heartbeat, a bound on what is done at once."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = AT_ONCE
    app.state.looks = Looks(app.state.office)
    await anyio.to_thread.run_sync(app.state.heartbeat.look)
    beside = [asyncio.create_task(_tidy(app.state.office)), asyncio.create_task(app.state.heartbeat.keep())]
    try:
        yield
    finally:
        for task in beside:
            task.cancel()
        await anyio.to_thread.run_sync(app.state.looks.close)


async def _tidy(office: Office) -> None:
    """Once an hour, sessions, links and claims that are over go; where the database is away, an hour later."""
    while True:
        try:
            await anyio.to_thread.run_sync(accounts.tidy, office)
        except DatabaseAway:
            pass
        except Exception:
            logger.exception("sessions that are over could not be tidied away")
        await asyncio.sleep(EVERY_SECONDS)


def _told(request: Request, error: Exception) -> Response:
    return answered(request, error)
