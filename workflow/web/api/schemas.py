"""These base models define requests and answers of the API.

The OpenAPI document shows them. Every value is bounded, and unknown keys are refused.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from workflow.cases.views.open_acts import ReasonView
from workflow.core.views import NamedRef
from workflow.dossier.scans.limits import MEGABYTES

ISO_DAY = r"^(19|20|21)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
LONGEST_TEXT = 20_000
"""Letters: as long as the words of an act may be."""
LARGEST = 2**31 - 1
MAX_ROWS = 500
"""Rows of a page at most."""
MAX_OFFSET = 1_000_000
"""Rows that may be passed over."""


class RequestBody(BaseModel):
    """A request: what it does not know is refused, not passed over."""

    model_config = ConfigDict(extra="forbid")


class ResponseBody(BaseModel):
    """An answer."""


def _parse_iso_day(value: object) -> date:
    if isinstance(value, str) and re.fullmatch(ISO_DAY.removeprefix("^").removesuffix("$"), value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("not_a_day", "not a day")


Day = Annotated[
    date,
    BeforeValidator(_parse_iso_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": ISO_DAY, "examples": ["2022-08-09"]}),
]
"""A day as 2022-08-09."""


def _parse_bool(value: object) -> object:
    """Only the two words: a 1 or a "yes" may be a slip."""
    if value in ("true", "false"):
        return value == "true"
    if isinstance(value, bool):
        return value
    raise PydanticCustomError("not_true_or_false", "neither true nor false")


YesNo = Annotated[bool, BeforeValidator(_parse_bool), WithJsonSchema({"type": "boolean"})]


def _check_digits(value: object) -> object:
    """Digits, as an address holds them."""
    if isinstance(value, str) and not re.fullmatch(r"(?:0|-?[1-9][0-9]{0,17})", value):
        raise PydanticCustomError("int_parsing", "no whole number")
    return value


Digits = BeforeValidator(_check_digits)

CASE, PERSON, LETTER = r"^[0-9A-Za-z]{1,16}$", r"^[0-9A-Za-z-]{1,60}$", r"^[0-9A-Za-z-]{1,60}$"
UNIT = r"^[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*$"
USER = r"^[a-z0-9][a-z0-9._-]{0,39}$"
NAME = r"^[a-z0-9_]{1,60}$"
ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


def _to_upper(value: str) -> str:
    return value.upper()


CaseId = Annotated[str, Path(pattern=CASE, description="The id of a case.", examples=["K7Q2M4TX"])]
PersonId = Annotated[str, Field(pattern=PERSON, description="The id of a person.", examples=["PFGEFJXZ"])]
UnitId = Annotated[
    str, Field(pattern=UNIT, max_length=100, description="The id of a unit.", examples=["hai-luu"])
]
PostId = Annotated[
    str, Field(pattern=UNIT, max_length=100, description="The id of a post, mostly its village's.")
]
UserId = Annotated[str, Field(pattern=USER, description="The id of a user.", examples=["bithu.bai-moi"])]
RuleName = Annotated[
    str, Field(pattern=NAME, description="A name of the rules: of a step, an act, a field, a pipeline.")
]
ShortText = Annotated[str, Field(max_length=200, pattern=ONE_LINE)]
LongText = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=LINES)]
WholeNumber = Annotated[int, Field(strict=True, ge=0, le=LARGEST)]
LetterId = Annotated[str, Path(pattern=LETTER, description="The id of a letter."), AfterValidator(_to_upper)]
PaperCode = Annotated[
    str,
    Path(
        min_length=1,
        max_length=40,
        pattern=r"^[^/\x00-\x1f\x7f]*$",
        examples=["6-KNĐ"],
        description="A paper.",
    ),
]

ActorId = Annotated[
    UserId | None,
    Field(
        description="Whose act it is: the token's own user where left out; "
        "else one for whom this user may type."
    ),
]
SeenVersion = Annotated[
    WholeNumber | None,
    Field(
        description="The version at which the case was looked at; "
        "where it is another by now, the answer is 409."
    ),
]

Limit = Annotated[int, Field(ge=1, le=MAX_ROWS), Digits, Query(description="Rows of the page.")]
Offset = Annotated[int, Field(ge=0, le=MAX_OFFSET), Digits, Query(description="Rows passed over.")]
OnDay = Annotated[Day | None, Query(description="As it stood on this day; left out: today.")]
AsKnownOn = Annotated[
    Day | None, Query(description="As it was known on this day; left out: as it is known now.")
]
UnitFilter = Annotated[
    str | None,
    Query(pattern=UNIT, max_length=100, description="Only this unit and all below it.", examples=["hai-luu"]),
]
"""Filters of lists, in the address."""


# --- what many answers hold -------------------------------------------------------------------------------


class ListPage(ResponseBody):
    """A page of a list; ``total``: how many rows there are in all."""

    total: int
    limit: int
    offset: int


def slice_page(name: str, rows: Sequence[Any], limit: int, offset: int) -> dict[str, Any]:
    """A page of rows, under the list's own name."""
    return {name: rows[offset:][:limit], "total": len(rows), "limit": limit, "offset": offset}


class UnitAndCommune(ResponseBody):
    """A unit and the one that it stands below."""

    unit: NamedRef | None
    commune: NamedRef | None


class ErrorDetailView(ResponseBody):
    """One fault of several: what stands in the sentence, as values, and the sentence itself."""

    model_config = ConfigDict(extra="allow")

    text: str


class ErrorView(ResponseBody):
    """Why nothing was done."""

    code: str
    message: str
    details: list[ErrorDetailView]


class ErrorResponse(ResponseBody):
    """What every answer holds that is not what was asked for. ``reasons``: of a refusal by the rules."""

    model_config = ConfigDict(extra="allow")

    error: ErrorView
    reasons: list[ReasonView] = []


def describe_errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    """What may go wrong at an endpoint, by status."""
    return {code: {"model": ErrorResponse, "description": STATUS_DESCRIPTIONS[code]} for code in codes}


STATUS_DESCRIPTIONS = {
    401: "No token that is good; or a session's cookie, which may only read.",
    404: "There is nothing here for this user: not there at all, or another unit's.",
    409: "Somebody else changed the case meanwhile: what they recorded.",
    413: f"More was sent than one request may hold ({MEGABYTES} MB).",
    422: "What was sent makes no sense, or the rules refuse it: every fault, every reason. "
    "Nothing was recorded.",
    500: "Something unforeseen.",
    503: "The database is away.",
}
READING = describe_errors(401, 404, 422, 500, 503)
WRITING = describe_errors(401, 404, 409, 413, 422, 500, 503)
