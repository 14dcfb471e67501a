"""Units: what there is of villages, communes and above, from which day to which."""

from collections.abc import Collection, Container, Iterable
from datetime import date
from typing import Any, TypedDict, Unpack, cast

from states.rulebook.edition import Edition
from workflow.core.input import FieldFault, Mistyped
from workflow.office import Office
from workflow.register.errors import AlreadyKnown, Misplaced, NotALevel, NotAnOrgan, StillUsed, UnknownUnit
from workflow.register.place_names import bare, place_key
from workflow.register.session import (
    DAY,
    Register,
    edition_on,
    fit_id,
    last_row,
    named,
    opened,
    overlaps,
    slug,
)
from workflow.register.writer import Who
from workflow.storage import reads
from workflow.storage.register_snapshot import HEADED, Tree


class Standing(TypedDict, total=False):
    """Where a unit stands: the unit above it ("": none), its organs, whether its committee may decide by itself."""

    parent: str | None
    organs: Collection[str] | None
    authorised: bool | None


class Changes(Standing, total=False):
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
    **standing: Unpack[Standing],
) -> str:
    """A new unit; its id comes back: ``unit``, or one made out of its name.

    ``organs``: by default those that the edition in force gives every unit of its level.
    Raises `Mistyped`, `NotALevel`, `NotAnOrgan`, `UnknownUnit`, `Misplaced`, `AlreadyKnown`.
    """
    with opened(office, who) as register:
        register.past(since=since)
        edition = edition_on(office, since)
        values = _values(edition, since, {**standing, "name": name, "level": level})
        id_ = fit_id(unit, "unit") if unit else _new_id(register.tree, edition, values)
        namesake = _namesake(register.tree, values, since)
        if namesake or overlaps(register.tree.units.get(id_, ()), since):
            raise AlreadyKnown(id=namesake or id_)
        _check_place(register, id_, values, since)
        register.pen.add("units", since, id=id_, **values)
        return id_


def change_unit(office: Office, unit: str, since: date, who: Who, **changes: Unpack[Changes]) -> bool:
    """From a day on a unit has another name, place in the tree or organs; False when it has them already.

    A unit that changes its level has the organs of the new one, if no others are named. Raises as `add_unit` does.
    """
    with opened(office, who) as register:
        register.past(since=since)
        row = register.unit(unit, since)
        own = [organ for organ in row.organs.split(",") if organ]
        held = Changes(name=row.name, level=row.level, parent=row.parent, authorised=row.authorised)
        same_level = changes.get("level") in (None, row.level)
        if same_level:
            held["organs"] = own
        said = cast("Changes", {**held, **{name: value for name, value in changes.items() if value is not None}})
        values = _values(edition_on(office, since), since, said, own if same_level else ())
        if all(getattr(row, field) == value for field, value in values.items()):
            return False
        _check_place(register, unit, values, since)
        register.replace("units", row, since, **values)
        return True


def begin_term(office: Office, unit: str, since: date, who: Who) -> None:
    """A new term of a unit's committee begins; the one before ends the day before. Numbers of documents begin anew.

    Said again for the same day, nothing is written. Raises `UnknownUnit`, `Mistyped` (not before the term that runs).
    """
    with opened(office, who) as register:
        register.past(since=since)
        register.unit(unit, since)
        rows = register.tree.terms.get(unit, ())
        if any(row.valid_from == since for row in rows):
            return
        newest = max(rows, key=lambda row: row.valid_from, default=None)
        if newest is not None and newest.valid_from > since:
            raise Mistyped([FieldFault("since", "not_to_come", {"value": since, "today": newest.valid_from})])
        if newest is not None and newest.valid_to is None:
            register.pen.end("terms", newest, since - DAY)
        register.pen.add("terms", since, None, unit_id=unit)


def end_unit(office: Office, unit: str, last: date, who: Who, *, successor: str | None = None) -> None:
    """A unit ends; ``last`` is the last day on which it was there, ``successor`` the unit that takes its place.

    Raises `Mistyped`, `UnknownUnit`, `Ended`, `ChangedLater`, `Misplaced`, `StillUsed` (while units, posts or open
    cases still stand on it on the day after; what is below it and its cases live on in a successor).
    """
    with opened(office, who) as register:
        register.past(on=last)
        rows = register.tree.units.get(unit, ())
        row = last_row(rows, last, unit)
        if row is None:
            raise UnknownUnit(unit=unit, on=last, near=[])
        if successor is not None:
            register.unit(successor, last + DAY)
            if successor == unit:
                raise Misplaced(unit=unit, parent=unit)
        if used := list(_used_by(register, unit, last + DAY, alone=successor is None)):
            raise StillUsed(id=unit, by=used)
        register.pen.end("units", row, last, successor=successor)


def default_organs(edition: Edition, level: str) -> list[str]:
    """The organs that every unit of a level has."""
    return [name for name, organ in edition.organs.items() if organ.level == level and not organ.optional]


def new_unit_id(edition: Edition, name: str, level: str, parent: str | None, taken: Container[str]) -> str:
    """An id for a unit: a village's stands behind its commune's, as in ``dong-thinh/thon-1``."""
    if level == edition.organs[HEADED].level:
        return slug(name, taken, before=f"{parent}/" if parent else "")
    return slug(bare(name), taken)


def _new_id(tree: Tree, edition: Edition, values: dict[str, Any]) -> str:
    return new_unit_id(edition, values["name"], values["level"], values["parent"], tree.units)


def _namesake(tree: Tree, values: dict[str, Any], since: date) -> str | None:
    """A unit of the same name at the same place, on that day or later."""
    key = place_key(values["name"])
    for rows in tree.units.values():
        for row in rows:
            alike = (row.level, row.parent) == (values["level"], values["parent"]) and place_key(row.name) == key
            if alike and overlaps([row], since):
                return row.id
    return None


def _values(edition: Edition, since: date, said: Changes, own: Collection[str] = ()) -> dict[str, Any]:
    """The columns of a unit, each held against the rules of the day; organs that are its ``own`` stay with it."""
    level, organs = said.get("level") or "", said.get("organs")
    if level not in edition.levels:
        raise NotALevel(level=level, on=since, known=list(edition.levels))
    known = [organ for organ, rule in edition.organs.items() if rule.level == level]
    wanted = default_organs(edition, level) if organs is None else list(dict.fromkeys(organs))
    for organ in wanted:
        if organ not in known and organ not in own:
            raise NotAnOrgan(organ=organ, level=level, on=since, known=known)
    return {
        "name": named(said.get("name") or ""),
        "level": level,
        "parent": said.get("parent") or None,
        "organs": ",".join(wanted),
        "authorised": bool(said.get("authorised")),
    }


def _check_place(register: Register, unit: str, values: dict[str, Any], since: date) -> None:
    """A unit stands below one that is there, of another level, and not below itself."""
    parent = values["parent"]
    if parent is None:
        return
    above = register.unit(parent, since)
    if above.level == values["level"] or any(row.id == unit for row in register.tree.above(parent, since)):
        raise Misplaced(unit=unit, parent=parent)


def _used_by(register: Register, unit: str, day: date, *, alone: bool) -> Iterable[str]:
    """The posts that stand on a unit from a day on; where it is left alone, its units and open cases as well."""
    for posts in register.posts.values():
        yield from (row.id for row in posts if row.unit_id == unit and overlaps([row], day))
    if alone:
        for units in register.tree.units.values():
            yield from (row.id for row in units if row.parent == unit and overlaps([row], day))
        cases = reads.cases(register.work.connection, units=[unit])
        yield from (case.id for case in cases if case.closed_on is None)
