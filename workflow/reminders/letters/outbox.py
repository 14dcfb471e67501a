"""The outbox shows letters, sends them again or cancels them.

Nothing of a letter can be read once its reader was forgotten.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default as rfc5322

from states.errors import UnknownId, UserError
from workflow.office import Office
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.deliver import decrypt_letter, find_reader_key
from workflow.reminders.letters.outbox_queries import OutboxRow
from workflow.reminders.notices.recipients import RecipientFinder
from workflow.storage import reads
from workflow.storage.engine import Connection, Transaction

LETTER_STATES = ("waiting", "sent", "stuck", "returned", "cancelled")
ACTION_STATES = {"retry": ("stuck", "waiting", "cancelled"), "cancel": ("stuck", "waiting")}
"""How a letter must stand to be sent again, or no more."""


class UnknownLetter(UnknownId):
    """No letter has this id."""

    code = "unknown_letter"
    advice = "advice.unknown_letter"


class LetterSettled(UserError):
    """A letter cannot be sent again, or not be cancelled, as it stands. ``verb``: retry, cancel."""

    code = "letter_settled"

    def __init__(self, verb: str, letter: str, state: str) -> None:
        super().__init__(f"{verb} {letter}: {state}")
        self.verb, self.letter, self.state = verb, letter, state


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterListRow:
    """A letter, and what the server last said."""

    letter: str
    user: str
    day: date
    state: str
    subject: str | None
    tries: int
    code: int | None
    said: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """A letter as its reader sees it."""

    letter: str
    to: str
    day: date
    state: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterStateView:
    """How a letter stands now."""

    letter: str
    state: str


@dataclass(frozen=True, slots=True)
class OutboxLetter:
    """A letter of the outbox: how it stands, when it went out, and what its reader reads, if that is left."""

    row: LetterListRow
    sent_at: datetime | None
    content: LetterView | None


@dataclass(frozen=True, slots=True)
class MailboxView:
    """Where a user's letters go; without ``address``, nowhere.

    ``only_duty``: optional letters are not wanted.
    """

    address: str | None
    only_duty: bool


def count_letters(office: Office, users: Collection[str] | None) -> dict[str, int]:
    """How many letters of some readers are in each state, every state named.

    ``users``: None for everybody's.
    """
    with office.database.read_transaction() as connection:
        counts = outbox_queries.count_letters(connection, users)
    return {state: counts.get(state, 0) for state in LETTER_STATES}


def list_letters(
    office: Office,
    *,
    states: Collection[str] = (),
    users: Collection[str] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[OutboxLetter]:
    """Letters, newest first: those in some states, of some readers; all of them, if nothing is said."""
    with office.database.read_transaction() as connection:
        rows = outbox_queries.list_letters(connection, states, users, limit=limit, offset=offset)
        return [_open_letter(office, connection, row) for row in rows]


def find_letter(office: Office, letter: str) -> OutboxLetter | None:
    """One letter; None where there is none."""
    with office.database.read_transaction() as connection:
        row = outbox_queries.find_letter(connection, letter)
        return _open_letter(office, connection, row) if row else None


def _open_letter(office: Office, connection: Connection, row: OutboxRow) -> OutboxLetter:
    decrypted = decrypt_letter(
        office, row, find_reader_key(office, Transaction(connection), row.user_id, row.day)
    )
    content = _read_content(row, *decrypted) if decrypted else None
    listed = LetterListRow(
        letter=row.id,
        user=row.user_id,
        day=row.day,
        state=row.state,
        subject=content.subject if content else None,
        tries=row.tries,
        code=row.code,
        said=row.said,
    )  # fmt: skip - a value a field, as the fields stand
    return OutboxLetter(
        listed, datetime.fromtimestamp(row.sent_at, UTC) if row.sent_at is not None else None, content
    )


def _read_content(row: OutboxRow, address: str, message_bytes: bytes) -> LetterView:
    message = message_from_bytes(message_bytes, policy=rfc5322)
    body = message.get_body(("plain",))
    return LetterView(
        letter=row.id,
        to=address,
        day=row.day,
        state=row.state,
        subject=str(message["Subject"]),
        text=body.get_content() if body else "",
    )  # fmt: skip - a value a field, as the fields stand


def retry_letter(office: Office, letter: str) -> LetterStateView:
    """Send a stuck letter again, at once. Raises `UnknownLetter`, `LetterSettled`."""
    return _change_letter(office, letter, "retry", "waiting", next_at=0, tries=0)


def cancel_letter(office: Office, letter: str) -> LetterStateView:
    """Send a letter no more. Raises `UnknownLetter`, `LetterSettled`."""
    return _change_letter(office, letter, "cancel", "cancelled")


def _change_letter(office: Office, letter: str, verb: str, state: str, **values: object) -> LetterStateView:
    with office.database.transaction() as tx:
        row = outbox_queries.find_letter(tx.connection, letter)
        is_changed = bool(row) and outbox_queries.update_letter(
            tx, letter, ACTION_STATES[verb], state=state, **values
        )
    if row is None:
        raise UnknownLetter(letter)
    if not is_changed:
        raise LetterSettled(verb, letter, row.state)
    return LetterStateView(letter=letter, state=state)


def load_mailbox(office: Office, user: str) -> MailboxView:
    """Where a user's letters go."""
    with office.database.read_transaction() as connection:
        snapshot = office.snapshot_for_reading(connection)
        today = office.resolve_day(reads.load_today(connection))
        mailbox = RecipientFinder(office, Transaction(connection), snapshot, today).find_mailbox(user)
    return MailboxView(mailbox.address, mailbox.only_duty)
