"""Programs sign in by API tokens, with their user's own rights."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from workflow.accounts import account_queries as store
from workflow.accounts.secret_tokens import (
    compute_mac,
    hash_secret,
    new_secret,
    to_instant,
    to_seconds,
    verify_mac,
)
from workflow.accounts.sessions import SEEN_EVERY_SECONDS, CredentialUse, note_use
from workflow.accounts.sign_in import check_user_acts
from workflow.core.clock import today_in
from workflow.core.input import FieldFault, InvalidInput, parse_text
from workflow.office import Office
from workflow.storage.engine import Transaction
from workflow.storage.tables.accounts import TOKENS

TOKEN_PREFIX = "ketnap_"  # noqa: S105 - no secret: every token begins so
"""By which a token that was left lying about is known for what it is."""
UNUSED_SECONDS = 365 * 24 * 60 * 60
"""A token that nobody used for a year is forgotten, and over."""
MAX_NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as its user is told of it.

    ``seen``: when it was last used, at the beginning when it was made.
    """

    token: str
    user: str
    name: str
    since: datetime
    seen: datetime


def create_token(office: Office, user: str, name: str, *, at: int | None = None) -> str:
    """A new token, which is shown only once. Raises `InvalidInput`, `UnknownUser`.

    ``name``: what it is for.
    """
    clean_name = " ".join(parse_text("name", name).split())
    if len(clean_name) > MAX_NAME_LENGTH:
        raise InvalidInput([FieldFault("name", "too_long", {"maximum": MAX_NAME_LENGTH})])
    when, token = to_seconds(at), TOKEN_PREFIX + new_secret()
    hash_ = hash_secret(token)
    row = {
        "id": office.new_id("A"),
        "hash": hash_,
        "user_id": user,
        "seal": compute_mac(office.vault, "token", hash_, user, when),
        "name": clean_name,
        "made_at": when,
        "seen_at": when,
    }
    with office.database.transaction() as work:
        check_user_acts(office, work, user)
        store.insert_row(work, TOKENS, row)
    return token


def find_token_user(
    office: Office,
    token: str,
    *,
    at: int | None = None,
    on_use: Callable[[CredentialUse], None] | None = None,
) -> str | None:
    """Whose token it is.

    None for one that was ended, lay unused for a year, or is of a user who acts no longer.

    ``used``: takes down that it is used, for whoever must not wait for a write; else it is written here.
    """
    if not token.startswith(TOKEN_PREFIX):
        return None
    when, hash_ = to_seconds(at), hash_secret(token)
    with office.database.read_transaction() as connection:
        row = store.find_token(Transaction(connection), hash_, today_in(office.config.zone))
    if row is None:
        return None
    is_ours = verify_mac(office.vault, "token", hash_, row.user_id, row.made_at, row.seal)
    if when - row.seen_at >= UNUSED_SECONDS or not is_ours:
        return None
    if when - row.seen_at >= SEEN_EVERY_SECONDS:
        use = CredentialUse(TOKENS, row.id, when)
        on_use(use) if on_use else note_use(office, use)
    return row.user_id


def list_tokens(office: Office, user: str | None = None, *, at: int | None = None) -> list[ApiToken]:
    """The tokens of a user, or of all, the newest first."""
    when = to_seconds(at)
    with office.database.read_transaction() as connection:
        rows = store.list_tokens(connection, user)
    return [
        ApiToken(row.id, row.user_id, row.name, to_instant(row.made_at), to_instant(row.seen_at))
        for row in rows
        if when - row.seen_at < UNUSED_SECONDS
    ]


def end_token(office: Office, token_id: str) -> bool:
    """End a token; False where there is none of that id."""
    with office.database.transaction() as work:
        return store.delete_rows(work, TOKENS, id=token_id) == 1
