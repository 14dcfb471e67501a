"""A case file holds all that reading one case needs."""

from collections.abc import Iterable
from functools import cached_property

import orjson

from states.record.case_record import Record
from states.record.events import CaseEvent
from states.record.replay import read_events
from states.vocabulary import EarlierCase, OpenFlag, Person
from workflow.cases.judgement.carry_over import apply_due_carry_overs
from workflow.cases.judgement.facts import FactsBuilder, describe_earlier_case
from workflow.cases.judgement.recorded_rules import RecordedRules
from workflow.cases.judgement.rejudge import list_open_flags
from workflow.cases.judgement.requirements import list_reasons_behind
from workflow.core.crypto import SALT_BYTES, DecryptionFailed
from workflow.office import Office
from workflow.register.person_record import decrypt_person
from workflow.storage import reads
from workflow.storage.ledger import UnknownCase
from workflow.storage.reads import Connection
from workflow.storage.register_snapshot import RegisterSnapshot
from workflow.storage.writes import UnknownPerson

SealedWords = dict[tuple[int, str], str | list[str]]
"""What stands in an act's text fields, by the act's seq and the field."""


class CaseFile:
    """One case as it stands, opened for reading. Raises `UnknownCase`."""

    def __init__(self, office: Office, connection: Connection, case: str) -> None:
        row = reads.load_case(connection, case)
        if row is None:
            raise UnknownCase(case)
        self.office, self.connection, self.row = office, connection, row
        self.snapshot: RegisterSnapshot = office.snapshot_for_reading(connection)
        self.today = office.resolve_day(reads.load_today(connection))
        self.record = Record.from_json(orjson.loads(row.record))
        self.edition = office.rulebook.edition_on(row.pipeline, self.today)
        self.builder = FactsBuilder(
            office,
            self.snapshot,
            self.record,
            row.person_id,
            self.get_person,
            self._list_earlier_cases,
            events_of=lambda: self.reads,
            judge_behind=list_reasons_behind,
            flags_of=lambda: self.open_flags,
        )
        self.events: list[CaseEvent] = [
            orjson.loads(event.body) for event in reads.load_events(connection, case)
        ]
        self.reads = read_events(self.events)
        self._people = self._load_named_people()
        self.carried = apply_due_carry_overs(self.builder, self.today)

    @cached_property
    def words(self) -> SealedWords:
        """The sealed words of the case's acts, decrypted; what cannot be decrypted is left out."""
        return _decrypt_words(self)

    @cached_property
    def open_flags(self) -> list[OpenFlag]:
        """What is flagged and not settled, in words."""
        rules = RecordedRules(self.office, self.connection)
        return list(list_open_flags(self.builder, self.events, rules))

    def get_person(self, id_: str) -> Person:
        """A person named in the case. Raises `UnknownPerson`."""
        person = self._people.get(id_) or self._load_people([id_]).get(id_)
        if person is None:
            raise UnknownPerson(id_)
        return person

    def _load_named_people(self) -> dict[str, Person]:
        """The candidate, and everybody whom the acts name."""
        # Read at once: a page asks for nearly all of them.
        ids = {self.row.person_id}
        for event in self.events:
            fields = self.office.edition_of_event(event, self.row.pipeline).fields
            for name, value in event["fields"].items():
                if name in fields and fields[name].type in ("person", "people"):
                    ids.update(value if isinstance(value, list) else [str(value)])
        return self._load_people(ids)

    def _load_people(self, ids: Iterable[str]) -> dict[str, Person]:
        rows, vault = reads.load_people(self.connection, ids), self.office.vault
        return {
            row.id: decrypt_person(
                vault, row.id, row.key, row.sealed, self.snapshot.get_membership(row.id, self.today)
            )
            for row in rows
        }

    def _list_earlier_cases(self) -> list[EarlierCase]:
        rows = reads.load_cases(self.connection, person=self.row.person_id)
        return [describe_earlier_case(row) for row in rows if row.id != self.row.id]


def _decrypt_words(file: CaseFile) -> SealedWords:
    seqs = {event["n"]: event["seq"] for event in file.events}
    people = {row.id: row for row in reads.load_people(file.connection, [file.row.person_id])}
    key = people[file.row.person_id].key
    words: SealedWords = {}
    for row in reads.load_texts(file.connection, file.row.id) if key else ():
        seq = seqs[row.n]
        try:
            plain = file.office.vault.decrypt(
                bytes(key), bytes(row.sealed), f"{file.row.id}:{seq}:{row.field}"
            )
        except DecryptionFailed:
            continue
        words[seq, row.field] = orjson.loads(plain[SALT_BYTES:])["text"]
    return words
