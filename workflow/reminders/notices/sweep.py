"""The sweep makes each notice that has fallen due, once.

Nothing here depends on when it runs: a sweep that comes three days late, twice, or on two machines at once
makes the same notices. What lay behind when a deadline was set is not told; what was told is never told
again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from notifications.letter_days import build_horizon, last_morning
from notifications.policy import Policy, Reminder, ReminderStep
from states.rulebook.edition import Edition
from workflow.core.clock import now
from workflow.office import Office
from workflow.reminders.notices import notice_queries, sweep_queries
from workflow.reminders.notices.recipients import RecipientFinder
from workflow.reminders.notices.sweep_queries import SweepReader, SweepStep
from workflow.reminders.notices.watches import HIDDEN_DAY, WatchFinder, WatchFinding, list_silenced
from workflow.storage import reads
from workflow.storage.engine import Transaction
from workflow.storage.register_snapshot import RegisterSnapshot

DAY = timedelta(days=1)
MOVED_STEP = "moved"
"""The step of a notice that says: the deadline you were told of is another day now."""


@dataclass(frozen=True)
class SweepResult:
    """What a sweep did.

    ``morning``: the working day it swept; ``made``: new notices; ``late``: working days missed.
    """

    morning: date
    made: int
    late: int = 0


@dataclass(frozen=True)
class SweepSpan:
    """The span between the last morning swept and the morning to sweep."""

    before: date
    morning: date
    horizon_before: Callable[[ReminderStep], date]
    horizon: Callable[[ReminderStep], date]

    def step_days(self, step: ReminderStep) -> tuple[date, date]:
        """The first and the last day whose ``step`` is to be told."""
        return self.horizon_before(step) + DAY, self.horizon(step)

    def step_dues(self, step: ReminderStep) -> tuple[date, date] | None:
        """The first and last deadline whose ``step`` is to be told; None if there can be none."""
        first, last = self.step_days(step)
        if first > last:
            return None
        due_range = step.find_due_range(first, last)
        return due_range if due_range[0] <= due_range[1] else None


def build_span(tree: RegisterSnapshot, before: date, morning: date) -> SweepSpan:
    """The span between two mornings by the office's calendar."""
    return SweepSpan(
        before, morning, build_horizon(tree.calendar, before), build_horizon(tree.calendar, morning)
    )


def run_sweep(office: Office, policy: Policy, *, today: date | None = None) -> SweepResult:
    """Make the notices of every morning since the last one swept, up to today; in one transaction.

    Raises `ProgramUpgraded`.
    """
    with office.database.transaction() as work:
        tree = office.snapshot_for_reading(work.connection)
        day = today or office.resolve_day(reads.load_today(work.connection))
        at = int(now().timestamp())
        morning = last_morning(tree.calendar, day)
        beat = notice_queries.lock_beat(work, "sweep", at)
        office.check_program(work.connection)  # whoever waited for an upgrade goes by rules of before
        before = beat.day or last_morning(tree.calendar, morning - DAY)
        made_count, late = 0, 0
        if morning > before:
            late = sum(1 for missed in _list_mornings(tree, before, morning)) - 1
            made_count = Sweep(office, work, tree, policy, build_span(tree, before, morning)).make_notices(
                late=late
            )
        notice_queries.set_beat(work, "sweep", day=max(morning, before), at=at)
    return SweepResult(morning, made_count, late)


def _list_mornings(tree: RegisterSnapshot, before: date, morning: date) -> Iterator[date]:
    """The working days after one morning, up to another."""
    while morning > before:
        yield morning
        morning = last_morning(tree.calendar, morning - DAY)


