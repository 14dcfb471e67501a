"""The days typed with an act that belong to pairs of people.

An act that names sponsors may say since when each has been together with the candidate. That is a fact of the
pair and not of the act: it is taken out of the act's values and kept in the register.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from states.rulebook.edition import Edition
from states.vocabulary import FieldValue
from workflow.core.input import FieldFault, InvalidInput
from workflow.storage.register_snapshot import RegisterSnapshot


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
