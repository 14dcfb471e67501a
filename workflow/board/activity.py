"""What was done in a while: every act of a case that happened in it, as known now, whenever it was typed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import orjson

from states.rulebook.edition import Edition
from workflow.board.case_list import load_people
from workflow.board.funnel import describe_query
from workflow.board.queries import past_queries
from workflow.board.snapshot.snapshot import BoardSnapshot, Scope, open_snapshot
from workflow.core.messages import say
from workflow.office import Office

View = dict[str, Any]

OPENING_ACTS = ("open", "adopt")


def list_activity(
    office: Office,
    language: str,
    *,
    scope: Scope,
    span: tuple[date, date],
    unit: str | None = None,
    limit: int | None = None,
) -> View:
    """Cases begun, and moves made, from a day to another: how many of each, and the first ``limit`` of them by day.

    Entries, which leave a case where it is, are not counted. Raises `UnknownUnit`.
    """
    with open_snapshot(office, scope=scope) as snapshot:
        acts = sorted(
            _load_acts(snapshot, span, snapshot.select_units(unit)),
            key=lambda act: (act["on"], act["case"], act["seq"]),
        )
        rows = list(_act_views(snapshot, acts[:limit], language))
        return describe_query(snapshot, unit) | {
            "acts": _count_by_kind(snapshot, acts, language),
            "rows": rows,
            "total": len(acts),
        }


def _count_by_kind(snapshot: BoardSnapshot, acts: Sequence[View], language: str) -> list[View]:
    """How many there are of each kind, in the order of the pipelines."""
    first = {(act["pipeline"], act["kind"]): act for act in reversed(acts)}
    counts = Counter((act["pipeline"], act["kind"]) for act in acts)
    return [
        {
            "pipeline": pipeline,
            "kind": kind,
            "label": _act_label(snapshot, first[pipeline, kind], language),
            "count": counts[pipeline, kind],
        }
        for pipeline, kind in sorted(first, key=lambda key: _act_rank(snapshot, first[key]))
    ]


def _act_views(snapshot: BoardSnapshot, acts: Sequence[View], language: str) -> Iterator[View]:
    people = load_people(snapshot, [act["person"] for act in acts])
    for act in acts:
        yield {
            "case": act["case"],
            "on": act["on"],
            "kind": act["kind"],
            "label": _act_label(snapshot, act, language),
            "person": {"id": act["person"], "name": people[act["person"]].name},
            "unit": snapshot.unit_index.unit_view(act["unit"]),
            "commune": snapshot.unit_index.unit_view(snapshot.unit_index.commune_id(act["unit"])),
        }


def _load_acts(snapshot: BoardSnapshot, span: tuple[date, date], units: frozenset[str] | None) -> Iterator[View]:
    """The acts of a while. What happened in it was recorded no earlier; a correction may say so of an older act."""
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
            yield {
                "case": row.case_id,
                "seq": row.seq,
                "on": on,
                "kind": body["kind"],
                "pipeline": row.pipeline,
                "edition": body["edition"],
                "person": row.person_id,
                "unit": row.unit_id,
            }


def _edition_of_act(snapshot: BoardSnapshot, act: View) -> Edition:
    return snapshot.office.edition_of(act["pipeline"], act["edition"])


def _act_label(snapshot: BoardSnapshot, act: View, language: str) -> str:
    kind = act["kind"]
    if kind in OPENING_ACTS:
        return say(language, f"board.begun.{kind}")
    return _edition_of_act(snapshot, act).moves[kind].label.in_language(language)


def _act_rank(snapshot: BoardSnapshot, act: View) -> tuple[int, int]:
    moves = [*OPENING_ACTS, *_edition_of_act(snapshot, act).moves]
    return snapshot.office.rulebook.pipelines.index(act["pipeline"]), moves.index(act["kind"])
