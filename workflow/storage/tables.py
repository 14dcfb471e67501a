"""The tables. Instants are aware and UTC, days are dates in the office's zone.

Rows of the register are never edited: a change retires a row and adds another, so that any past day can be asked
for as known now, or as known then. The number of the event that wrote a row is the row's own number.
"""

from datetime import date

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class OfficeRow(SQLModel, table=True):
    """The one office of this database. ``today``: the day of a sample office's time machine, else null."""

    __tablename__ = "office"
    id: int = Field(default=1, primary_key=True)
    name: str
    sample: str | None = None
    today: date | None = None
    key_check: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    basis: str = ""
    """Digest of everything deadlines are counted by; when it changes, the deadlines of open cases are counted anew."""


class SealRow(SQLModel, table=True):
    """The head of the history: number and hash of the newest event, and the office key's seal over both.

    ``register_n``: the newest event of the register, by which a process knows whether what it read is still so.
    """

    __tablename__ = "seal"
    id: int = Field(default=1, primary_key=True)
    n: int = Field(sa_column=Column(BigInteger, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    mac: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    register_n: int = Field(sa_column=Column(BigInteger, nullable=False))


class EventRow(SQLModel, table=True):
    """One act, as it was recorded. ``body`` holds the canonical bytes that ``hash`` chains to the event before."""

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
    """Words written in an act (``n``), sealed under the candidate's key; the event holds their salted hash."""

    __tablename__ = "texts"
    __table_args__ = (UniqueConstraint("n", "field"),)
    id: int | None = Field(default=None, primary_key=True)
    n: int = Field(sa_column=Column(BigInteger, nullable=False))
    person_id: str = Field(foreign_key="people.id", index=True)
    field: str
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class CaseRow(SQLModel, table=True):
    """A case as its events leave it: ``record`` is their fold, ``version`` the number of the last of them.

    The migrations say the indices' condition for PostgreSQL too; said here, it would load that dialect at every start.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index(
            "one_open_case",
            "person_id",
            "pipeline",
            unique=True,
            sqlite_where=text("closed_on IS NULL"),
        ),
        Index(
            "open_cases",
            "pipeline",
            "state",
            "unit_id",
            "opened_on",
            "id",
            sqlite_where=text("closed_on IS NULL"),
        ),
    )
    id: str = Field(primary_key=True)
    pipeline: str
    person_id: str = Field(foreign_key="people.id", index=True)
    unit_id: str = Field(index=True)
    state: str = Field(index=True)
    opened_on: date
    closed_on: date | None = None
    version: int
    record: str = Field(sa_column=Column(Text, nullable=False))


class ClockRow(SQLModel, table=True):
    """One clock of a case, as rows so that what falls due can be asked for at once. ``of``: what it is counted per.

    ``armed_on``: the office's day on which it got the deadline it has; steps that lay behind then are not told.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        UniqueConstraint("case_id", "seq", "name"),
        Index("due_clocks", "state", "due", "kind", "case_id"),
        Index("armed_clocks", "state", "armed_on"),
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.id")
    seq: int
    name: str
    of: str | None = None
    kind: str
    organ: str
    state: str
    start: date
    due: date | None = None
    armed_on: date


class VoteRow(SQLModel, table=True):
    """One vote, with the electorate as it stood that day and the arithmetic of its threshold."""

    __tablename__ = "votes"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.id")
    seq: int
    rule: str
    body: str
    on_day: date
    roll: int
    base: int
    present: int
    votes_for: int
    votes_against: int
    votes_blank: int
    need: int
    reached: bool


class NoticeRow(SQLModel, table=True):
    """One notice, made once for ever: a step of a deadline, told to a person. Instants here and below are UTC seconds.

    ``subject``: a case, a post, a unit or ``office``. ``instance``: which start of the clock. ``user_id``: whose it is;
    ``via``: in whose letter it stands, and ``why``. ``due`` of a deadline that may not stand in clear is the last day
    there is. ``person_id``: whom it is about. ``state``: waiting, told, void.
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
    """One letter on its way: one per person and day. ``sealed``: its address and bytes, under the reader's key.

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
    """What is known of a user's address: that letters came back from it, that optional letters are not wanted.

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


class PaperRow(SQLModel, table=True):
    """A paper of a case as a file: as it was issued, or signed and scanned. Its bytes are a sealed text of its event.

    ``what``: issued or received. ``part``: the sponsor's id for a paper of each sponsor, else "". ``basis``: the act,
    and its newest correction, whose facts an issued paper prints ("10.0"). ``form``: sha256 of the form it was made
    with; "" for a scan.
    """

    __tablename__ = "papers"
    n: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    case_id: str = Field(foreign_key="cases.id", index=True)
    what: str
    code: str
    part: str = ""
    basis: str = ""
    edition: str
    form: str = ""
    media: str
    pages: int


class NumberRow(SQLModel, table=True):
    """A number that an act has taken out of its organ's book: 6 of NQ/CB, at a unit, on a day."""

    __tablename__ = "numbers"
    case_id: str = Field(foreign_key="cases.id", primary_key=True)
    seq: int = Field(primary_key=True)
    field: str = Field(primary_key=True)
    unit_id: str = Field(index=True)
    mark: str
    number: int
    on_day: date


class BeatRow(SQLModel, table=True):
    """The heartbeat: ``sweep`` with the newest morning swept, ``delivery``, ``worker`` with its next look.

    ``job.NAME``: when a job was last begun, and on which day of the office; see ``workflow.reminders.jobs``.
    """

    __tablename__ = "beats"
    name: str = Field(primary_key=True)
    day: date | None = None
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    next_at: int | None = Field(default=None, sa_column=Column(BigInteger))


class AccountRow(SQLModel, table=True):
    """By what a user signs in. ``password``: Argon2id over the office's seal of it, see ``workflow.accounts``.

    ``must_change``, ``until``: somebody else gave the password; it lets in until then, and only to be changed.
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

    ``seal``: the office's, so that nobody with SQL alone makes a session, or makes one somebody else's. ``sealed``:
    from where.
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
    """How often signing in has failed of late; ``key``: the office's seal over a device, a user or an address."""

    __tablename__ = "tries"
    key: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    tried: int = 0
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    until: int = Field(sa_column=Column(BigInteger, nullable=False))


class ClaimRow(SQLModel, table=True):
    """A form that was sent, so that sending it twice does it once. ``answer``: where it led; "" until it is done."""

    __tablename__ = "claims"
    key: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    user_id: str
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    answer: str = ""


class DraftRow(SQLModel, table=True):
    """What somebody had typed when the session ended, sealed; ``key``: hash of whose it is and of which page."""

    __tablename__ = "drafts"
    key: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    user_id: str = Field(index=True)
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class LookRow(SQLModel, table=True):
    """A user has looked at what is kept of somebody. ``what``: the kind of page; ``subject``: case, person, unit."""

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


class RegisterRow(SQLModel):
    """What all rows of the register have in common: valid from, to (inclusive); recorded on, retired on."""

    n: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    valid_from: date
    valid_to: date | None = None
    recorded_on: date
    retired_on: date | None = None
    retired_n: int | None = Field(default=None, sa_type=BigInteger)


class UnitRow(RegisterRow, table=True):
    """A unit as it is for a while: its name, level, place in the tree, organs (comma-separated keys of the edition)."""

    __tablename__ = "units"
    id: str = Field(index=True)
    name: str
    level: str
    parent: str | None = Field(default=None, index=True)
    organs: str = ""
    authorised: bool = False
    successor: str | None = None


class PostRow(RegisterRow, table=True):
    """The post of head of a village or residential group."""

    __tablename__ = "posts"
    id: str = Field(index=True)
    unit_id: str = Field(index=True)
    kind: str


class TenureRow(RegisterRow, table=True):
    """Who holds a post; ``secretary``: also secretary of the branch (the combined model)."""

    __tablename__ = "tenures"
    post_id: str = Field(index=True)
    person_id: str = Field(foreign_key="people.id", index=True)
    secretary: bool = False


class MembershipRow(RegisterRow, table=True):
    """What a person is in the Party for a while: probationary or member; no row: neither."""

    __tablename__ = "memberships"
    person_id: str = Field(foreign_key="people.id", index=True)
    status: str


class PlanRow(RegisterRow, table=True):
    """What the commune plans for a post: admit, replace, combine, not_now."""

    __tablename__ = "plans"
    post_id: str = Field(index=True)
    kind: str


class MeetingRow(RegisterRow, table=True):
    """An extended branch meeting to which a head was invited, and whether he or she came; nothing more."""

    __tablename__ = "meetings"
    unit_id: str = Field(index=True)
    person_id: str = Field(foreign_key="people.id")
    came: bool


class UserRow(RegisterRow, table=True):
    """Somebody who acts: ``id`` is the name typed after ``--by``; their own name stands with the person."""

    __tablename__ = "users"
    id: str = Field(index=True)
    person_id: str = Field(foreign_key="people.id")


class GrantRow(RegisterRow, table=True):
    """A role that a user holds at a unit."""

    __tablename__ = "grants"
    user_id: str = Field(index=True)
    role: str
    unit_id: str = Field(index=True)


class TermRow(RegisterRow, table=True):
    """A term of a unit's committee: numbers of documents begin anew with it."""

    __tablename__ = "terms"
    unit_id: str = Field(index=True)


class CalendarRow(RegisterRow, table=True):
    """One year of the office's working calendar, as canonical JSON."""

    __tablename__ = "calendar_years"
    year: int = Field(index=True)
    days: str = Field(sa_column=Column(Text, nullable=False))


REGISTER: dict[str, type[RegisterRow]] = {
    "units": UnitRow,
    "posts": PostRow,
    "tenures": TenureRow,
    "memberships": MembershipRow,
    "plans": PlanRow,
    "meetings": MeetingRow,
    "users": UserRow,
    "grants": GrantRow,
    "terms": TermRow,
    "calendar_years": CalendarRow,
}
"""The register's tables by the name under which events speak of them."""


def table_of(model: type[SQLModel]) -> Table:
    """The table that a model says."""
    table: Table = model.__table__  # type: ignore[attr-defined] # every table model has one
    return table
