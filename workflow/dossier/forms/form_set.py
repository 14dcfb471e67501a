"""A set holds the forms of one folder and fills them.

A bad form stops the program at start, with its file and line.
"""

import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import yaml

from states.errors import UserError
from states.rulebook.sources import YAML_LOADER
from workflow.core.views import fields_of
from workflow.dossier.forms.form_index import Form, FormIndex
from workflow.dossier.forms.values import KNOWN_VALUES, FormValues, RegisterValues
from workflow.dossier.forms.vietnamese_text import FILTERS
from workflow.dossier.render.document import PaperTree
from workflow.dossier.render.parse_xml import BadMarkup, parse_paper, to_printable

if TYPE_CHECKING:
    from jinja2 import Environment

FORM_FOLDER = Path(str(resources.files("templates"))) / "dossier"


class FormFault(NamedTuple):
    """A mistake in a form, and where it stands."""

    file: str
    line: int
    what: str


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

    def fill_form(self, code: str, values: FormValues | RegisterValues) -> PaperTree:
        """A form filled in. Raises `BadForms` where it asks for something that there is not."""
        from jinja2 import TemplateError

        form = self.index.forms[code]
        try:
            text = self._environment.get_template(form.file).render(
                {"title": form.title, **fields_of(values)}
            )
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


TAGS = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
MACRO = re.compile(r"\{%\s*macro.*?endmacro\s*%\}", re.DOTALL)
TABLE = re.compile(r"<(row|head)>(?:(?!</\1>).)*\{%.*?</\1>", re.DOTALL)


def _strip_tags(source: str) -> str:
    """A form without its tags, every line where it was: what is left must be well formed."""
    for pattern in (MACRO, TABLE, TAGS):
        source = pattern.sub(lambda match: "\n" * match[0].count("\n"), source)
    return source


@cache
def load_forms() -> FormSet:
    """The forms that the program brings."""
    return FormSet()


def _read_index(file: Path) -> FormIndex:
    text = file.read_text(encoding="utf-8")
    return FormIndex.model_validate(yaml.load(text, YAML_LOADER))  # noqa: S506 - a safe loader, either one


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
