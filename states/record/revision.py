"""Corrected rules are laid upon what a case has been through.

What happened stays as it was recorded, and is not judged anew. What hangs on it is as the new revision has
it: the clocks that run, above all. A clock that is over keeps the rule under which it ran.
"""

from collections.abc import Mapping, Sequence

from states.record.case_record import HOUSE_PREFIX, EditionLookup, Mark, Record
from states.record.events import CaseEvent
from states.record.journey import REVISE, apply_event
from states.rulebook.edition import Edition, Move

MarkKey = tuple[int, str]
"""By which event a clock was started, and its name."""


def revise_record(
    before: Record, events: Sequence[CaseEvent], revise: CaseEvent, edition_of: EditionLookup
) -> Record:
    """The record that a case has under corrected rules, of the record and the events before.

    ``revise`` names the revisions and the day from which they count.
    """
    record = Record(before.pipeline, events[0]["unit"])
    for event in events:
        if event["kind"] != REVISE:
            read = _read_by(event, record.pipeline, revise["revisions"], edition_of)
            apply_event(record, read, edition_of)
    record.seq = revise["seq"]
    record.clocks = _merge_marks(before, record, revise["on"], edition_of)
    return record


def _read_by(
    event: CaseEvent, pipeline: str, revisions: Mapping[str, str], edition_of: EditionLookup
) -> CaseEvent:
    """The event as the new revision reads it; as it was judged, where the new one has no such act."""
    revision = revisions.get(event["edition"])
    if revision is None or event["kind"] == "correct":
        return event
    old = edition_of(pipeline, event["edition"], event.get("revision"))
    new = edition_of(pipeline, event["edition"], revision)
    read: CaseEvent = {
        **event,
        "revision": revision,
        "revisions": {**event.get("revisions", {}), **revisions},
    }
    kind, to = event["kind"], event.get("to")
    if to is not None and to not in new.states:
        return event
    if kind in old.entries:
        return read if kind in new.entries else event
    if kind in old.moves:
        arrival = _find_arrival(old.moves[kind], event["arrival"], new.moves.get(kind))
        if arrival is None:
            return event
        read["arrival"] = arrival
    return read


def _find_arrival(old: Move, at: int, new: Move | None) -> int | None:
    """Which arrival of a move is the one that it was before: of the same circumstances, or to the same
    state.
    """
    wanted = old.to[at]
    alike = [number for number, arrival in enumerate(new.to if new else ()) if arrival.state == wanted.state]
    same = [number for number in alike if new and new.to[number].when == wanted.when]
    return next(iter([*same, *alike]), None)


def _merge_marks(before: Record, after: Record, on: str, edition_of: EditionLookup) -> list[Mark]:
    """The marks of a case under corrected rules, in the order in which their clocks started."""
    old = {_key_of(mark): mark for mark in before.clocks}
    new = {_key_of(mark): mark for mark in after.clocks}
    marks: list[Mark] = []
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if now is None:
            marks += [was] if was and was["stopped"] is not None else []
        elif was is None and now["stopped"] is not None and _is_custom(before.pipeline, now, edition_of):
            continue  # a custom that begins today has nothing to say of steps that are behind
        elif was is not None and _is_alike(before.pipeline, was, now, edition_of):
            marks.append(was)
        else:
            marks.append(_revise_mark(was, now, on))
    return sorted(marks, key=lambda mark: mark["seq"])


def _is_custom(pipeline: str, mark: Mark, edition_of: EditionLookup) -> bool:
    """Whether a clock is a custom of the house, of a step or beside a legal one."""
    if mark["clock"].startswith(HOUSE_PREFIX):
        return True
    return edition_of(pipeline, mark["edition"], mark.get("revision")).clocks[mark["clock"]].kind == "house"


def _revise_mark(was: Mark | None, now: Mark, on: str) -> Mark:
    """A mark under corrected rules, which knows what it was while it ran before."""
    if now["stopped"] is not None:
        return now
    return {**now, "revised": {"on": on, "was": was if was and was["stopped"] is None else None}}


def _key_of(mark: Mark) -> MarkKey:
    return mark["seq"], mark["clock"]


def _is_alike(pipeline: str, was: Mark, now: Mark, edition_of: EditionLookup) -> bool:
    """Whether a clock is over, or runs on as it did: by the same rule, from the same day."""
    if was["stopped"] is not None and now["stopped"] is not None:
        return True
    if _what_counts(was) != _what_counts(now):
        return False
    rules = (
        _find_rule(edition_of(pipeline, mark["edition"], mark.get("revision")), mark["clock"])
        for mark in (was, now)
    )
    return next(rules) == next(rules)


def _what_counts(mark: Mark) -> dict[str, object]:
    return {name: value for name, value in mark.items() if name not in ("revision", "revised")}


def _find_rule(edition: Edition, clock: str) -> object:
    """What a clock is counted and shown by."""
    if clock.startswith(HOUSE_PREFIX):
        state = edition.states[clock.removeprefix(HOUSE_PREFIX)]
        return state.house_days, state.label, state.turn
    return edition.clocks[clock]
