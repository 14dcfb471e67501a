"""What stands where an office is restored is only looked at.

It may be broken in any way; it is only looked at, and a database only in a copy.
"""

import contextlib
import json
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

from states.rulebook.loading import load_own_rulebook
from states.vocabulary import Text
from workflow.cases.views.history import find_recorded_rule
from workflow.core.config import BadConfig, Config, read_config
from workflow.core.crypto import KeyLost, Vault
from workflow.operations.archive.manifest import CONFIG, DATABASE, KEY
from workflow.reminders.told_before import sign_notice
from workflow.storage.copies import sqlite_backup, sqlite_files
from workflow.storage.copies.copy_database import NotCopied
from workflow.storage.copies.postgres_copy import copy_to_file
from workflow.storage.copies.sqlite_files import EventSince
from workflow.storage.engine import Database, resolve_url
from workflow.storage.errors import DatabaseUnavailable

LETTERS = "thu-gui"


@dataclass(frozen=True, slots=True, kw_only=True)
class LostEvent:
    """Something that was recorded after the backup: it has to be entered again."""

    n: int
    case: str | None
    kind: str
    label: Text | None
    table: str
    on: date | None
    by: str
    typed: str


@dataclass
class OldOffice:
    """What stands in a folder; everything of it may be missing.

    ``postgres``: the server's database into which is restored, where tables of an office stand.
    """

    folder: Path
    postgres: str = ""

    @cached_property
    def config(self) -> Config | None:
        with contextlib.suppress(BadConfig):
            return read_config(self.folder / CONFIG)
        return None

    @property
    def database_file(self) -> Path:
        """Where the SQLite database stands, or would."""
        if self.config is not None and self.config.database.startswith("sqlite"):
            return Path(resolve_url(self.config.database, self.folder).database or DATABASE)
        return self.folder / DATABASE

    @property
    def has_database(self) -> bool:
        return self.database_file.is_file() or bool(self.postgres)

    def list_key_checks(self, scratch: Path) -> set[str]:
        """By which the office is known: by its key and by its database, as far as they can be read."""
        checks = set()
        with contextlib.suppress(KeyLost):
            checks.add(Vault(self.config.key_path if self.config else self.folder / KEY).compute_key_check())
        with contextlib.suppress(DatabaseUnavailable, NotCopied, OSError):
            if self.has_database:
                checks.add(sqlite_backup.read_copy_head(self._copy_into(scratch)).key_check)
        return {check.hex() for check in checks}

    def list_names(self) -> list[str]:
        """The names beside config.yaml that belong to the office."""
        config = self.config
        database = self.database_file
        names = [CONFIG, KEY, LETTERS, DATABASE, *(DATABASE + ending for ending in sqlite_files.LOGS)]
        if config is not None:
            mail = config.mail
            named = [config.key_file, config.reminders, config.letters, mail.folder, mail.bounces]
            named += [mail.smtp.password_file if mail.smtp else "", *config.backup.also]
            names += [PurePosixPath(text).parts[0] for text in named if text and not Path(text).is_absolute()]
        if database.parent == self.folder:
            names += [database.name, *(database.name + ending for ending in sqlite_files.LOGS)]
        return sorted({name for name in names if name != ".." and (self.folder / name).exists()})

    def list_lost_events(self, restored: Path, scratch: Path) -> list[LostEvent] | None:
        """What was recorded here and is not in the restored database; None where that cannot be read."""
        if not self.has_database:
            return None
        with contextlib.suppress(DatabaseUnavailable, NotCopied, OSError):
            copy = self._copy_into(scratch)
            return [_read_event(event) for event in sqlite_files.list_events_since(copy, restored)]
        return None

    def list_told(self, vault: Vault, restored: Path, scratch: Path) -> set[str]:
        """Letters that went out from here, and the signs of their notices, that the restored one lacks."""
        if not self.has_database:
            return set()
        with contextlib.suppress(DatabaseUnavailable, NotCopied, OSError):
            copy = self._copy_into(scratch)
            if sqlite_backup.read_copy_head(copy).key_check != vault.compute_key_check():
                return set()
            keys = set(sqlite_files.list_told_keys(copy)) - set(sqlite_files.list_told_keys(restored))
            letters = set(sqlite_files.list_sent_letters(copy))
            return {sign_notice(vault, key) for key in keys} | (
                letters - set(sqlite_files.list_sent_letters(restored))
            )
        return set()

    def _copy_into(self, scratch: Path) -> Path:
        into = scratch / "old"
        if not into.exists():
            into.mkdir()
            self._copy_database(into)
        return into / (self.database_file.name if self.database_file.is_file() else DATABASE)

    def _copy_database(self, into: Path) -> None:
        if self.database_file.is_file():
            sqlite_files.copy_files(self.database_file, into)
            return
        with closing(Database(self.postgres, self.folder)) as database:
            copy_to_file(database, into / DATABASE)


@cache
def _find_label(kind: str) -> Text | None:
    """What an act is called, by the newest edition that has it."""
    rulebook = load_own_rulebook()
    for pipeline in rulebook.pipelines:
        for edition in rulebook.list_editions(pipeline):
            rule = find_recorded_rule(rulebook.load_edition(pipeline, edition), kind)
            if rule is not None:
                return rule.label
    return None


def _read_event(event: EventSince) -> LostEvent:
    try:
        body = json.loads(event.body)
    except ValueError:
        body = {}
    on = body.get("on") or body.get("recorded_on")
    with contextlib.suppress(TypeError, ValueError):
        on = date.fromisoformat(on)
    return LostEvent(
        n=event.n,
        case=event.case_id,
        kind=str(body.get("kind", "")),
        label=_find_label(str(body.get("kind", ""))),
        table=str(body.get("table") or ""),
        on=on if isinstance(on, date) else None,
        by=str(body.get("by") or ""),
        typed=str(body.get("typed") or ""),
    )
