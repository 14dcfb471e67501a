"""A finding becomes a reason in the words of its condition."""

from datetime import date

from states.guards import Finding
from states.rulebook.edition import Condition
from states.vocabulary import Person, Reason, Text


def make_reason(condition: Condition, code: str, finding: Finding) -> Reason:
    """One shortcoming, in words."""
    text = Text(
        *(
            _fill_words(words, finding, language)
            for language, words in zip(("vi", "en"), condition.says, strict=True)
        )
    )
    verified = condition.verified or condition.basis == "record"
    return Reason(code, text, condition.citation, verified, condition.effect)


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
