"""Schemas of the list of cases."""

from workflow.board.case_list import CaseListRow
from workflow.web.api.schemas import ListPage


class CaseListPage(ListPage):
    """A page of cases."""

    cases: list[CaseListRow]
