"""The API authenticates users; what was sent amiss becomes faults."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.exceptions import HTTPException

from workflow.accounts.api_tokens import find_token_user
from workflow.accounts.sessions import ActiveSession
from workflow.core.clock import now
from workflow.core.input import LONGEST_SHOWN, FieldFault, InvalidInput
from workflow.web.context import SESSION, Hidden, NotSignedIn, RequestContext, get_state, load_context

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
CONTEXT_KEY = "ketnap.asking"
READ_METHODS = frozenset({"GET", "HEAD"})

_BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="A user's token: `ketnap_…`.")
_COOKIE = APIKeyCookie(
    name=SESSION,
    auto_error=False,
    scheme_name="session",
    description="The session of the pages; it may only read.",
)
TokenParam = Annotated[Any, Security(_BEARER)]


class ApiRoute(APIRoute):
    """An endpoint of the API.

    Who asks is known before anything else is looked at, and faults come in words.
    """

    def get_route_handler(self) -> Handler:
        """The endpoint, with that around it."""
        inner = super().get_route_handler()
        known = {param.alias for param in self.dependant.query_params}

        async def handle_request(request: Request) -> Response:
            request.scope[CONTEXT_KEY] = await run_in_threadpool(authenticate_request, request)
            if unknown := [name for name in request.query_params if name not in known]:
                raise InvalidInput([FieldFault(shorten_value(name), "not_asked", {}) for name in unknown])
            try:
                response = await inner(request)
            except RequestValidationError as error:
                raise InvalidInput([_field_fault(detail) for detail in error.errors()]) from error
            except HTTPException as error:
                raise InvalidInput([FieldFault("body", "not_json", {})]) from error
            if sample := get_state(request.app).sample:
                response.headers["Ketnap-Sample"] = sample
            return response

        return handle_request


def authenticate_request(request: Request) -> RequestContext:
    """The visit of a token's user.

    Of who has signed in, for reading alone: a cookie must not be able to write.

    Raises `NotSignedIn`, `MustChangePassword`.
    """
    header = request.headers.get("authorization")
    if header is None and request.method in READ_METHODS:
        return load_context(request)
    scheme, _, token = (header or "").partition(" ")
    state = get_state(request.app)
    is_token = scheme.lower() == "bearer"
    user = find_token_user(state.office, token.strip(), on_use=state.access_log.log_use) if is_token else None
    if user is None:
        raise NotSignedIn
    program = ActiveSession(user, "", must_change=False, sample_entry=False, made_at=now())
    return RequestContext(request, state.office, program, token)


def _reading_context(
    request: Request, _token: TokenParam, _session: Annotated[Any, Security(_COOKIE)]
) -> RequestContext:
    ctx: RequestContext = request.scope[CONTEXT_KEY]
    return ctx


def _writing_context(request: Request, _token: TokenParam) -> RequestContext:
    ctx: RequestContext = request.scope[CONTEXT_KEY]
    return ctx


ReadContext = Annotated[RequestContext, Depends(_reading_context)]
"""The visit of whoever reads."""
WriteContext = Annotated[RequestContext, Depends(_writing_context)]
"""The visit of a token's user."""


# --- what may be asked for ----------------------------------------------------------------------------------


def require_unit_filter(ctx: RequestContext, unit: str | None) -> str | None:
    """A unit to narrow a list to. Raises `Hidden` for one that is not the reader's."""
    if unit is not None and not ctx.access.can_see(unit):
        raise Hidden
    return unit


def require_above_branches(ctx: RequestContext) -> None:
    """Raises `Hidden` for who holds no role above the branches."""
    if not ctx.access.is_above_branches:
        raise Hidden


def may_see_user(ctx: RequestContext, user: str) -> bool:
    """Whether what a user was told is the reader's to see."""
    return ctx.access.is_everywhere or user == ctx.user or ctx.access.outranks_user(user)


# --- what was sent ----------------------------------------------------------------------------------------

FAULT_CODES = {
    "missing": "missing",
    "extra_forbidden": "not_asked",
    "string_type": "not_text",
    "string_too_long": "too_long",
    "string_too_short": "missing",
    "too_long": "too_many",
    "int_type": "not_a_count",
    "int_parsing": "not_a_count",
    "int_from_float": "not_a_count",
    "not_a_day": "not_a_day",
    "literal_error": "not_an_option",
    "json_invalid": "not_json",
    "model_attributes_type": "not_json",
    "not_true_or_false": "not_true_or_false",
}
"""Faults by pydantic's names, and as the catalogue words them; any other does not fit the description."""


def _field_fault(error: dict[str, Any]) -> FieldFault:
    context = error.get("ctx") or {}
    code = FAULT_CODES.get(error["type"], "not_as_described")
    values = {
        "value": shorten_value(error.get("input")),
        "maximum": context.get("max_length", ""),
        "options": shorten_value(context.get("expected", "")),
    }
    wanted = FAULT_VALUES.get(code, ())
    place = [str(part) for part in error["loc"][1:] if code != "not_json"]
    return FieldFault(shorten_value(".".join(place)) or "body", code, {name: values[name] for name in wanted})


FAULT_VALUES = {
    "too_long": ("maximum",),
    "too_many": ("maximum",),
    "not_a_count": ("value",),
    "not_a_day": ("value",),
    "not_an_option": ("value", "options"),
}


def shorten_value(value: object) -> str:
    """What was sent, as a fault repeats it: short, and fit to be written."""
    text = (
        str(value)
        if isinstance(value, str | int | float) and not isinstance(value, bool)
        else type(value).__name__
    )
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
