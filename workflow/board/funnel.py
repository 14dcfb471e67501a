"""The funnel counts open and stalled cases at each step.

It also counts for whom cases wait, and where.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflow.board.queries.case_queries import OVERDUES, STALLING, CaseCounts, Late, Overdue, StepKey
from workflow.board.snapshot.snapshot import BoardFilter, BoardScopeView, BoardSnapshot
from workflow.board.snapshot.steps import StepRule, pipeline_label


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCountsView:
    """Open cases, and of them those past a deadline: of the law, of the house, of either."""

    open: int
    legal: int
    house: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStepView(CaseCountsView):
    """A step, and whose turn it is there."""

    state: str
    label: str
    turn: str | None
    turn_label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelPipelineView:
    """A way with its steps in their order."""

    pipeline: str
    label: str
    steps: list[FunnelStepView]
    total: CaseCountsView


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelView(BoardScopeView):
    """Open cases at each step."""

    pipelines: list[FunnelPipelineView]
    total: CaseCountsView


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueBandView:
    """Cases past a deadline for so many days, from and to (null: or more)."""

    overdue: Overdue
    days: list[int | None]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueView(BoardScopeView):
    """Cases past a deadline by how long ago it was: of the law, of the house, of either."""

    legal: list[OverdueBandView]
    house: list[OverdueBandView]
    any: list[OverdueBandView]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganCountsView(CaseCountsView):
    """Cases that wait for an organ."""

    turn: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuneCountsView(CaseCountsView):
    """Cases of a commune."""

    unit: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingView(BoardScopeView):
    """For whom cases wait, and where."""

    organs: list[OrganCountsView]
    communes: list[CommuneCountsView]
    total: CaseCountsView


def load_funnel(snapshot: BoardSnapshot, language: str, unit: str | None = None) -> FunnelView:
    """Open cases per pipeline and step, in the edition's order; of them those late by a legal and by a
    house clock.

    Each number is the total of `list_open_cases` with the same filters. Raises `NoSuchUnit`.
    """
    counts = snapshot.count_by_step(unit)
    pipelines = [
        _pipeline_view(snapshot, pipeline, counts, language)
        for pipeline in snapshot.office.rulebook.pipelines
    ]
    return FunnelView(**snapshot.describe(unit), pipelines=pipelines, total=_total_view(counts.values()))


def _pipeline_view(
    snapshot: BoardSnapshot, pipeline: str, counts: Mapping[StepKey, CaseCounts], language: str
) -> FunnelPipelineView:
    steps = [
        _step_view(snapshot, rule, counts.get((pipeline, rule.state), CaseCounts()), language)
        for rule in snapshot.steps.list_steps(pipeline)
        if rule.in_force or (pipeline, rule.state) in counts
    ]
    own_counts = [counted for (of, _), counted in counts.items() if of == pipeline]
    return FunnelPipelineView(
        pipeline=pipeline,
        label=pipeline_label(pipeline, language),
        steps=steps,
        total=_total_view(own_counts),
    )


def _step_view(snapshot: BoardSnapshot, rule: StepRule, counted: CaseCounts, language: str) -> FunnelStepView:
    return FunnelStepView(
        state=rule.state,
        label=rule.label.in_language(language),
        turn=rule.turn,
        turn_label=snapshot.steps.organ_label(rule.turn, language) if rule.turn else None,
        **counted._asdict(),
    )


def count_overdue(snapshot: BoardSnapshot, unit: str | None = None) -> OverdueView:
    """How many open cases have been late for how long: by a legal clock, by a house clock, and by either.

    Each number is the total of `list_open_cases` with the same ``late`` and ``overdue``. Raises `NoSuchUnit`.
    """
    counts = snapshot.count_overdue(BoardFilter(unit))
    legal, house, either = (_band_views(counts, kind) for kind in (*STALLING, "any"))
    return OverdueView(**snapshot.describe(unit), legal=legal, house=house, any=either)


def _band_views(counts: Mapping[tuple[Late, Overdue], int], kind: Late) -> list[OverdueBandView]:
    return [
        OverdueBandView(overdue=overdue, days=list(days), count=counts[kind, overdue])
        for overdue, days in OVERDUES.items()
    ]


def count_waiting(snapshot: BoardSnapshot, language: str, unit: str | None = None) -> WaitingView:
    """Open cases by the organ whose turn it is, and per commune; each number is the total of a list likewise.

    Raises `NoSuchUnit`.
    """
    organs = [
        OrganCountsView(
            turn=organ,
            label=snapshot.steps.organ_label(organ, language),
            **_add_up(snapshot.count_by_turn(unit, organ).values())._asdict(),
        )
        for organ in snapshot.steps.list_organs()
    ]
    communes = _commune_views(snapshot, snapshot.count_by_unit(BoardFilter(unit)))
    return WaitingView(
        **snapshot.describe(unit),
        organs=organs,
        communes=communes,
        total=_total_view(snapshot.count_by_step(unit).values()),
    )


def _commune_views(snapshot: BoardSnapshot, by_unit: Mapping[str, CaseCounts]) -> list[CommuneCountsView]:
    index = snapshot.unit_index
    communes: dict[str, CaseCounts] = {}
    for unit, counted in by_unit.items():
        commune = index.commune_id(unit)
        communes[commune] = communes.get(commune, CaseCounts()).add_counts(counted)
    return [
        CommuneCountsView(unit=commune, name=index.name_of(commune), **communes[commune]._asdict())
        for commune in index.sort_units(communes)
    ]


def _add_up(counts: Iterable[CaseCounts]) -> CaseCounts:
    total = CaseCounts()
    for counted in counts:
        total = total.add_counts(counted)
    return total


def _total_view(counts: Iterable[CaseCounts]) -> CaseCountsView:
    return CaseCountsView(**_add_up(counts)._asdict())
