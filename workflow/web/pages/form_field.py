"""A field of a form, as the templates draw it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field.

    ``type``: date, code (a line), lines, number, choice (buttons), paper (a list), person, people, several
    (boxes to tick). ``people`` of whom there are several have ``boxes``, one each.
    """

    name: str
    label: str
    type: str
    needed: bool
    options: Mapping[str, str]
    boxes: int = 1
    minimum: int = 0
    maximum: int = 1

    @property
    def people(self) -> bool:
        """Whether people are named in it."""
        return self.type in ("person", "people")
