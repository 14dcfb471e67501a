"""The rules as a page: an edition in tables and drawn with the cases at its steps, and what differs between two."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from states.loading import UnknownEdition
from states.rulebook import BACK, Edition
from workflow.board import funnel
from workflow.rulebook_words import changes_told, shown
from workflow.web.pages import page
from workflow.web.visit import Hidden, Visit, visit

View = dict[str, Any]

ROW, LEFT, WIDE = 34, 90, 560
"""Of the drawing, in its own units: a step's height, where the steps stand, how wide all of it is."""
NEARLY_EVERYWHERE = 6
"""A move that may be made from so many steps is told in the tables, and not drawn."""

router = APIRouter(include_in_schema=False)


@router.get("/rules")
def rules(request: Request, pipeline: str = "admission", edition: str = "") -> HTMLResponse:
    """An edition: the one in force, or another."""
    here = visit(request)
    book = here.office.rulebook
    if pipeline not in book.pipelines:
        raise Hidden
    now = here.edition(pipeline)
    rules_ = _edition(here, pipeline, edition) if edition else now
    editions = [book.edition(pipeline, name) for name in book.editions(pipeline)]
    counts = _counts(here, pipeline) if rules_ is now else {}
    return page(
        "rules.html", here, rules=rules_, now=now, editions=editions, pipeline=pipeline,
        pipelines=book.pipelines, sections=shown(rules_, here.speaks), drawing=drawing(rules_, here.speaks, counts),
    )  # fmt: skip


@router.get("/rules/difference")
def difference(request: Request, old: str, new: str, pipeline: str = "admission") -> HTMLResponse:
    """What changes from one edition to another."""
    here = visit(request)
    before, after = _edition(here, pipeline, old), _edition(here, pipeline, new)
    return page(
        "difference.html", here, before=before, after=after, pipeline=pipeline,
        sections=changes_told(before, after, here.speaks),
    )  # fmt: skip


def _edition(here: Visit, pipeline: str, name: str) -> Edition:
    try:
        return here.office.rulebook.edition(pipeline, name)
    except UnknownEdition:
        raise Hidden from None


def _counts(here: Visit, pipeline: str) -> dict[str, int]:
    """How many cases that the reader may see are open at each step."""
    told = funnel(here.office, here.speaks, scope=here.access.scope)
    steps: list[View] = next((one["steps"] for one in told["pipelines"] if one["pipeline"] == pipeline), [])
    return {step["state"]: step["open"] for step in steps}


def drawing(edition: Edition, language: str, counts: Mapping[str, int]) -> View:
    """The steps one under the other, and the moves between them as arcs: on to the right, back to the left."""
    names = list(edition.states)
    at = {name: ROW * number + ROW // 2 for number, name in enumerate(names)}
    arcs: dict[tuple[str, str], View] = {}
    for move in edition.moves.values():
        sources = edition.sources(move)
        for arrival in move.to if len(sources) < NEARLY_EVERYWHERE else ():
            for source in sources if arrival.state != BACK else ():
                arcs.setdefault((source, arrival.state), _arc(at[source], at[arrival.state]))
    steps = [
        {
            "name": name,
            "label": edition.states[name].label.in_language(language),
            "y": at[name],
            "end": edition.states[name].end,
            "count": counts.get(name, 0),
        }
        for name in names
    ]
    return {"steps": steps, "arcs": list(arcs.values()), "height": ROW * len(names), "width": WIDE, "left": LEFT}


def _arc(start: int, end: int) -> View:
    forward = end > start
    x = LEFT + 330 if forward else LEFT - 6
    out = min(abs(end - start) * 0.4 + 12, 120 if forward else 80) * (1 if forward else -1)
    return {"path": f"M{x} {start}C{x + out:.0f} {start} {x + out:.0f} {end} {x} {end}", "forward": forward}
