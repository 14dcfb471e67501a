"""The time machine moves a sample office's day forward.

Only the days of the rules follow it; instants stay real.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from notifications.transport import TransportUnavailable
from states.errors import UserError
from workflow.cases.commands.carry_over_all import CarriedCase, carry_over_all, carry_over_open_cases
from workflow.office import Office
from workflow.operations.sample.later_changes import apply_later_changes
from workflow.operations.sample.scenario import Values, load_later_changes
from workflow.register.writer import NOBODY, RegisterWriter
from workflow.reminders.daily_run import DailyRun
from workflow.reminders.letters.compose import WrittenLetter
from workflow.reminders.letters.deliver import DeliveryResult
from workflow.storage import reads
from workflow.storage.register_snapshot import RegisterSnapshot

Progress = Callable[[int, int], None]

FARTHEST = 10_000
"""Days of one journey: some 27 years; whoever types more has slipped."""

DAY = timedelta(days=1)


class NotASample(UserError):
    """A real office's day cannot be moved; nothing was changed."""

    code = "not_a_sample"


class NotForward(UserError):
    """The clock moves 1 to `FARTHEST` days forward, not ``days``."""

    code = "not_forward"
    message_values = ("days", "farthest")

    def __init__(self, days: int) -> None:
        super().__init__(days)
        self.days, self.farthest = days, FARTHEST


@dataclass(frozen=True)
class ClockMove:
    """The day before and after, the carried cases, the letters written and how many were sent.

    ``away``: why letters could not be sent.
    """

    before: date
    after: date
    carried: tuple[CarriedCase, ...]
    letters: tuple[WrittenLetter, ...] = ()
    sent: int = 0
    away: TransportUnavailable | None = None


def move_clock(
    office: Office, days: int, *, rounds: DailyRun | None = None, on_progress: Progress | None = None
) -> ClockMove:
    """Move a sample office's clock so many days forward, day by day.

    Killed on the way, it stands at some day between.

    Each morning the register learns what the sample knows of that day, cases whose step is gone are carried
    over, and with ``rounds`` what is due is told: letters are written, and sent. ``on_progress``: days done,
    of how many. Raises `NotASample`, `NotForward`.
    """
    if not 1 <= days <= FARTHEST:
        raise NotForward(days)
    with office.database.read_transaction() as connection:
        row = reads.load_office(connection)
    if row.sample is None or row.today is None:
        raise NotASample
    known = load_later_changes(row.sample)
    carried: list[CarriedCase] = list(carry_over_all(office, row.today))
    letters, sent, day = list[WrittenLetter](), list[DeliveryResult](), row.today
    for done in range(days + 1):
        if done:
            day = _start_day(office, known, carried)
        if rounds and (written := rounds.run_morning(day).letters):
            letters += written
            sent.append(rounds.send_letters())
        if on_progress:
            on_progress(done, days)
    away = next((delivery.away for delivery in sent if delivery.away), None)
    return ClockMove(
        row.today, day, tuple(carried), tuple(letters), sum(delivery.sent for delivery in sent), away
    )


def _start_day(office: Office, known: Mapping[date, Values], carried: list[CarriedCase]) -> date:
    """Begin one more day; returns it."""
    with office.write_transaction() as (tx, ledger):
        day = office.resolve_day(ledger.today) + DAY
        turns = _list_days_of_change(office, office.snapshot_for_writing(tx, ledger))
        ledger.today = day
        if changes := known.get(day):
            apply_later_changes(office, tx, ledger, changes)
        if changes or day in turns:
            carried += carry_over_open_cases(office, tx, ledger, day)
        RegisterWriter(office, tx, ledger, NOBODY).set_today(day)
    return day


def _list_days_of_change(office: Office, snapshot: RegisterSnapshot) -> set[date]:
    """The days on which an edition comes into force or a unit changes: only then steps go."""
    book = office.rulebook
    editions = {
        book.load_edition(pipeline, edition).in_force
        for pipeline in book.pipelines
        for edition in book.list_editions(pipeline)
    }
    rows = [row for rows in snapshot.units.values() for row in rows]
    return editions | {row.valid_from for row in rows} | {row.valid_to + DAY for row in rows if row.valid_to}
