"""Whatever goes wrong becomes a page, or JSON for a program: what happened, what was kept, what to do next."""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from states.rulebook.edition import Edition
from workflow.accounts.rate_limit import TooManyTries
from workflow.core.messages import say, say_on_page
from workflow.dossier.scans.limits import MEGABYTES
from workflow.presentation.error_table import WORDINGS, find_wording
from workflow.presentation.problem import (
    EXIT_BAD_INPUT,
    EXIT_BROKEN,
    EXIT_OVERTAKEN,
    EXIT_REFUSED,
    Problem,
    problem_json,
)
from workflow.storage.errors import DatabaseUnavailable
from workflow.web.context import (
    CsrfFailed,
    Hidden,
    MustChangePassword,
    NotSignedIn,
    TooBig,
    detect_language,
    is_api_request,
)
from workflow.web.form_data import FORM_KEY, SentForm

if TYPE_CHECKING:
    from workflow.office import Office

STATUS = {EXIT_BAD_INPUT: 422, EXIT_REFUSED: 422, EXIT_OVERTAKEN: 409, EXIT_BROKEN: 500}
UNKNOWN = "unknown_"
"""Problems whose code begins so are about something that is not there: 404."""

NOT_THERE = 404
MISHAPS: dict[type[Exception], tuple[str, int]] = {
    Hidden: ("hidden", NOT_THERE),
    NotSignedIn: ("not_signed_in", 401),
    MustChangePassword: ("not_signed_in", 401),
    CsrfFailed: ("not_ours", 403),
    TooBig: ("too_big", 413),
    RequestValidationError: ("senseless", 422),
}

logger = logging.getLogger("ketnap")


@dataclass
class AnonymousSpeaker:
    """What words need where nobody has signed in: a language, and the office if there is one.

    ``place``: where it is said, on a page or by the API, whose own mishaps have words of their own.
    """

    speaks: str
    office: "Office | None"
    place: str = "page"

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue, as it is said there."""
        return (say if self.place == "api" else say_on_page)(self.speaks, key, **values)

    def edition(self, pipeline: str = "admission") -> Edition:
        """The edition in force on the office's day."""
        if self.office is None:
            raise LookupError("no office is open")
        return self.office.rulebook.edition_on(pipeline, self.office.read_today())


def error_response(request: Request, error: Exception) -> Response:
    """The answer to a request that went wrong."""
    api = is_api_request(request)
    if isinstance(error, NotSignedIn) and not api:
        url = _requested_url(request)
        typed: SentForm | None = request.scope.get(FORM_KEY)
        if typed is not None:
            from workflow.web.pages.account.sign_in import ask_sign_in_again

            return ask_sign_in_again(request, typed, url)
        return RedirectResponse("/sign-in" + (f"?next={quote(url)}" if url != "/" else ""), 303)
    if isinstance(error, MustChangePassword) and not api:
        return RedirectResponse("/password", 303)
    problem, status = describe_problem(request, error)
    if api:
        return JSONResponse(_encode_json(problem_json(problem)), status, _error_headers(error))
    from workflow.web.render import render_plain_page

    back = _requested_url(request) if isinstance(error, TooBig) else None
    return render_plain_page("problem.html", request, status=status, problem=problem, code=status, back=back)


def _requested_url(request: Request) -> str:
    """The address that was asked for, to come back to; a form stands where it is sent to."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def describe_problem(request: Request, error: Exception) -> tuple[Problem, int]:
    """What went wrong in words, and its HTTP status."""
    office = getattr(request.app.state, "office", None)
    voice = AnonymousSpeaker(detect_language(request), office, "api" if is_api_request(request) else "page")
    plain = _match_mishap(error)
    if plain is not None:
        key, status = plain
        return _web_problem(voice, key, EXIT_BAD_INPUT), status
    if isinstance(error, DatabaseUnavailable):
        voice.office = None  # nothing may be asked of it now
    word_error = find_wording(error, WORDINGS)
    if word_error is not None and not isinstance(error, OSError):
        try:
            problem = word_error(voice, error)
        except DatabaseUnavailable as away:
            return describe_problem(request, away)
        return problem, _http_status(problem, error)
    logger.error("unforeseen", exc_info=error)
    return _web_problem(voice, "unforeseen", EXIT_BROKEN), 500


def _web_problem(voice: AnonymousSpeaker, key: str, exit_: int) -> Problem:
    error, advice = (voice.say(f"{voice.place}.{part}.{key}", limit=MEGABYTES) for part in ("error", "advice"))
    return Problem(key, exit_, error, advice=advice)


def _error_headers(error: Exception) -> dict[str, str]:
    """What a program is told beside the problem: which methods there are (405), how to show who asks (401)."""
    if isinstance(error, NotSignedIn | MustChangePassword):
        return {"WWW-Authenticate": "Bearer"}
    return dict(getattr(error, "headers", None) or {})


def _match_mishap(error: Exception) -> tuple[str, int] | None:
    """Mishaps of the web itself."""
    for kind, mishap in MISHAPS.items():
        if isinstance(error, kind):
            return mishap
    if isinstance(error, HTTPException):
        return ("hidden", NOT_THERE) if error.status_code == NOT_THERE else ("senseless", error.status_code)
    return None


def _http_status(problem: Problem, error: Exception) -> int:
    if isinstance(error, DatabaseUnavailable):
        return 503
    if isinstance(error, TooManyTries):
        return 429
    return (
        NOT_THERE
        if problem.code.startswith(UNKNOWN) and problem.code != "unknown_act"
        else STATUS.get(problem.exit, 422)
    )


def _encode_json(value: object) -> object:
    """Days as ISO texts."""
    from fastapi.encoders import jsonable_encoder

    return jsonable_encoder(value)
