"""What a sponsor, helper or verifier was on a day.

One rule, for judging acts, for pages and for printed papers: the register says whether somebody was an
official member on a day. ``official_since``, which somebody stated, says since when; by itself it counts
only for somebody of whose membership the register has nothing. ``together_since`` belongs to the pair of
the person and the candidate, and is a row of the register.
"""

from dataclasses import replace
from datetime import date, timedelta

from states.vocabulary import Person
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
