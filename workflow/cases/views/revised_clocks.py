"""A revision of the rules is told by the clocks that it changed."""

from datetime import date

from states.record.events import CaseEvent, RevisedClock
from states.record.journey import REVISE
from workflow.cases.views.case_file import CaseFile
from workflow.cases.views.clock_label import describe_clock
from workflow.core.messages import say
from workflow.office import Office


def describe_revision(file: CaseFile, event: CaseEvent, language: str) -> str | None:
    """What corrected rules changed for the case, in a sentence for each clock; None for another event."""
    if event["kind"] != REVISE:
        return None
    sentences = [
        describe_revised_clock(file.office, file.row.pipeline, clock, language)
        for clock in event.get("clocks", [])
    ]
    return " ".join(sentences) or say(language, "revise.nothing_runs_otherwise")


def describe_revised_clock(office: Office, pipeline: str, clock: RevisedClock, language: str) -> str:
    """What became of one clock."""
    label, _ = describe_clock(office, pipeline, clock["clock"])
    was, due = (_day_text(clock["was"], language), _day_text(clock["due"], language))
    return say(
        language, f"revise.clock.{clock['change']}", clock=label.in_language(language), was=was, due=due
    )


def _day_text(day: str | None, language: str) -> str:
    if day is None:
        return "–"
    return f"{date.fromisoformat(day):%d/%m/%Y}" if language == "vi" else day
