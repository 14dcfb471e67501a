"""The pulse says whether somebody has to look after the reminders."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from notifications.letter_days import last_morning
from notifications.policy import Policy
from workflow.core.clock import now
from workflow.office import Office
from workflow.reminders.letters import outbox_queries
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import Beat
from workflow.reminders.notices.recipients import RecipientFinder
from workflow.storage import reads
from workflow.storage.engine import Transaction

DAY = timedelta(days=1)
GRACE = timedelta(minutes=5)
"""A worker looks every minute; one that sweeps a large office looks again when it is done."""


@dataclass(frozen=True)
class Pulse:
    """The state of reminders. Instants are aware, UTC.

    ``swept``: the newest morning swept; ``late``: a morning passed without a sweep. ``unsent_since``: the
    morning of the oldest letter that still waits after that day's sending hours. ``unreachable``: users with
    waiting notices where neither they nor anybody above has a working address.
    """

    swept: date | None
    swept_at: datetime | None
    delivered_at: datetime | None
    next_at: datetime | None
    late: bool
    unsent_since: date | None
    letters: dict[str, int]
    waiting: int
    unreachable: list[str]

    @property
    def is_well(self) -> bool:
        """Whether nobody has to act."""
        return not (self.late or self.unsent_since or self.letters.get("stuck") or self.unreachable)


def read_pulse(office: Office, policy: Policy) -> Pulse:
    """The state of an office's reminders; never late in a sample, whose day only its time machine moves."""
    with office.database.read_transaction() as connection:
        work = Transaction(connection)
        tree = office.snapshot_for_reading(connection)
        sample_day = reads.load_today(connection)
        today = office.resolve_day(sample_day)
        beats = {name: notice_queries.find_beat(connection, name) for name in ("sweep", "delivery", "worker")}
        waiting = notice_queries.list_waiting(work)
        recipients = RecipientFinder(office, work, tree, today)
        unreachable = sorted({row.via for row in waiting if recipients.find_mailbox(row.via).address is None})
        swept, delivered, worker = beats["sweep"], beats["delivery"], beats["worker"]
        newest = swept.day if swept else None
        due = last_morning(tree.calendar, today if _is_after_hours(office, policy) else today - DAY)
        oldest = None if sample_day else outbox_queries.find_oldest_waiting(connection)
        return Pulse(
            swept=newest,
            swept_at=_to_instant(swept.at) if swept else None,
            delivered_at=_to_instant(delivered.at) if delivered else None,
            next_at=_to_instant(worker.next_at) if worker and worker.next_at else None,
            late=sample_day is None and (newest is None or newest < due),
            unsent_since=oldest if oldest and oldest <= due else None,
            letters=outbox_queries.count_letters(connection),
            waiting=len(waiting),
            unreachable=unreachable,
        )


def is_awake(worker: Beat | None, at: datetime) -> bool:
    """Whether a worker ran, as its pulse says, and its next look is still to come."""
    return worker is not None and at <= _to_instant(worker.next_at or worker.at) + GRACE


def _is_after_hours(office: Office, policy: Policy) -> bool:
    return now().astimezone(ZoneInfo(office.config.zone)).time() >= policy.hours.to


def _to_instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
