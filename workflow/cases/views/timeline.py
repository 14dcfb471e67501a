"""A timeline shows the steps past, present and ahead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal

from states.rulebook.edition import BACK, Edition
from states.rulebook.ways import find_next_move
from states.vocabulary import UnitLine
from workflow.cases.views.case_view import CaseStateView
from workflow.cases.views.history import EventView


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineStep:
    """A step of a case, with the days on which it began and ended."""

    id: str
    label: str
    when: Literal["past", "now", "ahead"]
    since: date | None = None
    until: date | None = None


def build_timeline(
    state: CaseStateView, events: Sequence[EventView], edition: Edition, line: UnitLine, language: str
) -> list[TimelineStep]:
    """Steps in order; ``events`` with their days as they read after corrections."""
    steps = list(_list_past_steps(events))
    if steps and steps[-1].id != state.id:  # a carry-over that is due and not recorded yet
        steps.append(TimelineStep(id=state.id, label=state.label, when="past", since=state.since))
    past = [replace(step, until=after.since) for step, after in pairwise(steps)]
    last = [replace(step, when="past" if state.end else "now") for step in steps[-1:]]
    ahead = [] if state.end else _list_future_steps(edition, state.id, line, language)
    return [*past, *last, *ahead]


def _list_past_steps(events: Sequence[EventView]) -> Iterator[TimelineStep]:
    at = None
    for event in events:
        if event.to and event.to != at:
            at = event.to
            yield TimelineStep(id=at, label=event.to_label or at, when="past", since=event.on)


def _list_future_steps(edition: Edition, state: str, line: UnitLine, language: str) -> Iterator[TimelineStep]:
    passed = {state}
    while (step := find_next_move(edition, state, line)) is not None and step[1] not in {*passed, BACK}:
        state = step[1]
        passed.add(state)
        yield TimelineStep(id=state, label=edition.states[state].label.in_language(language), when="ahead")
        if edition.states[state].end:
            return
