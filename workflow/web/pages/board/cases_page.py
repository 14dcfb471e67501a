"""The list of cases is narrowed, sorted and searched by its address."""

from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from workflow.board.case_list import PAGE_SIZE, CaseListRow, CaseSort, list_open_cases
from workflow.board.snapshot.snapshot import BoardSnapshot
from workflow.board.snapshot.steps import pipeline_label
from workflow.core.text import matches_query, search_key
from workflow.web.context import RequestContext, load_context
from workflow.web.pages.filters import (
    BoardQuery,
    FiltersParam,
    ListFilters,
    build_list_paging,
    build_query,
    list_unit_choices,
)
from workflow.web.render import render_page

SORTS: tuple[CaseSort, ...] = ("late", "age", "opened", "step", "place")

router = APIRouter(include_in_schema=False)


@router.get("/cases")
def cases_page(request: Request, filters: FiltersParam, mark: Literal["", "all"] = "") -> HTMLResponse:
    """Open cases, a page of them, to look at or to choose from for an act on many."""
    ctx = load_context(request)
    query = build_query(ctx, filters)
    with query.open_snapshot(ctx) as snapshot:
        rows, total = load_case_rows(snapshot, ctx.speaks, query, limit=PAGE_SIZE, offset=filters.at)
        options = list_filter_options(snapshot, ctx.speaks, query)
    ctx.log_access("cases", filters.unit)
    return render_page(
        "cases.html",
        ctx,
        status=query.status,
        asked=query.links,
        look=query,
        faults=query.faults,
        marked=mark == "all",
        rows=rows,
        total=total,
        units=list_unit_choices(ctx, filters.unit),
        sorts=SORTS,
        sort=choose_sort(filters),
        chosen=describe_filters(ctx, query, options),
        options=options,
        paged=build_list_paging(query.links, "/cases", total, len(rows)),
    )


def load_case_rows(
    snapshot: BoardSnapshot, language: str, query: BoardQuery, *, limit: int | None, offset: int = 0
) -> tuple[list[CaseListRow], int]:
    """The cases that are meant, and how many.

    By name they are looked for among all, for names are kept sealed.
    """
    wanted, sort, narrowed = search_key(query.raw.q), choose_sort(query.raw), query.board_filter
    if not wanted:
        listing = list_open_cases(snapshot, language, narrowed, sort=sort, limit=limit, offset=offset)
        return listing.rows, listing.total
    every = list_open_cases(snapshot, language, narrowed, sort=sort, limit=None).rows
    rows = [row for row in every if _matches_case(row, wanted, query.raw.q.strip().upper())]
    return rows[offset:][:limit], len(rows)


def _matches_case(row: CaseListRow, wanted: str, typed: str) -> bool:
    """Whether a search finds a case: by its own id, by the name of its person, its village or commune."""
    return typed == row.case or matches_query(
        wanted, search_key(f"{row.person.name} {row.unit.name} {row.commune.name}")
    )


def choose_sort(filters: ListFilters) -> CaseSort:
    """What cases are sorted by: those longest late first, unless another way is asked for."""
    return next((sort for sort in SORTS if sort == filters.sort), SORTS[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOptions:
    """What the filters of a list offer: ids, and what they are called."""

    pipelines: dict[str, str]
    states: dict[str, str]
    turns: dict[str, str]


def list_filter_options(snapshot: BoardSnapshot, language: str, query: BoardQuery) -> FilterOptions:
    """What the filters offer, as the editions of the day have it."""
    steps, pipelines = snapshot.steps, snapshot.office.rulebook.pipelines
    shown = [query.raw.pipeline] if query.raw.pipeline in pipelines else pipelines
    states: dict[str, str] = {}
    for step in (step for name in shown for step in steps.list_steps(name)):
        if step.in_force or step.state == query.raw.state:
            states.setdefault(step.state, step.label.in_language(language))
    return FilterOptions(
        pipelines={name: pipeline_label(name, language) for name in pipelines},
        states=states,
        turns={organ: steps.organ_label(organ, language) for organ in steps.list_organs()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenFilter:
    """By what a list is narrowed, in words, and the address of the same list without it."""

    name: str
    label: str
    text: str
    without: str


def describe_filters(ctx: RequestContext, query: BoardQuery, options: FilterOptions) -> list[ChosenFilter]:
    """All that a list is narrowed by."""
    raw = query.raw
    unit = ctx.register.find_unit(raw.unit, ctx.today) if raw.unit else None
    words = {
        "unit": unit.name if unit else raw.unit,
        "pipeline": options.pipelines.get(raw.pipeline, raw.pipeline),
        "state": options.states.get(raw.state, raw.state),
        "turn": options.turns.get(raw.turn, raw.turn),
        "late": ctx.say(f"page.cases.late.{raw.late}") if raw.late else "",
        "overdue": ctx.say(f"page.cases.overdue.{raw.overdue}") if raw.overdue else "",
        "flagged": ctx.say("page.cases.flagged.1") if raw.flagged else "",
        "q": raw.q,
    }
    return [
        ChosenFilter(
            name=name,
            label=ctx.say(f"page.cases.{name}"),
            text=text,
            without=raw.link_to("/cases", **{name: ""}),
        )
        for name, text in words.items()
        if text
    ]
