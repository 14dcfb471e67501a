"""Letters that come back: the address is switched off, and what they told is told to the unit above.

A bounce is a delivery status notification (RFC 3464) that holds the Message-ID of the letter. A plain letter whose
subject holds the key of a letter of ours asks that only what is duty be sent from now on (RFC 2369).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Literal

from workflow.office import Office
from workflow.reminders.letters import outbox_queries
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import Found
from workflow.reminders.notices.recipients import Recipients, mark_of
from workflow.storage import reads
from workflow.storage.engine import Work

LARGEST = 5_000_000
FAILED = re.compile(r"5(\.\d{1,3}){2}")
OURS = re.compile(r"<?(T[0-9A-Z]{7})@")
KEY = re.compile(r"\b(T[0-9A-Z]{7})\b")

Outcome = Literal["off", "only_duty", "not_ours", "not_final", "unreadable"]


@dataclass(frozen=True)
class Bounced:
    """What came of one letter that came back. ``handed_on``: how many notices are told to the unit above now."""

    outcome: Outcome
    user: str | None = None
    code: str | None = None
    handed_on: int = 0


class NotAMailbox(Exception):
    """A folder is no Maildir."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder.name


def take_in(office: Office, content: bytes) -> Bounced:
    """Take in one letter that came to the office's address."""
    if len(content) > LARGEST:
        return Bounced("unreadable")
    message = message_from_bytes(content, policy=policy.default)
    status, codes = _status(message)
    keys = list(_keys(message))
    with office.database.transaction() as work:
        letter = next((row for key in keys if (row := outbox_queries.letter(work.connection, key))), None)
        if letter is None:
            return Bounced("not_ours" if status is None or keys else "unreadable")
        if status is None:
            notice_queries.set_mailbox(work, letter.user_id, only_duty=True)
            return Bounced("only_duty", letter.user_id)
        if status != "failed" or not codes:
            return Bounced("not_final", letter.user_id)
        return _switch_off(office, work, letter, codes[0])


def take_in_mailbox(office: Office, folder: Path) -> Iterator[Bounced]:
    """Take in every letter of a Maildir; what was taken in is marked as seen there. Raises `NotAMailbox`, `OSError`."""
    import mailbox

    if not all((folder / part).is_dir() for part in ("cur", "new")):
        raise NotAMailbox(folder)
    box = mailbox.Maildir(folder, create=False)
    for key in sorted(box.keys()):
        held = box.get_message(key)
        if "S" not in held.get_flags():
            yield take_in(office, box.get_bytes(key))
            held.set_subdir("cur")
            held.add_flag("S")
            box[key] = held


def _switch_off(office: Office, work: Work, letter: Found, code: str) -> Bounced:
    tree = office.tree_in(work.connection)
    today = office.day(reads.today(work.connection))
    recipients = Recipients(office, work, tree, today)
    address = recipients.mailbox(letter.user_id).address
    if address:
        notice_queries.set_mailbox(work, letter.user_id, address=mark_of(office, address), off_since=today, code=code)
    outbox_queries.change(work, letter.id, ("sent", "waiting", "stuck"), state="returned", said=code)
    place = recipients.place_of(letter.user_id)
    via = recipients.above_with_address(place) if place else None
    told = [row.id for row in notice_queries.in_letter(work, letter.id)]
    if via:
        notice_queries.hand_on(work, told, via)
    return Bounced("off", letter.user_id, code, len(told) if via else 0)


def _status(message: Message) -> tuple[str | None, list[str]]:
    """The action that a delivery status notification tells, and its codes; None where it is none."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            said = [one for one in part.get_payload() if isinstance(one, Message)]
            actions = [str(one["Action"]).strip().lower() for one in said if one["Action"]]
            codes = [found[0] for one in said if (found := FAILED.search(str(one["Status"] or "")))]
            return (actions[0] if actions else ""), codes
    return None, []


def _keys(message: Message) -> Iterator[str]:
    """The keys of our letters that a message holds: of what it returns, of what it answers, in its subject."""
    for part in message.walk():
        for name in ("Message-ID", "In-Reply-To", "References"):
            for value in part.get_all(name, []):
                yield from OURS.findall(str(value))
        if part.get_content_type() == "text/rfc822-headers":
            yield from OURS.findall(_text(part))
    yield from KEY.findall(str(message["Subject"] or ""))


def _text(part: Message) -> str:
    return str(part.get_content()) if isinstance(part, EmailMessage) else str(part.get_payload())
