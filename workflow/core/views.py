"""Values that every room shows, and how they are taken apart."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRef:
    """Something by its id, and what it is called."""

    id: str
    name: str


def fields_of(view: "DataclassInstance") -> dict[str, Any]:
    """The fields of a view by name, in their order; what they hold stays as it is."""
    return {each.name: getattr(view, each.name) for each in fields(view)}
