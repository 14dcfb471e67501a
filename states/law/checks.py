"""Checks refuse to cite a text that was not in force.

A cite without days of its own says that its text stands on every day of the edition.
"""

from collections.abc import Iterator
from typing import NamedTuple

from states.law.texts import Citation, Cite, InForce, LawText, Texts, cites_on

Path = tuple[str, ...]


class CitationFault(NamedTuple):
    """One mistake: where below the rule, which, and the name it is about."""

    path: Path
    code: str
    name: str


def check_texts(texts: Texts) -> Iterator[CitationFault]:
    """Texts whose days cannot be."""
    for key, text in texts.items():
        if _ends_before_it_begins(text):
            yield CitationFault((key,), "ends_before_it_begins", text.name)


def check_citation(citation: Citation, texts: Texts, days: InForce) -> Iterator[CitationFault]:
    """Everything wrong with what one rule of an edition of these days cites."""
    if isinstance(citation, str):
        yield CitationFault((), "citation_without_text", citation)
    for number, cite in enumerate(cites_on(citation, None)):
        for code, name in _cite_faults(cite, texts, days):
            yield CitationFault((str(number),), code, name)


def _cite_faults(cite: Cite, texts: Texts, days: InForce) -> Iterator[tuple[str, str]]:
    for key in (cite.text, *([cite.continues.text] if cite.continues else [])):
        if key not in texts:
            yield "unknown_text", key
    if cite.continues and cite.force != "continuity":
        yield "continues_without_force", cite.text
    text = texts.get(cite.text)
    if text is None:
        return
    if _ends_before_it_begins(cite):
        yield "ends_before_it_begins", text.name
    elif _lies_outside(cite, days):
        yield "cite_outside_edition", text.name
    elif _reaches_beyond(cite, text):
        yield "cite_outside_text", text.name
    elif _leaves_open(cite, text, days):
        yield "not_in_force_all_days", text.name


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
