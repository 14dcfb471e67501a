"""Readers see the people of their units, and keep some.

Whoever may not see somebody learns nothing of them. Somebody who is placed nowhere – a sponsor who heads
nothing, say – is seen by whoever knows the whole name or the id, and kept by those above the branches.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from states.vocabulary import Person
from workflow.core.input import FieldFault, InvalidInput
from workflow.core.text import search_key, sort_key
from workflow.register.session import load_rows_on
from workflow.register.views.people import PersonListRow, find_people, load_people
from workflow.storage import reads
from workflow.storage.engine import Connection
from workflow.storage.register_snapshot import find_row_on
from workflow.storage.tables.cases import CaseRow
from workflow.storage.tables.register import PostRow, TenureRow
from workflow.web.context import Hidden, RequestContext
from workflow.web.visibility.person_units import find_person_units, may_name_person

MOST_ALIKE = 5


@dataclass(frozen=True)
class PlacedPerson:
    """Somebody, and where they are found.

    At their post, else where their case stands, else where they act, or did.
    """

    person: Person
    unit: str | None
    post: str | None
    secretary: bool
    user: str | None
    cases: tuple[CaseRow, ...]

    @property
    def open_cases(self) -> list[CaseRow]:
        """Those that are not closed."""
        return [row for row in self.cases if row.closed_on is None]


def require_person(ctx: RequestContext, id_: str) -> PlacedPerson:
    """Raises `Hidden` for somebody who is not there, forgotten, or of another unit alike."""
    if not (id_.isascii() and id_.isalnum()):
        raise Hidden
    with ctx.office.database.read_transaction() as connection:
        people = load_people(ctx.office, connection, [id_.upper()], snapshot=ctx.register, day=ctx.today)
        person = people.get(id_.upper())
        if person is None or not person.name:
            raise Hidden
        placed_person = _place_person(ctx, connection, person)
    if not may_see_person(ctx, placed_person.unit):
        raise Hidden
    return placed_person


def _place_person(ctx: RequestContext, connection: Connection, person: Person) -> PlacedPerson:
    day = ctx.today
    posts = load_rows_on(connection, PostRow, day, "id")
    tenures = load_rows_on(connection, TenureRow, day, "post_id").values()
    tenure = next((row for row in tenures if row.person_id == person.id and row.post_id in posts), None)
    cases = tuple(reads.load_cases(connection, person=person.id))
    user = next(
        (
            id_
            for id_, rows in ctx.register.users.items()
            if (row := find_row_on(rows, day)) and row.person_id == person.id
        ),
        None,
    )
    open_ = next((row for row in cases if row.closed_on is None), None)
    grant = find_row_on(ctx.register.grants.get(user, ()), day) if user else None
    unit = (
        posts[tenure.post_id].unit_id
        if tenure
        else open_.unit_id
        if open_
        else grant.unit_id
        if grant
        else None
    )
    unit = unit or _former_unit(ctx, person.id)
    return PlacedPerson(
        person, unit, tenure.post_id if tenure else None, bool(tenure and tenure.secretary), user, cases
    )


def _former_unit(ctx: RequestContext, person: str) -> str | None:
    """A unit with which somebody had to do who has to do with none today.

    The reader's own, if it is one of them.
    """
    units = sorted(find_person_units(ctx, person))
    return next((unit for unit in units if ctx.access.can_see(unit)), units[0] if units else None)


def may_see_person(ctx: RequestContext, unit: str | None) -> bool:
    """Whether somebody who is found at a unit, or nowhere, may be seen."""
    return ctx.access.can_see(unit) if unit else bool(ctx.access.roles_by_unit)


def may_keep_person(ctx: RequestContext, unit: str | None) -> bool:
    """Whether what is kept of somebody who is found at a unit, or nowhere, may be said anew."""
    access = ctx.access
    return access.is_everywhere or (access.can_manage(unit) if unit else access.is_above_branches)


# --- who is found -------------------------------------------------------------------------------------------


def search_visible_people(ctx: RequestContext, query: str, day: date | None = None) -> list[PersonListRow]:
    """People of the reader's units whom a query finds; an empty one finds all.

    Who is placed nowhere is found by the whole name or the id, and by any query of whoever stands over
    everything.
    """
    key, typed = search_key(query), query.strip().upper()
    return [
        row
        for row in find_people(ctx.office, query.strip(), day or ctx.today)
        if _may_find(ctx, row, key, typed)
    ]


def _may_find(ctx: RequestContext, row: PersonListRow, key: str, typed: str) -> bool:
    if ctx.access.can_see(row.unit.id if row.unit else None):
        return True
    is_whole = row.id == typed or search_key(row.name) == key
    return row.unit is None and is_whole and may_name_person(ctx, row.id)


# --- who is meant -------------------------------------------------------------------------------------------


def resolve_people(ctx: RequestContext, typed: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """The ids of those who are meant by what was typed into each field.

    Raises `InvalidInput` with every fault.

    A text is a whole name, or what was chosen from a list: «Họ Và Tên · PABC1234», or the id alone.
    """
    meant = _find_meant(ctx, {text for texts in typed.values() for text in texts})
    faults = [
        _explain_doubt(field, text, meant[text])
        for field, texts in typed.items()
        for text in texts
        if len(meant[text]) != 1
    ]
    if faults:
        raise InvalidInput(faults)
    return {field: [meant[text][0].id for text in texts] for field, texts in typed.items()}


def resolve_person(ctx: RequestContext, field: str, typed: str) -> str:
    """The id of who is meant by what was typed into a field. Raises `InvalidInput`."""
    if not typed.strip():
        raise InvalidInput([FieldFault(field, "missing", {})])
    return resolve_people(ctx, {field: [typed.strip()]})[field][0]


def _find_meant(ctx: RequestContext, typed: Collection[str]) -> dict[str, list[Person]]:
    """Everybody who is meant by each text: of that id, or called so.

    Whoever is of units alone that the reader may not see is not meant, and not told apart from nobody.
    """
    ids = {text: text.rsplit("·", 1)[-1].strip().upper() for text in typed}
    with ctx.office.database.read_transaction() as connection:
        by_id = load_people(
            ctx.office, connection, {id_ for id_ in ids.values() if id_.isascii() and id_.isalnum()}
        )
        everybody = (
            load_people(ctx.office, connection) if any(id_ not in by_id for id_ in ids.values()) else {}
        )
    by_key = _group_by_name(everybody.values())
    candidates = {
        text: [by_id[id_]] if id_ in by_id else by_key.get(search_key(text), []) for text, id_ in ids.items()
    }
    return {
        text: [person for person in alike if person.name and may_name_person(ctx, person.id)]
        for text, alike in candidates.items()
    }


def _group_by_name(people: Iterable[Person]) -> dict[str, list[Person]]:
    """People by their whole name without marks, namesakes as lists sort them."""
    by_key: dict[str, list[Person]] = {}
    for person in sorted(people, key=lambda known: (sort_key(known.name), known.born or date.min, known.id)):
        by_key.setdefault(search_key(person.name), []).append(person)
    return by_key


def _explain_doubt(field: str, text: str, alike: Collection[Person]) -> FieldFault:
    """Why it is not one person who is meant."""
    known = "; ".join(f"{person.name} ({person.id})" for person in list(alike)[:MOST_ALIKE])
    return FieldFault(
        field, "several_people" if alike else "nobody_called_so", {"value": text[:80], "known": known}
    )
