"""A finding becomes a reason in the words of its condition."""

from datetime import date
from functools import cache

from states.guards.kinds import Finding, MissingFact, Shortcoming
from states.rulebook.edition import Edition
from states.vocabulary import Person, Reason, Text

CANNOT_BE_TOLD = Text(
    "Chưa biết có đủ điều kiện hay không: trong hồ sơ chưa ghi {fact}{about}.{supplier}",
    "It cannot be told whether the condition is met: {fact}{about} is not on record.{supplier}",
)
SUPPLIER = Text(" Nơi bổ sung: {organ}.", " To be supplied by: {organ}.")


def make_reason(edition: Edition, code: str, finding: Finding, day: date) -> Reason:
    """One shortcoming of an act of that day, or what cannot be told, in words, by what was in force on it."""
    condition = edition.conditions[code]
    verified = condition.basis == "record" or condition.is_verified_on(day)
    citation = edition.cite(condition, day)
    if isinstance(finding, MissingFact):
        effect = condition.unknown or condition.effect_on(day)
        return Reason(
            code, _word_missing_fact(edition, finding), citation, verified, effect, "unknown", finding.fact
        )
    text = Text(
        *(
            _fill_words(words, finding, language)
            for language, words in zip(("vi", "en"), condition.says, strict=True)
        )
    )
    return Reason(code, text, citation, verified, condition.effect_on(day))


def _word_missing_fact(edition: Edition, missing: MissingFact) -> Text:
    """What is missing, about whom, and who can supply it."""
    label, organ = describe_fact(edition, missing.fact)
    words = []
    for language, pattern in zip(("vi", "en"), CANNOT_BE_TOLD, strict=True):
        name = missing.about.name or missing.about.id if missing.about else ""
        supplier = SUPPLIER.in_language(language).format(organ=organ.in_language(language)) if organ else ""
        about = (f" của {name}" if language == "vi" else f" of {name}") if name else ""
        words.append(pattern.format(fact=label.in_language(language), about=about, supplier=supplier))
    return Text(*words)


@cache
def describe_fact(edition: Edition, fact: str) -> tuple[Text, Text | None]:
    """What a fact is called, in the middle of a sentence, and the organ that can supply it."""
    if about_person := edition.person_facts.get(fact):
        return about_person.label, edition.organs[about_person.organ].label
    acts = (*edition.moves.values(), *edition.entries.values())
    organ = next(
        (edition.organs.get(act.organ) for act in acts if fact == act.dated or fact in act.fields), None
    )
    rule = edition.fields.get(fact)
    label = Text(*(words[:1].lower() + words[1:] for words in rule.label)) if rule else Text(fact, fact)
    return label, organ.label if organ else None


def _fill_words(words: str, finding: Shortcoming, language: str) -> str:
    return words.format_map({name: _print_value(value, language) for name, value in finding.items()})


def _print_value(value: object, language: str) -> str:
    if isinstance(value, Person):
        return value.name or value.id
    if isinstance(value, Text):
        return value.in_language(language)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}" if language == "vi" else value.isoformat()
    return "…" if value is None else str(value)
