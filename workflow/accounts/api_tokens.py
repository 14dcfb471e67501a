"""Tokens: by what a program of a user's own signs in, with the user's own rights."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from workflow.accounts import account_queries as store
from workflow.accounts.account_queries import TOKENS
from workflow.accounts.secret_tokens import hash_of, instant, is_ours, new_secret, seal, seconds
from workflow.accounts.sessions import SEEN_EVERY, Use, note_use
from workflow.accounts.sign_in import check_acts
from workflow.core.clock import today_in
from workflow.core.input import FieldFault, Mistyped, read_text
from workflow.office import Office
from workflow.storage.engine import Work

PREFIX = "ketnap_"
"""By which a token that was left lying about is known for what it is."""
UNUSED = 365 * 24 * 60 * 60
"""A token that nobody used for a year is forgotten, and over."""
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its user is told of it; ``seen_at``: when it was last used, at the beginning when it was made."""

    id: str
    user: str
    name: str
    made_at: datetime
    seen_at: datetime


def make_token(office: Office, user: str, name: str, *, at: int | None = None) -> str:
    """A new token, which is shown this once. ``name``: what it is for. Raises `Mistyped`, `UnknownUser`."""
    called = " ".join(read_text("name", name).split())
    if len(called) > LONGEST_NAME:
        raise Mistyped([FieldFault("name", "too_long", {"maximum": LONGEST_NAME})])
    when, token = seconds(at), PREFIX + new_secret()
    hash_ = hash_of(token)
    row = {
        "id": office.new_id("A"),
        "hash": hash_,
        "user_id": user,
        "seal": seal(office.vault, "token", hash_, user, when),
        "name": called,
        "made_at": when,
        "seen_at": when,
    }
    with office.database.transaction() as work:
        check_acts(office, work, user)
        store.add(work, TOKENS, row)
    return token


def token_user(
    office: Office, token: str, *, at: int | None = None, used: Callable[[Use], None] | None = None
) -> str | None:
    """Whose token it is; None for one that was ended, lay unused for a year, or is of a user who acts no longer.

    ``used``: takes down that it is used, for whoever must not wait for a write; else it is written here.
    """
    if not token.startswith(PREFIX):
        return None
    when, hash_ = seconds(at), hash_of(token)
    with office.database.reading() as connection:
        row = store.token(Work(connection), hash_, today_in(office.config.zone))
    if row is None:
        return None
    id_, user, sealed, made_at, seen_at = row
    if when - seen_at >= UNUSED or not is_ours(office.vault, "token", hash_, user, made_at, sealed):
        return None
    if when - seen_at >= SEEN_EVERY:
        use = Use(TOKENS, id_, when)
        used(use) if used else note_use(office, use)
    return str(user)


def tokens(office: Office, user: str | None = None, *, at: int | None = None) -> list[Token]:
    """The tokens of a user, or of all, the newest first."""
    when = seconds(at)
    with office.database.reading() as connection:
        rows = store.rows(connection, TOKENS, user)
    return [
        Token(row.id, row.user_id, row.name, instant(row.made_at), instant(row.seen_at))
        for row in rows
        if when - row.seen_at < UNUSED
    ]


def end_token(office: Office, token_id: str) -> bool:
    """End a token; False where there is none of that id."""
    with office.database.transaction() as work:
        return store.take(work, TOKENS, id=token_id) == 1
