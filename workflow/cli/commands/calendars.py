"""Working days at the door: when a period ends and how it was counted; the office's calendar."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.cli.context import Desk
from workflow.cli.output.tables import Block, Cell, Facts, Heading, Line, Page, Table, Words, printed
from workflow.cli.parsing.arguments import day, user_of
from workflow.cli.parsing.options import FILE, SOME_BY
from workflow.cli.parsing.parser import Command, Param, misused
from workflow.core.styled_text import Tone

if TYPE_CHECKING:
    from states.calendar.working_days import Calendar, CountedDay, Due

LONGEST = {"working_days": 3650, "months": 1200}


def when(desk: Desk, *, start: str, working_days: int | None, months: int | None) -> None:
    """Say when a period ends, and how it was counted."""
    from states.calendar.working_days import due_in_months

    if (working_days is None) == (months is None):
        raise misused("usage.when")
    first = day(start, "start")
    with _calendar(desk) as (calendar, of_office):
        if months is not None:
            _within(months, "months")
            due = due_in_months(first, months)
        else:
            _within(working_days or 0, "working_days")
            due = calendar.add_working_days(first, working_days or 0)
        counted = calendar.explain(due)
        view = {
            "start": due.start,
            "amount": due.amount,
            "unit": due.unit,
            "due": due.due,
            "unverified_years": list(due.unverified_years),
            "calendar": "office" if of_office else "built_in",
            "days": [_day_view(one, desk.speaks) for one in counted],
        }
        desk.show(view, lambda: _when_page(desk, calendar, due, of_office=of_office))


def _within(amount: int, field: str) -> None:
    from workflow.core.input import FieldFault, Mistyped

    if not 0 <= amount <= LONGEST[field]:
        raise Mistyped([FieldFault(field, "out_of_range", {"value": amount, "minimum": 0, "maximum": LONGEST[field]})])


@contextmanager
def _calendar(desk: Desk) -> "Iterator[tuple[Calendar, bool]]":
    """The office's calendar; where no office is named or here, the one that the program brings along."""
    if desk.config is None and not _office_here(desk.config_path):
        from states.calendar.calendar_file import calendar_from_yaml
        from workflow.operations.create_office import CALENDAR

        yield calendar_from_yaml(CALENDAR.read_text(encoding="utf-8")), False
        return
    with desk.opened() as office:
        yield office.tree_read().calendar, True


def _office_here(config: Path) -> bool:
    """Whether an office stands with this config: the config alone, as the program brings it along, is none."""
    from workflow.core.config import read_config

    return config.is_file() and read_config(config).key_path.exists()


def _day_view(one: "CountedDay", language: str) -> dict[str, Any]:
    label = (one.label.en if language == "en" else one.label.vi) if one.label else None
    return {"day": one.day, "number": one.number, "kind": one.kind, "label": label, "verified": one.verified}


def _when_page(desk: Desk, calendar: "Calendar", due: "Due", *, of_office: bool) -> Page:
    say = desk.say
    words = {
        "start": printed(due.start),
        "amount": due.amount,
        "weekday": weekday(desk, due.due),
        "due": printed(due.due),
    }
    blocks: list[Block] = [Line(say(f"when.{due.unit}", **words), "strong")]
    if due.unit == "months":
        clamped = due.due.day != due.start.day
        blocks.append(Line(say("when.month_end" if clamped else "when.same_day", day=due.start.day), "plain", 1))
        return blocks
    blocks.append(Line(say("when.how", start=printed(due.start))))
    blocks += _account(desk, calendar, due)
    if due.unverified_years:
        blocks.append(Line(say("when.unverified", years=printed(due.unverified_years)), "warn"))
    if not of_office:
        blocks.append(Line(say("when.built_in"), "dim"))
    return blocks


def _account(desk: Desk, calendar: "Calendar", due: "Due") -> Iterator[Block]:
    """Days off in a row as one line, with the reason; working days in a row as one line, with their numbers."""
    say, rows, table = desk.say, list[list[Any]](), list[list[Cell]]()
    last: Any = None
    for one in calendar.explain(due)[1:]:
        label = (one.label.en if desk.speaks == "en" else one.label.vi) if one.label else ""
        same = (one.kind, label)
        if last is not None and last[0] == same:
            last[2], last[4] = one.day, one.number
        else:
            last = [same, one.day, one.day, one.number, one.number]
            rows.append(last)
    for (kind, label), first, until, number, end in rows:
        days = printed(first) if first == until else f"{first:%d/%m}–{printed(until)}"
        counted = "" if number is None else f"{number}" if number == end else f"{number}–{end}"
        why = label or say(f"when.kind.{kind}")
        tone: Tone = "plain" if number is not None else "warn" if label else "dim"
        table.append([Words(days, tone), Words(why, tone), counted])
    yield Table([say("when.days"), say("when.why"), say("when.number")], table, frozenset({2}))


def weekday(desk: Desk, of: date) -> str:
    """The day of the week in words."""
    return desk.say(f"weekday.{of.weekday()}")


def show(desk: Desk, *, year: int | None) -> None:
    """Show the working calendar."""
    with _calendar(desk) as (calendar, _):
        years = [one for one in calendar.years if year is None or one == year]
        if not years:
            from states.calendar.working_days import CalendarMissing

            raise CalendarMissing(year or 0)
        found = [_year_view(desk, calendar, one) for one in years]
        desk.show({"years": found}, lambda: list(_calendar_page(desk, found)))


def _year_view(desk: Desk, calendar: "Calendar", year: int) -> dict[str, Any]:
    def of(days: Any) -> list[dict[str, Any]]:
        mine = sorted(one for one in days if one.year == year)
        return [{"day": one, "label": days[one].en if desk.speaks == "en" else days[one].vi} for one in mine]

    off, worked = of(calendar.off), of(calendar.worked)
    return {"year": year, "verified": calendar.years[year], "days_off": off, "days_worked": worked}


def _calendar_page(desk: Desk, years: list[dict[str, Any]]) -> Iterator[Block]:
    say = desk.say
    for one in years:
        yield Heading(say("calendar.year", year=one["year"]))
        key = "calendar.announced" if one["verified"] else "calendar.expected"
        yield Line(say(key), "plain" if one["verified"] else "warn", 1)
        for name in ("days_off", "days_worked"):
            if one[name]:
                yield Line(say(f"calendar.{name}"), "strong", 1)
                yield Facts(
                    [(f"{weekday(desk, day_['day'])} {printed(day_['day'])}", day_["label"]) for day_ in one[name]]
                )


def import_(desk: Desk, *, file: Path, by: str | None) -> None:
    """Bring in a working calendar."""
    from workflow.operations.calendar_import import import_calendar

    with desk.opened() as office:
        who = desk.who(user_of(office, by) if by else "")
        found = import_calendar(office, file, who)
        view = {"years": found.years, "changed": found.changed, "cases": found.cases}
        words = {"years": printed(found.years), "changed": printed(found.changed), "cases": found.cases}
        key = "calendar.imported" if found.changed else "calendar.as_before"
        desk.show(view, lambda: [Line(desk.say(key, **words), "good")])


START = Param("start", "date", required=True)
WORKING_DAYS, MONTHS = Param("--working-days", "number", "number"), Param("--months", "number", "number")
COMMANDS = (
    Command("when", when, (START, WORKING_DAYS, MONTHS), "rules"),
    Command("calendar show", show, (Param("year", kind="number"),), "rules"),
    Command("calendar import", import_, (FILE, SOME_BY), "rules"),
)
