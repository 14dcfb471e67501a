"""SQL reads and settles notices, snoozes, calendar entries and the heartbeat."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from notifications.letter import RecipientReason
from workflow.storage.engine import Transaction
from workflow.storage.tables.cases import CASES, CLOCKS
from workflow.storage.tables.reminders import BEATS, ENTRIES, LETTERS, MAILBOXES, NOTICES, SNOOZES


class Notice(NamedTuple):
    """A notice; ``letter_state``: what became of its letter, where that was asked for."""

    id: int
    subject: str
    reminder: str
    clock: str
    instance: str
    step: str
    due: date
    user_id: str
    via: str
    why: RecipientReason
    person_id: str | None
    swept_on: date
    state: str
    letter_id: str | None
    letter_state: str | None = None

    def get_key(self) -> tuple[str, ...]:
        """By which the notice is the same in every copy of the database."""
        return (self.subject, self.clock, self.instance, self.step, self.due.isoformat(), self.user_id)


class RunningClock(NamedTuple):
    """A clock that runs, with what its case says; ``at``: the case's step."""

    case_id: str
    seq: int
    name: str
    kind: str
    organ: str
    start: date
    due: date
    armed_on: date
    unit_id: str
    person_id: str
    pipeline: str
    at: str


class KnownMailbox(NamedTuple):
    """What is known of a user's address; ``address``: the seal over one that failed."""

    user_id: str
    address: bytes | None
    off_since: date | None
    code: str | None
    only_duty: bool


class Snooze(NamedTuple):
    """A person is not told of a deadline until a day."""

    subject: str
    clock: str
    instance: str
    user_id: str
    until: date


class SentEntry(NamedTuple):
    """An entry that letters have put into a person's calendar."""

    uid: str
    user_id: str
    subject: str
    clock: str
    instance: str
    due: date
    sequence: int
    cancelled: bool


class Beat(NamedTuple):
    """One pulse of the heartbeat; instants are UTC seconds."""

    name: str
    day: date | None
    at: int
    next_at: int | None


_SELECT_NOTICE = sa.select(*(NOTICES.c[name] for name in Notice._fields if name != "letter_state"))
_SELECT_BEAT = sa.select(*(BEATS.c[name] for name in Beat._fields))


def select_running_clocks() -> "sa.Select[Any]":
    """The running clocks of open cases, as `RunningClock` takes them."""
    clock_columns = (CLOCKS.c[name] for name in RunningClock._fields[:8])
    return (
        sa.select(*clock_columns, CASES.c.unit_id, CASES.c.person_id, CASES.c.pipeline, CASES.c.state)
        .join(CASES, CASES.c.id == CLOCKS.c.case_id)
        .where(CLOCKS.c.state == "running", CASES.c.closed_on.is_(None))
    )


def _insert_once(tx: Transaction) -> Any:
    """An insert that skips rows that exist already."""
    if tx.connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        # the same construct there
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    return insert(NOTICES).on_conflict_do_nothing().returning(NOTICES.c.id)


def add_notices(tx: Transaction, rows: Sequence[Mapping[str, object]]) -> int:
    """Add single notices that do not exist yet; returns how many."""
    return sum(len(tx.connection.execute(_insert_once(tx).values(dict(row))).all()) for row in rows)


def list_earlier_notices(tx: Transaction, subject: str, clock: str, instance: str) -> list[Notice]:
    """What was told of one start of a clock, oldest first."""
    mine = (NOTICES.c.subject == subject, NOTICES.c.clock == clock, NOTICES.c.instance == instance)
    return [Notice(*row) for row in tx.connection.execute(_SELECT_NOTICE.where(*mine).order_by(NOTICES.c.id))]


def list_waiting(tx: Transaction) -> list[Notice]:
    """Notices that stand in no letter yet, those of one reader together."""
    return [Notice(*row) for row in tx.connection.execute(_WAITING)]


_WAITING = _SELECT_NOTICE.where(NOTICES.c.state == "waiting").order_by(
    NOTICES.c.via, NOTICES.c.due, NOTICES.c.id
)


def list_waiting_by_reader(tx: Transaction, readers: Sequence[str]) -> dict[str, list[Notice]]:
    """Notices that stand in no letter yet, by the reader whose letter they wait for."""
    by_reader: dict[str, list[Notice]] = {}
    for some in split_into_batches(readers):
        for row in tx.connection.execute(_WAITING.where(NOTICES.c.via.in_(some))):
            by_reader.setdefault(row.via, []).append(Notice(*row))
    return by_reader


def settle_notices(tx: Transaction, ids: Sequence[int], state: str, letter: str | None = None) -> None:
    """Mark notices as told in a letter, or as void."""
    for some in split_into_batches(ids):
        statement = sa.update(NOTICES).where(NOTICES.c.id.in_(some)).values(state=state, letter_id=letter)
        tx.connection.execute(statement)


def reassign_notices(tx: Transaction, ids: Sequence[int], via: str) -> None:
    """Let undelivered notices wait again, for somebody else's letter."""
    for some in split_into_batches(ids):
        statement = sa.update(NOTICES).where(NOTICES.c.id.in_(some))
        tx.connection.execute(statement.values(state="waiting", letter_id=None, via=via, why="no_address"))


def find_notice(tx: Transaction, id_: int) -> Notice | None:
    row = tx.connection.execute(_SELECT_NOTICE.where(NOTICES.c.id == id_)).one_or_none()
    return Notice(*row) if row else None


