"""Forms ask for these values and for no others.

The names are the vocabulary of whoever writes a form: `FormSet` refuses any other when it is loaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from workflow.dossier.forms.organ_names import OrganNames


@dataclass(frozen=True, slots=True, kw_only=True)
class ActValues:
    """An act as a form prints it; of what has not happened, and of what was not said: None.

    ``base``: how many were entitled to vote, ``left_out``: how many were not counted among them. ``basis``:
    the act and the newest change to what it says. ``fields``: what was recorded, read as attributes by forms
    (``act.roll``).
    """

    on: date | None = None
    seq: int | None = None
    base: int | None = None
    left_out: int | None = None
    basis: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)

    def __getitem__(self, name: str) -> object:
        return self.fields[name]

    def find_text(self, name: str) -> str | None:
        """A recorded text or number of a document."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else None

    def find_day(self, name: str) -> date | None:
        """A recorded day."""
        value = self.fields.get(name)
        return value if isinstance(value, date) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateValues:
    """The candidate as known on the paper's day."""

    name: str
    born: date | None
    home: str | None
    occupation: str | None
    sex_word: str | None
    village: str
    commune: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberValues:
    """A member who sponsors or helps; nobody, where all is None."""

    name: str | None = None
    born: date | None = None
    home: str | None = None
    posts: str | None = None
    official_since: date | None = None
    together_since: date | None = None
    assigned_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionValues:
    """The decision to admit: its number and day once there is one, the organ whose it is."""

    number: str | None
    on: date | None
    organ: OrganNames | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormValues:
    """What a form about a case may ask for; organs are None where there is none on the paper's day."""

    acts: Mapping[str, ActValues]
    candidate: CandidateValues
    sponsor: MemberValues
    helpers: list[MemberValues]
    probation_helper: MemberValues
    authorised: bool
    decision: DecisionValues
    official_on: date | None
    ceremony_due: date | None
    state_label: str
    today: date
    two_tier: bool
    case: str
    admit: str
    regulation: str
    branch: OrganNames | None
    subcommittee: OrganNames | None
    committee: OrganNames | None
    authority: OrganNames | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRow:
    """A paper in the index of a bound dossier; ``at``: the page where it begins."""

    code: str
    title: str
    number: str
    pages: int
    at: int
    standing: str
    missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexValues(FormValues):
    """The index of a bound dossier.

    ``what``: what its papers are for; ``missing``: those to be had or supplemented.
    """

    entries: list[IndexRow]
    what: str
    missing: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetValues(FormValues):
    """A sheet in the place of a paper that is not kept, or not there."""

    title: str
    lines: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbationaryRow:
    """A line of the register of probationary members (18-KNĐ)."""

    name: str
    born: date | None
    sex_word: str | None
    home: str | None
    occupation: str | None
    branch: str
    decision_no: str | None
    decision_on: date | None
    ceremony_on: date
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterValues:
    """The register of probationary members that ``keeper`` keeps."""

    register: list[ProbationaryRow]
    keeper: OrganNames
    today: date


KNOWN_VALUES = {"title"} | {
    value.name for kind in (FormValues, IndexValues, SheetValues, RegisterValues) for value in fields(kind)
}
"""What a form may ask for by name; its title is always there."""
