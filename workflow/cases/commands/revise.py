"""Corrected rules reach a case: its record and its clocks.

Nothing that was recorded is judged anew. What was due only by the new rules is due from today on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import orjson

from states.record.case_record import Record
from states.record.deadlines import Clock
from states.record.events import CaseEvent, RevisedClock
from states.record.journey import REVISE
from states.record.replay import read_events
from states.record.revision import MarkKey, revise_record
from states.rulebook.revisions import RuleSet
from workflow.cases.case_events import event_body
from workflow.cases.commands.advance import CaseWriter
from workflow.cases.derived_rows import build_clock_row
from workflow.cases.field_input import ParsedFields
from workflow.cases.judgement.carry_over import KIND as CARRY_OVER
from workflow.cases.judgement.carry_over import find_due_carry_over, find_stuck_steps
from workflow.register.writer import NOBODY, Who
from workflow.storage import reads, writes
from workflow.storage.ledger import load_case_events


@dataclass(frozen=True, slots=True)
class RevisedCase:
    """What corrected rules changed for a case. ``before`` and ``after``: the steps at which it stands."""

    case: str
    pipeline: str
    clocks: tuple[RevisedClock, ...]
    before: str
    after: str


class CaseReviser:
    """Brings one locked case under the office's present rules. ``past``: the rules until now."""

    def __init__(self, writer: CaseWriter, past: RuleSet) -> None:
        self.writer, self.past = writer, past

    def list_stuck_steps(self) -> list[str]:
        """The steps of the case that the present rules lack, where they say no way on either."""
        past = replace(self.writer.builder, rules=self.past)
        before = find_stuck_steps(past, self.writer.today)
        now = find_stuck_steps(self.writer.builder, self.writer.today)
        return [step for step in now if step not in before]

    def revise_case(self, who: Who) -> RevisedCase | None:
        """Record what the present rules make of the case; None where nothing is otherwise."""
        writer, state = self.writer, self.writer.record.state
        was_due = find_due_carry_over(replace(writer.builder, rules=self.past), writer.today)
        changed = self._revise_record(who)
        carried = was_due is None and self._carry_over()
        if changed is None and not carried:
            return None
        self._write_rows()
        return RevisedCase(
            writer.case.id, writer.record.pipeline, tuple(changed or ()), state, writer.record.state
        )

    def _revise_record(self, who: Who) -> list[RevisedClock] | None:
        """Record the record under the present rules, if it differs; the clocks that changed."""
        writer = self.writer
        record, pipeline, rulebook = writer.record, writer.record.pipeline, writer.office.rulebook
        body = event_body(
            REVISE, record, writer.builder.edition_on(writer.today), writer.today, writer.today, who
        )
        body |= {"fields": {}, "seq": record.seq + 1}
        body["revisions"] = {
            edition: revision for (of, edition), revision in rulebook.revisions.items() if of == pipeline
        }
        events: list[CaseEvent] = [
            orjson.loads(event) for event in load_case_events(writer.tx, writer.case.id)
        ]
        revised = revise_record(record, read_events(events), body, writer.office.edition_of)
        if {**revised.to_json(), "seq": record.seq} == record.to_json():
            return None
        body["record"] = revised.to_json()
        body["clocks"] = list(_list_changed_clocks(self._list_clocks(record), self._list_clocks(revised)))
        writer.append_event(body, ParsedFields())
        return body["clocks"]

    def _list_clocks(self, record: Record) -> dict[MarkKey, Clock]:
        """The clocks that have started, by event and name."""
        writer = self.writer
        edition = writer.builder.edition_on(writer.today)
        clocks = writer.office.list_clocks(record, edition, writer.snapshot)
        return {(clock.seq, clock.name): clock for clock in clocks if clock.seq is not None}

    def _carry_over(self) -> bool:
        """Record that the case goes on from a step that the present rules lack, from today on."""
        writer, carried = self.writer, False
        while due := find_due_carry_over(writer.builder, writer.today, since=writer.today):
            body = event_body(CARRY_OVER, writer.record, due.edition, due.on, writer.today, NOBODY)
            writer.append_event(body | due.event_values(writer.record.state), ParsedFields())
            carried = True
        return carried

    def _write_rows(self) -> None:
        """The rows of the case; nobody is told that a deadline moved from one day of the past to another."""
        writer = self.writer
        writer.write_rows(clocks=False)
        armed = {
            (clock.seq, clock.name): clock.armed_on
            for clock in reads.load_clocks(writer.tx.connection, writer.case.id)
        }
        rows = []
        for key, clock in self._list_clocks(writer.record).items():
            row = build_clock_row(writer.case.id, clock)
            if key in armed and clock.due and clock.due < writer.today:
                row["armed_on"] = armed[key]
            rows.append(row)
        writes.replace_clocks(writer.tx, writer.case.id, rows, writer.today)


def _list_changed_clocks(
    before: Mapping[MarkKey, Clock], after: Mapping[MarkKey, Clock]
) -> Iterator[RevisedClock]:
    """What became of the clocks of a case."""
    for key in dict.fromkeys((*before, *after)):
        was, now = before.get(key), after.get(key)
        clock = now or was
        if clock is None or was == now or (was is None and clock.state == "stopped"):
            continue
        old, new = was.due if was else None, now.due if now else None
        change: Literal["brought", "dropped", "moved", "kept"]
        if was is None or now is None:
            change = "brought" if was is None else "dropped"
        else:
            change = "kept" if old == new and was.state == now.state else "moved"
        yield RevisedClock(
            clock=key[1],
            of=clock.of,
            change=change,
            was=old.isoformat() if old else None,
            due=new.isoformat() if new else None,
        )
