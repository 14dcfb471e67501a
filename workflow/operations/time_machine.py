"""The time machine: only a sample office has one, and only the days of the rules follow it. Instants stay real."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from notifications.transport import PostAway
from workflow.cases.commands.carry_over_all import Carried, carry_all, carry_open
from workflow.office import Office
from workflow.operations.sample.later_changes import learn
from workflow.operations.sample.scenario import Said, later
from workflow.register.writer import NOBODY, Registrar
from workflow.reminders.daily_run import Rounds
from workflow.reminders.letters.compose import Written
from workflow.reminders.letters.deliver import Delivered
from workflow.storage import reads
from workflow.storage.register_snapshot import Tree

Progress = Callable[[int, int], None]

FARTHEST = 10_000
"""Days of one journey: some 27 years; whoever types more has slipped."""

DAY = timedelta(days=1)


class NotASample(Exception):
    """A real office's day is the day it is; nothing was changed."""


class NotForward(Exception):
    """The clock moves from 1 day to `FARTHEST` days forward, not by ``days``."""

    def __init__(self, days: int) -> None:
        super().__init__(days)
        self.days, self.farthest = days, FARTHEST


@dataclass(frozen=True)
class Moved:
    """The day before and after, the cases carried over on the way, the letters written, how many were sent.

    ``away``: why letters could not be sent.
    """

    before: date
    after: date
    carried: tuple[Carried, ...]
    letters: tuple[Written, ...] = ()
    sent: int = 0
    away: PostAway | None = None


def move_clock(
    office: Office, days: int, *, rounds: Rounds | None = None, on_progress: Progress | None = None
) -> Moved:
    """Move a sample office's clock so many days forward, day by day; killed on the way, it stands at some day between.

    Each morning the register learns what the sample knows of that day, cases whose step is gone are carried over, and
    with ``rounds`` what is due is told: letters are written, and sent. ``on_progress``: days done, of how many.
    Raises `NotASample`, `NotForward`.
    """
    if not 1 <= days <= FARTHEST:
        raise NotForward(days)
    with office.database.reading() as connection:
        row = reads.office(connection)
    if row.sample is None or row.today is None:
        raise NotASample
    known = later(row.sample)
    carried: list[Carried] = list(carry_all(office, row.today))
    letters, sent, day = list[Written](), list[Delivered](), row.today
    for done in range(days + 1):
        if done:
            day = _dawn(office, known, carried)
        if rounds and (written := rounds.morning(day).written):
            letters += written
            sent.append(rounds.send())
        if on_progress:
            on_progress(done, days)
    away = next((one.away for one in sent if one.away), None)
    return Moved(row.today, day, tuple(carried), tuple(letters), sum(one.sent for one in sent), away)


def _dawn(office: Office, known: Mapping[date, Said], carried: list[Carried]) -> date:
    """One day more; which it is."""
    with office.writing() as (work, ledger):
        day = office.day(ledger.today) + DAY
        turns = _turns(office, office.tree(work, ledger))
        ledger.today = day
        if said := known.get(day):
            learn(office, work, ledger, said)
        if said or day in turns:
            carried += carry_open(office, work, ledger, day)
        Registrar(office, work, ledger, NOBODY).turn_clock(day)
    return day


def _turns(office: Office, tree: Tree) -> set[date]:
    """The days on which an edition comes into force, or a unit is not what it was: only then steps go."""
    book = office.rulebook
    editions = {book.edition(pipeline, one).in_force for pipeline in book.pipelines for one in book.editions(pipeline)}
    rows = [row for rows in tree.units.values() for row in rows]
    return editions | {row.valid_from for row in rows} | {row.valid_to + DAY for row in rows if row.valid_to}
