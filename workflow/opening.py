"""How a case begins: opened for a head on the list, or adopted half-way from paper."""

from collections.abc import Callable, Mapping
from datetime import date

from states.journey import Record
from states.rulebook import Edition, Entry
from states.vocabulary import Text, Value
from workflow.cases import Step, event_body
from workflow.fields import FieldFault, Known, Mistyped, Typed, read_fields
from workflow.memberships import spans
from workflow.office import Office
from workflow.registrar import Registrar, Who
from workflow.store import reading, store
from workflow.store.database import Work
from workflow.store.store import HeldCase, UnknownPerson
from workflow.store.tables import PostRow, TenureRow
from workflow.tree import holds
from workflow.vault import canonical


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

    Raises as `open_case` does.
    """  # fmt: skip
    return _begin(office, person, on, who, pipeline, unit, state, typed)


def _begin(
    office: Office, person: str, on: date, who: Who, pipeline: str, unit: str | None, state: str | None,
    typed: Mapping[str, object],
) -> str:  # fmt: skip
    with office.writing() as (work, ledger):
        today, tree = office.day(ledger.today), office.tree(work, ledger)
        if on > today:
            raise Mistyped([FieldFault("on", "in_the_future", {"value": on, "today": today})])
        key, sealed = store.person_row(work, person)
        edition = office.rulebook.edition_on(pipeline, on)
        home = unit or _unit_of(work, person, on)
        if tree.unit(home, on) is None:
            raise Mistyped([FieldFault("unit", "unknown_unit", {"value": home})])
        known = Known(today, edition, _finder(work), lambda one: tree.unit(one, on) is not None)
        read = read_fields(_taken_over(edition), typed, known) if state else Typed()
        _check_state(edition, state)
        if store.open_case_of(work, person, pipeline):
            raise AlreadyOpen(person, pipeline)
        record = Record(pipeline, home)
        held = HeldCase(office.new_id("K"), pipeline, person, key, sealed, 0, canonical(record.to_json()).decode())
        store.add_case(work, held, unit=home, opened=on)
        step = Step(office, work, ledger, held)
        body = event_body("adopt" if state else "open", record, edition, on, today, who)
        body |= {"person": person, "unit": home, "to": state or edition.starts_at}
        step.append(body | {"fields": _by_day(edition, read.values)}, read)
        step.write()
        books = Registrar(office, work, ledger, who)
        for status, since in spans(edition, step.record) if tree.membership(person, on) == "none" else ():
            books.enter_membership(tree, person, status, since)
        return held.id


def _check_state(edition: Edition, state: str | None) -> None:
    """A case is taken over at a step that is open."""
    if state and (state not in edition.states or edition.states[state].end):
        open_states = ", ".join(name for name, one in edition.states.items() if not one.end)
        raise Mistyped([FieldFault("state", "not_an_option", {"value": state, "options": open_states})])


def _finder(work: Work) -> Callable[[str], str | None]:
    def find(id_: str) -> str | None:
        try:
            store.person_row(work, id_)
        except UnknownPerson:
            return None
        return id_

    return find


def _unit_of(work: Work, person: str, on: date) -> str:
    posts = {row.id: row.unit_id for row in reading.register(work.connection, PostRow) if holds(row, on)}
    for row in reading.register(work.connection, TenureRow):
        if row.person_id == person and holds(row, on) and row.post_id in posts:
            return posts[row.post_id]
    raise NoPost(person, on)


def _taken_over(edition: Edition) -> Entry:
    """An act that may record any field of the edition."""
    return Entry.model_validate(
        {
            "label": Text("", ""), "from": "anywhere", "organ": "committee", "dated": "happened_on",
            "needs": (), "may": tuple(edition.fields), "conditions": (),
        }
    )  # fmt: skip


def _by_day(edition: Edition, values: Mapping[str, Value]) -> dict[str, Value]:
    """Days in their order, after all else: what starts a clock comes before what stops it."""

    def day(one: tuple[str, Value]) -> str:
        return str(one[1]) if edition.fields[one[0]].type == "date" else ""

    return dict(sorted(values.items(), key=day))
