"""Errors on the command line become sentences and an exit code."""

import os
import sys
import traceback
from pathlib import Path
from typing import Any

from states.errors import EXIT_BAD_INPUT, EXIT_DONE, EXIT_INTERRUPTED, EXIT_REFUSED
from workflow.cli.context import CommandContext
from workflow.cli.output import Page, TextLine, print_page
from workflow.cli.parsing.parser import UsageError
from workflow.presentation.error_text import describe_error
from workflow.presentation.problem import Problem, ProblemDetail, format_values, problem_json

LOG_NAME = "ketnap-error.log"


def report_error(ctx: CommandContext, error: BaseException) -> int:
    """Word whatever went wrong, and give the exit code."""
    if isinstance(error, BrokenPipeError):
        return _discard_output()
    try:
        return report_problem(ctx, _find_problem(ctx, error))
    except BrokenPipeError:
        return _discard_output()
    # the last resort: what failed while wording is told like any bug
    except Exception as worse:  # noqa: BLE001 - as above
        return report_problem(ctx, _unforeseen_problem(ctx, worse))


def _find_problem(ctx: CommandContext, error: BaseException) -> Problem:
    if isinstance(error, KeyboardInterrupt):
        message, advice = ctx.say("error.interrupted"), ctx.say("advice.interrupted")
        return Problem("interrupted", EXIT_INTERRUPTED, message, advice=advice)
    if isinstance(error, UsageError):
        return _usage_problem(ctx, error)
    return describe_error(ctx, error) or _unforeseen_problem(ctx, error)


def _discard_output() -> int:
    """Discard output whose reader has gone, also at the interpreter's exit."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - a device, not a path
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return EXIT_DONE


def _unforeseen_problem(ctx: CommandContext, error: BaseException) -> Problem:
    log = _write_log(ctx, error)
    advice = ctx.say("advice.unforeseen", log=log) if log else ctx.say("advice.unforeseen_no_log")
    message = ctx.say("error.unforeseen", kind=type(error).__name__)
    return Problem("unforeseen", EXIT_BAD_INPUT, message, advice=advice, writes=False)


def _write_log(ctx: CommandContext, error: BaseException) -> Path | None:
    """Write the traceback into a file beside the config, for the administrator."""
    folder = ctx.config_path.parent
    path = (folder if folder.is_dir() else Path()) / LOG_NAME
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"--- {' '.join(sys.argv[1:3])}\n")
            file.writelines(traceback.format_exception(error))
    except OSError:
        return None
    return path


def _usage_problem(ctx: CommandContext, error: UsageError) -> Problem:
    """Every fault, and how the command is written."""
    from workflow.cli.parsing.help_text import param_label, usage_line

    details = []
    for fault in error.faults:
        values: dict[str, Any] = dict(fault.values)
        if "param" in values:
            values["option"] = param_label(values.pop("param"), ctx.speaks)
        details.append(
            ProblemDetail(ctx.say(fault.key, **format_values(values)), {"code": fault.key, **values})
        )
    command = error.command
    help_ = ctx.say("usage.help", command=f"ketnap {command.path}" if command else "ketnap")
    advice = f"{usage_line(command, ctx.speaks)}\n{help_}" if command else help_
    return Problem(error.code, error.exit_code, ctx.say("error.usage"), details, advice, error.writes)


def report_problem(ctx: CommandContext, problem: Problem) -> int:
    """Say it: one JSON document on stdout, or sentences on stderr. The exit code comes back."""
    if ctx.as_json:
        ctx.write_json(problem_json(problem))
    else:
        ctx.out.flush()
        ctx.write_banner(ctx.err)
        print_page(_problem_page(ctx, problem), ctx.err)
    return problem.exit


def _problem_page(ctx: CommandContext, problem: Problem) -> Page:
    lines = [TextLine(problem.message, "late" if problem.exit != EXIT_REFUSED else "strong")]
    for detail in problem.details:
        lines.append(TextLine(detail.text, detail.tone, 1, detail.mark))
        if detail.beside:
            lines.append(TextLine(detail.beside, "dim", 2))
    if problem.writes and ctx.writes:
        lines.append(TextLine(ctx.say("error.nothing_written")))
    if problem.advice:
        lines.append(TextLine(problem.advice))
    return lines
