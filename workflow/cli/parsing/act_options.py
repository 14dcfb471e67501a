"""Commands take what the acts of the register declare."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from workflow.cli.parsing.arguments import (
    read_day,
    read_names,
    read_yes_no,
    resolve_person,
    resolve_post,
    resolve_unit,
)
from workflow.cli.parsing.parser import Param
from workflow.register.acts import ActField, FieldKind, build_act, list_fields

if TYPE_CHECKING:
    from workflow.office import Office

A = TypeVar("A")

METAVARS: dict[FieldKind, str] = {
    "day": "date",
    "unit": "unit",
    "person": "person",
    "line": "words",
    "yes_no": "answer",
}
"""What stands for a value; where nothing is named, the field's own name."""


def act_params(
    act: type, *arguments: str, leave_out: tuple[str, ...] = (), required: bool = True, **metavars: str
) -> list[Param]:
    """The parameters of a command that enters an act: ``arguments`` by their place, all others as options.

    ``required``: whether what the act needs has to be there; a command that lists without it does not ask.
    """
    fields = {field.name: field for field in list_fields(act) if field.name not in leave_out}
    ordered = [fields.pop(name) for name in arguments] + list(fields.values())
    return [
        _make_param(field, metavars.get(field.name), is_option=field.name not in arguments, required=required)
        for field in ordered
    ]


def _make_param(field: ActField, metavar: str | None, *, is_option: bool, required: bool) -> Param:
    name = f"--{OPTION_NAMES.get(field.name, field.name).replace('_', '-')}" if is_option else field.name
    if field.default is False:
        return Param(name, kind="flag")
    shown = metavar or (METAVARS.get(field.kind, "") if is_option else "")
    return Param(
        name, shown, required=field.required and required, into="since" if field.name == "since" else ""
    )


OPTION_NAMES = {"since": "from"}
"""Options that are called otherwise than their fields."""


def read_act(office: "Office", act: type[A], typed: Mapping[str, Any]) -> A:
    """The act that was typed. Raises `InvalidInput`, `UnknownName`."""
    fields = [field for field in list_fields(act) if typed.get(field.name) is not None]
    return build_act(act, {field.name: _read_field(office, field, typed[field.name]) for field in fields})


def _read_field(office: "Office", field: ActField, typed: Any) -> object:
    """One value; what is kept of a person is read by the register, with every fault."""
    if field.is_detail or isinstance(typed, bool):
        return typed
    if field.kind == "day":
        return read_day(typed, field.name)
    if field.kind == "yes_no":
        return read_yes_no(typed, field.name)
    if field.kind == "rule_names":
        return read_names(typed)
    resolve = RESOLVERS.get(field.kind)
    return resolve(office, typed) if resolve else typed


RESOLVERS: dict[FieldKind, Callable[["Office", str], str]] = {
    "unit": resolve_unit,
    "post": resolve_post,
    "person": resolve_person,
}
