"""What the command line says when something did not go through: what happened, what was kept, what to do next."""

from collections.abc import Sequence

from workflow.cli.context import Desk
from workflow.cli.output.tables import Line, Page, show
from workflow.presentation.problem import REFUSED, Problem, as_json


class Unknown(LookupError):
    """No ``kind`` (user, unit, person, case, post, state, letter) is called so; ``near``: ids with names."""

    def __init__(self, kind: str, typed: str, near: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(f"{kind} {typed}")
        self.kind, self.typed, self.near = kind, typed, tuple(near)


def tell(desk: Desk, problem: Problem) -> int:
    """Say it: one JSON document on stdout, or sentences on stderr. The exit code comes back."""
    if desk.as_json:
        desk.write_json(as_json(problem))
    else:
        desk.out.flush()
        desk.banner(desk.err)
        show(_page(desk, problem), desk.err)
    return problem.exit


def _page(desk: Desk, problem: Problem) -> Page:
    lines = [Line(problem.message, "late" if problem.exit != REFUSED else "strong")]
    for one in problem.details:
        lines.append(Line(one.text, one.tone, 1, "-"))
        if one.beside:
            lines.append(Line(one.beside, "dim", 2))
    if problem.writes and desk.writes:
        lines.append(Line(desk.say("error.nothing_written")))
    if problem.advice:
        lines.append(Line(problem.advice))
    return lines
