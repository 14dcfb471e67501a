"""The tray of tools that every verb is handed: config, database, key, rules, calendar, the day."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import orjson

from states.record.deadlines import Clock, clocks_of
from states.record.journey import Record
from states.rulebook.edition import Edition
from states.rulebook.loading import Rulebook, own_rulebook
from workflow.core.clock import today_in
from workflow.core.config import Config
from workflow.core.crypto import Vault
from workflow.storage import reads, writes
from workflow.storage.engine import Connection, Database, Work
from workflow.storage.register_snapshot import Tree
from workflow.storage.writes import HeldCase, Ledger, begin, hold

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is mistaken for another when read over the telephone."""

FEW_EVENTS = 2000
"""So many events are quicker told to the register held than the register is read anew."""


def new_id(prefix: str) -> str:
    """An opaque id: nothing about the person can be read from it."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(7))


@dataclass
class Office:
    """The tray of tools a verb may use."""

    config: Config
    database: Database
    vault: Vault
    rulebook: Rulebook = field(default_factory=own_rulebook)
    new_id: Callable[[str], str] = new_id
    _tree: Tree | None = None

    @cached_property
    def edition_of(self) -> Callable[[str, str], Edition]:
        """An edition by pipeline and id."""
        return self.rulebook.edition

    @contextmanager
    def writing(self) -> Iterator[tuple[Work, Ledger]]:
        """One transaction on the register and the history; sealed at its end."""
        with self._keeping(), self.database.transaction() as work:
            ledger = begin(work, self.vault)
            yield work, ledger
            ledger.close()

    @contextmanager
    def stepping(self, case: str) -> Iterator[tuple[Work, Ledger, HeldCase]]:
        """One transaction on one case; sealed at its end. Raises `UnknownCase`."""
        with self._keeping(), self.database.transaction() as work:
            ledger, held = hold(work, self.vault, case)
            yield work, ledger, held
            ledger.close()

    @contextmanager
    def _keeping(self) -> Iterator[None]:
        """A register read within a transaction that came to nothing is forgotten: its number will be another's."""
        before = self._tree
        try:
            yield
        except BaseException:
            self._tree = before
            raise

    def tree(self, work: Work, ledger: Ledger) -> Tree:
        """The register as it stands in this transaction."""
        return self._tree_at(ledger.head.register_n, work)

    def tree_in(self, connection: Connection) -> Tree:
        """The register as a reader sees it."""
        return self._tree_at(reads.register_n(connection), Work(connection))

    def _tree_at(self, n: int, work: Work) -> Tree:
        """The register as the event ``n`` left it: held, carried on from what is held, or read whole."""
        tree = self._tree
        if tree is None or not 0 <= n - tree.n <= FEW_EVENTS:
            tree = Tree(work.connection, n)
        elif tree.n < n:
            tree = tree.after(map(orjson.loads, writes.register_events(work, tree.n)), n)
        self._tree = tree
        return tree

    def standing(self) -> tuple[date, Tree, str]:
        """The office's day, the register as it stands, and what deadlines are counted by (`Office.basis`)."""
        with self.database.reading() as connection:
            work = Work(connection)
            of_sample, n, basis = reads.standing(work)
            return self.day(of_sample), self._tree_at(n, work), basis

    def tree_read(self) -> Tree:
        """The register as it stands."""
        with self.database.reading() as connection:
            return self.tree_in(connection)

    def today(self) -> date:
        """The office's day: a sample office's own, else the day it is in the office's zone."""
        with self.database.reading() as connection:
            return self.day(reads.today(connection))

    def day(self, of_sample: date | None) -> date:
        """The office's day, given what its sample clock says."""
        return of_sample or today_in(self.config.zone)

    def clocks(self, record: Record, edition: Edition, tree: Tree) -> tuple[Clock, ...]:
        """Every clock of a case."""
        return clocks_of(record, self.edition_of, edition, tree.calendar, self.config.house_clocks)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()
