"""An office's record tells by which revisions its acts were judged."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TypedDict

from states.errors import EXIT_OVERTAKEN, UserError
from states.rulebook.loading import Rulebook
from states.rulebook.released import EditionKey, is_released, load_index
from states.rulebook.revisions import RuleSet
from workflow.office import Office
from workflow.storage import reads, writes
from workflow.storage.engine import Transaction
from workflow.storage.reads import Connection
from workflow.storage.tables.history import RevisionRow

Revisions = dict[EditionKey, str]
"""The revision of each edition, as they are the rules together."""


class RevisionChange(TypedDict):
    """An edition that is another one from now on; null: that was not there, or is there no more."""

    pipeline: str
    edition: str
    old: str | None
    new: str | None


class RulesChanged(UserError):
    """The program's rules are not those by which the office has been judging; nothing was touched.

    ``editions``: which of them differ.
    """

    code = "rules_changed"
    advice = "advice.rules_changed"
    message_values = ("count",)
    writes = False

    def __init__(self, editions: Sequence[EditionKey]) -> None:
        super().__init__(", ".join("/".join(key) for key in editions))
        self.editions, self.count = tuple(editions), len(editions)


class ProgramUpgraded(UserError):
    """The office was upgraded while this process ran on by the older program; nothing was written."""

    code = "program_upgraded"
    exit_code = EXIT_OVERTAKEN
    advice = "advice.program_upgraded"


def collect_revisions(rows: Iterable[RevisionRow]) -> Revisions:
    """The revisions in force after some rows, the oldest row first."""
    in_force: dict[EditionKey, str | None] = {}
    for row in rows:
        in_force[row.pipeline, row.edition] = row.revision
    return {key: revision for key, revision in in_force.items() if revision is not None}


def list_revision_changes(before: Revisions, rulebook: Rulebook) -> list[RevisionChange]:
    """The editions that are others in the rulebook than they were before, in order."""
    after = rulebook.revisions
    return [
        RevisionChange(pipeline=key[0], edition=key[1], old=before.get(key), new=after.get(key))
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    ]


def note_revisions(tx: Transaction, rulebook: Rulebook, n: int, changes: Iterable[RevisionChange]) -> None:
    """Note what editions are since event ``n``, with the texts that no version of the program released."""
    rows = []
    for change in changes:
        key, new = (change["pipeline"], change["edition"]), change["new"]
        own = new is not None and not is_released(*key, new)
        text = rulebook.texts[key] if own else None
        rows.append(RevisionRow(n=n, pipeline=key[0], edition=key[1], revision=new, text=text))
    writes.add_revisions(tx, rows)


def note_first_revisions(tx: Transaction) -> None:
    """Note by what an office judged before events named revisions, where nothing is noted yet."""
    if not reads.load_revisions(tx.connection):
        first = load_index().first.items()
        rows = [RevisionRow(n=0, pipeline=key[0], edition=key[1], revision=digest) for key, digest in first]
        writes.add_revisions(tx, rows)


def load_revisions_in_force(connection: Connection) -> Revisions:
    """By what the office judges now, as its record says."""
    return collect_revisions(reads.load_revisions(connection)) or dict(load_index().first)


class RecordedRules:
    """The rules as they were at any event of an office."""

    def __init__(self, office: Office, connection: Connection) -> None:
        self.office, self.connection = office, connection

    @cached_property
    def _rows(self) -> Sequence[RevisionRow]:
        return reads.load_revisions(self.connection)

    def in_force_at(self, n: int) -> Rulebook | RuleSet:
        """The rules by which event ``n`` was judged."""
        rows = self._rows
        if not rows or rows[-1].n <= n:
            return self.office.rulebook
        return RuleSet(collect_revisions(row for row in rows if row.n <= n), self.office.shelf)
