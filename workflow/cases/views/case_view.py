"""Reading one case: where it stands, what runs, what may be done next and what is missing; and its history."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

import orjson

from states.calendar.working_days import Calendar, DueDate, add_months
from states.machine import get_machine, when_applies
from states.record.deadlines import Clock
from states.record.journey import Record, collect_corrections, corrected_event
from states.rulebook.edition import ActRule, Edition, FieldRule, PaperRule
from states.vocabulary import Act, EarlierCase, Facts, Person, Reason
from workflow.cases.commands.carry_over import DueCarryOver, apply_due_carry_overs
from workflow.cases.commands.correct import rejudge_acts
from workflow.cases.facts import FactsBuilder
from workflow.core.crypto import SALT_BYTES, DecryptionFailed
from workflow.core.messages import say
from workflow.office import Office
from workflow.register.person_record import decrypt_person
from workflow.storage import reads
from workflow.storage.ledger import UnknownCase
from workflow.storage.reads import Connection
from workflow.storage.register_snapshot import RegisterSnapshot
from workflow.storage.writes import UnknownPerson

View = dict[str, Any]


class CaseFile:
    """One case as it stands, opened for reading."""

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
            office, self.snapshot, self.record, row.person_id, self.get_person, self._list_earlier_cases
        )
        self.events = [orjson.loads(event.body) for event in reads.load_events(connection, case)]
        self._people = self._load_named_people()
        self.carried = apply_due_carry_overs(self.builder, self.today)

    @cached_property
    def words(self) -> Mapping[tuple[int, str], Any]:
        """The sealed words of the case's acts, opened; what cannot be opened is left out."""
        return _decrypt_words(self)

    def get_person(self, id_: str) -> Person:
        """A person named in the case. Raises `UnknownPerson`."""
        person = self._people.get(id_) or self._load_people([id_]).get(id_)
        if person is None:
            raise UnknownPerson(id_)
        return person

    def _load_named_people(self) -> dict[str, Person]:
        """The candidate, and everybody whom the acts name: read at once, for a page asks for nearly all of them."""
        ids = {self.row.person_id}
        for event in self.events:
            fields = self.office.edition_of(self.row.pipeline, event["edition"]).fields
            for name, value in event["fields"].items():
                if name in fields and fields[name].type in ("person", "people"):
                    ids.update(value if isinstance(value, list) else [value])
        return self._load_people(ids)

    def _load_people(self, ids: Iterable[str]) -> dict[str, Person]:
        rows, vault = reads.load_people(self.connection, ids), self.office.vault
        return {
            row.id: decrypt_person(vault, row.id, row.key, row.sealed, self.snapshot.get_membership(row.id, self.today))
            for row in rows
        }

    def _list_earlier_cases(self) -> list[EarlierCase]:
        rows = reads.load_cases(self.connection, person=self.row.person_id)
        return [
            EarlierCase(row.pipeline, row.state, orjson.loads(row.record)["fields"])
            for row in rows
            if row.id != self.row.id
        ]


def load_case_view(office: Office, case: str, language: str) -> View:
    """Everything that a case says of itself. Days are dates. Raises `UnknownCase`."""
    with office.database.read_transaction() as connection:
        return build_case_view(CaseFile(office, connection, case), language)


def build_case_view(file: CaseFile, language: str) -> View:
    """`load_case_view` of a case that is open already."""
    record, row, edition = file.record, file.row, file.edition
    state = edition.states[record.state]
    unit = file.snapshot.find_unit(row.unit_id, file.today)
    open_ = not state.end
    return {
        "case": row.id,
        "version": row.version,
        "pipeline": row.pipeline,
        "edition": {
            "id": file.edition.edition,
            "label": file.edition.label.in_language(language),
            "regulation": file.edition.regulation,
            "in_force": file.edition.in_force,
        },
        "today": file.today,
        "person": _person_view(file.get_person(row.person_id)),
        "unit": {"id": row.unit_id, "name": unit.name if unit else row.unit_id},
        "state": {
            "id": record.state,
            "label": state.label.in_language(language),
            "turn": state.turn,
            "turn_label": edition.organs[state.turn].label.in_language(language) if state.turn and open_ else None,
            "since": _find_state_start(file),
            "end": state.end,
        },
        "opened_on": row.opened_on,
        "closed_on": row.closed_on,
        "adopted": record.adopted,
        "carried_over": _carry_over_view(file.carried, language),
        "stalled": any(clock.is_late_on(file.today) for clock in _list_clocks(file)) and open_,
        "clocks": [
            build_clock_view(clock, file.today, file.snapshot.calendar, language) for clock in _list_clocks(file)
        ],
        "papers": list(_list_paper_views(file, edition, language)),
        "sponsors": [_sponsor_view(file, id_) for id_ in record.fields.get("sponsors", [])],
        "helpers": [_person_view(file.get_person(id_)) for id_ in record.fields.get("helpers", [])],
        "consents": record.consents,
        "votes": [_vote_view(vote) for vote in reads.load_votes(file.connection, row.id)],
        "flags": _list_flag_views(file, language),
        "moves": _list_act_views(file, language, moves=True),
        "entries": _list_act_views(file, language, moves=False),
    }


