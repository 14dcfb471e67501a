"""The program ``ketnap``: every command in its place, and one way in and out."""

import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from workflow.cli.context import Desk
from workflow.cli.errors import answer
from workflow.cli.parsing.parser import Command, HelpAsked, before_dashes, command_in, misused, read
from workflow.presentation.problem import DONE, MISUSED

LANGUAGES = ("vi", "en")
EVERYWHERE = ("--config", "--lang")
"""Options with a value that any command takes, in any place; ``--json`` is the one without."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code comes back."""
    gc.disable()  # most commands end before there is anything to collect; an office once open turns it on again
    _speak_utf8(sys.stdout, sys.stderr)
    desk = Desk()
    try:
        done = _run(desk, list(sys.argv[1:] if argv is None else argv))
        desk.out.flush()
    except BaseException as error:  # noqa: BLE001 - the last resort: whatever happens is told in plain words
        return answer(desk, error)
    return done


def _run(desk: Desk, words: Sequence[str]) -> int:
    rest = _seated(desk, words)
    commands = every_command()
    try:
        command, typed = command_in(commands, rest)
    except HelpAsked as asked:
        from workflow.cli.parsing.help_text import help_of

        (desk.err if asked.wrongly else desk.out).write(help_of(commands, asked.path, desk.speaks))
        return MISUSED if asked.wrongly else DONE
    desk.writes = command.writes
    return command.runs(desk, **read(command, typed)) or DONE


def _speak_utf8(*streams: TextIO) -> None:
    """Vietnamese letters go out as UTF-8 wherever they go: a pipe on Windows would guess another encoding."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure and (stream.encoding or "").lower().replace("-", "") != "utf8":
            reconfigure(encoding="utf-8", errors="replace")


def _seated(desk: Desk, words: Sequence[str]) -> list[str]:
    """Take --config, --lang and --json out of the words, wherever they stand. Raises `Misused`."""
    desk.as_json = "--json" in before_dashes(words)
    rest: list[str] = []
    waiting = iter(words)
    for word in waiting:
        name, sign, value = word.partition("=")
        if word == "--":
            rest += [word, *waiting]
        elif name in EVERYWHERE:
            _take(desk, name, value if sign else next(waiting, None))
        elif word != "--json":
            rest.append(word)
    return rest


def _take(desk: Desk, name: str, value: str | None) -> None:
    if not value:
        raise misused("usage.needs_value", option=name)
    if name == "--config":
        desk.config = Path(value)
    elif value in LANGUAGES:
        desk.language = value
    else:
        raise misused("usage.language", typed=value)


def every_command() -> dict[str, Command]:
    """All commands by their path, in the order in which help lists them."""
    from workflow.cli import demo
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
        demo,
    )
    return {command.path: command for part in parts for command in part.COMMANDS}
