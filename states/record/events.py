"""Recorded events of a case are plain JSON, typed here."""

from typing import TypedDict

from states.vocabulary import FieldValue


class Flag(TypedDict, total=False):
    """Something that no longer holds after a correction: which act, which condition, by which event
    settled.
    """

    seq: int
    kind: str
    code: str
    settled: int


class BookedNumber(TypedDict):
    """A number that an act has taken out of an organ's book."""

    field: str
    unit_id: str
    mark: str
    number: int
    on_day: str


_CarriedFrom = TypedDict("_CarriedFrom", {"from": str}, total=False)


class CaseEvent(_CarriedFrom, total=False):
    """One event of a case. Which keys it has hangs on its ``kind``; days are ISO texts.

    ``under``: the edition of each day that lies in another one than the event. ``texts``: hashes of
    sealed words. ``to``, ``arrival`` are a move's; ``person``, ``unit``, ``back`` of the event that
    begins a case; ``from``, ``back``, ``gone`` a carry-over's; ``of``, ``allowed_by``, ``flags`` a
    correction's.
    """

    case: str
    seq: int
    n: int
    kind: str
    pipeline: str
    edition: str
    on: str
    recorded_on: str
    recorded_at: str
    by: str
    typed: str
    fields: dict[str, FieldValue]
    under: dict[str, str]
    texts: dict[str, str]
    numbers: list[BookedNumber]
    warnings: list[str]
    to: str
    arrival: int
    person: str
    unit: str
    back: list[str]
    gone: list[str]
    of: int
    allowed_by: str
    flags: list[Flag]
