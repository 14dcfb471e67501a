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
from workflow.accounts import TooManyTries
from workflow.core.messages import say, say_on_page
from workflow.dossier.scans import MEGABYTES
from workflow.presentation.error_table import WORDINGS, wording
from workflow.presentation.problem import BROKEN, OVERTAKEN, REFUSED, SENSELESS, Problem, as_json
from workflow.storage.errors import DatabaseAway
from workflow.web.context import Hidden, MustChange, NotOurs, NotSignedIn, TooBig, is_api, language_of
from workflow.web.form_data import TYPED, Form

if TYPE_CHECKING:
    from workflow.office import Office

STATUS = {SENSELESS: 422, REFUSED: 422, OVERTAKEN: 409, BROKEN: 500}
UNKNOWN = "unknown_"
"""Problems whose code begins so are about something that is not there: 404."""

NOT_THERE = 404
MISHAPS: dict[type[Exception], tuple[str, int]] = {
    Hidden: ("hidden", NOT_THERE),
    NotSignedIn: ("not_signed_in", 401),
    MustChange: ("not_signed_in", 401),
    NotOurs: ("not_ours", 403),
    TooBig: ("too_big", 413),
    RequestValidationError: ("senseless", 422),
}

logger = logging.getLogger("ketnap")


@dataclass
class Voice:
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
        return self.office.rulebook.edition_on(pipeline, self.office.today())


def answered(request: Request, error: Exception) -> Response:
    """The answer to a request that went wrong."""
    api = is_api(request)
    if isinstance(error, NotSignedIn) and not api:
        place = _same_place(request)
        typed: Form | None = request.scope.get(TYPED)
        if typed is not None:
            from workflow.web.pages.account.sign_in import asked_again

            return asked_again(request, typed, place)
        return RedirectResponse("/sign-in" + (f"?next={quote(place)}" if place != "/" else ""), 303)
    if isinstance(error, MustChange) and not api:
        return RedirectResponse("/password", 303)
    problem, status = problem_of(request, error)
    if api:
        return JSONResponse(_jsonable(as_json(problem)), status, _headers(error))
    from workflow.web.render import plain_page

    back = _same_place(request) if isinstance(error, TooBig) else None
    return plain_page("problem.html", request, status=status, problem=problem, code=status, back=back)


def _same_place(request: Request) -> str:
    """The address that was asked for, to come back to; a form stands where it is sent to."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def problem_of(request: Request, error: Exception) -> tuple[Problem, int]:
    """What went wrong in words, and its HTTP status."""
    office = getattr(request.app.state, "office", None)
    voice = Voice(language_of(request), office, "api" if is_api(request) else "page")
    plain = _plainly(error)
    if plain is not None:
        key, status = plain
        return _said(voice, key, SENSELESS), status
    if isinstance(error, DatabaseAway):
        voice.office = None  # nothing may be asked of it now
    found = wording(error, WORDINGS)
    if found is not None and not isinstance(error, OSError):
        try:
            problem = found(voice, error)
        except DatabaseAway as away:
            return problem_of(request, away)
        return problem, _status(problem, error)
    logger.error("unforeseen", exc_info=error)
    return _said(voice, "unforeseen", BROKEN), 500


def _said(voice: Voice, key: str, exit_: int) -> Problem:
    error, advice = (voice.say(f"{voice.place}.{part}.{key}", limit=MEGABYTES) for part in ("error", "advice"))
    return Problem(key, exit_, error, advice=advice)


def _headers(error: Exception) -> dict[str, str]:
    """What a program is told beside the problem: which methods there are (405), how to show who asks (401)."""
    if isinstance(error, NotSignedIn | MustChange):
        return {"WWW-Authenticate": "Bearer"}
    return dict(getattr(error, "headers", None) or {})


def _plainly(error: Exception) -> tuple[str, int] | None:
    """Mishaps of the web itself."""
    for kind, said in MISHAPS.items():
        if isinstance(error, kind):
            return said
    if isinstance(error, HTTPException):
        return ("hidden", NOT_THERE) if error.status_code == NOT_THERE else ("senseless", error.status_code)
    return None


def _status(problem: Problem, error: Exception) -> int:
    if isinstance(error, DatabaseAway):
        return 503
    if isinstance(error, TooManyTries):
        return 429
    return (
        NOT_THERE
        if problem.code.startswith(UNKNOWN) and problem.code != "unknown_act"
        else STATUS.get(problem.exit, 422)
    )


def _jsonable(value: object) -> object:
    """Days as ISO texts."""
    from fastapi.encoders import jsonable_encoder

    return jsonable_encoder(value)
