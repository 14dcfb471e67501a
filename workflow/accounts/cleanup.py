"""Keeping house: who has an account, and what is over goes."""

from dataclasses import dataclass
from datetime import datetime

from workflow.accounts import account_queries as store
from workflow.accounts import api_tokens, form_submissions, rate_limit, sessions
from workflow.accounts import form_submission_queries as forms_store
from workflow.accounts.secret_tokens import instant, seconds
from workflow.core.clock import today_in
from workflow.office import Office


@dataclass(frozen=True, slots=True)
class Account:
    """A user who acts. ``changed_at``: since when there is a password, if there is; ``must_change``: it was given."""

    user: str
    changed_at: datetime | None
    seen_at: datetime | None
    must_change: bool


def account_list(office: Office) -> list[Account]:
    """Everybody who acts for the office, with or without an account, by id."""
    with office.database.reading() as connection:
        rows = store.everybody(connection, today_in(office.config.zone))
    return [
        Account(
            row.id,
            None if row.changed_at is None else instant(row.changed_at),
            None if row.seen_at is None else instant(row.seen_at),
            bool(row.must_change),
        )
        for row in rows
    ]


def tidy(office: Office, *, at: int | None = None) -> int:
    """Delete what is over: sessions, links, tokens, tries, claims, drafts; how many. Looks stay.

    For whoever serves, once an hour.
    """
    when = seconds(at)
    with office.database.transaction() as work:
        return sum(
            (
                store.take_before(work, store.SESSIONS, when - sessions.IDLE, "seen_at"),
                store.take_before(work, store.SESSIONS, when - sessions.LONGEST, "made_at"),
                store.take_before(work, store.LINKS, when, "until"),
                store.take_before(work, store.TOKENS, when - api_tokens.UNUSED, "seen_at"),
                store.take_before(work, store.TRIES, when - rate_limit.FORGOTTEN, "at"),
                store.take_before(work, forms_store.CLAIMS, when - form_submissions.KEPT, "at"),
                store.take_before(work, forms_store.DRAFTS, when - form_submissions.KEPT, "at"),
            )
        )
