"""Notices at the door: who was told what, who is to be told what, and putting one off."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.cli.context import Desk
from workflow.cli.output.tables import Block, Heading, Line, Table, printed
from workflow.cli.parsing.arguments import case_of, day, user_of
from workflow.cli.parsing.options import BY
from workflow.cli.parsing.parser import Command, Param, misused
from workflow.presentation.notice_text import step_words

if TYPE_CHECKING:
    from notifications.policy import Policy
    from workflow.office import Office
    from workflow.reminders.notices.preview import Planned

DAYS = re.compile(r"(\d{1,4})d?")
LONGEST_AHEAD = 730
USUAL_AHEAD = "30d"


def notices(desk: Desk, *, case: str | None, next: str | None, policy: Path | None, diff: bool) -> None:  # noqa: A002
    """Tell who was told what of a case; or who is to be told what, by this policy or by another."""
    with desk.opened() as office:
        if case is not None:
            if next or policy or diff:
                raise misused("usage.notices")
            _told_of(desk, office, case)
            return
        if diff and policy is None:
            raise misused("usage.notices_diff")
        _ahead(desk, office, _days(next or USUAL_AHEAD), policy, diff=diff)


def _days(typed: str) -> int:
    found = DAYS.fullmatch(typed)
    if found is None or not 1 <= int(found[1]) <= LONGEST_AHEAD:
        raise misused("usage.notices_days", typed=typed, longest=LONGEST_AHEAD)
    return int(found[1])


def _told_of(desk: Desk, office: "Office", typed: str) -> None:
    from workflow.reminders.history import told_of

    case, _ = case_of(office, typed)
    rows = told_of(office, case, desk.speaks)
    desk.show({"case": case, "notices": rows}, lambda: list(_told_page(desk, rows, case)))


def _told_page(desk: Desk, rows: Sequence[dict[str, Any]], case: str) -> Iterator[Block]:
    say = desk.say
    yield Heading(say("notices.told", case=case))
    if not rows:
        yield Line(say("notices.none"), depth=1)
        return
    heads = [say(f"notices.{name}") for name in ("number", "about", "step", "due", "user", "swept", "arrived")]
    yield Table(heads, [told_row(desk, one) for one in rows], frozenset({0}))
    yield Line(say("notices.how_to_snooze"), "dim")


def told_row(desk: Desk, one: Mapping[str, Any]) -> list[Any]:
    """One notice in a table: its number, what, when, due, who, told on, arrived."""
    user = one["user"] if one["via"] == one["user"] else desk.say("notices.by_way_of", user=one["user"], via=one["via"])
    arrived = desk.say(f"notices.state.{one['state']}")
    return [one["id"], one["about"], step_words(desk, one["step"]), one["due"], user, one["swept_on"], arrived]


def _ahead(desk: Desk, office: "Office", days: int, policy: Path | None, *, diff: bool) -> None:
    from workflow.reminders.history import planned_view
    from workflow.reminders.notices.preview import compared, planned
    from workflow.reminders.settings import policy_of

    then = policy_of(office, policy)
    plan = planned(office, then, days)

    def viewed(some: "Sequence[Planned]", by: "Policy") -> list[dict[str, Any]]:
        return [planned_view(office, by, one, desk.speaks) for one in some]

    if not diff:
        rows = viewed(plan, then)
        title = desk.say("notices.ahead", days=days)
        desk.show({"days": days, "notices": rows}, lambda: list(_plan_page(desk, title, rows)))
        return
    now = policy_of(office)
    found = compared(planned(office, now, days), plan)
    new, gone = viewed(found.new, then), viewed(found.gone, now)
    changed = {"days": days, "new": new, "gone": gone, "same": len(found.same)}
    desk.show(changed, lambda: list(_diff_page(desk, changed)))


def _plan_page(desk: Desk, title: str, rows: Sequence[dict[str, Any]]) -> Iterator[Block]:
    say = desk.say
    yield Heading(title)
    if not rows:
        yield Line(say("notices.none"), depth=1)
        return
    heads = [say(f"notices.{name}") for name in ("on", "user", "subject", "about", "step", "due", "why")]
    yield Table(heads, [_plan_row(desk, one) for one in rows], spare=frozenset({6}))


def _plan_row(desk: Desk, one: dict[str, Any]) -> list[Any]:
    why = desk.say(f"notices.why.{one['why']}")
    return [one["on"], one["via"], one["subject"], one["about"], step_words(desk, one["step"]), one["due"], why]


def _diff_page(desk: Desk, view: dict[str, Any]) -> Iterator[Block]:
    yield from _plan_page(desk, desk.say("notices.new", days=view["days"]), view["new"])
    yield from _plan_page(desk, desk.say("notices.gone", days=view["days"]), view["gone"])
    yield Line(desk.say("notices.same", count=view["same"]), "dim")


def snooze(desk: Desk, *, notice: int, until: str, by: str, reason: str) -> None:
    """Tell nothing more of a deadline until a day."""
    from workflow.reminders.notices.snooze import snooze as put_off

    with desk.opened() as office:
        last = day(until, "until")
        put_off(office, notice, last, reason, desk.who(user_of(office, by)))
        done = Line(desk.say("snooze.done", notice=notice, until=printed(last)), "good")
        desk.show({"notice": notice, "until": last}, lambda: [done])


COMMANDS = (
    Command(
        "notices",
        notices,
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
        snooze,
        (
            Param("notice", kind="number", required=True),
            Param("--until", "date", required=True),
            BY,
            Param("--reason", "words", required=True),
        ),
        "daily",
    ),
)
