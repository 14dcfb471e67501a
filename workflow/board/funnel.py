"""How many cases are open at each step, and how many of them are stalled; where they wait, and for whom."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from workflow.board.queries.case_queries import OVERDUES, STALLING, Counted, Late, Step
from workflow.board.snapshot.snapshot import Asked, Look, Scope, looking
from workflow.board.snapshot.steps import pipeline_label
from workflow.office import Office

View = dict[str, Any]


def funnel(
    office: Office,
    language: str,
    *,
    scope: Scope,
    unit: str | None = None,
    on: date | None = None,
    as_known_on: date | None = None,
) -> View:
    """Open cases per pipeline and step, in the edition's order; of them those late by a legal and by a house clock.

    Each number is the total of `standing` with the same filters. Raises `UnknownUnit`.
    """
    with looking(office, scope=scope, on=on, as_known_on=as_known_on) as look:
        counts = look.counts(Asked(unit), "step")
        pipelines = [_pipeline(look, one, counts, language) for one in office.rulebook.pipelines]
        return said(look, unit) | {"pipelines": pipelines, "total": numbers(counts.values())}


def overdue(
    office: Office,
    *,
    scope: Scope,
    unit: str | None = None,
    on: date | None = None,
    as_known_on: date | None = None,
) -> View:
    """How many open cases have been late for how long: by a legal clock, by a house clock, and by either.

    Each number is the total of `standing` with the same ``late`` and ``overdue``. Raises `UnknownUnit`.
    """
    with looking(office, scope=scope, on=on, as_known_on=as_known_on) as look:
        found = look.overdues(Asked(unit))
        kinds: tuple[Late, ...] = (*STALLING, "any")
        return said(look, unit) | {
            kind: [{"overdue": one, "days": list(days), "count": found[kind, one]} for one, days in OVERDUES.items()]
            for kind in kinds
        }


def said(look: Look, unit: str | None) -> View:
    """What a view of the board was asked for."""
    return {
        "today": look.today,
        "on": look.day,
        "as_known_on": look.as_known_on,
        "unit": look.places.view(unit) if unit else None,
    }


def numbers(counts: Iterable[Counted]) -> View:
    """Counts added up, by name."""
    found = Counted()
    for one in counts:
        found = found.plus(one)
    return found._asdict()


def _pipeline(look: Look, pipeline: str, counts: Any, language: str) -> View:
    steps = [
        {
            "state": one.state,
            "label": one.label.in_language(language),
            "turn": one.turn,
            "turn_label": look.steps.organ(one.turn, language) if one.turn else None,
        }
        | numbers([counts.get((pipeline, one.state), Counted())])
        for one in look.steps.of(pipeline)
        if one.in_force or (pipeline, one.state) in counts
    ]
    mine = [counted for (of, _), counted in counts.items() if of == pipeline]
    return {
        "pipeline": pipeline,
        "label": pipeline_label(pipeline, language),
        "steps": steps,
        "total": numbers(mine),
    }


def waiting_for(
    office: Office,
    language: str,
    *,
    scope: Scope,
    unit: str | None = None,
    on: date | None = None,
    as_known_on: date | None = None,
) -> View:
    """Open cases by the organ whose turn it is, and per commune; each number is the total of `standing` likewise.

    Raises `UnknownUnit`.
    """
    with looking(office, scope=scope, on=on, as_known_on=as_known_on) as look:
        steps, units = look.counts(Asked(unit), "step"), look.counts(Asked(unit), "unit")
        organs = [
            {"turn": organ, "label": look.steps.organ(organ, language)}
            | numbers(counted for step, counted in steps.items() if _turn(look, step) == organ)
            for organ in look.steps.organs()
        ]
        communes: dict[str, Counted] = {}
        for id_, counted in units.items():
            over = look.places.commune(id_)
            communes[over] = communes.get(over, Counted()).plus(counted)
        per = [{"unit": one, "name": look.places.name(one)} | communes[one]._asdict() for one in communes]
        per.sort(key=lambda one: look.places.order(str(one["unit"])))
        return said(look, unit) | {"organs": organs, "communes": per, "total": numbers(steps.values())}


def _turn(look: Look, step: Step) -> str | None:
    rule = look.steps.rules.get(step)
    return rule.turn if rule else None
