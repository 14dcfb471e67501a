"""These commands open a case or adopt one from paper."""

from collections.abc import Callable, Mapping
from datetime import date

from states.errors import EXIT_REFUSED, UserError
from states.machine import get_machine
from states.record.case_record import Record
from states.rulebook.edition import Edition, Entry
from states.rulebook.ways import needs_return, return_states
from states.vocabulary import Act, Text
from workflow.cases.case_events import event_body
from workflow.cases.commands.adoption import check_adoption, read_unseen
from workflow.cases.commands.advance import ActRefused, CaseWriter
from workflow.cases.field_input import FieldContext, ParsedFields, parse_fields
from workflow.cases.judgement.carry_over import state_exists
from workflow.cases.judgement.facts import FactsBuilder
from workflow.cases.membership import list_membership_periods, list_membership_spans
from workflow.core.crypto import canonical_json
from workflow.core.input import FieldFault, InvalidInput
from workflow.office import Office
from workflow.register.permissions import find_user_fault
from workflow.register.writer import RegisterWriter, Who
from workflow.storage import reads, writes
from workflow.storage.engine import Transaction
from workflow.storage.ledger import LockedCase
from workflow.storage.register_snapshot import RegisterSnapshot, holds_on
from workflow.storage.tables.register import PostRow, TenureRow
from workflow.storage.writes import UnknownPerson


class AlreadyOpen(UserError):
    """The person has an open case in this pipeline already."""

    code = "already_open"
    exit_code = EXIT_REFUSED
    advice = "advice.already_open"
    message_values = ("person",)

    def __init__(self, person: str, pipeline: str) -> None:
        super().__init__(person)
        self.person, self.pipeline = person, pipeline


class NoPost(UserError):
    """The person holds no post on that day, and no unit was named."""

    code = "no_post"
    advice = "advice.no_post"
    message_values = ("person", "on")

    def __init__(self, person: str, on: date) -> None:
        super().__init__(person)
        self.person, self.on = person, on


def open_case(
    office: Office, person: str, on: date, who: Who, *, pipeline: str = "admission", unit: str | None = None
) -> str:
    """Open a case at the pipeline's first state; returns its id.

    Raises `UnknownPerson`, `NoPost`, `AlreadyOpen`, `InvalidInput`, `NoEdition`, `UnknownEdition`.
    """
    return _begin_case(office, person, on, who, pipeline, unit, None, {})


def adopt_case(
    office: Office,
    person: str,
    state: str,
    on: date,
    who: Who,
    typed: Mapping[str, object],
    *,
    pipeline: str = "admission",
    unit: str | None = None,
) -> str:
    """Adopt a case that stands at ``state``; earlier days and facts are stored as stated from paper.

    What lies behind the state is typed, or ticked as not in the paper file (``unseen`` of ``typed``: names of
    facts and requirements); it is judged as any other fact. ``typed`` may name ``came_from``, the step (or
    steps, outermost first) to go back to from ``state``; it must where nothing else tells, as for a suspended
    case. Raises as `open_case` does, and `ActRefused` where something is known and not met.
    """
    return _begin_case(office, person, on, who, pipeline, unit, state, typed)


def _begin_case(
    office: Office,
    person: str,
    on: date,
    who: Who,
    pipeline: str,
    unit: str | None,
    state: str | None,
    typed: Mapping[str, object],
) -> str:
    with office.write_transaction() as (tx, ledger):
        snapshot = office.snapshot_for_writing(tx, ledger)
        key, sealed = writes.load_person_row(tx, person)
        edition = office.rulebook.edition_on(pipeline, on)
        home = unit or _find_unit(tx, person, on)
        known = FieldContext(
            office.resolve_day(ledger.today),
            edition,
            _person_finder(tx),
            lambda item: snapshot.find_unit(item, on) is not None,
        )
        read, back, unseen = _parse_input(known, snapshot, home, on, who, state, typed)
        if writes.find_open_case(tx, person, pipeline):
            raise AlreadyOpen(person, pipeline)
        record = Record(pipeline, home)
        locked_case = LockedCase(
            office.new_id("K"), pipeline, person, key, sealed, 0, canonical_json(record.to_json()).decode()
        )
        writes.add_case(tx, locked_case, unit=home, opened_on=on)
        writer = CaseWriter(office, tx, ledger, locked_case)
        if state:
            _check_state_exists(writer.builder, edition, state, on)
        kind = "adopt" if state else "open"
        writer.record_pair_days(edition, read.values, who)
        warnings = _check_beginning(writer.builder, edition, Act(kind, on, read.values, who.by, who.typed))
        body = event_body(kind, record, edition, on, writer.today, who)
        body |= {"person": person, "unit": home, "to": state or edition.starts_at, "fields": read.values}
        if state:
            body |= {"back": back, "under": {}}
            body |= writer.builder.describe_other_days(edition, read.values)
            if unseen:
                body["unseen"] = unseen
        if warnings:
            body["warnings"] = warnings
        writer.append_event(body, read)
        if state:
            check_adoption(writer.builder, edition, body)
        writer.carry_over(writer.today)
        writer.write_rows()
        if snapshot.get_membership(person, on) == "none":
            register_writer = RegisterWriter(office, tx, ledger, who)
            for item in list_membership_periods(list_membership_spans(edition, writer.record)):
                register_writer.add_row(
                    "memberships", item.since, item.until, person_id=person, status=item.status
                )
        return locked_case.id


