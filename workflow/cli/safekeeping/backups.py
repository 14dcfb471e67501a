"""`ketnap backup` puts the whole office into one encrypted file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from states.errors import EXIT_BROKEN, EXIT_DONE
from workflow.cli.context import CommandContext
from workflow.cli.output import Block, FactList, Page, TextLine
from workflow.cli.parsing.parser import Command, Param

if TYPE_CHECKING:
    from workflow.core.backup_keys import RecoveryStanding
    from workflow.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupView:
    """A new backup. ``recovery``: whether a printed key opens it: none, unconfirmed, confirmed."""

    file: Path
    size: int
    at: datetime
    recovery: "RecoveryStanding"


def run_backup(ctx: CommandContext, *, to: Path | None, check: Path | None) -> int:
    """Make a backup; or, with ``check``, unpack one in a scratch place and verify it."""
    from workflow.core.backup_keys import read_recovery_standing
    from workflow.operations.backup import make_backup

    with ctx.open_office() as office:
        if check is not None:
            return _check_backup(ctx, office, check)
        with ctx.show_progress("progress.backup") as bar:
            backup = make_backup(office, to=to, on_progress=bar)
        recovery = read_recovery_standing(office.config.folder)
        view = BackupView(file=backup.file, size=backup.size, at=backup.at, recovery=recovery)
        ctx.show_view(view, lambda: _backup_page(ctx, view))
    return EXIT_DONE


def _backup_page(ctx: CommandContext, view: BackupView) -> Page:
    page: list[Block] = [TextLine(ctx.say("backup.done", file=view.file), "good")]
    page += list(recovery_lines(ctx, view.recovery))
    return page


def recovery_lines(ctx: CommandContext, recovery: "RecoveryStanding") -> Iterator[TextLine]:
    """What is said while nobody has shown that the recovery key is on paper."""
    if recovery != "confirmed":
        yield TextLine(ctx.say(f"recovery.{recovery}"), "late" if recovery == "none" else "warn")


def _check_backup(ctx: CommandContext, office: "Office", file: Path) -> int:
    from workflow.core.backup_keys import load_machine_key
    from workflow.operations.archive.try_backup import try_backup

    with ctx.show_progress("progress.verify") as bar:
        trial = try_backup(file, load_machine_key(office.config.folder), on_progress=bar)
    made_at = f"{trial.made_at.astimezone(ZoneInfo(office.config.zone)):%d/%m/%Y %H:%M}"

    def build_page() -> Page:
        return [
            TextLine(
                ctx.say("backup.holds" if trial.holds else "backup.broken"), "good" if trial.holds else "late"
            ),
            FactList(
                [
                    (ctx.say("backup.office"), trial.office),
                    (ctx.say("backup.made_at"), made_at),
                    (ctx.say("verify.events"), trial.events),
                    (ctx.say("verify.seal"), trial.seal),
                ]
            ),
        ]

    ctx.show_view(trial, build_page)
    return EXIT_DONE if trial.holds else EXIT_BROKEN


COMMANDS = (
    Command(
        "backup", run_backup, (Param("--to", "folder", "file"), Param("--check", "file", "file")), "office"
    ),
)
