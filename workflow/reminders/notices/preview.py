"""Who would get what, when: the sweeps of days to come, looked at and not made; two policies side by side."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from notifications.letter_days import last_morning
from notifications.policy import Policy
from workflow.office import Office
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.sweep import DAY, Sweep, span
from workflow.reminders.notices.watches import NOT_SAID
from workflow.storage import reads
from workflow.storage.engine import Work
from workflow.storage.register_snapshot import Tree


@dataclass(frozen=True, slots=True)
class Planned:
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
        """What is made once for ever."""
        return self.subject, self.clock, self.instance, self.step, self.due.isoformat(), self.user


def planned(office: Office, policy: Policy, days: int) -> list[Planned]:
    """Every notice of the next days that is not made yet, on the morning that tells it, if nothing happens meanwhile.

    Each morning is swept as it will be, by who holds which role on that day, and nothing is written. What is only known
    on its morning (the week's summary, a day that may not stand in clear) is not among them; what is snoozed comes when
    the snooze is over.
    """
    with office.database.transaction() as work:
        tree = office.tree_in(work.connection)
        today = office.day(reads.today(work.connection))
        beat = notice_queries.beat(work.connection, "sweep")
        first = last_morning(tree.calendar, today)
        before = beat.day if beat and beat.day else last_morning(tree.calendar, first - DAY)
        made = notice_queries.keys(work)
        asleep = _asleep(work, before)
        found: dict[tuple[str, ...], Planned] = {}
        for morning in _mornings(tree, before, first, last_morning(tree.calendar, today + days * DAY)):
            for row in _swept(Sweep(office, work, tree, policy, span(tree, before, morning))):
                one = Planned(on=morning, user=row["user_id"], **{name: row[name] for name in SAID})
                if one.key not in made:
                    found.setdefault(one.key, one)
            before = morning
        awake = [one for one in found.values() if _until(one, asleep) <= one.on]
        woken = _newest(_woken(tree, one, asleep) for one in found.values() if _until(one, asleep) > one.on)
        told = [one for one in (*awake, *woken) if one.on <= before]
    return sorted(told, key=lambda one: (one.on, one.via, one.due, one.key))


SAID = ("subject", "reminder", "clock", "instance", "step", "due", "via", "why")


def _mornings(tree: Tree, before: date, first: date, last: date) -> Iterator[date]:
    """The mornings that will be swept: today's, which makes up for those that were missed, and every later one."""
    day = first
    while day <= last:
        if day > before and last_morning(tree.calendar, day) == day:
            yield day
        day += DAY


def _swept(sweeping: Sweep) -> Iterator[Mapping[str, Any]]:
    """What a sweep would make."""
    sweeping.prepare()
    rows = [row._asdict() for row in notice_queries.due(sweeping.work, sweeping.span.before)]
    rows += [*sweeping.of_new_clocks(), *sweeping.of_watches(late=0)]
    return (row for row in rows if row["due"] != NOT_SAID and row["clock"] not in ("monday", "sweep_late"))


def _newest(planned: Iterable[Planned]) -> list[Planned]:
    """Of several steps of one deadline that one morning tells together, the last: only that one is true by then."""
    found: dict[tuple[object, ...], Planned] = {}
    for one in sorted(planned, key=lambda one: (one.due, int(one.step[1:-1]) if one.step[1:-1].isdigit() else 0)):
        found[one.on, one.subject, one.clock, one.instance, one.due, one.user] = one
    return list(found.values())


def _asleep(work: Work, day: date) -> dict[tuple[str, str, str, str], date]:
    """Until when somebody has put off which start of a clock."""
    rows = notice_queries.snoozes(work, day)
    return {(row.subject, row.clock, row.instance, row.user_id): row.until for row in rows}


def _until(one: Planned, asleep: Mapping[tuple[str, str, str, str], date]) -> date:
    """The day until which a notice is put off; its own morning where it is not."""
    return asleep.get((one.subject, one.clock, one.instance, one.user), one.on)


def _woken(tree: Tree, one: Planned, asleep: Mapping[tuple[str, str, str, str], date]) -> Planned:
    """A notice on the morning that tells it: the first one on which it is not put off any more."""
    until = _until(one, asleep)
    while last_morning(tree.calendar, until) != until:
        until += DAY
    return replace(one, on=until)


@dataclass(frozen=True, slots=True)
class Compared:
    """What another policy would change: notices that only it makes, that it no longer makes, that both make."""

    new: list[Planned]
    gone: list[Planned]
    same: list[Planned]


def compared(now: list[Planned], then: list[Planned]) -> Compared:
    """The notices of the policy in force beside those of another."""
    here, there = {one.key: one for one in now}, {one.key: one for one in then}
    return Compared(
        [one for key, one in there.items() if key not in here],
        [one for key, one in here.items() if key not in there],
        [one for key, one in there.items() if key in here],
    )