def load_notice_keys(tx: Transaction) -> set[tuple[str, ...]]:
    """The keys of existing notices: subject, clock, instance, step, deadline, user."""
    columns = (
        NOTICES.c.subject,
        NOTICES.c.clock,
        NOTICES.c.instance,
        NOTICES.c.step,
        NOTICES.c.due,
        NOTICES.c.user_id,
    )
    rows = tx.connection.execute(sa.select(*columns))
    return {
        (row.subject, row.clock, row.instance, row.step, row.due.isoformat(), row.user_id) for row in rows
    }


def list_notices_in_letter(tx: Transaction, letter: str) -> list[Notice]:
    return [
        Notice(*row) for row in tx.connection.execute(_SELECT_NOTICE.where(NOTICES.c.letter_id == letter))
    ]


def list_notices_of_subject(connection: sa.Connection, subject: str) -> list[Notice]:
    """Everything told of a case (or post, or unit), oldest first, with what became of each letter."""
    statement = (
        _SELECT_NOTICE.add_columns(LETTERS.c.state)
        .join(LETTERS, LETTERS.c.id == NOTICES.c.letter_id, isouter=True)
        .where(NOTICES.c.subject == subject)
        .order_by(NOTICES.c.id)
    )
    return [Notice(*row) for row in connection.execute(statement)]


def load_running_clocks(tx: Transaction, cases: Sequence[str]) -> dict[tuple[str, str, str], RunningClock]:
    """The running clocks of some cases by case, name and start."""
    running_clocks: dict[tuple[str, str, str], RunningClock] = {}
    for some in split_into_batches(cases):
        rows = tx.connection.execute(select_running_clocks().where(CLOCKS.c.case_id.in_(some)))
        running_clocks |= {(row.case_id, row.name, str(row.seq)): RunningClock(*row) for row in rows}
    return running_clocks


def split_into_batches(ids: Sequence[Any], size: int = 500) -> Iterable[Sequence[Any]]:
    """Ids as one statement takes them."""
    return (ids[at : at + size] for at in range(0, len(ids), size))


# --- what a person wants, and has -------------------------------------------------------------------------


def load_mailboxes(tx: Transaction) -> dict[str, KnownMailbox]:
    """What is known of users' addresses, by user."""
    statement = sa.select(*(MAILBOXES.c[name] for name in KnownMailbox._fields))
    return {row.user_id: KnownMailbox(*row) for row in tx.connection.execute(statement)}


def set_mailbox(tx: Transaction, user: str, **values: Any) -> None:
    result = tx.connection.execute(sa.update(MAILBOXES).where(MAILBOXES.c.user_id == user).values(**values))
    if not result.rowcount:
        tx.connection.execute(sa.insert(MAILBOXES).values({"user_id": user, "only_duty": False, **values}))


def list_snoozes(tx: Transaction, day: date) -> list[Snooze]:
    """Snoozes that still last on a day."""
    statement = sa.select(*(SNOOZES.c[name] for name in Snooze._fields)).where(SNOOZES.c.until > day)
    return [Snooze(*row) for row in tx.connection.execute(statement)]


def add_snooze(tx: Transaction, **values: Any) -> None:
    tx.connection.execute(sa.insert(SNOOZES).values(values))


def load_calendar_entries(
    tx: Transaction, users: Sequence[str]
) -> dict[str, dict[tuple[str, str, str], SentEntry]]:
    """What letters have put into people's calendars, by user, and then by case, clock and start."""
    by_user: dict[str, dict[tuple[str, str, str], SentEntry]] = {}
    columns = [ENTRIES.c[name] for name in SentEntry._fields]
    for some in split_into_batches(users):
        for row in tx.connection.execute(sa.select(*columns).where(ENTRIES.c.user_id.in_(some))):
            by_user.setdefault(row.user_id, {})[row.subject, row.clock, row.instance] = SentEntry(*row)
    return by_user


def save_calendar_entry(tx: Transaction, uid: str, **values: Any) -> None:
    """Add or change a calendar entry."""
    result = tx.connection.execute(sa.update(ENTRIES).where(ENTRIES.c.uid == uid).values(**values))
    if not result.rowcount:
        tx.connection.execute(sa.insert(ENTRIES).values({"uid": uid, **values}))


# --- the heartbeat ----------------------------------------------------------------------------------------


def find_beat(connection: sa.Connection, name: str) -> Beat | None:
    """One pulse of the heartbeat."""
    row = connection.execute(_SELECT_BEAT.where(BEATS.c.name == name)).one_or_none()
    return Beat(*row) if row else None


def lock_beat(tx: Transaction, name: str, at: int) -> Beat:
    """Lock a heartbeat row until the transaction ends, so that two workers run one after the other."""
    _insert_beat(tx, name, at)
    return Beat(*tx.connection.execute(_SELECT_BEAT.where(BEATS.c.name == name).with_for_update()).one())


def _insert_beat(tx: Transaction, name: str, at: int) -> None:
    if tx.connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        # the same construct there
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    tx.connection.execute(insert(BEATS).values(name=name, at=at).on_conflict_do_nothing())


def set_beat(tx: Transaction, name: str, **values: Any) -> None:
    """Update a heartbeat row."""
    _insert_beat(tx, name, values["at"])
    tx.connection.execute(sa.update(BEATS).where(BEATS.c.name == name).values(**values))
