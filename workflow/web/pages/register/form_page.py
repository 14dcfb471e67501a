"""The forms of the register: each shown, checked as the register checks it, and done once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from states.rulebook.loading import NoEdition
from workflow import accounts
from workflow.cases.commands.open import AlreadyOpen, NoPost
from workflow.core.input import Mistyped
from workflow.register import Unregistered
from workflow.storage.writes import UnknownPerson
from workflow.web.context import Hidden, Visit, own_form, visit
from workflow.web.error_pages import problem_of
from workflow.web.field_errors import field_faults
from workflow.web.form_data import Form, Sent
from workflow.web.idempotency import sent_once
from workflow.web.pages.register import people_forms, unit_forms, user_forms
from workflow.web.pages.register.form_types import AsBefore, Kind, Subject, Verb, subject_of
from workflow.web.pages.register.people_forms import choices_for
from workflow.web.render import page

View = dict[str, Any]

VERBS: dict[str, Verb] = {**unit_forms.VERBS, **people_forms.VERBS, **user_forms.VERBS}
REFUSALS = (Unregistered, UnknownPerson, AlreadyOpen, NoPost, NoEdition)
"""What the register answers to a form that makes sense by itself."""

CARRIED = ("then",)
"""What a form brings along from the page before, beside its fields."""

router = APIRouter(include_in_schema=False)


def offered(here: Visit, kind: Kind, subject: Subject) -> list[View]:
    """The forms that a page offers to this reader."""
    mine = {name: verb for name, verb in VERBS.items() if verb.of == kind and verb.may(here, subject)}
    return [
        {"name": name, "label": here.say(f"page.register.do.{name}"), "to": address(name, subject.id)}
        for name, verb in mine.items()
        if verb.fits(here, subject)
    ]


def address(name: str, id_: str = "") -> str:
    """The path of a form."""
    return f"/register/enter/{name}/{quote(id_)}"


def _meant(here: Visit, name: str, id_: str) -> tuple[Verb, Subject]:
    """Raises `Hidden` for a form that is not there, or is not this reader's."""
    verb = VERBS.get(name)
    if verb is None or bool(verb.of) != bool(id_):
        raise Hidden
    subject = subject_of(here, verb.of, id_)
    if not verb.may(here, subject):
        raise Hidden
    return verb, subject


@dataclass(frozen=True)
class Opened:
    """A form that somebody has before them."""

    here: Visit
    name: str
    verb: Verb
    subject: Subject
    form: Form

    @property
    def begun(self) -> View:
        """What stands in it at first."""
        return self.verb.begins(self.here, self.subject)

    @property
    def mark(self) -> str:
        """What it began with, as a mark to know that by."""
        return hashlib.sha256(orjson.dumps(self.begun, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

    def shown(self, typed: Mapping[str, Any], status: int = 200, **amiss: Any) -> HTMLResponse:
        """The form's page; ``amiss``: what stands against what was typed (faults, problem, changed, kept)."""
        here, subject = self.here, self.subject
        fields = self.verb.fields(here, subject, self.form)
        asking = any(one["name"] in self.verb.asks for one in fields)
        carried = (*CARRIED, *(() if asking else self.verb.asks))
        people = any(one["people"] for one in fields)
        return page(
            "register_form.html", here, status=status, verb=self.name, subject=subject, fields=fields, typed=typed,
            action=address(self.name, subject.id), asking=asking, seen=self.mark,
            carried={key: text for key in carried if (text := self.form.text(key))},
            suggested=choices_for(here, subject, here.edition()).suggested() if people else [], **{**NOTHING, **amiss},
        )  # fmt: skip


NOTHING: View = {"faults": {}, "problem": None, "changed": False, "kept": False}


@router.get("/register/enter/{entry}/{of:path}")
def form_page(request: Request, entry: str, of: str) -> HTMLResponse:
    """A form of the register."""
    here = visit(request)
    verb, subject = _meant(here, entry, of)
    here.looked("person" if subject.placed else "register", subject.id)
    draft = accounts.take_draft(here.office, here.user, request.url.path)
    form = Form({**request.query_params, **(draft or {})})
    opened = Opened(here, entry, verb, subject, form)
    return opened.shown({**opened.begun, **form.values}, kept=bool(draft))


@router.post("/register/enter/{entry}/{of:path}")
def enter(request: Request, entry: str, of: str, form: Sent) -> Response:
    """Enter it; what does not go through comes back with everything that was typed, and nothing is written."""
    here = visit(request)
    own_form(here, form.values)
    verb, subject = _meant(here, entry, of)
    with sent_once(here, form, subject.back) as first:
        if first.answer:
            return RedirectResponse(first.answer, 303)
        answered = _entered(Opened(here, entry, verb, subject, form))
        first.done = answered.headers.get("location")
        return answered


def _entered(opened: Opened) -> Response:
    here, subject, form = opened.here, opened.subject, opened.form
    if form.text("seen") not in ("", opened.mark):
        return opened.shown(form.typed, 409, changed=True)
    try:
        to = opened.verb.does(here, subject, form) or subject.back
    except AsBefore:
        return RedirectResponse(_said(subject.back, "as_before"), 303)
    except Mistyped as error:
        return opened.shown(form.typed, 422, faults=field_faults(here, error))
    except REFUSALS as error:
        return opened.shown(form.typed, 422, problem=problem_of(here.request, error)[0])
    return RedirectResponse(to if to.startswith("/case/") else _said(to, "registered"), 303)


def _said(path: str, key: str) -> str:
    """A path whose page tells what was done."""
    sign = "&" if "?" in path else "?"
    return f"{path}{sign}said={key}"