def _carry_over_view(due: DueCarryOver | None, language: str) -> View | None:
    """A carry-over that came due and goes on record with the next act: the day, where to, and why."""
    return {"on": due.on, "to": due.to, "because": due.reason_text(language)} if due else None


def _person_view(person: Person) -> View:
    return {
        "id": person.id,
        "name": person.name,
        "born": person.born,
        "membership": person.membership,
        "official_since": person.official_since,
        "together_since": person.together_since,
    }


def _sponsor_view(file: CaseFile, id_: str) -> View:
    return _person_view(file.get_person(id_)) | {"replacement": id_ in file.record.replaced}


def _find_state_start(file: CaseFile) -> date | None:
    """The day on which the case came to its present state."""
    if file.carried and file.record.state != file.row.state:
        return file.carried.on
    since = None
    state = ""
    mended = collect_corrections(file.events)
    for event in (corrected_event(recorded, mended) for recorded in file.events):
        if event.get("to") not in (None, state):
            state, since = event["to"], date.fromisoformat(event["on"])
    return since


def _list_clocks(file: CaseFile) -> tuple[Clock, ...]:
    return file.office.list_clocks(file.record, file.edition, file.snapshot)


def build_clock_view(clock: Clock, today: date, calendar: Calendar, language: str) -> View:
    """One clock: basis, start, due, how it was counted."""
    return {
        "name": clock.name,
        "label": clock.label.in_language(language),
        "kind": clock.kind,
        "organ": clock.organ,
        "state": "not_started" if clock.state == "running" and clock.start and clock.start > today else clock.state,
        "basis": clock.seq,
        "of": clock.of,
        "edition": clock.edition,
        "start": clock.start,
        "amount": clock.amount,
        "unit": clock.unit,
        "extended": clock.extended,
        "due": clock.due,
        "stopped": clock.stopped,
        "late": clock.is_late_on(today),
        "days_left": (clock.due - today).days if clock.due and clock.state == "running" else None,
        "missing_year": clock.missing_year,
        "unverified_years": list(clock.unverified_years),
        "citation": clock.citation,
        "verified": clock.verified,
        "skipped": _list_skipped_days(clock, calendar, language),
    }


def _list_skipped_days(clock: Clock, calendar: Calendar, language: str) -> list[View]:
    """The days off that were passed over in counting, other than plain weekends."""
    if clock.unit != "working_days" or clock.start is None or clock.due is None:
        return []
    counted = calendar.summarise_due(
        DueDate(clock.start, clock.amount, "working_days", clock.due, clock.unverified_years)
    )
    return [
        {
            "first": days_off.first,
            "last": days_off.last,
            "label": days_off.label.en if language == "en" else days_off.label.vi,
        }
        for days_off in counted.skipped
        if days_off.label is not None
    ]


def _list_paper_views(file: CaseFile, edition: Edition, language: str) -> list[View]:
    facts = _facts_of_today(file, None)
    views = []
    for code, paper in sorted(edition.papers.items(), key=lambda item: item[1].order):
        if not when_applies(paper.when, facts):
            continue
        dated = file.record.papers.get(code) or (file.record.fields.get(paper.dated) if paper.dated else None)
        views.append(
            {
                "code": code,
                "title": paper.title.in_language(language),
                "part": paper.part,
                "by": paper.by,
                "dated": date.fromisoformat(dated) if dated else None,
                "status": _paper_status(paper, dated, file, received=code in file.record.papers),
            }
        )
    return views


def _paper_status(paper: PaperRule, dated: str | None, file: CaseFile, *, received: bool) -> str:
    """Missing; stale; noted, while only its day is on record; present once the paper itself was received."""
    if dated is None:
        return "present" if received else "missing"
    considered = file.record.fields.get("branch_resolution_on")
    until = date.fromisoformat(considered) if considered else file.today
    stale = paper.stale_months and add_months(date.fromisoformat(dated), paper.stale_months) < until
    return "stale" if stale else "present" if received else "noted"


