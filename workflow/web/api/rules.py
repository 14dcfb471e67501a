"""The rules: the editions there are, one of them whole, what another changes, one drawn. Everybody may read them."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from states.rulebook.difference import difference
from states.rulebook.edition import Edition
from states.rulebook.plain import plain
from workflow.presentation.rulebook_diagram import drawn
from workflow.presentation.rulebook_diff import changes_told
from workflow.web.api.authentication import Here, Route
from workflow.web.api.schemas import NAME, READING, Told
from workflow.web.context import Visit

View = dict[str, Any]

router = APIRouter(route_class=Route, tags=["rules"])

EDITION = r"^\d{4}-\d{2}$"
Pipeline = Annotated[str, Query(pattern=NAME, description="Which way: admission, readmission.")]
EditionId = Annotated[str, Path(pattern=EDITION, examples=["2021-07"], description="The id of an edition.")]
EditionAsked = Annotated[str, Query(pattern=EDITION, examples=["2025-07"])]


class EditionRow(Told):
    """An edition, and from when it is in force."""

    pipeline: str
    edition: str
    in_force: date
    label: str


class Editions(Told):
    """All editions."""

    editions: list[EditionRow]


@router.get("/rulebook", responses=READING, response_model=Editions)
def list_(here: Here) -> View:
    """All editions of the rules (`ketnap rulebook check`)."""
    book = here.office.rulebook
    named = [(pipeline, name) for pipeline in book.pipelines for name in book.editions(pipeline)]
    return {"editions": [_row(here, pipeline, name) for pipeline, name in named]}


def _row(here: Visit, pipeline: str, name: str) -> View:
    edition = _edition(here, pipeline, name)
    label = edition.label.in_language(here.speaks)
    return {"pipeline": pipeline, "edition": name, "in_force": edition.in_force, "label": label}


class Section(Told):
    """What changes in one part of the rules, in sentences."""

    section: str
    sentences: list[str]


class Difference(Told):
    """In what two editions differ: as values, and in words."""

    old: str
    new: str
    changes: list[dict[str, Any]]
    told: list[Section]


@router.get("/rulebook/difference", responses=READING, response_model=Difference)
def difference_(here: Here, old: EditionAsked, new: EditionAsked, pipeline: Pipeline = "admission") -> View:
    """In what two editions differ, in words (`ketnap rulebook diff`)."""
    before, after = _edition(here, pipeline, old), _edition(here, pipeline, new)
    told = changes_told(before, after, here.speaks)
    return {
        "old": before.name,
        "new": after.name,
        "changes": [asdict(one) for one in difference(before, after)],
        "told": [{"section": one.key, "sentences": [row[0] for row in one.rows]} for one in told],
    }


@router.get("/rulebook/{edition}", responses=READING, response_model=dict[str, Any])
def one(here: Here, edition: EditionId, pipeline: Pipeline = "admission") -> View:
    """An edition whole, as it is written (`ketnap rulebook show`)."""
    found: View = plain(_edition(here, pipeline, edition))
    return found


class Diagram(Told):
    """An edition drawn, in the words of Mermaid."""

    edition: str
    mermaid: str


@router.get("/rulebook/{edition}/diagram", responses=READING, response_model=Diagram)
def diagram(here: Here, edition: EditionId, pipeline: Pipeline = "admission") -> View:
    """An edition drawn (`ketnap rulebook diagram`)."""
    made = _edition(here, pipeline, edition)
    return {"edition": made.name, "mermaid": drawn(made, here.speaks)}


def _edition(here: Visit, pipeline: str, name: str) -> Edition:
    """Raises `UnknownEdition`."""
    return here.office.rulebook.edition(pipeline, name)
