"""Who asks: the user of a token, or whoever has signed in and only reads; what was sent amiss, as faults in words."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.exceptions import HTTPException

from workflow import accounts
from workflow.accounts import Visitor
from workflow.core.clock import now
from workflow.core.input import LONGEST_SHOWN, FieldFault, Mistyped
from workflow.register.writer import Who
from workflow.web.context import SESSION, Hidden, NotSignedIn, Visit, visit

Answer = Callable[[Request], Coroutine[Any, Any, Response]]
ASKING = "ketnap.asking"
READS = frozenset({"GET", "HEAD"})

_BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="A user's token: `ketnap_…`.")
_COOKIE = APIKeyCookie(
    name=SESSION, auto_error=False, scheme_name="session", description="The session of the pages; it may only read."
)
Token = Annotated[Any, Security(_BEARER)]


class Route(APIRoute):
    """An endpoint of the API: who asks is known before anything else is looked at, and faults come in words."""

    def get_route_handler(self) -> Answer:
        """The endpoint, with that around it."""
        inner = super().get_route_handler()
        known = {param.alias for param in self.dependant.query_params}

        async def answer(request: Request) -> Response:
            request.scope[ASKING] = await run_in_threadpool(asking, request)
            if unknown := [name for name in request.query_params if name not in known]:
                raise Mistyped([FieldFault(shown(name), "not_asked", {}) for name in unknown])
            try:
                response = await inner(request)
            except RequestValidationError as error:
                raise Mistyped([_fault(one) for one in error.errors()]) from error
            except HTTPException as error:
                raise Mistyped([FieldFault("body", "not_json", {})]) from error
            if request.app.state.sample:
                response.headers["Ketnap-Sample"] = request.app.state.sample
            return response

        return answer


def asking(request: Request) -> Visit:
    """The visit of a token's user; of who has signed in, for reading alone: a cookie must not be able to write.

    Raises `NotSignedIn`, `MustChange`.
    """
    said = request.headers.get("authorization")
    if said is None and request.method in READS:
        return visit(request)
    scheme, _, token = (said or "").partition(" ")
    state = request.app.state
    is_token = scheme.lower() == "bearer"
    user = accounts.token_user(state.office, token.strip(), used=state.looks.used) if is_token else None
    if user is None:
        raise NotSignedIn
    program = Visitor(user, "", must_change=False, sample_entry=False, made_at=now())
    return Visit(request, state.office, program, token)


def _reader(request: Request, _token: Token, _session: Annotated[Any, Security(_COOKIE)]) -> Visit:
    held: Visit = request.scope[ASKING]
    return held


def _writer(request: Request, _token: Token) -> Visit:
    held: Visit = request.scope[ASKING]
    return held


Here = Annotated[Visit, Depends(_reader)]
"""The visit of whoever reads."""
Writing = Annotated[Visit, Depends(_writer)]
"""The visit of a token's user."""


# --- whose act it is ---------------------------------------------------------------------------------------------


def acting(here: Visit, actors: Sequence[str], by: str | None) -> Who:
    """Whose act it is, of those who may make it; and that the token's user types it. Raises `Hidden`, `Mistyped`.

    Who may type for nobody at all has nothing to look for there.
    """
    if not actors:
        raise Hidden
    wanted = by or here.user
    if wanted not in actors:
        shown = ", ".join(actors[:MOST_SHOWN])
        raise Mistyped([FieldFault("by", "not_an_option", {"value": wanted, "options": shown})])
    return here.who(wanted)


MOST_SHOWN = 12


def registering(here: Visit, unit: str | None, by: str | None = None) -> Who:
    """Whose entry in the register it is, where that is the token's user's to keep. Raises `Hidden`, `Mistyped`.

    ``unit``: which part of the register; None: what stands over everything. ``by``: somebody below who acts there.
    """
    access = here.access
    if not (access.is_everywhere or (unit is not None and access.directs(unit))):
        raise Hidden
    if by in (None, here.user):
        return here.who()
    acts = by and unit and here.tree.roles(by, unit, here.today) and access.is_over(by)
    if not acts:
        raise Mistyped([FieldFault("by", "not_an_option", {"value": by, "options": here.user})])
    return here.who(by or "")


def seen_unit(here: Visit, unit: str | None) -> str | None:
    """A unit to narrow a list to. Raises `Hidden` for one that is not the reader's."""
    if unit is not None and not here.access.sees(unit):
        raise Hidden
    return unit


def above_branches(here: Visit) -> None:
    """Raises `Hidden` for who holds no role above the branches."""
    if not here.access.is_above_branches:
        raise Hidden


def is_theirs(here: Visit, user: str) -> bool:
    """Whether what a user was told is the reader's to see."""
    return here.access.is_everywhere or user == here.user or here.access.is_over(user)


# --- what was sent -----------------------------------------------------------------------------------------------

CODES = {
    "missing": "missing", "extra_forbidden": "not_asked", "string_type": "not_text", "string_too_long": "too_long",
    "string_too_short": "missing", "too_long": "too_many", "int_type": "not_a_count", "int_parsing": "not_a_count",
    "int_from_float": "not_a_count", "not_a_day": "not_a_day", "literal_error": "not_an_option",
    "json_invalid": "not_json", "model_attributes_type": "not_json", "not_true_or_false": "not_true_or_false",
}  # fmt: skip
"""Faults by pydantic's names, and as the catalogue words them; any other does not fit the description."""


def _fault(error: dict[str, Any]) -> FieldFault:
    said = error.get("ctx") or {}
    code = CODES.get(error["type"], "not_as_described")
    values = {
        "value": shown(error.get("input")),
        "maximum": said.get("max_length", ""),
        "options": shown(said.get("expected", "")),
    }
    wanted = VALUES.get(code, ())
    place = [str(part) for part in error["loc"][1:] if code != "not_json"]
    return FieldFault(shown(".".join(place)) or "body", code, {name: values[name] for name in wanted})


VALUES = {
    "too_long": ("maximum",), "too_many": ("maximum",), "not_a_count": ("value",), "not_a_day": ("value",),
    "not_an_option": ("value", "options"),
}  # fmt: skip


def shown(value: object) -> str:
    """What was sent, as a fault repeats it: short, and fit to be written."""
    text = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else type(value).__name__
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
