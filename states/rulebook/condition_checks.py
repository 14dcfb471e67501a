"""Checks refuse an impossible condition: its guard, its parameters, its words."""

import inspect
import string
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar, get_args, get_origin

from states.guards import GUARDS
from states.rulebook.amendments import KeyPath
from states.rulebook.edition import Condition, Edition, When

T = TypeVar("T")


class EditionFault(NamedTuple):
    """One mistake of an author: where, which, and the name it is about."""

    path: KeyPath
    code: str
    name: str = ""


def spread_names(names_by_value: Mapping[T, str]) -> dict[str, T]:
    """Each name, with the value under which it is grouped."""
    return {name: value for value, names in names_by_value.items() for name in names.split()}


SECTION_OF_PARAMETER = spread_names(
    {
        "fields": "field first then limit whole unless needed_by others reached fields parts excluded since"
        " reason asked_field answered_field sponsors verifiers helpers joining leaving"
        " statement waived_by",
        "clocks": "clock clocks",
        "papers": "papers",
        "moves": "move moves deciding authorised",
        "states": "states annulled",
    }
)
"""What the parameters of guards name, by the section of the edition that must hold the name."""

FIELD_TYPES_OF_GUARD = spread_names(
    {
        ("date",): "in_order not_expired months_over months_since papers_fresh never_a_member"
        " left_as_recorded left_on_record",
        ("count",): "at_least not_more_than sum_is share_reached share_missed",
        ("flag",): "flag_known flag_not_settled",
        ("choice",): "field_is route_within_age union_route_taken union_age_asked",
        (
            "person",
            "people",
        ): "official_members different_people not_the_candidate among not_among parts_apart",
    }
)
"""The types of fields that a guard can look at, where it cannot look at all of them."""

CHOICE_FIELDS = {"kind": "consent_kind", "organ": "consent_organ", "consent": "consent_kind"}
"""Parameters of guards that name a choice of the entry that records consents."""


def find_unknown(
    names: object, known: Mapping[str, object], path: KeyPath, code: str
) -> Iterator[EditionFault]:
    """Every name that ``known`` does not hold."""
    for name in [names] if isinstance(names, str) else names if isinstance(names, list | tuple) else []:
        if name not in known:
            yield EditionFault(path, code, name)


def check_condition(edition: Edition, code: str, condition: Condition) -> Iterator[EditionFault]:
    path = ("conditions", code)
    if condition.verified and not condition.citation:
        yield EditionFault((*path, "citation"), "verified_without_citation", code)
    yield from check_when(edition, condition.when, (*path, "when"))
    if condition.guard not in GUARDS:
        yield EditionFault((*path, "guard"), "unknown_guard", condition.guard)
    else:
        yield from _check_parameters(edition, condition, path)
        yield from _check_wording(condition, path)


def check_when(edition: Edition, when: When, path: KeyPath) -> Iterator[EditionFault]:
    """Everything wrong with the circumstances under which something is there."""
    yield from find_unknown(when.came_from, edition.states, (*path, "came_from"), "unknown_state")
    yield from find_unknown(when.has or (), edition.organs, (*path, "has"), "unknown_organ")
    yield from find_unknown(tuple(when.field), edition.fields, (*path, "field"), "unknown_field")
    for field, option in when.field.items():
        yield from check_field_option(edition, field, option, (*path, "field", field))


def check_field_option(edition: Edition, field: str, option: object, path: KeyPath) -> Iterator[EditionFault]:
    """A choice that a field does not offer."""
    rule = edition.fields.get(field)
    if rule is not None and rule.type == "choice":
        yield from find_unknown(option, rule.options, path, "unknown_option")


def check_field_types(
    edition: Edition, names: object, wanted: tuple[str, ...], path: KeyPath
) -> Iterator[EditionFault]:
    """A fault for each field of a wrong type; missing fields are reported elsewhere."""
    for name in [names] if isinstance(names, str) else names if isinstance(names, list | tuple) else []:
        rule = edition.fields.get(name)
        if rule is not None and rule.type not in wanted:
            yield EditionFault(path, "wrong_field", name)


def _check_parameters(edition: Edition, condition: Condition, path: KeyPath) -> Iterator[EditionFault]:
    wanted = guard_parameters(condition.guard)
    for name, value in condition.with_.items():
        parameter_path = (*path, "with", name)
        if name not in wanted:
            yield EditionFault(parameter_path, "unknown_parameter", name)
        elif not _matches_type(value, wanted[name].annotation):
            yield EditionFault(parameter_path, "wrong_parameter", name)
        else:
            yield from _check_reference(edition, condition, name, value, parameter_path)
    for name, parameter in wanted.items():
        if parameter.default is inspect.Parameter.empty and name not in condition.with_:
            yield EditionFault((*path, "with"), "missing_parameter", name)


def _check_reference(
    edition: Edition, condition: Condition, name: str, value: object, path: KeyPath
) -> Iterator[EditionFault]:
    """A parameter that names something names a thing that exists and that the guard can read."""
    if section := SECTION_OF_PARAMETER.get(name):
        yield from find_unknown(value, getattr(edition, section), path, f"unknown_{section[:-1]}")
        if section == "fields" and condition.guard in FIELD_TYPES_OF_GUARD:
            yield from check_field_types(edition, value, FIELD_TYPES_OF_GUARD[condition.guard], path)
    elif name in CHOICE_FIELDS:
        yield from check_field_option(edition, CHOICE_FIELDS[name], value, path)
    elif name == "value":
        field = condition.with_.get("field", condition.with_.get("needed_by"))
        yield from check_field_option(edition, str(field), value, path)


@cache
def guard_parameters(guard: str) -> dict[str, inspect.Parameter]:
    """The parameters that a guard takes beside the facts."""
    return dict(list(inspect.signature(GUARDS[guard].check).parameters.items())[1:])


def _matches_type(value: object, annotation: Any) -> bool:
    if isinstance(annotation, types.UnionType):
        return any(_matches_type(value, part) for part in get_args(annotation))
    if get_origin(annotation) is list:
        return isinstance(value, list) and all(isinstance(part, str) for part in value)
    return type(value) is annotation


def _check_wording(condition: Condition, path: KeyPath) -> Iterator[EditionFault]:
    """Places in the words are bare names of what the guard finds, without a format."""
    for words in condition.says:
        try:
            places = [part[1:] for part in string.Formatter().parse(words) if part[1] is not None]
        except ValueError:
            yield EditionFault((*path, "says"), "bad_wording", words)
            continue
        for name, form, conversion in places:
            if form or conversion:
                yield EditionFault((*path, "says"), "bad_wording", words)
            elif name not in GUARDS[condition.guard].says:
                yield EditionFault((*path, "says"), "unknown_placeholder", name or "{}")
