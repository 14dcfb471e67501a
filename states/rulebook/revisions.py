"""Editions are found by revision: today's, released ones, those of an office."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from states.rulebook.edition import Edition
from states.rulebook.loading import NoEdition, Rulebook, UnknownEdition
from states.rulebook.released import (
    EditionKey,
    find_first_revision,
    is_released,
    load_index,
    load_released_edition,
    parse_edition,
)


@dataclass
class EditionShelf:
    """Every revision of every edition that may be asked for.

    ``kept``: the texts of revisions that were never released, by revision: an office's own editions.
    """

    rulebook: Rulebook
    kept: Mapping[str, str] = field(default_factory=dict)
    _editions: dict[tuple[str, str, str | None], Edition] = field(default_factory=dict)

    def find_edition(self, pipeline: str, edition: str, revision: str | None) -> Edition:
        """One revision; None: the one that events mean which say none. Raises `UnknownEdition`."""
        key = (pipeline, edition, revision)
        found_edition = self._editions.get(key)
        if found_edition is None:
            found_edition = self._editions[key] = self._load_edition(*key)
        return found_edition

    def _load_edition(self, pipeline: str, edition: str, revision: str | None) -> Edition:
        wanted = revision or find_first_revision(pipeline, edition)
        present = self._load_present(pipeline, edition)
        if present and wanted in (None, present.revision):
            return present
        if wanted is None:
            raise UnknownEdition(f"{pipeline}/{edition}")
        if is_released(pipeline, edition, wanted):
            return load_released_edition(pipeline, edition, wanted)
        if wanted in self.kept:
            return parse_edition(self.kept[wanted])
        raise UnknownEdition(f"{pipeline}/{edition} {wanted}")

    def list_past_editions(self, pipeline: str) -> Iterator[Edition]:
        """Every revision of a pipeline's editions that is kept, the newest edition first."""
        released = sorted(load_index().revisions.items(), reverse=True)
        for key, revisions in released:
            if key[0] == pipeline:
                yield from (load_released_edition(*key, revision) for revision in reversed(revisions))
        for edition in map(parse_edition, self.kept.values()):
            if edition.pipeline == pipeline:
                yield edition

    def _load_present(self, pipeline: str, edition: str) -> Edition | None:
        """The edition as the program has it now, if it has it."""
        known = pipeline in self.rulebook.pipelines and edition in self.rulebook.list_editions(pipeline)
        return self.rulebook.load_edition(pipeline, edition) if known else None


@dataclass
class RuleSet:
    """The revisions of all editions that were the rules together at some time."""

    revisions: Mapping[EditionKey, str]
    shelf: EditionShelf

    @cached_property
    def _timelines(self) -> dict[str, list[Edition]]:
        """The editions of each pipeline in the order in which they came into force."""
        timelines: dict[str, list[Edition]] = {}
        for (pipeline, edition), revision in self.revisions.items():
            timelines.setdefault(pipeline, []).append(self.shelf.find_edition(pipeline, edition, revision))
        for editions in timelines.values():
            editions.sort(key=lambda edition: edition.in_force)
        return timelines

    def edition_on(self, pipeline: str, day: date) -> Edition:
        """The edition that was in force on a day by these rules. Raises `NoEdition`."""
        editions = self._timelines.get(pipeline, [])
        at = bisect_right([edition.in_force for edition in editions], day)
        if not at:
            raise NoEdition(pipeline, day)
        return editions[at - 1]
