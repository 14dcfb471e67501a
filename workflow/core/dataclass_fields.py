"""A dataclass is taken apart into its fields."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def fields_of(view: "DataclassInstance") -> dict[str, Any]:
    """The fields by name, in their order; what they hold stays as it is, unlike in `dataclasses.asdict`."""
    return {each.name: getattr(view, each.name) for each in fields(view)}
