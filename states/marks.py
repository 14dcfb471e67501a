"""The marks of clocks in a record: each start of a clock, when it stopped, when it was paused.

What they come to in days is worked out in ``deadlines``.
"""

from collections.abc import Mapping
from itertools import groupby
from typing import Any, NamedTuple

from states.record import HOUSE, EditionOf, Event, Record
from states.rulebook import ClockRule, Edition


class Hooks(NamedTuple):
    """The clocks that hang on fields.

    Those that start (True: only where it never has), and those that stop (True: whatever it is counted per).
    """

    starts: dict[str, tuple[tuple[str, bool], ...]]
    stops: dict[str, tuple[tuple[str, bool], ...]]


_HOOKS: dict[int, tuple[Edition, Hooks]] = {}


def hooks(edition: Edition) -> Hooks:
    """Which clocks of an edition start and stop on which field, worked out once."""
    held = _HOOKS.get(id(edition))
    if held is None or held[0] is not edition:
        found = Hooks({}, {})
        for name, rule in edition.clocks.items():
            for field, instead in [(rule.from_, False)] + [(one, True) for one in rule.or_from]:
                found.starts[field] = (*found.starts.get(field, ()), (name, instead))
            for field, anyway in [(one, False) for one in rule.until] + [(one, True) for one in rule.also_until]:
                found.stops[field] = (*found.stops.get(field, ()), (name, anyway))
        held = _HOOKS[id(edition)] = (edition, found)
    return held[1]


def note(record: Record, event: Event, values: Mapping[str, Any], edition: Edition, edition_of: EditionOf) -> None:
    """Take values in, and start or stop the clocks that hang on them: day by day, whatever order they come in.

    ``under`` of an event names the edition of a day that lies in another edition than the event itself.
    """
    record.fields.update(values)
    under = event.get("under")
    own = hooks(edition)
    days: list[tuple[str, str, Edition]] = []
    for name, day in values.items():
        if under and name in under:
            days.append((day, name, edition_of(record.pipeline, under[name])))
        elif name in own.starts or name in own.stops:
            days.append((day, name, edition))
    days.sort(key=lambda one: one[:2])
    for _, same_day in groupby(days, key=lambda one: one[0]):
        _turn(record, event, values, list(same_day))


def _turn(record: Record, event: Event, values: Mapping[str, Any], days: list[tuple[str, str, Edition]]) -> None:
    """The clocks that hang on fields of one same day: what started on it may also have stopped on it."""
    for day, name, edition in days:
        for clock, instead in hooks(edition).starts.get(name, ()):
            if (clock, False) in hooks(edition).stops.get(name, ()):
                _stop(record, clock, edition.clocks[clock], values, day, anyway=False)
            if not (instead and any(mark["clock"] == clock for mark in record.clocks)):
                _start(record, event, edition, clock, day)
    for day, name, edition in days:
        started = {clock for clock, _ in hooks(edition).starts.get(name, ())}
        for clock, anyway in hooks(edition).stops.get(name, ()):
            if clock not in started:
                _stop(record, clock, edition.clocks[clock], values, day, anyway=anyway)


def _start(record: Record, event: Event, edition: Edition, clock: str, day: str) -> None:
    rule = edition.clocks[clock]
    of = record.fields.get(rule.per) if rule.per else None
    amount = None
    if rule.length_by:
        amount = rule.length_by.values.get(record.fields.get(rule.length_by.field, ""))
    record.clocks.append(
        {"clock": clock, "edition": edition.edition, "seq": event["seq"], "start": day, "of": of, "stopped": None}
        | ({"amount": amount} if amount else {})
    )


def _stop(record: Record, clock: str, rule: ClockRule, values: Mapping[str, Any], day: str, *, anyway: bool) -> None:
    of = values.get(rule.per) if rule.per and not anyway else None
    for mark in record.clocks:
        if mark["clock"] == clock and mark["stopped"] is None and (of is None or mark["of"] == of):
            mark["stopped"] = day


def stop_all(record: Record, on: str) -> None:
    """The case has ended: nothing runs any more."""
    for mark in record.clocks:
        if mark["stopped"] is None:
            mark["stopped"] = on


def pause_house_clocks(record: Record, on: str) -> None:
    """The case is suspended: custom waits, the law does not."""
    for mark in record.clocks:
        if mark["stopped"] is None and mark["clock"].startswith(HOUSE):
            mark.setdefault("pauses", []).append([on, None])


def turn_house_clock(record: Record, event: Event, edition: Edition, *, resumed: bool) -> None:
    """A state was entered: its house clock starts, or goes on where the case is ``resumed``; any other stops."""
    on, name = event["on"], HOUSE + record.state
    kept = False
    for mark in record.clocks:
        if mark["stopped"] is None and mark["clock"].startswith(HOUSE):
            if resumed and mark["clock"] == name:
                mark["pauses"][-1][1] = on
                kept = True
            else:
                mark["stopped"] = on
    if not kept and edition.states[record.state].house_days is not None:
        record.clocks.append(
            {"clock": name, "edition": edition.edition, "seq": event["seq"], "start": on, "of": None, "stopped": None}
        )
