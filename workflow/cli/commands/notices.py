"""Commands on notices: list those told or planned, put one off."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workflow.cli.context import CommandContext
from workflow.cli.output import Block, Cell, Heading, TextLine, TextTable, format_cell
from workflow.cli.parsing.arguments import read_day, resolve_case, resolve_user
from workflow.cli.parsing.options import BY
from workflow.cli.parsing.parser import Command, Param, usage_error
from workflow.presentation.notice_text import describe_step

if TYPE_CHECKING:
    from notifications.policy import Policy
    from workflow.office import Office
    from workflow.reminders.history import CaseNoticesView, PlanDifferenceView, PlannedNoticeView
    from workflow.reminders.notices.preview import PlannedNotice

DAYS_PATTERN = re.compile(r"(\d{1,4})d?")
LONGEST_AHEAD = 730
DEFAULT_AHEAD = "30d"


def run_notices(
    ctx: CommandContext,
    *,
    case: str | None,
    next: str | None,  # noqa: A002 - the option is called so
    policy: Path | None,
    diff: bool,
) -> None:
    """Tell who was told what of a case; or who is to be told what, by this policy or by another."""
    with ctx.open_office() as office:
        if case is not None:
            if next or policy or diff:
                raise usage_error("usage.notices")
            _show_notices(ctx, office, case)
            return
        if diff and policy is None:
            raise usage_error("usage.notices_diff")
        _show_planned(ctx, office, _parse_days(next or DEFAULT_AHEAD), policy, diff=diff)


def _parse_days(typed: str) -> int:
    match = DAYS_PATTERN.fullmatch(typed)
    if match is None or not 1 <= int(match[1]) <= LONGEST_AHEAD:
        raise usage_error("usage.notices_days", typed=typed, longest=LONGEST_AHEAD)
    return int(match[1])


def _show_notices(ctx: CommandContext, office: "Office", typed: str) -> None:
    from workflow.reminders.history import CaseNoticesView, list_notice_history

    case, _ = resolve_case(office, typed)
    view = CaseNoticesView(case=case, notices=list_notice_history(office, case, ctx.speaks))
    ctx.show_view(view, lambda: list(_notices_page(ctx, view)))


def _notices_page(ctx: CommandContext, view: "CaseNoticesView") -> Iterator[Block]:
    say = ctx.say
    yield Heading(say("notices.told", case=view.case))
    if not view.notices:
        yield TextLine(say("notices.none"), depth=1)
        return
    heads = [
        say(f"notices.{name}") for name in ("number", "about", "step", "due", "user", "swept", "arrived")
    ]
    from workflow.cli.case_output.case_detail import notice_row

    yield TextTable(heads, [notice_row(ctx, notice) for notice in view.notices], frozenset({0}))
    yield TextLine(say("notices.how_to_snooze"), "dim")


def _show_planned(
    ctx: CommandContext, office: "Office", days: int, policy: Path | None, *, diff: bool
) -> None:
    from workflow.reminders.history import PlanDifferenceView, PlannedNoticesView, build_planned_notice_view
    from workflow.reminders.notices.preview import compare_plans, plan_notices
    from workflow.reminders.settings import load_policy

    then = load_policy(office, policy)
    plan = plan_notices(office, then, days)

    def build_views(notices: "Sequence[PlannedNotice]", by: "Policy") -> "list[PlannedNoticeView]":
        return [build_planned_notice_view(office, by, notice, ctx.speaks) for notice in notices]

    if not diff:
        view = PlannedNoticesView(days=days, notices=build_views(plan, then))
        ctx.show_view(view, lambda: list(_plan_page(ctx, ctx.say("notices.ahead", days=days), view.notices)))
        return
    now = load_policy(office)
    comparison = compare_plans(plan_notices(office, now, days), plan)
    new, gone = build_views(comparison.new, then), build_views(comparison.gone, now)
    difference = PlanDifferenceView(days=days, new=new, gone=gone, same=len(comparison.same))
    ctx.show_view(difference, lambda: list(_diff_page(ctx, difference)))


def _plan_page(ctx: CommandContext, title: str, rows: "Sequence[PlannedNoticeView]") -> Iterator[Block]:
    say = ctx.say
    yield Heading(title)
    if not rows:
        yield TextLine(say("notices.none"), depth=1)
        return
    heads = [say(f"notices.{name}") for name in ("on", "user", "subject", "about", "step", "due", "why")]
    yield TextTable(heads, [_plan_row(ctx, notice) for notice in rows], spare=frozenset({6}))


def _plan_row(ctx: CommandContext, notice: "PlannedNoticeView") -> list[Cell]:
    return [
        format_cell(notice.on),
        notice.via,
        notice.subject,
        notice.about,
        describe_step(ctx, notice.step),
        format_cell(notice.due),
        ctx.say(f"notices.why.{notice.why}"),
    ]


def _diff_page(ctx: CommandContext, view: "PlanDifferenceView") -> Iterator[Block]:
    yield from _plan_page(ctx, ctx.say("notices.new", days=view.days), view.new)
    yield from _plan_page(ctx, ctx.say("notices.gone", days=view.days), view.gone)
    yield TextLine(ctx.say("notices.same", count=view.same), "dim")


def run_snooze(ctx: CommandContext, *, notice: int, until: str, by: str, reason: str) -> None:
    from workflow.reminders.notices.snooze import SnoozeResultView, snooze_deadline

    with ctx.open_office() as office:
        last = read_day(until, "until")
        snooze_deadline(office, notice, last, reason, ctx.acting_as(resolve_user(office, by)))
        done = TextLine(ctx.say("snooze.done", notice=notice, until=format_cell(last)), "good")
        ctx.show_view(SnoozeResultView(notice=notice, until=last), lambda: [done])


COMMANDS = (
    Command(
        "notices",
        run_notices,
        (
            Param("case"),
            Param("--next", "days_ahead"),
            Param("--policy", "file", "file"),
            Param("--diff", kind="flag"),
        ),
        "daily",
    ),
    Command(
        "snooze",
        run_snooze,
        (
            Param("notice", kind="number", required=True),
            Param("--until", "date", required=True),
            BY,
            Param("--reason", "words", required=True),
        ),
        "daily",
    ),
)
