"""The events of a case, written one after another, and what they come to."""

from collections.abc import Mapping
from typing import Any, cast

from states.record.case_record import Record
from states.record.deadlines import Clock, compute_clocks
from states.record.events import CaseEvent
from states.record.replay import fold_events
from states.vocabulary import FieldValue
from tests.rules.scene import RULES, day, edition, edition_of, vietnam

FIELDS: dict[str, dict[str, FieldValue]] = {"suspend": {"review_on": "2023-01-01"}}


class Case:
    """The events of one case, written one after another."""

    def __init__(self, at: str, on: str, fields: Mapping[str, FieldValue] | None = None) -> None:
        self.events: list[CaseEvent] = []
        self._add("adopt", on, fields or {}, to=at)

    def _add(self, kind: str, on: str, fields: Mapping[str, FieldValue], **more: Any) -> None:
        name = RULES.edition_on("admission", day(on)).edition
        who = {"pipeline": "admission", "unit": "thon", "typed": "xa1"}
        what = {"kind": kind, "on": on, "fields": dict(fields), "edition": name, "seq": len(self.events) + 1}
        self.events.append(cast("CaseEvent", who | what | more))

    def moved(
        self, kind: str, on: str, to: str, fields: Mapping[str, FieldValue] | None = None, *, way: int = 0
    ) -> "Case":
        self._add(kind, on, {**FIELDS.get(kind, {}), **(fields or {})}, to=to, arrival=way)
        return self

    def noted(self, kind: str, on: str, fields: Mapping[str, FieldValue] | None = None) -> "Case":
        self._add(kind, on, fields or {})
        return self

    @property
    def record(self) -> Record:
        return fold_events(self.events, edition_of)

    def clocks(self, name: str, house_days: Mapping[str, int] | None = None) -> list[Clock]:
        """All starts of one clock; the edition of the last act says what its step waits for."""
        rules = edition(str(self.events[-1]["edition"]))
        found = compute_clocks(self.record, edition_of, rules, vietnam(), house_days or {})
        return [clock for clock in found if clock.name == name]

    def clock(self, name: str, house_days: Mapping[str, int] | None = None) -> Clock:
        (found,) = self.clocks(name, house_days)
        return found
