"""Units and terms are listed, each with its place in the tree."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRef:
    """Something by its id, and what it is called."""

    id: str
    name: str
