"""A case's papers are listed with how each stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from states.machine import when_applies
from states.rulebook.edition import PaperRule
from workflow.cases.views.case_file import CaseFile
from workflow.cases.views.open_acts import build_facts_of_today


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePaperView:
    """A paper of the case: missing, noted (only its day is on record), present, stale."""

    code: str
    title: str
    part: str
    by: str
    dated: date | None
    status: str


def list_papers(file: CaseFile, language: str) -> Iterator[CasePaperView]:
    """The papers that the edition asks of this case, in its order."""
    facts = build_facts_of_today(file)
    for code, paper in sorted(file.edition.papers.items(), key=lambda item: item[1].order):
        if when_applies(paper.when, facts):
            dated = file.record.find_paper_day(code) or file.record.find_day(paper.dated)
            yield CasePaperView(
                code=code,
                title=paper.title.in_language(language),
                part=paper.part,
                by=paper.by,
                dated=dated,
                status=_paper_status(file, code, paper, dated),
            )


def _paper_status(file: CaseFile, code: str, paper: PaperRule, dated: date | None) -> str:
    """Missing; stale; noted, while only its day is on record; present once the paper itself was received."""
    received = code in file.record.papers
    if dated is None:
        return "present" if received else "missing"
    if paper.is_stale(dated, file.record.find_day("branch_resolution_on"), file.today):
        return "stale"
    return "present" if received else "noted"
