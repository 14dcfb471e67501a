"""What is known of one case, as its events leave it. Days stand as ISO texts, so that a record is plain JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from states.rulebook.edition import Edition

Event = Mapping[str, Any]
Mark = dict[str, Any]
EditionLookup = Callable[[str, str], Edition]
"""An edition by pipeline and id."""

HOUSE_PREFIX = "house:"
"""A mark of a house clock is called after its state: ``house:opinions``."""


@dataclass(slots=True)
class Record:
    """What is known of one case. ``back``: states to return to, innermost last. ``clocks``: one mark per start.

    ``papers``: those that came in, each with the date that it bears, if anybody knows it.
    ``carried``: the carry-overs since the last move, newest first. ``homes``: units left, each with the day it was.
    """

    pipeline: str
    unit: str
    state: str = ""
    seq: int = 0
    adopted: bool = False
    back: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    last_on: str | None = None
    typed: dict[str, str] = field(default_factory=dict)
    clocks: list[Mark] = field(default_factory=list)
    consents: list[dict[str, str]] = field(default_factory=list)
    papers: dict[str, str | None] = field(default_factory=dict)
    replaced: list[str] = field(default_factory=list)
    flags: list[dict[str, Any]] = field(default_factory=list)
    carried: dict[str, Any] | None = None
    homes: list[list[str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The record as plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Record":
        """The record that `to_json` gave."""
        return cls(**data)

    def unit_on(self, on: str) -> str:
        """The unit that the case belonged to on a day."""
        for left, unit in self.homes:
            if on < left:
                return unit
        return self.unit

    def state_on(self, on: str) -> tuple[str, list[str]]:
        """Where the case stood for an act of day ``on``, and what it would go back to: before any later carry-over."""
        state, back, carried = self.state, self.back, self.carried
        while carried and on < carried["on"]:
            state, back, carried = carried["from"], carried["back"], carried["before"]
        return state, list(back)
