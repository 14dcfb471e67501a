"""Forms: one that is sent twice is done once; what was typed when a session ended is kept for a day."""

import hashlib
from typing import Any

from workflow.accounts import form_submission_queries as store
from workflow.accounts.secret_tokens import closed, opened, said, seconds
from workflow.office import Office

KEPT = 24 * 60 * 60
"""Seconds after which nobody sends the same form again, or comes back for what was typed."""
STALE = 2 * 60
"""Seconds after which a form that was begun and led nowhere was begun by somebody who died; no answer takes as long."""
MOST_DRAFTS = 20
LARGEST_DRAFT = 1_000_000
"""Letters; of one user so many drafts are kept, so that nobody fills the disk."""


def once(office: Office, key: str, user: str, *, at: int | None = None) -> str | None:
    """Claim the random key of a form: None, and it is ours to do.

    Else it was sent before: where that led (`done_once`), or "" while it is being done.
    """
    when, hash_ = seconds(at), _hash("form", key)
    with office.database.transaction() as work:
        if store.claim(work, hash_, user, when, stale=when - STALE):
            return None
        row = store.claimed(work, hash_)
    return str(row.answer) if row is not None and row.user_id == user else ""


def done_once(office: Office, key: str, answer: str | None) -> None:
    """A claimed form is done; ``answer``: the path it led to. None: it came to nothing, and may be sent again."""
    hash_ = _hash("form", key)
    with office.database.transaction() as work:
        if answer is None:
            store.unclaim(work, hash_)
        else:
            store.answer(work, hash_, answer)


def keep_draft(office: Office, user: str, path: str, fields: dict[str, Any], *, at: int | None = None) -> bool:
    """Keep what a user had typed on a page, sealed; False for what is too much, or no text."""
    try:
        size = sum(len(str(value).encode()) for value in fields.values())
        sealed = closed(office.vault, fields, f"draft {user}")
    except (TypeError, UnicodeEncodeError):
        return False
    if size > LARGEST_DRAFT:
        return False
    with office.database.transaction() as work:
        key, when = _hash("draft", user, path), seconds(at)
        store.put_draft(work, key=key, user=user, at=when, sealed=sealed, most=MOST_DRAFTS)
    return True


def take_draft(office: Office, user: str, path: str, *, at: int | None = None) -> dict[str, Any] | None:
    """What a user had typed on a page, given back once; None where there is nothing of the last day."""
    key = _hash("draft", user, path)
    with office.database.reading() as connection:
        if not store.has_draft(connection, key):
            return None
    with office.database.transaction() as work:
        row = store.take_draft(work, key)
    if row is None or seconds(at) - row.at >= KEPT:
        return None
    return opened(office.vault, bytes(row.sealed), f"draft {user}")


def _hash(*parts: str) -> bytes:
    return hashlib.sha256(said(*parts)).digest()
