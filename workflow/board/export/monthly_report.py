"""The monthly report prints the board of one month as a PDF."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import orjson

from workflow.board.activity import ActCountView, ActivityRowView, list_activity
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
from workflow.board.snapshot.snapshot import BoardFilter, BoardSnapshot, Scope, read_snapshot
from workflow.core.input import FieldFault, InvalidInput
from workflow.core.messages import say
from workflow.dossier.render.font_coverage import FONT_FOLDER, to_drawable
from workflow.office import Office
from workflow.storage import reads

if TYPE_CHECKING:
    from typst import Compiler

LAYOUT = Path(str(resources.files("templates"))) / "report" / "monthly.typ"
COMPILE_LOCK = Lock()

View = dict[str, Any]

MAX_STALLED, MAX_ACTS, MAX_DUE = 200, 200, 200
"""Rows of a table; a printed report that goes on for longer is read by nobody. The rest is said as a
number.
"""


def build_monthly_report(
    office: Office, language: str, *, month: date, scope: Scope, unit: str | None = None
) -> bytes:
    """The report of the month that a day lies in, as a PDF for A4.

    Raises `UnknownUnit`, and `InvalidInput` where the month has not begun.
    """
    with office.database.read_transaction() as connection:
        row, today = reads.load_office(connection), office.resolve_day(reads.load_today(connection))
        first = month.replace(day=1)
        if first > today:
            raise InvalidInput([FieldFault("month", "in_the_future", {"value": first, "today": today})])
        snapshot = read_snapshot(office, connection, scope=scope, on=min(last_of_month(month), today))
        report = _MonthlyReport(snapshot, language, unit, first)
        sample = say(language, "cli.sample_banner", sample=row.sample) if row.sample else ""
        values = _replace_undrawable(
            {"office": row.name, "sample": sample, "language": language, **report.build_values()}
        )
    with COMPILE_LOCK:
        pdf = _compiler().compile(
            format="pdf",
            sys_inputs={"given": orjson.dumps(values).decode()},
            timestamp=datetime.combine(today, time(), UTC),
        )
    return cast("bytes", pdf)


@cache
def _compiler() -> "Compiler":
    """The Typst compiler with our fonts only."""
    from typst import Compiler, Fonts

    fonts = Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT_FOLDER)])
    return Compiler(str(LAYOUT), root=str(LAYOUT.parent), font_paths=fonts)


def _replace_undrawable(value: Any) -> Any:
    """A value with every letter replaced that our fonts cannot draw."""
    if isinstance(value, str):
        return to_drawable(value)
    if isinstance(value, dict):
        return {name: _replace_undrawable(item) for name, item in value.items()}
    return [_replace_undrawable(item) for item in value] if isinstance(value, list | tuple) else value


class _MonthlyReport:
    def __init__(self, snapshot: BoardSnapshot, language: str, unit: str | None, first: date) -> None:
        self.snapshot, self.language, self.unit, self.first = snapshot, language, unit, first

    def say(self, key: str, **values: object) -> str:
        return say(self.language, f"report.{key}", **values)

    def format_day(self, day: date) -> str:
        return f"{day:%d/%m/%Y}" if self.language == "vi" else day.isoformat()

    def build_values(self) -> View:
        coverage = count_coverage(self.snapshot, self.unit)
        funnel = load_funnel(self.snapshot, self.language, self.unit)
        where = funnel.unit.name if funnel.unit else self.say("whole")
        about = self.say(
            "about", where=where, on=self.format_day(funnel.on), made=self.format_day(funnel.today)
        )
        return {
            "title": self.say("title", month=self.first.month, year=self.first.year),
            "about": about,
            "words": {name.replace("_", "-"): self.say(f"head.{name}") for name in HEAD_KEYS},
            "numbers": self._number_views(coverage.total, funnel.total),
            "course": self._trend_points(),
            "communes": self._commune_table(coverage.communes),
            "funnel": [self._pipeline_view(pipeline) for pipeline in funnel.pipelines if pipeline.total.open],
            "most": max(step.open for pipeline in funnel.pipelines for step in pipeline.steps),
            "stalled": self._stalled_table(),
            **self._activity_tables(),
            "due": self._due_table(),
        }

    def _number_views(self, total: CoverageCountsView, open_: CaseCountsView) -> list[View]:
        texts = {
            name: str(getattr(total, name))
            for name in ("posts", "members", "probationary", "combined", "remaining")
        }
        texts |= {"share": self._share_text(total), "open": str(open_.open), "late": str(open_.late)}
        return [{"value": value, "label": self.say(f"number.{name}")} for name, value in texts.items()]

    def _trend_points(self) -> list[View]:
        points = load_coverage_trend(self.snapshot, self.unit)
        return [
            {
                "label": f"{point.on:%m/%y}",
                "value": point.remaining,
                "share": self._share_text(point),
                "last": point is points[-1],
            }
            for point in points
        ]

    def _share_text(self, counts: CoverageCountsView) -> str:
        """How many of the posts are held by members, in per cent."""
        if not counts.posts:
            return "–"
        share = f"{counts.members / counts.posts:.1%}"
        return share.replace(".", ",") if self.language == "vi" else share

    def _commune_table(self, communes: Sequence[CommuneCoverageView]) -> View:
        counted = ("posts", "members", "probationary", "combined", "remaining")
        rows = [
            [commune.name, *(str(getattr(commune, name)) for name in counted), self._share_text(commune)]
            for commune in communes
        ]
        head = [say(self.language, f"board.column.{name}") for name in ("commune", *counted)]
        return self._build_table(
            "communes", [*head, self.say("column.share")], rows, (3, 1, 1, 1, 1, 1, 1), right=1
        )

    def _pipeline_view(self, pipeline: FunnelPipelineView) -> View:
        steps = [
            {
                "label": step.label,
                "open": step.open,
                "legal": step.legal,
                "house": step.late - step.legal,
                "rest": step.open - step.late,
                "note": self.say("late_of", count=step.late) if step.late else "",
            }
            for step in pipeline.steps
            if step.open
        ]
        return {
            "label": self.say("pipeline", label=pipeline.label, count=pipeline.total.open),
            "steps": steps,
        }

    def _stalled_table(self) -> View:
        cases = list_open_cases(
            self.snapshot, self.language, BoardFilter(self.unit, late="any"), limit=MAX_STALLED
        )
        rows = [
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

    def _activity_tables(self) -> dict[str, View]:
        span = (self.first, self.snapshot.day)
        activity = list_activity(self.snapshot, self.language, unit=self.unit, span=span, limit=MAX_ACTS)
        counts = [[self._act_text(act), str(act.count)] for act in activity.acts]
        rows = [[self.format_day(act.on), *_person_and_place(act), act.label] for act in activity.rows]
        more = activity.total - len(rows)
        return {
            "acts": self._build_table(
                "done", [self.say("column.act"), self.say("column.count")], counts, (8, 1), right=1
            ),
            "done": self._build_table(
                "done", self._column_heads("on", "name", "village", "act"), rows, (2, 4, 5, 6), more=more
            ),
        }

    def _act_text(self, act: ActCountView) -> str:
        first = self.snapshot.office.rulebook.pipelines[0]
        return act.label if act.pipeline == first else f"{act.label} ({self._pipeline_text(act.pipeline)})"

    def _pipeline_text(self, pipeline: str) -> str:
        return say(self.language, f"board.pipeline.{pipeline}").lower()

    def _due_table(self) -> View:
        """What falls due in the following month; for a month long past, by the deadlines that still run."""
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
        rows: Sequence[Sequence[Any]],
        widths: Sequence[float],
        *,
        right: int | None = None,
        more: int = 0,
    ) -> View:
        """A table. ``right``: numbers start at this column; ``more``: how many rows did not fit."""
        numbers = list(range(len(head) if right is None else right, len(head)))
        return {
            "head": head,
            "rows": rows,
            "widths": widths,
            "right": numbers,
            "none": self.say(f"none.{name}"),
            "more": self.say("more", count=more) if more else "",
        }


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


def _person_and_place(row: CaseListRow | ActivityRowView | DueClockView) -> tuple[str, str]:
    """Whose case it is, and of which village and commune."""
    unit, commune = row.unit.name, row.commune.name
    return row.person.name or row.case, unit if unit == commune else f"{unit}, {commune}"


def _late_cell(case: CaseListRow, kind: str) -> Any:
    days = case.days_late_by(kind)
    return "" if days is None else {"text": str(days), "tone": kind}
