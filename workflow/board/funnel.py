"""How many cases are open at each step, and how many of them are stalled; where they wait, and for whom."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from workflow.board.queries.case_queries import OVERDUES, STALLING, CaseCounts, Late, StepKey
from workflow.board.snapshot.snapshot import BoardFilter, BoardSnapshot, Scope, open_snapshot
from workflow.board.snapshot.steps import pipeline_label
from workflow.office import Office

View = dict[str, Any]


def load_funnel(
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
    with open_snapshot(office, scope=scope, on=on, as_known_on=as_known_on) as snapshot:
        counts = snapshot.count_cases(BoardFilter(unit), "step")
        pipelines = [_pipeline_view(snapshot, pipeline, counts, language) for pipeline in office.rulebook.pipelines]
        return describe_query(snapshot, unit) | {"pipelines": pipelines, "total": sum_counts(counts.values())}


def count_overdue(
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
    with open_snapshot(office, scope=scope, on=on, as_known_on=as_known_on) as snapshot:
        overdue_counts = snapshot.count_overdue(BoardFilter(unit))
        kinds: tuple[Late, ...] = (*STALLING, "any")
        return describe_query(snapshot, unit) | {
            kind: [
                {"overdue": age_band, "days": list(days), "count": overdue_counts[kind, age_band]}
                for age_band, days in OVERDUES.items()
            ]
            for kind in kinds
        }


def describe_query(snapshot: BoardSnapshot, unit: str | None) -> View:
    """What a view of the board was asked for."""
    return {
        "today": snapshot.today,
        "on": snapshot.day,
        "as_known_on": snapshot.as_known_on,
        "unit": snapshot.unit_index.unit_view(unit) if unit else None,
    }


def sum_counts(counts: Iterable[CaseCounts]) -> View:
    """Counts added up, by name."""
    total = CaseCounts()
    for counted in counts:
        total = total.add_counts(counted)
    return total._asdict()


def _pipeline_view(snapshot: BoardSnapshot, pipeline: str, counts: Any, language: str) -> View:
    steps = [
        {
            "state": rule.state,
            "label": rule.label.in_language(language),
            "turn": rule.turn,
            "turn_label": snapshot.steps.organ_label(rule.turn, language) if rule.turn else None,
        }
        | sum_counts([counts.get((pipeline, rule.state), CaseCounts())])
        for rule in snapshot.steps.list_steps(pipeline)
        if rule.in_force or (pipeline, rule.state) in counts
    ]
    own_counts = [counted for (of, _), counted in counts.items() if of == pipeline]
    return {
        "pipeline": pipeline,
        "label": pipeline_label(pipeline, language),
        "steps": steps,
        "total": sum_counts(own_counts),
    }


def count_waiting(
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
    with open_snapshot(office, scope=scope, on=on, as_known_on=as_known_on) as snapshot:
        steps, units = snapshot.count_cases(BoardFilter(unit), "step"), snapshot.count_cases(BoardFilter(unit), "unit")
        organs = [
            {"turn": organ, "label": snapshot.steps.organ_label(organ, language)}
            | sum_counts(counted for step, counted in steps.items() if _turn_of_step(snapshot, step) == organ)
            for organ in snapshot.steps.list_organs()
        ]
        communes: dict[str, CaseCounts] = {}
        for id_, counted in units.items():
            commune_id = snapshot.unit_index.commune_id(id_)
            communes[commune_id] = communes.get(commune_id, CaseCounts()).add_counts(counted)
        commune_views = [
            {"unit": commune, "name": snapshot.unit_index.name_of(commune)} | communes[commune]._asdict()
            for commune in communes
        ]
        commune_views.sort(key=lambda commune: snapshot.unit_index.unit_order(str(commune["unit"])))
        return describe_query(snapshot, unit) | {
            "organs": organs,
            "communes": commune_views,
            "total": sum_counts(steps.values()),
        }


def _turn_of_step(snapshot: BoardSnapshot, step: StepKey) -> str | None:
    rule = snapshot.steps.rules.get(step)
    return rule.turn if rule else None
