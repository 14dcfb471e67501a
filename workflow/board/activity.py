"""The board lists the acts of a while, whenever they were typed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import orjson

from states.rulebook.edition import Edition
from workflow.board.case_list import load_people
from workflow.board.queries import past_queries
from workflow.board.snapshot.snapshot import BoardScopeView, BoardSnapshot
from workflow.core.messages import say
from workflow.core.views import NamedRef

OPENING_ACTS = ("open", "adopt")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActCountView:
    """How often an act was made."""

    pipeline: str
    kind: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRowView:
    """An act that was made."""

    case: str
    on: date
    kind: str
    label: str
    person: NamedRef
    unit: NamedRef
    commune: NamedRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityView(BoardScopeView):
    """What was done in a while."""

    acts: list[ActCountView]
    rows: list[ActivityRowView]
    total: int


class _CaseAct(NamedTuple):
    on: date
    case: str
    seq: int
    kind: str
    pipeline: str
    edition: str
    revision: str | None
    person: str
    unit: str


def list_activity(
    snapshot: BoardSnapshot,
    language: str,
    *,
    span: tuple[date, date],
    unit: str | None = None,
    limit: int | None = None,
) -> ActivityView:
    """Cases begun, and moves made, from a day to another: how many of each, and the first ``limit`` of
    them by day.

    Entries, which leave a case where it is, are not counted. Raises `NoSuchUnit`.
    """
    acts = sorted(_load_acts(snapshot, span, snapshot.select_units(unit)))
    return ActivityView(
        **snapshot.describe(unit),
        acts=_count_by_kind(snapshot, acts, language),
        rows=list(_act_views(snapshot, acts[:limit], language)),
        total=len(acts),
    )


def _count_by_kind(snapshot: BoardSnapshot, acts: Sequence[_CaseAct], language: str) -> list[ActCountView]:
    """How many there are of each kind, in the order of the pipelines."""
    first = {(act.pipeline, act.kind): act for act in reversed(acts)}
    counts = Counter((act.pipeline, act.kind) for act in acts)
    return [
        ActCountView(
            pipeline=pipeline,
            kind=kind,
            label=_act_label(snapshot, first[pipeline, kind], language),
            count=counts[pipeline, kind],
        )
        for pipeline, kind in sorted(first, key=lambda key: _act_rank(snapshot, first[key]))
    ]


def _act_views(snapshot: BoardSnapshot, acts: Sequence[_CaseAct], language: str) -> Iterator[ActivityRowView]:
    people = load_people(snapshot, [act.person for act in acts])
    for act in acts:
        yield ActivityRowView(
            case=act.case,
            on=act.on,
            kind=act.kind,
            label=_act_label(snapshot, act, language),
            person=NamedRef(id=act.person, name=people[act.person].name),
            unit=snapshot.unit_index.unit_ref(act.unit),
            commune=snapshot.unit_index.commune_ref(act.unit),
        )


def _load_acts(
    snapshot: BoardSnapshot, span: tuple[date, date], units: frozenset[str] | None
) -> Iterator[_CaseAct]:
    """The acts of a period.

    They were recorded no earlier than the period, except where a correction moves an older act into it.
    """
    n = past_queries.find_last_event(snapshot.connection, span[0] - timedelta(days=1))
    events, days = dict[tuple[str, int], Any](), dict[tuple[str, int], str]()
    for row in past_queries.list_events_since(snapshot.connection, n, units):
        body = orjson.loads(row.body)
        if body["kind"] == "correct":
            if "on" in body["fields"]:
                days[row.case_id, body["of"]] = body["fields"]["on"]
        elif body.get("to") and body["kind"] != "carry_over":
            events[row.case_id, row.seq] = (row, body)
    for key in days.keys() - events.keys():
        row = past_queries.find_event(snapshot.connection, *key)
        if row and (body := orjson.loads(row.body)).get("to"):
            events[key] = (row, body)
    for key, (row, body) in events.items():
        on = date.fromisoformat(days.get(key, body["on"]))
        if span[0] <= on <= span[1]:
            yield _CaseAct(
                on,
                row.case_id,
                row.seq,
                body["kind"],
                row.pipeline,
                body["edition"],
                body.get("revision"),
                row.person_id,
                row.unit_id,
            )


def _edition_of_act(snapshot: BoardSnapshot, act: _CaseAct) -> Edition:
    return snapshot.office.edition_of(act.pipeline, act.edition, act.revision)


def _act_label(snapshot: BoardSnapshot, act: _CaseAct, language: str) -> str:
    if act.kind in OPENING_ACTS:
        return say(language, f"board.begun.{act.kind}")
    return _edition_of_act(snapshot, act).moves[act.kind].label.in_language(language)


def _act_rank(snapshot: BoardSnapshot, act: _CaseAct) -> tuple[int, int]:
    moves = [*OPENING_ACTS, *_edition_of_act(snapshot, act).moves]
    return snapshot.office.rulebook.pipelines.index(act.pipeline), moves.index(act.kind)
