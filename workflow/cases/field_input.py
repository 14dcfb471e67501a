"""What somebody typed for an act, turned into recorded values: every mistake at once, nothing judged yet."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from states.rulebook.edition import Edition, FieldRule, Move, Recorded
from states.vocabulary import Value
from workflow.core.input import (
    FIRST_YEAR,
    LONGEST_CODE,
    LONGEST_SHOWN,
    LONGEST_TEXT,
    FieldFault,
    Mistyped,
    WrongValue,
    day_of,
    read_words,
)

COUNT = re.compile(r"[+-]?\d{1,20}")


@dataclass
class Typed:
    """What an act records: ``values`` go into the history, ``texts`` are sealed beside the person."""

    values: dict[str, Value] = field(default_factory=dict)
    texts: dict[str, str | list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What typed ids may refer to, on the day of the act."""

    today: date
    edition: Edition
    find_person: Callable[[str], str | None]
    is_unit: Callable[[str], bool]


def read_fields(
    act: Recorded, typed: Mapping[str, object], known: Known, *, on: date | None = None, partial: bool = False
) -> Typed:
    """Read what was typed for an act of day ``on``.

    Raises `Mistyped` with every fault; ``partial`` lets fields be missing.
    """
    rules, read, faults = known.edition.fields, Typed(), list[FieldFault]()
    if on is not None and on > known.today:
        faults.append(FieldFault("on", "in_the_future", {"value": on, "today": known.today}))
    allowed = set(act.fields)
    if isinstance(act, Move):
        allowed.update(name for arrival in act.to for name in arrival.needs)
    for name, value in typed.items():
        if name not in allowed:
            faults.append(FieldFault(name, "unknown", {"known": ", ".join(act.fields) or "-"}))
            continue
        try:
            _take(read, name, rules[name], value, known)
        except WrongValue as wrong:
            faults.append(FieldFault(name, wrong.code, wrong.values))
    if not partial:
        faults += [
            FieldFault(name, "missing", {})
            for name in (*act.needs, *_dated_by_itself(act, typed, known.edition))
            if name not in read.values and name not in read.texts and not any(one.field == name for one in faults)
        ]
    if faults:
        raise Mistyped(faults)
    return read


def _dated_by_itself(act: Recorded, typed: Mapping[str, object], edition: Edition) -> tuple[str, ...]:
    """Of a paper whose own date ends a deadline, that date has to be said; of any other it may be unknown."""
    if "paper_dated" in act.may and edition.ends_a_clock(str(typed.get("paper"))):
        return ("paper_dated",)
    return ()


def _take(read: Typed, name: str, rule: FieldRule, value: object, known: Known) -> None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return
    if type(value) is int and abs(value) >= 10**LONGEST_CODE and rule.type != "count":
        raise WrongValue("too_long", maximum=LONGEST_CODE)
    if rule.type == "text":
        read.texts[name] = read_words(value)
    elif rule.type == "lines":
        if lines := _lines(value):
            read.texts[name] = lines
    else:
        read.values[name] = _READERS[rule.type](rule, value, known)


def _lines(value: object) -> list[str]:
    """Lines with something in them, of a list or of one text."""
    lines = [read_words(line) for line in value] if isinstance(value, list) else read_words(value).split("\n")
    if sum(map(len, lines)) > LONGEST_TEXT:
        raise WrongValue("too_long", maximum=LONGEST_TEXT)
    return [line.strip() for line in lines if line.strip()]


def _date(rule: FieldRule, value: object, known: Known) -> Value:
    try:
        day = value if type(value) is date else day_of(str(value)[:LONGEST_SHOWN])
    except ValueError:
        raise WrongValue("not_a_day", value=value) from None
    if day.year < FIRST_YEAR:
        raise WrongValue("too_early", value=value)
    if day > known.today and not rule.future:
        raise WrongValue("in_the_future", value=day, today=known.today)
    return day.isoformat()


def _count(rule: FieldRule, value: object, _known: Known) -> Value:
    if type(value) is not int and not (isinstance(value, str) and COUNT.fullmatch(value.strip())):
        raise WrongValue("not_a_count", value=value)
    number = int(value)
    if not rule.minimum <= number <= rule.maximum:
        raise WrongValue("out_of_range", value=number, minimum=rule.minimum, maximum=rule.maximum)
    return number


def _code(_rule: FieldRule, value: object, _known: Known) -> Value:
    code = " ".join(read_words(str(value) if type(value) is int else value).split())
    if len(code) > LONGEST_CODE:
        raise WrongValue("too_long", maximum=LONGEST_CODE)
    return code


def _choice(rule: FieldRule, value: object, _known: Known) -> Value:
    if str(value) not in rule.options:
        raise WrongValue("not_an_option", value=value, options=", ".join(rule.options))
    return str(value)


def _person(_rule: FieldRule, value: object, known: Known) -> Value:
    id_ = str(value).strip()
    found = known.find_person(id_) if _could_be_an_id(id_) else None
    if found is None:
        raise WrongValue("unknown_person", value=value)
    return found


def _could_be_an_id(text: str) -> bool:
    """Whether a database may be asked for it at all: some take no NUL, none takes half a letter."""
    return text.isprintable() and len(text) <= LONGEST_CODE


def _people(rule: FieldRule, value: object, known: Known) -> Value:
    names = value if isinstance(value, list) else str(value).split(",")
    ids = [str(_person(rule, name, known)) for name in names if str(name).strip()]
    if not rule.minimum <= len(ids) <= rule.maximum:
        raise WrongValue("number_of_people", value=len(ids), minimum=rule.minimum, maximum=rule.maximum)
    return ids


def _paper(_rule: FieldRule, value: object, known: Known) -> Value:
    if str(value) not in known.edition.papers:
        raise WrongValue("not_an_option", value=value, options=", ".join(known.edition.papers))
    return str(value)


def _unit(_rule: FieldRule, value: object, known: Known) -> Value:
    if not known.is_unit(str(value)):
        raise WrongValue("unknown_unit", value=value)
    return str(value)


_READERS: dict[str, Callable[[FieldRule, object, Known], Value]] = {
    "date": _date, "count": _count, "code": _code, "choice": _choice,
    "person": _person, "people": _people, "paper": _paper, "unit": _unit,
}  # fmt: skip
