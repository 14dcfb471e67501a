"""People whom an act names are read as of its day.

One rule, for judging acts, for pages and for printed papers: the register says whether somebody was an
official member on a day. ``official_since``, which somebody stated, says since when; by itself it counts
only for somebody of whose membership the register has nothing.

``together_since`` belongs to the pair of the person and the candidate, and is a row of the register. An act
that names sponsors may say it; it is no value of the act then, and is taken out of its values.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from states.rulebook.edition import Edition
from states.vocabulary import FieldValue, Person
from workflow.core.input import FieldFault, InvalidInput
from workflow.register.writer import RegisterWriter
from workflow.storage.register_snapshot import RegisterSnapshot, find_row_on


def describe_person_on(person: Person, snapshot: RegisterSnapshot, day: date, candidate: str) -> Person:
    """The person as the register knows them on ``day``, beside ``candidate``."""
    pair = snapshot.find_companion(person.id, candidate)
    together = pair.valid_from if pair else None
    if not snapshot.memberships.get(person.id):
        return replace(person, membership=None, together_since=together)
    membership = snapshot.get_membership(person.id, day)
    official = None
    if membership == "member":
        official = person.official_since or _find_official_start(snapshot, person.id, day)
    return replace(person, membership=membership, official_since=official, together_since=together)


def _find_official_start(snapshot: RegisterSnapshot, person: str, day: date) -> date:
    """The first day of the membership that holds on a day, over rows that follow each other."""
    rows = [row for row in snapshot.memberships[person] if row.status == "member"]
    row = find_row_on(rows, day)
    while row is not None:
        start = row.valid_from
        row = find_row_on(rows, start - timedelta(days=1))
        if row is None:
            return start
    return day


# --- the days of pairs --------------------------------------------------------------------------------------


class PairDay(NamedTuple):
    """Since when somebody has been together with the candidate, and the field that said it."""

    field: str
    person: str
    since: date


def take_pair_days(
    edition: Edition, values: dict[str, FieldValue], recorded: Mapping[str, FieldValue]
) -> list[PairDay]:
    """Take the days of pairs out of an act's values. ``recorded``: what the act says beside them.

    Raises `InvalidInput` where a day is typed and nobody is named whose it is.
    """
    days, faults = list[PairDay](), list[FieldFault]()
    for name, rule in edition.fields.items():
        if not rule.together or name not in values:
            continue
        since = date.fromisoformat(str(values.pop(name)))
        named = values.get(str(rule.together), recorded.get(str(rule.together)))
        people = named if isinstance(named, list) else [str(named)] if named else []
        if rule.place < len(people):
            days.append(PairDay(name, people[rule.place], since))
        else:
            faults.append(FieldFault(name, "nobody_named", {}))
    if faults:
        raise InvalidInput(faults)
    return days


def check_pair_days(snapshot: RegisterSnapshot, candidate: str, days: list[PairDay]) -> None:
    """What the register knows otherwise is set right there, for every act that stands on it.

    Raises `InvalidInput`.
    """
    faults = []
    for day in days:
        known = snapshot.find_companion(day.person, candidate)
        if known is not None and known.valid_from != day.since:
            faults.append(FieldFault(day.field, "together_otherwise", {"since": known.valid_from}))
    if faults:
        raise InvalidInput(faults)


def keep_pair_days(
    writer: RegisterWriter, snapshot: RegisterSnapshot, candidate: str, days: list[PairDay], *, anew: bool
) -> bool:
    """Keep the days in the register; whether that was news. ``anew``: known days are set right as well.

    Raises `InvalidInput`.
    """
    if not anew:
        check_pair_days(snapshot, candidate, days)
    changed = [writer.set_together(snapshot, day.person, candidate, day.since) for day in days]
    return any(changed)
