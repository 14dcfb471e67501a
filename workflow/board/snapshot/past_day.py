"""Open cases as they stood on a past day: their events up to then folded again, as known now or as known then.

As known now: with every correction made since. As known then: by what had been recorded on that day. Deadlines are
counted by the calendar and the house clocks as they are now, and units are named as the register knows them now.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import orjson

from states.record.case_record import HOUSE, Mark, Record
from states.record.deadlines import Clock, clock_of
from states.record.journey import apply, corrections, mended_event
from workflow.board.queries import case_queries, past_queries
from workflow.board.queries.case_queries import STALLING, LateClock, Page, Stood, Wanted
from workflow.board.snapshot.open_cases import Snapshot
from workflow.board.snapshot.pending_carry_over import Strays, since
from workflow.board.snapshot.units import edition_on
from workflow.office import Office
from workflow.storage.reads import Connection
from workflow.storage.register_snapshot import Tree

Event = dict[str, Any]


@dataclass(frozen=True)
class PastDay:
    """A past day to be looked at. ``as_known_on``: by what was recorded until then; None: by all that is known."""

    office: Office
    tree: Tree
    day: date
    as_known_on: date | None

    def snapshot(self, connection: Connection, scope: frozenset[str] | None) -> Snapshot:
        """The open cases of the day. ``scope``: only of these units, to which a case belonged then and belongs now."""
        n = past_queries.last_event(connection, min(self.day, self.as_known_on or self.day))
        return self.folded(connection, scope, n)

    def folded(self, connection: Connection, scope: frozenset[str] | None, n: int) -> Snapshot:
        """As `snapshot`; cases of which something was recorded after event ``n`` are folded from their events."""
        strays = Strays(self.office, self.tree, self.day)
        wanted = Wanted(self.day, units=scope, untouched_after=n, strays=strays.among(connection, scope))
        rows = case_queries.page(connection, wanted, Page("age"))
        late: dict[str, tuple[LateClock, ...]] = {}
        open_on = self.day if self.as_known_on is None else None
        events = past_queries.events_of_touched(connection, n, scope, open_on)
        for stood, clocks in self._touched(events, strays):
            if scope is None or stood.unit in scope:
                rows.append(stood)
                late[stood.case] = clocks
        return Snapshot(tuple(rows), late)

    def _touched(self, rows: Iterable[Any], strays: Strays) -> Iterator[tuple[Stood, tuple[LateClock, ...]]]:
        for _, of_case in groupby(rows, key=lambda row: row.id):
            held = list(of_case)
            events = self._read([orjson.loads(row.body) for row in held])
            if events and (found := self._stood(held[0], events, strays)):
                yield found

    def _read(self, events: Sequence[Event]) -> list[Event]:
        """The acts of a case that lie before the end of the day, as they read; none where it was not open yet."""
        if self.as_known_on is not None:
            until = self.as_known_on.isoformat()
            events = [event for event in events if event["recorded_on"] <= until]
        mended = corrections(events)
        read = [dict(mended_event(event, mended)) for event in events if event["kind"] != "correct"]
        day = self.day.isoformat()
        return [event for event in read if event["on"] <= day] if read and read[0]["on"] <= day else []

    def _stood(self, row: Any, events: Sequence[Event], strays: Strays) -> tuple[Stood, tuple[LateClock, ...]] | None:
        """Where a case stood, with its late clocks; None where it had ended."""
        if self._ended(row.pipeline, next((event["to"] for event in reversed(events) if event.get("to")), "")):
            return None
        record = Record(row.pipeline, events[0]["unit"])
        for event in events:
            apply(record, event, self.office.edition_of)
        strays.carry(record)
        clocks = tuple(self._late(row.id, record))
        oldest = {kind: min((one.due for one in clocks if one.kind == kind), default=None) for kind in STALLING}
        opened = date.fromisoformat(events[0]["on"])
        moved = date.fromisoformat(since(record))
        stood = Stood(
            row.id, row.pipeline, row.person_id, record.unit, record.state, opened, row.version, moved, **oldest
        )
        return stood, clocks

    def _ended(self, pipeline: str, state: str) -> bool:
        rule = edition_on(self.office, pipeline, self.day).states.get(state)
        return rule is not None and rule.end

    def _late(self, case: str, record: Record) -> list[LateClock]:
        """The clocks that had run past their deadline, oldest first."""
        counted = [self._clock(record, mark) for mark in record.clocks if self._may_stall(record, mark)]
        late = [
            LateClock(case, one.name, one.of, one.kind, one.organ, one.due)
            for one in counted
            if one.due and one.late_on(self.day)
        ]
        return sorted(late, key=lambda one: (one.due, one.name))

    def _clock(self, record: Record, mark: Mark) -> Clock:
        office = self.office
        return clock_of(record, mark, office.edition_of, self.tree.calendar, office.config.house_clocks)

    def _may_stall(self, record: Record, mark: Mark) -> bool:
        """Whether a mark still runs, and is not of a clock that only shows something."""
        if mark["stopped"] is not None:
            return False
        name: str = mark["clock"]
        edition = self.office.edition_of(record.pipeline, mark["edition"])
        return name.startswith(HOUSE) or edition.clocks[name].kind in STALLING
