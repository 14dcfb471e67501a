"""The verbs on cases. Each is one transaction: read under its lock, judge, record, commit once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson

from states.machine import NotOpen, Verdict, pathways
from states.record.case_record import Mark
from states.record.journey import Record, apply
from states.rulebook.edition import Edition, Move
from states.vocabulary import Act, Booked, EarlierCase, Line, Person, Reason
from workflow.cases import document_number_queries
from workflow.cases.commands.carry_over import KIND as CARRY_OVER
from workflow.cases.commands.carry_over import carry_over
from workflow.cases.derived_rows import clock_changes, vote_row, worked_out
from workflow.cases.document_numbers import as_stored, booked_in, rows_of
from workflow.cases.facts import Scene, rule_of
from workflow.cases.field_input import Known, Typed, read_fields
from workflow.cases.membership import since, spans
from workflow.core.clock import now
from workflow.core.crypto import canonical, salted
from workflow.core.input import FieldFault, Mistyped
from workflow.office import Office
from workflow.register.person_record import opened_person
from workflow.register.writer import NOBODY, Registrar, Who
from workflow.storage import writes
from workflow.storage.engine import Work
from workflow.storage.register_snapshot import Tree
from workflow.storage.writes import HeldCase, Ledger, UnknownPerson


class Refused(Exception):
    """The rules do not allow the act; every reason, in the pipeline's order. Nothing was written."""

    def __init__(self, kind: str, reasons: tuple[Reason, ...]) -> None:
        super().__init__(f"{kind}: {', '.join(reason.code for reason in reasons)}")
        self.kind, self.reasons = kind, reasons


class CaseChanged(Exception):
    """Somebody else changed the case since it was looked at (version ``seen``); it is at ``version`` now."""

    def __init__(self, case: str, seen: int, version: int) -> None:
        super().__init__(case)
        self.case, self.seen, self.version = case, seen, version


@dataclass(frozen=True)
class Acted:
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


def advance(
    office: Office, case: str, move: str, on: date, who: Who, typed: Mapping[str, object], *, seen: int | None = None
) -> Acted:
    """Take a case to its next state.

    Raises `UnknownCase`, `UnknownAct`, `Mistyped`, `NotOpen`, `Refused`, `CaseChanged` (when the case is no longer at
    version ``seen``); nothing is written then.
    """
    return _act(office, case, move, on, who, typed, seen, moves=True)


def record(
    office: Office, case: str, entry: str, on: date, who: Who, typed: Mapping[str, object], *, seen: int | None = None
) -> Acted:
    """Record an act that leaves the state where it is. Raises as `advance` does."""
    return _act(office, case, entry, on, who, typed, seen, moves=False)


def _act(
    office: Office,
    case: str,
    kind: str,
    on: date,
    who: Who,
    typed: Mapping[str, object],
    seen: int | None,
    *,
    moves: bool,
) -> Acted:
    with office.stepping(case) as (work, ledger, held):
        if seen is not None and held.version != seen:
            raise CaseChanged(case, seen, held.version)
        step = Step(office, work, ledger, held)
        step.carry(on)
        done = step.act(kind, on, who, typed, moves=moves)
        arrived = step.record.state
        step.carry(step.today)
        step.write()
        after = step.record.state
        return Acted(
            case, kind, done.before, after, step.record.seq, done.warnings, after if after != arrived else None
        )


@dataclass(frozen=True)
class _Done:
    before: str
    warnings: tuple[Reason, ...]


