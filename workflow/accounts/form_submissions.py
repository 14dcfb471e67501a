"""A form that is sent twice is done once; drafts are kept.

What was typed when a session ended is kept for a day.
"""

import hashlib
from collections.abc import Mapping
from typing import cast

from workflow.accounts import form_submission_queries as store
from workflow.accounts.secret_tokens import decrypt_value, encode_parts, encrypt_value, to_seconds
from workflow.office import Office

KEEP_SECONDS = 24 * 60 * 60
"""Seconds after which nobody sends the same form again, or comes back for what was typed."""
STALE_SECONDS = 2 * 60
"""Seconds after which a form that was begun and led nowhere was begun by somebody who died; no answer takes
as long."""
MAX_DRAFTS = 20
MAX_DRAFT_SIZE = 1_000_000
"""Letters; of one user so many drafts are kept, so that nobody fills the disk."""


def claim_form(office: Office, key: str, user: str, *, at: int | None = None) -> str | None:
    """Claim the random key of a form; None means that the caller is to do it.

    Otherwise the form was sent before: the answer is the path it led to (`finish_form`), or "" while it is
    being done.
    """
    when, hash_ = to_seconds(at), _hash_key("form", key)
    with office.database.transaction() as work:
        if store.claim_form(work, hash_, user, when, stale=when - STALE_SECONDS):
            return None
        row = store.find_claim(work, hash_)
    return row.answer if row is not None and row.user_id == user else ""


def finish_form(office: Office, key: str, answer: str | None) -> None:
    """Finish a claimed form with the path that it led to.

    None: nothing was done, and the form may be sent again.
    """
    hash_ = _hash_key("form", key)
    with office.database.transaction() as work:
        if answer is None:
            store.release_claim(work, hash_)
        else:
            store.complete_claim(work, hash_, answer)


def save_draft(
    office: Office, user: str, path: str, fields: Mapping[str, object], *, at: int | None = None
) -> bool:
    """Keep, encrypted, what a user had typed on a page; False if it is too large or no text."""
    try:
        size = sum(len(str(value).encode()) for value in fields.values())
        sealed = encrypt_value(office.vault, fields, f"draft {user}")
    except (TypeError, UnicodeEncodeError):
        return False
    if size > MAX_DRAFT_SIZE:
        return False
    with office.database.transaction() as work:
        key, when = _hash_key("draft", user, path), to_seconds(at)
        store.save_draft(work, key=key, user=user, at=when, sealed=sealed, most=MAX_DRAFTS)
    return True


def take_draft(
    office: Office, user: str, path: str, *, at: int | None = None
) -> dict[str, str | list[str]] | None:
    """What a user had typed on a page within the last day; it is given back once, else None."""
    key = _hash_key("draft", user, path)
    with office.database.read_transaction() as connection:
        if not store.has_draft(connection, key):
            return None
    with office.database.transaction() as work:
        row = store.take_draft(work, key)
    if row is None or to_seconds(at) - row.at >= KEEP_SECONDS:
        return None
    return cast(
        "dict[str, str | list[str]] | None", decrypt_value(office.vault, bytes(row.sealed), f"draft {user}")
    )


def _hash_key(*parts: str) -> bytes:
    return hashlib.sha256(encode_parts(*parts)).digest()
