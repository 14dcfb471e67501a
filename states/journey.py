"""A case's journey: its events folded, one after another, into the record of what is known.

Nothing here judges: an event says what was decided when it was made. Folding the same events always gives the same
record, which is what `ketnap verify` relies on. Days stand as ISO texts, so that a record is plain JSON.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from states.rulebook import BACK, Arrival, ClockRule, Edition, Entry

Event = Mapping[str, Any]
Mark = dict[str, Any]
HOUSE = "house:"
"""A mark of a house clock is called after its state: ``house:opinions``."""


@dataclass(slots=True)
class Record:
    """What is known of one case. ``back``: states to return to, innermost last. ``clocks``: one mark per start."""

    pipeline: str
    unit: str
    state: str = ""
    seq: int = 0
    adopted: bool = False
    back: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    last_on: str | None = None
    typed: dict[str, str] = field(default_factory=dict)
    clocks: list[Mark] = field(default_factory=list)
    consents: list[dict[str, str]] = field(default_factory=list)
    papers: dict[str, str] = field(default_factory=dict)
    replaced: list[str] = field(default_factory=list)
    flags: list[dict[str, Any]] = field(default_factory=list)
    carried: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """The record as plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Record":
        """The record that `to_json` gave."""
        return cls(**data)


EditionOf = Callable[[str, str], Edition]


def fold(events: Iterable[Event], edition_of: EditionOf) -> Record:
    """All events of one case, oldest first, folded into its record; corrections count from the start."""
    record: Record | None = None
    for record, _ in steps(events, edition_of):  # noqa: B007 - the last one is the answer
        pass
    if record is None:
        raise ValueError("a case has at least the event that opened it")
    return record


def steps(events: Iterable[Event], edition_of: EditionOf) -> Iterator[tuple[Record, Event]]:
    """Each event as it reads after its corrections, with the record that it has just been carried into."""
    held = list(events)
    mended = corrections(held)
    record = Record(held[0]["pipeline"], held[0]["unit"])
    for event in held:
        read = mended_event(event, mended) if mended else event
        apply(record, read, edition_of)
        yield record, read


def corrections(events: Iterable[Event]) -> dict[int, dict[str, Any]]:
    """What later corrections say of earlier events: seq -> corrected values (``on`` for the day itself)."""
    mended: dict[int, dict[str, Any]] = {}
    for event in events:
        if event["kind"] == "correct":
            mended.setdefault(event["of"], {}).update(event["fields"])
    return mended


def mended_event(event: Event, mended: Mapping[int, Mapping[str, Any]]) -> Event:
    """An event as it reads after the corrections made to it."""
    if event["kind"] == "correct" or not (values := mended.get(event["seq"])):
        return event
    fields = {name: value for name, value in values.items() if name != "on"}
    return {**event, "on": values.get("on", event["on"]), "fields": {**event["fields"], **fields}}


def apply(record: Record, event: Event, edition_of: EditionOf) -> None:
    """Carry one event into the record."""
    kind = event["kind"]
    record.seq = event["seq"]
    if kind == "correct":
        record.flags = event["flags"]
        return
    edition = edition_of(record.pipeline, event["edition"])
    fields, on = event["fields"], event["on"]
    if kind in ("open", "adopt"):
        record.adopted = kind == "adopt"
        record.last_on = on
        _note(record, event, fields, edition)
        _arrive(record, event, edition, event["to"])
        return
    if kind == "carry_over":
        record.carried = {"from": record.state, "on": on}
        _arrive(record, event, edition, event["to"])
        return
    if record.carried and on < record.carried["on"]:
        _arrive(record, event, edition, record.carried["from"])
        record.carried = None
    record.counts[kind] = record.counts.get(kind, 0) + 1
    move = edition.moves.get(kind)
    if move is None:
        entry = edition.entries[kind]
        _note(record, event, {**fields, entry.dated: on}, edition)
        if entry.effect:
            EFFECTS[entry.effect](record, event, edition)
        return
    arrival = move.to[event["arrival"]]
    dated = {move.dated: on, arrival.dated: on} if arrival.dated else {move.dated: on}
    record.typed[kind] = event["typed"]
    record.last_on = on if record.last_on is None else max(on, record.last_on)
    _note(record, event, {**fields, **dated}, edition)
    _remember(record, arrival)
    _arrive(record, event, edition, event["to"])


def _remember(record: Record, arrival: Arrival) -> None:
    drop = arrival.forget + (arrival.state == BACK)
    if drop:
        del record.back[-drop:]
    if arrival.remember:
        record.back.append(record.state)


