"""An edition is drawn as numbers, which a template turns into lines.

Its steps stand one under the other. Ways to the next step are short arrows between the boxes. Every other
step that moves lead to has a line of its own: on the right where they lead on, on the left where they lead
back; each step that leads there joins it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from states.rulebook.edition import BACK, Edition
from workflow.presentation.rulebook.terms import RulebookTerms

ROW, BOX, WIDE, GAP = 58, 44, 300, 9
"""Of the drawing, in its own units: from one step to the next, a box's height and width, from one line to
the next."""
MARGIN = 12
NEARLY_EVERYWHERE = 6
"""A move that may be made from so many steps is told below the drawing, and not drawn."""
CORNER = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnStep:
    """The box of a step, ``y`` its middle; ``count``: how many open cases stand there."""

    id: str
    label: str
    turn: str
    y: int
    end: bool
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnArrow:
    """From the foot of a box to the head of the next."""

    y: int
    to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLine:
    """All that lead to one step from afar, and the head of the arrow there, as SVG paths."""

    back: bool
    path: str
    head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulebookDrawing:
    """Boxes, arrows and lines, and what they measure."""

    steps: list[DrawnStep]
    arrows: list[DrawnArrow]
    lines: list[DrawnLine]
    left: int
    middle: int
    box: int
    across: int
    width: int
    height: int


def draw_steps(edition: Edition, naming: RulebookTerms, counts: Mapping[str, int]) -> RulebookDrawing:
    """An edition, with how many open cases stand at each step."""
    names = list(edition.states)
    at = {name: MARGIN + ROW * number + BOX // 2 for number, name in enumerate(names)}
    ways = _move_pairs(edition, at)
    after = {step: other for step, other in pairwise(names) if (step, other) in ways}
    lines: dict[bool, dict[str, list[str]]] = {True: {}, False: {}}
    for source, target in sorted(ways, key=lambda way: (at[way[0]], at[way[1]])):
        if after.get(source) != target:
            lines[at[target] > at[source]].setdefault(target, []).append(source)
    left = MARGIN + GAP * _count_lanes(lines[False], at)
    right = left + WIDE
    return RulebookDrawing(
        steps=[_draw_step(edition, naming, name, at[name], counts.get(name, 0)) for name in names],
        arrows=[DrawnArrow(y=at[step] + BOX // 2, to=at[other] - BOX // 2) for step, other in after.items()],
        lines=[*_draw_lines(lines[True], at, right, 1), *_draw_lines(lines[False], at, left, -1)],
        left=left,
        middle=left + WIDE // 2,
        box=BOX,
        across=WIDE,
        width=right + MARGIN + GAP * _count_lanes(lines[True], at),
        height=MARGIN * 2 + ROW * len(names),
    )


def _move_pairs(edition: Edition, at: Mapping[str, int]) -> set[tuple[str, str]]:
    """From which step to which a move leads, but for those that may be made nearly everywhere."""
    pairs = set()
    for move in edition.moves.values():
        sources = edition.source_states(move)
        if len(sources) < NEARLY_EVERYWHERE:
            targets = {arrival.state for arrival in move.to if arrival.state != BACK}
            pairs |= {
                (source, target)
                for source in sources
                for target in targets
                if source in at and source != target
            }
    return pairs


def _draw_step(edition: Edition, naming: RulebookTerms, name: str, y: int, count: int) -> DrawnStep:
    state = edition.states[name]
    turn = naming.say("ends") if state.end else naming.name_of("organs", state.turn or "")
    return DrawnStep(
        id=name, label=naming.name_of("states", name), turn=turn, y=y, end=state.end, count=count
    )


def _assign_lanes(lines: Mapping[str, list[str]], at: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each line's target with its lane: short ones near the boxes, none over another."""
    taken: list[list[tuple[int, int]]] = []
    lanes = []
    for target in sorted(lines, key=lambda name: _span_length(lines[name], name, at)):
        low, high = _vertical_span([*lines[target], target], at)
        lane = next(
            (n for n, spans in enumerate(taken) if all(high < a or b < low for a, b in spans)), len(taken)
        )
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        lanes.append((target, lane))
    return lanes


def _count_lanes(lines: Mapping[str, list[str]], at: Mapping[str, int]) -> int:
    return max((lane for _, lane in _assign_lanes(lines, at)), default=-1) + 2


def _vertical_span(names: Iterable[str], at: Mapping[str, int]) -> tuple[int, int]:
    places = [at[name] for name in names]
    return min(places), max(places)


def _span_length(sources: list[str], target: str, at: Mapping[str, int]) -> int:
    low, high = _vertical_span([*sources, target], at)
    return high - low


def _draw_lines(
    lines: Mapping[str, list[str]], at: Mapping[str, int], edge: int, side: int
) -> Iterator[DrawnLine]:
    """The line of each target. Lines leave a box below its middle and arrive above it."""
    for target, lane in _assign_lanes(lines, at):
        arrives, x = at[target] - 9, edge + side * GAP * (lane + 1)
        path = " ".join(_line_path(edge, x, at[source] + 9, arrives) for source in lines[target])
        yield DrawnLine(back=side < 0, path=path, head=f"M{edge} {arrives}l{side * 6} -4v8z")


def _line_path(edge: int, lane: int, start: int, end: int) -> str:
    """From a box out to the lane, along it, and back to another box; with round corners."""
    out = CORNER if lane > edge else -CORNER
    along = CORNER if end > start else -CORNER
    return (
        f"M{edge} {start}H{lane - out}Q{lane} {start} {lane} {start + along}"
        f"V{end - along}Q{lane} {end} {lane - out} {end}H{edge}"
    )
