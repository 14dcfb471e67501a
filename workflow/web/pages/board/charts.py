"""Lines, bars and a calendar as numbers: where each stroke of a drawing goes. The templates draw them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import ceil
from typing import Any

View = dict[str, Any]

WIDTH, HEIGHT = 400, 190
LEFT, RIGHT, TOP, BOTTOM = 34, 376, 14, 160
"""The frame of a course: what is written stands outside of it."""
MONTHS_APART = 3
"""Every so many months one is named under a course, and the last one."""
TICKS = 4
WEEK = 7


def draw_trend(points: Sequence[View], name: str) -> View:
    """One number of every point, drawn as a line from left to right."""
    values = [int(point[name]) for point in points]
    step = max(1, ceil(max(values, default=0) / TICKS))
    top = step * TICKS
    places = [(_x_position(place, len(values)), _y_position(value, top)) for place, value in enumerate(values)]
    last = len(points) - 1
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": RIGHT,
        "bottom": BOTTOM,
        "line": " ".join(f"{x},{y}" for x, y in places),
        "dots": [{"x": x, "y": y, "value": value} for (x, y), value in zip(places, values, strict=True)],
        "ticks": [{"y": _y_position(value, top), "value": value} for value in range(0, top + 1, step)],
        "months": [
            {"x": places[place][0], "label": f"{point['on']:%m/%y}"}
            for place, point in enumerate(points)
            if (last - place) % MONTHS_APART == 0
        ],
    }


def _x_position(place: int, count: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * (place / (count - 1) if count > 1 else 1), 1)


def _y_position(value: int, top: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * value / top, 1)


def draw_bars(steps: Sequence[View], most: int) -> list[View]:
    """Counts as bars beside each other: of 100, how much is late by the law, by the house alone, and in time."""
    return [{**step, "bar": _bar_segments(step, max(most, 1))} for step in steps]


def _bar_segments(step: Mapping[str, Any], most: int) -> list[View]:
    parts = {
        "legal": step["legal"],
        "house": step["late"] - step["legal"],
        "rest": step["open"] - step["late"],
    }
    segments, at = list[View](), 0.0
    for name, count in parts.items():
        width = round(100 * count / most, 2)
        if count:
            segments.append({"kind": name, "x": round(at, 2), "width": width})
        at += width
    return segments


def build_calendar(first: date, last: date, days: Sequence[View]) -> list[View]:
    """Every day of the weeks from the first day's to the last day's, Monday first; ``due`` holds what a day has."""
    due = {view["on"]: view for view in days}
    monday = first - timedelta(days=first.weekday())
    count = (last - monday).days + 1
    whole = WEEK * ceil(count / WEEK)
    return [
        {"on": day, "inside": first <= day <= last, "today": day == first, "due": due.get(day)}
        for day in (monday + timedelta(days=place) for place in range(whole))
    ]
