"""A problem tells why something did not go through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

from workflow.core.tone import Tone

if TYPE_CHECKING:
    from states.rulebook.edition import Edition
    from workflow.office import Office


@dataclass(frozen=True, slots=True)
class ProblemDetail:
    """One fault of several: its sentence, its values for JSON, and a line beside it where it needs one.

    ``mark``: what stands before it in a list.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    tone: Tone = "plain"
    beside: str = ""
    mark: str = "-"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request was not done. ``advice``: what to do next; ``more``: further JSON keys."""

    code: str
    exit: int
    message: str
    details: Sequence[ProblemDetail] = ()
    advice: str = ""
    writes: bool = True
    more: Mapping[str, object] = field(default_factory=dict)


class Speaker(Protocol):
    """Words texts for one user: in a language, and about an office once it is open."""

    @property
    def speaks(self) -> str:
        """The language to answer in."""

    @property
    def office(self) -> "Office | None":
        """The office, once it is open."""

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue."""

    def edition(self, pipeline: str = "admission") -> "Edition":
        """The edition in force on the office's day."""


def problem_json(problem: Problem) -> dict[str, object]:
    """A problem as JSON, the same for every user interface."""
    details = [{**detail.values, "text": detail.text} for detail in problem.details]
    return {"error": {"code": problem.code, "message": problem.message, "details": details}, **problem.more}


def format_value(value: object) -> str:
    """A value as people read it: days as 09/08/2022."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, list | tuple):
        return ", ".join(format_value(item) for item in value)
    return str(value)


def format_values(values: Mapping[str, object]) -> dict[str, object]:
    """Values as sentences take them: days as people read them."""
    return {
        name: format_value(value) if isinstance(value, date | list | tuple) else value
        for name, value in values.items()
    }
