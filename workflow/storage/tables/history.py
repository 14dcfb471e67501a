"""The office, its people and the sealed history of events."""

from datetime import date

from sqlalchemy import BigInteger, Column, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.storage.tables.base import table_of


class OfficeRow(SQLModel, table=True):
    """The one office of this database. ``today``: the day of a sample office's time machine, else null."""

    __tablename__ = "office"
    id: int = Field(default=1, primary_key=True)
    name: str
    sample: str | None = None
    today: date | None = None
    key_check: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    basis: str = ""
    """Digest of everything deadlines are counted by; when it changes, the office is looked at on opening:
    deadlines are counted anew, or an upgrade is asked for."""


class SealRow(SQLModel, table=True):
    """The head of the history: number and hash of the newest event, and the office key's seal over both.

    ``register_n``: the newest event of the register, by which a process knows whether what it read is still
    so.
    """

    __tablename__ = "seal"
    id: int = Field(default=1, primary_key=True)
    n: int = Field(sa_column=Column(BigInteger, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    mac: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    register_n: int = Field(sa_column=Column(BigInteger, nullable=False))


class EventRow(SQLModel, table=True):
    """One act, as it was recorded.

    ``body`` holds the canonical bytes that ``hash`` chains to the event before.
    """

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)
    n: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    case_id: str | None = Field(default=None, foreign_key="cases.id")
    seq: int | None = None
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class PersonRow(SQLModel, table=True):
    """A person: everything said of them is sealed under a key of their own, wrapped by the office's key.

    Without ``key`` the person is forgotten: what was sealed can never be read again, the history still holds.
    """

    __tablename__ = "people"
    id: str = Field(primary_key=True)
    key: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class TextRow(SQLModel, table=True):
    """Words written in an act (``n``), sealed under the candidate's key.

    The event holds their salted hash.
    """

    __tablename__ = "texts"
    __table_args__ = (UniqueConstraint("n", "field"),)
    id: int | None = Field(default=None, primary_key=True)
    n: int = Field(sa_column=Column(BigInteger, nullable=False))
    person_id: str = Field(foreign_key="people.id", index=True)
    field: str
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class RevisionRow(SQLModel, table=True):
    """By which revision of an edition acts are judged since event ``n``, until a later row says otherwise.

    ``n`` is 0 for what an office began with before events named revisions. ``revision`` is null where the
    edition is no more. ``text``: what the revision says, where no version of the program ever released it.
    """

    __tablename__ = "revisions"
    n: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    pipeline: str = Field(primary_key=True)
    edition: str = Field(primary_key=True)
    revision: str | None = None
    text: str | None = Field(default=None, sa_column=Column(Text))


OFFICE = table_of(OfficeRow)
SEAL = table_of(SealRow)
EVENTS = table_of(EventRow)
PEOPLE = table_of(PersonRow)
TEXTS = table_of(TextRow)
REVISIONS = table_of(RevisionRow)
