"""These commands take a case on or record an entry.

Each is one transaction: it reads under the lock, judges, records, and commits once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date

import orjson

from states.errors import EXIT_OVERTAKEN, EXIT_REFUSED, UserError
from states.machine import NotOpen, Verdict, get_machine
from states.record.case_record import Mark, Record
from states.record.events import BookedNumber, CaseEvent
from states.record.journey import apply_event
from states.record.replay import read_events
from states.rulebook.edition import Edition, Move
from states.vocabulary import Act, BookNumber, EarlierCase, FieldValue, OpenFlag, Person, Reason, UnitLine
from workflow.cases import document_number_queries
from workflow.cases.case_events import event_body
from workflow.cases.derived_rows import build_vote_row, compute_share, diff_clock_rows
from workflow.cases.document_numbers import build_number_rows, find_booking, to_stored_rows
from workflow.cases.field_input import FieldContext, ParsedFields, parse_fields
from workflow.cases.judgement.carry_over import KIND as CARRY_OVER
from workflow.cases.judgement.carry_over import find_due_carry_over
from workflow.cases.judgement.facts import FactsBuilder, describe_earlier_case, find_rule
from workflow.cases.judgement.recorded_rules import RecordedRules
from workflow.cases.judgement.rejudge import list_open_flags
from workflow.cases.judgement.requirements import list_reasons_behind
from workflow.cases.membership import find_membership_start, list_membership_spans
from workflow.cases.named_people import keep_pair_days, take_pair_days
from workflow.core.crypto import add_salt, canonical_json
from workflow.core.input import FieldFault, InvalidInput
from workflow.office import Office
from workflow.register.person_record import decrypt_person
from workflow.register.writer import NOBODY, RegisterWriter, Who
from workflow.storage import writes
from workflow.storage.engine import Transaction
from workflow.storage.ledger import Ledger, LockedCase, load_case_events
from workflow.storage.register_snapshot import RegisterSnapshot
from workflow.storage.writes import UnknownPerson


class ActRefused(UserError):
    """The rules refuse the act. It holds every reason, in the pipeline's order; nothing was written."""

    code = "refused"
    exit_code = EXIT_REFUSED

    def __init__(self, kind: str, reasons: tuple[Reason, ...]) -> None:
        super().__init__(f"{kind}: {', '.join(reason.code for reason in reasons)}")
        self.kind, self.reasons = kind, reasons


class CaseChanged(UserError):
    """Somebody else changed the case since version ``seen``; it is now at ``version``."""

    code = "case_changed"
    exit_code = EXIT_OVERTAKEN

    def __init__(self, case: str, seen: int, version: int) -> None:
        super().__init__(case)
        self.case, self.seen, self.version = case, seen, version


@dataclass(frozen=True)
class ActResult:
    """What came of an act: the state before and after, the warnings that stay on the record.

    ``carried``: the state after, where the act led to a step that was gone by then.
    """

    case: str
    kind: str
    before: str
    after: str
    version: int
    warnings: tuple[Reason, ...]
    carried: str | None = None


def advance_case(
    office: Office,
    case: str,
    move: str,
    on: date,
    who: Who,
    typed: Mapping[str, object],
    *,
    seen: int | None = None,
) -> ActResult:
    """Take a case to its next state.

    Raises `UnknownCase`, `UnknownAct`, `InvalidInput`, `NotOpen`, `ActRefused`, and `CaseChanged` when the
    case is no longer at version ``seen``; nothing is written then.
    """
    return _perform_act(office, case, move, on, who, typed, seen, moves=True)


def record_entry(
    office: Office,
    case: str,
    entry: str,
    on: date,
    who: Who,
    typed: Mapping[str, object],
    *,
    seen: int | None = None,
) -> ActResult:
    """Record an act that leaves the state where it is. Raises as `advance_case` does."""
    return _perform_act(office, case, entry, on, who, typed, seen, moves=False)


def _perform_act(
    office: Office,
    case: str,
    kind: str,
    on: date,
    who: Who,
    typed: Mapping[str, object],
    seen: int | None,
    *,
    moves: bool,
) -> ActResult:
    with office.case_transaction(case) as (tx, ledger, locked_case):
        if seen is not None and locked_case.version != seen:
            raise CaseChanged(case, seen, locked_case.version)
        writer = CaseWriter(office, tx, ledger, locked_case)
        writer.carry_over(on)
        outcome = writer.perform_act(kind, on, who, typed, moves=moves)
        arrived = writer.record.state
        writer.carry_over(writer.today)
        writer.write_rows()
        after = writer.record.state
        return ActResult(
            case,
            kind,
            outcome.before,
            after,
            writer.record.seq,
            outcome.warnings,
            after if after != arrived else None,
        )


@dataclass(frozen=True)
class _ActOutcome:
    before: str
    warnings: tuple[Reason, ...]


