"""Units are grouped by the organ to which another's acts fall.

A village without a grassroots committee is one: what the rules give to the committee is then the authority's.
"""

from collections.abc import Mapping
from datetime import date

from states.rulebook.edition import Edition
from workflow.storage.register_snapshot import RegisterSnapshot


def group_units_fallen(
    snapshot: RegisterSnapshot, edition: Edition, organ: str, day: date
) -> Mapping[str, frozenset[str]]:
    """The units that have none of an organ on a day, by the organ that acts there instead."""
    key = (group_units_fallen, edition.name, organ, day)
    groups: Mapping[str, frozenset[str]] | None = snapshot.cache.get(key)
    if groups is None:
        groups = snapshot.cache[key] = _group_units(snapshot, edition, organ, day)
    return groups


def list_organs_acting_as(edition: Edition, organ: str) -> set[str]:
    """The organ itself, and those whose acts may fall to it in some line of units."""
    organs = {organ}
    while more := {name for name, rule in edition.organs.items() if rule.falls_to in organs} - organs:
        organs |= more
    return organs


def _group_units(
    snapshot: RegisterSnapshot, edition: Edition, organ: str, day: date
) -> Mapping[str, frozenset[str]]:
    by_acting: dict[str, set[str]] = {}
    if organ in edition.organs and edition.organs[organ].falls_to:
        for unit in snapshot.units:
            acting = edition.organ_in_line(organ, snapshot.find_line(unit, day))
            if acting != organ:
                by_acting.setdefault(acting, set()).add(unit)
    return {acting: frozenset(units) for acting, units in by_acting.items()}
