"""Marks say when a case's clocks started, stopped and paused.

What they come to in days is worked out in ``deadlines``.
"""

from collections.abc import Collection, Mapping
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from states.law.clock_rule import ClockRule
from states.record.case_record import HOUSE_PREFIX, EditionLookup, Mark, Record
from states.record.events import CaseEvent
from states.rulebook.edition import Edition
from states.vocabulary import FieldValue


class ClockTriggers(NamedTuple):
    """The clocks that one field starts and stops, each with its rule.

    ``starts`` holds (name, rule, only if never started, stop it first); ``stops`` holds (name, rule, whatever
    it is counted per). A clock that the field starts is not in ``stops``. ``moves``: the clocks that are
    counted from the field's day, once it is known.
    """

    starts: tuple[tuple[str, ClockRule, bool, bool], ...]
    stops: tuple[tuple[str, ClockRule, bool], ...]
    moves: tuple[tuple[str, ClockRule], ...]


@cache
def clock_triggers(edition: Edition) -> dict[str, ClockTriggers]:
    """Which clocks of an edition start and stop on which field."""
    rules = edition.clocks.values()
    fields = {
        name
        for rule in rules
        for name in (
            rule.from_,
            *rule.or_from,
            *rule.until,
            *rule.also_until,
            *rule.broken_off_by,
            rule.anew_from,
        )
        if name
    }
    return {name: _field_triggers(edition, name) for name in fields}


def _field_triggers(edition: Edition, field: str) -> ClockTriggers:
    starts: list[tuple[str, ClockRule, bool, bool]] = []
    stops: list[tuple[str, ClockRule, bool]] = []
    clocks = sorted(edition.clocks.items())  # a released text keeps no order of its own
    for name, rule in clocks:
        if field == rule.from_ or field in rule.or_from:
            starts.append((name, rule, field != rule.from_, field in rule.until))
        elif field in (*rule.until, *rule.also_until, *rule.broken_off_by):
            stops.append((name, rule, field not in rule.until))
    moves = tuple((name, rule) for name, rule in clocks if rule.anew_from == field)
    return ClockTriggers(tuple(starts), tuple(stops), moves)


RecordedDay = tuple[str, str, Edition, ClockTriggers]
"""A recorded day: ISO text, its field, the edition it lies in, the clocks that hang on it."""


def apply_values(
    record: Record,
    event: CaseEvent,
    values: Mapping[str, FieldValue],
    edition: Edition,
    edition_of: EditionLookup,
) -> None:
    """Store recorded values and start or stop their clocks, in the order of their days.

    ``under`` of an event names the edition of a day that lies in another edition than the event itself.
    """
    record.fields.update(values)
    under, own = event.get("under", {}), clock_triggers(edition)
    days: list[RecordedDay] = []
    for name, day in values.items():
        if name in under:
            other = edition_of(record.pipeline, under[name], event.get("revisions", {}).get(under[name]))
            if name in clock_triggers(other):
                days.append((str(day), name, other, clock_triggers(other)[name]))
        elif name in own:
            days.append((str(day), name, edition, own[name]))
    if len(days) < 2:  # noqa: PLR2004 - nothing to sort
        _turn_clocks(record, event, values, days)
        return
    days.sort(key=itemgetter(0, 1))
    for _, same_day in groupby(days, key=itemgetter(0)):
        _turn_clocks(record, event, values, list(same_day))


def _turn_clocks(
    record: Record, event: CaseEvent, values: Mapping[str, FieldValue], days: list[RecordedDay]
) -> None:
    """Start and then stop the clocks of fields that hold the same day.

    One act starts a clock once, on its earliest day.
    """
    for day, _, edition, hook in days:
        for clock, rule, only_first, anew in hook.starts:
            if anew:
                _stop_clock(record, clock, rule, values, day, anyway=False)
            if not any(
                mark["clock"] == clock and (only_first or mark["seq"] == event["seq"])
                for mark in record.clocks
            ):
                _start_clock(record, event, edition, clock, day)
        for clock, rule in hook.moves:
            _move_start(record, clock, rule, values, day)
    for day, _, _, hook in days:
        for clock, rule, anyway in hook.stops:
            broken_off = any(values.get(name) == day for name in rule.broken_off_by)
            _stop_clock(record, clock, rule, values, day, anyway=anyway, broken_off=anyway and broken_off)


