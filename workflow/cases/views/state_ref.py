"""A step is named in a list."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRef:
    """A step and what it is called."""

    id: str
    label: str
