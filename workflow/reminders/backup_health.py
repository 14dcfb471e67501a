"""How an office's backups are is stored with its heartbeat.

``backup.made``: the last of the nights on which one was made; ``backup.held``: on which it was tried and
found good; ``backup.failed``: since when none could be made, or was good; ``backup.second``: on which
the second place had all of them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from workflow.core.backup_keys import RecoveryStanding, read_recovery_standing
from workflow.core.clock import now
from workflow.office import Office
from workflow.reminders.notices import notice_queries

BackupBeat = Literal["made", "held", "failed", "second"]
GRACE = timedelta(days=3)
"""A weekend with the machine off is nothing that somebody has to look at."""


@dataclass(frozen=True, slots=True)
class NightlyResult:
    """What became of a night's backup.

    ``problem``: why there is none, or why it is not good; ``second``: whether the second place has it.
    """

    file: Path | None = None
    held: bool = False
    problem: Exception | None = None
    second: Literal["none", "done", "away"] = "none"


@dataclass(frozen=True, slots=True)
class BackupHealth:
    """How the backups are. Instants are aware, UTC; None: never."""

    made_at: datetime | None
    held_at: datetime | None
    failed_at: datetime | None
    second_at: datetime | None
    has_second: bool
    recovery: RecoveryStanding

    @property
    def has_failed(self) -> bool:
        """Whether the last night's backup could not be made, or was found bad."""
        return self.failed_at is not None

    @property
    def is_late(self) -> bool:
        """Whether there were backups, and there are none of late."""
        return self.held_at is not None and now() - self.held_at > GRACE

    @property
    def is_second_away(self) -> bool:
        """Whether the second place lacks the newest backups."""
        return self.has_second and self.made_at is not None and _is_before(self.second_at, self.made_at)

    @property
    def is_well(self) -> bool:
        """Whether nobody has to look at the backups."""
        away = self.is_second_away and (self.second_at is None or now() - self.second_at > GRACE)
        return not (self.has_failed or self.is_late or away)


def _is_before(at: datetime | None, other: datetime) -> bool:
    return at is None or at < other


def read_backup_health(office: Office) -> BackupHealth:
    """How an office's backups are. Raises `DatabaseUnavailable`."""
    with office.database.read_transaction() as connection:
        beats = {
            name: notice_queries.find_beat(connection, f"backup.{name}")
            for name in ("made", "held", "failed", "second")
        }
    at = {
        name: datetime.fromtimestamp(beat.at, UTC) if beat and beat.at else None
        for name, beat in beats.items()
    }
    return BackupHealth(
        made_at=at["made"],
        held_at=at["held"],
        failed_at=at["failed"],
        second_at=at["second"],
        has_second=bool(office.config.backup.second),
        recovery=read_recovery_standing(office.config.folder),
    )


def record_backup(office: Office, *names: BackupBeat, at: datetime) -> None:
    """Store that something became of a night's backup. Raises `DatabaseUnavailable`."""
    with office.database.transaction() as work:
        for name in names:
            notice_queries.set_beat(work, f"backup.{name}", at=int(at.timestamp()))
        if "held" in names:
            notice_queries.set_beat(work, "backup.failed", at=0)