def _start_clock(record: Record, event: CaseEvent, edition: Edition, clock: str, day: str) -> None:
    rule = edition.clocks[clock]
    of = record.fields.get(rule.per) if rule.per else None
    amount = None
    if rule.length_by:
        amount = rule.length_by.values.get(str(record.fields.get(rule.length_by.field, "")))
    mark = _new_mark(event, edition, clock, day)
    mark["of"] = str(of) if of is not None else None
    if amount:
        mark["amount"] = amount
    record.clocks.append(mark)


def _move_start(
    record: Record, clock: str, rule: ClockRule, values: Mapping[str, FieldValue], day: str
) -> None:
    """Count a running clock from the day from which it should have been; its first start is kept."""
    of = values.get(rule.per) if rule.per else None
    for mark in record.clocks:
        if mark["clock"] == clock and mark["stopped"] is None and mark["of"] == of:
            mark.setdefault("began", mark["start"])
            mark["start"] = day


def _new_mark(event: CaseEvent, edition: Edition, clock: str, day: str) -> Mark:
    mark: Mark = {
        "clock": clock,
        "edition": edition.edition,
        "seq": event["seq"],
        "start": day,
        "of": None,
        "stopped": None,
    }
    if "revision" in event:
        mark["revision"] = edition.revision
    return mark


def _stop_clock(
    record: Record,
    clock: str,
    rule: ClockRule,
    values: Mapping[str, FieldValue],
    day: str,
    *,
    anyway: bool,
    broken_off: bool = False,
) -> None:
    of = values.get(rule.per) if rule.per and not anyway else None
    for mark in record.clocks:
        if mark["clock"] == clock and mark["stopped"] is None and (of is None or mark["of"] == of):
            mark["stopped"] = day
            if broken_off:
                mark["broken_off"] = True


def forget_values(record: Record, names: Collection[str], edition: Edition, on: str) -> None:
    """Forget recorded values that count no more, and stop the clocks that count from their days.

    A day from which only clocks were counted that are over is kept: what it was for is done.
    """
    for name in names:
        clocks = {
            clock: rule for clock, rule in edition.clocks.items() if name in (rule.from_, *rule.or_from)
        }
        running = [mark for mark in record.clocks if mark["clock"] in clocks and mark["stopped"] is None]
        if (clocks and not running) or record.fields.pop(name, None) is None:
            continue
        for mark in running:
            if clocks[mark["clock"]].from_ == name:
                mark["stopped"] = on


def stop_all_clocks(record: Record, on: str) -> None:
    """Stop every running clock, because the case has ended."""
    for mark in record.clocks:
        if mark["stopped"] is None:
            mark["stopped"] = on


def pause_house_clocks(record: Record, edition: Edition, on: str) -> None:
    """Pause house clocks, because the case is suspended; legal clocks run on."""
    for mark in record.clocks:
        rule = edition.clocks.get(mark["clock"])
        of_the_house = mark["clock"].startswith(HOUSE_PREFIX) or (rule and rule.kind == "house")
        if mark["stopped"] is None and of_the_house:
            mark.setdefault("pauses", []).append([on, None])


def turn_house_clock(record: Record, event: CaseEvent, edition: Edition, *, resumed: bool) -> None:
    """Start the house clock of the state just entered and stop the one before.

    Where the case is ``resumed``, the paused clock of the state goes on instead.
    """
    on, name = event["on"], HOUSE_PREFIX + record.state
    goes_on = False
    for mark in record.clocks:
        if mark["stopped"] is not None:
            continue
        if not mark["clock"].startswith(HOUSE_PREFIX):
            if resumed and mark.get("pauses"):
                mark["pauses"][-1][1] = on
        elif resumed and mark["clock"] == name:
            mark["pauses"][-1][1] = on
            goes_on = True
        else:
            mark["stopped"] = on
    if not goes_on and edition.states[record.state].house_days is not None:
        record.clocks.append(_new_mark(event, edition, name, on))
