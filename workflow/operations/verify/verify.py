"""Proving the record: the chain holds, the seal fits, and the events alone give exactly what is stored."""

import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from workflow.office import Office
from workflow.operations.verify.compare import CHECKS
from workflow.operations.verify.replay import UNSOUND, Broken, Replay
from workflow.storage import reads
from workflow.storage.chain import GENESIS, Head, link, seal_of
from workflow.storage.reads import Connection, Row

Progress = Callable[[int, int], None]
EVERY = 1000
SEAL = re.compile(r"([0-9]{1,18})\s+([0-9a-f]{8,64})")


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
    """A seal to compare with is not of the form ``NUMBER HASH``, eight digits of the hash at least."""


def verify(office: Office, *, seal: str | None = None, on_progress: Progress | None = None) -> Verified:
    """Check chain, seal, cases, register, people and words against each other.

    The first event that does not hold comes first; what no event speaks of comes last, with the number 0.

    ``seal``: one that was printed earlier; the history must still hold it. Raises `UnknownSeal`, `DatabaseAway`.
    """
    printed = _printed_seal(seal) if seal else None
    with office.database.reading() as connection:
        found, replay = Verified(), Replay(office)
        stored = reads.head(connection)
        total = stored[0].n if stored else 0
        hash_, n = GENESIS, 0
        for row in reads.events(connection):
            if not isinstance(row.n, int):
                found.broken.append(Broken(n + 1, "misfiled"))
                continue
            hash_, n = _chained(row, hash_, n, found.broken)
            if printed and printed[0] == n and not hash_.hex().startswith(printed[1]):
                found.broken.append(Broken(n, "printed_seal"))
            found.broken += replay.take(row)
            found.events += 1
            if on_progress and found.events % EVERY == 0:
                on_progress(found.events, max(total, found.events))
        if printed and printed[0] > n:
            found.broken.append(Broken(n + 1, "printed_seal"))
        found.broken += _sealed(office, stored, Head(n, hash_, replay.register_n))
        found.cases = len(replay.records)
        found.seal = f"{n} {hash_.hex()[:16]}"
        found.broken += _compared(office, connection, replay)
    found.broken.sort(key=lambda one: (one.n == 0, one.n))
    if on_progress:
        on_progress(found.events, found.events)
    return found


def _printed_seal(text: str) -> tuple[int, str]:
    read = SEAL.fullmatch(text.strip().lower())
    if read is None:
        raise UnknownSeal(text)
    return int(read[1]), read[2]


def _chained(row: Row[Any], before: bytes, n: int, broken: list[Broken]) -> tuple[bytes, int]:
    """One link of the chain; after a break it goes on from what is stored, so that later breaks show as well."""
    body, hash_ = row.body or b"", row.hash or b""  # a damaged file holds nothing where the tables want something
    if row.n != n + 1:
        broken.append(Broken(n + 1, "missing"))
    elif link(before, body) != hash_:
        broken.append(Broken(row.n, "changed"))
    return hash_, row.n


def _sealed(office: Office, stored: tuple[Head, bytes] | None, seen: Head) -> Iterator[Broken]:
    if stored is None:
        yield Broken(seen.n, "seal_lost")
        return
    head, mac = stored
    if not hmac.compare_digest(mac, seal_of(office.vault, head)):
        yield Broken(head.n, "seal_forged")
    if head != seen:
        yield Broken(min(head.n, seen.n) + (head.n != seen.n), "tail_lost" if seen.n < head.n else "not_sealed")


def _compared(office: Office, connection: Connection, replay: Replay) -> Iterator[Broken]:
    """Every table against what the events say of it; one that holds what the program never writes is named whole."""
    for name, check in CHECKS.items():
        try:
            for one in check(office, connection, replay):
                n: object = one.n  # SQLite holds a word where a number belongs
                yield one if isinstance(n, int) else one._replace(n=0)
        except UNSOUND:
            yield Broken(0, "unreadable_rows", name)
