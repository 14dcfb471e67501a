"""Cases with their clocks, votes, papers and document numbers."""

from datetime import date

from sqlalchemy import BigInteger, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from workflow.storage.tables.base import table_of


class CaseRow(SQLModel, table=True):
    """A case as its events leave it: ``record`` is their fold, ``version`` the number of the last of them.

    The migrations say the indices' condition for PostgreSQL too; said here, it would load that dialect at
    every start.
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
    """One clock of a case, as rows so that what falls due can be asked for at once.

    ``of``: what it is counted per.

    ``armed_on``: the office's day on which it got the deadline it has; steps that lay behind then are not
    told.
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


class PaperRow(SQLModel, table=True):
    """A paper of a case as a file: as it was issued, or signed and scanned.

    Its bytes are a sealed text of its event.

    ``what``: issued or received. ``part``: the sponsor's id for a paper of each sponsor, else "". ``basis``:
    the act, and its newest correction, whose facts an issued paper prints ("10.0"). ``form``: sha256 of the
    form it was made with; "" for a scan.
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


CASES = table_of(CaseRow)
CLOCKS = table_of(ClockRow)
VOTES = table_of(VoteRow)
PAPERS = table_of(PaperRow)
NUMBERS = table_of(NumberRow)
