"""Letters that come back switch their address off.

What they told is told to the unit above.

A bounce is a delivery status notification (RFC 3464) that holds the Message-ID of the letter. A plain letter
whose subject holds the key of a letter of ours asks that only what is duty be sent from now on (RFC 2369).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Literal

from states.errors import UserError
from workflow.office import Office
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.outbox_queries import OutboxRow
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.recipients import RecipientFinder, hash_address
from workflow.storage import reads
from workflow.storage.engine import Transaction

MAX_BYTES = 5_000_000
FAILED_CODE = re.compile(r"5(\.\d{1,3}){2}")
OUR_MESSAGE_ID = re.compile(r"<?(T[0-9A-Z]{7})@")
LETTER_KEY = re.compile(r"\b(T[0-9A-Z]{7})\b")

Outcome = Literal["off", "only_duty", "not_ours", "not_final", "unreadable"]


@dataclass(frozen=True)
class BounceResult:
    """The result of one returned letter. ``handed_on``: how many notices now go to the unit above."""

    outcome: Outcome
    user: str | None = None
    code: str | None = None
    handed_on: int = 0


class NotAMailbox(UserError):
    """A folder is no Maildir."""

    code = "not_a_mailbox"
    advice = "advice.not_a_mailbox"
    message_values = ("folder",)

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder.name


def process_bounce(office: Office, content: bytes) -> BounceResult:
    """Process one letter that arrived at the office's address."""
    if len(content) > MAX_BYTES:
        return BounceResult("unreadable")
    message = message_from_bytes(content, policy=policy.default)
    status, codes = _read_status(message)
    keys = list(_find_letter_keys(message))
    with office.database.transaction() as work:
        letter = next(
            (row for key in keys if (row := outbox_queries.find_letter(work.connection, key))), None
        )
        if letter is None:
            return BounceResult("not_ours" if status is None or keys else "unreadable")
        if status is None:
            notice_queries.set_mailbox(work, letter.user_id, only_duty=True)
            return BounceResult("only_duty", letter.user_id)
        if status != "failed" or not codes:
            return BounceResult("not_final", letter.user_id)
        return _switch_off_address(office, work, letter, codes[0])


def process_mailbox(office: Office, folder: Path) -> Iterator[BounceResult]:
    """Process every letter of a Maildir and mark it as seen. Raises `NotAMailbox`, `OSError`."""
    import mailbox

    if not all((folder / part).is_dir() for part in ("cur", "new")):
        raise NotAMailbox(folder)
    box = mailbox.Maildir(folder, create=False)
    for key in sorted(box.keys()):
        message = box.get_message(key)
        if "S" not in message.get_flags():
            bounce = process_bounce(office, box.get_bytes(key))
            message.set_subdir("cur")
            message.add_flag("S")
            box[key] = message
            yield bounce  # whoever stops here leaves nothing half done


def _switch_off_address(office: Office, work: Transaction, letter: OutboxRow, code: str) -> BounceResult:
    tree = office.snapshot_for_reading(work.connection)
    today = office.resolve_day(reads.load_today(work.connection))
    recipients = RecipientFinder(office, work, tree, today)
    address = recipients.find_mailbox(letter.user_id).address
    if address:
        notice_queries.set_mailbox(
            work, letter.user_id, address=hash_address(office, address), off_since=today, code=code
        )
    outbox_queries.update_letter(work, letter.id, ("sent", "waiting", "stuck"), state="returned", said=code)
    place = recipients.first_unit_of(letter.user_id)
    via = recipients.reachable_above(place) if place else None
    notice_ids = [row.id for row in notice_queries.list_notices_in_letter(work, letter.id)]
    if via:
        notice_queries.reassign_notices(work, notice_ids, via)
    return BounceResult("off", letter.user_id, code, len(notice_ids) if via else 0)


def _read_status(message: Message) -> tuple[str | None, list[str]]:
    """The action and the codes of a delivery status notification; None for other mail."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            reports = [report for report in part.get_payload() if isinstance(report, Message)]
            actions = [str(report["Action"]).strip().lower() for report in reports if report["Action"]]
            codes = [
                match[0] for report in reports if (match := FAILED_CODE.search(str(report["Status"] or "")))
            ]
            return (actions[0] if actions else ""), codes
    return None, []


def _find_letter_keys(message: Message) -> Iterator[str]:
    """The keys of our letters that a message holds.

    Of what it returns, of what it answers, in its subject.
    """
    for part in message.walk():
        for name in ("Message-ID", "In-Reply-To", "References"):
            for value in part.get_all(name, []):
                yield from OUR_MESSAGE_ID.findall(str(value))
        if part.get_content_type() == "text/rfc822-headers":
            yield from OUR_MESSAGE_ID.findall(_part_text(part))
    yield from LETTER_KEY.findall(str(message["Subject"] or ""))


def _part_text(part: Message) -> str:
    return str(part.get_content()) if isinstance(part, EmailMessage) else str(part.get_payload())
