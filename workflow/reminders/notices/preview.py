"""The preview lists the notices of coming days without making them.

It also compares two policies.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from notifications.letter_days import last_morning
from notifications.policy import Policy
from workflow.office import Office
from workflow.reminders.notices import notice_queries, sweep_queries
from workflow.reminders.notices.sweep import DAY, Sweep, build_span
from workflow.reminders.notices.watches import HIDDEN_DAY
from workflow.storage import reads
from workflow.storage.engine import Transaction
from workflow.storage.register_snapshot import RegisterSnapshot


@dataclass(frozen=True, slots=True)
class PlannedNotice:
    """A notice that is to be made: on which morning, of what, to whom, in whose letter, why."""

    on: date
    subject: str
    reminder: str
    clock: str
    instance: str
    step: str
    due: date
    user: str
    via: str
    why: str

    @property
    def key(self) -> tuple[str, ...]:
        """What makes a notice unique for ever."""
        return self.subject, self.clock, self.instance, self.step, self.due.isoformat(), self.user


def plan_notices(office: Office, policy: Policy, days: int) -> list[PlannedNotice]:
    """Every notice of the next days that is not made yet, if nothing happens meanwhile.

    Each morning is swept as it will be, by who holds which role on that day, and nothing is written. What is
    only known on its morning (the week's summary, a day that may not stand in clear) is not among them; what
    is snoozed comes when the snooze is over.
    """
    with office.database.transaction() as work:
        tree = office.snapshot_for_reading(work.connection)
        today = office.resolve_day(reads.load_today(work.connection))
        beat = notice_queries.find_beat(work.connection, "sweep")
        first = last_morning(tree.calendar, today)
        before = beat.day if beat and beat.day else last_morning(tree.calendar, first - DAY)
        made_keys = notice_queries.load_notice_keys(work)
        snoozes = _load_snoozes(work, before)
        notices_by_key: dict[tuple[str, ...], PlannedNotice] = {}
        for morning in _sweep_mornings(tree, before, first, last_morning(tree.calendar, today + days * DAY)):
            for row in _preview_rows(Sweep(office, work, tree, policy, build_span(tree, before, morning))):
                notice = PlannedNotice(
                    on=morning, user=row["user_id"], **{name: row[name] for name in NOTICE_FIELDS}
                )
                if notice.key not in made_keys:
                    notices_by_key.setdefault(notice.key, notice)
            before = morning
        unsnoozed = [
            notice for notice in notices_by_key.values() if _snoozed_until(notice, snoozes) <= notice.on
        ]
        after_snooze = _keep_last_steps(
            _after_snooze(tree, notice, snoozes)
            for notice in notices_by_key.values()
            if _snoozed_until(notice, snoozes) > notice.on
        )
        planned_notices = [notice for notice in (*unsnoozed, *after_snooze) if notice.on <= before]
    return sorted(planned_notices, key=lambda notice: (notice.on, notice.via, notice.due, notice.key))


NOTICE_FIELDS = ("subject", "reminder", "clock", "instance", "step", "due", "via", "why")


def _sweep_mornings(tree: RegisterSnapshot, before: date, first: date, last: date) -> Iterator[date]:
    """The mornings that will be swept.

    Today's, which makes up for those that were missed, and every later one.
    """
    day = first
    while day <= last:
        if day > before and last_morning(tree.calendar, day) == day:
            yield day
        day += DAY


def _preview_rows(sweep: Sweep) -> Iterator[Mapping[str, Any]]:
    """What a sweep would make."""
    sweep.lay_out_steps()
    rows = [row._asdict() for row in sweep_queries.list_due_notices(sweep.work, sweep.span.before)]
    rows += [*sweep.new_clock_notices(), *sweep.watch_notices(late=0)]
    return (row for row in rows if row["due"] != HIDDEN_DAY and row["clock"] not in ("monday", "sweep_late"))


def _keep_last_steps(candidates: Iterable[PlannedNotice]) -> list[PlannedNotice]:
    """Of several steps of one deadline that one morning tells together, the last.

    Only that one is true by then.
    """
    last_steps: dict[tuple[object, ...], PlannedNotice] = {}
    for notice in sorted(
        candidates,
        key=lambda notice: (notice.due, int(notice.step[1:-1]) if notice.step[1:-1].isdigit() else 0),
    ):
        last_steps[notice.on, notice.subject, notice.clock, notice.instance, notice.due, notice.user] = notice
    return list(last_steps.values())


def _load_snoozes(work: Transaction, day: date) -> dict[tuple[str, str, str, str], date]:
    """Until when somebody has put off which start of a clock."""
    rows = notice_queries.list_snoozes(work, day)
    return {(row.subject, row.clock, row.instance, row.user_id): row.until for row in rows}


def _snoozed_until(notice: PlannedNotice, snoozes: Mapping[tuple[str, str, str, str], date]) -> date:
    """The day until which a notice is put off; its own morning where it is not."""
    return snoozes.get((notice.subject, notice.clock, notice.instance, notice.user), notice.on)


def _after_snooze(
    tree: RegisterSnapshot, notice: PlannedNotice, snoozes: Mapping[tuple[str, str, str, str], date]
) -> PlannedNotice:
    """A notice on the morning that tells it: the first one on which it is not put off any more."""
    until = _snoozed_until(notice, snoozes)
    while last_morning(tree.calendar, until) != until:
        until += DAY
    return replace(notice, on=until)


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """What another policy would change.

    Notices that only it makes, that it no longer makes, that both make.
    """

    new: list[PlannedNotice]
    gone: list[PlannedNotice]
    same: list[PlannedNotice]


def compare_plans(current: list[PlannedNotice], other: list[PlannedNotice]) -> PlanComparison:
    """The notices of the policy in force beside those of another."""
    current_by_key, other_by_key = (
        {notice.key: notice for notice in current},
        {notice.key: notice for notice in other},
    )
    return PlanComparison(
        [notice for key, notice in other_by_key.items() if key not in current_by_key],
        [notice for key, notice in current_by_key.items() if key not in other_by_key],
        [notice for key, notice in other_by_key.items() if key in current_by_key],
    )
