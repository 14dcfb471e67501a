"""A past day folds the events that happened until then.

As known now: with every correction made since. As known then: only what had been recorded on that day.
Calendar, house clocks and unit names are those of now.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import orjson

from states.record.case_record import HOUSE_PREFIX, Mark, Record
from states.record.deadlines import Clock, compute_clock
from states.record.events import CaseEvent
from states.record.replay import read_events, walk_events
from workflow.board.queries import case_queries, past_queries
from workflow.board.queries.case_queries import STALLING, CaseFilter, CasePage, LateClock, ListedCase
from workflow.board.snapshot.open_cases import FoldedCases
from workflow.board.snapshot.pending_carry_over import PendingCarryOvers, last_moved_on
from workflow.board.snapshot.units import edition_on
from workflow.office import Office
from workflow.storage.reads import Connection
from workflow.storage.register_snapshot import RegisterSnapshot


@dataclass(frozen=True)
class PastDay:
    """A past day. ``as_known_on``: only what was recorded until then; None: all that is known."""

    office: Office
    register: RegisterSnapshot
    day: date
    as_known_on: date | None

    def fold_cases(self, connection: Connection, scope: frozenset[str] | None) -> FoldedCases:
        """The open cases of the day. ``scope``: only of these units, to which a case belonged then and
        belongs now.
        """
        n = past_queries.find_last_event(connection, min(self.day, self.as_known_on or self.day))
        return self.fold_since(connection, scope, n)

    def fold_since(self, connection: Connection, scope: frozenset[str] | None, n: int) -> FoldedCases:
        """As `fold_cases`; cases of which something was recorded after event ``n`` are folded from their
        events.
        """
        pending = PendingCarryOvers(self.office, self.register, self.day)
        wanted = CaseFilter(
            self.day, units=scope, untouched_after=n, pending=pending.find_pending(connection, scope)
        )
        rows = case_queries.list_cases(connection, wanted, CasePage("age"))
        late: dict[str, tuple[LateClock, ...]] = {}
        open_on = self.day if self.as_known_on is None else None
        events = past_queries.list_events_of_touched(connection, n, scope, open_on)
        for case, clocks in self._fold_touched(events, pending):
            if scope is None or case.unit in scope:
                rows.append(case)
                late[case.case] = clocks
        return FoldedCases(tuple(rows), late)

    def _fold_touched(
        self, rows: Iterable[Any], pending: PendingCarryOvers
    ) -> Iterator[tuple[ListedCase, tuple[LateClock, ...]]]:
        for _, of_case in groupby(rows, key=lambda row: row.id):
            case_rows = list(of_case)
            events = self._read_acts([orjson.loads(row.body) for row in case_rows])
            if events and (folded_case := self._fold_case(case_rows[0], events, pending)):
                yield folded_case

    def _read_acts(self, events: Sequence[CaseEvent]) -> list[CaseEvent]:
        """The acts of a case that lie before the end of the day, as they read; none where it was not open
        yet.
        """
        if self.as_known_on is not None:
            until = self.as_known_on.isoformat()
            events = [event for event in events if event["recorded_on"] <= until]
        acts = [event for event in read_events(events) if event["kind"] != "correct"]
        day = self.day.isoformat()
        return [event for event in acts if event["on"] <= day] if acts and acts[0]["on"] <= day else []

    def _fold_case(
        self, row: Any, events: Sequence[CaseEvent], pending: PendingCarryOvers
    ) -> tuple[ListedCase, tuple[LateClock, ...]] | None:
        """Where a case stood, with its late clocks; None where it had ended."""
        if self._is_ended(
            row.pipeline, next((event["to"] for event in reversed(events) if event.get("to")), "")
        ):
            return None
        record = Record(row.pipeline, events[0]["unit"])
        for record, _ in walk_events(events, self.office.edition_of):  # noqa: B007 - the last one is meant
            pass
        pending.carry_over(record)
        clocks = tuple(self._late_clocks(row.id, record))
        oldest = {
            kind: min((clock.due for clock in clocks if clock.kind == kind), default=None)
            for kind in STALLING
        }
        opened_on = date.fromisoformat(events[0]["on"])
        moved_on = date.fromisoformat(last_moved_on(record))
        case = ListedCase(
            row.id,
            row.pipeline,
            row.person_id,
            record.unit,
            record.state,
            opened_on,
            row.version,
            moved_on,
            **oldest,
        )
        return case, clocks

    def _is_ended(self, pipeline: str, state: str) -> bool:
        rule = edition_on(self.office, pipeline, self.day).states.get(state)
        return rule is not None and rule.end

    def _late_clocks(self, case: str, record: Record) -> list[LateClock]:
        """The clocks that had run past their deadline, oldest first."""
        clocks = [self._build_clock(record, mark) for mark in record.clocks if self._may_stall(record, mark)]
        late = [
            LateClock(case, clock.name, clock.of, clock.kind, clock.organ, clock.due)
            for clock in clocks
            if clock.due and clock.is_late_on(self.day)
        ]
        return sorted(late, key=lambda clock: (clock.due, clock.name))

    def _build_clock(self, record: Record, mark: Mark) -> Clock:
        office = self.office
        return compute_clock(
            record, mark, office.edition_of, self.register.calendar, office.config.house_clocks
        )

    def _may_stall(self, record: Record, mark: Mark) -> bool:
        """Whether a mark still runs and its clock can make a case late."""
        if mark["stopped"] is not None:
            return False
        name: str = mark["clock"]
        edition = self.office.edition_of(record.pipeline, mark["edition"], mark.get("revision"))
        return name.startswith(HOUSE_PREFIX) or edition.clocks[name].kind in STALLING
