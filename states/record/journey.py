"""Events are folded into a case's record, one after another.

Nothing here judges: an event says what was decided when it was made, and is read by the revision of the
rules that it was judged by. Folding the same events always gives the same record, which is what `ketnap
verify` relies on. Days stand as ISO texts, so that a record is plain JSON.
"""

from collections.abc import Callable

from states.record.case_record import EditionLookup, Record
from states.record.events import CaseEvent, name_flag
from states.record.marks import (
    apply_values,
    clock_triggers,
    forget_values,
    pause_house_clocks,
    stop_all_clocks,
    turn_house_clock,
)
from states.rulebook.edition import BACK, Arrival, Edition

REVISE = "revise"
"""The event by which corrected rules reach a case: it holds the record that the case has under them."""
REJUDGE = "rejudge"
"""The event by which a fact about a person, set right, reaches a case: the flags that its acts have since."""


def apply_event(record: Record, event: CaseEvent, edition_of: EditionLookup) -> None:
    """Carry one event into the record."""
    kind = event["kind"]
    record.seq = event["seq"]
    if kind in ("correct", REJUDGE):
        record.flags = event["flags"]
        return
    if kind == REVISE:
        record.replace_with(event["record"])
        return
    edition = edition_of(record.pipeline, event["edition"], event.get("revision"))
    fields, on = event["fields"], event["on"]
    if kind in ("open", "adopt"):
        record.adopted = kind == "adopt"
        record.last_on = on
        record.back = list(event.get("back", ()))
        apply_values(record, event, fields, edition, edition_of)
        _enter_state(record, event, edition, event["to"])
        return
    if kind == "carry_over":
        record.carried = {"from": record.state, "back": record.back, "on": on, "before": record.carried}
        record.back = list(event["back"])
        _enter_state(record, event, edition, event["to"])
        return
    record.counts[kind] = record.counts.get(kind, 0) + 1
    move = edition.moves.get(kind)
    if move is None:
        entry = edition.entries[kind]
        forget_values(record, entry.forgets, edition, on)
        apply_values(record, event, {**fields, entry.dated: on}, edition, edition_of)
        if entry.effect:
            EFFECTS[entry.effect](record, event, edition, edition_of)
        return
    arrival = move.to[event["arrival"]]
    dated = {move.dated: on, arrival.dated: on} if arrival.dated else {move.dated: on}
    record.typed[kind] = event["typed"]
    if move.ends_waiver:
        record.replaced = []
    record.last_on = on if record.last_on is None else max(on, record.last_on)
    if record.carried:
        record.state, record.back = record.state_on(on)
        record.carried = None
    apply_values(record, event, {**fields, **dated}, edition, edition_of)
    _update_return_states(record, arrival)
    _enter_state(record, event, edition, event["to"])


def _update_return_states(record: Record, arrival: Arrival) -> None:
    drop = arrival.forget + (arrival.state == BACK)
    if drop:
        del record.back[-drop:]
    if arrival.remember:
        record.back.append(record.state)


def _enter_state(record: Record, event: CaseEvent, edition: Edition, to: str) -> None:
    """Enter a state: its house clock starts and the one before stops; a pausing state pauses it."""
    left, on = record.state, event["on"]
    if to == left:
        return
    record.state = to
    states = edition.states
    if states[to].end:
        stop_all_clocks(record, on)
    elif states[to].pauses:
        pause_house_clocks(record, edition, on)
    else:
        turn_house_clock(record, event, edition, resumed=left in states and states[left].pauses)


# --- what entries do beside being recorded ------------------------------------------------------------------


def _receive_paper(record: Record, event: CaseEvent, edition: Edition, edition_of: EditionLookup) -> None:
    """Record a paper that came in; its own date counts from now on.

    The date stands under the paper's code and its dated field. Only an act starts or stops a clock, never a
    paper. A date that is not known stays unknown, and does not replace one that is known.
    """
    code, dated = str(event["fields"]["paper"]), event["fields"].get("paper_dated")
    record.papers[code] = str(dated) if dated else record.papers.get(code)
    paper = edition.papers.get(code)
    if paper is None or paper.dated is None or dated is None:
        return
    of_an_act = paper.dated in edition.move_day_fields
    if event["kind"] == "supplement_paper":
        wanted = not of_an_act or paper.dated not in clock_triggers(edition)
    else:
        wanted = not of_an_act and paper.dated not in record.fields
    if wanted:
        apply_values(record, event, {paper.dated: dated}, edition, edition_of)


def _replace_sponsor(record: Record, event: CaseEvent, _edition: Edition, _edition_of: EditionLookup) -> None:
    out, new = str(event["fields"]["sponsor_out"]), str(event["fields"]["sponsor_in"])
    record.fields["sponsors"] = [
        new if person == out else person for person in record.list_people("sponsors")
    ]
    record.replaced.append(new)


def _replace_helper(record: Record, event: CaseEvent, _edition: Edition, _edition_of: EditionLookup) -> None:
    out, new = str(event["fields"]["helper_out"]), str(event["fields"]["helper_in"])
    record.fields["helpers"] = [new if person == out else person for person in record.list_people("helpers")]
    if record.fields.get("probation_helper") == out:
        record.fields["probation_helper"] = new


def _add_consent(record: Record, event: CaseEvent, _edition: Edition, _edition_of: EditionLookup) -> None:
    fields = event["fields"]
    record.consents.append(
        {
            "kind": str(fields["consent_kind"]),
            "organ": str(fields["consent_organ"]),
            "no": str(fields["consent_no"]),
            "on": event["on"],
        }
    )


def _extend_clocks(record: Record, event: CaseEvent, _edition: Edition, edition_of: EditionLookup) -> None:
    """Make the running clocks longer, each by as much as the edition says under which it started."""
    for mark in record.clocks:
        own = edition_of(record.pipeline, mark["edition"], mark.get("revision"))
        rule = own.clocks.get(mark["clock"])
        if mark["stopped"] is None and rule and rule.extended_by and rule.extended_by.entry == event["kind"]:
            mark["extended"] = mark.get("extended", 0) + rule.extended_by.working_days


def _change_unit(record: Record, event: CaseEvent, _edition: Edition, _edition_of: EditionLookup) -> None:
    record.homes.append([event["on"], record.unit])
    record.unit = str(event["fields"]["unit"])


def _settle_flags(record: Record, event: CaseEvent, _edition: Edition, _edition_of: EditionLookup) -> None:
    """Settle the flag that the act names. Acts of before named none: they settled all."""
    named = event["fields"].get("flag")
    record.flags = [
        {"settled": event["seq"], **flag} if named in (None, name_flag(flag)) else flag
        for flag in record.flags
    ]


EFFECTS: dict[str, Callable[[Record, CaseEvent, Edition, EditionLookup], None]] = {
    "paper": _receive_paper,
    "sponsor": _replace_sponsor,
    "helper": _replace_helper,
    "consent": _add_consent,
    "extension": _extend_clocks,
    "unit": _change_unit,
    "settle": _settle_flags,
}
