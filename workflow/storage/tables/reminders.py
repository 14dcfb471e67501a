"""Notices, letters, calendar entries, snoozes and the heartbeat. Instants are UTC seconds."""

from datetime import date

from sqlalchemy import BigInteger, Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.storage.tables.base import table_of


class NoticeRow(SQLModel, table=True):
    """One notice, made once for ever: a step of a deadline, told to a person.

    Instants here and below are UTC seconds.

    ``subject``: a case, a post, a unit or ``office``. ``instance``: which start of the clock. ``user_id``:
    whose it is; ``via``: in whose letter it stands, and ``why``. ``due`` of a deadline that may not stand in
    clear is the last day there is. ``person_id``: whom it is about. ``state``: waiting, told, void.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("subject", "clock", "instance", "step", "due", "user_id"),
        Index("waiting_notices", "state", "via"),
    )
    id: int | None = Field(default=None, primary_key=True)
    subject: str
    reminder: str
    clock: str
    instance: str
    step: str
    due: date
    user_id: str
    via: str
    why: str
    person_id: str | None = None
    swept_on: date
    state: str
    letter_id: str | None = Field(default=None, foreign_key="letters.id", index=True)


class LetterRow(SQLModel, table=True):
    """One letter on its way: one per person and day.

    ``sealed``: its address and bytes, under the reader's key.

    ``state``: waiting, sent, stuck, cancelled. ``lease``: who sends it now, until ``leased_until``.
    ``code``, ``said``: the server's last answer.
    """

    __tablename__ = "letters"
    __table_args__ = (UniqueConstraint("user_id", "day"), Index("next_letters", "state", "next_at"))
    id: str = Field(primary_key=True)
    user_id: str
    day: date
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str
    tries: int = 0
    made_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    next_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    lease: str | None = None
    leased_until: int | None = Field(default=None, sa_column=Column(BigInteger))
    sent_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    code: int | None = None
    said: str | None = None


class MailboxRow(SQLModel, table=True):
    """What is known of a user's address.

    That letters came back from it, that optional letters are not wanted.

    ``address``: the office's seal over the address that failed, so that another one is tried again.
    """

    __tablename__ = "mailboxes"
    user_id: str = Field(primary_key=True)
    address: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    off_since: date | None = None
    code: str | None = None
    only_duty: bool = False


class EntryRow(SQLModel, table=True):
    """One entry that letters have put into a person's calendar."""

    __tablename__ = "entries"
    __table_args__ = (UniqueConstraint("user_id", "subject", "clock", "instance"),)
    uid: str = Field(primary_key=True)
    user_id: str
    subject: str
    clock: str
    instance: str
    due: date
    sequence: int = 0
    cancelled: bool = False


class SnoozeRow(SQLModel, table=True):
    """A person is not told of a deadline until a day; ``n``: the event by which it was asked for."""

    __tablename__ = "snoozes"
    n: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    subject: str = Field(index=True)
    clock: str
    instance: str
    user_id: str
    until: date


class BeatRow(SQLModel, table=True):
    """The heartbeat: ``sweep`` with the newest morning swept, ``delivery``, ``worker`` with its next look.

    ``job.NAME``: when a job was last begun, and on which day of the office; see ``workflow.reminders.jobs``.
    """

    __tablename__ = "beats"
    name: str = Field(primary_key=True)
    day: date | None = None
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    next_at: int | None = Field(default=None, sa_column=Column(BigInteger))


NOTICES = table_of(NoticeRow)
LETTERS = table_of(LetterRow)
MAILBOXES = table_of(MailboxRow)
ENTRIES = table_of(EntryRow)
SNOOZES = table_of(SnoozeRow)
BEATS = table_of(BeatRow)
