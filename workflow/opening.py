"""How a case begins: opened for a head on the list, or adopted half-way from paper."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from states.journey import Record, apply
from states.rulebook import Edition, Entry
from states.vocabulary import Text, Value
from workflow.office import Office
from workflow.cases import event_body
from workflow.fields import FieldFault, Known, Mistyped, Typed, read_fields
from workflow.memberships import spans
from workflow.registrar import Registrar, Who
from workflow.rows import clock_changes
from workflow.store import reading, store
from workflow.store.database import Work
from workflow.store.store import UnknownPerson
from workflow.store.tables import PostRow, TenureRow
from workflow.tree import holds
from workflow.vault import canonical, salted


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
    office: Office, person: str, state: str, on: date, who: Who, typed: Mapping[str, object], *,
    pipeline: str = "admission", unit: str | None = None,
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
        key, _ = store.person_row(work, person)
        edition = office.rulebook.edition_on(pipeline, on)
        home = unit or _unit_of(work, person, on)
        if tree.unit(home, on) is None:
            raise Mistyped([FieldFault("unit", "unknown_unit", {"value": home})])
        known = Known(today, edition, _finder(work), lambda one: tree.unit(one, on) is not None)
        read = read_fields(_taken_over(edition), typed, known) if state else Typed()
        if state and (state not in edition.states or edition.states[state].end):
            open_states = ", ".join(name for name, one in edition.states.items() if not one.end)
            raise Mistyped([FieldFault("state", "not_an_option", {"value": state, "options": open_states})])
        case = office.new_id("K")
        record = Record(pipeline, home)
        body = event_body("adopt" if state else "open", record, edition, on, today, who)
        body |= {
            "case": case, "seq": 1, "person": person, "unit": home,
            "to": state or edition.starts_at, "fields": _by_day(read.values),
        }  # fmt: skip
        sealed = _sealed(office, case, key, read, body)
        row = {"id": case, "pipeline": pipeline, "person_id": person, "unit_id": home, "state": "", "opened_on": on}
        try:
            store.add_case(work, **row, closed_on=None, version=0, record="{}")
        except Exception as error:
            if "unique" in str(error).lower() or isinstance(error, IntegrityError):
                raise AlreadyOpen(person, pipeline) from error
            raise
        n = ledger.append(body, case, 1)
        store.add_texts(work, [{"n": n, "person_id": person, "field": f, "sealed": b} for f, b in sealed])
        apply(record, body, office.edition_of)
        store.step_case(
            work, case=case, seen=0, seq=1, unit=home, to=record.state,
            json=canonical(record.to_json()).decode(), closed=None,
        )  # fmt: skip
        new, _ = clock_changes(office, tree, case, record, ())
        store.add_clocks(work, new)
        books = Registrar(office, work, ledger, who)
        for status, since in spans(edition, record) if tree.membership(person, on) == "none" else ():
            books.enter_membership(tree, person, status, since)
        return case


def _finder(work: Work) -> Any:
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


def _by_day(values: Mapping[str, Value]) -> dict[str, Value]:
    """Days in their order, after all else: what starts a clock comes before what stops it."""
    return dict(sorted(values.items(), key=lambda one: one[1] if isinstance(one[1], str) and one[0].endswith(("_on", "dated")) else ""))


def _sealed(
    office: Office, case: str, key: bytes | None, read: Typed, body: dict[str, Any]
) -> list[tuple[str, bytes]]:
    sealed: list[tuple[str, bytes]] = []
    for name, text in read.texts.items() if key else ():
        together, body.setdefault("texts", {})[name] = salted(canonical({"text": text}))
        sealed.append((name, office.vault.seal(key or b"", together, f"{case}:1:{name}")))
    return sealed