def _vote_view(vote: Any) -> View:
    return {
        "seq": vote.seq,
        "on": vote.on_day,
        "body": vote.body,
        "rule": vote.rule,
        "roll": vote.roll,
        "base": vote.base,
        "present": vote.present,
        "votes_for": vote.votes_for,
        "votes_against": vote.votes_against,
        "votes_blank": vote.votes_blank,
        "need": vote.need,
        "reached": bool(vote.reached),
    }


def _list_flag_views(file: CaseFile, language: str) -> list[View]:
    """What no longer holds after corrections, worded as the rules word it now."""
    if not file.record.flags:
        return []
    worded: dict[tuple[int, str], Reason] = {}
    for event, reason in rejudge_acts(file.builder, file.events):
        worded.setdefault((event["seq"], reason.code), reason)
    views = []
    for flag in file.record.flags:
        now = worded.get((flag["seq"], flag["code"]))
        words = build_reason_view(now, language) if now else {"code": flag["code"]}
        views.append({"seq": flag["seq"], "kind": flag["kind"], "settled": flag.get("settled")} | words)
    return views


def build_reason_view(reason: Reason, language: str) -> View:
    """One reason as doors show it."""
    return {
        "code": reason.code,
        "text": reason.text.in_language(language),
        "citation": reason.citation,
        "verified": reason.verified,
        "effect": reason.effect,
    }


def _facts_of_today(file: CaseFile, act: tuple[str, ActRule] | None) -> Facts:
    kind, rule = act or ("look", None)
    return file.builder.build_facts(Act(kind, file.today, {}), rule, file.edition)


def _list_act_views(file: CaseFile, language: str, *, moves: bool) -> list[View]:
    """Every act that is open now, judged as if made today with nothing typed yet: what is missing so far."""
    ways = get_machine(file.edition)
    names = ways.moves_from(file.record.state) if moves else ways.entries_in(file.record.state)
    views = []
    for name in names:
        rule = ways.find_act(name)
        codes = file.edition.every_move if moves else file.edition.every_entry
        facts = _facts_of_today(file, (name, rule))
        reasons = ways.collect_reasons((*codes, *rule.conditions), facts)
        views.append(
            {
                "move" if moves else "entry": name,
                "label": rule.label.in_language(language),
                "organ": file.edition.acting_organ(rule, file.record.state),
                "allowed": all(reason.effect == "warn" for reason in reasons),
                "reasons": [build_reason_view(reason, language) for reason in reasons],
                "checks": _list_checks(
                    file.edition, rule, (*codes, *rule.conditions), {reason.code for reason in reasons}
                ),
                "fields": [
                    build_field_view(field, file.edition.fields[field], language, needed=field in rule.needs)
                    for field in rule.fields
                ],
            }
        )
    return views


def _list_checks(edition: Edition, rule: ActRule, codes: Iterable[str], amiss: set[str]) -> list[View]:
    """Which conditions hold by what is on record; those on what is still to be typed are left out."""
    typed_fields = set(rule.fields)
    checks = []
    for code in dict.fromkeys(codes):
        values = edition.conditions[code].with_.values()
        names = {name for value in values for name in (value if isinstance(value, list) else [value])}
        if not names & typed_fields:
            checks.append({"code": code, "holds": code not in amiss})
    return checks


def build_field_view(name: str, rule: FieldRule, language: str, *, needed: bool) -> View:
    """One field of an act: what to type, whether it must be."""
    return {
        "field": name,
        "label": rule.label.in_language(language),
        "type": rule.type,
        "needed": needed,
        "options": {key: words.in_language(language) for key, words in rule.options.items()},
    }


# --- history -----------------------------------------------------------------------------------------------------


def load_history(office: Office, case: str, language: str) -> list[View]:
    """Every event of a case in order, its values and words readable. Raises `UnknownCase`."""
    with office.database.read_transaction() as connection:
        return build_history(CaseFile(office, connection, case), language)


def build_history(file: CaseFile, language: str) -> list[View]:
    """`history` of a case that is open already."""
    words = file.words
    return [_event_view(file, event, words, language) for event in file.events]


def group_corrections(events: Iterable[View]) -> dict[int, list[View]]:
    """Which events of a history have been corrected, and by which, oldest first."""
    by_event: dict[int, list[View]] = {}
    for event in events:
        if event["kind"] == "correct":
            by_event.setdefault(event["of"], []).append(event)
    return by_event


