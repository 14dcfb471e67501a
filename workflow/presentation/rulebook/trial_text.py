"""Trials and what came of them, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from states.trials.trial import TrialResult
from workflow.core.messages import say


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialView:
    """One row: what it expects, what came of it, and in what they differ."""

    file: str
    line: int
    id: str
    situation: str
    pipeline: str
    edition: str
    day: date
    act: str
    expected: str
    got: str
    to: str | None
    holds: bool
    faults: list[str]
    reasons: list[str]
    article: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialTableView:
    """All rows of a table, and how many fail."""

    trials: list[TrialView]
    failing: int


def build_trial_table(results: Sequence[TrialResult], language: str) -> TrialTableView:
    """The rows of a table with what came of them, in a language."""
    views = [_build_trial(result, language) for result in results]
    return TrialTableView(trials=views, failing=sum(not view.holds for view in views))


def _build_trial(result: TrialResult, language: str) -> TrialView:
    trial = result.trial
    return TrialView(
        file=trial.file,
        line=trial.line,
        id=trial.id,
        situation=trial.situation,
        pipeline=trial.pipeline,
        edition=result.edition,
        day=trial.day,
        act=trial.act or trial.clock or "",
        expected=trial.expected.describe_in(language),
        got=result.outcome.describe_in(language),
        to=result.to,
        holds=result.holds,
        faults=list(_list_faults(result, language)),
        reasons=list(_list_reasons(result, language)),
        article=trial.article,
        source=trial.source,
    )


def _list_faults(result: TrialResult, language: str) -> Iterator[str]:
    """In what a result is not as its row says."""
    if result.outcome != result.trial.expected:
        yield say(language, "trial.other_outcome")
    if not result.leads_there:
        yield say(language, "trial.other_state", wanted=result.trial.to, got=result.to or "-")
    if not result.cites:
        yield say(language, "trial.other_article", article=result.trial.article)


def _list_reasons(result: TrialResult, language: str) -> Iterator[str]:
    nothing = say(language, "rulebook.no_citation")
    for reason in result.reasons:
        cited = reason.citation.in_language(language) if reason.citation else nothing
        yield f"{reason.code}: {reason.text.in_language(language)} ({cited})"
    if result.citation:
        yield result.citation.in_language(language)
