"""A trial states facts and what must come of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from states.errors import UserError
from states.rulebook.sources import LocatedFault
from states.trials.words import ALLOWED, DUE, EFFECTS, NO_DEADLINE, NOT_OPEN, WITHOUT
from states.vocabulary import Consent, EarlierCase, Effect, FieldValue, Person, Reason, Text


class TrialFaults(UserError):
    """A table of trials cannot be read: every fault, each with file, line and row."""

    code = "trial_faults"
    advice = "advice.trial_faults"
    writes = False
    wording = "trial"

    def __init__(self, faults: list[LocatedFault]) -> None:
        super().__init__("\n".join(" ".join(map(str, fault)) for fault in faults))
        self.faults = faults


class TrialFinding(NamedTuple):
    """A condition that speaks: what it does, and the fact for want of which it cannot be told."""

    effect: Effect
    code: str
    fact: str | None = None


OutcomeKind = Literal["findings", "not_open", "due", "not_started"]


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """What comes of a trial, expected or real: findings (none: it is allowed), or a deadline."""

    kind: OutcomeKind
    findings: frozenset[TrialFinding] = frozenset()
    due: date | None = None

    def describe_in(self, language: str) -> str:
        """The outcome in the words of the table."""
        if self.kind == "not_open":
            return NOT_OPEN.in_language(language)
        if self.kind == "not_started":
            return NO_DEADLINE.in_language(language)
        if self.kind == "due":
            return f"{DUE.in_language(language)} {self.due:%d/%m/%Y}"
        parts = [_describe_finding(finding, language) for finding in sorted(self.findings, key=str)]
        return "; ".join(parts) or ALLOWED.in_language(language)


def _describe_finding(finding: TrialFinding, language: str) -> str:
    words = f"{EFFECTS[finding.effect].in_language(language)} {finding.code}"
    return f"{words} {WITHOUT.in_language(language)} {finding.fact}" if finding.fact else words


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One row of a table, all that it leaves out being as usual.

    ``act`` is judged as of ``day``, or ``clock`` is counted from it. ``record``: what earlier acts said;
    ``typed``: what this one says. ``left_on``: the last day of a membership that the register holds. ``to``:
    where the act has to lead, where the row says so.
    """

    id: str
    file: str
    line: int
    situation: str
    pipeline: str
    day: date
    expected: TrialOutcome
    act: str | None = None
    clock: str | None = None
    state: str | None = None
    came_from: tuple[str, ...] = ()
    to: str | None = None
    candidate: Person = field(default_factory=lambda: Person("candidate"))
    left_on: date | None = None
    record: Mapping[str, FieldValue] = field(default_factory=dict)
    typed: Mapping[str, FieldValue] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    replaced: tuple[str, ...] = ()
    consents: tuple[Consent, ...] = ()
    papers: Mapping[str, str | None] = field(default_factory=dict)
    organs: tuple[str, ...] = ()
    authorised: bool = False
    earlier: tuple[EarlierCase, ...] = ()
    source: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """A trial and what the rules said. ``cites``: whether the article that the row names is cited."""

    trial: Trial
    edition: str
    outcome: TrialOutcome
    reasons: tuple[Reason, ...] = ()
    to: str | None = None
    citation: Text | None = None
    cites: bool = True

    @property
    def leads_there(self) -> bool:
        """Whether the act leads where the row says, if it says."""
        return self.trial.to in (None, self.to)

    @property
    def holds(self) -> bool:
        """Whether all came as the row says."""
        return self.outcome == self.trial.expected and self.leads_there and self.cites
