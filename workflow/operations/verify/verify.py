"""Verifying proves that chain, seal, events and tables agree."""

import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from states.errors import EXIT_MISUSED, UserError
from workflow.office import Office
from workflow.operations.verify.compare import CHECKS
from workflow.operations.verify.replay import REPLAY_ERRORS, Discrepancy, Replay
from workflow.storage import reads
from workflow.storage.ledger import GENESIS, ChainHead, compute_seal, hash_event
from workflow.storage.reads import Connection, Row

Progress = Callable[[int, int], None]
EVERY = 1000
SEAL = re.compile(r"([0-9]{1,18})\s+([0-9a-f]{8,64})")


@dataclass
class Verification:
    """The result of a verification.

    ``seal``: number and hash of the newest event, to print now and compare later.
    """

    events: int = 0
    cases: int = 0
    seal: str = ""
    broken: list[Discrepancy] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Nothing is broken."""
        return not self.broken


class UnknownSeal(UserError):
    """A seal to compare with is not of the form ``NUMBER HASH``, eight digits of the hash at least."""

    code = "unknown_seal"
    exit_code = EXIT_MISUSED
    writes = False


def verify_office(
    office: Office, *, seal: str | None = None, on_progress: Progress | None = None
) -> Verification:
    """Compare chain, seal, cases, register, people and texts with each other.

    The first event that does not hold comes first; rows without an event come last, with the number 0.
    ``seal``: a seal that was printed earlier must still hold. Raises `UnknownSeal`, `DatabaseUnavailable`.
    """
    with office.database.read_transaction() as connection:
        return verify_record(office, connection, seal=seal, on_progress=on_progress)


def verify_record(
    office: Office, connection: Connection, *, seal: str | None = None, on_progress: Progress | None = None
) -> Verification:
    """Verify what a transaction sees, its own writes too, as `verify_office` does."""
    printed = _parse_seal(seal) if seal else None
    verification, replay = Verification(), Replay(office)
    stored = reads.load_chain_head(connection)
    total = stored[0].n if stored else 0
    hash_, n = GENESIS, 0
    for row in reads.load_events(connection):
        if not isinstance(row.n, int):
            verification.broken.append(Discrepancy(n + 1, "misfiled"))
            continue
        hash_, n = _check_link(row, hash_, n, verification.broken)
        if printed and printed[0] == n and not hash_.hex().startswith(printed[1]):
            verification.broken.append(Discrepancy(n, "printed_seal"))
        verification.broken += replay.replay_event(row)
        verification.events += 1
        if on_progress and verification.events % EVERY == 0:
            on_progress(verification.events, max(total, verification.events))
    if printed and printed[0] > n:
        verification.broken.append(Discrepancy(n + 1, "printed_seal"))
    verification.broken += _check_seal(office, stored, ChainHead(n, hash_, replay.register_n))
    verification.cases = len(replay.records)
    verification.seal = f"{n} {hash_.hex()[:16]}"
    verification.broken += _compare_tables(office, connection, replay)
    verification.broken.sort(key=lambda discrepancy: (discrepancy.n == 0, discrepancy.n))
    if on_progress:
        on_progress(verification.events, verification.events)
    return verification


def find_broken_link(office: Office, connection: Connection) -> int | None:
    """The first event at which chain or seal does not hold: their tables are the same in every version."""
    stored = reads.load_chain_head(connection)
    hash_, n, register_n = GENESIS, 0, 0
    broken: list[Discrepancy] = []
    for row in reads.load_events(connection):
        hash_, n = _check_link(row, hash_, n, broken)
        register_n = row.n if row.case_id is None else register_n
    broken += _check_seal(office, stored, ChainHead(n, hash_, register_n))
    return min((discrepancy.n for discrepancy in broken), default=None)


def _parse_seal(text: str) -> tuple[int, str]:
    read = SEAL.fullmatch(text.strip().lower())
    if read is None:
        raise UnknownSeal(text)
    return int(read[1]), read[2]


def _check_link(row: Row[Any], before: bytes, n: int, broken: list[Discrepancy]) -> tuple[bytes, int]:
    """One link of the chain.

    After a break it goes on from what is stored, so that later breaks show as well.
    """
    body, hash_ = (
        row.body or b"",
        row.hash or b"",
    )  # a damaged file holds nothing where the tables want something
    if row.n != n + 1:
        broken.append(Discrepancy(n + 1, "missing"))
    elif hash_event(before, body) != hash_:
        broken.append(Discrepancy(row.n, "changed"))
    return hash_, row.n


def _check_seal(
    office: Office, stored: tuple[ChainHead, bytes] | None, seen: ChainHead
) -> Iterator[Discrepancy]:
    if stored is None:
        yield Discrepancy(seen.n, "seal_lost")
        return
    head, mac = stored
    if not hmac.compare_digest(mac, compute_seal(office.vault, head)):
        yield Discrepancy(head.n, "seal_forged")
    if head != seen:
        yield Discrepancy(
            min(head.n, seen.n) + (head.n != seen.n), "tail_lost" if seen.n < head.n else "not_sealed"
        )


def _compare_tables(office: Office, connection: Connection, replay: Replay) -> Iterator[Discrepancy]:
    """Every table against what the events say of it.

    One that holds what the program never writes is named whole.
    """
    for name, check in CHECKS.items():
        try:
            for discrepancy in check(office, connection, replay):
                n: object = discrepancy.n  # SQLite holds a word where a number belongs
                yield discrepancy if isinstance(n, int) else discrepancy._replace(n=0)
        except REPLAY_ERRORS:
            yield Discrepancy(0, "unreadable_rows", name)
