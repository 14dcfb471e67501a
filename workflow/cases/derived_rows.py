"""This module computes the clock and vote rows of a record."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from states.guards import VoteShare, compute_vote_share
from states.record.case_record import Mark, Record
from states.record.deadlines import Clock, compute_clock
from states.record.events import CaseEvent
from states.rulebook.edition import Edition, VoteRule
from states.vocabulary import FieldValue
from workflow.office import Office
from workflow.storage.register_snapshot import RegisterSnapshot

Row = dict[str, object]
"""A row's values by column."""


def diff_clock_rows(
    office: Office, snapshot: RegisterSnapshot, case: str, record: Record, before: Iterable[Mark]
) -> tuple[list[Row], list[Row]]:
    """The new clock rows and the changed ones since the marks ``before``."""
    marks = {(mark["seq"], mark["clock"]): mark for mark in before}
    new: list[Row] = []
    changed: list[Row] = []
    for mark in record.clocks:
        old = marks.get((mark["seq"], mark["clock"]))
        if old == mark:
            continue
        clock = compute_clock(record, mark, office.edition_of, snapshot.calendar, office.config.house_clocks)
        if old is None:
            new.append(build_clock_row(case, clock))
        else:
            key = {"case": case, "started": mark["seq"], "clock": mark["clock"]}
            changed.append(key | {"now": clock.state, "until": clock.due})
    return new, changed


def build_clock_row(case: str, clock: Clock) -> Row:
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


def compute_share(edition: Edition, vote: VoteRule, counts: Mapping[str, FieldValue]) -> VoteShare | None:
    """The arithmetic of a vote by the threshold of its edition."""
    parameters: dict[str, Any] = dict(edition.conditions[vote.rule].with_)
    return compute_vote_share(counts, **parameters)


def build_vote_row(
    case: str, seq: int, vote: VoteRule, on: date, values: Mapping[str, FieldValue], counted: VoteShare
) -> Row:
    """A vote as a row with the number of voters of that day."""
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
        "reached": counted.is_reached,
    }


def find_vote_row(edition: Edition, event: CaseEvent) -> Row | None:
    """The row of the vote that an event holds, as it reads after its corrections; None where there was
    none.
    """
    move = edition.moves.get(event["kind"])
    if move is None or move.vote is None:
        return None
    fields = event["fields"]
    counted = compute_share(edition, move.vote, fields)
    if counted is None:
        return None
    on = date.fromisoformat(event["on"])
    return build_vote_row(event["case"], event["seq"], move.vote, on, fields, counted)
