"""Everything that the events say, gathered in one pass, to be laid beside what is stored."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from states.record.journey import Record, apply, steps
from states.rulebook.loading import NoEdition, UnknownEdition
from workflow.cases.derived_rows import voted
from workflow.cases.document_numbers import as_stored
from workflow.dossier.paper_queries import FIELD
from workflow.office import Office
from workflow.storage import reads
from workflow.storage.reads import Connection, Row

UNSOUND = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, NoEdition, UnknownEdition)
"""What reading comes to where rows hold what the program never writes."""


class Broken(NamedTuple):
    """One thing that does not hold: the number of the event it is at, a code that the catalogue words, its values."""

    n: int
    code: str
    what: str = ""


class Sealed(NamedTuple):
    """What an event says of something sealed: its own number, of whom it is, what it is bound to, its salted hash."""

    n: int
    person: str
    about: str
    digest: str


PAPER = ("case_id", "what", "code", "part", "basis", "edition", "form", "media", "pages")


class Replay:
    """What the events give: cases with their votes, rows of the register, the hashes of all that is sealed.

    ``failed``: cases with an event that cannot be replayed; nothing more can be said of them.
    """

    def __init__(self, office: Office) -> None:
        self.office = office
        self.records: dict[str, Record] = {}
        self.last: dict[str, int] = {}
        self.opened: dict[str, Mapping[str, Any]] = {}
        self.votes: dict[str, dict[int, Mapping[str, Any]]] = {}
        self.rows: dict[tuple[str, int], dict[str, Any]] = {}
        self.retired: dict[tuple[str, int], tuple[int, str]] = {}
        self.people: dict[str, Sealed] = {}
        self.texts: dict[tuple[int, str], Sealed] = {}
        self.office_row: dict[str, Any] = {}
        self.office_n = 0
        self.snoozes: dict[int, dict[str, str]] = {}
        self.papers: dict[int, dict[str, Any]] = {}
        self.numbers: dict[str, dict[int, list[dict[str, Any]]]] = {}
        self.register_n = 0
        self._corrected: set[str] = set()
        self.failed: set[str] = set()

    def take(self, row: Row[Any]) -> Iterator[Broken]:
        """Take one event in; what is wrong with it by itself."""
        try:
            event: dict[str, Any] = orjson.loads(row.body)
            said = (event.get("n"), event.get("case"), event.get("seq"))
        except UNSOUND:
            self.failed.add(str(row.case_id))
            yield Broken(row.n, "unreadable")
            return
        if said != (row.n, row.case_id, row.seq):
            yield Broken(row.n, "misfiled")
        try:
            self._case(event) if row.case_id else self._register(event)
        except UNSOUND:
            self.failed.add(str(row.case_id))
            yield Broken(row.n, "cannot_replay", str(row.case_id or ""))

    def _case(self, event: dict[str, Any]) -> None:
        case, seq = event["case"], event["seq"]
        self.last[case] = event["n"]
        if case not in self.records:
            self.records[case] = Record(event["pipeline"], event["unit"])
            self.opened[case] = event
        record = self.records[case]
        apply(record, event, self.office.edition_of)
        if event["kind"] == "correct":
            self._corrected.add(case)
        else:
            self._vote(event)
        self._number(case, event)
        for name, digest in event.get("texts", {}).items():
            person = self.opened[case]["person"]
            self.texts[event["n"], name] = Sealed(event["n"], person, f"{case}:{seq}:{name}", digest)

    def _number(self, case: str, event: Mapping[str, Any]) -> None:
        """What an act has taken out of its organ's book; a correction says it anew."""
        if "numbers" in event:
            seq = event.get("of") or event["seq"]
            self.numbers.setdefault(case, {})[seq] = as_stored(case, seq, event["numbers"])

    def _vote(self, event: Mapping[str, Any]) -> None:
        edition = self.office.edition_of(event["pipeline"], event["edition"])
        row = voted(edition, event)
        if row is not None:
            self.votes.setdefault(event["case"], {})[event["seq"]] = row

    def _register(self, event: dict[str, Any]) -> None:
        n, kind = event["n"], event["kind"]
        self.register_n = n
        if kind in ("found", "clock"):
            self.office_row |= {name: event[name] for name in ("name", "sample", "today") if name in event}
            self.office_n = n
        elif kind == "register":
            self.rows[event["table"], n] = {**event["row"], "recorded_on": event["recorded_on"]}
        elif kind == "retire":
            self.retired[event["table"], event["row"]] = (n, event["recorded_on"])
        elif kind == "snooze":
            said = {name: event[name] for name in ("subject", "clock", "instance", "until")}
            self.snoozes[n] = {**said, "user_id": event["user"]}
            if event["person"]:
                about = f"{event['subject']}:{n}:reason"
                self.texts[n, "reason"] = Sealed(n, event["person"], about, event["texts"]["reason"])
        elif kind == "paper":
            self.papers[n] = {name: event[name] for name in PAPER}
            about = f"{event['case_id']}:{n}:{FIELD}"
            self.texts[n, FIELD] = Sealed(n, event["person"], about, event["texts"][FIELD])
        elif kind == "person":
            self.people[event["person"]] = Sealed(n, event["person"], event["person"], event["digest"])

    def fold_corrected(self, connection: Connection) -> Iterator[Broken]:
        """Fold corrected cases anew: a correction counts from the event that it corrects."""
        for case in self._corrected - self.failed:
            events = [orjson.loads(row.body) for row in reads.events(connection, case)]
            self.votes.pop(case, None)
            try:
                for at, (record, event) in enumerate(steps(events, self.office.edition_of)):
                    self.records[case] = record
                    if at == 0:
                        self.opened[case] = event
                    if event["kind"] != "correct":
                        self._vote(event)
            except UNSOUND:
                self.failed.add(case)
                yield Broken(self.last[case], "cannot_replay", case)
