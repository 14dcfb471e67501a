"""A record says what is known of one case.

Its events leave it so. Days stand as ISO texts, so that a record is plain JSON.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NotRequired, Optional, TypedDict

from states.record.events import Flag
from states.rulebook.edition import Edition
from states.vocabulary import Consent, FieldValue

EditionLookup = Callable[[str, str, str | None], Edition]
"""An edition by pipeline, id and revision; None: the revision of events that say none."""

HOUSE_PREFIX = "house:"
"""A mark of a house clock is called after its state: ``house:opinions``."""


class Mark(TypedDict):
    """One start of a clock, by event ``seq``. ``pauses``: each with its first day and the day it ended,
    if it has.

    ``began``: its first start, where a recorded day has moved it (`ClockRule.anew_from`).
    ``broken_off``: it was stopped though what it waited for has not come.
    ``of``: what it is counted per. ``amount``: its length where a field says it; ``extended``: working
    days on top. ``revision``: the edition's, by which it is counted; ``revised``: since a correction of the
    rules brought or changed it.
    """

    clock: str
    edition: str
    seq: int
    start: str
    of: str | None
    stopped: str | None
    amount: NotRequired[int]
    pauses: NotRequired[list[list[str | None]]]
    extended: NotRequired[int]
    began: NotRequired[str]
    broken_off: NotRequired[bool]
    revision: NotRequired[str]
    revised: NotRequired["RevisedMark"]


class RevisedMark(TypedDict):
    """When the rules of a clock were corrected, and the mark that it had before; None: they brought it."""

    on: str
    was: Mark | None


CarryOverMark = TypedDict(
    "CarryOverMark", {"from": str, "back": list[str], "on": str, "before": Optional["CarryOverMark"]}
)
"""Where the case stood before a carry-over; ``before``: the carry-over before that."""


@dataclass(slots=True)
class Record:
    """What is known of one case. ``back``: states to return to, innermost last. ``clocks``: one mark per
    start.

    ``papers``: those that came in, each with the date that it bears, if anybody knows it.
    ``carried``: the carry-overs since the last move, newest first. ``homes``: units left, each with the
    day it was.
    """

    pipeline: str
    unit: str
    state: str = ""
    seq: int = 0
    adopted: bool = False
    back: list[str] = field(default_factory=list)
    fields: dict[str, FieldValue] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    last_on: str | None = None
    typed: dict[str, str] = field(default_factory=dict)
    clocks: list[Mark] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    papers: dict[str, str | None] = field(default_factory=dict)
    replaced: list[str] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    carried: CarryOverMark | None = None
    homes: list[list[str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Record":
        return cls(**data)

    def replace_with(self, data: Mapping[str, Any]) -> None:
        """Become the record that ``data`` holds."""
        for name, value in deepcopy(dict(data)).items():
            setattr(self, name, value)

    def find_day(self, name: str | None) -> date | None:
        """A recorded day."""
        value = self.fields.get(name) if name else None
        return date.fromisoformat(value) if isinstance(value, str) else None

    def find_paper_day(self, code: str) -> date | None:
        """The date that a received paper bears, if anybody knows it."""
        dated = self.papers.get(code)
        return date.fromisoformat(dated) if dated else None

    def list_people(self, name: str) -> list[str]:
        """The ids of the people named in a field, in the order named."""
        value = self.fields.get(name)
        return value if isinstance(value, list) else [value] if isinstance(value, str) else []

    def unit_on(self, on: str) -> str:
        for left, unit in self.homes:
            if on < left:
                return unit
        return self.unit

    def state_on(self, on: str) -> tuple[str, list[str]]:
        """The state for an act of day ``on`` and the states to return to, before any later carry-over."""
        state, back, carried = self.state, self.back, self.carried
        while carried and on < carried["on"]:
            state, back, carried = carried["from"], carried["back"], carried["before"]
        return state, list(back)
