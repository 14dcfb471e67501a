"""Events are read with their corrections and folded from the start."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from states.record.case_record import EditionLookup, Record
from states.record.events import CaseEvent
from states.record.journey import REVISE, apply_event
from states.record.revision import revise_record
from states.vocabulary import FieldValue


def fold_events(events: Iterable[CaseEvent], edition_of: EditionLookup) -> Record:
    """All events of one case, oldest first, folded into its record; corrections count from the start.

    Raises ValueError where there is none.
    """
    record: Record | None = None
    for record, _ in walk_events(read_events(events), edition_of):  # noqa: B007 - the last one is the answer
        pass
    if record is None:
        raise ValueError("a case has at least the event that opened it")
    return record


def walk_events(reads: Iterable[CaseEvent], edition_of: EditionLookup) -> Iterator[tuple[Record, CaseEvent]]:
    """Each event as it reads (`read_events`), with the record into which it is carried next.

    It is one record all the way: at the end the case's own. What a revision of the rules made of the case
    is worked out anew of the events before it, which may have been corrected since.
    """
    record: Record | None = None
    before: list[CaseEvent] = []
    for event in reads:
        record = record or Record(event["pipeline"], event["unit"])
        read = event
        if event["kind"] == REVISE:
            read = {**event, "record": revise_record(record, before, event, edition_of).to_json()}
        yield record, read
        apply_event(record, read, edition_of)
        before.append(read)


def read_events(events: Iterable[CaseEvent]) -> list[CaseEvent]:
    """Events as they read after the corrections among them."""
    history = list(events)
    corrections_by_seq = collect_corrections(history)
    if not corrections_by_seq:
        return history
    return [corrected_event(event, corrections_by_seq) for event in history]


class Correction(NamedTuple):
    """What later corrections say of an event: ``fields`` (``on``: its day), the editions of corrected
    days, and the revisions of those.
    """

    fields: dict[str, FieldValue]
    under: dict[str, str]
    revisions: dict[str, str]


def collect_corrections(events: Iterable[CaseEvent]) -> dict[int, Correction]:
    """What later corrections say of earlier events, by their seq."""
    corrections_by_seq: dict[int, Correction] = {}
    for event in events:
        if event["kind"] == "correct":
            correction = corrections_by_seq.setdefault(event["of"], Correction({}, {}, {}))
            correction.fields.update(event["fields"])
            correction.under.update(event.get("under", {}))
            correction.revisions.update(event.get("revisions", {}))
    return corrections_by_seq


def corrected_event(event: CaseEvent, corrections_by_seq: Mapping[int, Correction]) -> CaseEvent:
    """An event as it reads after the corrections made to it."""
    if event["kind"] == "correct" or not (correction := corrections_by_seq.get(event["seq"])):
        return event
    fields = {**event["fields"], **correction.fields}
    on = str(fields.pop("on", event["on"]))
    read: CaseEvent = {
        **event,
        "on": on,
        "under": {**event.get("under", {}), **correction.under},
        "fields": fields,
    }
    if revisions := {**event.get("revisions", {}), **correction.revisions}:
        read["revisions"] = revisions
    return read
