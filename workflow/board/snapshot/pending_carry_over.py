"""Cases whose step is gone with a new edition or new organs, and that nobody has touched since: where they stand.

Their rows say the old step until the next act records the carry-over; a board must not count them there.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

import orjson

from states.record.case_record import Record
from states.vocabulary import Person
from workflow.board.queries import case_queries
from workflow.board.queries.case_queries import Step, Stray, Wanted
from workflow.board.snapshot.units import edition_on
from workflow.cases.commands.carry_over import is_there, stand_on
from workflow.cases.facts import Scene
from workflow.office import Office
from workflow.storage.reads import Connection
from workflow.storage.register_snapshot import Tree


def may_be_gone(office: Office, day: date) -> list[Step]:
    """The steps that not every unit has on a day, and those that no unit has any more."""
    found: list[Step] = []
    for pipeline in office.rulebook.pipelines:
        today = edition_on(office, pipeline, day).states
        for id_ in office.rulebook.editions(pipeline):
            for name in office.rulebook.edition(pipeline, id_).states:
                rule = today.get(name)
                if (rule is None or rule.only_where.has is not None) and (pipeline, name) not in found:
                    found.append((pipeline, name))
    return found


class Strays:
    """Finds the strays of one day. What stands on the same step under the same organs is asked of the rules once."""

    def __init__(self, office: Office, tree: Tree, day: date) -> None:
        self.office, self.tree, self.day = office, tree, day
        self._there: dict[tuple[str, str, frozenset[str], bool], bool] = {}

    def among(self, connection: Connection, units: Collection[str] | None) -> list[Stray]:
        """Those among the open cases of some units, as their rows have them."""
        wanted = Wanted(self.day, units=units, steps=may_be_gone(self.office, self.day))
        rows = case_queries.of_steps(connection, wanted)
        gone = [case for case, pipeline, unit, state in rows if not self.is_there(pipeline, state, unit)]
        return list(self._found(case_queries.records(connection, gone))) if gone else []

    def is_there(self, pipeline: str, state: str, unit: str) -> bool:
        """Whether a unit has a step."""
        line = self.tree.line(unit, self.day)
        key = (pipeline, state, frozenset(line.organs), line.authorised)
        held = self._there.get(key)
        if held is None:
            held = self._there[key] = is_there(self._scene(Record(pipeline, unit, state)), state, self.day)
        return held

    def carry(self, record: Record) -> None:
        """Let a record stand where the rules of the day put it."""
        if not self.is_there(record.pipeline, record.state, record.unit_on(self.day.isoformat())):
            stand_on(self._scene(record), self.day)

    def _found(self, records: Mapping[str, str]) -> Iterator[Stray]:
        for case, text in records.items():
            record = Record.from_json(orjson.loads(text))
            before = record.state
            stand_on(self._scene(record), self.day)
            if record.state != before:
                yield Stray(case, record.state, since(record))

    def _scene(self, record: Record) -> Scene:
        """A case for the rules of carrying over, which do not ask who anybody is."""
        return Scene(self.office, self.tree, record, "", Person)


def since(record: Record) -> str:
    """The day of a case's last move; a carry-over to another step counts as one, an entry does not."""
    carried = record.carried
    if carried and carried["from"] != record.state:
        return str(carried["on"])
    return record.last_on or ""