class Step:
    """One case under the lock of its transaction, while acts are being made on it."""

    def __init__(self, office: Office, work: Work, ledger: Ledger, held: HeldCase) -> None:
        self.office, self.work, self.ledger, self.held = office, work, ledger, held
        self.today = office.day(ledger.today)
        self.tree: Tree = office.tree(work, ledger)
        said = orjson.loads(held.record)
        self._marks: list[Mark] = [deepcopy(mark) if "pauses" in mark else dict(mark) for mark in said["clocks"]]
        self.record = Record.from_json(said)
        candidate = opened_person(office.vault, held.person, held.key, held.sealed)
        self.scene = Scene(
            office,
            self.tree,
            self.record,
            held.person,
            self._person(candidate),
            lambda: _earlier(work, held),
            self._booked,
        )

    def _person(self, candidate: Person) -> Callable[[str], Person]:
        def person(id_: str) -> Person:
            if id_ == candidate.id:
                return candidate
            return opened_person(self.office.vault, id_, *writes.person_row(self.work, id_))

        return person

    def _booked(self, line: Line, organ: str, day: date, code: str) -> Booked | None:
        return booked_in(self.work, self.tree, line, organ, day, code, self.held.id)

    def act(self, kind: str, on: date, who: Who, typed: Mapping[str, object], *, moves: bool) -> _Done:
        """Read, judge and record one act; the rows are written by `write`."""
        edition = self.scene.edition_on(on)
        rule = rule_of(edition, kind)
        state, _ = self.record.standing(on.isoformat())
        if isinstance(rule, Move) != moves or state not in edition.made_from[kind]:
            raise NotOpen(kind, state)
        known = Known(self.today, edition, self.find_person, lambda unit: self.tree.unit(unit, on) is not None)
        read = read_fields(rule, typed, known, on=on)
        facts = self.scene.facts(Act(kind, on, read.values, who.by, who.typed), rule, edition)
        verdict = self._house(edition, pathways(edition).judge(facts))
        if not verdict.allowed:
            raise Refused(kind, verdict.reasons)
        self._check_arrival(verdict, read)
        body = self._body(kind, on, who, edition, read, verdict)
        self.append(body, read)
        self.note_numbers(self.record.seq, body.get("numbers", ()))
        self._beside(rule, verdict, edition, read, on, who)
        return _Done(state, verdict.reasons)

    def _house(self, edition: Edition, verdict: Verdict) -> Verdict:
        """What an office may set stricter: the same hands at the vote and at the decision."""
        if self.office.config.same_typist == "warn":
            return verdict
        stricter = tuple(
            replace(one, effect="refuse") if edition.conditions[one.code].guard == "typed_by_another" else one
            for one in verdict.reasons
        )
        return Verdict(verdict.to, verdict.arrival, stricter)

    def _check_arrival(self, verdict: Verdict, read: Typed) -> None:
        needs = verdict.arrival.needs if verdict.arrival else ()
        missing = [FieldFault(name, "missing", {}) for name in needs if name not in read.values]
        if missing:
            raise Mistyped(missing)

    def find_person(self, id_: str) -> str | None:
        """The id, if there is such a person."""
        try:
            self.scene.person(id_)
        except UnknownPerson:
            return None
        return id_

    def _body(self, kind: str, on: date, who: Who, edition: Edition, read: Typed, verdict: Verdict) -> dict[str, Any]:
        body = event_body(kind, self.record, edition, on, self.today, who)
        body["fields"] = dict(read.values)
        if under := self.scene.under(edition, read.values):
            body["under"] = under
        if verdict.arrival is not None:
            move = edition.moves[kind]
            body |= {"to": verdict.to, "arrival": move.to.index(verdict.arrival)}
        organ = edition.organ_of(rule_of(edition, kind), self.record.standing(on.isoformat())[0])
        if taken := list(rows_of(edition, read.values, self.scene.line(on).organs.get(organ), on)):
            body["numbers"] = taken
        if verdict.reasons:
            body["warnings"] = sorted({reason.code for reason in verdict.reasons})
        return body

    def append(self, body: dict[str, Any], read: Typed) -> None:
        """Chain the event on, seal its words beside the person, and carry it into the record."""
        sealed: list[tuple[str, bytes]] = []
        body["case"] = self.held.id
        body["seq"] = self.record.seq + 1
        if read.texts:
            key = self._key()
            body["texts"] = {}
            for name, text in read.texts.items():
                together, body["texts"][name] = salted(canonical({"text": text}))
                about = f"{self.held.id}:{body['seq']}:{name}"
                sealed.append((name, self.office.vault.seal(key, together, about)))
        n = self.ledger.append(body, self.held.id, body["seq"])
        rows = [{"n": n, "person_id": self.held.person, "field": name, "sealed": bytes_} for name, bytes_ in sealed]
        writes.add_texts(self.work, rows)
        apply(self.record, body, self.office.edition_of)

    def _key(self) -> bytes:
        if self.held.key is None:
            raise UnknownPerson(self.held.person)
        return self.held.key

    def note_numbers(self, seq: int, taken: Sequence[Mapping[str, Any]]) -> None:
        """What an act has taken out of its organ's book."""
        document_number_queries.add(self.work, as_stored(self.held.id, seq, taken))

    def _beside(self, rule: object, verdict: Verdict, edition: Edition, read: Typed, on: date, who: Who) -> None:
        """What a move writes beside the case: its vote, and what the person has become in the Party."""
        if not isinstance(rule, Move):
            return
        if rule.vote:
            counted = worked_out(edition, rule.vote, read.values)
            if counted:
                writes.add_vote(
                    self.work, **vote_row(self.held.id, self.record.seq, rule.vote, on, read.values, counted)
                )
        if verdict.arrival and (status := verdict.arrival.membership):
            became = any(brought != "none" for brought, _ in spans(edition, self.record))
            if became:  # a case that made nobody a member ends no membership that others recorded
                books = Registrar(self.office, self.work, self.ledger, who)
                books.enter_membership(self.tree, self.held.person, status, since(edition, self.record, status, on))

    def carry(self, day: date) -> str | None:
        """Carry the case over as far as newer editions or new organs leave it at steps that are no longer there.

        Where it stands then (a suspended case only returns elsewhere); None where nothing was due.
        """
        seq = self.record.seq
        while due := carry_over(self.scene, day):
            body = event_body(CARRY_OVER, self.record, due.edition, due.on, self.today, NOBODY)
            self.append(body | due.event(self.record.state), Typed())
        return self.record.state if self.record.seq > seq else None

    def write(self, *, clocks: bool = True) -> None:
        """The rows of the case as its record now stands, with the clocks that changed. Raises `Overtaken`."""
        record = self.record
        state = self.scene.edition_on(self.today).states.get(record.state)
        closed = date.fromisoformat(record.last_on) if state and state.end and record.last_on else None
        writes.step_case(
            self.work,
            case=self.held.id,
            seen=self.held.version,
            seq=record.seq,
            unit=record.unit,
            to=record.state,
            json=canonical(record.to_json()).decode(),
            closed=closed,
        )
        if clocks:
            new, changed = clock_changes(self.office, self.tree, self.held.id, record, self._marks)
            writes.add_clocks(self.work, new, self.today)
            writes.change_clocks(self.work, changed, self.today)


def _earlier(work: Work, held: HeldCase) -> Iterable[EarlierCase]:
    for pipeline, state, text in writes.other_cases(work, held.person, held.id):
        yield EarlierCase(pipeline, state, orjson.loads(text)["fields"])


def event_body(kind: str, record: Record, edition: Edition, on: date, today: date, who: Who) -> dict[str, Any]:
    """What every event of a case says: kind, edition, both days, the instant, who did it and who typed it."""
    return {
        "kind": kind,
        "pipeline": record.pipeline,
        "edition": edition.edition,
        "on": on.isoformat(),
        "recorded_on": today.isoformat(),
        "recorded_at": now().isoformat(timespec="seconds"),
        "by": who.by,
        "typed": who.typed,
    }
