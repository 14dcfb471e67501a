"""The steps of every pipeline as they stand in the edition of a day, and whose turn each is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from states.rulebook.edition import Edition
from states.vocabulary import Text
from workflow.board.queries.case_queries import Step
from workflow.board.snapshot.units import edition_on
from workflow.core.messages import knows, say
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


class Steps:
    """The steps of all pipelines on one day, in the edition's order; then those that only other editions have."""

    def __init__(self, office: Office, day: date) -> None:
        self.office, self.day = office, day

    @cached_property
    def rules(self) -> dict[Step, StepRule]:
        """Every step by pipeline and state."""
        return {(one.pipeline, one.state): one for one in self._all()}

    def of(self, pipeline: str) -> list[StepRule]:
        """The steps of one pipeline in their order, without its ends."""
        return [one for one in self.rules.values() if one.pipeline == pipeline and not one.end]

    def matching(self, pipeline: str | None, state: str | None, turn: str | None) -> frozenset[Step] | None:
        """The steps that are meant by a filter; None where it leaves out none."""
        if pipeline is None and state is None and turn is None:
            return None
        return frozenset(
            key
            for key, one in self.rules.items()
            if pipeline in (None, one.pipeline) and state in (None, one.state) and turn in (None, one.turn)
        )

    def organ(self, organ: str, language: str) -> str:
        """What an organ is called, by the edition of the day, else by the newest that has it."""
        for pipeline in self.office.rulebook.pipelines:
            for edition in (edition_on(self.office, pipeline, self.day), *self._newest(pipeline)):
                if rule := edition.organs.get(organ):
                    return rule.label.in_language(language)
        return organ

    def organs(self) -> list[str]:
        """Every organ whose turn it may be, from the branch up."""
        turns = {one.turn for one in self.rules.values() if one.turn}
        return sorted(turns, key=self._rank)

    def _rank(self, organ: str) -> int:
        named = [name for edition in self._newest(self.office.rulebook.pipelines[0])[::-1] for name in edition.organs]
        return named.index(organ) if organ in named else len(named)

    def _newest(self, pipeline: str) -> list[Edition]:
        book = self.office.rulebook
        return [book.edition(pipeline, one) for one in reversed(book.editions(pipeline))]

    def _all(self) -> Iterator[StepRule]:
        for pipeline in self.office.rulebook.pipelines:
            now = edition_on(self.office, pipeline, self.day)
            seen = set[str]()
            for edition in (now, *self._newest(pipeline)):
                for name, state in edition.states.items():
                    if name not in seen:
                        seen.add(name)
                        yield StepRule(pipeline, name, state.label, state.turn, state.end, edition is now)


def pipeline_label(pipeline: str, language: str) -> str:
    """What a pipeline is called."""
    key = f"board.pipeline.{pipeline}"
    return say(language, key) if knows(key) else pipeline
