"""The rules as pages: an edition step by step and drawn with the cases at its steps; what differs between two."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from states.rulebook.edition import Condition, Edition, Recorded
from states.rulebook.loading import NoEdition, UnknownEdition
from workflow.board import funnel
from workflow.core.input import FieldFault, Mistyped, day_of
from workflow.presentation.rulebook_diff import changes_told
from workflow.presentation.rulebook_tables import Section, shown
from workflow.presentation.rulebook_terms import Naming, bare
from workflow.register.session import PIPELINE
from workflow.web.context import Hidden, Visit, visit
from workflow.web.field_errors import field_faults
from workflow.web.pages.rulebook.rulebook_diagram import drawing
from workflow.web.render import page

View = dict[str, Any]
Word = Annotated[str, Query(max_length=40)]

TABLES = {"clocks": 1, "papers": 0, "organs": 1, "carry_over": 0}
"""What of an edition is told as a table, and how many of its first columns are for the program only."""

router = APIRouter(include_in_schema=False)


@router.get("/rules")
def rules(request: Request, pipeline: Word = PIPELINE, edition: Word = "", on: Word = "") -> HTMLResponse:
    """An edition: the one in force, the one of a day, or another by its name."""
    here = visit(request)
    now = _in_force(here, pipeline, here.today)
    shown_, faults = now, dict[str, list[str]]()
    try:
        shown_ = _edition(here, pipeline, edition) if edition else _of_day(here, pipeline, on) or now
    except Mistyped as error:
        faults = field_faults(here, error)
    naming = Naming(shown_, here.speaks)
    counts = _counts(here, pipeline) if shown_ is now else {}
    return page(
        "rules.html", here, status=422 if faults else 200, rules=shown_, now=now, pipeline=pipeline, faults=faults,
        on=on, editions=_editions(here, pipeline), pipelines=here.office.rulebook.pipelines,
        drawing=drawing(shown_, naming, counts), steps=_steps(naming, counts), conditions=_conditions(naming),
        common=_common(naming), tables=_tables(shown_, here.speaks),
    )  # fmt: skip


@router.get("/rules/difference")
def difference(request: Request, old: Word = "", new: Word = "", pipeline: Word = PIPELINE) -> HTMLResponse:
    """What changes from one edition to another: by default, from the one before to the one in force."""
    here = visit(request)
    now = _in_force(here, pipeline, here.today)
    names = list(here.office.rulebook.editions(pipeline))
    before = _edition(here, pipeline, old or names[max(names.index(now.edition) - 1, 0)])
    after = _edition(here, pipeline, new) if new else now
    told = changes_told(before, after, here.speaks)
    return page(
        "difference.html", here, before=before, after=after, pipeline=pipeline, editions=_editions(here, pipeline),
        asked=[one for one in told if one.key != "grounds"], grounds=[one for one in told if one.key == "grounds"],
    )  # fmt: skip


# --- which edition -----------------------------------------------------------------------------------------------


def _in_force(here: Visit, pipeline: str, day: date) -> Edition:
    """The edition of a day; before the first one, that one. Raises `Hidden` for an unknown pipeline."""
    book = here.office.rulebook
    if pipeline not in book.pipelines:
        raise Hidden
    try:
        return book.edition_on(pipeline, day)
    except NoEdition:
        return book.edition(pipeline, book.editions(pipeline)[0])


def _edition(here: Visit, pipeline: str, name: str) -> Edition:
    try:
        return here.office.rulebook.edition(pipeline, name)
    except UnknownEdition:
        raise Hidden from None


def _of_day(here: Visit, pipeline: str, typed: str) -> Edition | None:
    """The edition in force on a day that was typed; None where none was. Raises `Mistyped`."""
    if not typed.strip():
        return None
    try:
        day = day_of(typed)
    except ValueError:
        raise Mistyped([FieldFault("on", "not_a_day", {"value": typed})]) from None
    try:
        return here.office.rulebook.edition_on(pipeline, day)
    except NoEdition:
        raise Mistyped([FieldFault("on", "no_edition", {"value": day})]) from None


def _editions(here: Visit, pipeline: str) -> list[Edition]:
    book = here.office.rulebook
    return [book.edition(pipeline, name) for name in book.editions(pipeline)]


def _counts(here: Visit, pipeline: str) -> dict[str, int]:
    """How many cases that the reader may see are open at each step."""
    told = funnel(here.office, here.speaks, scope=here.access.scope)
    steps: list[View] = next((one["steps"] for one in told["pipelines"] if one["pipeline"] == pipeline), [])
    return {step["state"]: step["open"] for step in steps}


# --- an edition, step by step ------------------------------------------------------------------------------------


def _numbers(edition: Edition) -> dict[str, int]:
    """The conditions' numbers on the page, by which acts refer to them."""
    return {code: number for number, code in enumerate(edition.conditions, 1)}


