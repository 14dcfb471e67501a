"""The board to take away: cases and coverage as spreadsheets, the month as a printed report."""

import re
from datetime import date
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from workflow import board
from workflow.board.export.spreadsheet import case_workbook, coverage_workbook
from workflow.core.input import FIRST_YEAR, FieldFault, Mistyped
from workflow.web.context import Visit, visit
from workflow.web.filters import Asked, AskedFor, Narrowed, Word, above_branches, narrowed
from workflow.web.pages.board.lists import said_of, standing

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})|(?P<month_first>\d{1,2})[/ .-](?P<year_last>\d{4})")

router = APIRouter(include_in_schema=False)


@router.get("/cases.xlsx")
def cases_file(request: Request, asked: AskedFor) -> Response:
    """The cases of a list, all of them, as a spreadsheet."""
    here = visit(request)
    look = _sensible(here, asked)
    rows = standing(here, look, limit=None)["rows"]
    here.looked("cases", asked.unit)
    about = [_of_day(here, look), *(f"{one['label']}: {one['text']}" for one in said_of(here, look))]
    content = case_workbook(rows, here.speaks, about=about)
    return _download(content, EXCEL, here.say("page.cases.file", day=_day(here, look)))


@router.get("/coverage.xlsx")
def coverage_file(request: Request, asked: AskedFor) -> Response:
    """How many heads are members, per commune, as a spreadsheet."""
    here = visit(request)
    above_branches(here)
    look = _sensible(here, asked)
    found = board.coverage_table(here.office, scope=here.access.scope, **look.place)
    content = coverage_workbook(found, here.speaks, about=[_of_day(here, look)])
    return _download(content, EXCEL, here.say("page.board.coverage_name", day=_day(here, look)))


@router.get("/report.pdf")
def report(request: Request, asked: AskedFor, month: Word = "") -> Response:
    """The report of a month, printed. Raises `Mistyped` for what is no month, or one that has not begun."""
    from workflow.board.export.monthly_report import monthly_report

    here = visit(request)
    above_branches(here)
    look = _sensible(here, asked)
    first = _month(month) if month.strip() else here.today.replace(day=1)
    here.looked("report", asked.unit)
    content = monthly_report(here.office, here.speaks, month=first, scope=here.access.scope, unit=look.unit)
    return _download(content, PDF, here.say("page.board.report_name", month=f"{first:%Y-%m}"))


def _month(typed: str) -> date:
    """The first day of a month typed as 07/2022 or 2022-07. Raises `Mistyped`."""
    found = MONTH.fullmatch(typed.strip())
    year, month = (found["year"] or found["year_last"], found["month"] or found["month_first"]) if found else ("", "")
    try:
        day = date(int(year), int(month), 1)
    except ValueError:
        raise Mistyped([FieldFault("month", "not_a_month", {"value": typed})]) from None
    if day.year <= FIRST_YEAR:
        raise Mistyped([FieldFault("month", "too_early", {"value": day})])
    return day


def _sensible(here: Visit, asked: Asked) -> Narrowed:
    """What a file is narrowed to. Raises `Mistyped`, for a file has no place to say what was wrong."""
    asked.day(here.today)
    return narrowed(here, asked)


def _day(here: Visit, look: Narrowed) -> str:
    return (look.day or here.today).isoformat()


def _of_day(here: Visit, look: Narrowed) -> str:
    key = "page.board.on_then" if look.known else "page.board.on"
    return here.say(key, day=f"{look.day or here.today:%d/%m/%Y}")


def _download(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=kind, headers=headers)
