"""Forms that were sent, so that none is done twice; and what was typed when a session ended. Nothing here commits."""

from typing import Any

import sqlalchemy as sa

from workflow.accounts.account_queries import insert_into, lay
from workflow.storage.engine import Work
from workflow.storage.tables import ClaimRow, DraftRow, table_of

CLAIMS, DRAFTS = table_of(ClaimRow), table_of(DraftRow)


def claim(work: Work, key: bytes, user: str, at: int, *, stale: int) -> bool:
    """Take a form as ours to do; a claim from before ``stale`` that came to nothing is taken over."""
    made = insert_into(work, CLAIMS).values(key=key, user_id=user, at=at, answer="")
    if work.connection.execute(made.on_conflict_do_nothing().returning(CLAIMS.c.at)).all():
        return True
    left = (CLAIMS.c.key == key, CLAIMS.c.user_id == user, CLAIMS.c.answer == "", CLAIMS.c.at < stale)
    return work.connection.execute(sa.update(CLAIMS).where(*left).values(at=at)).rowcount == 1


def claimed(work: Work, key: bytes) -> Any:
    """Who claimed a form, and where it led; None where nobody did."""
    return work.connection.execute(sa.select(CLAIMS).where(CLAIMS.c.key == key)).one_or_none()


def answer(work: Work, key: bytes, said: str) -> None:
    """A claimed form is done; where it led."""
    work.connection.execute(sa.update(CLAIMS).where(CLAIMS.c.key == key).values(answer=said))


def unclaim(work: Work, key: bytes) -> None:
    """A claimed form came to nothing and may be sent again; one that is done stays done."""
    work.connection.execute(sa.delete(CLAIMS).where(CLAIMS.c.key == key, CLAIMS.c.answer == ""))


def put_draft(work: Work, *, key: bytes, user: str, at: int, sealed: bytes, most: int) -> None:
    """Keep a draft in place of the one before it; of one user only so many, the newest."""
    lay(work, DRAFTS, {"key": key, "user_id": user, "at": at, "sealed": sealed})
    theirs = sa.select(DRAFTS.c.key).where(DRAFTS.c.user_id == user).order_by(DRAFTS.c.at.desc()).offset(most)
    over = list(work.connection.execute(theirs.limit(most)).scalars())
    if over:
        work.connection.execute(sa.delete(DRAFTS).where(DRAFTS.c.key.in_(over)))


def has_draft(connection: sa.Connection, key: bytes) -> bool:
    """Whether there is a draft: pages ask each time, and shall not write each time."""
    return connection.execute(sa.select(DRAFTS.c.at).where(DRAFTS.c.key == key)).first() is not None


def take_draft(work: Work, key: bytes) -> Any:
    """A draft, which is there no longer; None where there is none."""
    statement = sa.delete(DRAFTS).where(DRAFTS.c.key == key).returning(DRAFTS.c.at, DRAFTS.c.sealed)
    return work.connection.execute(statement).one_or_none()
