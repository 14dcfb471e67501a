"""Checks refuse a citation of a text that was not in force then.

A cite without days of its own says that its text stands on every day of the edition.
"""

from collections.abc import Iterator
from datetime import date

from states.law.texts import Cite, InForce, LawText
from states.rulebook.amendments import KeyPath
from states.rulebook.condition_checks import EditionFault, find_unknown
from states.rulebook.edition import Edition


def find_citation_faults(edition: Edition, last_day: date | None) -> Iterator[EditionFault]:
    """Everything wrong with what the rules of an edition cite; ``last_day``: None where it has no end yet."""
    days = InForce.model_validate({"from": edition.in_force, "until": last_day})
    for key, text in edition.texts.items():
        if _ends_before_it_begins(text):
            yield EditionFault(("texts", key), "ends_before_it_begins", text.name)
    for section, rules in (("conditions", edition.conditions), ("clocks", edition.clocks)):
        for name, rule in rules.items():
            path = (section, name, "citation")
            if isinstance(rule.citation, str):
                yield EditionFault(path, "citation_without_text", rule.citation)
            for number, cite in enumerate(() if isinstance(rule.citation, str) else rule.citation or ()):
                yield from _check_cite(edition, cite, days, (*path, str(number)))


def _check_cite(edition: Edition, cite: Cite, days: InForce, path: KeyPath) -> Iterator[EditionFault]:
    named = [cite.text, *([cite.continues.text] if cite.continues else [])]
    yield from find_unknown(named, edition.texts, path, "unknown_text")
    if cite.continues and cite.force != "continuity":
        yield EditionFault(path, "continues_without_force", cite.text)
    text = edition.texts.get(cite.text)
    if text is None:
        return
    if _ends_before_it_begins(cite):
        yield EditionFault(path, "ends_before_it_begins", text.name)
    elif _lies_outside(cite, days):
        yield EditionFault(path, "cite_outside_edition", text.name)
    elif _reaches_beyond(cite, text):
        yield EditionFault(path, "cite_outside_text", text.name)
    elif _leaves_open(cite, text, days):
        yield EditionFault(path, "not_in_force_all_days", text.name)


def _ends_before_it_begins(span: InForce) -> bool:
    return bool(span.from_ and span.until and span.until < span.from_)


def _lies_outside(cite: Cite, days: InForce) -> bool:
    """Whether the cite stands on no day of the edition."""
    ended = cite.until and days.from_ and cite.until < days.from_
    return bool(ended or (cite.from_ and days.until and cite.from_ > days.until))


def _reaches_beyond(cite: Cite, text: LawText) -> bool:
    """Whether a cite's own days lie outside those of its text."""
    return any(day is not None and not text.covers(day) for day in (cite.from_, cite.until))


def _leaves_open(cite: Cite, text: LawText, days: InForce) -> bool:
    """Whether the text began after the edition, or ended before it, and the cite does not say so."""
    late = cite.from_ is None and text.from_ and days.from_ and text.from_ > days.from_
    over = cite.until is None and text.until and (days.until is None or text.until < days.until)
    return bool(late or over)
