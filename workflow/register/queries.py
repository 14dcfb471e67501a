"""What stands in the register on a day: plain values with stable keys, days as dates."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from states.vocabulary import Person
from workflow.core.text import sort_key
from workflow.office import Office
from workflow.register.errors import UnknownUnit
from workflow.register.person_record import decrypt_person
from workflow.register.place_names import place_order
from workflow.register.session import load_rows_on
from workflow.storage import reads
from workflow.storage.engine import Connection
from workflow.storage.register_snapshot import RegisterSnapshot, find_row_on, holds_on
from workflow.storage.tables.register import MeetingRow, PlanRow, PostRow, TenureRow, UnitRow

View = dict[str, Any]

_FEW = 300  # ids that are asked for one by one; beyond, everybody is read


def list_units(office: Office, day: date | None = None, *, unit: str | None = None) -> list[View]:
    """Units from the top down, each above those below it: id, name, level, parent, depth, organs, days.

    ``unit``: that one and all below it. Raises `UnknownUnit`.
    """
    with office.database.read_transaction() as connection:
        snapshot, day = _read_snapshot(office, connection, day)
        wanted = _units_below(snapshot, unit, day)
    rows = {id_: row for id_ in wanted if (row := find_row_on(snapshot.units.get(id_, ()), day))}
    below: dict[str | None, list[UnitRow]] = {}
    for row in rows.values():
        below.setdefault(row.parent if row.parent in rows else None, []).append(row)
    return list(_walk_units(below, None, 0))


def _walk_units(below: dict[str | None, list[UnitRow]], parent: str | None, depth: int) -> Iterable[View]:
    for row in sorted(below.get(parent, ()), key=lambda unit_row: (place_order(unit_row.name), unit_row.id)):
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
        yield from _walk_units(below, row.id, depth + 1)


def list_posts(office: Office, day: date | None = None, *, unit: str | None = None) -> list[View]:
    """Posts by commune and village: id, kind, unit, commune, holder (or None), since, secretary, plan.

    Raises `UnknownUnit`.
    """
    with office.database.read_transaction() as connection:
        snapshot, day = _read_snapshot(office, connection, day)
        wanted = _units_below(snapshot, unit, day)
        rows = [row for row in load_rows_on(connection, PostRow, day, "id").values() if row.unit_id in wanted]
        tenures = load_rows_on(connection, TenureRow, day, "post_id")
        plans = load_rows_on(connection, PlanRow, day, "post_id")
        people = load_people(office, connection, {tenures[row.id].person_id for row in rows if row.id in tenures}, day)
    return sorted((_post_view(snapshot, row, tenures, plans, people, day) for row in rows), key=_place_sort_key)


def _post_view(
    snapshot: RegisterSnapshot,
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
        **build_place_view(snapshot, row.unit_id, day),
        "holder": {"id": holder.id, "name": holder.name, "membership": holder.membership} if holder else None,
        "since": tenure.valid_from if tenure else None,
        "secretary": tenure.secretary if tenure else False,
        "plan": plan.kind if plan else None,
        "plan_since": plan.valid_from if plan else None,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }


def list_terms(office: Office) -> list[dict[str, Any]]:
    """The terms that committees began, newest first."""
    with office.database.read_transaction() as connection:
        snapshot, today = office.snapshot_for_reading(connection), office.resolve_day(reads.load_today(connection))
    rows = sorted(
        (row for rows in snapshot.terms.values() for row in rows), key=lambda row: row.valid_from, reverse=True
    )
    names = {
        row.unit_id: unit.name if (unit := snapshot.find_unit(row.unit_id, today)) else row.unit_id for row in rows
    }
    return [
        {"unit": {"id": row.unit_id, "name": names[row.unit_id]}, "from": row.valid_from, "to": row.valid_to}
        for row in rows
    ]


def list_users(office: Office, day: date | None = None) -> list[View]:
    """Users by name: id, person, name, grants (role, unit, days), days."""
    with office.database.read_transaction() as connection:
        snapshot, day = _read_snapshot(office, connection, day)
        rows = [row for user_rows in snapshot.users.values() if (row := find_row_on(user_rows, day))]
        people = load_people(office, connection, {row.person_id for row in rows}, day)
    views = [
        {
            "id": row.id,
            "person": row.person_id,
            "name": people[row.person_id].name,
            "grants": [
                {
                    "role": grant.role,
                    "unit": _unit_view(snapshot, grant.unit_id, day),
                    "valid_from": grant.valid_from,
                    "valid_to": grant.valid_to,
                }
                for grant in snapshot.grants.get(row.id, ())
                if holds_on(grant, day)
            ],
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
        }
        for row in rows
    ]
    return sorted(views, key=lambda view: (sort_key(view["name"]), view["id"]))


def list_plans(office: Office, day: date | None = None, *, unit: str | None = None) -> list[View]:
    """Plans by place: post, unit, commune, kind, since, holder (or None). Raises `UnknownUnit`."""
    return [
        {
            "post": post["id"],
            "unit": post["unit"],
            "commune": post["commune"],
            "kind": post["plan"],
            "since": post["plan_since"],
            "holder": post["holder"],
        }
        for post in list_posts(office, day, unit=unit)
        if post["plan"]
    ]


def list_meetings(office: Office, day: date | None = None, *, unit: str | None = None) -> list[View]:
    """Extended meetings until a day, newest first: unit, commune, on, person, came. Raises `UnknownUnit`."""
    with office.database.read_transaction() as connection:
        snapshot, day = _read_snapshot(office, connection, day)
        wanted = _units_below(snapshot, unit, day) if unit else None
        rows = [row for row in reads.load_register_rows(connection, MeetingRow) if row.valid_from <= day]
        rows = [row for row in rows if wanted is None or row.unit_id in wanted]
        people = load_people(office, connection, {row.person_id for row in rows}, day)
    return [
        {
            **build_place_view(snapshot, row.unit_id, row.valid_from),
            "on": row.valid_from,
            "person": {"id": row.person_id, "name": people[row.person_id].name},
            "came": row.came,
        }
        for row in sorted(rows, key=lambda meeting: (meeting.valid_from, meeting.n), reverse=True)
    ]


# --- what lists share --------------------------------------------------------------------------------------------


def load_people(office: Office, connection: Connection, ids: set[str], day: date) -> dict[str, Person]:
    """People by id, with what they are in the Party on a day."""
    snapshot = office.snapshot_for_reading(connection)
    return {
        row.id: decrypt_person(office.vault, row.id, row.key, row.sealed, snapshot.get_membership(row.id, day))
        for row in reads.load_people(connection, ids if len(ids) <= _FEW else None)
        if row.id in ids
    }


def build_place_view(snapshot: RegisterSnapshot, unit: str, day: date) -> View:
    """A unit, and the one it stands below."""
    above = snapshot.units_above(unit, day)
    return {
        "unit": _unit_view(snapshot, unit, day),
        "commune": {"id": above[1].id, "name": above[1].name} if above[1:] else None,
    }


def _unit_view(snapshot: RegisterSnapshot, id_: str, day: date) -> View:
    row = snapshot.find_unit(id_, day)
    return {"id": id_, "name": row.name if row else id_}


def _place_sort_key(view: View) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    commune = view["commune"]
    return (place_order(commune["name"]) if commune else (), place_order(view["unit"]["name"]), view["id"])


def _read_snapshot(office: Office, connection: Connection, day: date | None) -> tuple[RegisterSnapshot, date]:
    return office.snapshot_for_reading(connection), day or office.resolve_day(reads.load_today(connection))


def _units_below(snapshot: RegisterSnapshot, unit: str | None, day: date) -> set[str]:
    if unit is None:
        return set(snapshot.units)
    if snapshot.find_unit(unit, day) is None:
        raise UnknownUnit(unit=unit, on=day, near=[])
    return snapshot.units_below(unit, day)
