"""The time machine: only a sample office has one, and only the days of the rules follow it. Instants stay real."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from workflow.carrying import Carried, carry_all, carry_open
from workflow.office import Office
from workflow.registrar import NOBODY, Registrar
from workflow.sample.later import learn
from workflow.sample.scenario import later
from workflow.store import reading
from workflow.tree import Tree

Progress = Callable[[int, int], None]

FARTHEST = 10_000
"""Days of one journey: some 27 years; whoever types more has slipped."""

DAY = timedelta(days=1)

TOGETHER = 31
"""Days that are committed at once: a journey of years would otherwise wait for the disk every day."""


class NotASample(Exception):
    """A real office's day is the day it is; nothing was changed."""


class NotForward(Exception):
    """The clock moves from 1 day to `FARTHEST` days forward, not by ``days``."""

    def __init__(self, days: int) -> None:
        super().__init__(days)
        self.days, self.farthest = days, FARTHEST


@dataclass(frozen=True)
class Moved:
    """The day before and after, and the cases that were carried over on the way."""

    before: date
    after: date
    carried: tuple[Carried, ...]


def move_clock(office: Office, days: int, *, on_progress: Progress | None = None) -> Moved:
    """Move a sample office's clock so many days forward, day by day; killed on the way, it stands at some day between.

    Each morning the register learns what the sample knows of that day, and cases whose step is gone are carried over.
    ``on_progress``: days done, of how many. Raises `NotASample`, `NotForward`.
    """
    if not 1 <= days <= FARTHEST:
        raise NotForward(days)
    with office.database.reading() as connection:
        row = reading.office(connection)
    if row.sample is None or row.today is None:
        raise NotASample
    before, day = row.today, row.today
    carried: list[Carried] = list(carry_all(office, before))
    done = 0
    while done < days:
        some = min(TOGETHER, days - done)
        day = _some_days(office, row.sample, some, carried)
        done += some
        if on_progress:
            on_progress(done, days)
    return Moved(before, day, tuple(carried))


def _some_days(office: Office, sample: str, days: int, carried: list[Carried]) -> date:
    """Some days in one transaction; the day that it comes to."""
    known = later(sample)
    with office.writing() as (work, ledger):
        day = office.day(ledger.today)
        turns = _turns(office, office.tree(work, ledger))
        for _ in range(days):
            day += DAY
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
