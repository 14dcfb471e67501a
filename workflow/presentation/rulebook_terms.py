"""What the things and values of an edition are called in a sentence."""

from datetime import date
from typing import Any

from states.rulebook.condition_checks import NAMES_OF
from states.rulebook.edition import BACK, Edition, When
from workflow.core.messages import knows, say

REFERS = NAMES_OF | {
    "level": "levels", "roles": "roles", "turn": "organs", "organ": "organs", "by": "organs", "body": "organs",
    "except": "states", "came_from": "states", "state": "states", "order": "states", "entry": "entries",
    "dated": "fields", "needs": "fields", "may": "fields", "until": "fields", "also_until": "fields", "per": "fields",
    "or_from": "fields",
}  # fmt: skip
"""Attributes whose values are names of things, by the section that holds them."""


class Naming:
    """The words of one edition in one language."""

    def __init__(self, edition: Edition, language: str) -> None:
        self.edition, self.language = edition, language

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue."""
        return say(self.language, f"rulebook.{key}", **values)

    def name(self, section: str, key: str) -> str:
        """What a thing of the edition is called; its key where the edition has no words for it, or no such thing."""
        if knows(f"rulebook.name.{key}"):
            return self.say(f"name.{key}")
        found = getattr(self.edition, section).get(key)
        text = found if section == "levels" else getattr(found, "title" if section == "papers" else "label", None)
        return text.in_language(self.language) if text else key

    def names(self, section: str, keys: object) -> str:
        """Several things, in a row."""
        named = [self.name(section, key) for key in keys] if isinstance(keys, list | tuple) else []
        return "; ".join(named) if named else self.say("nothing")

    def citation(self, citation: str | None) -> str:
        """A citation, or that none was found."""
        return citation or self.say("no_citation")

    def value(self, section: str, attribute: str, value: Any) -> str:
        """A plain value (`states.rulebook.plain`) of an attribute, as a sentence says it."""
        if value is None or value in ([], {}):
            return self.say("nothing")
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        if isinstance(value, dict):
            return self._mapping(section, attribute, value)
        if attribute == "in_force":
            return self.day(date.fromisoformat(value))
        one_of = f"value.{attribute.rpartition('.')[2]}.{value}"
        if knows(f"rulebook.{one_of}"):
            return self.say(one_of)
        refers = self.refers(section, attribute)
        named = [
            self.name(refers, one) if refers else str(one) for one in (value if isinstance(value, list) else [value])
        ]
        return ("; " if refers else ", ").join(named)

    def _mapping(self, section: str, attribute: str, value: dict[str, Any]) -> str:
        if set(value) == {"vi", "en"}:
            return self.say("quoted", text=bare(value[self.language if self.language == "en" else "vi"]))
        if attribute.endswith("when") or attribute == "only_where":
            return self.when(When.model_validate(value)) or self.say("always")
        parts = [(key, one) for key, one in value.items() if one not in (None, [], {}, False)]
        return ", ".join(
            f"{self.attribute(section, f'{attribute}.{key}')} {self.value(section, key, one)}" for key, one in parts
        )

    def refers(self, section: str, attribute: str) -> str | None:
        """The section whose things an attribute names, if it names any."""
        last = attribute.rpartition(".")[2]
        if last == "from":
            return "fields" if section == "clocks" else "states"
        if (section, attribute) == ("papers", "order"):
            return None
        return REFERS.get(last)

    def attribute(self, section: str, attribute: str) -> str:
        """What an attribute is called: by its section and path, by its path, by its end, or as what it belongs to."""
        head, _, last = attribute.rpartition(".")
        above = head.rpartition(".")[2]
        for key in (f"{section}.{attribute}", attribute, f"{above}.*" if above else last, last):
            if knows(f"rulebook.attribute.{key}"):
                return self.say(f"attribute.{key}", code=last)
        return last

    def when(self, when: When) -> str:
        """Circumstances, as an addition to a sentence; nothing where there are none."""
        said = []
        if when.came_from:
            said.append(self.say("when.came_from", states=self.names("states", when.came_from)))
        if when.has is not None:
            said.append(self.say("when.has", organ=small(self.name("organs", when.has))))
        if when.authorised is not None:
            said.append(self.say("when.authorised" if when.authorised else "when.not_authorised"))
        if when.every is not None:
            said.append(self.say("when.every", every=when.every))
        for field, option in when.field.items():
            name = small(self.name("fields", field))
            said.append(self.say("when.field", field=name, option=self.option(field, option)))
        return self.say("and").join(said)

    def day(self, day: date) -> str:
        """A day as people of the language write it."""
        return f"{day:%d/%m/%Y}" if self.language == "vi" else day.isoformat()

    def option(self, field: str, option: str) -> str:
        """One choice of a field."""
        rule = self.edition.fields.get(field)
        text = rule.options.get(option) if rule else None
        return text.in_language(self.language) if text else option

    def arrival(self, arrival: Any) -> str:
        """Where a move leads, and under which circumstances."""
        state = self.say("back") if arrival.state == BACK else self.name("states", arrival.state)
        when = self.when(arrival.when)
        return self.say("arrival_when", state=state, when=when) if when else state

    def length(self, length: Any) -> str:
        """So many working days or months."""
        unit = "months" if length.months is not None else "working_days"
        return self.say(f"length.{unit}", amount=length.months or length.working_days)


def bare(words: str) -> str:
    """The words of a condition as they stand without a case: its places left open."""
    found, depth = [], 0
    for sign in words:
        depth += sign == "{"
        if depth == 0:
            found.append(sign)
        elif sign == "}":
            depth -= 1
            found.append("…")
    return "".join(found)


def small(label: str) -> str:
    """A label in the middle of a sentence."""
    return label[:1].lower() + label[1:] if label[1:2].islower() or label[1:2] == " " else label
