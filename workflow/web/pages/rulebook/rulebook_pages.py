"""The rules as pages: an edition step by step and drawn with the cases at its steps; what differs between two."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from states.rulebook.edition import ActRule, Condition, Edition
from states.rulebook.loading import NoEdition, UnknownEdition
from workflow.board.funnel import load_funnel
from workflow.board.snapshot.snapshot import open_snapshot
from workflow.core.input import FieldFault, InvalidInput, parse_day
from workflow.presentation.rulebook_diff import describe_changes
from workflow.presentation.rulebook_tables import RulebookTable, build_tables
from workflow.presentation.rulebook_terms import RulebookTerms, blank_places
from workflow.register.session import PIPELINE
from workflow.web.context import Hidden, RequestContext, load_context
from workflow.web.form_data import describe_faults
from workflow.web.pages.rulebook.rulebook_diagram import draw_edition
from workflow.web.render import render_page

View = dict[str, Any]
RulesQueryText = Annotated[str, Query(max_length=40)]

TABLES = {"clocks": 1, "papers": 0, "organs": 1, "carry_over": 0}
"""What of an edition is told as a table, and how many of its first columns are for the program only."""

router = APIRouter(include_in_schema=False)


@router.get("/rules")
def rules_page(
    request: Request, pipeline: RulesQueryText = PIPELINE, edition: RulesQueryText = "", on: RulesQueryText = ""
) -> HTMLResponse:
    """An edition: the one in force, the one of a day, or another by its name."""
    ctx = load_context(request)
    now = _edition_in_force(ctx, pipeline, ctx.today)
    chosen, faults = now, dict[str, list[str]]()
    try:
        chosen = (
            _require_edition(ctx, pipeline, edition) if edition else _edition_of_typed_day(ctx, pipeline, on) or now
        )
    except InvalidInput as error:
        faults = describe_faults(ctx, error)
    naming = RulebookTerms(chosen, ctx.speaks)
    counts = _count_open_cases(ctx, pipeline) if chosen is now else {}
    return render_page(
        "rules.html", ctx, status=422 if faults else 200, rules=chosen, now=now, pipeline=pipeline, faults=faults,
        on=on, editions=_list_editions(ctx, pipeline), pipelines=ctx.office.rulebook.pipelines,
        drawing=draw_edition(chosen, naming, counts), steps=_step_views(naming, counts), conditions=_condition_views(naming),
        common=_common_view(naming), tables=_table_sections(chosen, ctx.speaks),
    )  # fmt: skip


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
    sections = describe_changes(before, after, ctx.speaks)
    return render_page(
        "difference.html", ctx, before=before, after=after, pipeline=pipeline, editions=_list_editions(ctx, pipeline),
        asked=[section for section in sections if section.key != "grounds"], grounds=[section for section in sections if section.key == "grounds"],
    )  # fmt: skip


# --- which edition -----------------------------------------------------------------------------------------------


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


# --- an edition, step by step ------------------------------------------------------------------------------------


def _number_conditions(edition: Edition) -> dict[str, int]:
    """The conditions' numbers on the page, by which acts refer to them."""
    return {code: number for number, code in enumerate(edition.conditions, 1)}


def _step_views(naming: RulebookTerms, counts: Mapping[str, int]) -> list[View]:
    """Every step: whose it is, its clocks, and what is done there and nowhere else."""
    edition, numbers = naming.edition, _number_conditions(naming.edition)
    acts = [*edition.moves.values(), *edition.entries.values()]
    return [
        {
            "id": name,
            "label": naming.name_of("states", name),
            "turn": naming.name_of("organs", state.turn) if state.turn and not state.end else "",
            "end": state.end,
            "count": counts.get(name, 0),
            "only": naming.when_text(state.only_where),
            "clocks": [_clock_text(naming, clock) for clock in state.clocks],
            "house": naming.say("house_days", days=state.house_days) if state.house_days is not None else "",
            "pauses": naming.say("pauses") if state.pauses else "",
            "acts": [
                _act_view(naming, act, numbers) for act in acts if not isinstance(act.from_, str) and name in act.from_
            ],
        }
        for name, state in edition.states.items()
    ]


def _clock_text(naming: RulebookTerms, name: str) -> str:
    return f"{naming.name_of('clocks', name)}: {naming.length_text(naming.edition.clocks[name].length)}"


def _act_view(naming: RulebookTerms, act: ActRule, numbers: Mapping[str, int]) -> View:
    """An act: who makes it, where it leads, what is recorded, the numbers of its conditions."""
    return {
        "label": act.label.in_language(naming.language),
        "organ": naming.name_of("organs", act.organ),
        "ways": [
            {
                "text": naming.arrival_text(arrival),
                "needs": naming.join_names("fields", arrival.needs) if arrival.needs else "",
                "conditions": [numbers[code] for code in arrival.conditions],
            }
            for arrival in getattr(act, "to", ())
        ],
        "needs": naming.join_names("fields", act.needs) if act.needs else "",
        "except": naming.join_names("states", act.except_) if act.except_ else "",
        "conditions": [numbers[code] for code in act.conditions],
    }


def _common_view(naming: RulebookTerms) -> View:
    """What goes for every step: acts that are open from everywhere, conditions of all acts."""
    edition, numbers = naming.edition, _number_conditions(naming.edition)
    everywhere = [act for act in (*edition.moves.values(), *edition.entries.values()) if isinstance(act.from_, str)]
    return {
        "acts": [_act_view(naming, act, numbers) for act in everywhere],
        "moves": [numbers[code] for code in edition.every_move],
        "entries": [numbers[code] for code in edition.every_entry],
    }


def _condition_views(naming: RulebookTerms) -> list[View]:
    """Every condition: when it is told, what it does then, its article, how sure that is."""
    return [_condition_view(naming, condition) for condition in naming.edition.conditions.values()]


def _condition_view(naming: RulebookTerms, condition: Condition) -> View:
    law = condition.basis == "law"
    return {
        "says": blank_places(condition.says.in_language(naming.language)),
        "when": naming.when_text(condition.when),
        "effect": condition.effect,
        "told": naming.say(f"effect_is.{condition.effect}"),
        "basis": naming.citation_text(condition.citation) if law else naming.say(f"basis.{condition.basis}"),
        "verified": naming.say("verified_is.yes" if condition.verified else "verified_is.no") if law else "",
        "sure": naming.say(f"value.confidence.{condition.confidence}") if law and condition.confidence else "",
    }


def _table_sections(edition: Edition, language: str) -> list[RulebookTable]:
    """The rest as tables, without what is for the program only."""
    sections = {
        section.key: section for section in build_tables(edition, language) if section.key in TABLES and section.rows
    }
    return [
        RulebookTable(
            key, section.title, section.heads[TABLES[key] :], tuple(row[TABLES[key] :] for row in section.rows)
        )
        for key, section in sections.items()
    ]
