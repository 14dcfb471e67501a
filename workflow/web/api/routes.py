"""Every endpoint under /api/v1 has its place and its description."""

from functools import cache
from typing import Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from workflow.web.api import letters, office, rules
from workflow.web.api.authentication import ApiRoute, ReadContext
from workflow.web.api.board import board
from workflow.web.api.cases import actions, cases, notices, papers
from workflow.web.api.register import people, posts, units, users
from workflow.web.api.schemas import READING

VERSION = "1"
ABOUT = (
    """The same verbs, fields and refusals as the command line's `--json`. docs/api.md tells how to begin."""
)
PARTS = (cases, actions, papers, notices, board, units, posts, people, users, rules, letters, office)


def _operation_id(route: APIRoute) -> str:
    """The name of an endpoint for programs: ``query_cases``."""
    return route.name


router = APIRouter(prefix="/api/v1", route_class=ApiRoute, generate_unique_id_function=_operation_id)
for part in PARTS:
    router.include_router(part.router)


@router.get("/openapi.json", responses=READING, include_in_schema=False)
def serve_openapi(ctx: ReadContext) -> JSONResponse:  # noqa: ARG001 - whoever asks has shown who they are
    """What may be asked, and what is answered, for programs."""
    return JSONResponse(build_document())


@cache
def build_document() -> dict[str, Any]:
    """The OpenAPI document."""
    return get_openapi(title="ketnap", version=VERSION, description=ABOUT, routes=router.routes)
