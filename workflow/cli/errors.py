"""Whatever goes wrong on the command line becomes an exit and a sentence. Never a traceback."""

import os
import sys
import traceback
from pathlib import Path
from typing import Any

from workflow.cli.context import Desk
from workflow.cli.problems import tell
from workflow.presentation import error_table, error_text
from workflow.presentation.error_table import wording
from workflow.presentation.problem import DONE, INTERRUPTED, MISUSED, SENSELESS, Detail, Problem, worded

LOG = "ketnap-error.log"


def answer(desk: Desk, error: BaseException) -> int:
    """Word whatever went wrong, and give the exit code."""
    if isinstance(error, BrokenPipeError):
        return _reader_left()
    try:
        return tell(desk, (wording(error, WORDINGS) or _unforeseen)(desk, error))
    except BrokenPipeError:
        return _reader_left()
    except Exception as worse:  # noqa: BLE001 - the last resort: what failed while wording is told like any bug
        return tell(desk, _unforeseen(desk, worse))


def _reader_left() -> int:
    """Whoever read our output has gone: nothing more is said, not even at the interpreter's end."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - a device, not a path
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return DONE


def _unforeseen(desk: Desk, error: BaseException) -> Problem:
    log = _logged(desk, error)
    advice = desk.say("advice.unforeseen", log=log) if log else desk.say("advice.unforeseen_no_log")
    message = desk.say("error.unforeseen", kind=type(error).__name__)
    return Problem("unforeseen", SENSELESS, message, advice=advice, writes=False)


def _logged(desk: Desk, error: BaseException) -> Path | None:
    """The whole trace goes into a file beside the config, for whoever looks after the program."""
    folder = desk.config_path.parent
    path = (folder if folder.is_dir() else Path()) / LOG
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"--- {' '.join(sys.argv[1:3])}\n")
            file.writelines(traceback.format_exception(error))
    except OSError:
        return None
    return path


def _misused(desk: Any, error: Any) -> Problem:
    """`Misused`: every fault, and how the command is written."""
    from workflow.cli.parsing.help_text import called, usage

    details = []
    for fault in error.faults:
        values = dict(fault.values)
        if "param" in values:
            values["option"] = called(values.pop("param"), desk.speaks)
        details.append(Detail(desk.say(fault.key, **worded(values)), {"code": fault.key, **values}))
    command = error.command
    help_ = desk.say("usage.help", command=f"ketnap {command.path}" if command else "ketnap")
    advice = f"{usage(command, desk.speaks)}\n{help_}" if command else help_
    return Problem("usage", MISUSED, desk.say("error.usage"), details, advice, writes=False)


def _interrupted(desk: Any, _error: Any) -> Problem:
    """`KeyboardInterrupt`: somebody stopped it."""
    return Problem("interrupted", INTERRUPTED, desk.say("error.interrupted"), advice=desk.say("advice.interrupted"))


WORDINGS = error_table.WORDINGS | {
    "workflow.cli.problems.Unknown": error_text.unknown,
    "workflow.cli.parsing.parser.Misused": _misused,
    "builtins.KeyboardInterrupt": _interrupted,
}
"""Every exception that may reach the command line, by its full name."""
