"""What every event of a case says."""

from datetime import date

from states.record.case_record import Record
from states.record.events import CaseEvent
from states.rulebook.edition import Edition
from workflow.core.clock import now
from workflow.register.writer import Who


def event_body(kind: str, record: Record, edition: Edition, on: date, today: date, who: Who) -> CaseEvent:
    """What every event of a case says.

    Kind, edition and its revision, both days, the instant, who did it and who typed it.
    """
    return {
        "kind": kind,
        "pipeline": record.pipeline,
        "edition": edition.edition,
        "revision": edition.revision,
        "on": on.isoformat(),
        "recorded_on": today.isoformat(),
        "recorded_at": now().isoformat(timespec="seconds"),
        "by": who.by,
        "typed": who.typed,
    }
