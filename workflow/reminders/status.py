"""The reminders' status and the worker's deeds are told to programs."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from workflow.reminders.daily_run import MorningResult
from workflow.reminders.health import Pulse
from workflow.reminders.jobs import JobRuns
from workflow.reminders.letters.bounces import BounceResult, Outcome
from workflow.reminders.letters.deliver import DeliveryResult
from workflow.reminders.letters.outbox import LETTER_STATES
from workflow.reminders.worker import WorkerEvent
from workflow.storage.errors import DatabaseUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderStatusView:
    """How the reminders are; instants as ISO texts, letters by their state."""

    swept: date | None
    swept_at: str | None
    delivered_at: str | None
    next_at: str | None
    late: bool
    unsent_since: date | None
    letters: dict[str, int]
    waiting: int
    unreachable: list[str]
    well: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRunView:
    """When a job was done last, and will be done next, as ISO texts."""

    job: str
    last_at: str | None
    next_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStatusView(ReminderStatusView):
    """How the reminders are, and the runs of the office's jobs."""

    jobs: list[JobRunView]


def build_status_view(pulse: Pulse) -> ReminderStatusView:
    """How the reminders are."""
    return ReminderStatusView(
        swept=pulse.swept,
        swept_at=_iso_time(pulse.swept_at),
        delivered_at=_iso_time(pulse.delivered_at),
        next_at=_iso_time(pulse.next_at),
        late=pulse.late,
        unsent_since=pulse.unsent_since,
        letters={state: pulse.letters.get(state, 0) for state in LETTER_STATES},
        waiting=pulse.waiting,
        unreachable=pulse.unreachable,
        well=pulse.is_well,
    )


def build_worker_status_view(pulse: Pulse, runs: Sequence[JobRuns]) -> WorkerStatusView:
    """How the reminders are, and the runs of the office's jobs."""
    status = build_status_view(pulse)
    jobs = [
        JobRunView(job=run.name, last_at=_iso_time(run.last_at), next_at=_iso_time(run.next_at))
        for run in runs
    ]
    return WorkerStatusView(**{each.name: getattr(status, each.name) for each in fields(status)}, jobs=jobs)


def _iso_time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MorningView:
    """A morning was swept, and its letters were written."""

    swept: date
    notices: int
    letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportFaultView:
    """Which part of the way out fails, and what the server said."""

    why: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """What became of the letters that were due."""

    sent: int
    put_off: int
    stuck: int
    post_away: TransportFaultView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceView:
    """A letter came back. ``handed_on``: how many notices are told to the unit above now."""

    outcome: Outcome
    user: str | None
    handed_on: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseAwayView:
    """The database could not be reached."""

    away: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxAwayView:
    """The folder of returned letters could not be read."""

    mailbox_away: str


DeedView = MorningView | DeliveryView | BounceView | DatabaseAwayView | MailboxAwayView


def build_deed_view(event: WorkerEvent) -> DeedView:
    """What a worker did, or what kept it from doing it."""
    match event:
        case MorningResult():
            return MorningView(
                swept=event.sweep.morning, notices=event.sweep.made, letters=len(event.letters)
            )
        case DeliveryResult():
            away = TransportFaultView(why=event.away.why, text=event.away.text) if event.away else None
            return DeliveryView(sent=event.sent, put_off=event.put_off, stuck=event.stuck, post_away=away)
        case BounceResult():
            return build_bounce_view(event)
        case DatabaseUnavailable():
            return DatabaseAwayView(away=event.kind)
        case _:
            return MailboxAwayView(mailbox_away=str(event))


def build_bounce_view(result: BounceResult) -> BounceView:
    """What came of a letter that came back."""
    return BounceView(outcome=result.outcome, user=result.user, handed_on=result.handed_on)
