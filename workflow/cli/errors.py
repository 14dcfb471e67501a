"""Whatever goes wrong on the command line becomes an exit and a sentence. Never a traceback."""

import os
import sys
import traceback
from pathlib import Path
from typing import Any

from workflow.cli.context import CommandContext
from workflow.cli.problems import report_problem
from workflow.presentation import error_table, error_text
from workflow.presentation.error_table import find_wording
from workflow.presentation.problem import (
    EXIT_BAD_INPUT,
    EXIT_DONE,
    EXIT_INTERRUPTED,
    EXIT_MISUSED,
    Problem,
    ProblemDetail,
    format_values,
)

LOG_NAME = "ketnap-error.log"


def report_error(ctx: CommandContext, error: BaseException) -> int:
    """Word whatever went wrong, and give the exit code."""
    if isinstance(error, BrokenPipeError):
        return _discard_output()
    try:
        return report_problem(ctx, (find_wording(error, WORDINGS) or _unforeseen_problem)(ctx, error))
    except BrokenPipeError:
        return _discard_output()
    except Exception as worse:  # noqa: BLE001 - the last resort: what failed while wording is told like any bug
        return report_problem(ctx, _unforeseen_problem(ctx, worse))


def _discard_output() -> int:
    """Whoever read our output has gone: nothing more is said, not even at the interpreter's end."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - a device, not a path
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return EXIT_DONE


def _unforeseen_problem(ctx: CommandContext, error: BaseException) -> Problem:
    log = _write_log(ctx, error)
    advice = ctx.say("advice.unforeseen", log=log) if log else ctx.say("advice.unforeseen_no_log")
    message = ctx.say("error.unforeseen", kind=type(error).__name__)
    return Problem("unforeseen", EXIT_BAD_INPUT, message, advice=advice, writes=False)


def _write_log(ctx: CommandContext, error: BaseException) -> Path | None:
    """The whole trace goes into a file beside the config, for whoever looks after the program."""
    folder = ctx.config_path.parent
    path = (folder if folder.is_dir() else Path()) / LOG_NAME
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"--- {' '.join(sys.argv[1:3])}\n")
            file.writelines(traceback.format_exception(error))
    except OSError:
        return None
    return path


def _usage_problem(ctx: Any, error: Any) -> Problem:
    """`UsageError`: every fault, and how the command is written."""
    from workflow.cli.parsing.help_text import param_label, usage_line

    details = []
    for fault in error.faults:
        values = dict(fault.values)
        if "param" in values:
            values["option"] = param_label(values.pop("param"), ctx.speaks)
        details.append(ProblemDetail(ctx.say(fault.key, **format_values(values)), {"code": fault.key, **values}))
    command = error.command
    help_ = ctx.say("usage.help", command=f"ketnap {command.path}" if command else "ketnap")
    advice = f"{usage_line(command, ctx.speaks)}\n{help_}" if command else help_
    return Problem("usage", EXIT_MISUSED, ctx.say("error.usage"), details, advice, writes=False)


def _interruption_problem(ctx: Any, _error: Any) -> Problem:
    """`KeyboardInterrupt`: somebody stopped it."""
    return Problem("interrupted", EXIT_INTERRUPTED, ctx.say("error.interrupted"), advice=ctx.say("advice.interrupted"))


WORDINGS = error_table.WORDINGS | {
    "workflow.cli.parsing.arguments.UnknownName": error_text.describe_unknown,
    "workflow.cli.parsing.parser.UsageError": _usage_problem,
    "builtins.KeyboardInterrupt": _interruption_problem,
}
"""Every exception that may reach the command line, by its full name."""
