"""The time machine: a sample office's days go forward, one by one, and what its data says of later days happens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from states.loading import Rulebook
from workflow.carrying import carry_all
from workflow.office import Office
from workflow.registrar import Registrar, Who
from workflow.sample.building import sample_data
from workflow.store import reading, store
from workflow.tree import holds

Progress = Callable[[int, int], None]


class NotASample(Exception):
    """A real office lives by the real day."""


@dataclass
class Moved:
    """From which day to which, and the cases carried over on the way."""

    before: date
    after: date
    carried: list[tuple[str, str]] = field(default_factory=list)


def move_clock(office: Office, days: int, told: Progress | None = None) -> Moved:
    """Move a sample office forward by ``days`` calendar days. Each day is whole when the next begins.

    Raises `NotASample`.
    """
    with office.database.reading() as connection:
        row = reading.office(connection)
    if row.sample is None or row.today is None:
        raise NotASample
    later = sample_data(row.sample).land.get("later", {})
    moved = Moved(row.today, row.today)
    starts = _first_days(office.rulebook)
    for number in range(1, days + 1):
        moved.after = moved.before + timedelta(days=number)
        with office.writing() as (work, ledger):
            store.set_today(work, moved.after)
            if moved.after in later:
                who = Who("tochuc.huyen", "may-huyen")
                _happen(office, Registrar(office, work, ledger, who), moved.after, later[moved.after])
        if moved.after in starts or moved.after in later:
            moved.carried += carry_all(office, moved.after)
        if told:
            told(number, days)
    return moved


def _first_days(book: Rulebook) -> set[date]:
    """The days on which an edition comes into force."""
    return {book.edition(pipeline, one).in_force for pipeline in book.pipelines for one in book.editions(pipeline)}


def _happen(office: Office, books: Registrar, day: date, what: dict[str, Any]) -> None:
    """The district ends: communes come directly under the new province and decide themselves."""
    tree, last = office.tree(books.work, books.ledger), day - timedelta(days=1)
    province = what["province"]
    books.add(
        "units", day, id=province["id"], name=province["name"], level="province", parent=None, organs="supervisor"
    )
    for id_ in what["ends"]:
        for row in tree.units[id_]:
            books.end("units", row, last, successor=province["id"])
    for rows in list(tree.units.values()):
        for row in rows:
            if row.level == "commune" and holds(row, last) and row.valid_to is None:
                books.end("units", row, last)
                books.add(
                    "units", day, id=row.id, name=row.name, level="commune", parent=province["id"], organs="authority"
                )
    for grants in list(tree.grants.values()):
        for grant in grants:
            if grant.unit_id in what["ends"] and grant.valid_to is None:
                books.end("grants", grant, last)
    person = next(iter(tree.users["tochuc.huyen"])).person_id
    books.add("users", day, id=what["staff"], person_id=person)
    books.add("grants", day, user_id=what["staff"], role="province_staff", unit_id=province["id"])
