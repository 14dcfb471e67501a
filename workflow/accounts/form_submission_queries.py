"""SQL claims forms that were sent, and keeps drafts."""

from typing import NamedTuple

import sqlalchemy as sa

from workflow.accounts.account_queries import build_insert, upsert_row
from workflow.storage.engine import Transaction
from workflow.storage.tables.accounts import CLAIMS, DRAFTS


class StoredClaim(NamedTuple):
    """Who sent a form first, and where it led; "" until it is done."""

    user_id: str
    answer: str


class StoredDraft(NamedTuple):
    """What somebody had typed, sealed."""

    at: int
    sealed: bytes


def claim_form(tx: Transaction, key: bytes, user: str, at: int, *, stale: int) -> bool:
    """Claim a form; an unfinished claim from before ``stale`` is taken over."""
    statement = build_insert(tx, CLAIMS).values(key=key, user_id=user, at=at, answer="")
    if tx.connection.execute(statement.on_conflict_do_nothing().returning(CLAIMS.c.at)).all():
        return True
    abandoned = (CLAIMS.c.key == key, CLAIMS.c.user_id == user, CLAIMS.c.answer == "", CLAIMS.c.at < stale)
    return tx.connection.execute(sa.update(CLAIMS).where(*abandoned).values(at=at)).rowcount == 1


def find_claim(tx: Transaction, key: bytes) -> StoredClaim | None:
    """The claim on a form; None where nobody made one."""
    statement = sa.select(CLAIMS.c.user_id, CLAIMS.c.answer).where(CLAIMS.c.key == key)
    row = tx.connection.execute(statement).one_or_none()
    return StoredClaim(*row) if row else None


def complete_claim(tx: Transaction, key: bytes, location: str) -> None:
    """Mark a claimed form as done, with the path it led to."""
    tx.connection.execute(sa.update(CLAIMS).where(CLAIMS.c.key == key).values(answer=location))


def release_claim(tx: Transaction, key: bytes) -> None:
    """Release a claim that was not completed, so that the form may be sent again."""
    tx.connection.execute(sa.delete(CLAIMS).where(CLAIMS.c.key == key, CLAIMS.c.answer == ""))


def save_draft(tx: Transaction, *, key: bytes, user: str, at: int, sealed: bytes, most: int) -> None:
    """Replace the draft under a key; of each user only the newest ``most`` are kept."""
    upsert_row(tx, DRAFTS, {"key": key, "user_id": user, "at": at, "sealed": sealed})
    theirs = sa.select(DRAFTS.c.key).where(DRAFTS.c.user_id == user).order_by(DRAFTS.c.at.desc()).offset(most)
    over = list(tx.connection.execute(theirs.limit(most)).scalars())
    if over:
        tx.connection.execute(sa.delete(DRAFTS).where(DRAFTS.c.key.in_(over)))


def has_draft(connection: sa.Connection, key: bytes) -> bool:
    """Whether there is a draft. Pages ask each time and must not write each time."""
    return connection.execute(sa.select(DRAFTS.c.at).where(DRAFTS.c.key == key)).first() is not None


def take_draft(tx: Transaction, key: bytes) -> StoredDraft | None:
    """Read a draft and delete it; None where there is none."""
    statement = sa.delete(DRAFTS).where(DRAFTS.c.key == key).returning(DRAFTS.c.at, DRAFTS.c.sealed)
    row = tx.connection.execute(statement).one_or_none()
    return StoredDraft(*row) if row else None
