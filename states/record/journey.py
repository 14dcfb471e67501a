"""A case's journey: its events folded, one after another, into the record of what is known.

Nothing here judges: an event says what was decided when it was made. Folding the same events always gives the same
record, which is what `ketnap verify` relies on. Days stand as ISO texts, so that a record is plain JSON.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from states.record.case_record import HOUSE as HOUSE
from states.record.case_record import EditionOf as EditionOf
from states.record.case_record import Event as Event
from states.record.case_record import Mark as Mark
from states.record.case_record import Record as Record
from states.record.marks import hooks, note, pause_house_clocks, stop_all, turn_house_clock
from states.rulebook.edition import BACK, Arrival, Edition


def fold(events: Iterable[Event], edition_of: EditionOf) -> Record:
    """All events of one case, oldest first, folded into its record; corrections count from the start.

    Raises ValueError where there is none.
    """
    record: Record | None = None
    for record, _ in steps(events, edition_of):  # noqa: B007 - the last one is the answer
        pass
    if record is None:
        raise ValueError("a case has at least the event that opened it")
    return record


def steps(events: Iterable[Event], edition_of: EditionOf) -> Iterator[tuple[Record, Event]]:
    """Each event as it reads after its corrections, with the record that it has just been carried into."""
    held = list(events)
    if not held:
        return
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
            held = mended.setdefault(event["of"], {"under": {}})
            held.update(event["fields"])
            held["under"].update(event.get("under", {}))
    return mended


def mended_event(event: Event, mended: Mapping[int, Mapping[str, Any]]) -> Event:
    """An event as it reads after the corrections made to it."""
    if event["kind"] == "correct" or not (values := mended.get(event["seq"])):
        return event
    fields = {name: value for name, value in values.items() if name not in ("on", "under")}
    return {
        **event,
        "on": values.get("on", event["on"]),
        "under": {**event.get("under", {}), **values["under"]},
        "fields": {**event["fields"], **fields},
    }


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
        record.back = list(event.get("back", ()))
        note(record, event, fields, edition, edition_of)
        _arrive(record, event, edition, event["to"])
        return
    if kind == "carry_over":
        record.carried = {"from": record.state, "back": record.back, "on": on, "before": record.carried}
        record.back = list(event["back"])
        _arrive(record, event, edition, event["to"])
        return
    record.counts[kind] = record.counts.get(kind, 0) + 1
    move = edition.moves.get(kind)
    if move is None:
        entry = edition.entries[kind]
        note(record, event, {**fields, entry.dated: on}, edition, edition_of)
        if entry.effect:
            EFFECTS[entry.effect](record, event, edition, edition_of)
        return
    arrival = move.to[event["arrival"]]
    dated = {move.dated: on, arrival.dated: on} if arrival.dated else {move.dated: on}
    record.typed[kind] = event["typed"]
    record.last_on = on if record.last_on is None else max(on, record.last_on)
    if record.carried:
        record.state, record.back = record.standing(on)
        record.carried = None
    note(record, event, {**fields, **dated}, edition, edition_of)
    _remember(record, arrival)
    _arrive(record, event, edition, event["to"])


def _remember(record: Record, arrival: Arrival) -> None:
    drop = arrival.forget + (arrival.state == BACK)
    if drop:
        del record.back[-drop:]
    if arrival.remember:
        record.back.append(record.state)


def _arrive(record: Record, event: Event, edition: Edition, to: str) -> None:
    """Enter a state: its house clock starts, the one before stops; a pausing state pauses it instead."""
    left, on = record.state, event["on"]
    if to == left:
        return
    record.state = to
    states = edition.states
    if states[to].end:
        stop_all(record, on)
    elif states[to].pauses:
        pause_house_clocks(record, on)
    else:
        turn_house_clock(record, event, edition, resumed=left in states and states[left].pauses)


# --- what entries do beside being recorded -----------------------------------------------------------------------


def _paper(record: Record, event: Event, edition: Edition, edition_of: EditionOf) -> None:
    """A paper came in, or came in anew: its own date counts from now on, under its code and its dated field.

    The day of an act is said by the act: no paper starts or stops a clock in its stead. A date that nobody knows stays
    unknown; one that is known is not forgotten for it.
    """
    code, dated = event["fields"]["paper"], event["fields"].get("paper_dated")
    record.papers[code] = dated or record.papers.get(code)
    paper = edition.papers.get(code)
    if paper is None or paper.dated is None or dated is None:
        return
    of_an_act = paper.dated in edition.days_of_moves
    if event["kind"] == "supplement_paper":
        wanted = not of_an_act or paper.dated not in hooks(edition)
    else:
        wanted = not of_an_act and paper.dated not in record.fields
    if wanted:
        note(record, event, {paper.dated: dated}, edition, edition_of)


def _sponsor(record: Record, event: Event, _edition: Edition, _edition_of: EditionOf) -> None:
    out, new = event["fields"]["sponsor_out"], event["fields"]["sponsor_in"]
    record.fields["sponsors"] = [new if one == out else one for one in record.fields.get("sponsors", [])]
    record.replaced.append(new)


def _helper(record: Record, event: Event, _edition: Edition, _edition_of: EditionOf) -> None:
    out, new = event["fields"]["helper_out"], event["fields"]["helper_in"]
    record.fields["helpers"] = [new if one == out else one for one in record.fields.get("helpers", [])]
    if record.fields.get("probation_helper") == out:
        record.fields["probation_helper"] = new


def _consent(record: Record, event: Event, _edition: Edition, _edition_of: EditionOf) -> None:
    fields = event["fields"]
    record.consents.append(
        {
            "kind": fields["consent_kind"],
            "organ": fields["consent_organ"],
            "no": fields["consent_no"],
            "on": event["on"],
        }
    )


def _extension(record: Record, event: Event, edition: Edition, _edition_of: EditionOf) -> None:
    for mark in record.clocks:
        rule = edition.clocks.get(mark["clock"])
        if mark["stopped"] is None and rule and rule.extended_by and rule.extended_by.entry == event["kind"]:
            mark["extended"] = mark.get("extended", 0) + rule.extended_by.working_days


def _unit(record: Record, event: Event, _edition: Edition, _edition_of: EditionOf) -> None:
    record.homes.append([event["on"], record.unit])
    record.unit = event["fields"]["unit"]


def _settle(record: Record, event: Event, _edition: Edition, _edition_of: EditionOf) -> None:
    record.flags = [{**flag, "settled": flag.get("settled") or event["seq"]} for flag in record.flags]


EFFECTS: dict[str, Callable[[Record, Event, Edition, EditionOf], None]] = {
    "paper": _paper,
    "sponsor": _sponsor,
    "helper": _helper,
    "consent": _consent,
    "extension": _extension,
    "unit": _unit,
    "settle": _settle,
}
