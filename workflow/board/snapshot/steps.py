"""The step index holds the steps of every pipeline on a day.

Each step says whose turn it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from states.rulebook.edition import Edition
from states.vocabulary import Text
from workflow.board.queries.case_queries import StepKey
from workflow.board.snapshot.units import edition_on
from workflow.core.messages import has_message, say
from workflow.office import Office


@dataclass(frozen=True, slots=True)
class StepRule:
    """One step. ``in_force``: whether the edition of the day has it."""

    pipeline: str
    state: str
    label: Text
    turn: str | None
    end: bool
    in_force: bool = True


class StepIndex:
    """The steps of all pipelines on one day, in the edition's order; then those that only other editions
    have.
    """

    def __init__(self, office: Office, day: date) -> None:
        self.office, self.day = office, day

    @cached_property
    def rules(self) -> dict[StepKey, StepRule]:
        return {(rule.pipeline, rule.state): rule for rule in self._iter_rules()}

    def list_steps(self, pipeline: str) -> list[StepRule]:
        """The steps of one pipeline in their order, without its ends."""
        return [rule for rule in self.rules.values() if rule.pipeline == pipeline and not rule.end]

    def match_steps(
        self, pipeline: str | None, state: str | None, turn: str | None
    ) -> frozenset[StepKey] | None:
        """The steps that are meant by a filter; None where it leaves out none."""
        if pipeline is None and state is None and turn is None:
            return None
        return frozenset(
            key
            for key, rule in self.rules.items()
            if pipeline in (None, rule.pipeline) and state in (None, rule.state) and turn in (None, rule.turn)
        )

    def turn_at(self, step: StepKey) -> str | None:
        """The organ whose turn it is at a step."""
        rule = self.rules.get(step)
        return rule.turn if rule else None

    def is_end(self, state: str) -> bool:
        """Whether cases at a state are over, in any pipeline and edition."""
        return any(rule.end for rule in self.rules.values() if rule.state == state)

    def organ_label(self, organ: str, language: str) -> str:
        """What an organ is called, by the edition of the day, else by the newest that has it."""
        for pipeline in self.office.rulebook.pipelines:
            for edition in (edition_on(self.office, pipeline, self.day), *self._newest_editions(pipeline)):
                if rule := edition.organs.get(organ):
                    return rule.label.in_language(language)
        return organ

    def list_organs(self) -> list[str]:
        """Every organ whose turn it may be, from the branch up."""
        turns = {rule.turn for rule in self.rules.values() if rule.turn}
        return sorted(turns, key=self._organ_rank)

    def _organ_rank(self, organ: str) -> int:
        named = [
            name
            for edition in self._newest_editions(self.office.rulebook.pipelines[0])[::-1]
            for name in edition.organs
        ]
        return named.index(organ) if organ in named else len(named)

    def _newest_editions(self, pipeline: str) -> list[Edition]:
        book = self.office.rulebook
        return [
            book.load_edition(pipeline, edition_id) for edition_id in reversed(book.list_editions(pipeline))
        ]

    def _iter_rules(self) -> Iterator[StepRule]:
        for pipeline in self.office.rulebook.pipelines:
            now = edition_on(self.office, pipeline, self.day)
            seen_states = set[str]()
            for edition in (now, *self._newest_editions(pipeline)):
                for name, state in edition.states.items():
                    if name not in seen_states:
                        seen_states.add(name)
                        yield StepRule(pipeline, name, state.label, state.turn, state.end, edition is now)


def pipeline_label(pipeline: str, language: str) -> str:
    key = f"board.pipeline.{pipeline}"
    return say(language, key) if has_message(key) else pipeline
