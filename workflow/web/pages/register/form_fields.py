"""The fields of the register's forms, as the templates draw them; and reading what was typed into them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from workflow.core.input import FieldFault, Mistyped, day_of
from workflow.register.place_names import place_order
from workflow.storage.tables import UnitRow
from workflow.web.context import Visit
from workflow.web.form_data import Form

View = dict[str, Any]

MOST_UNITS = 400
"""Units that a list to choose from holds: more would be no list that anybody reads."""


def field(here: Visit, name: str, kind: str, options: Mapping[str, str] | None = None, *, needed: bool = True) -> View:
    """One field. ``kind``: date, code (a line), choice (buttons), paper (a list), person, several (boxes to tick)."""
    return {
        "name": name,
        "label": here.say(f"page.register.field.{name}"),
        "type": kind,
        "needed": needed,
        "options": dict(options or {}),
        "people": kind == "person",
        "boxes": 1,
        "minimum": 0,
        "maximum": 1,
    }


def yes_no(here: Visit, name: str, *, needed: bool = False) -> View:
    """A question to be answered with yes or no."""
    return field(here, name, "choice", {"yes": here.say("cli.yes"), "no": here.say("cli.no")}, needed=needed)


def worded(here: Visit, keys: Iterable[str], prefix: str) -> dict[str, str]:
    """A closed list in the words of the catalogue."""
    return {key: here.say(f"{prefix}.{key}") for key in keys}


def units_offered(here: Visit, rows: Iterable[UnitRow]) -> dict[str, str]:
    """Units to choose from, by name; each with the one above it where that says more."""
    named = sorted(rows, key=lambda row: place_order(row.name))[:MOST_UNITS]
    found = {}
    for row in named:
        over = here.tree.unit(row.parent, here.today) if row.parent else None
        found[row.id] = f"{row.name}, {over.name}" if over and row.level == here.access.bottom else row.name
    return found


def directed(here: Visit) -> list[UnitRow]:
    """The units whose register is the reader's to keep."""
    rows = (here.tree.unit(id_, here.today) for id_ in here.tree.units)
    scope = here.access.scope
    mine = {row.id: row for row in rows if row is not None and (scope is None or row.id in scope)}
    return [row for row in mine.values() if here.access.directs(row.id)]


def day_in(form: Form, name: str) -> date:
    """A day that has to be there. Raises `Mistyped`."""
    text = form.text(name).strip()
    if not text:
        raise Mistyped([FieldFault(name, "missing", {})])
    try:
        return day_of(text)
    except ValueError:
        raise Mistyped([FieldFault(name, "not_a_day", {"value": text[:80]})]) from None


def answer_in(form: Form, name: str) -> bool | None:
    """A yes or no; None where nothing was chosen."""
    return {"yes": True, "no": False}.get(form.text(name))


def chosen_in(form: Form, name: str) -> str:
    """What was chosen of a list. Raises `Mistyped`."""
    value = form.text(name).strip()
    if not value:
        raise Mistyped([FieldFault(name, "missing", {})])
    return value


def together(*reads: Any) -> list[Any]:
    """What several readings came to; every fault of all of them at once. Raises `Mistyped`."""
    values, faults = [], list[FieldFault]()
    for read in reads:
        try:
            values.append(read())
        except Mistyped as error:
            faults += error.faults
    if faults:
        raise Mistyped(faults)
    return values
