"""Events are replayed in one pass, to be compared with tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from states.record.case_record import Record
from states.record.events import CaseEvent
from states.record.journey import REVISE, apply_event
from states.record.replay import read_events, walk_events
from states.rulebook.loading import NoEdition, UnknownEdition
from states.rulebook.released import load_index
from workflow.cases.derived_rows import find_vote_row
from workflow.cases.document_number_queries import StoredNumber
from workflow.cases.document_numbers import to_stored_rows
from workflow.dossier.paper_queries import FILE_FIELD
from workflow.office import Office
from workflow.storage import reads
from workflow.storage.reads import Connection, Row

REPLAY_ERRORS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    NoEdition,
    UnknownEdition,
)
"""What reading comes to where rows hold what the program never writes."""


class Discrepancy(NamedTuple):
    """One thing that does not hold.

    The number of the event it is at, a code that the catalogue words, its values.
    """

    n: int
    code: str
    what: str = ""


class ContentDigest(NamedTuple):
    """What an event says of something sealed.

    Its own number, of whom it is, what it is bound to, its salted hash.
    """

    n: int
    person: str
    about: str
    digest: str


RevisionValues = tuple[int, str, str, str | None]
"""Since which event an edition, by pipeline and id, is which revision."""
PAPER_COLUMNS = ("case_id", "what", "code", "part", "basis", "edition", "form", "media", "pages")


class Replay:
    """What the events give: cases with their votes, rows of the register, the hashes of all that is sealed.

    ``failed``: cases with an event that cannot be replayed; nothing more can be said of them.
    """

    def __init__(self, office: Office) -> None:
        self.office = office
        self.records: dict[str, Record] = {}
        self.last_n: dict[str, int] = {}
        self.opening_events: dict[str, CaseEvent] = {}
        self.votes: dict[str, dict[int, Mapping[str, Any]]] = {}
        self.rows: dict[tuple[str, int], dict[str, Any]] = {}
        self.retired: dict[tuple[str, int], tuple[int, str]] = {}
        self.people: dict[str, ContentDigest] = {}
        self.texts: dict[tuple[int, str], ContentDigest] = {}
        self.office_row: dict[str, Any] = {}
        self.office_n = 0
        self.snoozes: dict[int, dict[str, str]] = {}
        self.papers: dict[int, dict[str, Any]] = {}
        self.numbers: dict[str, dict[int, list[StoredNumber]]] = {}
        self.register_n = 0
        self.revisions: list[RevisionValues] = [
            (0, *key, revision) for key, revision in load_index().first.items()
        ]
        self._corrected: set[str] = set()
        self._revised: set[str] = set()
        self.failed: set[str] = set()

    def replay_event(self, row: Row[Any]) -> Iterator[Discrepancy]:
        """Replay one event; yields what is wrong with it by itself."""
        try:
            event: Any = orjson.loads(row.body)
            place = (event.get("n"), event.get("case"), event.get("seq"))
        except REPLAY_ERRORS:
            self.failed.add(str(row.case_id))
            yield Discrepancy(row.n, "unreadable")
            return
        if place != (row.n, row.case_id, row.seq):
            yield Discrepancy(row.n, "misfiled")
        try:
            self._replay_case_event(event) if row.case_id else self._replay_register_event(event)
        except REPLAY_ERRORS:
            self.failed.add(str(row.case_id))
            yield Discrepancy(row.n, "cannot_replay", str(row.case_id or ""))

    def _replay_case_event(self, event: CaseEvent) -> None:
        case, seq = event["case"], event["seq"]
        self.last_n[case] = event["n"]
        if case not in self.records:
            self.records[case] = Record(event["pipeline"], event["unit"])
            self.opening_events[case] = event
        record = self.records[case]
        apply_event(record, event, self.office.edition_of)
        if event["kind"] == "correct":
            self._corrected.add(case)
        elif event["kind"] == REVISE:
            self._revised.add(case)
        else:
            self._replay_vote(event)
        self._replay_numbers(case, event)
        for name, digest in event.get("texts", {}).items():
            person = self.opening_events[case]["person"]
            self.texts[event["n"], name] = ContentDigest(event["n"], person, f"{case}:{seq}:{name}", digest)

    def _replay_numbers(self, case: str, event: CaseEvent) -> None:
        """What an act has taken out of its organ's book; a correction says it anew."""
        if "numbers" in event:
            seq = event.get("of") or event["seq"]
            self.numbers.setdefault(case, {})[seq] = to_stored_rows(case, seq, event["numbers"])

    def _replay_vote(self, event: CaseEvent) -> None:
        edition = self.office.edition_of_event(event, event["pipeline"])
        row = find_vote_row(edition, event)
        if row is not None:
            self.votes.setdefault(event["case"], {})[event["seq"]] = row

    def _replay_register_event(self, event: dict[str, Any]) -> None:
        n, kind = event["n"], event["kind"]
        self.register_n = n
        if kind in ("found", "clock"):
            self.office_row |= {name: event[name] for name in ("name", "sample", "today") if name in event}
            self.office_n = n
        if kind in ("found", "upgrade"):
            self._replay_revisions(event)
        elif kind == "register":
            self.rows[event["table"], n] = {**event["row"], "recorded_on": event["recorded_on"]}
        elif kind == "retire":
            self.retired[event["table"], event["row"]] = (n, event["recorded_on"])
        elif kind == "snooze":
            snooze = {name: event[name] for name in ("subject", "clock", "instance", "until")}
            self.snoozes[n] = {**snooze, "user_id": event["user"]}
            if event["person"]:
                about = f"{event['subject']}:{n}:reason"
                self.texts[n, "reason"] = ContentDigest(n, event["person"], about, event["texts"]["reason"])
        elif kind == "paper":
            self.papers[n] = {name: event[name] for name in PAPER_COLUMNS}
            about = f"{event['case_id']}:{n}:{FILE_FIELD}"
            self.texts[n, FILE_FIELD] = ContentDigest(n, event["person"], about, event["texts"][FILE_FIELD])
        elif kind == "person":
            self.people[event["person"]] = ContentDigest(n, event["person"], event["person"], event["digest"])

    def _replay_revisions(self, event: dict[str, Any]) -> None:
        """The rules that the office was made with, or that an upgrade brought."""
        changes = event.get("revisions", ())
        if changes and event["kind"] == "found":
            self.revisions = []
        self.revisions += [
            (event["n"], change["pipeline"], change["edition"], change["new"]) for change in changes
        ]

    def fold_anew(self, connection: Connection) -> Iterator[Discrepancy]:
        """Fold some cases anew: a correction counts from the event that it corrects.

        What a revision of the rules made of a case must follow from the events before it.
        """
        for case in (self._corrected | self._revised) - self.failed:
            events = [orjson.loads(row.body) for row in reads.load_events(connection, case)]
            self.votes.pop(case, None)
            try:
                yield from self._fold_case(case, events)
            except REPLAY_ERRORS:
                self.failed.add(case)
                yield Discrepancy(self.last_n[case], "cannot_replay", case)

    def _fold_case(self, case: str, events: Sequence[CaseEvent]) -> Iterator[Discrepancy]:
        corrected_at = {event["of"]: event["seq"] for event in events if event["kind"] == "correct"}
        reads_ = read_events(events)
        for recorded, (record, event) in zip(
            events, walk_events(reads_, self.office.edition_of), strict=True
        ):
            self.records[case] = record
            if event["seq"] == 1:
                self.opening_events[case] = event
            if event["kind"] == REVISE:
                n, at = recorded["n"], event["seq"]
                overtaken = any(of < at < seq for of, seq in corrected_at.items())
                if not overtaken and event["record"] != recorded["record"]:
                    yield Discrepancy(n, "revision_differs", case)
            elif event["kind"] != "correct":
                self._replay_vote(event)
