"""An edition names a clock and its article; corrected rules change it."""

from contextlib import suppress
from datetime import date
from itertools import chain

from states.law.clock_rule import ClockRule
from states.record.case_record import HOUSE_PREFIX
from states.record.events import RevisedClock
from states.rulebook.loading import NoEdition
from states.vocabulary import Text
from workflow.core.messages import say
from workflow.office import Office


def describe_clock(
    office: Office, pipeline: str, name: str, started: date | None = None
) -> tuple[Text, Text | None]:
    """What a clock is called, and its article.

    By the edition of the day it started, else the newest that knows it, else a revision of the past.
    """
    book = office.rulebook
    editions = [
        book.load_edition(pipeline, edition_id) for edition_id in reversed(list(book.list_editions(pipeline)))
    ]
    with suppress(NoEdition):
        editions.insert(0, book.edition_on(pipeline, started or date.max))
    for edition in chain(editions, office.shelf.list_past_editions(pipeline)):
        if name.startswith(HOUSE_PREFIX) and (state := edition.states.get(name.removeprefix(HOUSE_PREFIX))):
            return state.label, None
        rule: ClockRule | None = edition.clocks.get(name)
        if rule is not None:
            return rule.label, edition.cite(rule, started)
    return Text(name, name), None


def describe_revised_clock(office: Office, pipeline: str, clock: RevisedClock, language: str) -> str:
    """What became of one clock when the rules were corrected."""
    label = describe_clock(office, pipeline, clock["clock"])[0].in_language(language)
    if clock["clock"].startswith(HOUSE_PREFIX):
        label = say(language, "case.house_clock", state=label)
    was, due = (_day_text(day, language) for day in (clock["was"], clock["due"]))
    return say(language, f"revise.clock.{clock['change']}", clock=label, was=was, due=due)


def _day_text(day: str | None, language: str) -> str:
    if day is None:
        return "–"
    return f"{date.fromisoformat(day):%d/%m/%Y}" if language == "vi" else day
