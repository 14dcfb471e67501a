"""What it takes to be a form of the register: what it is about, whose it is, its fields, and what it does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from workflow.storage.tables import UnitRow
from workflow.web.context import Visit
from workflow.web.form_data import Form
from workflow.web.visibility.register import Placed, post_at, seen_person, seen_unit, seen_user

View = dict[str, Any]
Kind = Literal["unit", "person", "user", ""]


@dataclass(frozen=True)
class Subject:
    """What a form is about: a unit, somebody, a user, or nothing that is there yet."""

    id: str = ""
    name: str = ""
    back: str = "/register"
    unit: UnitRow | None = None
    placed: Placed | None = None
    post: View | None = None
    """Of a village: the post of its head, with who holds it."""

    @property
    def at(self) -> UnitRow:
        """The unit that it is about."""
        assert self.unit is not None  # noqa: S101 - `subject_of` has put it there
        return self.unit

    @property
    def who(self) -> Placed:
        """Who it is about."""
        assert self.placed is not None  # noqa: S101 - as above
        return self.placed


def subject_of(here: Visit, kind: Kind, id_: str) -> Subject:
    """Raises `Hidden` for what the reader may not see."""
    if kind == "unit":
        row = seen_unit(here, id_)
        post = post_at(here, row.id) if row.level == here.access.bottom else None
        return Subject(row.id, row.name, f"/register/unit/{row.id}", unit=row, post=post)
    if kind == "person":
        placed = seen_person(here, id_)
        return Subject(placed.person.id, placed.person.name, f"/register/person/{placed.person.id}", placed=placed)
    if kind == "user":
        user = seen_user(here, id_)
        return Subject(user, user, f"/register/users?q={user}")
    return Subject()


Fields = Callable[[Visit, Subject, Form], Sequence[View]]
Does = Callable[[Visit, Subject, Form], str | None]
May = Callable[[Visit, Subject], bool]


def nothing(_here: Visit, _subject: Subject) -> View:
    """A form that begins empty."""
    return {}


def always(_here: Visit, _subject: Subject) -> bool:
    """A verb that fits every subject of its kind."""
    return True


@dataclass(frozen=True)
class Verb:
    """One form. ``does`` gives the path it leads to (None: to its subject); ``fits``: whether pages offer it.

    ``begins``: what stands in the form at first; where another has changed that meanwhile, nothing is written.
    """

    of: Kind
    may: May
    fields: Fields
    does: Does
    fits: May = always
    begins: Callable[[Visit, Subject], View] = nothing
    asks: Sequence[str] = field(default=())
    """Fields that are chosen before the form itself, by its address."""


class AsBefore(Exception):
    """The register says so already; nothing was written."""
