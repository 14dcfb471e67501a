"""Letters are claimed with a lease, sent and marked.

The one double that can happen is the same Message-ID again, after a crash between the server's OK and our
mark.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from notifications.letter_days import is_office_day
from notifications.policy import SendingHours
from notifications.transport import (
    Envelope,
    LetterDeferred,
    LetterRefused,
    MailTransport,
    TransportUnavailable,
)
from workflow.core.clock import now
from workflow.core.crypto import DecryptionFailed
from workflow.office import Office
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.compose import unpack_message
from workflow.reminders.letters.outbox_queries import OutboxRow
from workflow.reminders.notices import notice_queries
from workflow.reminders.stop import GoesOn, always
from workflow.reminders.told_before import SentLetter, add_sent_letters, read_told_before, sign_notice
from workflow.storage import writes
from workflow.storage.engine import Transaction
from workflow.storage.register_snapshot import find_row_on
from workflow.storage.writes import UnknownPerson

RETRY_PAUSES = tuple(minutes * 60 for minutes in (5, 15, 60, 240, 720))
"""Seconds until a letter that was put off is tried again; one that is put off after the last is stuck."""
LEASE_SECONDS = 900
LETTERS_PER_CLAIM = 10
MAX_ANSWER_LENGTH = 300


@dataclass(frozen=True)
class DeliveryResult:
    """What became of the due letters. ``away``: why nothing can be sent now."""

    sent: int = 0
    put_off: int = 0
    stuck: int = 0
    away: TransportUnavailable | None = None


def is_sending_time(hours: SendingHours, office: Office, at: datetime) -> bool:
    """Whether letters go out at an instant: in the office's hours, on a working day."""
    local_time = at.astimezone(ZoneInfo(office.config.zone))
    return hours.from_ <= local_time.time() < hours.to and is_office_day(
        office.read_snapshot().calendar, local_time.date()
    )


def deliver_letters(
    office: Office, transport: MailTransport, *, at: int | None = None, goes_on: GoesOn = always
) -> DeliveryResult:
    """Send every letter due at ``at`` (UTC seconds; default: now), as long as ``goes_on``."""
    result, is_all = DeliveryResult(), False
    lease = uuid4().hex
    when = at if at is not None else _now_seconds()
    told_before = read_told_before(office.config.folder)
    while goes_on() and not (is_all or result.away):
        with office.database.transaction() as work:
            claimed = outbox_queries.lease_letters(
                work, when, lease, _now_seconds() + LEASE_SECONDS, LETTERS_PER_CLAIM
            )
            keys = {row.id: find_reader_key(office, work, row.user_id, row.day) for row in claimed}
        is_all = not claimed
        for row in claimed:
            if not goes_on():
                break
            if row.id in told_before:  # it went out before the office was restored
                _mark_letter(office, row, lease, state="sent", said="")
                continue
            try:
                result = _send_letter(office, transport, row, keys[row.id], lease, result)
            except TransportUnavailable as error:
                result = replace(result, away=error)
                break
    with office.database.transaction() as work:
        outbox_queries.release_letters(work, lease)
        if result.sent or is_all:
            notice_queries.set_beat(work, "delivery", at=_now_seconds())
    return result


def _now_seconds() -> int:
    return int(now().timestamp())


def find_reader_key(office: Office, work: Transaction, user_id: str, day: date) -> bytes | None:
    """The encryption key of a letter's reader; None if the reader was forgotten."""
    users = office.snapshot_for_reading(work.connection).users.get(user_id, ())
    user = find_row_on(users, day) or (users[-1] if users else None)
    try:
        return writes.load_person_row(work, user.person_id)[0] if user else None
    except UnknownPerson:
        return None


def decrypt_letter(office: Office, row: OutboxRow, key: bytes | None) -> tuple[str, bytes] | None:
    """A letter's address and bytes; None where its reader was forgotten."""
    try:
        return unpack_message(office.vault.decrypt(key, row.sealed, row.id)) if key else None
    except DecryptionFailed:
        return None


def _send_letter(
    office: Office,
    transport: MailTransport,
    row: OutboxRow,
    key: bytes | None,
    lease: str,
    result: DeliveryResult,
) -> DeliveryResult:
    content = decrypt_letter(office, row, key)
    if content is None:
        _mark_letter(office, row, lease, state="cancelled", said="")
        return result
    address, message = content
    try:
        transport.send(Envelope(f"{row.id}@{_domain(office)}", office.config.mail.sender, address, message))
    except LetterRefused as refused:
        _mark_letter(
            office,
            row,
            lease,
            state="stuck",
            tries=row.tries + 1,
            code=refused.code,
            said=_truncate_answer(refused.text),
        )
        return replace(result, stuck=result.stuck + 1)
    except LetterDeferred as later:
        outcome = {"tries": row.tries + 1, "code": later.code, "said": _truncate_answer(later.text)}
        if row.tries >= len(RETRY_PAUSES):
            _mark_letter(office, row, lease, state="stuck", **outcome)
            return replace(result, stuck=result.stuck + 1)
        _mark_letter(office, row, lease, next_at=_now_seconds() + RETRY_PAUSES[row.tries], **outcome)
        return replace(result, put_off=result.put_off + 1)
    _mark_letter(
        office, row, lease, state="sent", tries=row.tries + 1, sent_at=_now_seconds(), code=None, said=None
    )
    _note_sent_letter(office, row)
    return replace(result, sent=result.sent + 1)


def _note_sent_letter(office: Office, row: OutboxRow) -> None:
    """Note beside the backups what went out, so that an office restored from one does not tell it again."""
    with office.database.read_transaction() as connection:
        notices = notice_queries.list_notices_in_letter(Transaction(connection), row.id)
    signs = tuple(sign_notice(office.vault, notice.get_key()) for notice in notices)
    add_sent_letters(office.config.folder, [SentLetter(now(), row.id, signs)])


def _domain(office: Office) -> str:
    return office.config.mail.sender.partition("@")[2]


def _mark_letter(office: Office, row: OutboxRow, lease: str, **values: object) -> None:
    with office.database.transaction() as work:
        outbox_queries.settle_letter(work, row.id, lease, **values)


def _truncate_answer(text: str) -> str:
    return text[:MAX_ANSWER_LENGTH]
