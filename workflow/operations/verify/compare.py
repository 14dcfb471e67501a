"""Each table is compared with what the events say of it.

Whatever was edited, added or taken out by hand shows here.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import orjson

from states.rulebook.released import compute_revision
from workflow.cases import document_number_queries
from workflow.cases.deadline_recount import compute_basis
from workflow.cases.derived_rows import build_clock_row
from workflow.core.crypto import DecryptionFailed
from workflow.dossier import paper_queries
from workflow.office import Office
from workflow.operations.verify.replay import ContentDigest, Discrepancy, Replay
from workflow.storage import reads
from workflow.storage.reads import Connection
from workflow.storage.tables.register import REGISTER, RegisterRow

BOOKKEEPING_COLUMNS = {"n", "retired_on", "retired_n"}
"""Columns of the register that a row's own event does not speak of."""


def _compare_file(_office: Office, connection: Connection, _replay: Replay) -> Iterator[Discrepancy]:
    """Check the database file itself: a damaged index would hide rows."""
    if damage := reads.find_damage(connection):
        yield Discrepancy(0, "file_damaged", damage)


def _compare_office(_office: Office, connection: Connection, replay: Replay) -> Iterator[Discrepancy]:
    """The office's own row: its name, and the sample that it is, with the day of its time machine."""
    row = reads.load_office(connection)
    if {"name": row.name, "sample": row.sample, "today": _to_iso(row.today)} != replay.office_row:
        yield Discrepancy(replay.office_n, "office_differs", row.name)


def _compare_cases(office: Office, connection: Connection, replay: Replay) -> Iterator[Discrepancy]:
    yield from replay.fold_anew(connection)
    stored = {row.id: row for row in reads.load_cases(connection)}
    today = office.resolve_day(reads.load_today(connection))
    for case, record in replay.records.items():
        row = stored.pop(case, None)
        if case in replay.failed:
            continue
        if row is None:
            yield Discrepancy(replay.last_n[case], "case_lost", case)
            continue
        opening, state = (
            replay.opening_events[case],
            office.rulebook.edition_on(record.pipeline, today).states.get(record.state),
        )
        expected = {
            "pipeline": record.pipeline,
            "person_id": opening["person"],
            "unit_id": record.unit,
            "state": record.state,
            "opened_on": date.fromisoformat(opening["on"]),
            "closed_on": date.fromisoformat(record.last_on)
            if state and state.end and record.last_on
            else None,
            "version": record.seq,
        }
        columns = row.model_dump(exclude={"id", "record"})
        if columns != expected or _parse_json(row.record) != record.to_json():
            yield Discrepancy(replay.last_n[case], "case_differs", case)
    for case in stored:
        yield Discrepancy(0, "case_without_events", case)


def _parse_json(text: str) -> object:
    try:
        return orjson.loads(text)
    except ValueError:
        return None


def _compare_clocks(office: Office, connection: Connection, replay: Replay) -> Iterator[Discrepancy]:
    """Stored deadlines are what the events give.

    Skipped while config or rules have changed since they were counted.
    """
    if reads.load_office(connection).basis not in ("", compute_basis(office)):
        return
    snapshot, today = (
        office.snapshot_for_reading(connection),
        office.resolve_day(reads.load_today(connection)),
    )
    expected: dict[str, list[dict[str, Any]]] = {}
    for case, record in replay.records.items():
        if case in replay.failed:
            continue
        edition = office.rulebook.edition_on(record.pipeline, today)
        clocks = office.list_clocks(record, edition, snapshot)
        expected[case] = [build_clock_row(case, clock) for clock in clocks if clock.seq is not None]
    yield from _compare_rows("clocks_differ", expected, reads.load_clocks_by_case(connection), replay)


def _compare_votes(_office: Office, connection: Connection, replay: Replay) -> Iterator[Discrepancy]:
    expected = {case: list(votes.values()) for case, votes in replay.votes.items()}
    yield from _compare_rows("votes_differ", expected, reads.load_votes_by_case(connection), replay)


def _compare_numbers(_office: Office, connection: Connection, replay: Replay) -> Iterator[Discrepancy]:
    expected = {
        case: [row for rows in by_event.values() for row in rows] for case, by_event in replay.numbers.items()
    }
    yield from _compare_rows(
        "numbers_differ", expected, document_number_queries.load_numbers_by_case(connection), replay
    )


Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def _compare_rows(code: str, expected: Rows, stored: Rows, replay: Replay) -> Iterator[Discrepancy]:
    """Rows of each case that could be replayed, in whatever order they stand."""
    for case in {*expected, *stored} - replay.failed:
        if sorted(map(_sort_text, expected.get(case, ()))) != sorted(map(_sort_text, stored.get(case, ()))):
            yield Discrepancy(replay.last_n.get(case, 0), code, case)


def _sort_text(row: Mapping[str, Any]) -> str:
    return repr(sorted(row.items()))


