"""Each table beside what the events say of it: whatever was edited, added or taken out by hand shows here."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import orjson

from workflow.cases import document_number_queries
from workflow.cases.deadline_recount import basis
from workflow.cases.derived_rows import clock_row
from workflow.core.crypto import Unreadable
from workflow.dossier import paper_queries
from workflow.office import Office
from workflow.operations.verify.replay import Broken, Replay, Sealed
from workflow.storage import reads
from workflow.storage.reads import Connection
from workflow.storage.tables import REGISTER, Registered

ELSEWHERE = {"n", "retired_on", "retired_n"}
"""Columns of the register that a row's own event does not speak of."""


def _file(_office: Office, connection: Connection, _replay: Replay) -> Iterator[Broken]:
    """The file itself: a spoilt index would hide rows that are there."""
    if found := reads.damage(connection):
        yield Broken(0, "file_damaged", found)


def _office(_office: Office, connection: Connection, replay: Replay) -> Iterator[Broken]:
    """The office's own row: its name, and the sample that it is, with the day of its time machine."""
    row = reads.office(connection)
    if {"name": row.name, "sample": row.sample, "today": _iso(row.today)} != replay.office_row:
        yield Broken(replay.office_n, "office_differs", row.name)


def _cases(office: Office, connection: Connection, replay: Replay) -> Iterator[Broken]:
    yield from replay.fold_corrected(connection)
    stored = {row.id: row for row in reads.cases(connection)}
    today = office.day(reads.today(connection))
    for case, record in replay.records.items():
        row = stored.pop(case, None)
        if case in replay.failed:
            continue
        if row is None:
            yield Broken(replay.last[case], "case_lost", case)
            continue
        opened, state = replay.opened[case], office.rulebook.edition_on(record.pipeline, today).states.get(record.state)
        expected = {
            "pipeline": record.pipeline,
            "person_id": opened["person"],
            "unit_id": record.unit,
            "state": record.state,
            "opened_on": date.fromisoformat(opened["on"]),
            "closed_on": date.fromisoformat(record.last_on) if state and state.end and record.last_on else None,
            "version": record.seq,
        }
        held = row.model_dump(exclude={"id", "record"})
        if held != expected or _json(row.record) != record.to_json():
            yield Broken(replay.last[case], "case_differs", case)
    for case in stored:
        yield Broken(0, "case_without_events", case)


def _json(text: str) -> object:
    try:
        return orjson.loads(text)
    except ValueError:
        return None


def _clocks(office: Office, connection: Connection, replay: Replay) -> Iterator[Broken]:
    """Stored deadlines are what the events give; skipped while config or rules have changed since they were counted."""
    if reads.office(connection).basis not in ("", basis(office)):
        return
    tree, today = office.tree_in(connection), office.day(reads.today(connection))
    expected: dict[str, list[dict[str, Any]]] = {}
    for case, record in replay.records.items():
        if case in replay.failed:
            continue
        edition = office.rulebook.edition_on(record.pipeline, today)
        clocks = office.clocks(record, edition, tree)
        expected[case] = [clock_row(case, clock) for clock in clocks if clock.seq is not None]
    yield from _beside("clocks_differ", expected, reads.clocks_by_case(connection), replay)


def _votes(_office: Office, connection: Connection, replay: Replay) -> Iterator[Broken]:
    expected = {case: list(votes.values()) for case, votes in replay.votes.items()}
    yield from _beside("votes_differ", expected, reads.votes_by_case(connection), replay)


def _numbers(_office: Office, connection: Connection, replay: Replay) -> Iterator[Broken]:
    expected = {case: [row for rows in held.values() for row in rows] for case, held in replay.numbers.items()}
    yield from _beside("numbers_differ", expected, document_number_queries.by_case(connection), replay)


Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def _beside(code: str, expected: Rows, stored: Rows, replay: Replay) -> Iterator[Broken]:
    """Rows of each case that could be replayed, in whatever order they stand."""
    for case in {*expected, *stored} - replay.failed:
        if sorted(map(_text, expected.get(case, ()))) != sorted(map(_text, stored.get(case, ()))):
            yield Broken(replay.last.get(case, 0), code, case)


