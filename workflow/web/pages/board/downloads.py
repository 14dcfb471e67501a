"""The board is downloaded as spreadsheets and as a printed report."""

import re
from datetime import date
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from workflow.board.coverage import count_coverage
from workflow.board.export.spreadsheet import build_case_workbook, build_coverage_workbook
from workflow.core.input import FIRST_YEAR, FieldFault, InvalidInput
from workflow.web.context import RequestContext, load_context
from workflow.web.pages.board.cases_page import describe_filters, list_filter_options, load_case_rows
from workflow.web.pages.filters import (
    BoardQuery,
    FiltersParam,
    ListFilters,
    QueryText,
    build_query,
    require_above_branches,
)

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})|(?P<month_first>\d{1,2})[/ .-](?P<year_last>\d{4})")

router = APIRouter(include_in_schema=False)


@router.get("/cases.xlsx")
def download_cases(request: Request, filters: FiltersParam) -> Response:
    ctx = load_context(request)
    query = _require_valid_query(ctx, filters)
    with query.open_snapshot(ctx) as snapshot:
        rows, _ = load_case_rows(snapshot, ctx.speaks, query, limit=None)
        chosen = describe_filters(ctx, query, list_filter_options(snapshot, ctx.speaks, query))
    ctx.log_access("cases", filters.unit)
    about = [_day_line(ctx, query), *(f"{part.label}: {part.text}" for part in chosen)]
    content = build_case_workbook(rows, ctx.speaks, about=about)
    return _file_response(content, EXCEL, ctx.say("page.cases.file", day=_iso_day(ctx, query)))


@router.get("/coverage.xlsx")
def download_coverage(request: Request, filters: FiltersParam) -> Response:
    ctx = load_context(request)
    require_above_branches(ctx)
    query = _require_valid_query(ctx, filters)
    with query.open_snapshot(ctx) as snapshot:
        coverage = count_coverage(snapshot, query.unit)
    content = build_coverage_workbook(coverage, ctx.speaks, about=[_day_line(ctx, query)])
    return _file_response(content, EXCEL, ctx.say("page.board.coverage_name", day=_iso_day(ctx, query)))


@router.get("/report.pdf")
def download_report(request: Request, filters: FiltersParam, month: QueryText = "") -> Response:
    """The report of a month, printed. Raises `InvalidInput` for what is no month, or one that has not
    begun.
    """
    from workflow.board.export.monthly_report import build_monthly_report

    ctx = load_context(request)
    require_above_branches(ctx)
    query = _require_valid_query(ctx, filters)
    first = _parse_month(month) if month.strip() else ctx.today.replace(day=1)
    ctx.log_access("report", filters.unit)
    content = build_monthly_report(
        ctx.office, ctx.speaks, month=first, scope=ctx.access.scope, unit=query.unit
    )
    return _file_response(content, PDF, ctx.say("page.board.report_name", month=f"{first:%Y-%m}"))


def _parse_month(typed: str) -> date:
    """The first day of a month typed as 07/2022 or 2022-07. Raises `InvalidInput`."""
    match = MONTH.fullmatch(typed.strip())
    year, month = (
        (match["year"] or match["year_last"], match["month"] or match["month_first"]) if match else ("", "")
    )
    try:
        day = date(int(year), int(month), 1)
    except ValueError:
        raise InvalidInput([FieldFault("month", "not_a_month", {"value": typed})]) from None
    if day.year <= FIRST_YEAR:
        raise InvalidInput([FieldFault("month", "too_early", {"value": day})])
    return day


def _require_valid_query(ctx: RequestContext, filters: ListFilters) -> BoardQuery:
    """What a file is narrowed to. Raises `InvalidInput`, for a file has no place to say what was wrong."""
    filters.read_day(ctx.today)
    return build_query(ctx, filters)


def _iso_day(ctx: RequestContext, query: BoardQuery) -> str:
    return (query.day or ctx.today).isoformat()


def _day_line(ctx: RequestContext, query: BoardQuery) -> str:
    key = "page.board.on_then" if query.as_known_on else "page.board.on"
    return ctx.say(key, day=f"{query.day or ctx.today:%d/%m/%Y}")


def _file_response(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=kind, headers=headers)
