"""What makes a condition impossible: its guard, its parameters, its words."""

import inspect
import string
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, get_args, get_origin

from states.guards import GUARDS
from states.rulebook.amendments import Path
from states.rulebook.edition import Condition, Edition, When


class Fault(NamedTuple):
    """One mistake of an author: where, which, and the name it is about."""

    path: Path
    code: str
    name: str = ""


NAMES_OF = {
    "field": "fields", "first": "fields", "then": "fields", "limit": "fields", "whole": "fields", "unless": "fields",
    "needed_by": "fields", "others": "fields", "reached": "fields", "fields": "fields", "parts": "fields",
    "excluded": "fields", "clock": "clocks", "clocks": "clocks", "papers": "papers", "move": "moves",
}  # fmt: skip
"""What the parameters of guards name, by the section of the edition that must hold the name."""

PEOPLE = ("person", "people")
TYPES_FOR = {
    "in_order": ("date",), "not_expired": ("date",), "months_over": ("date",), "months_since": ("date",),
    "papers_fresh": ("date",), "at_least": ("count",), "not_more_than": ("count",), "sum_is": ("count",),
    "share_reached": ("count",), "share_missed": ("count",), "field_is": ("choice",), "official_members": PEOPLE,
    "different_people": PEOPLE, "not_the_candidate": PEOPLE, "among": PEOPLE, "not_among": PEOPLE,
}  # fmt: skip
"""The types of fields that a guard can look at, where it cannot look at all of them."""

CHOICES = {"kind": "consent_kind", "organ": "consent_organ", "consent": "consent_kind"}
"""Parameters of guards that name a choice of the entry that records consents."""


def unknown(names: object, known: Mapping[str, object], path: Path, code: str) -> Iterator[Fault]:
    """Every name that ``known`` does not hold."""
    for name in [names] if isinstance(names, str) else names if isinstance(names, list | tuple) else []:
        if name not in known:
            yield Fault(path, code, name)


def condition_faults(edition: Edition, code: str, condition: Condition) -> Iterator[Fault]:
    """Everything wrong with one condition."""
    path = ("conditions", code)
    if condition.verified and not condition.citation:
        yield Fault((*path, "citation"), "verified_without_citation", code)
    yield from when_faults(edition, condition.when, (*path, "when"))
    if condition.guard not in GUARDS:
        yield Fault((*path, "guard"), "unknown_guard", condition.guard)
    else:
        yield from _parameters(edition, condition, path)
        yield from _wording(condition, path)


def when_faults(edition: Edition, when: When, path: Path) -> Iterator[Fault]:
    """Everything wrong with the circumstances under which something is there."""
    yield from unknown(when.came_from, edition.states, (*path, "came_from"), "unknown_state")
    yield from unknown(when.has or (), edition.organs, (*path, "has"), "unknown_organ")
    yield from unknown(tuple(when.field), edition.fields, (*path, "field"), "unknown_field")
    for field, option in when.field.items():
        yield from option_faults(edition, field, option, (*path, "field", field))


def option_faults(edition: Edition, field: str, option: object, path: Path) -> Iterator[Fault]:
    """A choice that a field does not offer."""
    rule = edition.fields.get(field)
    if rule is not None and rule.type == "choice":
        yield from unknown(option, rule.options, path, "unknown_option")


def typed_faults(edition: Edition, names: object, wanted: tuple[str, ...], path: Path) -> Iterator[Fault]:
    """Fields of another type than can stand in their place; that they are there at all is seen elsewhere."""
    for name in [names] if isinstance(names, str) else names if isinstance(names, list | tuple) else []:
        rule = edition.fields.get(name)
        if rule is not None and rule.type not in wanted:
            yield Fault(path, "wrong_field", name)


def _parameters(edition: Edition, condition: Condition, path: Path) -> Iterator[Fault]:
    wanted = parameters_of(condition.guard)
    for name, value in condition.with_.items():
        here = (*path, "with", name)
        if name not in wanted:
            yield Fault(here, "unknown_parameter", name)
        elif not _fits(value, wanted[name].annotation):
            yield Fault(here, "wrong_parameter", name)
        else:
            yield from _named(edition, condition, name, value, here)
    for name, parameter in wanted.items():
        if parameter.default is inspect.Parameter.empty and name not in condition.with_:
            yield Fault((*path, "with"), "missing_parameter", name)


def _named(edition: Edition, condition: Condition, name: str, value: object, path: Path) -> Iterator[Fault]:
    """A parameter that names something: it is there, and it is of a kind that the guard can look at."""
    if section := NAMES_OF.get(name):
        yield from unknown(value, getattr(edition, section), path, f"unknown_{section[:-1]}")
        if section == "fields" and condition.guard in TYPES_FOR:
            yield from typed_faults(edition, value, TYPES_FOR[condition.guard], path)
    elif name in CHOICES:
        yield from option_faults(edition, CHOICES[name], value, path)
    elif name == "value":
        field = condition.with_.get("field", condition.with_.get("needed_by"))
        yield from option_faults(edition, str(field), value, path)


@cache
def parameters_of(guard: str) -> dict[str, inspect.Parameter]:
    """The parameters that a guard takes beside the facts."""
    return dict(list(inspect.signature(GUARDS[guard].check).parameters.items())[1:])


def _fits(value: object, annotation: Any) -> bool:
    if isinstance(annotation, types.UnionType):
        return any(_fits(value, one) for one in get_args(annotation))
    if get_origin(annotation) is list:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return type(value) is annotation


def _wording(condition: Condition, path: Path) -> Iterator[Fault]:
    """Places in the words are bare names of what the guard finds; how a value is printed is not said there."""
    for words in condition.says:
        try:
            places = [part[1:] for part in string.Formatter().parse(words) if part[1] is not None]
        except ValueError:
            yield Fault((*path, "says"), "bad_wording", words)
            continue
        for name, form, conversion in places:
            if form or conversion:
                yield Fault((*path, "says"), "bad_wording", words)
            elif name not in GUARDS[condition.guard].says:
                yield Fault((*path, "says"), "unknown_placeholder", name or "{}")