def _check_beginning(builder: FactsBuilder, edition: Edition, act: Act) -> list[str]:
    """What is warned of when a case begins. Raises `ActRefused` for what keeps it from beginning."""
    reasons = get_machine(edition).judge_beginning(builder.build_facts(act, None, edition))
    if any(reason.effect == "refuse" for reason in reasons):
        raise ActRefused(act.kind, tuple(reasons))
    return sorted({reason.code for reason in reasons})


def _parse_input(
    known: FieldContext,
    snapshot: RegisterSnapshot,
    home: str,
    on: date,
    who: Who,
    state: str | None,
    typed: Mapping[str, object],
) -> tuple[ParsedFields, list[str], list[str]]:
    """What was typed, the steps to return to, what is ticked as not in the paper file.

    Raises `InvalidInput` with every fault.
    """
    faults: list[FieldFault] = []
    read, back, unseen = ParsedFields(), list[str](), list[str]()
    values = {name: value for name, value in typed.items() if name not in ("came_from", "unseen")}
    try:
        read = parse_fields(build_adoption_entry(known.edition), values, known, on=on)
    except InvalidInput as error:
        faults += error.faults
    if snapshot.find_unit(home, on) is None:
        faults.append(FieldFault("unit", "unknown_unit", {"value": home}))
    if who.by and (wrong := find_user_fault(snapshot, who.by, home, (on, known.today))):
        faults.append(wrong)
    if state:
        try:
            back = _parse_return_states(known.edition, state, typed.get("came_from"))
        except InvalidInput as error:
            faults += error.faults
        try:
            unseen = read_unseen(known.edition, typed.get("unseen"))
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(faults)
    return read, back, unseen


def _parse_return_states(edition: Edition, state: str, typed: object) -> list[str]:
    """The steps that a case taken over at ``state`` may go back to, outermost first: ``came_from``, one
    or several.
    """
    open_states = [name for name, rule in edition.states.items() if not rule.end]
    if state not in open_states:
        raise InvalidInput(
            [FieldFault("state", "not_an_option", {"value": state, "options": ", ".join(open_states)})]
        )
    typed_names = typed if isinstance(typed, list) else str(typed or "").split(",")
    names = [str(name).strip() for name in typed_names if str(name).strip()]
    for at, name in zip([state, *reversed(names)], [*reversed(names), ""], strict=True):
        known = return_states(edition, at)
        wrong = name not in known if name else needs_return(edition, at)
        if wrong:
            values: dict[str, object] = {"value": name or "–", "options": ", ".join(known) or "–"}
            raise InvalidInput([FieldFault("came_from", "not_an_option", values)])
    return names


def _check_state_exists(builder: FactsBuilder, edition: Edition, state: str, on: date) -> None:
    if not state_exists(builder, state, on):
        there = [
            name for name, rule in edition.states.items() if not rule.end and state_exists(builder, name, on)
        ]
        raise InvalidInput(
            [FieldFault("state", "not_an_option", {"value": state, "options": ", ".join(there)})]
        )


def _person_finder(tx: Transaction) -> Callable[[str], str | None]:
    def find(id_: str) -> str | None:
        try:
            writes.load_person_row(tx, id_)
        except UnknownPerson:
            return None
        return id_

    return find


def _find_unit(tx: Transaction, person: str, on: date) -> str:
    posts = {
        row.id: row.unit_id for row in reads.load_register_rows(tx.connection, PostRow) if holds_on(row, on)
    }
    for row in reads.load_register_rows(tx.connection, TenureRow):
        if row.person_id == person and holds_on(row, on) and row.post_id in posts:
            return posts[row.post_id]
    raise NoPost(person, on)


def build_adoption_entry(edition: Edition) -> Entry:
    """An act that may record any field of the edition."""
    return Entry.model_validate(
        {
            "label": Text("", ""),
            "from": "anywhere",
            "organ": "committee",
            "dated": "happened_on",
            "needs": (),
            "may": tuple(edition.fields),
            "conditions": (),
        }
    )
