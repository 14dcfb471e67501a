"""Pages show the rules: an edition whole, and what differs between two.

The drawing of the edition in force also shows how many cases stand at each step.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from states.rulebook.edition import Edition
from states.rulebook.loading import NoEdition, UnknownEdition
from workflow.board.funnel import load_funnel
from workflow.board.snapshot.snapshot import open_snapshot
from workflow.core.input import FieldFault, InvalidInput, parse_day
from workflow.presentation.rulebook.difference_text import build_difference_view
from workflow.presentation.rulebook.terms import RulebookTerms
from workflow.register.session import PIPELINE
from workflow.web.context import Hidden, RequestContext, load_context
from workflow.web.form_data import describe_faults
from workflow.web.pages.rulebook.rulebook_diagram import draw_steps
from workflow.web.pages.rulebook.rulebook_steps import (
    describe_common_rules,
    list_conditions,
    list_steps,
    list_tables,
)
from workflow.web.render import render_page

RulesQueryText = Annotated[str, Query(max_length=40)]

router = APIRouter(include_in_schema=False)


@router.get("/rules")
def rules_page(
    request: Request,
    pipeline: RulesQueryText = PIPELINE,
    edition: RulesQueryText = "",
    on: RulesQueryText = "",
) -> HTMLResponse:
    """An edition: the one in force, the one of a day, or another by its name."""
    ctx = load_context(request)
    now = _edition_in_force(ctx, pipeline, ctx.today)
    chosen, faults = now, dict[str, list[str]]()
    try:
        chosen = (
            _require_edition(ctx, pipeline, edition)
            if edition
            else _edition_of_typed_day(ctx, pipeline, on) or now
        )
    except InvalidInput as error:
        faults = describe_faults(ctx, error)
    naming = RulebookTerms(chosen, ctx.speaks)
    counts = _count_open_cases(ctx, pipeline) if chosen is now else {}
    return render_page(
        "rules.html",
        ctx,
        status=422 if faults else 200,
        rules=chosen,
        now=now,
        pipeline=pipeline,
        faults=faults,
        on=on,
        editions=_list_editions(ctx, pipeline),
        pipelines=ctx.office.rulebook.pipelines,
        drawing=draw_steps(chosen, naming, counts),
        steps=list_steps(naming, counts),
        conditions=list_conditions(naming),
        common=describe_common_rules(naming),
        tables=list_tables(chosen, ctx.speaks),
    )


@router.get("/rules/difference")
def rules_difference_page(
    request: Request, old: RulesQueryText = "", new: RulesQueryText = "", pipeline: RulesQueryText = PIPELINE
) -> HTMLResponse:
    """What changes from one edition to another: by default, from the one before to the one in force."""
    ctx = load_context(request)
    now = _edition_in_force(ctx, pipeline, ctx.today)
    names = list(ctx.office.rulebook.list_editions(pipeline))
    before = _require_edition(ctx, pipeline, old or names[max(names.index(now.edition) - 1, 0)])
    after = _require_edition(ctx, pipeline, new) if new else now
    sections = build_difference_view(before, after, ctx.speaks).told
    return render_page(
        "difference.html",
        ctx,
        before=before,
        after=after,
        pipeline=pipeline,
        editions=_list_editions(ctx, pipeline),
        asked=[section for section in sections if section.section != "grounds"],
        grounds=[section for section in sections if section.section == "grounds"],
    )


# --- which edition ------------------------------------------------------------------------------------------


def _edition_in_force(ctx: RequestContext, pipeline: str, day: date) -> Edition:
    """The edition of a day; before the first one, that one. Raises `Hidden` for an unknown pipeline."""
    book = ctx.office.rulebook
    if pipeline not in book.pipelines:
        raise Hidden
    try:
        return book.edition_on(pipeline, day)
    except NoEdition:
        return book.load_edition(pipeline, book.list_editions(pipeline)[0])


def _require_edition(ctx: RequestContext, pipeline: str, name: str) -> Edition:
    try:
        return ctx.office.rulebook.load_edition(pipeline, name)
    except UnknownEdition:
        raise Hidden from None


def _edition_of_typed_day(ctx: RequestContext, pipeline: str, typed: str) -> Edition | None:
    """The edition in force on a day that was typed; None where none was. Raises `InvalidInput`."""
    if not typed.strip():
        return None
    try:
        day = parse_day(typed)
    except ValueError:
        raise InvalidInput([FieldFault("on", "not_a_day", {"value": typed})]) from None
    try:
        return ctx.office.rulebook.edition_on(pipeline, day)
    except NoEdition:
        raise InvalidInput([FieldFault("on", "no_edition", {"value": day})]) from None


def _list_editions(ctx: RequestContext, pipeline: str) -> list[Edition]:
    book = ctx.office.rulebook
    return [book.load_edition(pipeline, name) for name in book.list_editions(pipeline)]


def _count_open_cases(ctx: RequestContext, pipeline: str) -> dict[str, int]:
    """How many cases that the reader may see are open at each step."""
    with open_snapshot(ctx.office, scope=ctx.access.scope) as snapshot:
        funnel = load_funnel(snapshot, ctx.speaks)
    return {step.state: step.open for of in funnel.pipelines if of.pipeline == pipeline for step in of.steps}
