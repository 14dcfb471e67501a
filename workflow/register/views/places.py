"""Units and terms are listed, each with its place in the tree."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from workflow.core.views import NamedRef
from workflow.office import Office
from workflow.register.errors import UnknownUnit
from workflow.register.place_names import place_order
from workflow.storage import reads
from workflow.storage.engine import Connection
from workflow.storage.register_snapshot import RegisterSnapshot, find_row_on
from workflow.storage.tables.register import UnitRow


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitView:
    """A unit as it is on a day; ``depth``: how far below the top."""

    id: str
    name: str
    level: str
    parent: str | None
    depth: int
    organs: list[str]
    authorised: bool
    valid_from: date
    valid_to: date | None
    successor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TermView:
    """A committee's term."""

    unit: NamedRef
    from_: Annotated[date, Field(serialization_alias="from")]
    to: date | None


def list_units(office: Office, day: date | None = None, *, unit: str | None = None) -> list[UnitView]:
    """Units from the top down, each above those below it; only ``unit`` and all below it, where one is named.

    Raises `UnknownUnit`.
    """
    with office.database.read_transaction() as connection:
        snapshot, day = read_snapshot(office, connection, day)
        wanted = list_units_below(snapshot, unit, day)
    rows = {id_: row for id_ in wanted if (row := find_row_on(snapshot.units.get(id_, ()), day))}
    below: dict[str | None, list[UnitRow]] = {}
    for row in rows.values():
        below.setdefault(row.parent if row.parent in rows else None, []).append(row)
    return list(_walk_units(below, None, 0))


def _walk_units(below: dict[str | None, list[UnitRow]], parent: str | None, depth: int) -> Iterable[UnitView]:
    for row in sorted(below.get(parent, ()), key=lambda unit_row: (place_order(unit_row.name), unit_row.id)):
        yield UnitView(
            id=row.id,
            name=row.name,
            level=row.level,
            parent=row.parent,
            depth=depth,
            organs=[organ for organ in row.organs.split(",") if organ],
            authorised=row.authorised,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            successor=row.successor,
        )
        yield from _walk_units(below, row.id, depth + 1)


def list_terms(office: Office) -> list[TermView]:
    """The terms that committees began, newest first."""
    with office.database.read_transaction() as connection:
        snapshot, today = read_snapshot(office, connection, None)
    rows = sorted(
        (row for rows in snapshot.terms.values() for row in rows),
        key=lambda row: row.valid_from,
        reverse=True,
    )
    return [
        TermView(unit=name_unit(snapshot, row.unit_id, today), from_=row.valid_from, to=row.valid_to)
        for row in rows
    ]


# --- what lists share ---------------------------------------------------------------------------------------


def name_unit(snapshot: RegisterSnapshot, id_: str, day: date) -> NamedRef:
    """A unit by the name it has on a day, or that of the one which took its place."""
    row = snapshot.find_unit(id_, day)
    return NamedRef(id=id_, name=row.name if row else id_)


def name_commune(snapshot: RegisterSnapshot, unit: str, day: date) -> NamedRef | None:
    """The unit that a unit stands below."""
    above = snapshot.units_above(unit, day)
    return NamedRef(id=above[1].id, name=above[1].name) if above[1:] else None


def read_snapshot(office: Office, connection: Connection, day: date | None) -> tuple[RegisterSnapshot, date]:
    """The register as a reader sees it, and the day asked for; the office's own where none was."""
    return office.snapshot_for_reading(connection), day or office.resolve_day(reads.load_today(connection))


def list_units_below(snapshot: RegisterSnapshot, unit: str | None, day: date) -> set[str]:
    """The ids of a unit and all below it; of all there are where none is named. Raises `UnknownUnit`."""
    if unit is None:
        return set(snapshot.units)
    if snapshot.find_unit(unit, day) is None:
        raise UnknownUnit(unit=unit, on=day, near=[])
    return snapshot.units_below(unit, day)
