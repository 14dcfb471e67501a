"""`ketnap status` says how the backups are."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workflow.cli.context import CommandContext
from workflow.cli.output import TextLine, format_cell

if TYPE_CHECKING:
    from workflow.office import Office
    from workflow.operations.restore.set_aside import SetAsideView
    from workflow.reminders.backup_health import BackupHealth


def backup_lines(
    ctx: CommandContext, office: "Office", health: "BackupHealth", aside: "list[SetAsideView]"
) -> Iterator[TextLine]:
    """Whether there is a good backup, who can open it, and what restores have set aside."""
    say = ctx.say

    def format_time(at: datetime | None) -> str:
        return f"{at.astimezone(ZoneInfo(office.config.zone)):%d/%m/%Y %H:%M}" if at else say("status.never")

    held_at = format_time(health.held_at)
    if health.has_failed:
        yield TextLine(say("status.backup_failed", at=format_time(health.failed_at), held=held_at), "late")
    elif health.is_late:
        yield TextLine(say("status.backup_late", held=held_at), "late")
    elif health.held_at is None:
        yield TextLine(say("status.backup_never"), "warn")
    else:
        yield TextLine(say("status.backup_held", held=held_at), "good")
    if health.is_second_away:
        yield TextLine(say("status.backup_second", at=format_time(health.second_at)), "late")
    if health.recovery != "confirmed":
        yield TextLine(say(f"recovery.{health.recovery}"), "warn")
    for view in aside:
        since = format_cell(view.since)
        yield TextLine(say("status.set_aside", folder=view.folder.name, since=since, days=view.days), "warn")
