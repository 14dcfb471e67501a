"""The office gives every command its database, rules, calendar and key."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import orjson

from states.record.case_record import EditionLookup, Record
from states.record.deadlines import Clock, compute_clocks
from states.record.events import CaseEvent
from states.rulebook.edition import Edition
from states.rulebook.loading import Rulebook, load_own_rulebook
from states.rulebook.revisions import EditionShelf
from workflow.core.clock import today_in
from workflow.core.config import Config
from workflow.core.crypto import Vault
from workflow.storage import reads
from workflow.storage.engine import Connection, Database, Transaction
from workflow.storage.ledger import Ledger, LockedCase, load_register_events, lock_case, lock_ledger
from workflow.storage.register_snapshot import RegisterSnapshot

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is mistaken for another when read over the telephone."""

MOST_REPLAYED = 2000
"""So many events are quicker told to the register held than the register is read anew."""


def new_id(prefix: str) -> str:
    """A random id that says nothing about the person."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(7))


@dataclass
class Office:
    """What every command needs: config, database, vault, rulebook and the register.

    ``kept_texts``: texts of the office's own editions of the past, by their revision. ``basis``: by what it
    judges and counts, as its database said when it was last looked at; where that says otherwise,
    ``judge_program`` raises if this program is no longer the one for it.
    """

    config: Config
    database: Database
    vault: Vault
    rulebook: Rulebook = field(default_factory=load_own_rulebook)
    new_id: Callable[[str], str] = new_id
    kept_texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    basis: str = ""
    judge_program: Callable[[Connection], None] = field(default=lambda _: None, repr=False)
    _snapshot: RegisterSnapshot | None = None

    @cached_property
    def shelf(self) -> EditionShelf:
        """Every revision of the editions by which something in this office may have been judged."""
        return EditionShelf(self.rulebook, self.kept_texts)

    @cached_property
    def edition_of(self) -> EditionLookup:
        return self.shelf.find_edition

    @contextmanager
    def write_transaction(self) -> Iterator[tuple[Transaction, Ledger]]:
        """One transaction on the register and the history; it seals the history at its end."""
        with self._restoring_snapshot(), self.database.transaction() as tx:
            ledger = lock_ledger(tx, self.vault)
            self._check_program(tx.connection, ledger.basis)
            yield tx, ledger
            ledger.seal_head()

    @contextmanager
    def case_transaction(self, case: str) -> Iterator[tuple[Transaction, Ledger, LockedCase]]:
        """One transaction on one locked case; it seals the history at its end. Raises `UnknownCase`."""
        with self._restoring_snapshot(), self.database.transaction() as tx:
            ledger, locked_case = lock_case(tx, self.vault, case)
            self._check_program(tx.connection, ledger.basis)
            yield tx, ledger, locked_case
            ledger.seal_head()

    def check_program(self, connection: Connection) -> None:
        """Raises what ``judge_program`` raises, where an upgrade came while this process was running."""
        self._check_program(connection, reads.load_office_status(Transaction(connection))[2])

    def _check_program(self, connection: Connection, basis: str) -> None:
        """One value is compared; only where it is another one is looked closer."""
        if basis != self.basis:
            self.judge_program(connection)
            self.basis = basis

    @contextmanager
    def _restoring_snapshot(self) -> Iterator[None]:
        """Forget a register snapshot that was read within a failed transaction.

        Its event number will be given to another event.
        """
        before = self._snapshot
        try:
            yield
        except BaseException:
            self._snapshot = before
            raise

    def snapshot_for_writing(self, tx: Transaction, ledger: Ledger) -> RegisterSnapshot:
        """The register as it stands in this transaction."""
        return self._snapshot_at(ledger.head.register_n, tx)

    def snapshot_for_reading(self, connection: Connection) -> RegisterSnapshot:
        """The register as a reader sees it."""
        return self._snapshot_at(reads.load_register_n(connection), Transaction(connection))

    def _snapshot_at(self, n: int, tx: Transaction) -> RegisterSnapshot:
        """The register as event ``n`` left it: cached, updated from the cached one, or read whole."""
        snapshot = self._snapshot
        if snapshot is None or not 0 <= n - snapshot.n <= MOST_REPLAYED:
            snapshot = RegisterSnapshot(tx.connection, n)
        elif snapshot.n < n:
            snapshot = snapshot.with_events(map(orjson.loads, load_register_events(tx, snapshot.n)), n)
        self._snapshot = snapshot
        return snapshot

    def read_day_and_snapshot(self) -> tuple[date, RegisterSnapshot, str]:
        """The office's day, the register snapshot, and the basis of deadlines."""
        with self.database.read_transaction() as connection:
            tx = Transaction(connection)
            of_sample, n, basis = reads.load_office_status(tx)
            self._check_program(connection, basis)
            return self.resolve_day(of_sample), self._snapshot_at(n, tx), basis

    def read_snapshot(self) -> RegisterSnapshot:
        with self.database.read_transaction() as connection:
            return self.snapshot_for_reading(connection)

    def read_today(self) -> date:
        """The office's day: a sample office's own, else the day it is in the office's zone."""
        with self.database.read_transaction() as connection:
            return self.resolve_day(reads.load_today(connection))

    def resolve_day(self, of_sample: date | None) -> date:
        """The office's day, given what its sample clock says."""
        return of_sample or today_in(self.config.zone)

    def list_clocks(self, record: Record, edition: Edition, snapshot: RegisterSnapshot) -> tuple[Clock, ...]:
        return compute_clocks(record, self.edition_of, edition, snapshot.calendar, self.config.house_clocks)

    def edition_of_event(self, event: CaseEvent, pipeline: str) -> Edition:
        """The edition by which an event was judged, in its own revision."""
        return self.edition_of(pipeline, event["edition"], event.get("revision"))

    def close(self) -> None:
        self.database.close()
