"""What stands in the register on a day: plain values with stable keys, days as dates."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from states.vocabulary import Person
from workflow.core.text import sort_key
from workflow.office import Office
from workflow.register.errors import UnknownUnit
from workflow.register.person_record import opened_person
from workflow.register.place_names import place_order
from workflow.register.session import rows_on
from workflow.storage import reads
from workflow.storage.engine import Connection
from workflow.storage.register_snapshot import Tree, holds, on
from workflow.storage.tables import MeetingRow, PlanRow, PostRow, TenureRow, UnitRow

View = dict[str, Any]

_FEW = 300  # ids that are asked for one by one; beyond, everybody is read


def unit_list(office: Office, day: date | None = None, *, unit: str | None = None) -> list[View]:
    """Units from the top down, each above those below it: id, name, level, parent, depth, organs, days.

    ``unit``: that one and all below it. Raises `UnknownUnit`.
    """
    with office.database.reading() as connection:
        tree, day = _at(office, connection, day)
        wanted = _below(tree, unit, day)
    rows = {id_: row for id_ in wanted if (row := on(tree.units.get(id_, ()), day))}
    below: dict[str | None, list[UnitRow]] = {}
    for row in rows.values():
        below.setdefault(row.parent if row.parent in rows else None, []).append(row)
    return list(_listed(below, None, 0))


def _listed(below: dict[str | None, list[UnitRow]], parent: str | None, depth: int) -> Iterable[View]:
    for row in sorted(below.get(parent, ()), key=lambda one: (place_order(one.name), one.id)):
        yield {
            "id": row.id,
            "name": row.name,
            "level": row.level,
            "parent": row.parent,
            "depth": depth,
            "organs": [organ for organ in row.organs.split(",") if organ],
            "authorised": row.authorised,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "successor": row.successor,
        }
        yield from _listed(below, row.id, depth + 1)


def post_list(office: Office, day: date | None = None, *, unit: str | None = None) -> list[View]:
    """Posts by commune and village: id, kind, unit, commune, holder (or None), since, secretary, plan.

    Raises `UnknownUnit`.
    """
    with office.database.reading() as connection:
        tree, day = _at(office, connection, day)
        wanted = _below(tree, unit, day)
        rows = [row for row in rows_on(connection, PostRow, day, "id").values() if row.unit_id in wanted]
        tenures = rows_on(connection, TenureRow, day, "post_id")
        plans = rows_on(connection, PlanRow, day, "post_id")
        people = people_of(office, connection, {tenures[row.id].person_id for row in rows if row.id in tenures}, day)
    return sorted((_post(tree, row, tenures, plans, people, day) for row in rows), key=_by_place)


def _post(
    tree: Tree,
    row: PostRow,
    tenures: dict[str, TenureRow],
    plans: dict[str, PlanRow],
    people: dict[str, Person],
    day: date,
) -> View:
    tenure, plan = tenures.get(row.id), plans.get(row.id)
    holder = people.get(tenure.person_id) if tenure else None
    return {
        "id": row.id,
        "kind": row.kind,
        **place(tree, row.unit_id, day),
        "holder": {"id": holder.id, "name": holder.name, "membership": holder.membership} if holder else None,
        "since": tenure.valid_from if tenure else None,
        "secretary": tenure.secretary if tenure else False,
        "plan": plan.kind if plan else None,
        "plan_since": plan.valid_from if plan else None,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }


def term_list(office: Office) -> list[dict[str, Any]]:
    """The terms that committees began, newest first."""
    with office.database.reading() as connection:
        tree, today = office.tree_in(connection), office.day(reads.today(connection))
    rows = sorted((row for rows in tree.terms.values() for row in rows), key=lambda row: row.valid_from, reverse=True)
    names = {row.unit_id: unit.name if (unit := tree.unit(row.unit_id, today)) else row.unit_id for row in rows}
    return [
        {"unit": {"id": row.unit_id, "name": names[row.unit_id]}, "from": row.valid_from, "to": row.valid_to}
        for row in rows
    ]


def user_list(office: Office, day: date | None = None) -> list[View]:
    """Users by name: id, person, name, grants (role, unit, days), days."""
    with office.database.reading() as connection:
        tree, day = _at(office, connection, day)
        rows = [row for held in tree.users.values() if (row := on(held, day))]
        people = people_of(office, connection, {row.person_id for row in rows}, day)
    found = [
        {
            "id": row.id,
            "person": row.person_id,
            "name": people[row.person_id].name,
            "grants": [
                {
                    "role": grant.role,
                    "unit": _unit(tree, grant.unit_id, day),
                    "valid_from": grant.valid_from,
                    "valid_to": grant.valid_to,
                }
                for grant in tree.grants.get(row.id, ())
                if holds(grant, day)
            ],
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
        }
        for row in rows
    ]
    return sorted(found, key=lambda one: (sort_key(one["name"]), one["id"]))


def plan_list(office: Office, day: date | None = None, *, unit: str | None = None) -> list[View]:
    """Plans by place: post, unit, commune, kind, since, holder (or None). Raises `UnknownUnit`."""
    return [
        {
            "post": one["id"],
            "unit": one["unit"],
            "commune": one["commune"],
            "kind": one["plan"],
            "since": one["plan_since"],
            "holder": one["holder"],
        }
        for one in post_list(office, day, unit=unit)
        if one["plan"]
    ]


def meeting_list(office: Office, day: date | None = None, *, unit: str | None = None) -> list[View]:
    """Extended meetings until a day, newest first: unit, commune, on, person, came. Raises `UnknownUnit`."""
    with office.database.reading() as connection:
        tree, day = _at(office, connection, day)
        wanted = _below(tree, unit, day) if unit else None
        rows = [row for row in reads.register(connection, MeetingRow) if row.valid_from <= day]
        rows = [row for row in rows if wanted is None or row.unit_id in wanted]
        people = people_of(office, connection, {row.person_id for row in rows}, day)
    return [
        {
            **place(tree, row.unit_id, row.valid_from),
            "on": row.valid_from,
            "person": {"id": row.person_id, "name": people[row.person_id].name},
            "came": row.came,
        }
        for row in sorted(rows, key=lambda one: (one.valid_from, one.n), reverse=True)
    ]


# --- what lists share --------------------------------------------------------------------------------------------


def people_of(office: Office, connection: Connection, ids: set[str], day: date) -> dict[str, Person]:
    """People by id, with what they are in the Party on a day."""
    tree = office.tree_in(connection)
    return {
        row.id: opened_person(office.vault, row.id, row.key, row.sealed, tree.membership(row.id, day))
        for row in reads.people(connection, ids if len(ids) <= _FEW else None)
        if row.id in ids
    }


def place(tree: Tree, unit: str, day: date) -> View:
    """A unit, and the one it stands below."""
    above = tree.above(unit, day)
    return {
        "unit": _unit(tree, unit, day),
        "commune": {"id": above[1].id, "name": above[1].name} if above[1:] else None,
    }


def _unit(tree: Tree, id_: str, day: date) -> View:
    row = tree.unit(id_, day)
    return {"id": id_, "name": row.name if row else id_}


def _by_place(one: View) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    commune = one["commune"]
    return (place_order(commune["name"]) if commune else (), place_order(one["unit"]["name"]), one["id"])


def _at(office: Office, connection: Connection, day: date | None) -> tuple[Tree, date]:
    return office.tree_in(connection), day or office.day(reads.today(connection))


def _below(tree: Tree, unit: str | None, day: date) -> set[str]:
    if unit is None:
        return set(tree.units)
    if tree.unit(unit, day) is None:
        raise UnknownUnit(unit=unit, on=day, near=[])
    return tree.below(unit, day)
