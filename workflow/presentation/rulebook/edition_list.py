"""A list names the editions and the day each comes into force."""

from dataclasses import dataclass
from datetime import date

from states.rulebook.loading import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionListRow:
    """An edition, and from when it is in force."""

    pipeline: str
    edition: str
    in_force: date
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionListView:
    """All editions."""

    editions: list[EditionListRow]


def list_editions(rulebook: Rulebook, language: str) -> EditionListView:
    """All editions of all pipelines, oldest first. Raises `RulebookFaults`."""
    editions = [
        rulebook.load_edition(pipeline, name)
        for pipeline in rulebook.pipelines
        for name in rulebook.list_editions(pipeline)
    ]
    return EditionListView(
        editions=[
            EditionListRow(
                pipeline=edition.pipeline,
                edition=edition.edition,
                in_force=edition.in_force,
                label=edition.label.in_language(language),
            )
            for edition in editions
        ]
    )
