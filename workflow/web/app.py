"""The application puts every page and the API around one office."""

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

from workflow.accounts.access_log import AccessLog
from workflow.accounts.cleanup import delete_expired
from workflow.office import Office
from workflow.storage import reads
from workflow.storage.errors import DatabaseUnavailable
from workflow.web import api, render
from workflow.web.api import health
from workflow.web.background_jobs import BackgroundJobs, ReminderMonitor
from workflow.web.context import AppState, NotSignedIn, get_state, is_api_request
from workflow.web.error_pages import error_response, requested_url
from workflow.web.form_data import FORM_KEY, SentForm
from workflow.web.middleware import SecurityMiddleware
from workflow.web.pages import my_work
from workflow.web.pages.account import my_account, sign_in
from workflow.web.pages.admin import access_log, office_admin, users_admin
from workflow.web.pages.board import board_page, cases_page, downloads, lists
from workflow.web.pages.cases import action_form, bulk, case_page, corrections, papers
from workflow.web.pages.letters import letter_pages, snooze
from workflow.web.pages.register import form_page, import_roster, register_pages
from workflow.web.pages.rulebook import rulebook_pages

EVERY_SECONDS = 3600

logger = logging.getLogger("ketnap")

AT_ONCE = 6
"""Requests that are worked on at the same time; more wait their turn. A database connection is there for
each."""

PARTS = (
    *(
        render,
        sign_in,
        my_work,
        case_page,
        action_form,
        corrections,
        papers,
        board_page,
        cases_page,
        lists,
        downloads,
        bulk,
    ),
    *(
        import_roster,
        register_pages,
        form_page,
        rulebook_pages,
        letter_pages,
        snooze,
        users_admin,
        access_log,
    ),
    *(office_admin, my_account, health, api),
)


def create_app(office: Office) -> FastAPI:
    """The application on an office that stays open as long as it is served."""
    app = FastAPI(title="ketnap", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan)
    app.state.ketnap = AppState(office, _read_sample(office), BackgroundJobs(office), ReminderMonitor(office))
    for part in PARTS:
        app.include_router(part.router)
    for mishap in (HTTPException, RequestValidationError):
        app.add_exception_handler(mishap, _answer_error)
    # What is read on a slow line comes packed. Tokens in packed pages can be guessed only by who makes the
    # reader's own browser ask again and again with the session's cookie (BREACH); `SameSite=Lax` leaves that
    # to nobody.
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=4)
    app.add_middleware(SecurityMiddleware, answer_error=_answer_error)
    return app


def _read_sample(office: Office) -> str | None:
    with office.database.read_transaction() as connection:
        return reads.load_office(connection).sample


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """What lives as long as the application.

    The log of looks, the heartbeat, a bound on what is done at once.
    """
    anyio.to_thread.current_default_thread_limiter().total_tokens = AT_ONCE
    state = get_state(app)
    state.access_log = AccessLog(state.office)
    await anyio.to_thread.run_sync(state.reminders.refresh)
    background_tasks = [
        asyncio.create_task(_clean_up_hourly(state.office)),
        asyncio.create_task(state.reminders.keep_refreshing()),
    ]
    try:
        yield
    finally:
        for task in background_tasks:
            task.cancel()
        # A look that is under way in a thread ends first: nobody reads an office that is closed.
        await asyncio.gather(*background_tasks, return_exceptions=True)
        await anyio.to_thread.run_sync(state.access_log.close)


async def _clean_up_hourly(office: Office) -> None:
    """Once an hour, sessions, links and claims that are over go.

    Where the database is away, an hour later.
    """
    while True:
        try:
            await anyio.to_thread.run_sync(delete_expired, office)
        except DatabaseUnavailable:
            pass
        except Exception:
            logger.exception("sessions that are over could not be tidied away")
        await asyncio.sleep(EVERY_SECONDS)


def _answer_error(request: Request, error: Exception) -> Response:
    """Whoever was typing when the session ended finds what they typed in the form to sign in."""
    typed: SentForm | None = request.scope.get(FORM_KEY)
    if isinstance(error, NotSignedIn) and typed is not None and not is_api_request(request):
        return sign_in.ask_sign_in_again(request, typed, requested_url(request))
    return error_response(request, error)
