"""Letters that lie in an outbox, ready to go, and the servers that they go to."""

from datetime import date
from pathlib import Path

from notifications.settings import MailSettings, SmtpSettings
from tests.journeys.land import SECRETARY
from workflow.office import Office
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.compose import pack_message
from workflow.reminders.letters.deliver import find_reader_key
from workflow.reminders.notices import notice_queries

SENDER = "ketnap@xa.example"


def lay(office: Office, *days: date, user: str = SECRETARY.by, to: str = "bithu@xa.example") -> list[str]:
    """A letter of each day to somebody, ready to go; their keys."""
    keys = []
    for day in days:
        id_ = office.new_id("T")
        text = f"Message-ID: <{id_}@xa.example>\r\nFrom: {SENDER}\r\nTo: {to}\r\nSubject: {id_}\r\n\r\nMot viec.\r\n"
        with office.database.transaction() as work:
            key = find_reader_key(office, work, user, day)
            assert key is not None
            sealed = office.vault.encrypt(key, pack_message(to, text.encode()), id_)
            outbox_queries.add_letter(
                work, id=id_, user_id=user, day=day, sealed=sealed, made_at=0, next_at=0
            )
        keys.append(id_)
    return keys


def by_smtp(office: Office, port: int) -> None:
    """The office's letters go to a server on this machine."""
    smtp = SmtpSettings(host="127.0.0.1", port=port, security="none", seconds=1)
    office.config = office.config.model_copy(update={"mail": MailSettings(sender=SENDER, smtp=smtp)})


def by_folder(office: Office) -> Path:
    """The office's letters go into a folder; which."""
    office.config = office.config.model_copy(update={"mail": MailSettings(sender=SENDER)})
    return office.config.folder / office.config.mail.folder


def states(office: Office) -> dict[str, str]:
    """Each letter's state."""
    with office.database.read_transaction() as connection:
        return {row.id: row.state for row in outbox_queries.list_letters(connection)}


def last_delivery(office: Office) -> int:
    """The pulse of the delivery."""
    with office.database.read_transaction() as connection:
        beat = notice_queries.find_beat(connection, "delivery")
    assert beat is not None
    return int(beat.at)
