"""Who would get what, when: the sweeps of days to come, looked at and not made; two policies side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from notifications.mornings import last_morning, morning
from notifications.policy import Policy, Step
from workflow.office import Office
from workflow.reminding.sweep import MOVED, Sweep, span
from workflow.reminding.watches import NOT_SAID
from workflow.store import notices, reading
from workflow.tree import Tree


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
    """Every notice of the mornings of the next days that is not made yet, if nothing happens meanwhile.

    What is only known on its morning (the week's summary, a day that may not stand in clear) is not among them.
    """
    with office.database.transaction() as work:
        tree = office.tree_in(work.connection)
        today = office.day(reading.today(work.connection))
        beat = notices.beat(work.connection, "sweep")
        first = last_morning(tree.calendar, today)
        before = beat.day if beat and beat.day else last_morning(tree.calendar, first - timedelta(days=1))
        until = last_morning(tree.calendar, today + timedelta(days=days))
        sweeping = Sweep(office, work, tree, policy, span(tree, before, until))
        sweeping.prepare()
        rows: list[Mapping[str, Any]] = [row._asdict() for row in notices.due(work, before)]
        rows += [row for row in sweeping.of_new_clocks() if row["step"] != MOVED]
        rows += [row for row in sweeping.of_watches(late=0) if row["clock"] not in ("monday", "sweep_late")]
        made = notices.keys(work)
    found = {one.key: one for one in _mornings(policy, tree, rows) if one.key not in made and one.on >= first}
    return sorted(found.values(), key=lambda one: (one.on, one.via, one.due, one.key))


def _mornings(policy: Policy, tree: Tree, rows: list[Mapping[str, Any]]) -> Iterator[Planned]:
    for row in rows:
        if row["due"] != NOT_SAID:
            step = _step(policy, row["reminder"], row["step"])
            on = morning(tree.calendar, step, step.day(row["due"]))
            said = {name: row[name] for name in ("subject", "reminder", "clock", "instance", "due", "via", "why")}
            yield Planned(on=on, step=str(step), user=row["user_id"], **said)


def _step(policy: Policy, reminder: str, step: str) -> Step:
    return next(one for one in policy.reminders[reminder].steps if str(one) == step)


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
