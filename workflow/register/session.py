"""The register is opened for writing, in one transaction.

What is known in it, and the checks that all commands share.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cached_property
from typing import Any, TypeVar

from states.rulebook.edition import Edition
from states.rulebook.loading import NoEdition
from workflow.core.input import FIRST_YEAR, FieldFault, InvalidInput
from workflow.core.text import search_key, tidy_name
from workflow.office import Office
from workflow.register.errors import AlreadyEnded, ChangedLater, UnknownPost, UnknownUnit
from workflow.register.writer import BOOKKEEPING_COLUMNS, RegisterWriter, Who
from workflow.storage import reads, writes
from workflow.storage.engine import Connection, Transaction
from workflow.storage.ledger import Ledger
from workflow.storage.register_snapshot import DatedRow, RegisterSnapshot, find_row_on, group_by
from workflow.storage.tables.register import PlanRow, PostRow, RegisterRow, TenureRow, UnitRow
from workflow.storage.writes import UnknownPerson

PIPELINE = "admission"
"""The pipeline whose editions say which levels, organs and roles there are."""

LONGEST_NAME = 200
DAY = timedelta(days=1)

R = TypeVar("R", bound=RegisterRow)
D = TypeVar("D", bound=DatedRow)

_ID = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*")
_LONGEST_ID = 100


class RegisterSession:
    """The register in one transaction: what is known, and the writer."""

    def __init__(self, office: Office, tx: Transaction, ledger: Ledger, who: Who) -> None:
        self.office, self.tx = office, tx
        self.writer = RegisterWriter(office, tx, ledger, who)
        self.today = self.writer.today
        self.snapshot: RegisterSnapshot = office.snapshot_for_writing(tx, ledger)

    @cached_property
    def posts(self) -> dict[str, tuple[PostRow, ...]]:
        return group_by(reads.load_register_rows(self.tx.connection, PostRow), "id")

    @cached_property
    def tenures(self) -> dict[str, tuple[TenureRow, ...]]:
        return group_by(reads.load_register_rows(self.tx.connection, TenureRow), "post_id")

    @cached_property
    def plans(self) -> dict[str, tuple[PlanRow, ...]]:
        return group_by(reads.load_register_rows(self.tx.connection, PlanRow), "post_id")

    def get_unit(self, id_: str, day: date) -> UnitRow:
        """A unit on a day, without following its successor. Raises `UnknownUnit`."""
        unit = find_row_on(self.snapshot.units.get(id_, ()), day)
        if unit is None:
            raise UnknownUnit(unit=id_, on=day, near=get_close_matches(id_, self.snapshot.units, n=3))
        return unit

    def get_post(self, id_: str, day: date) -> PostRow:
        """A post on a day. Raises `UnknownPost`."""
        post = find_row_on(self.posts.get(id_, ()), day)
        if post is None:
            raise UnknownPost(post=id_, on=day)
        return post

    def get_person_key(self, id_: str) -> bytes:
        """The wrapped key of somebody who is known and not forgotten. Raises `UnknownPerson`."""
        key, _ = writes.load_person_row(self.tx, id_)
        if key is None:
            raise UnknownPerson(id_)
        return key

    def check_days(self, **days: date | None) -> None:
        """Days must not lie in the future or too far back. Raises `InvalidInput`."""
        faults = [
            fault for name, day in days.items() if day and (fault := find_day_fault(name, day, self.today))
        ]
        if faults:
            raise InvalidInput(faults)

    def replace_row(self, table: str, row: RegisterRow, since: date, **changes: Any) -> None:
        """From ``since`` a row has other values; the values of earlier days stay."""
        values = {
            name: value for name, value in row.model_dump().items() if name not in BOOKKEEPING_COLUMNS
        } | changes
        if row.valid_from < since:
            self.writer.end_row(table, row, since - DAY)
            values["valid_from"] = since
        else:
            self.writer.retire_row(table, row)
        self.writer.add_row(table, **values)

    def cut_row(self, table: str, row: RegisterRow, last: date) -> None:
        """End a row with ``last``; a row that began after it is retired."""
        if row.valid_from > last:
            self.writer.retire_row(table, row)
        else:
            self.writer.end_row(table, row, last)


@contextmanager
def open_register(office: Office, who: Who) -> Iterator[RegisterSession]:
    """Open the register in one transaction: everything in the block is written, or nothing."""
    with office.write_transaction() as (tx, ledger):
        yield RegisterSession(office, tx, ledger, who)


def register_edition_on(office: Office, day: date) -> Edition:
    """The rules that say which levels, organs and roles there are.

    Before the first edition, those of the first.
    """
    try:
        return office.rulebook.edition_on(PIPELINE, day)
    except NoEdition:
        return office.rulebook.load_edition(PIPELINE, office.rulebook.list_editions(PIPELINE)[0])


def find_last_row(rows: Sequence[R], last: date, id_: str) -> R | None:
    """The row that is to end with ``last``; None if there is none. Raises `AlreadyEnded`, `ChangedLater`."""
    later = [row for row in rows if row.valid_from > last]
    if later:
        raise ChangedLater(id=id_, since=min(row.valid_from for row in later))
    row = find_row_on(rows, last)
    ended = row.valid_to if row else max((row.valid_to for row in rows if row.valid_to), default=None)
    if ended is not None:
        raise AlreadyEnded(id=id_, last=ended)
    return row


def find_overlap(rows: Iterable[D], since: date) -> D | None:
    """A row that would hold beside one that begins at ``since`` and has no end."""
    return next((row for row in rows if row.valid_to is None or row.valid_to >= since), None)


def load_rows_on(connection: Connection, model: type[R], day: date, key: str) -> dict[str, R]:
    """The rows of a table that hold on a day, by the value of a column."""
    begun = (row for row in reads.load_register_rows(connection, model) if row.valid_from <= day)
    return {getattr(row, key): row for row in begun if row.valid_to is None or day <= row.valid_to}


# --- what is typed ------------------------------------------------------------------------------------------


def find_day_fault(name: str, day: date, today: date) -> FieldFault | None:
    """Why the register refuses a day; None if it does not."""
    if day > today:
        return FieldFault(name, "in_the_future", {"value": day, "today": today})
    if day.year < FIRST_YEAR:
        return FieldFault(name, "too_early", {"value": day})
    return None


def clean_name(value: str, field: str = "name") -> str:
    """A name as stored. Raises `InvalidInput` for an empty or too long one."""
    name = tidy_name(value)
    if not search_key(name):
        raise InvalidInput([FieldFault(field, "missing", {})])
    if len(name) > LONGEST_NAME:
        raise InvalidInput([FieldFault(field, "too_long", {"maximum": LONGEST_NAME})])
    return name


def check_id(value: str, field: str) -> str:
    """An id that can be typed on any keyboard. Raises `InvalidInput`."""
    if len(value) > _LONGEST_ID or not _ID.fullmatch(value):
        raise InvalidInput([FieldFault(field, "bad_id", {"value": value})])
    return value


def check_option(value: str, field: str, options: Sequence[str]) -> str:
    """One of a closed list. Raises `InvalidInput`."""
    if value not in options:
        raise InvalidInput(
            [FieldFault(field, "not_an_option", {"value": value, "options": ", ".join(options)})]
        )
    return value


def make_slug(name: str, taken: Container[str] = (), before: str = "") -> str:
    """An id out of a name: ``Thôn Yên Bình`` -> thon-yen-binh.

    With a number behind it where that is taken.
    """
    plain = before + ("-".join(search_key(name).encode("ascii", "ignore").decode().split()) or "x")
    number, id_ = 1, plain
    while id_ in taken:
        number += 1
        id_ = f"{plain}-{number}"
    return id_
