"""The index says which forms there are and where they come from."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Form(BaseModel):
    """One form.

    ``act``: whose facts it prints, and whose record makes it final; a form without one is never a draft.
    ``authorised``: the act in its stead where the committee decides itself. ``dated``: the field whose day it
    bears. ``kept``: whether the signed paper comes back as a scan, or only its receipt is recorded (it holds
    what is never stored). ``number``, ``mark``: the field that numbers it, and the kind of document in the
    book of its organ.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    title: str
    act: str | None
    organ: Literal["branch", "subcommittee", "committee", "authority"]
    part: str
    authorised: str | None = None
    within: str | None = None
    """Another act that says it too, where it records the day by which the form is ``dated``."""
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
    """A paper that has no form here, as others supply it.

    ``since``: the recorded day before which there is none.
    """

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