def read_corrected_values(event: View, corrections: Iterable[View]) -> View:
    """The day (``on``) and the values of an event as they read after the corrections made to it."""
    values = {"on": event["on"].isoformat()} | {field["field"]: field["value"] for field in event["fields"]}
    for later in corrections:
        values |= {field["field"]: field["value"] for field in later["fields"] if field["field"] != "reason"}
    return values


def list_changes_since(office: Office, case: str, version: int, language: str) -> list[View]:
    """What was recorded on a case after it stood at ``version``."""
    return [event for event in load_history(office, case, language) if event["seq"] > version]


def _decrypt_words(file: CaseFile) -> dict[tuple[int, str], Any]:
    seqs = {event["n"]: event["seq"] for event in file.events}
    people = {row.id: row for row in reads.load_people(file.connection, [file.row.person_id])}
    key = people[file.row.person_id].key
    words: dict[tuple[int, str], Any] = {}
    for row in reads.load_texts(file.connection, file.row.id) if key else ():
        seq = seqs[row.n]
        try:
            plain = file.office.vault.decrypt(bytes(key), bytes(row.sealed), f"{file.row.id}:{seq}:{row.field}")
        except DecryptionFailed:
            continue
        words[seq, row.field] = orjson.loads(plain[SALT_BYTES:])["text"]
    return words


def _event_view(file: CaseFile, event: View, words: Mapping[tuple[int, str], Any], language: str) -> View:
    edition = file.office.edition_of(file.row.pipeline, event["edition"])
    rule = edition.moves.get(event["kind"]) or edition.entries.get(event["kind"])
    to = event.get("to")
    about = _find_corrected_event(file, event)
    fields = file.office.edition_of(file.row.pipeline, about["edition"]).fields
    values = {name: _readable_value(file, fields, name, value, language) for name, value in event["fields"].items()}
    values |= {name: text for (seq, name), text in words.items() if seq == event["seq"]}
    return {
        "seq": event["seq"],
        "n": event["n"],
        "kind": event["kind"],
        "label": rule.label.in_language(language) if rule else None,
        "edition": event["edition"],
        "on": date.fromisoformat(event["on"]),
        "recorded_on": date.fromisoformat(event["recorded_on"]),
        "recorded_at": event["recorded_at"],
        "by": event["by"],
        "typed": event["typed"],
        "to": to,
        "to_label": edition.states[to].label.in_language(language) if to in edition.states else None,
        "fields": [
            {
                "field": name,
                "label": _field_label(file, about, name, language),
                "value": event["fields"].get(name, value),
                "text": value,
            }
            for name, value in values.items()
        ],
        "warnings": event.get("warnings", []),
        "flags": event.get("flags", []),
        "of": event.get("of"),
        "because": _carry_over_reason(edition, event, language),
        "allowed_by": event.get("allowed_by"),
    }


def _find_corrected_event(file: CaseFile, event: View) -> View:
    """The event that a correction is about, in whose words it speaks; any other speaks in its own."""
    of = event.get("of")
    return next((earlier for earlier in file.events if earlier["seq"] == of), event) if of else event


def _field_label(file: CaseFile, about: View, name: str, language: str) -> str:
    """What a field is called where it was recorded; the day of an act as the act calls it."""
    edition = file.office.edition_of(file.row.pipeline, about["edition"])
    rule = edition.moves.get(about["kind"]) or edition.entries.get(about["kind"])
    if name == "on" and rule is None:
        return say(language, "correct.on")
    name = rule.dated if rule and name == "on" else name
    return edition.fields[name].label.in_language(language) if name in edition.fields else name


def _carry_over_reason(edition: Edition, event: View, language: str) -> str | None:
    """Why a case was carried over, in the words of the edition that did it."""
    return edition.carry_over[event["gone"][0]].because.in_language(language) if event.get("gone") else None


def _readable_value(file: CaseFile, fields: Mapping[str, FieldRule], name: str, value: Any, language: str) -> Any:
    """A recorded value as a person reads it: names for ids, words for choices."""
    rule = fields.get(name)
    if name == "on":
        return date.fromisoformat(value)
    if rule is None:
        return value
    if rule.type == "choice" and value in rule.options:
        return rule.options[value].in_language(language)
    if rule.type in ("person", "people"):
        ids = value if isinstance(value, list) else [value]
        return ", ".join(file.get_person(id_).name or id_ for id_ in ids)
    if rule.type == "date":
        return date.fromisoformat(value)
    return value
