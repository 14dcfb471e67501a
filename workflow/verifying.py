"""Proving the record: the chain holds, the seal fits, and the events alone give exactly what is stored."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson

from states.journey import Record, apply, fold
from workflow.history import GENESIS, Head, link, seal_of
from workflow.office import Office
from workflow.recount import basis
from workflow.rows import clock_row
from workflow.store import reading
from workflow.store.reading import Connection, Row
from workflow.store.tables import REGISTER
from workflow.vault import Unreadable

Progress = Callable[[int, int], None]
EVERY = 1000
ELSEWHERE = frozenset({"n", "retired_on", "retired_n"})
"""Columns of the register that a row's own event does not speak of."""


@dataclass(frozen=True, order=True)
class Broken:
    """One thing that does not hold: the number of the event it is at, a code that the catalogue words, its values."""

    n: int
    code: str
    what: str = ""


@dataclass
class Verified:
    """What was found. ``seal``: number and hash of the newest event, to be printed and compared later."""

    events: int = 0
    cases: int = 0
    seal: str = ""
    broken: list[Broken] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Nothing is broken."""
        return not self.broken


class UnknownSeal(Exception):
    """A seal to compare with is not of the form ``NUMBER HASH``."""


def verify(office: Office, *, seal: str | None = None, on_progress: Progress | None = None) -> Verified:
    """Check chain, seal, cases, register, people and words against each other; the first broken event comes first.

    ``seal``: one that was printed earlier; the history must still hold it. Raises `UnknownSeal`.
    """
    printed = _printed_seal(seal) if seal else None
    with office.database.reading() as connection:
        found = Verified()
        replayed = _Replay(office)
        head, mac = reading.head(connection)
        hash_, n = GENESIS, 0
        for row in reading.events(connection):
            hash_, n = _chained(row, hash_, n, found.broken)
            if printed and printed[0] == n and not hash_.hex().startswith(printed[1]):
                found.broken.append(Broken(n, "printed_seal"))
            replayed.take(row, found.broken)
            found.events += 1
            if on_progress and found.events % EVERY == 0:
                on_progress(found.events, head.n)
        if printed and printed[0] > n:
            found.broken.append(Broken(n + 1, "printed_seal"))
        found.broken += _sealed(office, head, mac, Head(n, hash_, replayed.register_n))
        found.cases = len(replayed.records)
        found.seal = f"{n} {hash_.hex()[:16]}"
        for check in (_cases, _clocks, _register, _people, _texts):
            found.broken += check(office, connection, replayed)
    found.broken.sort()
    if on_progress:
        on_progress(found.events, found.events)
    return found


def _printed_seal(text: str) -> tuple[int, str]:
    number, _, start = text.strip().partition(" ")
    if not number.isdigit() or len(start.strip()) < 8:  # noqa: PLR2004 - fewer digits prove little
        raise UnknownSeal(text)
    return int(number), start.strip().lower()


def _chained(row: Row[Any], before: bytes, n: int, broken: list[Broken]) -> tuple[bytes, int]:
    """One link of the chain; after a break it goes on from what is stored, so that later breaks show as well."""
    if row.n != n + 1:
        broken.append(Broken(n + 1, "missing"))
    elif link(before, bytes(row.body)) != bytes(row.hash):
        broken.append(Broken(row.n, "changed"))
    return bytes(row.hash), row.n


def _sealed(office: Office, head: Head, mac: bytes, seen: Head) -> Iterator[Broken]:
    if mac != seal_of(office.vault, head):
        yield Broken(head.n, "seal_forged")
    if (head.n, head.hash) != (seen.n, seen.hash):
        yield Broken(min(head.n, seen.n) + 1, "tail_lost" if seen.n < head.n else "not_sealed")


class _Replay:
    """Everything that the events say, gathered in one pass."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.records: dict[str, Record] = {}
        self.last: dict[str, int] = {}
        self.opened: dict[str, str] = {}
        self.corrected: set[str] = set()
        self.rows: dict[tuple[str, int], dict[str, Any]] = {}
        self.retired: dict[tuple[str, int], tuple[int, str]] = {}
        self.digests: dict[str, tuple[int, str]] = {}
        self.texts: dict[tuple[int, str], tuple[str, str]] = {}
        self.register_n = 0

    def take(self, row: Row[Any], broken: list[Broken]) -> None:
        """Take one event in."""
        try:
            event: dict[str, Any] = orjson.loads(row.body)
        except ValueError:
            broken.append(Broken(row.n, "unreadable"))
            return
        if (event.get("n"), event.get("case"), event.get("seq")) != (row.n, row.case_id, row.seq):
            broken.append(Broken(row.n, "misfiled"))
        try:
            self._case(event) if row.case_id else self._register(event)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            broken.append(Broken(row.n, "cannot_replay", str(row.case_id or "")))

    def _case(self, event: dict[str, Any]) -> None:
        case = event["case"]
        self.last[case] = event["n"]
        if case not in self.records:
            self.records[case] = Record(event["pipeline"], event["unit"])
            self.opened[case] = event["person"]
        if event["kind"] == "correct":
            self.corrected.add(case)
        apply(self.records[case], event, self.office.edition_of)
        for name, digest in event.get("texts", {}).items():
            self.texts[event["n"], name] = (f"{case}:{event['seq']}:{name}", digest)

    def _register(self, event: dict[str, Any]) -> None:
        n, kind = event["n"], event["kind"]
        self.register_n = n
        if kind == "register":
            self.rows[event["table"], n] = {**event["row"], "recorded_on": event["recorded_on"]}
        elif kind == "retire":
            self.retired[event["table"], event["row"]] = (n, event["recorded_on"])
        elif kind == "person":
            self.digests[event["person"]] = (n, event["digest"])


