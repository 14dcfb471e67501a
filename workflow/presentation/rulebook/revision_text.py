"""What corrected rules changed for an office, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from states.rulebook.edition import Edition
from workflow.cases.commands.revise import RevisedCase
from workflow.cases.judgement.recorded_rules import RevisionChange
from workflow.cases.views.clock_label import describe_revised_clock
from workflow.core.messages import say
from workflow.office import Office
from workflow.operations.upgrade.carry_pairs import CarriedPairs
from workflow.operations.upgrade.revise_office import OfficeRevision
from workflow.presentation.rulebook.difference_text import build_difference_view


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisedEditionView:
    """An edition that was corrected, came or went: its revisions, and what is otherwise.

    No sentences: all that is otherwise was told of an edition before it.
    """

    pipeline: str
    edition: str
    old: str | None
    new: str | None
    change: Literal["corrected", "added", "removed"]
    sentences: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisedCaseView:
    """What is otherwise for a case."""

    case: str
    sentences: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeRevisionView:
    """What corrected rules changed, on the office's day."""

    on: date
    editions: list[RevisedEditionView]
    cases: list[RevisedCaseView]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeView:
    """What an upgrade did: versions of the database, its backup (None: nothing to do), other rules."""

    before: str
    now: str
    backup: Path | None
    events: int
    pairs: CarriedPairs
    rules: OfficeRevisionView


def build_revision_view(office: Office, revision: OfficeRevision, language: str) -> OfficeRevisionView:
    """Corrected rules, and what they changed, in words.

    A correction that later editions share is told once, of the first.
    """
    known: set[str] = set()
    return OfficeRevisionView(
        on=revision.on,
        editions=[_edition_view(office, change, language, known) for change in revision.editions],
        cases=[
            RevisedCaseView(
                case=case.case, sentences=list(_case_sentences(office, case, revision.on, language))
            )
            for case in revision.cases
        ],
    )


def has_changes(view: OfficeRevisionView) -> bool:
    """Whether any edition was corrected."""
    return bool(view.editions)


def _edition_view(
    office: Office, change: RevisionChange, language: str, known: set[str]
) -> RevisedEditionView:
    """One edition; what was said of an earlier one already is not said again."""
    pipeline, name = change["pipeline"], change["edition"]
    old = office.edition_of(pipeline, name, change["old"]) if change["old"] else None
    new = office.edition_of(pipeline, name, change["new"]) if change["new"] else None
    sentences = list(_difference_sentences(old, new, language)) if old and new else []
    fresh = [sentence for sentence in sentences if sentence not in known]
    known.update(sentences)
    return RevisedEditionView(
        **change,
        change="corrected" if old and new else "added" if new else "removed",
        sentences=fresh,
    )


def _difference_sentences(old: Edition, new: Edition, language: str) -> Iterator[str]:
    for section in build_difference_view(old, new, language).told:
        yield from section.sentences


def _case_sentences(office: Office, case: RevisedCase, on: date, language: str) -> Iterator[str]:
    for clock in case.clocks:
        yield describe_revised_clock(office, case.pipeline, clock, language)
    if case.after != case.before:
        state = office.rulebook.edition_on(case.pipeline, on).states[case.after]
        yield say(language, "upgrade.carried", state=state.label.in_language(language))
    elif not case.clocks:
        yield say(language, "revise.nothing_runs_otherwise")
