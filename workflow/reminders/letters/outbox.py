"""Letters as their page shows them, and where a user's own letters go: as plain values for every door."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default as rfc5322
from typing import Any

from workflow.office import Office
from workflow.reminders.letters import outbox_page_queries, outbox_queries
from workflow.reminders.letters.deliver import decrypt_letter, find_reader_key
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import DbRow
from workflow.reminders.notices.recipients import RecipientFinder
from workflow.storage import reads
from workflow.storage.engine import Connection, Transaction

View = dict[str, Any]

LETTER_STATES = ("waiting", "sent", "stuck", "returned", "cancelled")


def count_letters(office: Office, users: Collection[str] | None) -> dict[str, int]:
    """How many letters of some readers are in each state, every state named; ``users``: None for everybody's."""
    with office.database.read_transaction() as connection:
        counts = outbox_page_queries.count_letters_by_state(connection, users)
    return {state: counts.get(state, 0) for state in LETTER_STATES}


def list_letters(office: Office, users: Collection[str] | None, state: str, *, limit: int, offset: int) -> list[View]:
    """A page of the letters of some readers in one state, the newest first."""
    with office.database.read_transaction() as connection:
        rows = outbox_page_queries.list_letter_page(connection, users, state, limit=limit, offset=offset)
        return _letter_views(office, connection, rows)


def list_last_letters(office: Office, user: str, limit: int) -> list[View]:
    """The newest letters of one reader."""
    with office.database.read_transaction() as connection:
        return _letter_views(office, connection, outbox_page_queries.list_newest_letters(connection, user, limit))


def letter_view(office: Office, letter: str) -> View | None:
    """One letter with what its reader reads; None where there is none. Nothing of it is left of one who was forgotten.

    ``subject``, ``to`` and ``text`` are None then.
    """
    with office.database.read_transaction() as connection:
        row = outbox_queries.find_letter(connection, letter)
        if row is None:
            return None
        content = decrypt_letter(office, row, find_reader_key(office, Transaction(connection), row.user_id, row.day))
    view = _letter_summary(row, content) | {"to": content[0] if content else None, "text": None}
    body = message_from_bytes(content[1], policy=rfc5322).get_body(("plain",)) if content else None
    return view if body is None else view | {"text": body.get_content()}


def _letter_views(office: Office, connection: Connection, rows: Sequence[DbRow]) -> list[View]:
    work = Transaction(connection)
    return [
        _letter_summary(row, decrypt_letter(office, row, find_reader_key(office, work, row.user_id, row.day)))
        for row in rows
    ]


def _letter_summary(row: DbRow, content: tuple[str, bytes] | None) -> View:
    return {
        "letter": row.id,
        "user": row.user_id,
        "day": row.day,
        "state": row.state,
        "subject": str(message_from_bytes(content[1], policy=rfc5322)["Subject"]) if content else None,
        "sent_at": None if row.sent_at is None else datetime.fromtimestamp(row.sent_at, UTC),
        "tries": row.tries,
        "code": row.code,
        "said": row.said,
    }


def mailbox_view(office: Office, user: str) -> View:
    """Where a user's letters go: ``address`` (None: there is none that works), and whether only duties are wanted."""
    with office.database.read_transaction() as connection:
        tree, today = office.snapshot_for_reading(connection), office.resolve_day(reads.load_today(connection))
        mailbox = RecipientFinder(office, Transaction(connection), tree, today).find_mailbox(user)
    return {"address": mailbox.address, "only_duty": mailbox.only_duty}


def find_notice(office: Office, notice: int) -> DbRow | None:
    """One notice."""
    with office.database.read_transaction() as connection:
        return notice_queries.find_notice(Transaction(connection), notice)
