"""Accounts are listed, and what is over is deleted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from workflow.accounts import account_queries as store
from workflow.accounts import api_tokens, form_submissions, rate_limit, sessions
from workflow.accounts.secret_tokens import to_instant, to_seconds
from workflow.core.clock import today_in
from workflow.office import Office
from workflow.storage.tables.accounts import CLAIMS, DRAFTS, LINKS, SESSIONS, TOKENS, TRIES

PasswordState = Literal["none", "given", "own"]
"""There is none, somebody else gave it and it is to be changed, or the user chose it."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user who acts, with or without an account. ``since`` when the password is as it is."""

    user: str
    password: PasswordState
    since: datetime | None
    seen: datetime | None


def list_accounts(office: Office) -> list[Account]:
    """Every active user of the office by id, with or without an account."""
    with office.database.read_transaction() as connection:
        rows = store.list_active_users(connection, today_in(office.config.zone))
    return [
        Account(
            row.id,
            "none" if row.changed_at is None else "given" if row.must_change else "own",
            None if row.changed_at is None else to_instant(row.changed_at),
            None if row.seen_at is None else to_instant(row.seen_at),
        )
        for row in rows
    ]


def delete_expired(office: Office, *, at: int | None = None) -> int:
    """Delete expired sessions, links, tokens, tries, claims and drafts; returns how many.

    The access log stays. The server calls this once an hour.
    """
    when = to_seconds(at)
    with office.database.transaction() as work:
        return sum(
            (
                store.delete_rows_before(work, SESSIONS, when - sessions.IDLE_SECONDS, "seen_at"),
                store.delete_rows_before(work, SESSIONS, when - sessions.MAX_SECONDS, "made_at"),
                store.delete_rows_before(work, LINKS, when, "until"),
                store.delete_rows_before(work, TOKENS, when - api_tokens.UNUSED_SECONDS, "seen_at"),
                store.delete_rows_before(work, TRIES, when - rate_limit.FORGET_AFTER, "at"),
                store.delete_rows_before(work, CLAIMS, when - form_submissions.KEEP_SECONDS, "at"),
                store.delete_rows_before(work, DRAFTS, when - form_submissions.KEEP_SECONDS, "at"),
            )
        )
