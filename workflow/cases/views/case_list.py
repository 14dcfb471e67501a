"""Reading across cases: where they stand, what is stalled, and how many heads are members."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import orjson

from states.errors import UnknownId
from states.record.case_record import Record
from states.rulebook.loading import NoEdition
from states.vocabulary import Person
from workflow.cases.commands.carry_over import apply_due_carry_overs
from workflow.cases.facts import FactsBuilder
from workflow.core.text import sort_key
from workflow.office import Office
from workflow.register.person_record import decrypt_person
from workflow.register.place_names import place_order
from workflow.storage import reads
from workflow.storage.reads import Connection
from workflow.storage.register_snapshot import RegisterSnapshot, group_by, holds_on, list_units_above
from workflow.storage.tables.cases import CaseRow, ClockRow
from workflow.storage.tables.register import MembershipRow, PostRow, RegisterRow, TenureRow, UnitRow

View = dict[str, Any]
R = TypeVar("R", bound=RegisterRow)


class NoSuchUnit(UnknownId):
    """No unit has this id on that day."""

    code = "unknown_unit"
    advice = "advice.unknown_unit"

    def __init__(self, unit: str, known: Iterable[str]) -> None:
        super().__init__(unit)
        self.unit, self.known = unit, tuple(known)


def list_case_views(
    office: Office, language: str, *, unit: str | None = None, state: str | None = None, stalled: bool = False
) -> list[View]:
    """Cases, those longest past a deadline first, then by village. Without a state, only open ones.

    ``unit``: that unit and all below it. ``stalled``: past a legal or an unpaused house deadline.
    Raises `UnknownUnit`.
    """
    with office.database.read_transaction() as connection:
        today, snapshot = office.resolve_day(reads.load_today(connection)), office.snapshot_for_reading(connection)
        units = _units_below(snapshot, unit, today)
        placed_rows = [
            (row, _current_state(office, snapshot, connection, row, today))
            for row in reads.load_cases(connection, units=units)
        ]
        states = {row.id: at for row, at in placed_rows if at == state or (not state and row.closed_on is None)}
        rows = [row for row, _ in placed_rows if row.id in states]
        late = _late_by_case(reads.load_late_clocks(connection, today))
        if stalled:
            rows = [row for row in rows if row.id in late]
        names = _load_people(office, snapshot, connection, {row.person_id for row in rows}, today)
        views = [
            _build_case_row(
                office, snapshot, row, states[row.id], names[row.person_id], late.get(row.id, []), today, language
            )
            for row in rows
        ]
    return sorted(views, key=_urgency_key)


def _urgency_key(view: View) -> tuple[int, tuple[str, ...], str]:
    return -view["days_late"], place_order(view["unit"]["name"]), sort_key(view["person"]["name"])


def _units_below(snapshot: RegisterSnapshot, unit: str | None, day: date) -> set[str] | None:
    if unit is None:
        return None
    if snapshot.find_unit(unit, day) is None:
        raise NoSuchUnit(unit, snapshot.units)
    return snapshot.units_below(unit, day)


def _current_state(
    office: Office, snapshot: RegisterSnapshot, connection: Connection, row: CaseRow, today: date
) -> str:
    """The state of a case; where its step is gone and nobody has touched it since, the one it was carried over to."""
    state = office.rulebook.edition_on(row.pipeline, today).states.get(row.state)
    if state is not None and state.only_where.has is None:
        return row.state
    record = Record.from_json(orjson.loads(row.record))

    def person(id_: str) -> Person:
        return _load_people(office, snapshot, connection, {id_}, today)[id_]

    apply_due_carry_overs(FactsBuilder(office, snapshot, record, row.person_id, person), today)
    return record.state


def _late_by_case(clocks: Iterable[ClockRow]) -> dict[str, list[ClockRow]]:
    by_case: dict[str, list[ClockRow]] = {}
    for clock in clocks:
        by_case.setdefault(clock.case_id, []).append(clock)
    return by_case


def _load_people(
    office: Office, snapshot: RegisterSnapshot, connection: Connection, ids: set[str], day: date
) -> dict[str, Person]:
    return {
        row.id: decrypt_person(office.vault, row.id, row.key, row.sealed, snapshot.get_membership(row.id, day))
        for row in reads.load_people(connection, ids)
    }


def _build_case_row(
    office: Office,
    snapshot: RegisterSnapshot,
    row: CaseRow,
    at: str,
    person: Person,
    late: Sequence[ClockRow],
    today: date,
    language: str,
) -> View:
    edition = office.rulebook.edition_on(row.pipeline, today)
    state = edition.states[at]
    unit = snapshot.find_unit(row.unit_id, today)
    line = snapshot.units_above(row.unit_id, today)
    return {
        "case": row.id,
        "pipeline": row.pipeline,
        "person": {"id": person.id, "name": person.name},
        "unit": {"id": row.unit_id, "name": unit.name if unit else row.unit_id},
        "above": [{"id": unit_above.id, "name": unit_above.name} for unit_above in line[1:]],
        "state": {"id": at, "label": state.label.in_language(language)},
        "turn": state.turn,
        "turn_label": edition.organs[state.turn].label.in_language(language) if state.turn else None,
        "version": row.version,
        "opened_on": row.opened_on,
        "closed_on": row.closed_on,
        "stalled": bool(late),
        "days_late": max(((today - clock.due).days for clock in late if clock.due), default=0),
        "late": [{"name": clock.name, "kind": clock.kind, "organ": clock.organ, "due": clock.due} for clock in late],
    }


# --- coverage ----------------------------------------------------------------------------------------------------

COUNT_NAMES = ("posts", "members", "probationary", "combined", "vacant", "remaining")


def count_coverage(office: Office, *, on: date | None = None, as_known_on: date | None = None) -> View:
    """How many heads are members, in all and per commune, on a day; as known now, or as it was known on a day.

    ``members`` counts probationary heads too, who are also shown apart; ``combined``: head and branch secretary in one;
    posts = members + remaining + vacant.
    """
    with office.database.read_transaction() as connection:
        day = on or office.resolve_day(reads.load_today(connection))
        posts = _rows_on(connection, PostRow, day, as_known_on)
        tenures = {row.post_id: row for row in _rows_on(connection, TenureRow, day, as_known_on)}
        status = {row.person_id: row.status for row in _rows_on(connection, MembershipRow, day, as_known_on)}
        units = group_by(_rows_of_any_day(connection, UnitRow, as_known_on), "id")
    level = _coverage_level(office, day)
    total: Counter[str] = Counter()
    per: dict[str, Counter[str]] = {}
    names: dict[str, str] = {}
    for post in posts:
        counts = _count_post(tenures.get(post.id), status)
        total.update(counts)
        over = _find_unit_over(units, post.unit_id, day, level)
        names[over.id if over else ""] = over.name if over else ""
        per.setdefault(over.id if over else "", Counter()).update(counts)
    communes = [{"unit": id_, "name": names[id_]} | _with_zeros(counts) for id_, counts in per.items()]
    return {
        "on": day,
        "as_known_on": as_known_on,
        "total": _with_zeros(total),
        "communes": sorted(communes, key=lambda commune: place_order(str(commune["name"]))),
    }


def _rows_on(connection: Connection, model: type[R], day: date, as_known_on: date | None) -> list[R]:
    """The rows that hold on a day, as known now or as known then."""
    return [row for row in _rows_of_any_day(connection, model, as_known_on) if holds_on(row, day)]


def _rows_of_any_day(connection: Connection, model: type[R], as_known_on: date | None) -> list[R]:
    """The rows of any day, as known now or as known then."""
    rows = reads.load_register_rows(connection, model, retired=as_known_on is not None)
    return [row for row in rows if _was_known(row, as_known_on)]


def _coverage_level(office: Office, day: date) -> str | None:
    """The level whose units have a row each, by the edition of the day; before all editions, by the first."""
    pipeline = office.rulebook.pipelines[0]
    try:
        return office.rulebook.edition_on(pipeline, day).coverage_level
    except NoEdition:
        return office.rulebook.load_edition(pipeline, office.rulebook.list_editions(pipeline)[0]).coverage_level


def _find_unit_over(units: Mapping[str, Iterable[UnitRow]], id_: str, day: date, level: str | None) -> UnitRow | None:
    """The unit of a level over a village (without a level: the next one), on a day; None where there is none."""
    line = list_units_above(units, id_, day)
    return next((unit for unit in (line if level else line[1:]) if level in (unit.level, None)), None)


def _was_known(row: RegisterRow, known_on: date | None) -> bool:
    if known_on is None:
        return True
    return row.recorded_on <= known_on and (row.retired_on is None or row.retired_on > known_on)


def _count_post(tenure: TenureRow | None, status: dict[str, str]) -> dict[str, int]:
    if tenure is None:
        return {"posts": 1, "vacant": 1}
    membership = status.get(tenure.person_id, "none")
    return {
        "posts": 1,
        "members": int(membership != "none"),
        "probationary": int(membership == "probationary"),
        "combined": int(tenure.secretary),
        "remaining": int(membership == "none"),
    }


def _with_zeros(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in COUNT_NAMES}
