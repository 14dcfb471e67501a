"""A finding becomes a reason in the words of its condition."""

from datetime import date

from states.guards import Finding
from states.rulebook.edition import Edition
from states.vocabulary import Person, Reason, Text


def make_reason(edition: Edition, code: str, finding: Finding, day: date) -> Reason:
    """One shortcoming of an act of that day, in words, by what was in force on it."""
    condition = edition.conditions[code]
    text = Text(
        *(
            _fill_words(words, finding, language)
            for language, words in zip(("vi", "en"), condition.says, strict=True)
        )
    )
    verified = condition.basis == "record" or condition.is_verified_on(day)
    return Reason(code, text, edition.cite(condition, day), verified, condition.effect_on(day))


def _fill_words(words: str, finding: Finding, language: str) -> str:
    return words.format_map({name: _print_value(value, language) for name, value in finding.items()})


def _print_value(value: object, language: str) -> str:
    if isinstance(value, Person):
        return value.name or value.id
    if isinstance(value, Text):
        return value.in_language(language)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}" if language == "vi" else value.isoformat()
    return "…" if value is None else str(value)
