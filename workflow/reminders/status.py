"""The reminders' status and the worker's deeds are told to programs."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from workflow.core.backup_keys import RecoveryStanding
from workflow.reminders.backup_health import BackupHealth, NightlyResult
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
class BackupHealthView:
    """How the backups are; instants as ISO texts.

    ``held_at``: when one was last tried and found good. ``recovery``: none, unconfirmed, confirmed.
    """

    made_at: str | None
    held_at: str | None
    failed: bool
    late: bool
    second_at: str | None
    second_away: bool
    recovery: RecoveryStanding
    well: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStatusView(ReminderStatusView):
    """How the reminders and the backups are, and the runs of the office's jobs."""

    jobs: list[JobRunView]
    backup: BackupHealthView


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


def build_backup_health_view(health: BackupHealth) -> BackupHealthView:
    """How the backups are."""
    return BackupHealthView(
        made_at=_iso_time(health.made_at),
        held_at=_iso_time(health.held_at),
        failed=health.has_failed,
        late=health.is_late,
        second_at=_iso_time(health.second_at),
        second_away=health.is_second_away,
        recovery=health.recovery,
        well=health.is_well,
    )


def build_worker_status_view(pulse: Pulse, runs: Sequence[JobRuns], backup: BackupHealth) -> WorkerStatusView:
    """How the reminders and the backups are, and the runs of the office's jobs."""
    status = build_status_view(pulse)
    jobs = [
        JobRunView(job=run.name, last_at=_iso_time(run.last_at), next_at=_iso_time(run.next_at))
        for run in runs
    ]
    return WorkerStatusView(
        **{each.name: getattr(status, each.name) for each in fields(status)},
        jobs=jobs,
        backup=build_backup_health_view(backup),
    )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NightlyBackupView:
    """What became of a night's backup; ``problem``: the kind of what went wrong."""

    backup: str | None
    held: bool
    problem: str | None
    second_away: bool


DeedView = MorningView | DeliveryView | BounceView | NightlyBackupView | DatabaseAwayView | MailboxAwayView


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
        case NightlyResult():
            return NightlyBackupView(
                backup=event.file.name if event.file else None,
                held=event.held,
                problem=_name_problem(event.problem) if event.problem is not None else None,
                second_away=event.second == "away",
            )
        case DatabaseUnavailable():
            return DatabaseAwayView(away=event.kind)
        case _:
            return MailboxAwayView(mailbox_away=str(event))


def _name_problem(problem: Exception) -> str:
    return str(problem) or type(problem).__name__


def build_bounce_view(result: BounceResult) -> BounceView:
    """What came of a letter that came back."""
    return BounceView(outcome=result.outcome, user=result.user, handed_on=result.handed_on)
