"""What a door says when something did not go through: what happened, what was kept, what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflow.cli.desk import Desk
from workflow.cli.printing import Line, Page, Tone, printed, show

DONE, SENSELESS, MISUSED, REFUSED, OVERTAKEN, BROKEN, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
"""Exit codes: done, input that makes no sense, wrong usage, refused by the rules, changed by somebody else, the
history does not hold, stopped by hand."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One fault of several: its sentence, its values for JSON, and a line beside it where it needs one."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    tone: Tone = "plain"
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a command did not do what it was asked. ``advice``: what to do next. ``more``: further keys for JSON."""

    code: str
    exit: int
    message: str
    details: Sequence[Detail] = ()
    advice: str = ""
    writes: bool = True
    more: Mapping[str, Any] = field(default_factory=dict)


class Unknown(LookupError):
    """No ``kind`` (user, unit, person, case, post, state, letter) is called so; ``near``: ids with names."""

    def __init__(self, kind: str, typed: str, near: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(f"{kind} {typed}")
        self.kind, self.typed, self.near = kind, typed, tuple(near)


class Settled(Exception):
    """A letter cannot be sent again, or not be cancelled, as it stands. ``verb``: retry, cancel."""

    def __init__(self, verb: str, letter: str, state: str) -> None:
        super().__init__(f"{verb} {letter}: {state}")
        self.verb, self.letter, self.state = verb, letter, state


def tell(desk: Desk, problem: Problem) -> int:
    """Say it: one JSON document on stdout, or sentences on stderr. The exit code comes back."""
    if desk.as_json:
        details = [{**one.values, "text": one.text} for one in problem.details]
        error = {"code": problem.code, "message": problem.message, "details": details}
        desk.write_json({"error": error, **problem.more})
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


def worded(values: Mapping[str, object]) -> dict[str, object]:
    """Values as sentences take them: days as people read them."""
    return {name: printed(value) if isinstance(value, date | list | tuple) else value for name, value in values.items()}
