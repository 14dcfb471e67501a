"""The register: units, posts, memberships, users, terms, calendar years.

Rows are never edited: a change retires a row and adds another, so that any past day can be asked for as known
now, or as known then. The number of the event that wrote a row is the row's own number.
"""

from datetime import date

from sqlalchemy import BigInteger, Column, Text
from sqlmodel import Field, SQLModel

from workflow.storage.tables.base import table_of


class RegisterRow(SQLModel):
    """What all rows of the register have in common: valid from, to (inclusive); recorded on, retired on."""

    n: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    valid_from: date
    valid_to: date | None = None
    recorded_on: date
    retired_on: date | None = None
    retired_n: int | None = Field(default=None, sa_type=BigInteger)


class UnitRow(RegisterRow, table=True):
    """A unit as it is for a while.

    Its name, level, place in the tree, organs (comma-separated keys of the edition).
    """

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


class CompanionRow(RegisterRow, table=True):
    """Since when somebody has worked or lived together with a candidate whom they sponsor or help."""

    __tablename__ = "companions"
    person_id: str = Field(foreign_key="people.id", index=True)
    candidate_id: str = Field(foreign_key="people.id", index=True)


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
    "companions": CompanionRow,
    "plans": PlanRow,
    "meetings": MeetingRow,
    "users": UserRow,
    "grants": GrantRow,
    "terms": TermRow,
    "calendar_years": CalendarRow,
}
"""The register's tables by the name under which events speak of them."""
REGISTER_TABLES = {name: table_of(model) for name, model in REGISTER.items()}
USERS = table_of(UserRow)
