"""Periods are counted, and the working calendar is shown and brought in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.cli.context import CommandContext
from workflow.cli.output import (
    Block,
    Cell,
    FactList,
    Heading,
    Page,
    StyledText,
    TextLine,
    TextTable,
    format_cell,
)
from workflow.cli.parsing.arguments import read_day, resolve_user
from workflow.cli.parsing.options import FILE, OPTIONAL_BY
from workflow.cli.parsing.parser import Command, Param, usage_error
from workflow.core.tone import Tone

if TYPE_CHECKING:
    from states.calendar.working_days import Calendar, CountedDay, DueDate

LONGEST = {"working_days": 3650, "months": 1200}


def run_when(ctx: CommandContext, *, start: str, working_days: int | None, months: int | None) -> None:
    """Say when a period ends, and how it was counted."""
    from states.calendar.working_days import due_in_months

    if (working_days is None) == (months is None):
        raise usage_error("usage.when")
    first = read_day(start, "start")
    with open_calendar(ctx) as (calendar, of_office):
        if months is not None:
            _check_amount(months, "months")
            due = due_in_months(first, months)
        else:
            _check_amount(working_days or 0, "working_days")
            due = calendar.add_working_days(first, working_days or 0)
        counted = calendar.explain_due(due)
        view = {
            "start": due.start,
            "amount": due.amount,
            "unit": due.unit,
            "due": due.due,
            "unverified_years": list(due.unverified_years),
            "calendar": "office" if of_office else "built_in",
            "days": [_day_view(counted_day, ctx.speaks) for counted_day in counted],
        }
        ctx.show_view(view, lambda: _when_page(ctx, calendar, due, of_office=of_office))


def _check_amount(amount: int, field: str) -> None:
    from workflow.core.input import FieldFault, InvalidInput

    if not 0 <= amount <= LONGEST[field]:
        raise InvalidInput(
            [FieldFault(field, "out_of_range", {"value": amount, "minimum": 0, "maximum": LONGEST[field]})]
        )


@contextmanager
def open_calendar(ctx: CommandContext) -> "Iterator[tuple[Calendar, bool]]":
    """The office's calendar; without an office, the calendar that the program ships."""
    if ctx.config is None and not _office_exists(ctx.config_path):
        from states.calendar.calendar_file import parse_calendar_yaml
        from workflow.operations.create_office import CALENDAR

        yield parse_calendar_yaml(CALENDAR.read_text(encoding="utf-8")), False
        return
    with ctx.open_office() as office:
        yield office.read_snapshot().calendar, True


def _office_exists(config: Path) -> bool:
    """Whether an office stands with this config.

    The config alone, as the program brings it along, is none.
    """
    from workflow.core.config import read_config

    return config.is_file() and read_config(config).key_path.exists()


def _day_view(counted_day: "CountedDay", language: str) -> dict[str, Any]:
    label = counted_day.label.in_language(language) if counted_day.label else None
    return {
        "day": counted_day.day,
        "number": counted_day.number,
        "kind": counted_day.kind,
        "label": label,
        "verified": counted_day.verified,
    }


def _when_page(ctx: CommandContext, calendar: "Calendar", due: "DueDate", *, of_office: bool) -> Page:
    say = ctx.say
    words = {
        "start": format_cell(due.start),
        "amount": due.amount,
        "weekday": weekday_name(ctx, due.due),
        "due": format_cell(due.due),
    }
    blocks: list[Block] = [TextLine(say(f"when.{due.unit}", **words), "strong")]
    if due.unit == "months":
        clamped = due.due.day != due.start.day
        blocks.append(
            TextLine(say("when.month_end" if clamped else "when.same_day", day=due.start.day), "plain", 1)
        )
        return blocks
    blocks.append(TextLine(say("when.how", start=format_cell(due.start))))
    blocks += _count_blocks(ctx, calendar, due)
    if due.unverified_years:
        blocks.append(TextLine(say("when.unverified", years=format_cell(due.unverified_years)), "warn"))
    if not of_office:
        blocks.append(TextLine(say("when.built_in"), "dim"))
    return blocks


