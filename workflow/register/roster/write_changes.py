"""Writing what the rows of an import bring: in batches, within the one transaction of the import."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from workflow.register.roster.import_row import Entry
from workflow.register.session import Register

BATCH = 1000
"""Rows of the file written at a time."""

TABLES = ("units", "posts", "tenures", "memberships")
"""In the order in which they are written; people come before whatever names them."""


def write(
    register: Register,
    communes: Sequence[dict[str, Any]],
    entries: Sequence[Entry],
    on_progress: Callable[[int], None] | None = None,
) -> None:
    """Write new communes, then what each row brings."""
    if communes:
        register.pen.add_many("units", communes)
    for start in range(0, len(entries), BATCH):
        _write(register, entries[start : start + BATCH])
        if on_progress:
            on_progress(min(start + BATCH, len(entries)))


def _write(register: Register, entries: Sequence[Entry]) -> None:
    for entry in entries:
        for table, row, last in entry.ends:
            if last is None:
                register.pen.retire(table, row)
            else:
                register.pen.end(table, row, last)
    register.pen.add_people(entry.new_person for entry in entries if entry.new_person)
    for entry in entries:
        if entry.changed_person is not None:
            register.pen.change_person(register.person(entry.changed_person.id), entry.changed_person)
    for table in TABLES:
        if rows := list(_rows(entries, table)):
            register.pen.add_many(table, rows)


def _rows(entries: Iterable[Entry], table: str) -> Iterable[dict[str, Any]]:
    return (row for entry in entries for name, row in entry.adds if name == table)