def _compare_register(_office: Office, connection: Connection, replay: Replay) -> Iterator[Discrepancy]:
    expected = dict(replay.rows)
    for table, model in REGISTER.items():
        for row in reads.load_register_rows(connection, model, retired=True):
            values = expected.pop((table, row.n), None)
            if values is None:
                yield Discrepancy(row.n, "row_without_event", table)
                continue
            if _row_differs(row, values):
                yield Discrepancy(row.n, "row_differs", table)
            n, on = replay.retired.get((table, row.n), (None, None))
            if (row.retired_n, _to_iso(row.retired_on)) != (n, on):
                yield Discrepancy(n or row.n, "row_differs", table)
    for table, n in expected:
        yield Discrepancy(n, "row_lost", table)


def _row_differs(row: RegisterRow, values: Mapping[str, Any]) -> bool:
    fields = type(row).model_fields
    stored = {name: _to_iso(value) for name, value in row.model_dump(exclude=BOOKKEEPING_COLUMNS).items()}
    defaults = {name: _to_iso(fields[name].default) for name in stored}
    return stored != {**defaults, **values}


def _to_iso(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _compare_snoozes(_office: Office, connection: Connection, replay: Replay) -> Iterator[Discrepancy]:
    """Who asked not to be told of what, until when."""
    stored = reads.load_snoozes(connection)
    for n in sorted({*stored, *replay.snoozes}):
        if stored.get(n) != replay.snoozes.get(n):
            yield Discrepancy(n, "row_differs", "snoozes")


def _compare_papers(_office: Office, connection: Connection, replay: Replay) -> Iterator[Discrepancy]:
    """Which papers are kept as files; their bytes stand among the texts."""
    stored = paper_queries.load_all_papers(connection)
    for n in sorted({*stored, *replay.papers}):
        if stored.get(n) != replay.papers.get(n):
            yield Discrepancy(n, "row_differs", "papers")


def _compare_revisions(_office: Office, connection: Connection, replay: Replay) -> Iterator[Discrepancy]:
    """By which revisions acts were judged since when, and the texts of those that are the office's own."""
    rows = reads.load_revisions(connection)
    stored = {(row.n, row.pipeline, row.edition, row.revision) for row in rows}
    expected = set(replay.revisions)
    waiting = not stored and all(n == 0 for n, *_ in expected)  # no upgrade has noted any yet
    for n, pipeline, edition, _ in sorted(set() if waiting else stored ^ expected, key=repr):
        yield Discrepancy(n, "row_differs", f"revisions {pipeline}/{edition}")
    for row in rows:
        if row.text is not None and compute_revision(row.text) != row.revision:
            yield Discrepancy(row.n, "row_differs", f"revisions {row.pipeline}/{row.edition}")


def _compare_people(office: Office, connection: Connection, replay: Replay) -> Iterator[Discrepancy]:
    expected = dict(replay.people)
    for row in reads.load_people(connection):
        digest = expected.pop(row.id, None)
        if digest is None:
            yield Discrepancy(0, "person_without_event", row.id)
        elif row.key is not None and _compute_digest(office, row.key, row.sealed, digest) != digest.digest:
            yield Discrepancy(digest.n, "person_differs", row.id)
    for person, digest in expected.items():
        yield Discrepancy(digest.n, "person_lost", person)


def _compare_texts(office: Office, connection: Connection, replay: Replay) -> Iterator[Discrepancy]:
    """The encrypted texts of acts; those of a forgotten person may be missing."""
    keys: Mapping[str, bytes | None] = {row.id: row.key for row in reads.load_people(connection)}
    expected = dict(replay.texts)
    for row in reads.load_all_texts(connection):
        digest = expected.pop((row.n, row.field), None)
        if digest is None:
            yield Discrepancy(row.n, "text_without_event", row.field)
            continue
        key = keys.get(digest.person)
        if row.person_id != digest.person or (
            key is not None and _compute_digest(office, key, row.sealed, digest) != digest.digest
        ):
            yield Discrepancy(row.n, "text_differs", row.field)
    for (n, name), digest in expected.items():
        if keys.get(digest.person) is not None:
            yield Discrepancy(n, "text_lost", name)


def _compute_digest(office: Office, key: bytes, sealed: bytes | None, content: ContentDigest) -> str:
    if sealed is None:
        return "lost"
    try:
        return hashlib.sha256(office.vault.decrypt(bytes(key), bytes(sealed), content.about)).hexdigest()
    except DecryptionFailed:
        return "unreadable"


CHECKS: dict[str, Callable[[Office, Connection, Replay], Iterator[Discrepancy]]] = {
    "file": _compare_file,
    "office": _compare_office,
    "cases": _compare_cases,
    "clocks": _compare_clocks,
    "votes": _compare_votes,
    "numbers": _compare_numbers,
    "register": _compare_register,
    "snoozes": _compare_snoozes,
    "papers": _compare_papers,
    "revisions": _compare_revisions,
    "people": _compare_people,
    "texts": _compare_texts,
}
"""In this order: clocks and votes are laid beside cases that corrections have folded anew."""
