"""Units: what there is of villages, communes and above, from which day to which."""

from collections.abc import Collection, Container, Iterable
from datetime import date
from typing import Any, TypedDict, Unpack, cast

from states.rulebook.edition import Edition
from workflow.core.input import FieldFault, InvalidInput
from workflow.office import Office
from workflow.register.errors import AlreadyKnown, NotALevel, NotAnOrgan, StillUsed, UnitMisplaced, UnknownUnit
from workflow.register.place_names import place_key, strip_unit_kind
from workflow.register.session import (
    DAY,
    RegisterSession,
    check_id,
    clean_name,
    find_last_row,
    find_overlap,
    make_slug,
    open_register,
    register_edition_on,
)
from workflow.register.writer import Who
from workflow.storage import reads
from workflow.storage.register_snapshot import BRANCH_ORGAN, RegisterSnapshot


class UnitPlacement(TypedDict, total=False):
    """Where a unit stands: the unit above it ("": none), its organs, whether its committee may decide by itself."""

    parent: str | None
    organs: Collection[str] | None
    authorised: bool | None


class UnitChanges(UnitPlacement, total=False):
    """What may change of a unit; what is None or not named stays."""

    name: str | None
    level: str | None


def add_unit(
    office: Office,
    name: str,
    level: str,
    since: date,
    who: Who,
    *,
    unit: str | None = None,
    **placement: Unpack[UnitPlacement],
) -> str:
    """A new unit; its id comes back: ``unit``, or one made out of its name.

    ``organs``: by default those that the edition in force gives every unit of its level.
    Raises `InvalidInput`, `NotALevel`, `NotAnOrgan`, `UnknownUnit`, `Misplaced`, `AlreadyKnown`.
    """
    with open_register(office, who) as register:
        register.check_days(since=since)
        edition = register_edition_on(office, since)
        values = _check_values(edition, since, {**placement, "name": name, "level": level})
        id_ = check_id(unit, "unit") if unit else _make_id(register.snapshot, edition, values)
        namesake = _find_namesake(register.snapshot, values, since)
        if namesake or find_overlap(register.snapshot.units.get(id_, ()), since):
            raise AlreadyKnown(id=namesake or id_)
        _check_place(register, id_, values, since)
        register.writer.add_row("units", since, id=id_, **values)
        return id_


def change_unit(office: Office, unit: str, since: date, who: Who, **changes: Unpack[UnitChanges]) -> bool:
    """From a day on a unit has another name, place in the tree or organs; False when it has them already.

    A unit that changes its level has the organs of the new one, if no others are named. Raises as `add_unit` does.
    """
    with open_register(office, who) as register:
        register.check_days(since=since)
        row = register.get_unit(unit, since)
        own = [organ for organ in row.organs.split(",") if organ]
        current = UnitChanges(name=row.name, level=row.level, parent=row.parent, authorised=row.authorised)
        same_level = changes.get("level") in (None, row.level)
        if same_level:
            current["organs"] = own
        wanted = cast(
            "UnitChanges", {**current, **{name: value for name, value in changes.items() if value is not None}}
        )
        values = _check_values(register_edition_on(office, since), since, wanted, own if same_level else ())
        if all(getattr(row, field) == value for field, value in values.items()):
            return False
        _check_place(register, unit, values, since)
        register.replace_row("units", row, since, **values)
        return True


def begin_term(office: Office, unit: str, since: date, who: Who) -> None:
    """A new term of a unit's committee begins; the one before ends the day before. Numbers of documents begin anew.

    Said again for the same day, nothing is written. Raises `UnknownUnit`, `InvalidInput` (not before the term that runs).
    """
    with open_register(office, who) as register:
        register.check_days(since=since)
        register.get_unit(unit, since)
        rows = register.snapshot.terms.get(unit, ())
        if any(row.valid_from == since for row in rows):
            return
        newest = max(rows, key=lambda row: row.valid_from, default=None)
        if newest is not None and newest.valid_from > since:
            raise InvalidInput([FieldFault("since", "not_to_come", {"value": since, "today": newest.valid_from})])
        if newest is not None and newest.valid_to is None:
            register.writer.end_row("terms", newest, since - DAY)
        register.writer.add_row("terms", since, None, unit_id=unit)


