"""Planned changes are written in batches.

All within the one transaction of the import.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from workflow.register.roster.import_row import ImportEntry
from workflow.register.session import RegisterSession

BATCH_SIZE = 1000
"""Rows of the file written at a time."""

TABLE_ORDER = ("units", "posts", "tenures", "memberships")
"""In the order in which they are written; people come before whatever names them."""


def write_entries(
    register: RegisterSession,
    communes: Sequence[dict[str, Any]],
    entries: Sequence[ImportEntry],
    on_progress: Callable[[int], None] | None = None,
) -> None:
    """Write new communes, then what each row brings."""
    if communes:
        register.writer.add_rows("units", communes)
    for start in range(0, len(entries), BATCH_SIZE):
        _write_batch(register, entries[start : start + BATCH_SIZE])
        if on_progress:
            on_progress(min(start + BATCH_SIZE, len(entries)))


def _write_batch(register: RegisterSession, entries: Sequence[ImportEntry]) -> None:
    for entry in entries:
        for table, row, last in entry.ends:
            if last is None:
                register.writer.retire_row(table, row)
            else:
                register.writer.end_row(table, row, last)
    register.writer.add_people(entry.new_person for entry in entries if entry.new_person)
    for entry in entries:
        if entry.changed_person is not None:
            register.writer.change_person(
                register.get_person_key(entry.changed_person.id), entry.changed_person
            )
    for table in TABLE_ORDER:
        if rows := list(_rows_of_table(entries, table)):
            register.writer.add_rows(table, rows)


def _rows_of_table(entries: Iterable[ImportEntry], table: str) -> Iterable[dict[str, Any]]:
    return (row for entry in entries for name, row in entry.adds if name == table)
