"""Recorded events of a case are plain JSON, typed here."""

from typing import Any, Literal, TypedDict

from states.vocabulary import FieldValue


class Flag(TypedDict, total=False):
    """Something that no longer holds after a correction: which act, which condition, by which event
    settled.
    """

    seq: int
    kind: str
    code: str
    settled: int


def name_flag(flag: Flag) -> str:
    """How an act names a flag: its act and its condition, ``12:VOTE_BRANCH``."""
    return f"{flag['seq']}:{flag['code']}"


class BookedNumber(TypedDict):
    """A number that an act has taken out of an organ's book."""

    field: str
    unit_id: str
    mark: str
    number: int
    on_day: str


class RevisedClock(TypedDict):
    """A clock that a correction of the rules changed: its deadline before and since.

    ``kept``: the deadline is the same, though its rule is another.
    """

    clock: str
    of: str | None
    change: Literal["brought", "dropped", "moved", "kept"]
    was: str | None
    due: str | None


_CarriedFrom = TypedDict("_CarriedFrom", {"from": str}, total=False)


class CaseEvent(_CarriedFrom, total=False):
    """One event of a case. Which keys it has hangs on its ``kind``; days are ISO texts.

    ``revision``: that of its edition by which it was judged; without one, that of the first release.
    ``under``: the edition of each day that lies in another one than the event, ``revisions``: theirs.
    ``record``, ``revisions`` and ``clocks`` of a revision of the rules: the record as it is under them, all
    editions' revisions, the clocks that changed. ``texts``: hashes of sealed words.

    ``about``: the people of whom a fact was set right, of a rejudgement, which has ``flags`` too.
    ``to``, ``arrival`` are a move's; ``person``, ``unit``, ``back`` of the event that
    begins a case, ``unseen`` what an adoption did not find in the paper file; ``from``, ``back``, ``gone`` a
    carry-over's; ``of``, ``allowed_by``, ``flags`` a correction's.
    """

    case: str
    seq: int
    n: int
    kind: str
    pipeline: str
    edition: str
    revision: str
    on: str
    recorded_on: str
    recorded_at: str
    by: str
    typed: str
    fields: dict[str, FieldValue]
    under: dict[str, str]
    revisions: dict[str, str]
    record: dict[str, Any]
    clocks: list[RevisedClock]
    texts: dict[str, str]
    numbers: list[BookedNumber]
    warnings: list[str]
    to: str
    arrival: int
    person: str
    unit: str
    back: list[str]
    gone: list[str]
    unseen: list[str]
    of: int
    allowed_by: str
    about: list[str]
    flags: list[Flag]
