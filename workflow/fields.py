"""What somebody typed for an act, turned into recorded values: every mistake at once, nothing judged yet."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from states.rulebook import Edition, FieldRule, Move, Recorded
from states.vocabulary import Value

LONGEST_CODE = 60
LONGEST_TEXT = 20_000
FIRST_YEAR = 1900
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
OURS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class FieldFault(NamedTuple):
    """One mistake in what was typed: the field, a code that the catalogue words (``field.CODE``), its values."""

    field: str
    code: str
    values: dict[str, object]


class Mistyped(Exception):
    """What was typed makes no sense; every fault, nothing was written."""

    def __init__(self, faults: list[FieldFault]) -> None:
        super().__init__(str(faults))
        self.faults = faults


@dataclass
class Typed:
    """What an act records: ``values`` go into the history, ``texts`` are sealed beside the person."""

    values: dict[str, Value] = field(default_factory=dict)
    texts: dict[str, str | list[str]] = field(default_factory=dict)


class _Wrong(Exception):
    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True)
class Known:
    """What typed ids may refer to, on the day of the act."""

    today: date
    edition: Edition
    find_person: Callable[[str], str | None]
    is_unit: Callable[[str], bool]


def day_of(text: str) -> date:
    """A day typed as 2022-08-09 or 09/08/2022. Raises ValueError for one that does not exist."""
    text = text.strip()
    if found := ISO.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := OURS.fullmatch(text):
        return date(int(found[3]), int(found[2]), int(found[1]))
    raise ValueError(text)


def read_fields(act: Recorded, typed: Mapping[str, object], known: Known, *, partial: bool = False) -> Typed:
    """Read what was typed for an act. Raises `Mistyped` with every fault; ``partial`` lets fields be missing."""
    rules, read, faults = known.edition.fields, Typed(), list[FieldFault]()
    allowed = set(act.fields)
    if isinstance(act, Move):
        allowed.update(name for arrival in act.to for name in arrival.needs)
    for name, value in typed.items():
        if name not in allowed:
            faults.append(FieldFault(name, "unknown", {"known": ", ".join(act.fields) or "-"}))
            continue
        try:
            _take(read, name, rules[name], value, known)
        except _Wrong as wrong:
            faults.append(FieldFault(name, wrong.code, wrong.values))
    if not partial:
        faults += [
            FieldFault(name, "missing", {})
            for name in act.needs
            if name not in read.values and name not in read.texts and not any(one.field == name for one in faults)
        ]
    if faults:
        raise Mistyped(faults)
    return read


def _take(read: Typed, name: str, rule: FieldRule, value: object, known: Known) -> None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return
    if rule.type == "text":
        read.texts[name] = _text(value)
    elif rule.type == "lines":
        lines = value if isinstance(value, list) else str(value).split("\n")
        read.texts[name] = [text for text in map(_text, lines) if text]
    else:
        read.values[name] = _READERS[rule.type](rule, value, known)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Wrong("not_text")
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) > LONGEST_TEXT:
        raise _Wrong("too_long", maximum=LONGEST_TEXT)
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in text):
        raise _Wrong("control_characters")
    return text


def _date(rule: FieldRule, value: object, known: Known) -> Value:
    try:
        day = value if isinstance(value, date) else day_of(str(value))
    except ValueError:
        raise _Wrong("not_a_day", value=value) from None
    if day.year < FIRST_YEAR:
        raise _Wrong("too_early", value=value)
    if day > known.today and not rule.future:
        raise _Wrong("in_the_future", value=day, today=known.today)
    return day.isoformat()


def _count(rule: FieldRule, value: object, _known: Known) -> Value:
    if isinstance(value, bool) or not re.fullmatch(r"[+-]?\d{1,20}", str(value).strip()):
        raise _Wrong("not_a_count", value=value)
    number = int(str(value))
    if not rule.minimum <= number <= rule.maximum:
        raise _Wrong("out_of_range", value=number, minimum=rule.minimum, maximum=rule.maximum)
    return number


def _code(_rule: FieldRule, value: object, _known: Known) -> Value:
    code = " ".join(_text(value if isinstance(value, str) else str(value)).split())
    if len(code) > LONGEST_CODE:
        raise _Wrong("too_long", maximum=LONGEST_CODE)
    return code


def _choice(rule: FieldRule, value: object, _known: Known) -> Value:
    if value not in rule.options:
        raise _Wrong("not_an_option", value=value, options=", ".join(rule.options))
    return str(value)


def _person(_rule: FieldRule, value: object, known: Known) -> Value:
    found = known.find_person(str(value).strip())
    if found is None:
        raise _Wrong("unknown_person", value=value)
    return found


def _people(rule: FieldRule, value: object, known: Known) -> Value:
    names = value if isinstance(value, list) else str(value).split(",")
    ids = [str(_person(rule, name, known)) for name in names if str(name).strip()]
    if not rule.minimum <= len(ids) <= rule.maximum:
        raise _Wrong("number_of_people", value=len(ids), minimum=rule.minimum, maximum=rule.maximum)
    return ids


def _paper(_rule: FieldRule, value: object, known: Known) -> Value:
    if value not in known.edition.papers:
        raise _Wrong("not_an_option", value=value, options=", ".join(known.edition.papers))
    return str(value)


def _unit(_rule: FieldRule, value: object, known: Known) -> Value:
    if not known.is_unit(str(value)):
        raise _Wrong("unknown_unit", value=value)
    return str(value)


_READERS: dict[str, Callable[[FieldRule, object, Known], Value]] = {
    "date": _date, "count": _count, "code": _code, "choice": _choice,
    "person": _person, "people": _people, "paper": _paper, "unit": _unit,
}  # fmt: skip
