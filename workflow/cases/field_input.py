"""This module parses what was typed for an act.

It reports every mistake at once and judges nothing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from states.rulebook.edition import ActRule, Edition, FieldRule, Move
from states.vocabulary import FieldValue
from workflow.core.input import (
    FIRST_YEAR,
    LONGEST_CODE,
    LONGEST_SHOWN,
    LONGEST_TEXT,
    FieldFault,
    InvalidInput,
    WrongValue,
    parse_day,
    read_words,
)

COUNT = re.compile(r"[+-]?\d{1,20}")


@dataclass
class ParsedFields:
    """The parsed fields: ``values`` go into the history, ``texts`` are encrypted beside the person."""

    values: dict[str, FieldValue] = field(default_factory=dict)
    texts: dict[str, str | list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class FieldContext:
    """What typed ids may refer to, on the day of the act."""

    today: date
    edition: Edition
    find_person: Callable[[str], str | None]
    is_unit: Callable[[str], bool]


def parse_fields(
    act: ActRule,
    typed: Mapping[str, object],
    context: FieldContext,
    *,
    on: date | None = None,
    partial: bool = False,
) -> ParsedFields:
    """Parse what was typed for an act of day ``on``. Raises `InvalidInput` with every fault.

    ``partial``: required fields may be missing.
    """
    rules, read, faults = context.edition.fields, ParsedFields(), list[FieldFault]()
    if on is not None and on > context.today:
        faults.append(FieldFault("on", "in_the_future", {"value": on, "today": context.today}))
    allowed = set(act.fields)
    if isinstance(act, Move):
        allowed.update(name for arrival in act.to for name in arrival.needs)
    for name, value in typed.items():
        if name not in allowed:
            faults.append(FieldFault(name, "unknown", {"known": ", ".join(act.fields) or "-"}))
            continue
        try:
            _parse_field(read, name, rules[name], value, context)
        except WrongValue as wrong:
            faults.append(FieldFault(name, wrong.code, wrong.values))
    if not partial:
        faults += [
            FieldFault(name, "missing", {})
            for name in (*act.needs, *_required_day_fields(act, typed, context.edition))
            if name not in read.values
            and name not in read.texts
            and not any(fault.field == name for fault in faults)
        ]
    if faults:
        raise InvalidInput(faults)
    return read


def _required_day_fields(act: ActRule, typed: Mapping[str, object], edition: Edition) -> tuple[str, ...]:
    """Of a paper whose own date ends a deadline, that date has to be said; of any other it may be unknown."""
    if "paper_dated" in act.may and edition.paper_ends_clock(str(typed.get("paper"))):
        return ("paper_dated",)
    return ()


def _parse_field(
    read: ParsedFields, name: str, rule: FieldRule, value: object, context: FieldContext
) -> None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return
    if type(value) is int and abs(value) >= 10**LONGEST_CODE and rule.type != "count":
        raise WrongValue("too_long", maximum=LONGEST_CODE)
    if rule.type == "text":
        read.texts[name] = read_words(value)
    elif rule.type == "lines":
        if lines := _parse_lines(value):
            read.texts[name] = lines
    else:
        read.values[name] = _PARSERS[rule.type](rule, value, context)


def _parse_lines(value: object) -> list[str]:
    """Lines with something in them, of a list or of one text."""
    lines = [read_words(line) for line in value] if isinstance(value, list) else read_words(value).split("\n")
    if sum(map(len, lines)) > LONGEST_TEXT:
        raise WrongValue("too_long", maximum=LONGEST_TEXT)
    return [line.strip() for line in lines if line.strip()]


def _parse_date(rule: FieldRule, value: object, context: FieldContext) -> FieldValue:
    try:
        day = value if type(value) is date else parse_day(str(value)[:LONGEST_SHOWN])
    except ValueError:
        raise WrongValue("not_a_day", value=value) from None
    if day.year < FIRST_YEAR:
        raise WrongValue("too_early", value=value)
    if day > context.today and not rule.future:
        raise WrongValue("in_the_future", value=day, today=context.today)
    return day.isoformat()


def _parse_count(rule: FieldRule, value: object, _context: FieldContext) -> FieldValue:
    if type(value) is not int and not (isinstance(value, str) and COUNT.fullmatch(value.strip())):
        raise WrongValue("not_a_count", value=value)
    number = int(value)
    if not rule.minimum <= number <= rule.maximum:
        raise WrongValue("out_of_range", value=number, minimum=rule.minimum, maximum=rule.maximum)
    return number


def _parse_code(_rule: FieldRule, value: object, _context: FieldContext) -> FieldValue:
    code = " ".join(read_words(str(value) if type(value) is int else value).split())
    if len(code) > LONGEST_CODE:
        raise WrongValue("too_long", maximum=LONGEST_CODE)
    return code


def _parse_choice(rule: FieldRule, value: object, _context: FieldContext) -> FieldValue:
    if str(value) not in rule.options:
        raise WrongValue("not_an_option", value=value, options=", ".join(rule.options))
    return str(value)


def _parse_person(_rule: FieldRule, value: object, context: FieldContext) -> FieldValue:
    id_ = str(value).strip()
    person = context.find_person(id_) if _may_be_id(id_) else None
    if person is None:
        raise WrongValue("unknown_person", value=value)
    return person


def _may_be_id(text: str) -> bool:
    """Whether a text is safe in a query: some databases refuse NUL, and all refuse half a surrogate pair."""
    return text.isprintable() and len(text) <= LONGEST_CODE


def _parse_people(rule: FieldRule, value: object, context: FieldContext) -> FieldValue:
    names = value if isinstance(value, list) else str(value).split(",")
    ids = [str(_parse_person(rule, name, context)) for name in names if str(name).strip()]
    if not rule.minimum <= len(ids) <= rule.maximum:
        raise WrongValue("number_of_people", value=len(ids), minimum=rule.minimum, maximum=rule.maximum)
    return ids


def _parse_paper(_rule: FieldRule, value: object, context: FieldContext) -> FieldValue:
    if str(value) not in context.edition.papers:
        raise WrongValue("not_an_option", value=value, options=", ".join(context.edition.papers))
    return str(value)


def _parse_unit(_rule: FieldRule, value: object, context: FieldContext) -> FieldValue:
    if not context.is_unit(str(value)):
        raise WrongValue("unknown_unit", value=value)
    return str(value)


_PARSERS: dict[str, Callable[[FieldRule, object, FieldContext], FieldValue]] = {
    "date": _parse_date,
    "count": _parse_count,
    "code": _parse_code,
    "flag": _parse_code,
    "choice": _parse_choice,
    "person": _parse_person,
    "people": _parse_people,
    "paper": _parse_paper,
    "unit": _parse_unit,
}
