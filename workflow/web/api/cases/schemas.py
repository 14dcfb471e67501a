"""A case as the API tells it: the same keys as ``ketnap case --json``."""

from datetime import date
from typing import Any

from workflow.board.case_list import CaseListRow
from workflow.cases.views.state_ref import StateRef
from workflow.register.views.places import NamedRef
from workflow.web.api.schemas import ListPage, ReasonView, ResponseBody


class CaseEditionView(ResponseBody):
    """The edition by which a case is judged today."""

    id: str
    label: str
    regulation: str
    in_force: date


class CasePersonView(ResponseBody):
    """Somebody named in a case."""

    id: str
    name: str
    born: date | None
    membership: str
    official_since: date | None
    together_since: date | None


class SponsorView(CasePersonView):
    """A sponsor; ``replacement``: took the place of another."""

    replacement: bool


class CaseStateView(ResponseBody):
    """The step at which a case stands, and whose turn it is there."""

    id: str
    label: str
    turn: str | None
    turn_label: str | None
    since: date | None
    end: bool


class CarryOverView(ResponseBody):
    """A carry-over that came due and goes on record with the next act."""

    on: date
    to: str
    because: str


class SkippedDaysView(ResponseBody):
    """Days off that were passed over in counting."""

    first: date
    last: date
    label: str


class ClockView(ResponseBody):
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
    skipped: list[SkippedDaysView]


class CasePaperView(ResponseBody):
    """A paper of the case: missing, noted (only its day is on record), present, stale."""

    code: str
    title: str
    part: str
    by: str
    dated: date | None
    status: str


class VoteView(ResponseBody):
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


class FlagView(ResponseBody):
    """Something that no longer holds after a correction. Words are there where the rules have them today."""

    seq: int
    kind: str
    code: str
    settled: Any = None
    text: str | None = None
    citation: str | None = None
    verified: bool | None = None
    effect: str | None = None


class NoticeView(ResponseBody):
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


class SnoozeView(ResponseBody):
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


class CheckView(ResponseBody):
    """A condition that does not hang on what is still to be typed, and whether it holds."""

    code: str
    holds: bool


class ActFieldView(ResponseBody):
    """A field of an act: what to send, whether it must be, and of which words a choice is made."""

    field: str
    label: str
    type: str
    needed: bool
    options: dict[str, str]


class OpenActView(ResponseBody):
    """An act that is open now, judged as if made today with nothing sent yet."""

    label: str
    organ: str
    allowed: bool
    reasons: list[ReasonView]
    checks: list[CheckView]
    fields: list[ActFieldView]


class OpenMoveView(OpenActView):
    """An act that takes the case on."""

    move: str


class OpenEntryView(OpenActView):
    """An act that leaves the case where it is."""

    entry: str


class FieldValueView(ResponseBody):
    """A recorded value, and as people read it."""

    field: str
    label: str
    value: Any
    text: Any


class EventView(ResponseBody):
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
    fields: list[FieldValueView]
    warnings: list[str]
    flags: list[dict[str, Any]]
    of: int | None
    because: str | None
    allowed_by: str | None


class CaseView(ResponseBody):
    """One case: where it stands, what runs, what may be done next and what is missing."""

    case: str
    version: int
    pipeline: str
    edition: CaseEditionView
    today: date
    person: CasePersonView
    unit: NamedRef
    state: CaseStateView
    opened_on: date
    closed_on: date | None
    adopted: bool
    carried_over: CarryOverView | None
    stalled: bool
    clocks: list[ClockView]
    papers: list[CasePaperView]
    sponsors: list[SponsorView]
    helpers: list[CasePersonView]
    consents: list[dict[str, str]]
    votes: list[VoteView]
    flags: list[FlagView]
    told: list[NoticeView]
    moves: list[OpenMoveView]
    entries: list[OpenEntryView]


class FullCaseView(CaseView):
    """One case with its history and what was put off about it."""

    history: list[EventView]
    snoozed: list[SnoozeView]


class HistoryView(ResponseBody):
    """Every act of a case, oldest first."""

    history: list[EventView]


class CaseListPage(ListPage):
    """A page of cases."""

    cases: list[CaseListRow]


class ActResultView(ResponseBody):
    """What came of an act: the steps before and after, the warnings that stay on the record, what runs now."""

    case: str
    kind: str
    label: str
    person: NamedRef
    before: StateRef
    after: CaseStateView
    carried: str | None
    version: int
    warnings: list[ReasonView]
    clocks: list[ClockView]


class CorrectionResultView(ResponseBody):
    """What came of a correction: what no longer holds by it stays flagged."""

    case: str
    event: int
    version: int
    flags: list[FlagView]
    state: CaseStateView
