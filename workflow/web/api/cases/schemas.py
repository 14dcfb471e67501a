"""Schemas of the list of cases."""

from datetime import date

from workflow.cases.views.act_result import StateRef
from workflow.register.views.places import NamedRef
from workflow.web.api.schemas import ListPage, ResponseBody


class LateClockView(ResponseBody):
    """A deadline that has passed; ``label``, ``of`` and ``days`` are told of open cases."""

    name: str
    kind: str
    organ: str
    due: date | None
    label: str | None = None
    of: str | None = None
    days: int | None = None


class CaseListRow(ResponseBody):
    """A case in a list; ``since``, ``days``: since when, and how long, an open one has not moved."""

    case: str
    pipeline: str
    person: NamedRef
    unit: NamedRef
    above: list[NamedRef]
    state: StateRef
    turn: str | None
    turn_label: str | None
    version: int
    opened_on: date
    closed_on: date | None
    stalled: bool
    days_late: int
    late: list[LateClockView]
    commune: NamedRef | None = None
    since: date | None = None
    days: int | None = None


class CaseListPage(ListPage):
    """A page of cases."""

    cases: list[CaseListRow]
