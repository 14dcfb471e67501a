"""A register form is declared.

What it is about, whose it is, its fields, and what it does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from workflow.register.views.posts import PostWithPlanView
from workflow.storage.tables.register import UnitRow
from workflow.web.context import RequestContext
from workflow.web.form_data import SentForm
from workflow.web.pages.form_field import FormField
from workflow.web.visibility.people import PlacedPerson, require_person
from workflow.web.visibility.units import find_post, require_unit
from workflow.web.visibility.users import require_user

FormValues = Mapping[str, object]
"""What stands in the fields of a form: a text, or the boxes that are ticked."""
SubjectKind = Literal["unit", "person", "user", ""]


@dataclass(frozen=True)
class FormSubject:
    """What a form is about: a unit, a person, a user, or nothing yet."""

    id: str = ""
    name: str = ""
    back: str = "/register"
    unit: UnitRow | None = None
    placed_person: PlacedPerson | None = None
    post: PostWithPlanView | None = None
    """Of a village: the post of its head, with who holds it."""

    @property
    def subject_unit(self) -> UnitRow:
        """The unit that it is about."""
        assert self.unit is not None  # noqa: S101 - `load_subject` has put it there
        return self.unit

    @property
    def subject_person(self) -> PlacedPerson:
        """Who it is about."""
        assert self.placed_person is not None  # noqa: S101 - as above
        return self.placed_person


def load_subject(ctx: RequestContext, kind: SubjectKind, id_: str) -> FormSubject:
    """The subject of a form. Raises `Hidden` for one that the reader may not see."""
    if kind == "unit":
        row = require_unit(ctx, id_)
        post = find_post(ctx, row.id) if row.level == ctx.access.branch_level else None
        return FormSubject(row.id, row.name, f"/register/unit/{row.id}", unit=row, post=post)
    if kind == "person":
        placed_person = require_person(ctx, id_)
        return FormSubject(
            placed_person.person.id,
            placed_person.person.name,
            f"/register/person/{placed_person.person.id}",
            placed_person=placed_person,
        )
    if kind == "user":
        user = require_user(ctx, id_)
        return FormSubject(user, user, f"/register/users?q={user}")
    return FormSubject()


BuildFields = Callable[[RequestContext, FormSubject, SentForm], Sequence[FormField]]
Perform = Callable[[RequestContext, FormSubject, SentForm], str | None]
IsAllowed = Callable[[RequestContext, FormSubject], bool]


def no_initial_values(_ctx: RequestContext, _subject: FormSubject) -> FormValues:
    """A form that begins empty."""
    return {}


def always_offered(_ctx: RequestContext, _subject: FormSubject) -> bool:
    """For a form that fits every subject of its kind."""
    return True


LabelFacts = Callable[[RequestContext, SentForm, Iterable[str]], Mapping[str, str]]


def label_no_facts(_ctx: RequestContext, _form: SentForm, _names: Iterable[str]) -> dict[str, str]:
    """A form whose faults are all about boxes of its own."""
    return {}


@dataclass(frozen=True)
class RegisterForm:
    """One form. ``perform`` returns the path to go to (None: the subject).

    ``is_offered``: whether pages offer it. ``initial_values``: if somebody else changed them meanwhile,
    nothing is written. ``label_facts``: what faults call what the form has no box for.
    """

    subject_kind: SubjectKind
    is_allowed: IsAllowed
    build_fields: BuildFields
    perform: Perform
    is_offered: IsAllowed = always_offered
    initial_values: Callable[[RequestContext, FormSubject], FormValues] = no_initial_values
    first_fields: Sequence[str] = field(default=())
    """Fields that are chosen before the form itself, by its address."""
    label_facts: LabelFacts = label_no_facts


class NothingChanged(Exception):
    """The register has these values already; nothing was written."""
