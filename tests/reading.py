"""Tests ask the board as its doors do: by one picture of the database."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from workflow.board.case_list import (
    CaseListRow,
    CaseListView,
    CaseSort,
    list_cases_by_urgency,
    list_open_cases,
)
from workflow.board.snapshot.snapshot import BoardFilter, BoardSnapshot, Scope, open_snapshot
from workflow.office import Office

T = TypeVar("T")


def ask(
    office: Office,
    read: Callable[..., T],
    *args: Any,
    scope: Scope = None,
    on: date | None = None,
    as_known_on: date | None = None,
    **more: Any,
) -> T:
    """What a reader of the board answers."""
    with open_snapshot(office, scope=scope, on=on, as_known_on=as_known_on) as snapshot:
        return read(snapshot, *args, **more)


def list_page(
    office: Office,
    language: str = "vi",
    *,
    scope: Scope = None,
    on: date | None = None,
    as_known_on: date | None = None,
    sort: CaseSort = "late",
    limit: int | None = 50,
    offset: int = 0,
    **filters: Any,
) -> CaseListView:
    """A page of the open cases that filters mean."""
    with open_snapshot(office, scope=scope, on=on, as_known_on=as_known_on) as snapshot:
        return read_page(snapshot, language, sort=sort, limit=limit, offset=offset, **filters)


def read_page(
    snapshot: BoardSnapshot,
    language: str = "vi",
    *,
    sort: CaseSort = "late",
    limit: int | None = 50,
    offset: int = 0,
    **filters: Any,
) -> CaseListView:
    """The same of a picture that is open already: of a past day it costs much to take, and little to read."""
    wanted = BoardFilter(**filters)
    return list_open_cases(snapshot, language, wanted, sort=sort, limit=limit, offset=offset)


def list_cases(office: Office, language: str = "vi", **narrowed: Any) -> list[CaseListRow]:
    """All cases that the command line lists."""
    return ask(office, list_cases_by_urgency, language, **narrowed)
