"""This module computes the coordinates of lines, bars and calendars.

The templates draw them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from workflow.board.coverage import CoveragePointView
from workflow.board.due_soon import DueDayView
from workflow.board.funnel import FunnelPipelineView, FunnelStepView, OverdueBandView

WIDTH, HEIGHT = 400, 190
LEFT, RIGHT, TOP, BOTTOM = 34, 376, 14, 160
"""The frame of a trend: what is written stands outside of it."""
MONTHS_APART = 3
"""Every so many months one is named under a trend, and the last one."""
TICKS = 4
WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartDot:
    """A point of a trend."""

    x: float
    y: float
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartTick:
    """A line across, and the number that it stands for."""

    y: float
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartMonth:
    """A month named under a trend."""

    x: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendChart:
    """One number over the months, drawn as a line from left to right."""

    line: str
    dots: list[ChartDot]
    ticks: list[ChartTick]
    months: list[ChartMonth]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT


def draw_trend(points: Sequence[CoveragePointView]) -> TrendChart:
    """How many heads are left to be members, month by month."""
    values = [point.remaining for point in points]
    step = max(1, ceil(max(values, default=0) / TICKS))
    top = step * TICKS
    places = [
        (_x_position(place, len(values)), _y_position(value, top)) for place, value in enumerate(values)
    ]
    last = len(points) - 1
    return TrendChart(
        line=" ".join(f"{x},{y}" for x, y in places),
        dots=[ChartDot(x=x, y=y, value=value) for (x, y), value in zip(places, values, strict=True)],
        ticks=[ChartTick(y=_y_position(value, top), value=value) for value in range(0, top + 1, step)],
        months=[
            ChartMonth(x=places[place][0], label=f"{point.on:%m/%y}")
            for place, point in enumerate(points)
            if (last - place) % MONTHS_APART == 0
        ],
    )


def _x_position(place: int, count: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * (place / (count - 1) if count > 1 else 1), 1)


def _y_position(value: int, top: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * value / top, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BarSegment:
    """A part of a bar: of 100."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelBar:
    """A step with its bar: how much is late by the law, by the house alone, and in time."""

    step: FunnelStepView
    bar: list[BarSegment]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelChart:
    """A way with the bars of its steps where cases stand."""

    pipeline: str
    label: str
    bars: list[FunnelBar]


def draw_funnel(pipelines: Iterable[FunnelPipelineView]) -> list[FunnelChart]:
    """The ways on which cases stand, their bars to one scale."""
    shown = [pipeline for pipeline in pipelines if pipeline.total.open]
    most = max((step.open for pipeline in shown for step in pipeline.steps), default=0)
    return [
        FunnelChart(
            pipeline=pipeline.pipeline,
            label=pipeline.label,
            bars=[FunnelBar(step=step, bar=draw_bar(step, most)) for step in pipeline.steps if step.open],
        )
        for pipeline in shown
    ]


def draw_bar(step: FunnelStepView, most: int) -> list[BarSegment]:
    """A step's bar, where the longest is 100."""
    parts = {"legal": step.legal, "house": step.late - step.legal, "rest": step.open - step.late}
    segments, at = list[BarSegment](), 0.0
    for name, count in parts.items():
        width = round(100 * count / max(most, 1), 2)
        if count:
            segments.append(BarSegment(kind=name, x=round(at, 2), width=width))
        at += width
    return segments


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueBar:
    """How many cases are late for so long, and their share of the longest bar."""

    overdue: str
    count: int
    of_100: float


def draw_overdue(bands: Sequence[OverdueBandView], most: int) -> list[OverdueBar]:
    """How many cases are late for how long, where the longest bar is 100."""
    return [
        OverdueBar(overdue=band.overdue, count=band.count, of_100=100 * band.count / max(most, 1))
        for band in bands
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A day of a calendar; ``inside``: it is asked about, ``due``: what falls due on it."""

    on: date
    inside: bool
    today: bool
    due: DueDayView | None


def build_calendar(first: date, last: date, days: Iterable[DueDayView]) -> list[CalendarDay]:
    """Every day of the weeks from the first day's to the last day's, Monday first."""
    due = {view.on: view for view in days}
    monday = first - timedelta(days=first.weekday())
    count = (last - monday).days + 1
    whole = WEEK * ceil(count / WEEK)
    return [
        CalendarDay(on=day, inside=first <= day <= last, today=day == first, due=due.get(day))
        for day in (monday + timedelta(days=place) for place in range(whole))
    ]