def end_unit(office: Office, unit: str, last: date, who: Who, *, successor: str | None = None) -> None:
    """A unit ends; ``last`` is the last day on which it was there, ``successor`` the unit that takes its place.

    Raises `InvalidInput`, `UnknownUnit`, `Ended`, `ChangedLater`, `Misplaced`, `StillUsed` (while units, posts or open
    cases still stand on it on the day after; what is below it and its cases live on in a successor).
    """
    with open_register(office, who) as register:
        register.check_days(on=last)
        rows = register.snapshot.units.get(unit, ())
        row = find_last_row(rows, last, unit)
        if row is None:
            raise UnknownUnit(unit=unit, on=last, near=[])
        if successor is not None:
            register.get_unit(successor, last + DAY)
            if successor == unit:
                raise UnitMisplaced(unit=unit, parent=unit)
        if used := list(_list_uses(register, unit, last + DAY, alone=successor is None)):
            raise StillUsed(id=unit, by=used)
        register.writer.end_row("units", row, last, successor=successor)


def default_organs(edition: Edition, level: str) -> list[str]:
    """The organs that every unit of a level has."""
    return [name for name, organ in edition.organs.items() if organ.level == level and not organ.optional]


def new_unit_id(edition: Edition, name: str, level: str, parent: str | None, taken: Container[str]) -> str:
    """An id for a unit: a village's stands behind its commune's, as in ``dong-thinh/thon-1``."""
    if level == edition.organs[BRANCH_ORGAN].level:
        return make_slug(name, taken, before=f"{parent}/" if parent else "")
    return make_slug(strip_unit_kind(name), taken)


def _make_id(snapshot: RegisterSnapshot, edition: Edition, values: dict[str, Any]) -> str:
    return new_unit_id(edition, values["name"], values["level"], values["parent"], snapshot.units)


def _find_namesake(snapshot: RegisterSnapshot, values: dict[str, Any], since: date) -> str | None:
    """A unit of the same name at the same place, on that day or later."""
    key = place_key(values["name"])
    for rows in snapshot.units.values():
        for row in rows:
            alike = (row.level, row.parent) == (values["level"], values["parent"]) and place_key(row.name) == key
            if alike and find_overlap([row], since):
                return row.id
    return None


def _check_values(
    edition: Edition, since: date, wanted_values: UnitChanges, own: Collection[str] = ()
) -> dict[str, Any]:
    """The columns of a unit, each held against the rules of the day; organs that are its ``own`` stay with it."""
    level, organs = wanted_values.get("level") or "", wanted_values.get("organs")
    if level not in edition.levels:
        raise NotALevel(level=level, on=since, known=list(edition.levels))
    known = [organ for organ, rule in edition.organs.items() if rule.level == level]
    wanted = default_organs(edition, level) if organs is None else list(dict.fromkeys(organs))
    for organ in wanted:
        if organ not in known and organ not in own:
            raise NotAnOrgan(organ=organ, level=level, on=since, known=known)
    return {
        "name": clean_name(wanted_values.get("name") or ""),
        "level": level,
        "parent": wanted_values.get("parent") or None,
        "organs": ",".join(wanted),
        "authorised": bool(wanted_values.get("authorised")),
    }


def _check_place(register: RegisterSession, unit: str, values: dict[str, Any], since: date) -> None:
    """A unit stands below one that is there, of another level, and not below itself."""
    parent = values["parent"]
    if parent is None:
        return
    above = register.get_unit(parent, since)
    if above.level == values["level"] or any(row.id == unit for row in register.snapshot.units_above(parent, since)):
        raise UnitMisplaced(unit=unit, parent=parent)


def _list_uses(register: RegisterSession, unit: str, day: date, *, alone: bool) -> Iterable[str]:
    """The posts that stand on a unit from a day on; where it is left alone, its units and open cases as well."""
    for posts in register.posts.values():
        yield from (row.id for row in posts if row.unit_id == unit and find_overlap([row], day))
    if alone:
        for units in register.snapshot.units.values():
            yield from (row.id for row in units if row.parent == unit and find_overlap([row], day))
        cases = reads.load_cases(register.tx.connection, units=[unit])
        yield from (case.id for case in cases if case.closed_on is None)
