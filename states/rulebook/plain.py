"""An edition becomes plain values.

They are what the JSON of `ketnap rulebook show` prints, and what two editions are compared by.
"""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel

from states.law.sourced_rule import SourcedRule
from states.rulebook.edition import Condition, Edition
from states.vocabulary import Text


def edition_to_plain(edition: Edition) -> dict[str, object]:
    """The whole edition under the names that its files use, texts as vi and en, days as ISO.

    Beside what its files say, everything that rests on a source says whether it is ``verified``, and every
    condition the ``effect`` that it has because of it.
    """
    return _model_to_plain(edition)


def _model_to_plain(model: BaseModel) -> dict[str, object]:
    values: dict[str, object] = {
        field.alias or name: _value_to_plain(getattr(model, name))
        for name, field in type(model).model_fields.items()
    }
    if isinstance(model, SourcedRule):
        values["verified"] = model.verified
    if isinstance(model, Condition):
        values["effect"] = model.effect
    return values


def _value_to_plain(value: object) -> object:
    """One value of an edition as JSON has it."""
    if isinstance(value, BaseModel):
        return _model_to_plain(value)
    if isinstance(value, Text):
        return {"vi": value.vi, "en": value.en}
    if isinstance(value, Mapping):
        return {str(key): _value_to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_value_to_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"no plain value: {value!r}")
