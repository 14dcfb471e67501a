"""`ketnap key recovery` makes the key that is printed."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workflow.cli.context import CommandContext
from workflow.cli.output import TextLine, print_page
from workflow.cli.parsing.parser import Command, Param, usage_error

if TYPE_CHECKING:
    from workflow.core.backup_keys import RecoveryStanding
    from workflow.office import Office

TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryKeyView:
    """A recovery key that was made: what stands on its paper, and the group that is asked for.

    ``rows``: none where the key is only on paper.
    """

    recovery: "RecoveryStanding"
    rows: list[str]
    group: int
    paper: Path | None


def run_key_recovery(ctx: CommandContext, *, letters: str | None, new: bool, paper: Path | None) -> None:
    """Make a recovery key and show it; or, with ``letters``, take back what shows that it is on paper."""
    from workflow.core.backup_keys import confirm_recovery_key
    from workflow.core.clock import now

    with ctx.open_office() as office:
        if letters is None:
            _make_key(ctx, office, paper, new=new)
            return
        if new or paper:
            raise usage_error("usage.letters_alone")
        confirm_recovery_key(office.config.folder, letters, now())
        _show_confirmed(ctx)


def _show_confirmed(ctx: CommandContext) -> None:
    ctx.show_view({"recovery": "confirmed"}, lambda: [TextLine(ctx.say("recovery.good"), "good")])


def _make_key(ctx: CommandContext, office: "Office", paper: Path | None, *, new: bool) -> None:
    from workflow.core.backup_keys import find_recovery_key, make_recovery_key
    from workflow.core.clock import now
    from workflow.core.key_text import list_key_rows

    folder, at = office.config.folder, now()
    before = find_recovery_key(folder)
    if paper is not None and paper.exists():
        raise FileExistsError(17, "", str(paper))
    secret = make_recovery_key(folder, at, anew=new)
    if paper is not None:
        _write_paper(ctx, office, paper, secret)
    key = find_recovery_key(folder)
    rows = list_key_rows(secret)
    view = RecoveryKeyView(recovery="unconfirmed", rows=rows, group=key.group if key else 0, paper=paper)
    ctx.show_view(view, lambda: list(_key_page(ctx, view, replaces=before is not None)))
    if (
        not ctx.as_json
        and sys.stdin is not None
        and sys.stdin.isatty()
        and _ask_letters(ctx, folder, view.group)
    ):
        if paper is not None:
            paper.unlink(missing_ok=True)
        _show_confirmed(ctx)


def _write_paper(ctx: CommandContext, office: "Office", paper: Path, secret: str) -> None:
    from workflow.core.clock import now
    from workflow.core.files import write_private_file
    from workflow.operations.archive.recovery_paper import build_recovery_paper
    from workflow.storage import reads

    with office.database.read_transaction() as connection:
        name = reads.load_office(connection).name
    day = now().astimezone(ZoneInfo(office.config.zone)).date()
    write_private_file(paper.absolute(), build_recovery_paper(ctx.speaks, name, secret, day))


def _key_page(ctx: CommandContext, view: RecoveryKeyView, *, replaces: bool) -> Iterator[TextLine]:
    say = ctx.say
    yield TextLine(say("recovery.shown"), "strong")
    for number, row in enumerate(view.rows, 1):
        yield TextLine(f"{number}.  {row}", "strong", 1)
    yield TextLine(say("recovery.keep"))
    if view.paper is not None:
        yield TextLine(say("recovery.paper", file=view.paper))
    if replaces:
        yield TextLine(say("recovery.older"), "warn")
    yield TextLine(say("recovery.later", group=view.group))


def _ask_letters(ctx: CommandContext, folder: Path, group: int) -> bool:
    """Whether the four letters were typed back; whoever presses Enter alone does it later."""
    from workflow.core.backup_keys import WrongLetters, confirm_recovery_key
    from workflow.core.clock import now

    for _ in range(TRIES):
        ctx.out.write(ctx.say("recovery.ask", group=group) + " ")
        ctx.out.flush()
        typed = sys.stdin.readline().strip()
        if not typed:
            return False
        try:
            confirm_recovery_key(folder, typed, now())
        except WrongLetters:
            print_page([TextLine(ctx.say("error.wrong_letters", group=group), "late")], ctx.out)
        else:
            return True
    return False


COMMANDS = (
    Command(
        "key recovery",
        run_key_recovery,
        (Param("--letters", "letters"), Param("--new", kind="flag"), Param("--paper", "file", "file")),
        "office",
    ),
)
