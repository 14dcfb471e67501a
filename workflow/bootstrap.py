"""The composition root: reads config, editions and key once, and hands the verbs one `Office` to work with."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from states.deadlines import Clock, clocks_of
from states.journey import Record
from states.loading import Rulebook
from states.rulebook import Edition
from workflow.clock import today_in
from workflow.config import BadConfig, Config, ConfigFault, read_config
from workflow.store import reading
from workflow.store.database import Database, Work
from workflow.store.schema import check_version
from workflow.store.store import HeldCase, Ledger, begin, hold
from workflow.tree import Tree
from workflow.vault import KeyForeign, Vault

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is mistaken for another when read over the telephone."""


def new_id(prefix: str) -> str:
    """An opaque id: nothing about the person can be read from it."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(7))


@dataclass
class Office:
    """The tray of tools a verb may use."""

    config: Config
    database: Database
    vault: Vault
    rulebook: Rulebook = field(default_factory=Rulebook)
    new_id: Callable[[str], str] = new_id
    _tree: Tree | None = None

    @cached_property
    def edition_of(self) -> Callable[[str, str], Edition]:
        """An edition by pipeline and id."""
        return self.rulebook.edition

    @contextmanager
    def writing(self) -> Iterator[tuple[Work, Ledger]]:
        """One transaction on the register and the history; sealed at its end."""
        with self.database.transaction() as work:
            ledger = begin(work, self.vault)
            yield work, ledger
            ledger.close()

    @contextmanager
    def stepping(self, case: str) -> Iterator[tuple[Work, Ledger, HeldCase]]:
        """One transaction on one case; sealed at its end. Raises `UnknownCase`."""
        with self.database.transaction() as work:
            ledger, held = hold(work, self.vault, case)
            yield work, ledger, held
            ledger.close()

    def tree(self, work: Work, ledger: Ledger) -> Tree:
        """The register as it stands in this transaction."""
        if self._tree is None or self._tree.n != ledger.head.register_n:
            self._tree = Tree(work.connection, ledger.head.register_n)
        return self._tree

    def tree_read(self) -> Tree:
        """The register as it stands."""
        with self.database.reading() as connection:
            head, _ = reading.head(connection)
            if self._tree is None or self._tree.n != head.register_n:
                self._tree = Tree(connection, head.register_n)
        return self._tree

    def today(self) -> date:
        """The office's day: a sample office's own, else the day it is in the office's zone."""
        with self.database.reading() as connection:
            return self.day(reading.today(connection))

    def day(self, of_sample: date | None) -> date:
        """The office's day, given what its sample clock says."""
        return of_sample or today_in(self.config.zone)

    def clocks(self, record: Record, edition: Edition, tree: Tree) -> tuple[Clock, ...]:
        """Every clock of a case."""
        return clocks_of(record, self.edition_of, edition, tree.calendar, self.config.house_clocks)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


def open_office(path: Path) -> Office:
    """Open the office whose config.yaml this is.

    Raises `BadConfig`, `KeyLost`, `KeyForeign`, `DatabaseAway`, `SchemaForeign`; nothing is touched then.
    """
    config = read_config(path)
    vault = Vault(config.key_path)
    database = Database(config.database, path.parent)
    with database.reading() as connection:
        check_version(connection)
        if reading.office(connection).key_check != vault.check():
            raise KeyForeign(config.key_path)
    office = Office(config, database, vault)
    _check_house_clocks(office)
    return office


def _check_house_clocks(office: Office) -> None:
    if not office.config.house_clocks:
        return
    rulebook = office.rulebook
    known = {
        name
        for pipeline in rulebook.pipelines
        for edition in rulebook.editions(pipeline)
        for name, state in rulebook.edition(pipeline, edition).states.items()
        if state.house_days is not None
    }
    wrong = [name for name in office.config.house_clocks if name not in known]
    if wrong:
        faults = [ConfigFault(f"house_clocks.{name}", "unknown_state", ", ".join(sorted(known))) for name in wrong]
        raise BadConfig(office.config.path, faults)