def _count_blocks(ctx: CommandContext, calendar: "Calendar", due: "DueDate") -> Iterator[Block]:
    """Days off in a row as one line, with the reason.

    Working days in a row as one line, with their numbers.
    """
    say, rows, table = ctx.say, list[list[Any]](), list[list[Cell]]()
    last: Any = None
    for counted_day in calendar.explain_due(due)[1:]:
        label = counted_day.label.in_language(ctx.speaks) if counted_day.label else ""
        same = (counted_day.kind, label)
        if last is not None and last[0] == same:
            last[2], last[4] = counted_day.day, counted_day.number
        else:
            last = [same, counted_day.day, counted_day.day, counted_day.number, counted_day.number]
            rows.append(last)
    for (kind, label), first, until, number, end in rows:
        days = format_cell(first) if first == until else f"{first:%d/%m}–{format_cell(until)}"
        counted = "" if number is None else f"{number}" if number == end else f"{number}–{end}"
        why = label or say(f"when.kind.{kind}")
        tone: Tone = "plain" if number is not None else "warn" if label else "dim"
        table.append([StyledText(days, tone), StyledText(why, tone), counted])
    yield TextTable([say("when.days"), say("when.why"), say("when.number")], table, frozenset({2}))


def weekday_name(ctx: CommandContext, of: date) -> str:
    return ctx.say(f"weekday.{of.weekday()}")


def run_calendar_show(ctx: CommandContext, *, year: int | None) -> None:
    with open_calendar(ctx) as (calendar, _):
        years = [known_year for known_year in calendar.years if year is None or known_year == year]
        if not years:
            from states.calendar.working_days import CalendarMissing

            raise CalendarMissing(year or 0)
        year_views = [_year_view(ctx, calendar, known_year) for known_year in years]
        ctx.show_view({"years": year_views}, lambda: list(_calendar_page(ctx, year_views)))


def _year_view(ctx: CommandContext, calendar: "Calendar", year: int) -> dict[str, Any]:
    def list_days(days: Any) -> list[dict[str, Any]]:
        mine = sorted(day for day in days if day.year == year)
        return [{"day": day, "label": days[day].en if ctx.speaks == "en" else days[day].vi} for day in mine]

    off, worked = list_days(calendar.off), list_days(calendar.worked)
    return {"year": year, "verified": calendar.years[year], "days_off": off, "days_worked": worked}


def _calendar_page(ctx: CommandContext, years: list[dict[str, Any]]) -> Iterator[Block]:
    say = ctx.say
    for view in years:
        yield Heading(say("calendar.year", year=view["year"]))
        key = "calendar.announced" if view["verified"] else "calendar.expected"
        yield TextLine(say(key), "plain" if view["verified"] else "warn", 1)
        for name in ("days_off", "days_worked"):
            if view[name]:
                yield TextLine(say(f"calendar.{name}"), "strong", 1)
                yield FactList(
                    [
                        (f"{weekday_name(ctx, day_['day'])} {format_cell(day_['day'])}", day_["label"])
                        for day_ in view[name]
                    ]
                )


def run_calendar_import(ctx: CommandContext, *, file: Path, by: str | None) -> None:
    from workflow.operations.calendar_import import import_calendar

    with ctx.open_office() as office:
        who = ctx.acting_as(resolve_user(office, by) if by else "")
        result = import_calendar(office, file, who)
        view = {"years": result.years, "changed": result.changed, "cases": result.cases}
        words = {
            "years": format_cell(result.years),
            "changed": format_cell(result.changed),
            "cases": result.cases,
        }
        key = "calendar.imported" if result.changed else "calendar.as_before"
        ctx.show_view(view, lambda: [TextLine(ctx.say(key, **words), "good")])


START = Param("start", "date", required=True)
WORKING_DAYS, MONTHS = Param("--working-days", "number", "number"), Param("--months", "number", "number")
COMMANDS = (
    Command("when", run_when, (START, WORKING_DAYS, MONTHS), "rules"),
    Command("calendar show", run_calendar_show, (Param("year", kind="number"),), "rules"),
    Command("calendar import", run_calendar_import, (FILE, OPTIONAL_BY), "rules"),
)