class Sweep:
    """One sweep in its transaction."""

    def __init__(
        self, office: Office, work: Transaction, tree: RegisterSnapshot, policy: Policy, sweep_span: SweepSpan
    ) -> None:
        self.office, self.work, self.tree, self.policy, self.span = office, work, tree, policy, sweep_span
        self.recipients = RecipientFinder(office, work, tree, sweep_span.morning)
        self.silenced_people = list_silenced(work, sweep_span.morning)

    def make_notices(self, *, late: int) -> int:
        """Make all notices; how many were new."""
        self.lay_out_steps()
        made_count = sweep_queries.sweep_notices(self.work, self.span.before, self.span.morning)
        rows = [*self.new_clock_notices(), *self.watch_notices(late=late)]
        return made_count + notice_queries.add_notices(
            self.work, [{**row, "state": "waiting"} for row in rows]
        )

    def lay_out_steps(self) -> None:
        """Prepare steps and readers of clocks that ran before the last morning."""
        due_readers = {
            SweepReader(pipeline, unit, organ, who, *reader)
            for pipeline, unit in sweep_queries.list_units_with_cases(self.work)
            for organ in self._edition(pipeline).organs
            for who in self._all_recipients()
            for reader in self.recipients.find_readers(self._edition(pipeline), unit, organ, who)
        }
        sweep_queries.prepare_sweep(
            self.work, list(self._due_steps()), sorted(due_readers), self.silenced_people
        )

    def _due_steps(self) -> Iterator[SweepStep]:
        for name, reminder in self.policy.clock_reminders.items():
            for step in reminder.steps:
                dues = self.span.step_dues(step)
                if dues is None or reminder.clocks is None:
                    continue
                for who in reminder.recipients_at(step):
                    for kind, clock in _clock_selectors(reminder):
                        for due in _list_days(*dues):
                            yield SweepStep(name, kind, clock, str(step), who, due)

    def new_clock_notices(self) -> Iterator[dict[str, Any]]:
        """Of deadlines set since the last morning.

        The steps that lay ahead then, and that a told one has moved.
        """
        for clock in sweep_queries.list_armed_since(self.work, self.span.before):
            if clock.person_id in self.silenced_people:
                continue
            edition = self._edition(clock.pipeline)
            base = {
                "subject": clock.case_id,
                "clock": clock.name,
                "instance": str(clock.seq),
                "due": clock.due,
                "person_id": clock.person_id,
                "swept_on": self.span.morning,
            }
            yield from self._moved_notices(base)
            for name, reminder in self.policy.clock_reminders.items():
                if _matches_clock(reminder, clock):
                    steps = self._steps_reached(reminder, clock.due, clock.armed_on)
                    yield from self._notices_at(
                        base | {"reminder": name}, reminder, steps, edition, clock.unit_id, clock.organ
                    )

    def _moved_notices(self, base: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """A notice of the new day for everybody who was told another day of the same clock."""
        before = notice_queries.list_earlier_notices(
            self.work, base["subject"], base["clock"], base["instance"]
        )
        told_users = {row.user_id for row in before if row.due == base["due"]}
        for row in {
            row.user_id: row for row in before if row.state == "told" and row.due != base["due"]
        }.values():
            if row.user_id not in told_users:
                via = row.via if self.recipients.find_mailbox(row.via).address else row.user_id
                yield {
                    **base,
                    "reminder": row.reminder,
                    "step": MOVED_STEP,
                    "user_id": row.user_id,
                    "via": via,
                    "why": row.why,
                }

    def _steps_reached(self, reminder: Reminder, due: date, armed_on: date) -> Iterator[ReminderStep]:
        for step in reminder.steps:
            day = step.compute_day(due)
            if armed_on <= day <= self.span.horizon(step):
                yield step

    def watch_notices(self, *, late: int) -> Iterator[dict[str, Any]]:
        """Notices of watches: the steps since the last morning."""
        kinds = {str(reminder.watch) for reminder in self.policy.watch_reminders.values()}
        new_week = self.span.before.isocalendar()[:2] != self.span.morning.isocalendar()[:2]
        finder = WatchFinder(self.office, self.work, self.tree, self.span.morning)
        for finding in finder.find_all(kinds, new_week=new_week, late=late):
            if finding.person in self.silenced_people:
                continue
            for name, reminder in self.policy.watch_reminders.items():
                if reminder.watch == finding.watch:
                    yield from self._finding_notices(name, reminder, finding)

    def _finding_notices(
        self, name: str, reminder: Reminder, finding: WatchFinding
    ) -> Iterator[dict[str, Any]]:
        base = {
            "subject": finding.subject,
            "reminder": name,
            "clock": finding.watch,
            "instance": finding.instance,
            "due": HIDDEN_DAY if finding.secret else finding.due,
            "person_id": finding.person,
            "swept_on": self.span.morning,
        }
        steps = (
            step
            for step, (first, last) in self._watch_days[name]
            if first <= step.compute_day(finding.due) <= last
        )
        yield from self._notices_at(
            base, reminder, steps, self._edition(finding.pipeline), finding.unit, finding.organ
        )

    def _notices_at(
        self,
        base: Mapping[str, Any],
        reminder: Reminder,
        steps: Iterable[ReminderStep],
        edition: Edition,
        unit: str,
        organ: str,
    ) -> Iterator[dict[str, Any]]:
        for step in steps:
            for who in reminder.recipients_at(step):
                for reader in self.recipients.find_readers(edition, unit, organ, who):
                    yield {
                        **base,
                        "step": str(step),
                        "user_id": reader.user,
                        "via": reader.via,
                        "why": reader.why,
                    }

    @cached_property
    def _watch_days(self) -> Mapping[str, list[tuple[ReminderStep, tuple[date, date]]]]:
        """Of every reminder about a watch the steps, with the days on which they are to be told."""
        reminders = self.policy.watch_reminders.items()
        return {
            name: [(step, self.span.step_days(step)) for step in reminder.steps]
            for name, reminder in reminders
        }

    def _all_recipients(self) -> list[str]:
        return sorted(
            {tell.who for reminder in self.policy.clock_reminders.values() for tell in reminder.tell}
        )

    def _edition(self, pipeline: str) -> Edition:
        return self.office.rulebook.edition_on(pipeline, self.span.morning)


def _clock_selectors(reminder: Reminder) -> Iterator[tuple[str | None, str | None]]:
    """The kinds and the names of clocks that a reminder is about."""
    if reminder.clocks is not None:
        yield from ((None, name) for name in reminder.clocks.names)
        if reminder.clocks.kind:
            yield reminder.clocks.kind, None


def _list_days(first: date, last: date) -> Iterator[date]:
    return (first + DAY * number for number in range((last - first).days + 1))


def _matches_clock(reminder: Reminder, clock: Any) -> bool:
    return any(clock.kind == kind or clock.name == name for kind, name in _clock_selectors(reminder))
