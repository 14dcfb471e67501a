"""This module finds cases whose carry-over is not recorded yet.

Their step is gone with a new edition or new organs. Their rows say the old step until the next act; the board
must not count them there.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

import orjson

from states.record.case_record import Record
from states.vocabulary import Person
from workflow.board.queries import case_queries
from workflow.board.queries.case_queries import CaseFilter, PendingCarryOver, StepKey
from workflow.board.snapshot.units import edition_on
from workflow.cases.judgement.carry_over import apply_due_carry_overs, state_exists
from workflow.cases.judgement.facts import FactsBuilder
from workflow.office import Office
from workflow.storage.reads import Connection
from workflow.storage.register_snapshot import RegisterSnapshot


def list_uncertain_steps(office: Office, day: date) -> list[StepKey]:
    """The steps that not every unit has on a day, and those that no unit has any more."""
    steps: list[StepKey] = []
    for pipeline in office.rulebook.pipelines:
        today = edition_on(office, pipeline, day).states
        for id_ in office.rulebook.list_editions(pipeline):
            for name in office.rulebook.load_edition(pipeline, id_).states:
                rule = today.get(name)
                if (rule is None or rule.only_where.has is not None) and (pipeline, name) not in steps:
                    steps.append((pipeline, name))
    return steps


class PendingCarryOvers:
    """Finds the cases of one day that stand elsewhere than their rows say. What stands on the same step
    under the same organs is asked of the rules once.
    """

    def __init__(self, office: Office, register: RegisterSnapshot, day: date) -> None:
        self.office, self.register, self.day = office, register, day
        self._step_answers: dict[tuple[str, str, frozenset[str], bool], bool] = {}

    def find_pending(self, connection: Connection, units: Collection[str] | None) -> list[PendingCarryOver]:
        """Those among the open cases of some units, as their rows have them."""
        wanted = CaseFilter(self.day, units=units, steps=list_uncertain_steps(self.office, self.day))
        rows = case_queries.list_cases_at_steps(connection, wanted)
        case_ids = [case for case, pipeline, unit, state in rows if not self.has_step(pipeline, state, unit)]
        return list(self._iter_pending(case_queries.load_records(connection, case_ids))) if case_ids else []

    def has_step(self, pipeline: str, state: str, unit: str) -> bool:
        line = self.register.find_line(unit, self.day)
        key = (pipeline, state, frozenset(line.organs), line.authorised)
        answer = self._step_answers.get(key)
        if answer is None:
            answer = self._step_answers[key] = state_exists(
                self._build_facts(Record(pipeline, unit, state)), state, self.day
            )
        return answer

    def carry_over(self, record: Record) -> None:
        """Move a record to where the rules of the day put it."""
        if not self.has_step(record.pipeline, record.state, record.unit_on(self.day.isoformat())):
            apply_due_carry_overs(self._build_facts(record), self.day)

    def _iter_pending(self, records: Mapping[str, str]) -> Iterator[PendingCarryOver]:
        for case, text in records.items():
            record = Record.from_json(orjson.loads(text))
            before = record.state
            apply_due_carry_overs(self._build_facts(record), self.day)
            if record.state != before:
                yield PendingCarryOver(case, record.state, last_moved_on(record))

    def _build_facts(self, record: Record) -> FactsBuilder:
        """The facts builder of a record for carry-over rules, which need no people."""
        return FactsBuilder(self.office, self.register, record, "", Person)


def last_moved_on(record: Record) -> str:
    """The day of a case's last move; a carry-over to another step counts as one, an entry does not."""
    carry_over = record.carried
    if carry_over and carry_over["from"] != record.state:
        return str(carry_over["on"])
    return record.last_on or ""
