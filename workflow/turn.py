"""Việc của tôi: the cases whose turn is one's own, the most urgent first, each with its next act and its day."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from states.forward import forward
from states.loading import NoEdition
from states.rulebook import Edition
from workflow.access import Access
from workflow.names import sort_key
from workflow.office import Office
from workflow.people import opened_person
from workflow.store import reading, turn
from workflow.store.reading import Connection

View = dict[str, Any]

MOST_UNITS = 2_000
"""So many units are asked for by name; over more, cases are found along the deadlines."""


def own_turn(office: Office, access: Access, language: str, *, limit: int = 50, offset: int = 0) -> list[View]:
    """Cases at a step where an organ of the user's own unit acts."""
    return _views(office, access, language, mine=True, limit=limit, offset=offset)


def others_turn(office: Office, access: Access, language: str, *, limit: int = 50) -> list[View]:
    """Open cases of the user's units that wait for somebody else."""
    if access.scope is None or len(access.scope) > MOST_UNITS:
        return []
    return _views(office, access, language, mine=False, limit=limit, offset=0)


def own_states(edition: Edition, access: Access) -> frozenset[str]:
    """The steps of an edition at which it is the turn of an organ of one of the user's own units."""
    organs = set()
    for place, roles in access.places.items():
        unit = access.tree.unit(place, access.day)
        for name, organ in edition.organs.items():
            if unit is not None and organ.level == unit.level and roles & frozenset(organ.roles):
                organs.add(name)
    return frozenset(name for name, state in edition.states.items() if state.turn in organs and not state.end)


def _views(
    office: Office, access: Access, language: str, *, mine: bool, limit: int, offset: int
) -> list[View]:  # fmt: skip
    editions = _editions(office, access.day)
    states = {name: own_states(edition, access) for name, edition in editions.items()}
    with office.database.reading() as connection:
        if access.scope is not None and len(access.scope) <= MOST_UNITS:
            rows: Sequence[Any] = [
                row
                for row in turn.cases_in_units(connection, access.scope)
                if row.pipeline in editions and (row.state in states[row.pipeline]) == mine
            ]
            dues = _dues(connection, rows)
            rows = sorted(rows, key=lambda row: (dues[row.id][0].due if row.id in dues else date.max, row.id))
            rows = rows[offset : offset + limit]
        else:
            every = frozenset().union(*states.values())
            found = turn.first_due(connection, every, limit, offset)
            rows = [row for row in found if access.sees(row.unit_id)]
            dues = _dues(connection, rows)
        names = _names(office, connection, rows)
    return [_view(access, editions[row.pipeline], row, dues.get(row.id, []), names, language) for row in rows]


def _editions(office: Office, day: date) -> dict[str, Edition]:
    found = {}
    for pipeline in office.rulebook.pipelines:
        with suppress(NoEdition):
            found[pipeline] = office.rulebook.edition_on(pipeline, day)
    return found


def _dues(connection: Connection, rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for clock in turn.running(connection, [row.id for row in rows]):
        found.setdefault(clock.case_id, []).append(clock)
    return found


def _names(office: Office, connection: Connection, rows: Iterable[Any]) -> dict[str, str]:
    people = reading.people(connection, {row.person_id for row in rows})
    return {row.id: opened_person(office.vault, row.id, row.key, row.sealed).name for row in people}


def _view(
    access: Access, edition: Edition, row: Any, clocks: Sequence[Any], names: dict[str, str], language: str
) -> View:
    state = edition.states.get(row.state)
    unit = access.tree.unit(row.unit_id, access.day)
    above = access.tree.above(row.unit_id, access.day)[1:2]
    line = access.tree.line(row.unit_id, access.day)
    following = forward(edition, row.state, line) if state else None
    first = clocks[0] if clocks else None
    return {
        "case": row.id,
        "name": names[row.person_id],
        "sort": sort_key(names[row.person_id]),
        "unit": unit.name if unit else row.unit_id,
        "above": above[0].name if above else "",
        "state": state.label.in_language(language) if state else row.state,
        "turn": edition.organs[state.turn].label.in_language(language) if state and state.turn else "",
        "next": edition.moves[following[0]].label.in_language(language) if following else "",
        "due": first.due if first else None,
        "kind": first.kind if first else None,
        "days": (first.due - access.day).days if first else None,
    }
