"""A case as the API tells it: the same keys as ``ketnap case --json``."""

from datetime import date
from typing import Any

from workflow.web.api.schemas import Named, Paged, Reason, Told


class InForce(Told):
    """The edition by which a case is judged today."""

    id: str
    label: str
    regulation: str
    in_force: date


class Person(Told):
    """Somebody named in a case."""

    id: str
    name: str
    born: date | None
    membership: str
    official_since: date | None
    together_since: date | None


class Sponsor(Person):
    """A sponsor; ``replacement``: took the place of another."""

    replacement: bool


class Standing(Told):
    """The step at which a case stands, and whose turn it is there."""

    id: str
    label: str
    turn: str | None
    turn_label: str | None
    since: date | None
    end: bool


class Carried(Told):
    """A carry-over that came due and goes on record with the next act."""

    on: date
    to: str
    because: str


class Skipped(Told):
    """Days off that were passed over in counting."""

    first: date
    last: date
    label: str


class Clock(Told):
    """A deadline, how it was counted, and by which article."""

    name: str
    label: str
    kind: str
    organ: str
    state: str
    basis: int | None
    of: str | None
    edition: str
    start: date | None
    amount: int
    unit: str
    extended: int
    due: date | None
    stopped: date | None
    late: bool
    days_left: int | None
    missing_year: int | None
    unverified_years: list[int]
    citation: str | None
    verified: bool
    skipped: list[Skipped]


class Paper(Told):
    """A paper of the case: missing, noted (only its day is on record), present, stale."""

    code: str
    title: str
    part: str
    by: str
    dated: date | None
    status: str


class Vote(Told):
    """A vote, as it was counted."""

    seq: int
    on: date
    body: str
    rule: str
    roll: int | None
    base: int | None
    present: int | None
    votes_for: int | None
    votes_against: int | None
    votes_blank: int | None
    need: int | None
    reached: bool


class Flag(Told):
    """Something that no longer holds after a correction. Words are there where the rules have them today."""

    seq: int
    kind: str
    code: str
    settled: Any = None
    text: str | None = None
    citation: str | None = None
    verified: bool | None = None
    effect: str | None = None


class Notice(Told):
    """What somebody was told of a case."""

    id: int
    reminder: str
    clock: str
    about: str
    step: str
    due: date | None
    user: str
    via: str
    why: str
    swept_on: date
    state: str
    letter: str | None


class Snoozed(Told):
    """What was put off, until when, by whom, and why."""

    n: int
    clock: str
    about: str
    user: str
    until: date
    reason: str | None
    by: str
    typed: str
    recorded_on: date


class Check(Told):
    """A condition that does not hang on what is still to be typed, and whether it holds."""

    code: str
    holds: bool


class Field(Told):
    """A field of an act: what to send, whether it must be, and of which words a choice is made."""

    field: str
    label: str
    type: str
    needed: bool
    options: dict[str, str]


class Act(Told):
    """An act that is open now, judged as if made today with nothing sent yet."""

    label: str
    organ: str
    allowed: bool
    reasons: list[Reason]
    checks: list[Check]
    fields: list[Field]


class Move(Act):
    """An act that takes the case on."""

    move: str


class Entry(Act):
    """An act that leaves the case where it is."""

    entry: str


class Value(Told):
    """A recorded value, and as people read it."""

    field: str
    label: str
    value: Any
    text: Any


class Event(Told):
    """One act of the history: who did it (``by``), who typed it, when it happened and when it was recorded."""

    seq: int
    n: int
    kind: str
    label: str | None
    edition: str
    on: date
    recorded_on: date
    recorded_at: str
    by: str
    typed: str
    to: str | None
    to_label: str | None
    fields: list[Value]
    warnings: list[str]
    flags: list[dict[str, Any]]
    of: int | None
    because: str | None
    allowed_by: str | None


class Case(Told):
    """One case: where it stands, what runs, what may be done next and what is missing."""

    case: str
    version: int
    pipeline: str
    edition: InForce
    today: date
    person: Person
    unit: Named
    state: Standing
    opened_on: date
    closed_on: date | None
    adopted: bool
    carried_over: Carried | None
    stalled: bool
    clocks: list[Clock]
    papers: list[Paper]
    sponsors: list[Sponsor]
    helpers: list[Person]
    consents: list[dict[str, str]]
    votes: list[Vote]
    flags: list[Flag]
    told: list[Notice]
    moves: list[Move]
    entries: list[Entry]


class CaseWhole(Case):
    """One case with its history and what was put off about it."""

    history: list[Event]
    snoozed: list[Snoozed]


class History(Told):
    """Every act of a case, oldest first."""

    history: list[Event]


class Late(Told):
    """A deadline that has passed; ``label``, ``of`` and ``days`` are told of open cases."""

    name: str
    kind: str
    organ: str
    due: date | None
    label: str | None = None
    of: str | None = None
    days: int | None = None


class State(Told):
    """A step and what it is called."""

    id: str
    label: str


class CaseRow(Told):
    """A case in a list; ``since``, ``days``: since when, and how long, an open one has not moved."""

    case: str
    pipeline: str
    person: Named
    unit: Named
    above: list[Named]
    state: State
    turn: str | None
    turn_label: str | None
    version: int
    opened_on: date
    closed_on: date | None
    stalled: bool
    days_late: int
    late: list[Late]
    commune: Named | None = None
    since: date | None = None
    days: int | None = None


class Cases(Paged):
    """A page of cases."""

    cases: list[CaseRow]


class Acted(Told):
    """What came of an act: the steps before and after, the warnings that stay on the record, what runs now."""

    case: str
    kind: str
    label: str
    person: Named
    before: State
    after: Standing
    carried: str | None
    version: int
    warnings: list[Reason]
    clocks: list[Clock]


class Corrected(Told):
    """What came of a correction: what no longer holds by it stays flagged."""

    case: str
    event: int
    version: int
    flags: list[Flag]
    state: Standing
