"""An edition as plain values: what the JSON of `ketnap rulebook show` prints, and what two editions are compared by."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel

from states.rulebook.edition import Condition, Edition, Sourced
from states.vocabulary import Text

Plain = str | int | bool | None | list[Any] | dict[str, Any]


def plain(edition: Edition) -> dict[str, Any]:
    """The whole edition under the names that its files use, texts as vi and en, days as ISO.

    Beside what its files say, everything that rests on a source says whether it is ``verified``, and every condition
    the ``effect`` that it has because of it.
    """
    return _model(edition)


def _model(model: BaseModel) -> dict[str, Any]:
    found = {field.alias or name: plain_value(getattr(model, name)) for name, field in type(model).model_fields.items()}
    if isinstance(model, Sourced):
        found["verified"] = model.verified
    if isinstance(model, Condition):
        found["effect"] = model.effect
    return found


def plain_value(value: object) -> Plain:
    """One value of an edition as JSON has it."""
    if isinstance(value, BaseModel):
        return _model(value)
    if isinstance(value, Text):
        return {"vi": value.vi, "en": value.en}
    if isinstance(value, Mapping):
        return {str(key): plain_value(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"no plain value: {value!r}")
