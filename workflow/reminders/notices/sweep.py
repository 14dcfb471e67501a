"""The morning sweep: everything that has fallen due since the last one becomes a notice, once and for ever.

Nothing here depends on when it runs: a sweep that comes three days late, twice, or on two machines at once makes the
same notices. What lay behind when a deadline was set is not told; what was told is never told again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from notifications.letter_days import last_morning, reaches
from notifications.policy import Policy, Reminder, Step
from states.rulebook.edition import Edition
from workflow.core.clock import now
from workflow.office import Office
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import Step as DueStep
from workflow.reminders.notices.notice_queries import Told
from workflow.reminders.notices.recipients import Recipients
from workflow.reminders.notices.watches import NOT_SAID, Watched, Watching, silenced
from workflow.storage import reads
from workflow.storage.engine import Work
from workflow.storage.register_snapshot import Tree

DAY = timedelta(days=1)
MOVED = "moved"
"""The step of a notice that says: the deadline you were told of is another day now."""


@dataclass(frozen=True)
class Swept:
    """What a sweep did. ``morning``: the working day it swept; ``made``: new notices; ``late``: working days missed."""

    morning: date
    made: int
    late: int = 0


@dataclass(frozen=True)
class Span:
    """From one morning, which was swept, to another, which is to be."""

    before: date
    morning: date
    reach_before: Callable[[Step], date]
    reach: Callable[[Step], date]

    def days(self, step: Step) -> tuple[date, date]:
        """The first and the last day whose ``step`` is to be told."""
        return self.reach_before(step) + DAY, self.reach(step)

    def dues(self, step: Step) -> tuple[date, date] | None:
        """The deadlines whose ``step`` is to be told; None where there can be none."""
        first, last = self.days(step)
        if first > last:
            return None
        found = step.dues(first, last)
        return found if found[0] <= found[1] else None


def span(tree: Tree, before: date, morning: date) -> Span:
    """What lies between two mornings by the office's calendar."""
    return Span(before, morning, reaches(tree.calendar, before), reaches(tree.calendar, morning))


def sweep(office: Office, policy: Policy, *, today: date | None = None) -> Swept:
    """Make the notices of every morning since the last one swept, up to today; in one transaction."""
    with office.database.transaction() as work:
        tree = office.tree_in(work.connection)
        day = today or office.day(reads.today(work.connection))
        at = int(now().timestamp())
        morning = last_morning(tree.calendar, day)
        beat = notice_queries.take_turn(work, "sweep", at)
        before = beat.day or last_morning(tree.calendar, morning - DAY)
        made, late = 0, 0
        if morning > before:
            late = sum(1 for one in _mornings(tree, before, morning)) - 1
            made = Sweep(office, work, tree, policy, span(tree, before, morning)).make(late=late)
        notice_queries.set_beat(work, "sweep", day=max(morning, before), at=at)
    return Swept(morning, made, late)


def _mornings(tree: Tree, before: date, morning: date) -> Iterator[date]:
    """The working days after one morning, up to another."""
    while morning > before:
        yield morning
        morning = last_morning(tree.calendar, morning - DAY)


