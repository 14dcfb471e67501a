"""Units are added, changed and ended; terms of their committees begin."""

from collections.abc import Collection, Container, Iterable
from datetime import date
from typing import Any

from states.rulebook.edition import Edition
from workflow.core.input import FieldFault, InvalidInput
from workflow.core.views import NamedRef
from workflow.office import Office
from workflow.register.acts import AddUnit, BeginTerm, ChangeUnit, EndUnit
from workflow.register.errors import (
    AlreadyKnown,
    NotALevel,
    NotAnOrgan,
    StillUsed,
    UnitMisplaced,
    UnknownUnit,
)
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
from workflow.register.views.outcomes import ChangeResultView, EndResultView, NewTermView
from workflow.register.writer import Who
from workflow.storage import reads
from workflow.storage.register_snapshot import BRANCH_ORGAN, RegisterSnapshot


def add_unit(office: Office, act: AddUnit, who: Who) -> NamedRef:
    """A new unit, under the id that is named, or one made out of its name.

    Raises `InvalidInput`, `NotALevel`, `NotAnOrgan`, `UnknownUnit`, `UnitMisplaced`, `AlreadyKnown`.
    """
    with open_register(office, who) as register:
        register.check_days(since=act.since)
        edition = register_edition_on(office, act.since)
        values = _check_values(
            edition, act.since, act.name, act.level, act.parent, organs=act.organs, authorised=act.authorised
        )
        id_ = check_id(act.id, "unit") if act.id else _make_id(register.snapshot, edition, values)
        namesake = _find_namesake(register.snapshot, values, act.since)
        if namesake or find_overlap(register.snapshot.units.get(id_, ()), act.since):
            raise AlreadyKnown(id=namesake or id_)
        _check_place(register, id_, values, act.since)
        register.writer.add_row("units", act.since, id=id_, **values)
        return NamedRef(id=id_, name=act.name)


def change_unit(office: Office, act: ChangeUnit, who: Who) -> ChangeResultView:
    """From a day on a unit has another name, place in the tree or organs.

    A unit that changes its level has the organs of the new one, if no others are named. Raises as `add_unit`
    does.
    """
    with open_register(office, who) as register:
        register.check_days(since=act.since)
        row = register.get_unit(act.unit, act.since)
        level = row.level if act.level is None else act.level
        own = [organ for organ in row.organs.split(",") if organ] if level == row.level else None
        values = _check_values(
            register_edition_on(office, act.since),
            act.since,
            row.name if act.name is None else act.name,
            level,
            row.parent if act.parent is None else act.parent,
            organs=own if act.organs is None else act.organs,
            authorised=row.authorised if act.authorised is None else act.authorised,
            own=own or (),
        )
        changed = any(getattr(row, field) != value for field, value in values.items())
        if changed:
            _check_place(register, act.unit, values, act.since)
            register.replace_row("units", row, act.since, **values)
        return ChangeResultView(id=act.unit, changed=changed)


def begin_term(office: Office, act: BeginTerm, who: Who) -> NewTermView:
    """A new term of a unit's committee begins; the one before ends the day before.

    Numbers of documents begin anew.

    Said again for the same day, nothing is written. Raises `UnknownUnit`, `InvalidInput` (not before the term
    that runs).
    """
    outcome = NewTermView(unit=act.unit, from_=act.on)
    with open_register(office, who) as register:
        register.check_days(since=act.on)
        register.get_unit(act.unit, act.on)
        rows = register.snapshot.terms.get(act.unit, ())
        if any(row.valid_from == act.on for row in rows):
            return outcome
        newest = max(rows, key=lambda row: row.valid_from, default=None)
        if newest is not None and newest.valid_from > act.on:
            raise InvalidInput(
                [FieldFault("since", "not_to_come", {"value": act.on, "today": newest.valid_from})]
            )
        if newest is not None and newest.valid_to is None:
            register.writer.end_row("terms", newest, act.on - DAY)
        register.writer.add_row("terms", act.on, None, unit_id=act.unit)
        return outcome


def end_unit(office: Office, act: EndUnit, who: Who) -> EndResultView:
    """A unit ends after its last day.

    Raises `InvalidInput`, `UnknownUnit`, `AlreadyEnded`, `ChangedLater`, `UnitMisplaced`, `StillUsed` (while
    units, posts or open cases still stand on it on the day after; what is below it and its cases live on in a
    successor).
    """
    with open_register(office, who) as register:
        register.check_days(on=act.on)
        row = find_last_row(register.snapshot.units.get(act.unit, ()), act.on, act.unit)
        if row is None:
            raise UnknownUnit(unit=act.unit, on=act.on, near=[])
        if act.successor is not None:
            register.get_unit(act.successor, act.on + DAY)
            if act.successor == act.unit:
                raise UnitMisplaced(unit=act.unit, parent=act.unit)
        if used := list(_list_uses(register, act.unit, act.on + DAY, alone=act.successor is None)):
            raise StillUsed(id=act.unit, by=used)
        register.writer.end_row("units", row, act.on, successor=act.successor)
        return EndResultView(id=act.unit, last=act.on)


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
            alike = (row.level, row.parent) == (values["level"], values["parent"]) and place_key(
                row.name
            ) == key
            if alike and find_overlap([row], since):
                return row.id
    return None


def _check_values(
    edition: Edition,
    since: date,
    name: str,
    level: str,
    parent: str | None,
    *,
    organs: Collection[str] | None,
    authorised: bool,
    own: Collection[str] = (),
) -> dict[str, Any]:
    """The columns of a unit, each held against the rules of the day.

    Organs that are its ``own`` stay with it.
    """
    if level not in edition.levels:
        raise NotALevel(level=level, on=since, known=list(edition.levels))
    known = [organ for organ, rule in edition.organs.items() if rule.level == level]
    wanted = default_organs(edition, level) if organs is None else list(dict.fromkeys(organs))
    for organ in wanted:
        if organ not in known and organ not in own:
            raise NotAnOrgan(organ=organ, level=level, on=since, known=known)
    return {
        "name": clean_name(name),
        "level": level,
        "parent": parent or None,
        "organs": ",".join(wanted),
        "authorised": authorised,
    }


def _check_place(register: RegisterSession, unit: str, values: dict[str, Any], since: date) -> None:
    """A unit stands below one that is there, of another level, and not below itself."""
    parent = values["parent"]
    if parent is None:
        return
    above = register.get_unit(parent, since)
    if above.level == values["level"] or any(
        row.id == unit for row in register.snapshot.units_above(parent, since)
    ):
        raise UnitMisplaced(unit=unit, parent=parent)


def _list_uses(register: RegisterSession, unit: str, day: date, *, alone: bool) -> Iterable[str]:
    """The posts that stand on a unit from a day on.

    Where it is left alone, its units and open cases as well.
    """
    for posts in register.posts.values():
        yield from (row.id for row in posts if row.unit_id == unit and find_overlap([row], day))
    if alone:
        for units in register.snapshot.units.values():
            yield from (row.id for row in units if row.parent == unit and find_overlap([row], day))
        cases = reads.load_cases(register.tx.connection, units=[unit])
        yield from (case.id for case in cases if case.closed_on is None)
