"""Carrying a case over: where a newer edition, or a unit's new organs, leave it at a step that is no longer there."""

from datetime import date, timedelta

from states.machine import holds, target_of
from states.rulebook import Edition
from states.vocabulary import Act
from workflow.facts import Scene


def is_there(scene: Scene, state: str, day: date) -> bool:
    """Whether a state exists for the case's unit on a day."""
    edition = scene.edition_on(day)
    rule = edition.states.get(state)
    return rule is not None and holds(rule.only_where, scene.facts(Act("carry_over", day, {}), None, edition))


def carry_event(scene: Scene, day: date) -> tuple[Edition, date, str] | None:
    """The edition, the first day and the destination of a carry-over that is due by ``day``; None where none is."""
    state = scene.record.state
    if _plain(scene, state, day) or is_there(scene, state, day):
        return None
    on = _first_day(scene, state, day)
    edition = scene.edition_on(on)
    facts = scene.facts(Act("carry_over", on, {}), None, edition)
    for arrival in edition.carry_over[state].to:
        if holds(arrival.when, facts):
            return edition, on, target_of(arrival, facts)
    return None


def _plain(scene: Scene, state: str, day: date) -> bool:
    """Most states are there always: nothing to work out."""
    rule = scene.edition_on(day).states.get(state)
    return rule is not None and rule.only_where.has is None


def _first_day(scene: Scene, state: str, day: date) -> date:
    """The first day on which the step was gone, looked for back from ``day`` to the case's last act."""
    earliest = date.fromisoformat(scene.record.last_on) if scene.record.last_on else day
    low, high = min(earliest, day), day
    while low < high:
        middle = low + timedelta(days=(high - low).days // 2)
        if is_there(scene, state, middle):
            low = middle + timedelta(days=1)
        else:
            high = middle
    return low
