"""What was stated of a sponsor becomes a fact of a pair.

Until the sixth version of the database a person had one day ``together_since``, whoever the candidate was.
Of somebody who sponsors or helps a single candidate it can only be about that one, and is carried over.
Where there are several nobody can know: nothing is carried, the upgrade says so, and open cases ask.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from workflow.office import Office
from workflow.register.person_record import decrypt_person
from workflow.register.writer import RegisterWriter, Who
from workflow.storage import reads
from workflow.storage.engine import Transaction
from workflow.storage.ledger import Ledger

FIRST_WITH_PAIRS = "0006"
NAMED_IN = ("helpers", "helper_in", "probation_helper", "sponsors", "sponsor_in")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPair:
    """Somebody whose day may be about several candidates: it stays out, and these open cases ask for it."""

    person: str
    name: str
    since: date
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedPairs:
    """How many days were carried over to their pair, and whose could not be."""

    carried: int = 0
    left_open: tuple[OpenPair, ...] = ()


def carry_pairs(office: Office, tx: Transaction, ledger: Ledger, who: Who) -> CarriedPairs:
    """Carry each stated day over to the one pair that it can be about."""
    writer, carried, left_open = RegisterWriter(office, tx, ledger, who), 0, list[OpenPair]()
    cases = {row.id: row for row in reads.load_cases(tx.connection)}
    named = _collect_named(tx)
    for row in reads.load_people(tx.connection, named):
        person = decrypt_person(office.vault, row.id, row.key, row.sealed)
        if person.together_since is None:
            continue
        candidates = {cases[case].person_id for case in named[row.id]} - {row.id}
        if len(candidates) == 1:
            pair = {"person_id": row.id, "candidate_id": candidates.pop()}
            writer.add_row("companions", person.together_since, **pair)
            carried += 1
        elif waiting := tuple(sorted(case for case in named[row.id] if cases[case].closed_on is None)):
            left_open.append(
                OpenPair(person=row.id, name=person.name, since=person.together_since, cases=waiting)
            )
    return CarriedPairs(carried=carried, left_open=tuple(left_open))


def _collect_named(tx: Transaction) -> dict[str, set[str]]:
    """The cases in which somebody was ever named as sponsor or helper, by the person."""
    named: dict[str, set[str]] = {}
    for row in reads.load_events(tx.connection):
        if row.case_id:
            for person in _list_named(orjson.loads(row.body)):
                named.setdefault(person, set()).add(row.case_id)
    return named


def _list_named(event: dict[str, Any]) -> Iterator[str]:
    fields = event.get("fields", {})
    for name in NAMED_IN:
        value = fields.get(name)
        yield from value if isinstance(value, list) else [value] if value else []
