"""Letters as their page shows them, and where a user's own letters go: as plain values for every door."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default as rfc5322
from typing import Any

from workflow.office import Office
from workflow.reminders.letters import outbox_page_queries, outbox_queries
from workflow.reminders.letters.deliver import key_of, opened
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import Found
from workflow.reminders.notices.recipients import Recipients
from workflow.storage import reads
from workflow.storage.engine import Connection, Work

View = dict[str, Any]

STATES = ("waiting", "sent", "stuck", "returned", "cancelled")


def letter_counts(office: Office, users: Collection[str] | None) -> dict[str, int]:
    """How many letters of some readers are in each state, every state named; ``users``: None for everybody's."""
    with office.database.reading() as connection:
        found = outbox_page_queries.letter_counts(connection, users)
    return {state: found.get(state, 0) for state in STATES}


def letter_page(office: Office, users: Collection[str] | None, state: str, *, limit: int, offset: int) -> list[View]:
    """A page of the letters of some readers in one state, the newest first."""
    with office.database.reading() as connection:
        rows = outbox_page_queries.letter_page(connection, users, state, limit=limit, offset=offset)
        return _views(office, connection, rows)


def last_letters(office: Office, user: str, limit: int) -> list[View]:
    """The newest letters of one reader."""
    with office.database.reading() as connection:
        return _views(office, connection, outbox_page_queries.last_letters(connection, user, limit))


def letter_view(office: Office, letter: str) -> View | None:
    """One letter with what its reader reads; None where there is none. Nothing of it is left of one who was forgotten.

    ``subject``, ``to`` and ``text`` are None then.
    """
    with office.database.reading() as connection:
        row = outbox_queries.letter(connection, letter)
        if row is None:
            return None
        held = opened(office, row, key_of(office, Work(connection), row.user_id, row.day))
    view = _view(row, held) | {"to": held[0] if held else None, "text": None}
    body = message_from_bytes(held[1], policy=rfc5322).get_body(("plain",)) if held else None
    return view if body is None else view | {"text": body.get_content()}


def _views(office: Office, connection: Connection, rows: Sequence[Found]) -> list[View]:
    work = Work(connection)
    return [_view(row, opened(office, row, key_of(office, work, row.user_id, row.day))) for row in rows]


def _view(row: Found, held: tuple[str, bytes] | None) -> View:
    return {
        "letter": row.id,
        "user": row.user_id,
        "day": row.day,
        "state": row.state,
        "subject": str(message_from_bytes(held[1], policy=rfc5322)["Subject"]) if held else None,
        "sent_at": None if row.sent_at is None else datetime.fromtimestamp(row.sent_at, UTC),
        "tries": row.tries,
        "code": row.code,
        "said": row.said,
    }


def mailbox_of(office: Office, user: str) -> View:
    """Where a user's letters go: ``address`` (None: there is none that works), and whether only duties are wanted."""
    with office.database.reading() as connection:
        tree, today = office.tree_in(connection), office.day(reads.today(connection))
        found = Recipients(office, Work(connection), tree, today).mailbox(user)
    return {"address": found.address, "only_duty": found.only_duty}


def notice_of(office: Office, notice: int) -> Found | None:
    """One notice."""
    with office.database.reading() as connection:
        return notice_queries.by_id(Work(connection), notice)
