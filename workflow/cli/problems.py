"""What the command line says when something did not go through: what happened, what was kept, what to do next."""

from workflow.cli.context import CommandContext
from workflow.cli.output.tables import Page, TextLine, print_page
from workflow.presentation.problem import EXIT_REFUSED, Problem, problem_json


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
        lines.append(TextLine(detail.text, detail.tone, 1, "-"))
        if detail.beside:
            lines.append(TextLine(detail.beside, "dim", 2))
    if problem.writes and ctx.writes:
        lines.append(TextLine(ctx.say("error.nothing_written")))
    if problem.advice:
        lines.append(TextLine(problem.advice))
    return lines
