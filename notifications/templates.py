"""Templates and words of letters are loaded and checked.

An office's templates run in a sandbox and see nothing but the letter; an unknown variable refuses them, with
its line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from notifications.letter import (
    BackupSummary,
    CalendarEntry,
    CommuneCoverage,
    Letter,
    LetterItem,
    MovedCase,
    RecipientReason,
    StalledCase,
    Urgency,
    WeeklySummary,
)
from states.errors import UserError
from states.rulebook.sources import YAML_LOADER
from states.vocabulary import Text

if TYPE_CHECKING:
    from jinja2 import Environment

OWN_TEMPLATES = Path(__file__).parent.parent / "templates" / "letters"
TEMPLATE_NAMES = ("letter.txt", "letter.html")


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """One fault: the file, its line (1-based), what is wrong in the words of the template engine."""

    file: str
    line: int
    what: str

    def _asdict(self) -> dict[str, object]:
        return {"file": self.file, "line": self.line, "what": self.what}


class BadTemplates(UserError):
    """Letters cannot be written with these templates; every fault at once."""

    code = "bad_templates"

    def __init__(self, faults: list[TemplateFault]) -> None:
        super().__init__(str(faults))
        self.faults = faults


class LetterTemplates:
    """Templates and words in one language. Raises `BadTemplates` where the words cannot be read."""

    def __init__(self, language: str, overrides: Path | None = None) -> None:
        self.language, self.folders = language, [*([overrides] if overrides else []), OWN_TEMPLATES]
        self.words = self._load_words()
        self._environment = self._build_environment()

    def say(self, key: str, **values: object) -> str:
        return self.words[key].format_map(values)

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        return self._environment.get_template(name).render(values)

    def check_rendering(self, values_of: Callable[[Letter], Mapping[str, Any]]) -> None:
        """Fill every template with letters that go through each of its branches. Raises `BadTemplates`."""
        from jinja2 import TemplateError

        faults = []
        for name in TEMPLATE_NAMES:
            try:
                for letter in (FULL_LETTER, EMPTY_LETTER):
                    self.render(name, values_of(letter))
            except (
                TemplateError,
                ArithmeticError,
                LookupError,
                TypeError,
                ValueError,
                AttributeError,
            ) as error:
                faults.append(TemplateFault(name, _find_error_line(error, name), str(error)))
        if faults:
            raise BadTemplates(faults)

    def _load_words(self) -> dict[str, str]:
        name = f"words.{self.language}.yaml"
        words: dict[str, str] = {}
        for folder in reversed(self.folders):
            file = folder / name
            if file.exists():
                words |= _read_words(file)
        return words

    def _build_environment(self) -> "Environment":
        from jinja2 import FileSystemLoader, StrictUndefined
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(self.folders),
            autoescape=lambda name: bool(name and name.endswith(".html")),
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals["say"] = self.say
        environment.filters |= {"day": format_day, "words": lambda text: text.in_language(self.language)}
        return environment


@cache
def load_own_templates(language: str) -> LetterTemplates:
    """The templates that the program brings, compiled once however often a round begins."""
    return LetterTemplates(language)


def _read_words(file: Path) -> dict[str, str]:
    try:
        # a safe loader, either one
        words = yaml.load(file.read_text(encoding="utf-8"), YAML_LOADER)  # noqa: S506 - as above
    except (OSError, UnicodeDecodeError) as error:
        raise BadTemplates([TemplateFault(file.name, 1, str(error))]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise BadTemplates([TemplateFault(file.name, line, getattr(error, "problem", "") or "")]) from error
    if not isinstance(words, dict) or not all(
        isinstance(text, str) for pair in words.items() for text in pair
    ):
        raise BadTemplates([TemplateFault(file.name, 1, "key: text")])
    return words


def _find_error_line(error: BaseException, name: str) -> int:
    """The line of the template in which an error came up."""
    line_number = getattr(error, "lineno", None)
    if isinstance(line_number, int):
        return line_number
    line, trace = 1, error.__traceback__
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).name == name:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def format_day(day: date) -> str:
    """A day as people read it: 09/08/2022."""
    return f"{day:%d/%m/%Y}"


def _sample_item(urgency: Urgency, why: RecipientReason, days: int | None) -> LetterItem:
    day = date(2022, 8, 9)
    return LetterItem(
        urgency,
        Text("Việc", "Thing"),
        Text("Làm", "Do"),
        why,
        "K0000000",
        day if days is not None else None,
        days,
        moved_from=day,
        place="Thôn",
        name="Tên",
        citation=Text("Điều 1", "Article 1"),
    )


_SAMPLE_COVERAGE = CommuneCoverage("Xã", 13, 10, 1, 4, 3)
_SAMPLE_INSTANT = datetime(2022, 8, 9, 0, 30, tzinfo=UTC)
_SAMPLE_DAY = date(2022, 8, 9)
FULL_LETTER = Letter(
    key="T0000000",
    to="a@xa.example",
    day=_SAMPLE_DAY,
    written_at=_SAMPLE_INSTANT,
    office="Cơ quan",
    items=(
        _sample_item("late", "turn", -3),
        _sample_item("late", "no_address", -2),
        _sample_item("soon", "above", 0),
        _sample_item("soon", "nobody", 1),
        _sample_item("later", "supervisor", 30),
        _sample_item("news", "role", None),
    ),
    entries=(CalendarEntry("L0000000", 0, _SAMPLE_DAY, Text("Việc", "Thing"), "K0000000"),),
    weekly=WeeklySummary(
        _SAMPLE_DAY,
        _SAMPLE_COVERAGE,
        (_SAMPLE_COVERAGE,),
        (MovedCase("K0000000", Text("Bước", "Step"), _SAMPLE_DAY),),
        (StalledCase("K0000000", Text("Bước", "Step"), Text("Chi bộ", "Branch"), 3),),
        "1 ab",
        BackupSummary("failed", _SAMPLE_DAY, second_away=True, recovery="none"),
    ),
    worker_late=2,
    sample="mau",
)
"""A letter that goes through every branch of a template; `NOTHING` goes past all of them."""
EMPTY_LETTER = Letter("T0000000", "a@xa.example", _SAMPLE_DAY, _SAMPLE_INSTANT, "Cơ quan", ())
