"""Fields of register forms are made and read."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from workflow.core.input import FieldFault, InvalidInput, parse_day
from workflow.register.place_names import place_order
from workflow.storage.tables.register import UnitRow
from workflow.web.context import RequestContext
from workflow.web.form_data import SentForm
from workflow.web.pages.form_field import FormField

MOST_UNITS = 400
"""Units that a list to choose from holds: more would be no list that anybody reads."""


def make_field(
    ctx: RequestContext,
    name: str,
    kind: str,
    options: Mapping[str, str] | None = None,
    *,
    needed: bool = True,
) -> FormField:
    """One field of a form.

    ``kind``: date, code (a line), choice (buttons), paper (a list), person, several (boxes to tick).
    """
    label = ctx.say(f"page.register.field.{name}")
    return FormField(name=name, label=label, type=kind, needed=needed, options=dict(options or {}))


def yes_no_options(ctx: RequestContext) -> dict[str, str]:
    """The answers to a question."""
    return {"yes": ctx.say("cli.yes"), "no": ctx.say("cli.no")}


def choose_from(keys: Iterable[str], prefix: str) -> Callable[[RequestContext, object], dict[str, str]]:
    """A closed list in the words of the catalogue."""
    return lambda ctx, _subject: {key: ctx.say(f"{prefix}.{key}") for key in keys}


def label_units(ctx: RequestContext, rows: Iterable[UnitRow]) -> dict[str, str]:
    """Units to choose from, by name; each with the one above it where that says more."""
    named = sorted(rows, key=lambda row: place_order(row.name))[:MOST_UNITS]
    options = {}
    for row in named:
        over = ctx.register.find_unit(row.parent, ctx.today) if row.parent else None
        options[row.id] = (
            f"{row.name}, {over.name}" if over and row.level == ctx.access.branch_level else row.name
        )
    return options


def list_directed_units(ctx: RequestContext) -> list[UnitRow]:
    """The units whose register is the reader's to keep."""
    rows = (ctx.register.find_unit(id_, ctx.today) for id_ in ctx.register.units)
    scope = ctx.access.scope
    mine = {row.id: row for row in rows if row is not None and (scope is None or row.id in scope)}
    return [row for row in mine.values() if ctx.access.can_manage(row.id)]


def require_day(form: SentForm, name: str) -> date:
    """A day that has to be there. Raises `InvalidInput`."""
    text = form.get_text(name).strip()
    if not text:
        raise InvalidInput([FieldFault(name, "missing", {})])
    try:
        return parse_day(text)
    except ValueError:
        raise InvalidInput([FieldFault(name, "not_a_day", {"value": text[:80]})]) from None


def read_yes_no(form: SentForm, name: str) -> bool | None:
    """A yes or no; None where nothing was chosen."""
    return {"yes": True, "no": False}.get(form.get_text(name))


def require_choice(form: SentForm, name: str) -> str:
    """What was chosen of a list. Raises `InvalidInput`."""
    value = form.get_text(name).strip()
    if not value:
        raise InvalidInput([FieldFault(name, "missing", {})])
    return value


def read_together(*reads: Any) -> list[Any]:
    """The results of several readers. Raises `InvalidInput` with the faults of all of them."""
    values, faults = [], list[FieldFault]()
    for read in reads:
        try:
            values.append(read())
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(faults)
    return values
