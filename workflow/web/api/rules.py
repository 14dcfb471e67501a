"""The rules: the editions there are, one of them whole, what another changes, one drawn. Everybody may read them."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from states.rulebook.difference import compare_editions
from states.rulebook.edition import Edition
from states.rulebook.plain import edition_to_plain
from workflow.presentation.rulebook_diagram import draw_edition
from workflow.presentation.rulebook_diff import describe_changes
from workflow.web.api.authentication import ApiRoute, ReadContext
from workflow.web.api.schemas import NAME, READING, ResponseBody
from workflow.web.context import RequestContext

View = dict[str, Any]

router = APIRouter(route_class=ApiRoute, tags=["rules"])

EDITION = r"^\d{4}-\d{2}$"
PipelineQuery = Annotated[str, Query(pattern=NAME, description="Which way: admission, readmission.")]
EditionId = Annotated[str, Path(pattern=EDITION, examples=["2021-07"], description="The id of an edition.")]
EditionQuery = Annotated[str, Query(pattern=EDITION, examples=["2025-07"])]


class EditionListRow(ResponseBody):
    """An edition, and from when it is in force."""

    pipeline: str
    edition: str
    in_force: date
    label: str


class EditionListView(ResponseBody):
    """All editions."""

    editions: list[EditionListRow]


@router.get("/rulebook", responses=READING, response_model=EditionListView)
def list_editions(ctx: ReadContext) -> View:
    """All editions of the rules (`ketnap rulebook check`)."""
    book = ctx.office.rulebook
    named = [(pipeline, name) for pipeline in book.pipelines for name in book.list_editions(pipeline)]
    return {"editions": [_edition_row(ctx, pipeline, name) for pipeline, name in named]}


def _edition_row(ctx: RequestContext, pipeline: str, name: str) -> View:
    edition = _require_edition(ctx, pipeline, name)
    label = edition.label.in_language(ctx.speaks)
    return {"pipeline": pipeline, "edition": name, "in_force": edition.in_force, "label": label}


class ChangedSectionView(ResponseBody):
    """What changes in one part of the rules, in sentences."""

    section: str
    sentences: list[str]


class EditionDifferenceView(ResponseBody):
    """In what two editions differ: as values, and in words."""

    old: str
    new: str
    changes: list[dict[str, Any]]
    told: list[ChangedSectionView]


@router.get("/rulebook/difference", responses=READING, response_model=EditionDifferenceView)
def get_edition_difference(
    ctx: ReadContext, old: EditionQuery, new: EditionQuery, pipeline: PipelineQuery = "admission"
) -> View:
    """In what two editions differ, in words (`ketnap rulebook diff`)."""
    before, after = _require_edition(ctx, pipeline, old), _require_edition(ctx, pipeline, new)
    sections = describe_changes(before, after, ctx.speaks)
    return {
        "old": before.name,
        "new": after.name,
        "changes": [asdict(change) for change in compare_editions(before, after)],
        "told": [
            {"section": section.key, "sentences": [row[0] for row in section.rows]} for section in sections
        ],
    }


@router.get("/rulebook/{edition}", responses=READING, response_model=dict[str, Any])
def get_edition(ctx: ReadContext, edition: EditionId, pipeline: PipelineQuery = "admission") -> View:
    """An edition whole, as it is written (`ketnap rulebook show`)."""
    document: View = edition_to_plain(_require_edition(ctx, pipeline, edition))
    return document


class DiagramView(ResponseBody):
    """An edition drawn, in the words of Mermaid."""

    edition: str
    mermaid: str


@router.get("/rulebook/{edition}/diagram", responses=READING, response_model=DiagramView)
def get_edition_diagram(ctx: ReadContext, edition: EditionId, pipeline: PipelineQuery = "admission") -> View:
    """An edition drawn (`ketnap rulebook diagram`)."""
    full_edition = _require_edition(ctx, pipeline, edition)
    return {"edition": full_edition.name, "mermaid": draw_edition(full_edition, ctx.speaks)}


def _require_edition(ctx: RequestContext, pipeline: str, name: str) -> Edition:
    """Raises `UnknownEdition`."""
    return ctx.office.rulebook.load_edition(pipeline, name)
