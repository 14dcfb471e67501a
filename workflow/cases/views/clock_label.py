"""An edition names a clock and its article."""

from contextlib import suppress
from datetime import date

from states.record.case_record import HOUSE_PREFIX
from states.rulebook.edition import ClockRule
from states.rulebook.loading import NoEdition
from states.vocabulary import Text
from workflow.office import Office


def describe_clock(
    office: Office, pipeline: str, name: str, started: date | None = None
) -> tuple[Text, str | None]:
    """What a clock is called, and its article: by the edition of the day it started, else the newest that
    knows it.
    """
    book = office.rulebook
    editions = [
        book.load_edition(pipeline, edition_id) for edition_id in reversed(list(book.list_editions(pipeline)))
    ]
    with suppress(NoEdition):
        editions.insert(0, book.edition_on(pipeline, started or date.max))
    for edition in editions:
        if name.startswith(HOUSE_PREFIX) and (state := edition.states.get(name.removeprefix(HOUSE_PREFIX))):
            return state.label, None
        rule: ClockRule | None = edition.clocks.get(name)
        if rule is not None:
            return rule.label, rule.citation
    return Text(name, name), None
