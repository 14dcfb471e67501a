"""A month is put into numbers and tables for its report.

The layout (`templates/report/monthly.typ`) reads the fields by their names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workflow.board.activity import ActCountView, ActivityRowView, ActivityView, list_activity
from workflow.board.case_list import CaseListRow, list_open_cases
from workflow.board.coverage import (
    CommuneCoverageView,
    CoverageCountsView,
    count_coverage,
    last_of_month,
    load_coverage_trend,
)
from workflow.board.due_soon import DueClockView, list_due_clocks
from workflow.board.funnel import CaseCountsView, FunnelPipelineView, load_funnel
from workflow.board.snapshot.snapshot import BoardFilter, BoardSnapshot
from workflow.core.messages import say

MAX_STALLED, MAX_ACTS, MAX_DUE = 200, 200, 200
"""Rows of a table; a longer printed report is read by nobody. The rest is said as a number."""
HEAD_KEYS = (
    "coverage",
    "course",
    "funnel",
    "legal",
    "house",
    "in_time",
    "no_cases",
    "stalled",
    "done",
    "due",
)
COVERAGE_COUNTS = ("posts", "members", "probationary", "combined", "remaining")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportNumber:
    """A number in large figures, and what it counts."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendColumn:
    """A month of the trend: posts not yet held by members, the share that is."""

    label: str
    value: int
    share: str
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelBar:
    """A step: its cases late by law, by house custom alone, and in time."""

    label: str
    open: int
    legal: int
    house: int
    rest: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelBars:
    """The steps of a pipeline at which cases stand."""

    label: str
    steps: list[FunnelBar]


@dataclass(frozen=True, slots=True, kw_only=True)
class LateCell:
    """Days late, in the color of their kind."""

    text: str
    tone: str


