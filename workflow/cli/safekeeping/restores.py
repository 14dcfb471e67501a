"""`ketnap restore` brings an office back from a backup."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workflow.cli.context import CommandContext
from workflow.cli.output import Block, Cell, FactList, Heading, TextLine, TextTable, format_cell
from workflow.cli.parsing.parser import Command, Param, usage_error
from workflow.core.messages import has_message

if TYPE_CHECKING:
    from pyrage.x25519 import Identity

    from workflow.operations.restore.old_office import LostEvent
    from workflow.operations.restore.restore import RestoreView
    from workflow.operations.restore.set_aside import SetAsideView

MOST_SHOWN = 20


def run_restore(
    ctx: CommandContext,
    *,
    file: Path | None,
    folder: Path | None,
    key_file: Path | None,
    database: str | None,
    accept_faults: bool,
    forget: bool,
) -> None:
    """Restore an office; or, with ``forget``, delete what restores have set aside."""
    target = folder or ctx.config_path.parent
    if forget:
        if file is not None:
            raise usage_error("usage.forget_alone")
        _forget(ctx, target)
        return
    if file is None:
        raise usage_error("usage.restore_file")
    from workflow.cli.database_password import add_password
    from workflow.operations.restore.restore import restore_office

    identity = _read_key(ctx, key_file)
    database = add_password(ctx, database) if database else None
    with ctx.show_progress("progress.restore") as bar:
        view = restore_office(
            file, identity, target, database=database, accept_faults=accept_faults, on_progress=bar
        )
    ctx.show_view(view, lambda: list(_restore_page(ctx, view)))


def _read_key(ctx: CommandContext, key_file: Path | None) -> "Identity":
    """The key from a file; else row by row from whoever sits there; else from what is piped in."""
    from workflow.core.backup_keys import read_identity

    if key_file is not None:
        return read_identity(key_file.read_text(encoding="utf-8", errors="replace"))
    if sys.stdin is None or not sys.stdin.isatty():
        return read_identity(sys.stdin.read() if sys.stdin else "")
    from workflow.core.key_text import PREFIX, BadKeyText, check_key_row, count_key_rows

    ctx.err.write(ctx.say("restore.type_key") + "\n")
    rows: list[str] = []
    while len(rows) < count_key_rows():
        number = len(rows) + 1
        ctx.err.write(ctx.say("restore.row", number=number) + " ")
        ctx.err.flush()
        typed = sys.stdin.readline()
        if not typed:
            raise BadKeyText(number)
        try:
            rows.append(check_key_row(number, typed))
        except BadKeyText:
            ctx.err.write(ctx.say("error.bad_key_text", row=number) + "\n")
    return read_identity(PREFIX + "".join(rows))


def _restore_page(ctx: CommandContext, view: "RestoreView") -> Iterator[Block]:
    from workflow.core.config import read_config

    say = ctx.say
    zone = ZoneInfo(read_config(view.folder / "config.yaml").zone)
    yield TextLine(say("restore.done", office=view.office, folder=view.folder), "good")
    yield FactList(
        [
            (say("backup.made_at"), f"{view.made_at.astimezone(zone):%d/%m/%Y %H:%M}"),
            (say("verify.events"), view.events),
            (say("verify.seal"), view.seal),
        ]
    )
    if not view.verified:
        yield TextLine(say("restore.unverified"), "warn")
    if view.aside is not None:
        yield TextLine(say("restore.aside", folder=view.aside))
    yield from _lost_blocks(ctx, view)
    if view.letters:
        yield TextLine(say("restore.letters", count=view.letters))


def _lost_blocks(ctx: CommandContext, view: "RestoreView") -> Iterator[Block]:
    """What has to be entered again."""
    say = ctx.say
    if view.lost is None:
        yield TextLine(say("restore.lost_unknown"), "warn")
        return
    if not view.lost:
        yield TextLine(say("restore.nothing_lost"))
        return
    yield Heading(say("restore.lost", count=len(view.lost)))
    heads = [say(f"restore.head.{name}") for name in ("n", "case", "what", "on", "by")]
    rows: list[list[Cell]] = [
        [
            event.n,
            event.case or "",
            _event_text(ctx, event),
            format_cell(event.on),
            event.by or event.typed,
        ]
        for event in view.lost[:MOST_SHOWN]
    ]
    yield TextTable(heads, rows)
    if len(view.lost) > MOST_SHOWN:
        yield TextLine(say("restore.lost_more", count=len(view.lost) - MOST_SHOWN), "dim")


def _event_text(ctx: CommandContext, event: "LostEvent") -> str:
    for key in (f"restore.kind.{event.kind}", f"cli.kind.{event.kind}"):
        if has_message(key):
            return f"{ctx.say(key)} {event.table}".rstrip()
    return event.label.in_language(ctx.speaks) if event.label else event.kind


def _forget(ctx: CommandContext, folder: Path) -> None:
    from workflow.core.clock import today_in
    from workflow.core.config import read_config
    from workflow.operations.restore.set_aside import delete_set_aside

    zone = read_config(folder / "config.yaml").zone
    gone = delete_set_aside(folder, today_in(zone))
    ctx.show_view({"deleted": gone}, lambda: list(_forgotten_lines(ctx, gone)))


def _forgotten_lines(ctx: CommandContext, gone: "list[SetAsideView]") -> Iterator[TextLine]:
    if not gone:
        yield TextLine(ctx.say("restore.nothing_aside"))
    for view in gone:
        yield TextLine(ctx.say("restore.forgotten", folder=view.folder.name), "good")


COMMANDS = (
    Command(
        "restore",
        run_restore,
        (
            Param("file", kind="file"),
            Param("--folder", "folder", "file"),
            Param("--key-file", "file", "file"),
            Param("--database", "database"),
            Param("--accept-faults", kind="flag"),
            Param("--forget", kind="flag"),
        ),
        "office",
    ),
)
