"""What was done in a while: every act of a case that happened in it, as known now, whenever it was typed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import orjson

from states.rulebook.edition import Edition
from workflow.board.case_list import opened_people
from workflow.board.funnel import said
from workflow.board.queries import past_queries
from workflow.board.snapshot.snapshot import Look, Scope, looking
from workflow.core.messages import say
from workflow.office import Office

View = dict[str, Any]

BEGINNINGS = ("open", "adopt")


def done_in(
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
    with looking(office, scope=scope) as look:
        acts = sorted(_acts(look, span, look.units(unit)), key=lambda act: (act["on"], act["case"], act["seq"]))
        rows = list(_rows(look, acts[:limit], language))
        return said(look, unit) | {"acts": _counted(look, acts, language), "rows": rows, "total": len(acts)}


def _counted(look: Look, acts: Sequence[View], language: str) -> list[View]:
    """How many there are of each kind, in the order of the pipelines."""
    first = {(act["pipeline"], act["kind"]): act for act in reversed(acts)}
    counts = Counter((act["pipeline"], act["kind"]) for act in acts)
    return [
        {
            "pipeline": pipeline,
            "kind": kind,
            "label": _label(look, first[pipeline, kind], language),
            "count": counts[pipeline, kind],
        }
        for pipeline, kind in sorted(first, key=lambda key: _rank(look, first[key]))
    ]


def _rows(look: Look, acts: Sequence[View], language: str) -> Iterator[View]:
    people = opened_people(look, [act["person"] for act in acts])
    for act in acts:
        yield {
            "case": act["case"],
            "on": act["on"],
            "kind": act["kind"],
            "label": _label(look, act, language),
            "person": {"id": act["person"], "name": people[act["person"]].name},
            "unit": look.places.view(act["unit"]),
            "commune": look.places.view(look.places.commune(act["unit"])),
        }


def _acts(look: Look, span: tuple[date, date], units: frozenset[str] | None) -> Iterator[View]:
    """The acts of a while. What happened in it was recorded no earlier; a correction may say so of an older act."""
    n = past_queries.last_event(look.connection, span[0] - timedelta(days=1))
    read, days = dict[tuple[str, int], Any](), dict[tuple[str, int], str]()
    for row in past_queries.events_since(look.connection, n, units):
        body = orjson.loads(row.body)
        if body["kind"] == "correct":
            if "on" in body["fields"]:
                days[row.case_id, body["of"]] = body["fields"]["on"]
        elif body.get("to") and body["kind"] != "carry_over":
            read[row.case_id, row.seq] = (row, body)
    for key in days.keys() - read.keys():
        row = past_queries.event(look.connection, *key)
        if row and (body := orjson.loads(row.body)).get("to"):
            read[key] = (row, body)
    for key, (row, body) in read.items():
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


def _edition(look: Look, act: View) -> Edition:
    return look.office.edition_of(act["pipeline"], act["edition"])


def _label(look: Look, act: View, language: str) -> str:
    kind = act["kind"]
    if kind in BEGINNINGS:
        return say(language, f"board.begun.{kind}")
    return _edition(look, act).moves[kind].label.in_language(language)


def _rank(look: Look, act: View) -> tuple[int, int]:
    moves = [*BEGINNINGS, *_edition(look, act).moves]
    return look.office.rulebook.pipelines.index(act["pipeline"]), moves.index(act["kind"])
