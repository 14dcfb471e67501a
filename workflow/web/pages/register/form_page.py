"""Register forms are shown, checked and done once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from states.rulebook.loading import NoEdition
from workflow.accounts.form_submissions import take_draft
from workflow.cases.commands.advance import ActRefused
from workflow.cases.commands.open import AlreadyOpen, NoPost
from workflow.core.input import InvalidInput
from workflow.register.errors import RegisterError
from workflow.storage.writes import UnknownPerson
from workflow.web.context import Hidden, RequestContext, check_csrf, load_context
from workflow.web.error_pages import describe_problem
from workflow.web.form_data import FormBody, SentForm, describe_faults
from workflow.web.idempotency import submit_once
from workflow.web.pages.register import case_forms, people_forms, unit_forms, user_forms
from workflow.web.pages.register.act_form import ActForm
from workflow.web.pages.register.case_forms import field_options_for
from workflow.web.pages.register.form_types import (
    FormSubject,
    FormValues,
    NothingChanged,
    RegisterForm,
    SubjectKind,
    load_subject,
)
from workflow.web.render import render_page

FORMS: dict[str, RegisterForm | ActForm] = {
    **unit_forms.FORMS,
    **case_forms.FORMS,
    **people_forms.FORMS,
    **user_forms.FORMS,
}
REFUSALS = (ActRefused, RegisterError, UnknownPerson, AlreadyOpen, NoPost, NoEdition)
"""What the register answers to a form that makes sense by itself."""

PASSED_ON_FIELDS = ("then",)
"""What a form brings along from the page before, beside its fields."""

router = APIRouter(include_in_schema=False)


class OfferedForm(NamedTuple):
    """A form that a page offers."""

    name: str
    label: str
    to: str


def list_offered_forms(ctx: RequestContext, kind: SubjectKind, subject: FormSubject) -> list[OfferedForm]:
    """The forms that a page offers to this reader."""
    mine = {
        name: verb
        for name, verb in FORMS.items()
        if verb.subject_kind == kind and verb.is_allowed(ctx, subject)
    }
    return [
        OfferedForm(name, ctx.say(f"page.register.do.{name}"), form_url(name, subject.id))
        for name, verb in mine.items()
        if verb.is_offered(ctx, subject)
    ]


def form_url(name: str, id_: str = "") -> str:
    return f"/register/enter/{name}/{quote(id_)}"


def _load_form(ctx: RequestContext, name: str, id_: str) -> tuple[RegisterForm | ActForm, FormSubject]:
    """Raises `Hidden` for a form that is not there, or is not this reader's."""
    definition = FORMS.get(name)
    if definition is None or bool(definition.subject_kind) != bool(id_):
        raise Hidden
    subject = load_subject(ctx, definition.subject_kind, id_)
    if not definition.is_allowed(ctx, subject):
        raise Hidden
    return definition, subject


@dataclass(frozen=True)
class OpenForm:
    """A register form that is open for one reader."""

    ctx: RequestContext
    name: str
    definition: RegisterForm | ActForm
    subject: FormSubject
    form: SentForm

    @property
    def initial_values(self) -> FormValues:
        return self.definition.initial_values(self.ctx, self.subject)

    @property
    def initial_mark(self) -> str:
        """A digest of the initial values, to notice a change by others."""
        return hashlib.sha256(orjson.dumps(self.initial_values, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

    def render(self, typed: FormValues, status: int = 200, **amiss: Any) -> HTMLResponse:
        """The form's page; ``amiss``: faults, problem, changed or kept values."""
        ctx, subject = self.ctx, self.subject
        fields = self.definition.build_fields(ctx, subject, self.form)
        asking = any(field.name in self.definition.first_fields for field in fields)
        carried = (*PASSED_ON_FIELDS, *(() if asking else self.definition.first_fields))
        people = any(field.people for field in fields)
        return render_page(
            "register_form.html",
            ctx,
            status=status,
            verb=self.name,
            subject=subject,
            fields=fields,
            typed=typed,
            action=form_url(self.name, subject.id),
            asking=asking,
            seen=self.initial_mark,
            carried={key: text for key in carried if (text := self.form.get_text(key))},
            fact_names=self.definition.label_facts(ctx, self.form, amiss.get("faults", ())),
            suggested=field_options_for(ctx, subject, ctx.edition()).suggest_people() if people else [],
            **{**NOTHING, **amiss},
        )


NOTHING: Mapping[str, object] = {"faults": {}, "problem": None, "changed": False, "kept": False}


@router.get("/register/enter/{entry}/{of:path}")
def register_form_page(request: Request, entry: str, of: str) -> HTMLResponse:
    ctx = load_context(request)
    verb, subject = _load_form(ctx, entry, of)
    ctx.log_access("person" if subject.placed_person else "register", subject.id)
    draft = take_draft(ctx.office, ctx.user, request.url.path)
    form = SentForm({**request.query_params, **(draft or {})})
    open_form = OpenForm(ctx, entry, verb, subject, form)
    return open_form.render({**open_form.initial_values, **form.values}, kept=bool(draft))


@router.post("/register/enter/{entry}/{of:path}")
def submit_register_form(request: Request, entry: str, of: str, form: FormBody) -> Response:
    """Enter it.

    What does not go through comes back with everything that was typed, and nothing is written.
    """
    ctx = load_context(request)
    check_csrf(ctx, form.values)
    verb, subject = _load_form(ctx, entry, of)
    with submit_once(ctx, form, subject.back) as submission:
        if submission.earlier_location:
            return RedirectResponse(submission.earlier_location, 303)
        response = _save_form(OpenForm(ctx, entry, verb, subject, form))
        submission.location = response.headers.get("location")
        return response


def _save_form(open_form: OpenForm) -> Response:
    ctx, subject, form = open_form.ctx, open_form.subject, open_form.form
    if form.get_text("seen") not in ("", open_form.initial_mark):
        return open_form.render(form.user_values, 409, changed=True)
    try:
        to = open_form.definition.perform(ctx, subject, form) or subject.back
    except NothingChanged:
        return RedirectResponse(_with_message(subject.back, "as_before"), 303)
    except InvalidInput as error:
        return open_form.render(form.user_values, 422, faults=describe_faults(ctx, error))
    except REFUSALS as error:
        return open_form.render(form.user_values, 422, problem=describe_problem(ctx.request, error)[0])
    return RedirectResponse(to if to.startswith("/case/") else _with_message(to, "registered"), 303)


def _with_message(path: str, key: str) -> str:
    """A path whose page tells what was done."""
    sign = "&" if "?" in path else "?"
    return f"{path}{sign}said={key}"