class Sweep:
    """One sweep in its transaction."""

    def __init__(self, office: Office, work: Work, tree: Tree, policy: Policy, over: Span) -> None:
        self.office, self.work, self.tree, self.policy, self.span = office, work, tree, policy, over
        self.recipients = Recipients(office, work, tree, over.morning)
        self.silent = silenced(work, over.morning)

    def make(self, *, late: int) -> int:
        """Make all notices; how many were new."""
        self.prepare()
        made = notice_queries.sweep(self.work, self.span.before, self.span.morning)
        rows = [*self.of_new_clocks(), *self.of_watches(late=late)]
        return made + notice_queries.add(self.work, [{**row, "state": "waiting"} for row in rows])

    def prepare(self) -> None:
        """Lay out steps and readers for clocks that ran before the last morning."""
        told = {
            Told(pipeline, unit, organ, who, *reader)
            for pipeline, unit in notice_queries.units_with_cases(self.work)
            for organ in self._edition(pipeline).organs
            for who in self._all_who()
            for reader in self.recipients.readers(self._edition(pipeline), unit, organ, who)
        }
        notice_queries.prepare(self.work, list(self._steps()), sorted(told), self.silent)

    def _steps(self) -> Iterator[DueStep]:
        for name, one in self.policy.of_clocks.items():
            for step in one.steps:
                dues = self.span.dues(step)
                if dues is None or one.clocks is None:
                    continue
                for who in one.told_at(step):
                    for kind, clock in _which(one):
                        for due in _days(*dues):
                            yield DueStep(name, kind, clock, str(step), who, due)

    def of_new_clocks(self) -> Iterator[dict[str, Any]]:
        """Of deadlines set since the last morning: the steps that lay ahead then, and that a told one has moved."""
        for clock in notice_queries.armed_since(self.work, self.span.before):
            if clock.person_id in self.silent:
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
            yield from self._moved(base)
            for name, one in self.policy.of_clocks.items():
                if _is_about(one, clock):
                    steps = self._reached(one, clock.due, clock.armed_on)
                    yield from self._notices(base | {"reminder": name}, one, steps, edition, clock.unit_id, clock.organ)

    def _moved(self, base: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Whoever was told another day of the same clock is told of the new one."""
        before = notice_queries.told_before(self.work, base["subject"], base["clock"], base["instance"])
        knows = {row.user_id for row in before if row.due == base["due"]}
        for row in {row.user_id: row for row in before if row.state == "told" and row.due != base["due"]}.values():
            if row.user_id not in knows:
                via = row.via if self.recipients.mailbox(row.via).address else row.user_id
                yield {
                    **base,
                    "reminder": row.reminder,
                    "step": MOVED,
                    "user_id": row.user_id,
                    "via": via,
                    "why": row.why,
                }

    def _reached(self, one: Reminder, due: date, armed_on: date) -> Iterator[Step]:
        for step in one.steps:
            day = step.day(due)
            if armed_on <= day <= self.span.reach(step):
                yield step

    def of_watches(self, *, late: int) -> Iterator[dict[str, Any]]:
        """Of what is watched beside clocks: the steps since the last morning."""
        kinds = {str(one.watch) for one in self.policy.of_watches.values()}
        new_week = self.span.before.isocalendar()[:2] != self.span.morning.isocalendar()[:2]
        watching = Watching(self.office, self.work, self.tree, self.span.morning)
        for seen in watching.everything(kinds, new_week=new_week, late=late):
            if seen.person in self.silent:
                continue
            for name, one in self.policy.of_watches.items():
                if one.watch == seen.watch:
                    yield from self._watched(name, one, seen)

    def _watched(self, name: str, one: Reminder, seen: Watched) -> Iterator[dict[str, Any]]:
        base = {
            "subject": seen.subject,
            "reminder": name,
            "clock": seen.watch,
            "instance": seen.instance,
            "due": NOT_SAID if seen.secret else seen.due,
            "person_id": seen.person,
            "swept_on": self.span.morning,
        }
        steps = (step for step, (first, last) in self._spans[name] if first <= step.day(seen.due) <= last)
        yield from self._notices(base, one, steps, self._edition(seen.pipeline), seen.unit, seen.organ)

    def _notices(
        self, base: Mapping[str, Any], one: Reminder, steps: Iterable[Step], edition: Edition, unit: str, organ: str
    ) -> Iterator[dict[str, Any]]:
        for step in steps:
            for who in one.told_at(step):
                for reader in self.recipients.readers(edition, unit, organ, who):
                    yield {
                        **base,
                        "step": str(step),
                        "user_id": reader.user,
                        "via": reader.via,
                        "why": reader.why,
                    }

    @cached_property
    def _spans(self) -> Mapping[str, list[tuple[Step, tuple[date, date]]]]:
        """Of every reminder about a watch the steps, with the days on which they are to be told."""
        watched = self.policy.of_watches.items()
        return {name: [(step, self.span.days(step)) for step in one.steps] for name, one in watched}

    def _all_who(self) -> list[str]:
        return sorted({tell.who for one in self.policy.of_clocks.values() for tell in one.tell})

    def _edition(self, pipeline: str) -> Edition:
        return self.office.rulebook.edition_on(pipeline, self.span.morning)


def _which(one: Reminder) -> Iterator[tuple[str | None, str | None]]:
    """The kinds and the names of clocks that a reminder is about."""
    if one.clocks is not None:
        yield from ((None, name) for name in one.clocks.names)
        if one.clocks.kind:
            yield one.clocks.kind, None


def _days(first: date, last: date) -> Iterator[date]:
    return (first + DAY * number for number in range((last - first).days + 1))


def _is_about(one: Reminder, clock: Any) -> bool:
    return any(clock.kind == kind or clock.name == name for kind, name in _which(one))
