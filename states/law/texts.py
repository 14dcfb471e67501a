"""A citation names texts, their points, their days.

An edition lists the texts that it cites under ``texts``; rules say under ``citation`` which point of which
text they rest on. Released editions of before hold a citation as plain words, and are still read.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from states.vocabulary import Text


class StrictModel(BaseModel):
    """Data that names nothing unknown and never changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _to_text(value: object) -> object:
    return Text(value["vi"], value["en"]) if isinstance(value, dict) and set(value) == {"vi", "en"} else value


EditionText = Annotated[Text, BeforeValidator(_to_text)]


class InForce(StrictModel):
    """A span of days, both counted; an end that is not given is not known."""

    from_: date | None = Field(default=None, alias="from")
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether a day lies within."""
        return (self.from_ or day) <= day <= (self.until or day)


class LawText(InForce):
    """One text of the law: its kind, number and day, and when it was in force."""

    name: str


class Passage(StrictModel):
    """A point of a text; without one where its number was not found."""

    text: str
    at: str | None = None


class Cite(Passage, InForce):
    """A passage that a rule rests on, and the days of the edition on which it does, where not all.

    ``force``: ``continuity``: the text was not read, the rule is kept from the last one that was
    (``continues``); ``agreement``: the point was not read, the texts before and after say the same.
    """

    force: Literal["continuity", "agreement"] | None = None
    continues: Passage | None = None
    note: EditionText | None = None


Citation = str | tuple[Cite, ...] | None
Texts = Mapping[str, LawText]

CONTINUITY = Text(
    "chưa đọc được toàn văn, giữ nguyên theo tính liên tục", "its text was not read, kept by continuity"
)
CONTINUES = Text(
    "chưa đọc được toàn văn, giữ nguyên theo tính liên tục từ {last}",
    "its text was not read, kept by continuity from {last}",
)
AGREEMENT = Text(
    "chưa thấy số điểm; bản trước và bản sau đều quy định như vậy",
    "the point was not seen; the texts before and after both say so",
)
FROM, UNTIL = Text("từ {day}", "from {day}"), Text("đến {day}", "until {day}")


def cites_on(citation: Citation, day: date | None) -> tuple[Cite, ...]:
    """The passages in force on a day; all where no day is asked for, none where it is plain words."""
    if citation is None or isinstance(citation, str):
        return ()
    return tuple(cite for cite in citation if day is None or cite.covers(day))


def list_turns(citation: Citation) -> list[date]:
    """The days on which a citation is another one than on the day before."""
    days = [(cite.from_, cite.until) for cite in cites_on(citation, None)]
    begun = [first for first, _ in days if first]
    return sorted({*begun, *(last + timedelta(days=1) for _, last in days if last)})


def describe_citation(citation: Citation, texts: Texts, day: date | None) -> Text | None:
    """A citation in words: what is in force on a day, or all of it with from and until when it stands."""
    if isinstance(citation, str):
        return Text(citation, citation)
    cites = cites_on(citation, day)
    if not cites:
        return None
    return Text(*("; ".join(_describe_cites(cites, texts, language, day)) for language in ("vi", "en")))


def _describe_cites(cites: Iterable[Cite], texts: Texts, language: str, day: date | None) -> Iterable[str]:
    for cite in cites:
        remarks = [*(() if day else _span_words(cite, language)), *_force_words(cite, texts, language)]
        words = describe_passage(cite, texts)
        yield f"{words} ({'; '.join(remarks)})" if remarks else words


def describe_passage(passage: Passage, texts: Texts) -> str:
    """A text by its name, and the point."""
    text = texts.get(passage.text)
    name = text.name if text else passage.text
    return f"{name}, {passage.at}" if passage.at else name


def _span_words(cite: Cite, language: str) -> Iterable[str]:
    spans = [
        words.in_language(language).format(day=f"{day:%d/%m/%Y}" if language == "vi" else day.isoformat())
        for words, day in ((FROM, cite.from_), (UNTIL, cite.until))
        if day
    ]
    return [" ".join(spans)] if spans else []


def _force_words(cite: Cite, texts: Texts, language: str) -> Iterable[str]:
    if cite.force == "agreement":
        yield AGREEMENT.in_language(language)
    elif cite.force == "continuity" and cite.continues:
        yield CONTINUES.in_language(language).format(last=describe_passage(cite.continues, texts))
    elif cite.force == "continuity":
        yield CONTINUITY.in_language(language)
    if cite.note:
        yield cite.note.in_language(language)
