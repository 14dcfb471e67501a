"""Rows that follow from a case's record: its clocks, its votes."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from states.guards import Share, share
from states.record.deadlines import Clock, clock_of
from states.record.journey import Mark, Record
from states.rulebook.edition import Edition, Vote
from workflow.office import Office
from workflow.storage.register_snapshot import Tree

Rows = list[dict[str, Any]]


def clock_changes(office: Office, tree: Tree, case: str, record: Record, before: Iterable[Mark]) -> tuple[Rows, Rows]:
    """The clock rows that are new, and those that changed, since the marks stood as ``before``."""
    held = {(mark["seq"], mark["clock"]): mark for mark in before}
    new: Rows = []
    changed: Rows = []
    for mark in record.clocks:
        old = held.get((mark["seq"], mark["clock"]))
        if old == mark:
            continue
        clock = clock_of(record, mark, office.edition_of, tree.calendar, office.config.house_clocks)
        if old is None:
            new.append(clock_row(case, clock))
        else:
            key = {"case": case, "started": mark["seq"], "clock": mark["clock"]}
            changed.append(key | {"now": clock.state, "until": clock.due})
    return new, changed


def clock_row(case: str, clock: Clock) -> dict[str, Any]:
    """A clock as a row."""
    return {
        "case_id": case,
        "seq": clock.seq,
        "name": clock.name,
        "of": clock.of,
        "kind": clock.kind,
        "organ": clock.organ,
        "state": clock.state,
        "start": clock.start,
        "due": clock.due,
    }


def worked_out(edition: Edition, vote: Vote, counts: Mapping[str, Any]) -> Share | None:
    """The arithmetic of a vote by the threshold of its edition."""
    parameters: dict[str, Any] = dict(edition.conditions[vote.rule].with_)
    return share(counts, **parameters)


def vote_row(case: str, seq: int, vote: Vote, on: date, values: Mapping[str, Any], counted: Share) -> Mapping[str, Any]:
    """A vote as a row, its electorate frozen."""
    return {
        "case_id": case,
        "seq": seq,
        "rule": vote.rule,
        "body": vote.body,
        "on_day": on,
        "roll": values["roll"],
        "base": counted.base,
        "present": values["present"],
        "votes_for": counted.votes,
        "votes_against": values["votes_against"],
        "votes_blank": values.get("votes_blank") or 0,
        "need": counted.need,
        "reached": counted.reached,
    }


def voted(edition: Edition, event: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The row of the vote that an event holds, as it reads after its corrections; None where there was none."""
    move = edition.moves.get(event["kind"])
    if move is None or move.vote is None:
        return None
    fields = event["fields"]
    counted = worked_out(edition, move.vote, fields)
    if counted is None:
        return None
    on = date.fromisoformat(event["on"])
    return vote_row(event["case"], event["seq"], move.vote, on, fields, counted)
