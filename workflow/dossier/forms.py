"""The forms: which there are, and a form filled in. A bad form stops the program at start, with its file and line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from states.errors import UserError
from workflow.dossier.render.document import PaperTree
from workflow.dossier.render.parse_xml import BadMarkup, parse_paper, to_printable
from workflow.dossier.vietnamese_text import FILTERS

if TYPE_CHECKING:
    from jinja2 import Environment

FORM_FOLDER = Path(str(resources.files("templates"))) / "dossier"
FormValues = Mapping[str, Any]


class Form(BaseModel):
    """One form. ``act``: whose facts it prints, and whose record makes it final; a form without one is never a draft.

    ``authorised``: the act in its stead where the committee decides itself. ``dated``: the field whose day it bears.
    ``kept``: whether the signed paper comes back as a scan, or only its receipt is recorded (it holds what is never
    stored). ``number``, ``mark``: the field that numbers it, and the kind of document in the book of its organ.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    title: str
    act: str | None
    organ: Literal["branch", "subcommittee", "committee", "authority"]
    part: str
    authorised: str | None = None
    dated: str | None = None
    kept: Literal["scan", "receipt"] = "scan"
    due: str | None = None
    """Of a form that is filled in by hand: the act by which it has to be there."""
    after: str | None = None
    before: str | None = None
    """Acts between which the paper makes sense."""
    unless_authorised: bool = False
    """Nobody above is asked where the committee decides itself."""
    each: Literal["case", "sponsor"] = "case"
    of: Literal["case", "office", "binding"] = "case"
    number: str | None = None
    mark: str | None = None


class SuppliedPaper(BaseModel):
    """A paper that has no form here, as others supply it. ``since``: the recorded day before which there is none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: str | None = None
    kept: Literal["scan", "receipt"] = "scan"


class Guide(BaseModel):
    """The guidance that a regulation's forms come from, and how sure that is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    confidence: Literal["H", "M", "L"]
    two_tier: bool = False
    """Addresses without a district (from 1/7/2025)."""


class FormIndex(BaseModel):
    """forms.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    guides: dict[str, Guide]
    admit: dict[str, str]
    """What each pipeline calls what it asks for."""
    forms: dict[str, Form]
    supplied: dict[str, SuppliedPaper] = {}


@dataclass(frozen=True, slots=True)
class FormFault:
    """A mistake in a form, and where it stands."""

    file: str
    line: int
    what: str

    def _asdict(self) -> dict[str, object]:
        return {"file": self.file, "line": self.line, "what": self.what}


class BadForms(UserError):
    """Papers cannot be written with these forms; every fault at once."""

    code = "bad_forms"

    def __init__(self, faults: list[FormFault]) -> None:
        super().__init__(str(faults))
        self.faults = faults


class FormSet:
    """The forms of one folder. Raises `BadForms` when it is made, with every fault of every form."""

    def __init__(self, folder: Path = FORM_FOLDER) -> None:
        self.folder = folder / "forms"
        self.index = _read_index(folder / "forms.yaml")
        self._environment = _make_environment(self.folder)
        faults = [fault for form in self.index.forms.values() for fault in self._find_form_faults(form)]
        if faults:
            raise BadForms(faults)

    def fill_form(self, code: str, values: FormValues) -> PaperTree:
        """A form filled in. Raises `BadForms` where it asks for something that there is not."""
        from jinja2 import TemplateError

        form = self.index.forms[code]
        try:
            text = self._environment.get_template(form.file).render({"title": form.title, **values})
            return parse_paper(text)
        except BadMarkup as error:
            raise BadForms([FormFault(form.file, 1, f"({error.line}) {error.text}")]) from error
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
            raise BadForms([FormFault(form.file, _fault_line(error, form.file), str(error))]) from error

    def digest_form(self, code: str) -> str:
        """What a form was at this moment, with all that it stands on: sha256 over the files."""
        files = [
            self.folder / self.index.forms[code].file,
            self.folder / "macros.xml",
            self.folder.parent / "layout.typ",
        ]
        return sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()

    def check_forms(self, *stories: FormValues) -> None:
        """Fill every form with each of these stories. Raises `BadForms`."""
        faults = []
        for code in self.index.forms:
            for values in stories:
                try:
                    self.fill_form(code, values)
                except BadForms as error:
                    faults += [fault for fault in error.faults if fault not in faults]
        if faults:
            raise BadForms(faults)

    def _find_form_faults(self, form: Form) -> Iterator[FormFault]:
        """What of a form is not in the vocabulary, with the line as an author sees it."""
        from jinja2 import TemplateSyntaxError
        from jinja2.meta import find_undeclared_variables

        try:
            source = (self.folder / form.file).read_text(encoding="utf-8")
            self._environment.compile(source)
            parse_paper(_strip_tags(source))
            unknown = find_undeclared_variables(self._environment.parse(source)) - KNOWN_VALUES
            if unknown:
                yield FormFault(form.file, 1, f"unknown: {', '.join(sorted(unknown))}")
        except TemplateSyntaxError as error:
            yield FormFault(form.file, error.lineno, error.message or "")
        except BadMarkup as error:
            yield FormFault(form.file, error.line, error.text)
        except (OSError, UnicodeDecodeError) as error:
            yield FormFault(form.file, 1, str(error))


KNOWN_VALUES = frozenset({
    "acts", "admit", "authorised", "authority", "branch", "candidate", "case", "ceremony_due", "committee", "decision",
    "entries", "helpers", "keeper", "lines", "missing", "official_on", "probation_helper", "register", "regulation",
    "sponsor", "state_label", "subcommittee", "title", "today", "two_tier", "what",
})  # fmt: skip
"""What forms may ask for; see `CaseFormValues.values`, and for index, inserted sheets and registers whoever fills those."""
TAGS = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
MACRO = re.compile(r"\{%\s*macro.*?endmacro\s*%\}", re.DOTALL)
TABLE = re.compile(r"<(row|head)>(?:(?!</\1>).)*\{%.*?</\1>", re.DOTALL)


def _strip_tags(source: str) -> str:
    """A form with its tags taken out, every line where it was: what stands between them must be well formed."""
    for pattern in (MACRO, TABLE, TAGS):
        source = pattern.sub(lambda match: "\n" * match[0].count("\n"), source)
    return source


@cache
def load_forms() -> FormSet:
    """The forms that the program brings."""
    return FormSet()


def _read_index(file: Path) -> FormIndex:
    return FormIndex.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))


def _make_environment(folder: Path) -> "Environment":
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        finalize=_finalize_value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS
    return environment


def _finalize_value(value: object) -> object:
    """What is put into a form: text that a paper can hold. Nothing may be printed as if it were said."""
    from markupsafe import Markup

    if value is None:
        raise TypeError("nothing is known here: use or_blank or or_line")
    return value if isinstance(value, Markup) else to_printable(str(value))


def _fault_line(error: BaseException, file: str) -> int:
    line = getattr(error, "lineno", None)
    if line:
        return int(line)
    trace, template_line = error.__traceback__, 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(file):
            template_line = trace.tb_lineno
        trace = trace.tb_next
    return template_line