class CaseWriter:
    """One case that is locked by its transaction while acts are made on it."""

    def __init__(self, office: Office, tx: Transaction, ledger: Ledger, case: LockedCase) -> None:
        self.office, self.tx, self.ledger, self.case = office, tx, ledger, case
        self.today = office.resolve_day(ledger.today)
        self.snapshot: RegisterSnapshot = office.snapshot_for_writing(tx, ledger)
        stored = orjson.loads(case.record)
        self._marks: list[Mark] = [
            deepcopy(mark) if "pauses" in mark else mark.copy() for mark in stored["clocks"]
        ]
        self.record = Record.from_json(stored)
        candidate = decrypt_person(office.vault, case.person, case.key, case.sealed)
        self.builder = FactsBuilder(
            office,
            self.snapshot,
            self.record,
            case.person,
            self._person_loader(candidate),
            lambda: _list_earlier_cases(tx, case),
            self._find_booking,
            events_of=self.list_events,
            judge_behind=list_reasons_behind,
            flags_of=self._list_open_flags,
        )
        self._events: list[CaseEvent] | None = None

    def list_events(self) -> Sequence[CaseEvent]:
        """The case's events as they read after their corrections, oldest first."""
        if self._events is None:
            self._events = [orjson.loads(body) for body in load_case_events(self.tx, self.case.id)]
        return read_events(self._events)

    def _list_open_flags(self) -> Iterable[OpenFlag]:
        return list_open_flags(
            self.builder, self.list_events(), RecordedRules(self.office, self.tx.connection)
        )

    def _person_loader(self, candidate: Person) -> Callable[[str], Person]:
        def person(id_: str) -> Person:
            if id_ == candidate.id:
                return candidate
            return decrypt_person(self.office.vault, id_, *writes.load_person_row(self.tx, id_))

        return person

    def _find_booking(self, line: UnitLine, organ: str, day: date, code: str) -> BookNumber | None:
        return find_booking(self.tx, self.snapshot, line, organ, day, code, self.case.id)

    def perform_act(
        self, kind: str, on: date, who: Who, typed: Mapping[str, object], *, moves: bool
    ) -> _ActOutcome:
        """Read, judge and record one act; `write_rows` writes the rows."""
        edition = self.builder.edition_on(on)
        rule = find_rule(edition, kind)
        state, _ = self.record.state_on(on.isoformat())
        if isinstance(rule, Move) != moves or state not in edition.sources_by_act[kind]:
            raise NotOpen(kind, state)
        known = FieldContext(
            self.today, edition, self.find_person, lambda unit: self.snapshot.find_unit(unit, on) is not None
        )
        read = parse_fields(rule, typed, known, on=on)
        self.record_pair_days(edition, read.values, who)
        facts = self.builder.build_facts(Act(kind, on, read.values, who.by, who.typed), rule, edition)
        verdict = self._apply_office_rule(edition, get_machine(edition).judge_act(facts))
        if not verdict.is_allowed:
            raise ActRefused(kind, verdict.reasons)
        self._check_arrival(verdict, read)
        body = self._act_body(kind, on, who, edition, read, verdict)
        self.append_event(body, read)
        self.add_numbers(self.record.seq, body.get("numbers", ()))
        self._write_consequences(rule, verdict, edition, read, on, who)
        return _ActOutcome(state, verdict.reasons)

    def record_pair_days(
        self,
        edition: Edition,
        values: dict[str, FieldValue],
        who: Who,
        recorded: Mapping[str, FieldValue] | None = None,
    ) -> bool:
        """Keep what was typed of pairs in the register, and take it out of the act's values; True: news.

        ``recorded``: what a corrected act says beside it; only a correction says a known day anew.
        Raises `InvalidInput`.
        """
        days = take_pair_days(edition, values, recorded or {})
        writer, candidate = RegisterWriter(self.office, self.tx, self.ledger, who), self.case.person
        changed = keep_pair_days(writer, self.snapshot, candidate, days, anew=recorded is not None)
        self.snapshot = self.builder.snapshot = self.office.snapshot_for_writing(self.tx, self.ledger)
        return changed

    def _apply_office_rule(self, edition: Edition, verdict: Verdict) -> Verdict:
        """Refuse what the rules only warn of, if the office's ``same_typist`` setting says so."""
        if self.office.config.same_typist == "warn":
            return verdict
        stricter = tuple(
            replace(reason, effect="refuse")
            if edition.conditions[reason.code].guard == "typed_by_another"
            else reason
            for reason in verdict.reasons
        )
        return Verdict(verdict.to, verdict.arrival, stricter)

    def _check_arrival(self, verdict: Verdict, read: ParsedFields) -> None:
        needs = verdict.arrival.needs if verdict.arrival else ()
        missing = [FieldFault(name, "missing", {}) for name in needs if name not in read.values]
        if missing:
            raise InvalidInput(missing)

    def find_person(self, id_: str) -> str | None:
        """The id, if there is such a person."""
        try:
            self.builder.get_person(id_)
        except UnknownPerson:
            return None
        return id_

    def _act_body(
        self, kind: str, on: date, who: Who, edition: Edition, read: ParsedFields, verdict: Verdict
    ) -> CaseEvent:
        body = event_body(kind, self.record, edition, on, self.today, who)
        body["fields"] = dict(read.values)
        body |= self.builder.describe_other_days(edition, read.values)
        if verdict.arrival is not None and verdict.to is not None:
            move = edition.moves[kind]
            body |= {"to": verdict.to, "arrival": move.to.index(verdict.arrival)}
        organ = self.builder.acting_organ_on(edition, kind, on)
        if taken := list(
            build_number_rows(edition, read.values, self.builder.line_on(on).organs.get(organ), on)
        ):
            body["numbers"] = taken
        if verdict.reasons:
            body["warnings"] = sorted({reason.code for reason in verdict.reasons})
        return body

    def append_event(self, body: CaseEvent, read: ParsedFields) -> None:
        """Append the event, encrypt its texts, and fold it into the record."""
        sealed: list[tuple[str, bytes]] = []
        body["case"] = self.case.id
        body["seq"] = self.record.seq + 1
        if read.texts:
            key = self._person_key()
            body["texts"] = {}
            for name, text in read.texts.items():
                together, body["texts"][name] = add_salt(canonical_json({"text": text}))
                about = f"{self.case.id}:{body['seq']}:{name}"
                sealed.append((name, self.office.vault.encrypt(key, together, about)))
        n = self.ledger.append_event(body, self.case.id, body["seq"])
        rows = [
            {"n": n, "person_id": self.case.person, "field": name, "sealed": bytes_}
            for name, bytes_ in sealed
        ]
        writes.add_texts(self.tx, rows)
        apply_event(self.record, body, self.office.edition_of)
        if self._events is not None:
            self._events.append(body)

    def _person_key(self) -> bytes:
        if self.case.key is None:
            raise UnknownPerson(self.case.person)
        return self.case.key

    def add_numbers(self, seq: int, taken: Sequence[BookedNumber]) -> None:
        document_number_queries.add_numbers(self.tx, to_stored_rows(self.case.id, seq, taken))

    def _write_consequences(
        self, rule: object, verdict: Verdict, edition: Edition, read: ParsedFields, on: date, who: Who
    ) -> None:
        """Write what a move changes beside the case: its vote and the person's membership."""
        if not isinstance(rule, Move):
            return
        if rule.vote:
            counted = compute_share(edition, rule.vote, read.values)
            if counted:
                writes.add_vote(
                    self.tx,
                    **build_vote_row(self.case.id, self.record.seq, rule.vote, on, read.values, counted),
                )
        if verdict.arrival and (status := verdict.arrival.membership):
            became = any(brought != "none" for brought, _ in list_membership_spans(edition, self.record))
            if became:  # a case that made nobody a member ends no membership that others recorded
                register_writer = RegisterWriter(self.office, self.tx, self.ledger, who)
                register_writer.set_membership(
                    self.snapshot,
                    self.case.person,
                    status,
                    find_membership_start(edition, self.record, status, on),
                )

    def carry_over(self, day: date) -> str | None:
        """Record every carry-over that is due for the case by ``day``.

        The state afterwards (a suspended case only returns to another one); None if nothing was due.
        """
        seq = self.record.seq
        while due := find_due_carry_over(self.builder, day):
            body = event_body(CARRY_OVER, self.record, due.edition, due.on, self.today, NOBODY)
            self.append_event(body | due.event_values(self.record.state), ParsedFields())
        return self.record.state if self.record.seq > seq else None

    def write_rows(self, *, clocks: bool = True) -> None:
        """The rows of the case as its record now stands, with the clocks that changed. Raises
        `CaseOvertaken`.
        """
        record = self.record
        state = self.builder.edition_on(self.today).states.get(record.state)
        closed = date.fromisoformat(record.last_on) if state and state.end and record.last_on else None
        writes.update_case(
            self.tx,
            case=self.case.id,
            seen=self.case.version,
            seq=record.seq,
            unit=record.unit,
            to=record.state,
            json=canonical_json(record.to_json()).decode(),
            closed=closed,
        )
        if clocks:
            new, changed = diff_clock_rows(self.office, self.snapshot, self.case.id, record, self._marks)
            writes.add_clocks(self.tx, new, self.today)
            writes.change_clocks(self.tx, changed, self.today)


def _list_earlier_cases(tx: Transaction, case: LockedCase) -> Iterable[EarlierCase]:
    for row in writes.list_other_cases(tx, case.person, case.id):
        yield describe_earlier_case(row)
