"""Accounts, sessions, tokens and the access log. Instants are UTC seconds."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from workflow.storage.tables.base import table_of


class AccountRow(SQLModel, table=True):
    """By what a user signs in.

    ``password``: Argon2id over the office's seal of it, see ``workflow.accounts``.

    ``must_change``, ``until``: somebody else gave the password; it lets in until then, and only to be
    changed.
    """

    __tablename__ = "accounts"
    user_id: str = Field(primary_key=True)
    password: str
    must_change: bool = False
    until: int | None = Field(default=None, sa_column=Column(BigInteger))
    changed_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    seen_at: int | None = Field(default=None, sa_column=Column(BigInteger))


class SessionRow(SQLModel, table=True):
    """Somebody signed in at a machine. ``hash``: of the token that the machine holds, which stands nowhere.

    ``seal``: the office's, so that nobody with SQL alone makes a session, or makes one somebody else's.
    ``sealed``: from where.
    """

    __tablename__ = "sessions"
    id: str = Field(primary_key=True)
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    user_id: str = Field(index=True)
    seal: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    made_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    seen_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    sample_entry: bool = False
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class LinkRow(SQLModel, table=True):
    """The one link by which a user may set a password; a newer one takes its place. ``by``: who made it."""

    __tablename__ = "links"
    user_id: str = Field(primary_key=True)
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    seal: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    by: str
    purpose: str
    made_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    until: int = Field(sa_column=Column(BigInteger, nullable=False))


class TokenRow(SQLModel, table=True):
    """What a program of a user's own signs in by."""

    __tablename__ = "tokens"
    id: str = Field(primary_key=True)
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    user_id: str = Field(index=True)
    seal: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    name: str
    made_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    seen_at: int = Field(sa_column=Column(BigInteger, nullable=False))


class TryRow(SQLModel, table=True):
    """How often signing in has failed of late.

    ``key``: the office's seal over a device, a user or an address.
    """

    __tablename__ = "tries"
    key: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    tried: int = 0
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    until: int = Field(sa_column=Column(BigInteger, nullable=False))


class ClaimRow(SQLModel, table=True):
    """A form that was sent, so that sending it twice does it once.

    ``answer``: where it led; "" until it is done.
    """

    __tablename__ = "claims"
    key: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    user_id: str
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    answer: str = ""


class DraftRow(SQLModel, table=True):
    """What somebody had typed when the session ended, sealed.

    ``key``: hash of whose it is and of which page.
    """

    __tablename__ = "drafts"
    key: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    user_id: str = Field(index=True)
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class LookRow(SQLModel, table=True):
    """A user has looked at what is kept of somebody.

    ``what``: the kind of page; ``subject``: case, person, unit.
    """

    __tablename__ = "looks"
    __table_args__ = (
        Index("looks_at", "at"),
        Index("looks_of_subject", "subject", "at"),
        Index("looks_of_user", "user_id", "at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    user_id: str
    what: str
    subject: str


ACCOUNTS = table_of(AccountRow)
SESSIONS = table_of(SessionRow)
LINKS = table_of(LinkRow)
TOKENS = table_of(TokenRow)
TRIES = table_of(TryRow)
CLAIMS = table_of(ClaimRow)
DRAFTS = table_of(DraftRow)
LOOKS = table_of(LookRow)