def _text(row: Mapping[str, Any]) -> str:
    return repr(sorted(row.items()))


def _register(_office: Office, connection: Connection, replay: Replay) -> Iterator[Broken]:
    expected = dict(replay.rows)
    for table, model in REGISTER.items():
        for row in reads.register(connection, model, retired=True):
            said = expected.pop((table, row.n), None)
            if said is None:
                yield Broken(row.n, "row_without_event", table)
                continue
            if _differs(row, said):
                yield Broken(row.n, "row_differs", table)
            n, on = replay.retired.get((table, row.n), (None, None))
            if (row.retired_n, _iso(row.retired_on)) != (n, on):
                yield Broken(n or row.n, "row_differs", table)
    for table, n in expected:
        yield Broken(n, "row_lost", table)


def _differs(row: Registered, said: Mapping[str, Any]) -> bool:
    fields = type(row).model_fields
    stored = {name: _iso(value) for name, value in row.model_dump(exclude=ELSEWHERE).items()}
    defaults = {name: _iso(fields[name].default) for name in stored}
    return stored != {**defaults, **said}


def _iso(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _snoozes(_office: Office, connection: Connection, replay: Replay) -> Iterator[Broken]:
    """Who asked not to be told of what, until when."""
    stored = reads.snoozes(connection)
    for n in sorted({*stored, *replay.snoozes}):
        if stored.get(n) != replay.snoozes.get(n):
            yield Broken(n, "row_differs", "snoozes")


def _papers(_office: Office, connection: Connection, replay: Replay) -> Iterator[Broken]:
    """Which papers are kept as files; their bytes stand among the texts."""
    stored = paper_queries.everything(connection)
    for n in sorted({*stored, *replay.papers}):
        if stored.get(n) != replay.papers.get(n):
            yield Broken(n, "row_differs", "papers")


def _people(office: Office, connection: Connection, replay: Replay) -> Iterator[Broken]:
    expected = dict(replay.people)
    for row in reads.people(connection):
        said = expected.pop(row.id, None)
        if said is None:
            yield Broken(0, "person_without_event", row.id)
        elif row.key is not None and _digest(office, row.key, row.sealed, said) != said.digest:
            yield Broken(said.n, "person_differs", row.id)
    for person, said in expected.items():
        yield Broken(said.n, "person_lost", person)


def _texts(office: Office, connection: Connection, replay: Replay) -> Iterator[Broken]:
    """The words of acts; those of a forgotten person may be gone."""
    keys: Mapping[str, bytes | None] = {row.id: row.key for row in reads.people(connection)}
    expected = dict(replay.texts)
    for row in reads.all_texts(connection):
        said = expected.pop((row.n, row.field), None)
        if said is None:
            yield Broken(row.n, "text_without_event", row.field)
            continue
        key = keys.get(said.person)
        if row.person_id != said.person or (key is not None and _digest(office, key, row.sealed, said) != said.digest):
            yield Broken(row.n, "text_differs", row.field)
    for (n, name), said in expected.items():
        if keys.get(said.person) is not None:
            yield Broken(n, "text_lost", name)


def _digest(office: Office, key: bytes, sealed: bytes | None, said: Sealed) -> str:
    if sealed is None:
        return "lost"
    try:
        return hashlib.sha256(office.vault.open(bytes(key), bytes(sealed), said.about)).hexdigest()
    except Unreadable:
        return "unreadable"


CHECKS: dict[str, Callable[[Office, Connection, Replay], Iterator[Broken]]] = {
    "file": _file,
    "office": _office,
    "cases": _cases,
    "clocks": _clocks,
    "votes": _votes,
    "numbers": _numbers,
    "register": _register,
    "snoozes": _snoozes,
    "papers": _papers,
    "people": _people,
    "texts": _texts,
}
"""In this order: clocks and votes are laid beside cases that corrections have folded anew."""
