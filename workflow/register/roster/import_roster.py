"""An import settles every row, then writes all in one transaction.

Place, person and change of a row are settled in this order.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from workflow.core.input import FieldFault, InvalidInput
from workflow.office import Office
from workflow.register.roster.file_reader import read_roster
from workflow.register.roster.import_result import ImportResult, RowResult
from workflow.register.roster.import_row import ImportEntry
from workflow.register.roster.match_people import DECISIONS, PersonMatcher
from workflow.register.roster.match_places import PlaceMatcher
from workflow.register.roster.plan_changes import ChangePlanner
from workflow.register.roster.rows import Roster, RosterFault
from workflow.register.roster.write_changes import write_entries
from workflow.register.session import RegisterSession, open_register
from workflow.register.views.outcomes import FlaggedCaseView
from workflow.register.writer import Who
from workflow.storage.engine import Connection
from workflow.storage.register_snapshot import RegisterSnapshot

NO_DECISIONS: Mapping[str, str] = {}


FollowChanges = Callable[[RegisterSession, Collection[str]], tuple[FlaggedCaseView, ...]]
"""What is done about people of whom the register says something new; the cases that got flags."""


def follow_nobody(_register: RegisterSession, _people: Collection[str]) -> tuple[FlaggedCaseView, ...]:
    """For an office in which no case is open yet."""
    return ()


class ImportProgress(Protocol):
    """Hears how many rows are done, and of how many; ``total`` is not known while the file is read."""

    def __call__(self, done: int, total: int | None = None) -> None:
        """Hear it."""


def import_roster(  # noqa: PLR0913 - one keyword for each choice, as the doors offer them
    office: Office,
    path: Path,
    who: Who,
    *,
    dry_run: bool = False,
    skip_bad: bool = False,
    create_units: bool = False,
    decisions: Mapping[str, str] = NO_DECISIONS,
    on_progress: ImportProgress | None = None,
    follow: FollowChanges = follow_nobody,
) -> ImportResult:
    """Bring a roster (.xlsx, .csv) into the register; the result says of every row what it brings.

    ``follow``: what else is done, in the same transaction, about those of whom it says something new.

    Nothing is written in a ``dry_run``, nor while any row is bad or waits for a decision; with ``skip_bad``
    such rows are left out. A file that cannot be read as a whole is never written. ``create_units`` makes
    communes that are not there. ``decisions``: by row number or by person id, whether who is named and who is
    known are the "same" person, or somebody "new". Raises `InvalidInput` for another decision; an exception
    on the way leaves nothing written.
    """
    _check_decisions(decisions)
    today = office.read_today()
    roster = read_roster(path, today=today, on_progress=on_progress)
    whole = tuple(fault for fault in roster.faults if fault.row is None)
    if dry_run or whole:
        with office.database.read_transaction() as connection:
            entries, _ = _settle_entries(
                office,
                connection,
                office.snapshot_for_reading(connection),
                today,
                roster,
                create_units,
                decisions,
            )
        return _build_result(today, roster, entries, dry_run=dry_run)
    with open_register(office, who) as register:
        connection, day = register.tx.connection, register.today
        entries, communes = _settle_entries(
            office, connection, register.snapshot, day, roster, create_units, decisions
        )
        result = _build_result(day, roster, entries, dry_run=False)
        if result.in_the_way and not skip_bad:
            return result
        return _write_import(register, result, roster, entries, communes, on_progress, follow)


def _check_decisions(decisions: Mapping[str, str]) -> None:
    options = ", ".join(DECISIONS)
    faults = [
        FieldFault(f"decide {what}", "not_an_option", {"value": decision, "options": options})
        for what, decision in decisions.items()
        if decision not in DECISIONS
    ]
    if faults:
        raise InvalidInput(faults)


def _settle_entries(
    office: Office,
    connection: Connection,
    tree: RegisterSnapshot,
    day: date,
    roster: Roster,
    create_units: bool,  # noqa: FBT001 - passed on from the option
    decisions: Mapping[str, str],
) -> tuple[list[ImportEntry], list[dict[str, Any]]]:
    """Every row with what it brings, and the communes that have to be made."""
    entries = [ImportEntry(row) for row in roster.rows]
    places = PlaceMatcher(office, connection, tree, day, create=create_units)
    places.match_places(entries)
    people = PersonMatcher(office, connection, tree, day)
    people.match_people(entries, decisions)
    changes = ChangePlanner(people, tree, day, secretaries=any(row.branch_secretary for row in roster.rows))
    for entry in entries:
        if entry.what not in ("bad", "duplicate"):
            changes.plan_row(entry)
    _check_twins(entries)
    used = {entry.commune for entry in entries if entry.what not in ("bad", "duplicate")}
    return entries, [row for id_, row in places.new_communes.items() if id_ in used]


def _check_twins(entries: Iterable[ImportEntry]) -> None:
    """A row that names the new person of another row fails if that row fails."""
    good = {entry.row.row for entry in entries if entry.what not in ("bad", "duplicate")}
    for entry in entries:
        if entry.row.row in good and entry.other_row is not None and entry.other_row not in good:
            entry.add_fault("other_row_bad", "name", other=entry.other_row)


def _build_result(
    day: date,
    roster: Roster,
    entries: Iterable[ImportEntry],
    *,
    dry_run: bool,
    written: bool = False,
    events: int = 0,
) -> ImportResult:
    """What is told of the import: the rows as settled, between them those that could not be read."""
    unread: dict[int, list[RosterFault]] = {}
    for fault in roster.faults:
        if fault.row is not None:
            unread.setdefault(fault.row, []).append(fault)
    rows = [
        entry.build_result(written=written and entry.what not in ("bad", "duplicate")) for entry in entries
    ]
    rows += [RowResult(row, "bad", faults=tuple(faults)) for row, faults in unread.items()]
    return ImportResult(
        day=day,
        dry_run=dry_run,
        written=written,
        rows=tuple(sorted(rows, key=lambda row_result: row_result.row)),
        faults=tuple(fault for fault in roster.faults if fault.row is None),
        notices=roster.notices,
        events=events,
    )


def _write_import(
    register: RegisterSession,
    result: ImportResult,
    roster: Roster,
    entries: list[ImportEntry],
    communes: list[dict[str, Any]],
    on_progress: ImportProgress | None,
    follow: FollowChanges,
) -> ImportResult:
    changed_entries = [entry for entry in entries if entry.what not in ("unchanged", "bad", "duplicate")]
    before = register.writer.ledger.head.n
    total = len(changed_entries)
    write_entries(
        register, communes, changed_entries, (lambda done: on_progress(done, total)) if on_progress else None
    )
    events = register.writer.ledger.head.n - before
    flagged = follow(
        register, {person for entry in changed_entries for person in entry.list_changed_people()}
    )
    outcome = _build_result(result.day, roster, entries, dry_run=False, written=True, events=events)
    return replace(outcome, flagged=flagged)
