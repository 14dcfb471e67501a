"""Everybody may read the rules: editions listed, whole, compared, drawn."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from states.rulebook.edition import Edition
from states.rulebook.plain import edition_to_plain
from workflow.presentation.rulebook.diagram import DiagramView, draw_edition
from workflow.presentation.rulebook.difference_text import EditionDifferenceView, build_difference_view
from workflow.presentation.rulebook.edition_list import EditionListView, list_editions
from workflow.web.api.authentication import ApiRoute, ReadContext
from workflow.web.api.schemas import NAME, READING
from workflow.web.context import RequestContext

router = APIRouter(route_class=ApiRoute, tags=["rules"])

EDITION = r"^\d{4}-\d{2}$"
PipelineQuery = Annotated[str, Query(pattern=NAME, description="Which way: admission, readmission.")]
EditionId = Annotated[str, Path(pattern=EDITION, examples=["2021-07"], description="The id of an edition.")]
EditionQuery = Annotated[str, Query(pattern=EDITION, examples=["2025-07"])]


@router.get("/rulebook", responses=READING, name="list_editions")
def get_editions(ctx: ReadContext) -> EditionListView:
    """All editions of the rules (`ketnap rulebook check`)."""
    return list_editions(ctx.office.rulebook, ctx.speaks)


@router.get("/rulebook/difference", responses=READING)
def get_edition_difference(
    ctx: ReadContext, old: EditionQuery, new: EditionQuery, pipeline: PipelineQuery = "admission"
) -> EditionDifferenceView:
    """In what two editions differ, in words (`ketnap rulebook diff`)."""
    return build_difference_view(
        _load_edition(ctx, pipeline, old), _load_edition(ctx, pipeline, new), ctx.speaks
    )


@router.get("/rulebook/{edition}", responses=READING, response_model=dict[str, Any])
def get_edition(
    ctx: ReadContext, edition: EditionId, pipeline: PipelineQuery = "admission"
) -> dict[str, object]:
    """An edition whole, as it is written (`ketnap rulebook show`)."""
    return edition_to_plain(_load_edition(ctx, pipeline, edition))


@router.get("/rulebook/{edition}/diagram", responses=READING)
def get_edition_diagram(
    ctx: ReadContext, edition: EditionId, pipeline: PipelineQuery = "admission"
) -> DiagramView:
    """An edition drawn (`ketnap rulebook diagram`)."""
    return draw_edition(_load_edition(ctx, pipeline, edition), ctx.speaks)


def _load_edition(ctx: RequestContext, pipeline: str, name: str) -> Edition:
    """Raises `UnknownEdition`."""
    return ctx.office.rulebook.load_edition(pipeline, name)
