"""The program ``ketnap`` runs one command and ends with its code."""

import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from states.errors import EXIT_DONE, EXIT_MISUSED
from workflow.cli.context import CommandContext
from workflow.cli.errors import report_error
from workflow.cli.output import TextLine
from workflow.cli.parsing.parser import (
    Command,
    HelpRequested,
    find_command,
    read_arguments,
    usage_error,
    words_before_dashes,
)

LANGUAGES = ("vi", "en")
GLOBAL_OPTIONS = ("--config", "--lang")
"""Options with a value that any command takes, in any place; ``--json`` is the one without."""


def main(argv: Sequence[str] | None = None) -> int:
    gc.disable()  # most commands end before there is anything to collect; an open office turns it on again
    ctx = CommandContext()
    if sys.stdout is None or sys.stderr is None:
        from workflow.cli.console import replace_streams

        replace_streams(ctx)
    _speak_utf8(ctx.out, ctx.err)
    try:
        done = _run_command(ctx, list(sys.argv[1:] if argv is None else argv))
        ctx.out.flush()
    except BaseException as error:  # noqa: BLE001 - the last resort: whatever happens is told in plain words
        return report_error(ctx, error)
    return done


def _run_command(ctx: CommandContext, words: Sequence[str]) -> int:
    rest = _take_global_options(ctx, words)
    if rest == ["--version"]:
        return _show_version(ctx)
    commands = collect_commands()
    try:
        command, typed = find_command(commands, rest)
    except HelpRequested as help_request:
        from workflow.cli.parsing.help_text import build_help

        (ctx.err if help_request.wrongly else ctx.out).write(
            build_help(commands, help_request.path, ctx.speaks)
        )
        return EXIT_MISUSED if help_request.wrongly else EXIT_DONE
    ctx.writes, ctx.keeps_running = command.writes, command.keeps_running
    return command.handler(ctx, **read_arguments(command, typed)) or EXIT_DONE


def _show_version(desk: CommandContext) -> int:
    from importlib.metadata import version

    number = version("ketnap")
    desk.show_view({"version": number}, lambda: [TextLine(f"ketnap {number}")])
    return EXIT_DONE


def _speak_utf8(*streams: TextIO) -> None:
    """Write UTF-8 everywhere; a pipe on Windows would guess another encoding."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure and (stream.encoding or "").lower().replace("-", "") != "utf8":
            reconfigure(encoding="utf-8", errors="replace")


def _take_global_options(ctx: CommandContext, words: Sequence[str]) -> list[str]:
    """Take --config, --lang and --json out of the words, wherever they stand. Raises `UsageError`."""
    ctx.as_json = "--json" in words_before_dashes(words)
    rest: list[str] = []
    waiting = iter(words)
    for word in waiting:
        name, sign, value = word.partition("=")
        if word == "--":
            rest += [word, *waiting]
        elif name in GLOBAL_OPTIONS:
            _set_global_option(ctx, name, value if sign else next(waiting, None))
        elif word != "--json":
            rest.append(word)
    return rest


def _set_global_option(ctx: CommandContext, name: str, value: str | None) -> None:
    if not value:
        raise usage_error("usage.needs_value", option=name)
    if name == "--config":
        ctx.config = Path(value)
    elif value in LANGUAGES:
        ctx.language = value
    else:
        raise usage_error("usage.language", typed=value)


def collect_commands() -> dict[str, Command]:
    """All commands by their path, in the order in which help lists them."""
    from workflow.cli.commands import (
        accounts,
        calendars,
        cases,
        dossier,
        notices,
        office,
        outbox,
        people,
        roster,
        rules,
        serve,
        units,
        worker,
    )
    from workflow.cli.safekeeping import backups, recovery, restores

    parts = (
        cases,
        dossier,
        roster,
        people,
        units,
        calendars,
        rules,
        notices,
        outbox,
        worker,
        serve,
        accounts,
        office,
        backups,
        recovery,
        restores,
    )
    return {command.path: command for part in parts for command in part.COMMANDS}
