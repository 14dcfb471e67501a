"""The board as the API tells it."""

from datetime import date
from typing import Literal

from workflow.register.views.places import NamedRef
from workflow.web.api.schemas import ListPage, ResponseBody

ClockKind = Literal["legal", "house", "validity", "period"]
OverdueBand = Literal["week", "month", "quarter", "older"]
UndeliveredState = Literal["waiting", "in_outbox", "stuck", "returned", "cancelled", "void"]


class BoardScopeView(ResponseBody):
    """What a view of the board was asked for."""

    today: date
    on: date
    as_known_on: date | None
    unit: NamedRef | None


class CaseCountsView(ResponseBody):
    """Open cases, and of them those past a deadline: of the law, of the house, of either."""

    open: int
    legal: int
    house: int
    late: int


class FunnelStepView(CaseCountsView):
    """A step, and whose turn it is there."""

    state: str
    label: str
    turn: str | None
    turn_label: str | None


class FunnelPipelineView(ResponseBody):
    """A way with its steps in their order."""

    pipeline: str
    label: str
    steps: list[FunnelStepView]
    total: CaseCountsView


class FunnelView(BoardScopeView):
    """Open cases at each step."""

    pipelines: list[FunnelPipelineView]
    total: CaseCountsView


class OverdueBandView(ResponseBody):
    """Cases past a deadline for so many days, from and to (null: or more)."""

    overdue: OverdueBand
    days: list[int | None]
    count: int


class OverdueView(BoardScopeView):
    """Cases past a deadline by how long ago it was: of the law, of the house, of either."""

    legal: list[OverdueBandView]
    house: list[OverdueBandView]
    any: list[OverdueBandView]


class OrganCountsView(CaseCountsView):
    """Cases that wait for an organ."""

    turn: str
    label: str


class CommuneCountsView(CaseCountsView):
    """Cases of a commune."""

    unit: str
    name: str


class WaitingView(BoardScopeView):
    """For whom cases wait, and where."""

    organs: list[OrganCountsView]
    communes: list[CommuneCountsView]
    total: CaseCountsView


class DueClockView(ResponseBody):
    """A deadline to come."""

    case: str
    person: NamedRef
    unit: NamedRef
    commune: NamedRef
    name: str
    label: str
    of: str | None
    kind: str
    organ: str
    organ_label: str
    due: date
    days: int


class DueDayView(ResponseBody):
    """What falls due on a day."""

    on: date
    legal: int
    house: int
    validity: int
    period: int
    total: int
    clocks: list[DueClockView]


class DueView(BoardScopeView):
    """What falls due, day by day."""

    first: date
    last: date
    days: list[DueDayView]
    total: int


class DueListPage(BoardScopeView, ListPage):
    """A page of what falls due."""

    rows: list[DueClockView]


class RecipientRoleView(ResponseBody):
    """A role held at a unit."""

    role: str
    label: str
    unit: NamedRef


class RecipientView(ResponseBody):
    """A user by name, with the roles held today."""

    user: str
    name: str
    roles: list[RecipientRoleView]


class UndeliveredRecipientView(RecipientView):
    """Somebody whom something has not reached, how often, and since when."""

    waiting: int
    in_outbox: int
    stuck: int
    returned: int
    cancelled: int
    void: int
    since: date


class UndeliveredCountsView(ResponseBody):
    """Notices by what became of them."""

    waiting: int
    in_outbox: int
    stuck: int
    returned: int
    cancelled: int
    void: int


class UndeliveredView(BoardScopeView):
    """Who has not been told of something."""

    total: UndeliveredCountsView
    people: list[UndeliveredRecipientView]
    people_total: int
    no_address: list[RecipientView]
    no_address_total: int


class UndeliveredNoticeView(ResponseBody):
    """A notice that has not arrived, and the server's last word."""

    id: int
    subject: str
    about: str
    step: str
    due: date | None
    user: RecipientView
    via: RecipientView
    why: str
    swept_on: date
    standing: str
    letter: str | None
    code: int | None
    said: str | None


class UndeliveredListPage(BoardScopeView, ListPage):
    """A page of notices that have not arrived."""

    rows: list[UndeliveredNoticeView]


class ActCountView(ResponseBody):
    """How often an act was made."""

    pipeline: str
    kind: str
    label: str
    count: int


class ActivityRowView(ResponseBody):
    """An act that was made."""

    case: str
    on: date
    kind: str
    label: str
    person: NamedRef
    unit: NamedRef
    commune: NamedRef


class ActivityView(BoardScopeView):
    """What was done in a while."""

    acts: list[ActCountView]
    rows: list[ActivityRowView]
    total: int


class CoverageCountsView(ResponseBody):
    """Heads counted; posts = members + remaining + vacant, and probationary ones are among the members."""

    posts: int
    members: int
    probationary: int
    combined: int
    vacant: int
    remaining: int


class CommuneCoverageView(CoverageCountsView):
    """Heads of a commune."""

    unit: str
    name: str


class CoverageView(ResponseBody):
    """How many heads are members, in all and per commune."""

    on: date
    as_known_on: date | None
    total: CoverageCountsView
    communes: list[CommuneCoverageView]


class CoveragePointView(CoverageCountsView):
    """Coverage on a day."""

    on: date


class CoverageTrendView(ResponseBody):
    """Coverage over the months."""

    course: list[CoveragePointView]