ReportCell = str | LateCell


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """A table. ``widths``: shares of the columns; ``right``: columns of numbers; ``none``: said of an
    empty one.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[ReportCell]]
    widths: Sequence[float]
    right: list[int]
    none: str
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyReport:
    """All that the report says. ``most``: the longest bar of the funnel; ``words``: headings by their
    keys.
    """

    office: str
    sample: str
    language: str
    title: str
    about: str
    words: Mapping[str, str]
    numbers: list[ReportNumber]
    course: list[TrendColumn]
    communes: ReportTable
    funnel: list[FunnelBars]
    most: int
    stalled: ReportTable
    acts: ReportTable
    done: ReportTable
    due: ReportTable


class ReportBuilder:
    """Makes what the report of one month says. ``first``: the first day of the month."""

    def __init__(self, snapshot: BoardSnapshot, language: str, unit: str | None, first: date) -> None:
        self.snapshot, self.language, self.unit, self.first = snapshot, language, unit, first

    def say(self, key: str, **values: object) -> str:
        """A sentence of the report."""
        return say(self.language, f"report.{key}", **values)

    def format_day(self, day: date) -> str:
        """A day as people write it."""
        return f"{day:%d/%m/%Y}" if self.language == "vi" else day.isoformat()

    def build_values(self, office: str, sample: str) -> MonthlyReport:
        """All that the layout asks for. ``sample``: a banner, where the office is one."""
        coverage = count_coverage(self.snapshot, self.unit)
        funnel = load_funnel(self.snapshot, self.language, self.unit)
        where = funnel.unit.name if funnel.unit else self.say("whole")
        activity = list_activity(
            self.snapshot, self.language, unit=self.unit, span=(self.first, self.snapshot.day), limit=MAX_ACTS
        )
        return MonthlyReport(
            office=office,
            sample=sample,
            language=self.language,
            title=self.say("title", month=self.first.month, year=self.first.year),
            about=self.say(
                "about", where=where, on=self.format_day(funnel.on), made=self.format_day(funnel.today)
            ),
            words={name.replace("_", "-"): self.say(f"head.{name}") for name in HEAD_KEYS},
            numbers=self._list_numbers(coverage.total, funnel.total),
            course=self._list_trend_points(),
            communes=self._commune_table(coverage.communes),
            funnel=[self._draw_pipeline(pipeline) for pipeline in funnel.pipelines if pipeline.total.open],
            most=max(step.open for pipeline in funnel.pipelines for step in pipeline.steps),
            stalled=self._stalled_table(),
            acts=self._act_count_table(activity),
            done=self._activity_table(activity),
            due=self._due_table(),
        )

    def _list_numbers(self, coverage: CoverageCountsView, cases: CaseCountsView) -> list[ReportNumber]:
        texts = {name: str(getattr(coverage, name)) for name in COVERAGE_COUNTS}
        texts |= {"share": self._share_text(coverage), "open": str(cases.open), "late": str(cases.late)}
        return [ReportNumber(value=value, label=self.say(f"number.{name}")) for name, value in texts.items()]

    def _list_trend_points(self) -> list[TrendColumn]:
        points = load_coverage_trend(self.snapshot, self.unit)
        return [
            TrendColumn(
                label=f"{point.on:%m/%y}",
                value=point.remaining,
                share=self._share_text(point),
                last=point is points[-1],
            )
            for point in points
        ]

    def _share_text(self, counts: CoverageCountsView) -> str:
        """How many of the posts are held by members, in per cent."""
        if not counts.posts:
            return "–"
        share = f"{counts.members / counts.posts:.1%}"
        return share.replace(".", ",") if self.language == "vi" else share

    def _commune_table(self, communes: Sequence[CommuneCoverageView]) -> ReportTable:
        rows = [
            [
                commune.name,
                *(str(getattr(commune, name)) for name in COVERAGE_COUNTS),
                self._share_text(commune),
            ]
            for commune in communes
        ]
        head = [say(self.language, f"board.column.{name}") for name in ("commune", *COVERAGE_COUNTS)]
        return self._build_table(
            "communes", [*head, self.say("column.share")], rows, (3, 1, 1, 1, 1, 1, 1), right=1
        )

    def _draw_pipeline(self, pipeline: FunnelPipelineView) -> FunnelBars:
        steps = [
            FunnelBar(
                label=step.label,
                open=step.open,
                legal=step.legal,
                house=step.late - step.legal,
                rest=step.open - step.late,
                note=self.say("late_of", count=step.late) if step.late else "",
            )
            for step in pipeline.steps
            if step.open
        ]
        label = self.say("pipeline", label=pipeline.label, count=pipeline.total.open)
        return FunnelBars(label=label, steps=steps)

    def _stalled_table(self) -> ReportTable:
        cases = list_open_cases(
            self.snapshot, self.language, BoardFilter(self.unit, late="any"), limit=MAX_STALLED
        )
        rows: list[list[ReportCell]] = [
            [
                *_person_and_place(case),
                case.state.label,
                case.turn_label or "",
                _late_cell(case, "legal"),
                _late_cell(case, "house"),
            ]
            for case in cases.rows
        ]
        head = self._column_heads("name", "village", "step", "turn", "late_legal", "late_house")
        more = cases.total - len(rows)
        return self._build_table("stalled", head, rows, (4, 5, 5, 4, 2.4, 2.4), right=4, more=more)

    def _act_count_table(self, activity: ActivityView) -> ReportTable:
        rows = [[self._act_text(act), str(act.count)] for act in activity.acts]
        return self._build_table("done", self._column_heads("act", "count"), rows, (8, 1), right=1)

    def _activity_table(self, activity: ActivityView) -> ReportTable:
        rows = [[self.format_day(act.on), *_person_and_place(act), act.label] for act in activity.rows]
        head = self._column_heads("on", "name", "village", "act")
        return self._build_table("done", head, rows, (2, 4, 5, 6), more=activity.total - len(rows))

    def _act_text(self, act: ActCountView) -> str:
        first = self.snapshot.office.rulebook.pipelines[0]
        return act.label if act.pipeline == first else f"{act.label} ({self._pipeline_text(act.pipeline)})"

    def _pipeline_text(self, pipeline: str) -> str:
        return say(self.language, f"board.pipeline.{pipeline}").lower()

    def _due_table(self) -> ReportTable:
        """What falls due in the month after; of a month long past, by the deadlines that still run."""
        first = self.first + timedelta(days=32)
        span = (first.replace(day=1), last_of_month(first))
        clocks = list_due_clocks(self.snapshot, self.language, unit=self.unit, span=span, limit=MAX_DUE)
        rows = [
            [
                self.format_day(clock.due),
                *_person_and_place(clock),
                clock.label,
                self.say(f"kind.{clock.kind}"),
                clock.organ_label,
            ]
            for clock in clocks.rows
        ]
        head = self._column_heads("due", "name", "village", "clock", "kind", "turn")
        more = clocks.total - len(rows)
        return self._build_table("due", head, rows, (2.4, 4, 5, 5, 3, 4), more=more)

    def _column_heads(self, *names: str) -> list[str]:
        return [self.say(f"column.{name}") for name in names]

    def _build_table(
        self,
        name: str,
        head: Sequence[str],
        rows: Sequence[Sequence[ReportCell]],
        widths: Sequence[float],
        *,
        right: int | None = None,
        more: int = 0,
    ) -> ReportTable:
        """A table. ``right``: from this column on there are numbers; ``more``: rows that had no room."""
        return ReportTable(
            head=head,
            rows=rows,
            widths=widths,
            right=list(range(len(head) if right is None else right, len(head))),
            none=self.say(f"none.{name}"),
            more=self.say("more", count=more) if more else "",
        )


def _person_and_place(row: CaseListRow | ActivityRowView | DueClockView) -> tuple[str, str]:
    """Whose case it is, and of which village and commune."""
    unit, commune = row.unit.name, row.commune.name
    return row.person.name or row.case, unit if unit == commune else f"{unit}, {commune}"


def _late_cell(case: CaseListRow, kind: str) -> ReportCell:
    days = case.days_late_by(kind)
    return "" if days is None else LateCell(text=str(days), tone=kind)