def _note(record: Record, event: Event, values: Mapping[str, Any], edition: Edition) -> None:
    """Take values in, and start or stop the clocks that hang on them."""
    record.fields.update(values)
    starts, stops = _hooks(edition)
    for name, day in values.items():
        for clock, anyway in stops.get(name, ()):
            _stop(record, clock, edition.clocks[clock], values, day, anyway=anyway)
        for clock in starts.get(name, ()):
            _start(record, event, edition, clock, day)


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


def _arrive(record: Record, event: Event, edition: Edition, to: str) -> None:
    """Enter a state: its house clock starts, the one before stops; a pausing state pauses it instead."""
    left, on = record.state, event["on"]
    if to == left:
        return
    record.state = to
    states = edition.states
    running = [mark for mark in record.clocks if mark["stopped"] is None]
    if states[to].end:
        for mark in running:
            mark["stopped"] = on
    elif states[to].pauses:
        for mark in running:
            if mark["clock"].startswith(HOUSE):
                mark.setdefault("pauses", []).append([on, None])
    else:
        resumed = left in states and states[left].pauses
        _turn_house_clock(record, event, edition, resumed=resumed)


def _turn_house_clock(record: Record, event: Event, edition: Edition, *, resumed: bool) -> None:
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


_HOOKS: dict[int, tuple[Edition, tuple[dict[str, tuple[str, ...]], dict[str, tuple[tuple[str, bool], ...]]]]] = {}


def _hooks(edition: Edition) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[tuple[str, bool], ...]]]:
    """Which clocks start on a field, and which stop on it (True: whatever they are counted per)."""
    held = _HOOKS.get(id(edition))
    if held is None or held[0] is not edition:
        starts: dict[str, tuple[str, ...]] = {}
        stops: dict[str, tuple[tuple[str, bool], ...]] = {}
        for name, rule in edition.clocks.items():
            starts[rule.from_] = (*starts.get(rule.from_, ()), name)
            for field_, anyway in [(one, False) for one in rule.until] + [(one, True) for one in rule.also_until]:
                stops[field_] = (*stops.get(field_, ()), (name, anyway))
        held = _HOOKS[id(edition)] = (edition, (starts, stops))
    return held[1]


# --- what entries do beside being recorded -----------------------------------------------------------------------


def _paper(record: Record, event: Event, edition: Edition) -> None:
    """A paper came in, or came in anew: its own date counts from now on, under its code and its dated field."""
    code, dated = event["fields"]["paper"], event["fields"]["paper_dated"]
    record.papers[code] = dated
    paper = edition.papers.get(code)
    if paper and paper.dated and event["kind"] == "supplement_paper":
        record.fields[paper.dated] = dated
    elif paper and paper.dated and paper.dated not in record.fields:
        _note(record, event, {paper.dated: dated}, edition)


def _sponsor(record: Record, event: Event, _edition: Edition) -> None:
    out, new = event["fields"]["sponsor_out"], event["fields"]["sponsor_in"]
    record.fields["sponsors"] = [new if one == out else one for one in record.fields.get("sponsors", [])]
    record.replaced.append(new)


def _helper(record: Record, event: Event, _edition: Edition) -> None:
    out, new = event["fields"]["helper_out"], event["fields"]["helper_in"]
    record.fields["helpers"] = [new if one == out else one for one in record.fields.get("helpers", [])]


def _consent(record: Record, event: Event, _edition: Edition) -> None:
    fields = event["fields"]
    record.consents.append(
        {"kind": fields["consent_kind"], "organ": fields["consent_organ"], "no": fields["consent_no"], "on": event["on"]}
    )


def _extension(record: Record, event: Event, edition: Edition) -> None:
    for mark in record.clocks:
        rule = edition.clocks.get(mark["clock"])
        if mark["stopped"] is None and rule and rule.extended_by and rule.extended_by.entry == event["kind"]:
            mark["extended"] = mark.get("extended", 0) + rule.extended_by.working_days


def _unit(record: Record, event: Event, _edition: Edition) -> None:
    record.unit = event["fields"]["unit"]


def _settle(record: Record, event: Event, _edition: Edition) -> None:
    record.flags = [{**flag, "settled": flag.get("settled") or event["seq"]} for flag in record.flags]


EFFECTS: dict[str, Callable[[Record, Event, Edition], None]] = {
    "paper": _paper,
    "sponsor": _sponsor,
    "helper": _helper,
    "consent": _consent,
    "extension": _extension,
    "unit": _unit,
    "settle": _settle,
}


def day(text: str) -> date:
    """A recorded day."""
    return _day(text)


_day = lru_cache(maxsize=4096)(date.fromisoformat)


def is_entry(edition: Edition, kind: str) -> bool:
    """Whether an act of this edition leaves the state where it is."""
    return isinstance(edition.entries.get(kind), Entry)
