"""A request's context: who asks, what they may, in which language."""

import hmac
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from fastapi import FastAPI, Request

from states.rulebook.edition import Edition
from workflow.accounts.access_log import AccessLog
from workflow.accounts.sessions import ActiveSession, find_active_session
from workflow.core.messages import say, say_on_page
from workflow.office import Office
from workflow.register.permissions import Access, get_access
from workflow.register.session import PIPELINE
from workflow.register.writer import Who
from workflow.reminders.stop import Stop
from workflow.storage.register_snapshot import RegisterSnapshot
from workflow.web.background_jobs import BackgroundJobs, ReminderMonitor
from workflow.web.cache import PageCache

LANGUAGES = ("vi", "en")
SESSION, DEVICE, LANGUAGE = "ketnap", "ketnap-device", "lang"


class NotSignedIn(Exception):
    """The page needs a signed-in user."""


class MustChangePassword(Exception):
    """The user must first change a password that somebody else knows."""


class CsrfFailed(Exception):
    """A form came from another site, or from a session that has ended (CSRF)."""


class TooBig(Exception):
    """The request body is larger than allowed."""


class Hidden(LookupError):
    """The reader may not see this, or it does not exist; nobody learns which."""


@dataclass
class AppState:
    """What lives as long as the application. ``sample``: which sample the office is; None for a real one.

    ``access_log`` is open while requests are answered; ``stop`` ends them all.
    """

    office: Office
    sample: str | None
    jobs: BackgroundJobs
    reminders: ReminderMonitor
    pages: PageCache = field(default_factory=PageCache, init=False)
    stop: Stop = field(default_factory=Stop, init=False)
    access_log: AccessLog = field(init=False)


def get_state(app: FastAPI) -> AppState:
    """What lives as long as the application."""
    state: AppState = app.state.ketnap
    return state


@dataclass
class RequestContext:
    """One request of a signed-in user."""

    request: Request
    office: Office
    session: ActiveSession
    token: str

    @property
    def state(self) -> AppState:
        """What lives as long as the application."""
        return get_state(self.request.app)

    @property
    def user(self) -> str:
        return self.session.user

    @cached_property
    def _snapshot(self) -> tuple[date, RegisterSnapshot, str]:
        return self.office.read_day_and_snapshot()

    @property
    def today(self) -> date:
        return self._snapshot[0]

    @property
    def register(self) -> RegisterSnapshot:
        return self._snapshot[1]

    @property
    def cache_key(self) -> Hashable:
        """Everything that each page of this session depends on."""
        reminders = self.state.reminders.latest
        status = reminders and (repr(reminders) if self.access.is_everywhere else reminders.word)
        day, register, deadlines = self._snapshot
        return self.csrf_token, self.speaks, day, register.n, deadlines, status

    @cached_property
    def access(self) -> Access:
        return get_access(self.register, self.user, self.today, self.edition())

    @cached_property
    def speaks(self) -> str:
        """The language to answer in."""
        return detect_language(self.request)

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue, as pages say it."""
        return say_on_page(self.speaks, key, **values)

    def edition(self, pipeline: str = PIPELINE) -> Edition:
        """The edition in force on the office's day."""
        return self.office.rulebook.edition_on(pipeline, self.today)

    @cached_property
    def csrf_token(self) -> str:
        """The token in every form of this session (OWASP: HMAC-based token pattern)."""
        return self.office.vault.compute_mac(b"form " + self.token.encode()).hex()[:32]

    def acting_as(self, by: str = "") -> Who:
        """The actor, and this user as the one who typed."""
        return Who(by or self.user, self.user)

    def log_access(self, what: str, subject: str = "") -> None:
        """Record in the access log that this user looked at something about a person."""
        self.state.access_log.log_access(self.user, what, subject)


@dataclass
class AnonymousSpeaker:
    """What words need where nobody has signed in: a language, and the office if there is one.

    ``place``: where it is said, on a page or by the API, whose own mishaps have words of their own.
    """

    speaks: str
    office: Office | None
    place: str = "page"

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue, as it is said there."""
        return (say if self.place == "api" else say_on_page)(self.speaks, key, **values)

    def edition(self, pipeline: str = PIPELINE) -> Edition:
        """The edition in force on the office's day."""
        if self.office is None:
            raise LookupError("no office is open")
        return self.office.rulebook.edition_on(pipeline, self.office.read_today())


def is_api_request(request: Request) -> bool:
    """Whether the request is for the API, which answers in JSON."""
    return request.url.path.startswith("/api/")


def detect_language(request: Request) -> str:
    """The language a reader chose, or a program asked for; else the office's."""
    chosen = (
        request.headers.get("accept-language", "")[:2]
        if is_api_request(request)
        else request.cookies.get(LANGUAGE)
    )
    return chosen if chosen in LANGUAGES else get_state(request.app).office.config.language


def load_context(request: Request, *, allow_password_change: bool = False) -> RequestContext:
    """The context of whoever has signed in. Raises `NotSignedIn`, `MustChangePassword`."""
    state, token = get_state(request.app), request.cookies.get(SESSION, "")
    session = find_active_session(state.office, token, on_use=state.access_log.log_use) if token else None
    if session is None:
        raise NotSignedIn
    if session.must_change and not allow_password_change:
        raise MustChangePassword
    return RequestContext(request, state.office, session, token)


def check_csrf(ctx: RequestContext, values: dict[str, Any]) -> None:
    """Raises `CsrfFailed` unless the form has this session's token."""
    if not hmac.compare_digest(str(values.get("csrf", "")), ctx.csrf_token):
        raise CsrfFailed
