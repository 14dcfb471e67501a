"""How a case begins: opened for a head on the list, or adopted half-way from paper."""

from collections.abc import Callable, Mapping
from datetime import date

from states.machine import needs_return, returns_to
from states.record.case_record import Record
from states.rulebook.edition import Edition, Entry
from states.vocabulary import Text
from workflow.cases.commands.advance import Step, event_body
from workflow.cases.commands.carry_over import is_there
from workflow.cases.facts import Scene
from workflow.cases.field_input import Known, Typed, read_fields
from workflow.cases.membership import periods, spans
from workflow.core.crypto import canonical
from workflow.core.input import FieldFault, Mistyped
from workflow.office import Office
from workflow.register.writer import Registrar, Who
from workflow.storage import reads, writes
from workflow.storage.engine import Work
from workflow.storage.register_snapshot import Tree, holds
from workflow.storage.tables import PostRow, TenureRow
from workflow.storage.writes import HeldCase, UnknownPerson


class AlreadyOpen(Exception):
    """The person has an open case in this pipeline already."""

    def __init__(self, person: str, pipeline: str) -> None:
        super().__init__(person)
        self.person, self.pipeline = person, pipeline


class NoPost(Exception):
    """The person holds no post on that day, and no unit was named."""

    def __init__(self, person: str, on: date) -> None:
        super().__init__(person)
        self.person, self.on = person, on


def open_case(
    office: Office, person: str, on: date, who: Who, *, pipeline: str = "admission", unit: str | None = None
) -> str:
    """Open a case at the pipeline's first state; its id comes back.

    Raises `UnknownPerson`, `NoPost`, `AlreadyOpen`, `Mistyped`, `NoEdition`, `UnknownEdition`.
    """
    return _begin(office, person, on, who, pipeline, unit, None, {})


def adopt(
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
    """Take over a case that stands at ``state``; earlier days and facts are recorded as stated, not judged.

    ``typed`` may say ``came_from``, the step (or steps, outermost first) that the case goes back to from ``state``: it
    must where nothing else tells, as for a suspended case. Raises as `open_case` does.
    """  # fmt: skip
    return _begin(office, person, on, who, pipeline, unit, state, typed)


def _begin(
    office: Office, person: str, on: date, who: Who, pipeline: str, unit: str | None, state: str | None,
    typed: Mapping[str, object],
) -> str:  # fmt: skip
    with office.writing() as (work, ledger):
        tree = office.tree(work, ledger)
        key, sealed = writes.person_row(work, person)
        edition = office.rulebook.edition_on(pipeline, on)
        home = unit or _unit_of(work, person, on)
        known = Known(office.day(ledger.today), edition, _finder(work), lambda one: tree.unit(one, on) is not None)
        read, back = _read(known, tree, home, on, who, state, typed)
        if writes.open_case_of(work, person, pipeline):
            raise AlreadyOpen(person, pipeline)
        record = Record(pipeline, home)
        held = HeldCase(office.new_id("K"), pipeline, person, key, sealed, 0, canonical(record.to_json()).decode())
        writes.add_case(work, held, unit=home, opened=on)
        step = Step(office, work, ledger, held)
        if state:
            _check_there(step.scene, edition, state, on)
        body = event_body("adopt" if state else "open", record, edition, on, step.today, who)
        body |= {"person": person, "unit": home, "to": state or edition.starts_at, "fields": read.values}
        if state:
            body |= {"back": back, "under": step.scene.under(edition, read.values)}
        step.append(body, read)
        step.carry(step.today)
        step.write()
        if tree.membership(person, on) == "none":
            books = Registrar(office, work, ledger, who)
            for one in periods(spans(edition, step.record)):
                books.add("memberships", one.since, one.until, person_id=person, status=one.status)
        return held.id


def _read(
    known: Known, tree: Tree, home: str, on: date, who: Who, state: str | None, typed: Mapping[str, object]
) -> tuple[Typed, list[str]]:
    """What was typed, and the steps to return to. Raises `Mistyped` with every fault."""
    faults: list[FieldFault] = []
    read, back = Typed(), list[str]()
    values = {name: value for name, value in typed.items() if name != "came_from"}
    try:
        read = read_fields(taken_over(known.edition), values, known, on=on)
    except Mistyped as error:
        faults += error.faults
    if tree.unit(home, on) is None:
        faults.append(FieldFault("unit", "unknown_unit", {"value": home}))
    if who.by and who.by not in tree.users:
        faults.append(FieldFault("by", "unknown_user", {"value": who.by}))
    if state:
        try:
            back = _returns(known.edition, state, typed.get("came_from"))
        except Mistyped as error:
            faults += error.faults
    if faults:
        raise Mistyped(faults)
    return read, back


def _returns(edition: Edition, state: str, typed: object) -> list[str]:
    """The steps that a case taken over at ``state`` may go back to, outermost first: ``came_from``, one or several."""
    open_states = [name for name, one in edition.states.items() if not one.end]
    if state not in open_states:
        raise Mistyped([FieldFault("state", "not_an_option", {"value": state, "options": ", ".join(open_states)})])
    given = typed if isinstance(typed, list) else str(typed or "").split(",")
    names = [str(name).strip() for name in given if str(name).strip()]
    for at, name in zip([state, *reversed(names)], [*reversed(names), ""], strict=True):
        known = returns_to(edition, at)
        wrong = name not in known if name else needs_return(edition, at)
        if wrong:
            values: dict[str, object] = {"value": name or "–", "options": ", ".join(known) or "–"}
            raise Mistyped([FieldFault("came_from", "not_an_option", values)])
    return names


def _check_there(scene: Scene, edition: Edition, state: str, on: date) -> None:
    if not is_there(scene, state, on):
        there = [name for name, one in edition.states.items() if not one.end and is_there(scene, name, on)]
        raise Mistyped([FieldFault("state", "not_an_option", {"value": state, "options": ", ".join(there)})])


def _finder(work: Work) -> Callable[[str], str | None]:
    def find(id_: str) -> str | None:
        try:
            writes.person_row(work, id_)
        except UnknownPerson:
            return None
        return id_

    return find


def _unit_of(work: Work, person: str, on: date) -> str:
    posts = {row.id: row.unit_id for row in reads.register(work.connection, PostRow) if holds(row, on)}
    for row in reads.register(work.connection, TenureRow):
        if row.person_id == person and holds(row, on) and row.post_id in posts:
            return posts[row.post_id]
    raise NoPost(person, on)


def taken_over(edition: Edition) -> Entry:
    """An act that may record any field of the edition."""
    return Entry.model_validate(
        {
            "label": Text("", ""), "from": "anywhere", "organ": "committee", "dated": "happened_on",
            "needs": (), "may": tuple(edition.fields), "conditions": (),
        }
    )  # fmt: skip