def _cases(office: Office, connection: Connection, replayed: _Replay) -> Iterator[Broken]:
    stored = {row.id: row for row in reading.cases(connection)}
    for case, record in replayed.records.items():
        last, row = replayed.last[case], stored.pop(case, None)
        if row is None:
            yield Broken(last, "case_lost", case)
            continue
        if case in replayed.corrected:
            bodies = [orjson.loads(event.body) for event in reading.events(connection, case)]
            record = replayed.records[case] = fold(bodies, office.edition_of)  # noqa: PLW2901 - folded whole
        same = (row.version, row.state, row.unit_id, row.person_id, row.pipeline) == (
            record.seq, record.state, record.unit, replayed.opened[case], record.pipeline,
        )  # fmt: skip
        if not same or orjson.loads(row.record) != record.to_json():
            yield Broken(last, "case_differs", case)
    for case in stored:
        yield Broken(0, "case_without_events", case)


def _clocks(office: Office, connection: Connection, replayed: _Replay) -> Iterator[Broken]:
    """Stored deadlines are what the events give; skipped while config or rules have changed since they were counted."""
    if reading.office(connection).basis not in ("", basis(office)):
        return
    tree, today = office.tree_in(connection), office.day(reading.today(connection))
    stored = reading.clocks_by_case(connection)
    for case, record in replayed.records.items():
        edition = office.rulebook.edition_on(record.pipeline, today)
        clocks = office.clocks(record, edition, tree)
        expected = [clock_row(case, clock) for clock in clocks if clock.seq is not None]
        key = lambda row: (row["seq"], row["name"])  # noqa: E731 - two sorts, one key
        if sorted(expected, key=key) != sorted(stored.get(case, []), key=key):
            yield Broken(replayed.last[case], "clocks_differ", case)


def _register(_office: Office, connection: Connection, replayed: _Replay) -> Iterator[Broken]:
    expected = dict(replayed.rows)
    for table, model in REGISTER.items():
        for row in reading.register(connection, model, retired=True):
            said = expected.pop((table, row.n), None)
            if said is None:
                yield Broken(row.n, "row_without_event", table)
                continue
            stored = {name: _iso(value) for name, value in row.model_dump().items() if name not in ELSEWHERE}
            defaults = {name: _iso(one.default) for name, one in model.model_fields.items() if name in stored}
            if stored != {**defaults, **said}:
                yield Broken(row.n, "row_differs", table)
            gone = replayed.retired.get((table, row.n), (None, None))
            if (row.retired_n, _iso(row.retired_on)) != gone:
                yield Broken(gone[0] or row.n, "row_differs", table)
    for table, n in expected:
        yield Broken(n, "row_lost", table)


def _iso(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _people(office: Office, connection: Connection, replayed: _Replay) -> Iterator[Broken]:
    expected = dict(replayed.digests)
    for row in reading.people(connection):
        n, digest = expected.pop(row.id, (0, ""))
        if row.key is None or row.sealed is None:
            continue
        if _digest(office, bytes(row.key), bytes(row.sealed), row.id) != digest:
            yield Broken(n, "person_differs", row.id)
    for person, (n, _) in expected.items():
        yield Broken(n, "person_lost", person)


def _texts(office: Office, connection: Connection, replayed: _Replay) -> Iterator[Broken]:
    keys: Mapping[str, bytes | None] = {row.id: row.key for row in reading.people(connection)}
    expected = dict(replayed.texts)
    for row in reading.all_texts(connection):
        about, digest = expected.pop((row.n, row.field), ("", ""))
        key = keys.get(row.person_id)
        if key is not None and _digest(office, bytes(key), bytes(row.sealed), about) != digest:
            yield Broken(row.n, "text_differs", row.field)
    for n, name in expected:
        yield Broken(n, "text_lost", name)


def _digest(office: Office, key: bytes, sealed: bytes, about: str) -> str:
    try:
        return hashlib.sha256(office.vault.open(key, sealed, about)).hexdigest()
    except Unreadable:
        return "unreadable"
