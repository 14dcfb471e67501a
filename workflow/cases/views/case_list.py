"""Reading across cases: where they stand, what is stalled, and how many heads are members."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import orjson

from states.record.case_record import Record
from states.rulebook.loading import NoEdition
from states.vocabulary import Person
from workflow.cases.commands.carry_over import stand_on
from workflow.cases.facts import Scene
from workflow.core.text import sort_key
from workflow.office import Office
from workflow.register.person_record import opened_person
from workflow.register.place_names import place_order
from workflow.storage import reads
from workflow.storage.reads import Connection
from workflow.storage.register_snapshot import Tree, above, by, holds
from workflow.storage.tables import CaseRow, ClockRow, MembershipRow, PostRow, Registered, TenureRow, UnitRow

View = dict[str, Any]
R = TypeVar("R", bound=Registered)


class UnknownUnit(LookupError):
    """No unit has this id on that day."""

    def __init__(self, unit: str, known: Iterable[str]) -> None:
        super().__init__(unit)
        self.unit, self.known = unit, tuple(known)


def case_list(
    office: Office, language: str, *, unit: str | None = None, state: str | None = None, stalled: bool = False
) -> list[View]:
    """Cases, those longest past a deadline first, then by village. Without a state, only open ones.

    ``unit``: that unit and all below it. ``stalled``: past a legal or an unpaused house deadline.
    Raises `UnknownUnit`.
    """
    with office.database.reading() as connection:
        today, tree = office.day(reads.today(connection)), office.tree_in(connection)
        units = _below(tree, unit, today)
        found = [
            (row, _stands_at(office, tree, connection, row, today)) for row in reads.cases(connection, units=units)
        ]
        states = {row.id: at for row, at in found if at == state or (not state and row.closed_on is None)}
        rows = [row for row, _ in found if row.id in states]
        late = _late(reads.late_clocks(connection, today))
        if stalled:
            rows = [row for row in rows if row.id in late]
        names = _people(office, tree, connection, {row.person_id for row in rows}, today)
        views = [
            _row(office, tree, row, states[row.id], names[row.person_id], late.get(row.id, []), today, language)
            for row in rows
        ]
    return sorted(views, key=_late_first)


def _late_first(one: View) -> tuple[int, tuple[str, ...], str]:
    return -one["days_late"], place_order(one["unit"]["name"]), sort_key(one["person"]["name"])


def _below(tree: Tree, unit: str | None, day: date) -> set[str] | None:
    if unit is None:
        return None
    if tree.unit(unit, day) is None:
        raise UnknownUnit(unit, tree.units)
    return tree.below(unit, day)


def _stands_at(office: Office, tree: Tree, connection: Connection, row: CaseRow, today: date) -> str:
    """The state of a case; where its step is gone and nobody has touched it since, the one it was carried over to."""
    state = office.rulebook.edition_on(row.pipeline, today).states.get(row.state)
    if state is not None and state.only_where.has is None:
        return row.state
    record = Record.from_json(orjson.loads(row.record))

    def person(id_: str) -> Person:
        return _people(office, tree, connection, {id_}, today)[id_]

    stand_on(Scene(office, tree, record, row.person_id, person), today)
    return record.state


def _late(clocks: Iterable[ClockRow]) -> dict[str, list[ClockRow]]:
    found: dict[str, list[ClockRow]] = {}
    for clock in clocks:
        found.setdefault(clock.case_id, []).append(clock)
    return found


def _people(office: Office, tree: Tree, connection: Connection, ids: set[str], day: date) -> dict[str, Person]:
    return {
        row.id: opened_person(office.vault, row.id, row.key, row.sealed, tree.membership(row.id, day))
        for row in reads.people(connection, ids)
    }


def _row(
    office: Office,
    tree: Tree,
    row: CaseRow,
    at: str,
    person: Person,
    late: Sequence[ClockRow],
    today: date,
    language: str,
) -> View:
    edition = office.rulebook.edition_on(row.pipeline, today)
    state = edition.states[at]
    unit = tree.unit(row.unit_id, today)
    line = tree.above(row.unit_id, today)
    return {
        "case": row.id,
        "pipeline": row.pipeline,
        "person": {"id": person.id, "name": person.name},
        "unit": {"id": row.unit_id, "name": unit.name if unit else row.unit_id},
        "above": [{"id": one.id, "name": one.name} for one in line[1:]],
        "state": {"id": at, "label": state.label.in_language(language)},
        "turn": state.turn,
        "turn_label": edition.organs[state.turn].label.in_language(language) if state.turn else None,
        "version": row.version,
        "opened_on": row.opened_on,
        "closed_on": row.closed_on,
        "stalled": bool(late),
        "days_late": max(((today - clock.due).days for clock in late if clock.due), default=0),
        "late": [{"name": clock.name, "kind": clock.kind, "organ": clock.organ, "due": clock.due} for clock in late],
    }


# --- coverage ----------------------------------------------------------------------------------------------------

COUNTED = ("posts", "members", "probationary", "combined", "vacant", "remaining")


def coverage(office: Office, *, on: date | None = None, as_known_on: date | None = None) -> View:
    """How many heads are members, in all and per commune, on a day; as known now, or as it was known on a day.

    ``members`` counts probationary heads too, who are also shown apart; ``combined``: head and branch secretary in one;
    posts = members + remaining + vacant.
    """
    with office.database.reading() as connection:
        day = on or office.day(reads.today(connection))
        posts = _known(connection, PostRow, day, as_known_on)
        tenures = {row.post_id: row for row in _known(connection, TenureRow, day, as_known_on)}
        status = {row.person_id: row.status for row in _known(connection, MembershipRow, day, as_known_on)}
        units = by(_ever(connection, UnitRow, as_known_on), "id")
    level = _coverage_level(office, day)
    total: Counter[str] = Counter()
    per: dict[str, Counter[str]] = {}
    names: dict[str, str] = {}
    for post in posts:
        counts = _counts(tenures.get(post.id), status)
        total.update(counts)
        over = _over(units, post.unit_id, day, level)
        names[over.id if over else ""] = over.name if over else ""
        per.setdefault(over.id if over else "", Counter()).update(counts)
    communes = [{"unit": id_, "name": names[id_]} | _filled(counts) for id_, counts in per.items()]
    return {
        "on": day,
        "as_known_on": as_known_on,
        "total": _filled(total),
        "communes": sorted(communes, key=lambda one: place_order(str(one["name"]))),
    }


def _known(connection: Connection, model: type[R], day: date, as_known_on: date | None) -> list[R]:
    """The rows that hold on a day, as known now or as known then."""
    return [row for row in _ever(connection, model, as_known_on) if holds(row, day)]


def _ever(connection: Connection, model: type[R], as_known_on: date | None) -> list[R]:
    """The rows of any day, as known now or as known then."""
    rows = reads.register(connection, model, retired=as_known_on is not None)
    return [row for row in rows if _was_known(row, as_known_on)]


def _coverage_level(office: Office, day: date) -> str | None:
    """The level whose units have a row each, by the edition of the day; before all editions, by the first."""
    pipeline = office.rulebook.pipelines[0]
    try:
        return office.rulebook.edition_on(pipeline, day).coverage_level
    except NoEdition:
        return office.rulebook.edition(pipeline, office.rulebook.editions(pipeline)[0]).coverage_level


def _over(units: Mapping[str, Iterable[UnitRow]], id_: str, day: date, level: str | None) -> UnitRow | None:
    """The unit of a level over a village (without a level: the next one), on a day; None where there is none."""
    line = above(units, id_, day)
    return next((unit for unit in (line if level else line[1:]) if level in (unit.level, None)), None)


def _was_known(row: Registered, known_on: date | None) -> bool:
    if known_on is None:
        return True
    return row.recorded_on <= known_on and (row.retired_on is None or row.retired_on > known_on)


def _counts(tenure: TenureRow | None, status: dict[str, str]) -> dict[str, int]:
    if tenure is None:
        return {"posts": 1, "vacant": 1}
    held = status.get(tenure.person_id, "none")
    return {
        "posts": 1,
        "members": int(held != "none"),
        "probationary": int(held == "probationary"),
        "combined": int(tenure.secretary),
        "remaining": int(held == "none"),
    }


def _filled(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in COUNTED}
