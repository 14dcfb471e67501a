"""Terms name the things and values of an edition in a sentence."""

from datetime import date
from typing import Any

from states.law.sourced_rule import SourcedRule
from states.law.texts import list_turns
from states.rulebook.condition_checks import SECTION_OF_PARAMETER, spread_names
from states.rulebook.edition import BACK, Condition, Edition, When
from workflow.core.messages import has_message, say

REFERRED_SECTIONS = SECTION_OF_PARAMETER | spread_names(
    {
        "levels": "level",
        "roles": "roles",
        "organs": "turn organ by body",
        "states": "except came_from state order ruled_from",
        "entries": "entry",
        "fields": "dated needs may until also_until broken_off_by per or_from anew_from stated shown",
    }
)
"""Attributes whose values are names of things, by the section that holds them."""


class RulebookTerms:
    """The words of one edition in one language."""

    def __init__(self, edition: Edition, language: str) -> None:
        self.edition, self.language = edition, language

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue."""
        return say(self.language, f"rulebook.{key}", **values)

    def name_of(self, section: str, key: str) -> str:
        """What a thing of the edition is called; its key where there are no words for it."""
        if has_message(f"rulebook.name.{key}"):
            return self.say(f"name.{key}")
        thing = getattr(self.edition, section).get(key)
        if section == "texts":
            return thing.name if thing else key
        text = (
            thing
            if section == "levels"
            else getattr(thing, "title" if section == "papers" else "label", None)
        )
        return text.in_language(self.language) if text else key

    def join_names(self, section: str, keys: object) -> str:
        """Several things, in a row."""
        named = [self.name_of(section, key) for key in keys] if isinstance(keys, list | tuple) else []
        return "; ".join(named) if named else self.say("nothing")

    def citation_text(self, rule: SourcedRule) -> str:
        """What a rule rests on, with from and until when it stands, or that nothing was found."""
        citation = self.edition.cite(rule)
        return citation.in_language(self.language) if citation else self.say("no_citation")

    def effect_text(self, condition: Condition) -> str:
        """What a condition does on the edition's first day, and from which day on it does something else."""
        first = self.edition.in_force
        effects = [(first, condition.effect_on(first))]
        for day in list_turns(condition.citation):
            if day > first and condition.effect_on(day) != effects[-1][1]:
                effects.append((day, condition.effect_on(day)))
        words = self.say(f"effect_is.{effects[0][1]}")
        for day, effect in effects[1:]:
            new = self.say(f"effect_is.{effect}")
            words = self.say("effect_turns", effect=words, day=self.day_text(day), new=new)
        return words

    def value_text(self, section: str, attribute: str, value: Any) -> str:
        """A plain value (`states.rulebook.plain`) of an attribute, as a sentence says it."""
        if value is None or value in ([], {}):
            return self.say("nothing")
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        if isinstance(value, dict):
            return self._mapping_text(section, attribute, value)
        if attribute == "in_force" or (section == "texts" and attribute != "name"):
            return self.day_text(date.fromisoformat(value))
        one_of = f"value.{attribute.rpartition('.')[2]}.{value}"
        if has_message(f"rulebook.{one_of}"):
            return self.say(one_of)
        referred = self.referred_section(section, attribute)
        named = [
            self.name_of(referred, item) if referred else str(item)
            for item in (value if isinstance(value, list) else [value])
        ]
        return ("; " if referred else ", ").join(named)

    def _mapping_text(self, section: str, attribute: str, value: dict[str, Any]) -> str:
        if set(value) == {"vi", "en"}:
            return self.say(
                "quoted", text=blank_places(value[self.language if self.language == "en" else "vi"])
            )
        if attribute.endswith("when") or attribute == "only_where":
            return self.when_text(When.model_validate(value)) or self.say("always")
        parts = [(key, part) for key, part in value.items() if part not in (None, [], {}, False)]
        return ", ".join(
            f"{self.attribute_name(section, f'{attribute}.{key}')} {self.value_text(section, key, part)}"
            for key, part in parts
        )

    def referred_section(self, section: str, attribute: str) -> str | None:
        """The section whose things an attribute names, if it names any."""
        last = attribute.rpartition(".")[2]
        if last == "from":
            return "fields" if section == "clocks" else "states"
        if (section, attribute) == ("papers", "order"):
            return None
        return REFERRED_SECTIONS.get(last)

    def attribute_name(self, section: str, attribute: str) -> str:
        """What an attribute is called: by section and path, by path, by its end, or as what it is part of."""
        head, _, last = attribute.rpartition(".")
        above = head.rpartition(".")[2]
        for key in (f"{section}.{attribute}", attribute, f"{above}.*" if above else last, last):
            if has_message(f"rulebook.attribute.{key}"):
                return self.say(f"attribute.{key}", code=last)
        return last

    def when_text(self, when: When) -> str:
        """Circumstances, as an addition to a sentence; nothing where there are none."""
        parts = []
        if when.came_from:
            parts.append(self.say("when.came_from", states=self.join_names("states", when.came_from)))
        if when.has is not None:
            parts.append(self.say("when.has", organ=lower_first(self.name_of("organs", when.has))))
        if when.authorised is not None:
            parts.append(self.say("when.authorised" if when.authorised else "when.not_authorised"))
        if when.every is not None:
            parts.append(self.say("when.every", every=when.every))
        for field, option in when.field.items():
            name = lower_first(self.name_of("fields", field))
            parts.append(self.say("when.field", field=name, option=self.option_label(field, option)))
        return self.say("and").join(parts)

    def day_text(self, day: date) -> str:
        """A day as people of the language write it."""
        return f"{day:%d/%m/%Y}" if self.language == "vi" else day.isoformat()

    def option_label(self, field: str, option: str) -> str:
        """One choice of a field."""
        rule = self.edition.fields.get(field)
        text = rule.options.get(option) if rule else None
        return text.in_language(self.language) if text else option

    def arrival_text(self, arrival: Any) -> str:
        """Where a move leads, and under which circumstances."""
        state = self.say("back") if arrival.state == BACK else self.name_of("states", arrival.state)
        when = self.when_text(arrival.when)
        return self.say("arrival_when", state=state, when=when) if when else state

    def length_text(self, length: Any) -> str:
        """So many working days or months."""
        return self.say(f"length.{length.unit}", amount=length.amount)


def blank_places(words: str) -> str:
    """The words of a condition as they stand without a case: its places left open."""
    chars, depth = [], 0
    for char in words:
        depth += char == "{"
        if depth == 0:
            chars.append(char)
        elif char == "}":
            depth -= 1
            chars.append("…")
    return "".join(chars)


def lower_first(label: str) -> str:
    """A label in the middle of a sentence."""
    return label[:1].lower() + label[1:] if label[1:2].islower() or label[1:2] == " " else label
