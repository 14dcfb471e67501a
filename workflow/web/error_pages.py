"""Errors become pages, or JSON for programs."""

import logging
from urllib.parse import quote

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from states.errors import EXIT_BAD_INPUT, EXIT_BROKEN, EXIT_OVERTAKEN, EXIT_REFUSED, UserError
from workflow.accounts.rate_limit import TooManyTries
from workflow.cases.judgement.recorded_rules import ProgramUpgraded
from workflow.dossier.scans.limits import MEGABYTES
from workflow.presentation.error_text import describe_user_error
from workflow.presentation.problem import Problem, problem_json
from workflow.storage.errors import DatabaseUnavailable
from workflow.web.context import (
    AnonymousSpeaker,
    CsrfFailed,
    Hidden,
    MustChangePassword,
    NotSignedIn,
    TooBig,
    detect_language,
    get_state,
    is_api_request,
)
from workflow.web.render import render_plain_page

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


def error_response(request: Request, error: Exception) -> Response:
    """The answer to a request that went wrong."""
    api = is_api_request(request)
    if isinstance(error, ProgramUpgraded):
        get_state(request.app).stop.ask_because(error)
    if isinstance(error, NotSignedIn) and not api:
        url = requested_url(request)
        return RedirectResponse("/sign-in" + (f"?next={quote(url)}" if url != "/" else ""), 303)
    if isinstance(error, MustChangePassword) and not api:
        return RedirectResponse("/password", 303)
    problem, status = describe_problem(request, error)
    if api:
        return JSONResponse(_encode_json(problem_json(problem)), status, _error_headers(error))
    back = requested_url(request) if isinstance(error, TooBig) else None
    return render_plain_page("problem.html", request, status=status, problem=problem, code=status, back=back)


def requested_url(request: Request) -> str:
    """The address that was asked for, to come back to; a form stands where it is sent to."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def describe_problem(request: Request, error: Exception) -> tuple[Problem, int]:
    """What went wrong in words, and its HTTP status."""
    office = get_state(request.app).office
    voice = AnonymousSpeaker(detect_language(request), office, "api" if is_api_request(request) else "page")
    plain = _match_mishap(error)
    if plain is not None:
        key, status = plain
        return _web_problem(voice, key, EXIT_BAD_INPUT), status
    if isinstance(error, DatabaseUnavailable | ProgramUpgraded):
        voice.office = None  # nothing may be asked of it now
    if isinstance(error, UserError):
        try:
            problem = describe_user_error(voice, error)
        except DatabaseUnavailable as away:
            return describe_problem(request, away)
        return problem, _http_status(problem, error)
    logger.error("unforeseen", exc_info=error)
    return _web_problem(voice, "unforeseen", EXIT_BROKEN), 500


def _web_problem(voice: AnonymousSpeaker, key: str, exit_: int) -> Problem:
    error, advice = (
        voice.say(f"{voice.place}.{part}.{key}", limit=MEGABYTES) for part in ("error", "advice")
    )
    return Problem(key, exit_, error, advice=advice)


def _error_headers(error: Exception) -> dict[str, str]:
    """What a program is told beside the problem.

    Which methods there are (405), how to show who asks (401).
    """
    if isinstance(error, NotSignedIn | MustChangePassword):
        return {"WWW-Authenticate": "Bearer"}
    return dict(getattr(error, "headers", None) or {})


def _match_mishap(error: Exception) -> tuple[str, int] | None:
    """The code and status of an error of HTTP itself."""
    for kind, mishap in MISHAPS.items():
        if isinstance(error, kind):
            return mishap
    if isinstance(error, HTTPException):
        return ("hidden", NOT_THERE) if error.status_code == NOT_THERE else ("senseless", error.status_code)
    return None


def _http_status(problem: Problem, error: Exception) -> int:
    if isinstance(error, DatabaseUnavailable | ProgramUpgraded):
        return 503
    if isinstance(error, TooManyTries):
        return 429
    return (
        NOT_THERE
        if problem.code.startswith(UNKNOWN) and problem.code != "unknown_act"
        else STATUS.get(problem.exit, 422)
    )


def _encode_json(value: object) -> object:
    from fastapi.encoders import jsonable_encoder

    return jsonable_encoder(value)