def _steps(naming: Naming, counts: Mapping[str, int]) -> list[View]:
    """Every step: whose it is, its clocks, and what is done there and nowhere else."""
    edition, numbers = naming.edition, _numbers(naming.edition)
    acts = [*edition.moves.values(), *edition.entries.values()]
    return [
        {
            "id": name,
            "label": naming.name("states", name),
            "turn": naming.name("organs", state.turn) if state.turn and not state.end else "",
            "end": state.end,
            "count": counts.get(name, 0),
            "only": naming.when(state.only_where),
            "clocks": [_clock(naming, clock) for clock in state.clocks],
            "house": naming.say("house_days", days=state.house_days) if state.house_days is not None else "",
            "pauses": naming.say("pauses") if state.pauses else "",
            "acts": [
                _act(naming, one, numbers) for one in acts if not isinstance(one.from_, str) and name in one.from_
            ],
        }
        for name, state in edition.states.items()
    ]


def _clock(naming: Naming, name: str) -> str:
    return f"{naming.name('clocks', name)}: {naming.length(naming.edition.clocks[name].length)}"


def _act(naming: Naming, act: Recorded, numbers: Mapping[str, int]) -> View:
    """An act: who makes it, where it leads, what is recorded, the numbers of its conditions."""
    return {
        "label": act.label.in_language(naming.language),
        "organ": naming.name("organs", act.organ),
        "ways": [
            {
                "text": naming.arrival(one),
                "needs": naming.names("fields", one.needs) if one.needs else "",
                "conditions": [numbers[code] for code in one.conditions],
            }
            for one in getattr(act, "to", ())
        ],
        "needs": naming.names("fields", act.needs) if act.needs else "",
        "except": naming.names("states", act.except_) if act.except_ else "",
        "conditions": [numbers[code] for code in act.conditions],
    }


def _common(naming: Naming) -> View:
    """What goes for every step: acts that are open from everywhere, conditions of all acts."""
    edition, numbers = naming.edition, _numbers(naming.edition)
    everywhere = [one for one in (*edition.moves.values(), *edition.entries.values()) if isinstance(one.from_, str)]
    return {
        "acts": [_act(naming, one, numbers) for one in everywhere],
        "moves": [numbers[code] for code in edition.every_move],
        "entries": [numbers[code] for code in edition.every_entry],
    }


def _conditions(naming: Naming) -> list[View]:
    """Every condition: when it is told, what it does then, its article, how sure that is."""
    return [_condition(naming, one) for one in naming.edition.conditions.values()]


def _condition(naming: Naming, one: Condition) -> View:
    law = one.basis == "law"
    return {
        "says": bare(one.says.in_language(naming.language)),
        "when": naming.when(one.when),
        "effect": one.effect,
        "told": naming.say(f"effect_is.{one.effect}"),
        "basis": naming.citation(one.citation) if law else naming.say(f"basis.{one.basis}"),
        "verified": naming.say("verified_is.yes" if one.verified else "verified_is.no") if law else "",
        "sure": naming.say(f"value.confidence.{one.confidence}") if law and one.confidence else "",
    }


def _tables(edition: Edition, language: str) -> list[Section]:
    """The rest as tables, without what is for the program only."""
    sections = {one.key: one for one in shown(edition, language) if one.key in TABLES and one.rows}
    return [
        Section(key, one.title, one.heads[TABLES[key] :], tuple(row[TABLES[key] :] for row in one.rows))
        for key, one in sections.items()
    ]
