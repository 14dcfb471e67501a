"""The step index holds the steps of every pipeline on a day.

Each step says whose turn it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from states.rulebook.edition import Edition
from states.vocabulary import Text
from workflow.board.queries.case_queries import StepKey, StepsOfUnits
from workflow.board.snapshot.units import edition_on
from workflow.core.messages import has_message, say
from workflow.office import Office
from workflow.register.acting_organs import group_units_fallen
from workflow.storage.register_snapshot import RegisterSnapshot


@dataclass(frozen=True, slots=True)
class StepRule:
    """One step, by the newest edition that has it. ``in_force``: whether that of the day does."""

    pipeline: str
    state: str
    label: Text
    turn: str | None
    end: bool
    edition: Edition
    in_force: bool = True


class StepIndex:
    """The steps of all pipelines on one day, in the edition's order; then those that only other editions
    have.
    """

    def __init__(self, office: Office, register: RegisterSnapshot, day: date) -> None:
        self.office, self.register, self.day = office, register, day

    @cached_property
    def rules(self) -> dict[StepKey, StepRule]:
        return {(rule.pipeline, rule.state): rule for rule in self._iter_rules()}

    def list_steps(self, pipeline: str) -> list[StepRule]:
        """The steps of one pipeline in their order, without its ends."""
        return [rule for rule in self.rules.values() if rule.pipeline == pipeline and not rule.end]

    def match_steps(self, pipeline: str | None, state: str | None) -> frozenset[StepKey] | None:
        """The steps that are meant by a filter; None where it leaves out none."""
        if pipeline is None and state is None:
            return None
        return frozenset(
            key
            for key, rule in self.rules.items()
            if pipeline in (None, rule.pipeline) and state in (None, rule.state)
        )

    def match_turn(self, organ: str) -> list[StepsOfUnits]:
        """The steps at which it is an organ's turn, and at which units."""
        groups: dict[tuple[Edition, str], set[StepKey]] = {}
        for key, rule in self.rules.items():
            if rule.turn:
                groups.setdefault((rule.edition, rule.turn), set()).add(key)
        parts: list[StepsOfUnits] = []
        for (edition, turn), steps in groups.items():
            fallen = group_units_fallen(self.register, edition, turn, self.day)
            if turn == organ:
                without = frozenset[str]().union(*fallen.values())
                parts.append(StepsOfUnits(frozenset(steps), without or None, but=bool(without)))
            elif organ in fallen:
                parts.append(StepsOfUnits(frozenset(steps), fallen[organ]))
        return parts

    def turn_at(self, step: StepKey, unit: str) -> str | None:
        """The organ whose turn it is at a step of a unit's case."""
        rule = self.rules.get(step)
        line = self.register.find_line(unit, self.day)
        return rule.edition.organ_in_line(rule.turn, line) if rule and rule.turn else None

    def organ_at(self, pipeline: str, unit: str, organ: str) -> str:
        """The organ that does on the day, in a unit's line, what the rules give to ``organ``."""
        edition = edition_on(self.office, pipeline, self.day)
        return edition.organ_in_line(organ, self.register.find_line(unit, self.day))

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
                        yield StepRule(
                            pipeline, name, state.label, state.turn, state.end, edition, edition is now
                        )


def pipeline_label(pipeline: str, language: str) -> str:
    key = f"board.pipeline.{pipeline}"
    return say(language, key) if has_message(key) else pipeline
