"""What an office reminds by: its policy, its words, the way its letters go out."""

from pathlib import Path
from typing import TYPE_CHECKING

from notifications.policy import DEFAULT, Known, Policy, default_policy, read_policy
from notifications.transport import Post, post_for
from workflow.office import Office

if TYPE_CHECKING:
    from notifications.letter_text import Writer


def policy_of(office: Office, file: Path | None = None) -> Policy:
    """The office's policy, or another one in its stead; it names nothing unknown. Raises `BadPolicy`."""
    own = office.config.reminders
    return read_policy(file or (office.config.folder / own if own else DEFAULT), _known(office))


def policy_as_read(office: Office) -> Policy:
    """The office's policy for its words alone, not held against the editions. Raises `BadPolicy`."""
    own = office.config.reminders
    return read_policy(office.config.folder / own) if own else default_policy()


def _known(office: Office) -> Known:
    book = office.rulebook
    return Known.of(book.edition(pipeline, one) for pipeline in book.pipelines for one in book.editions(pipeline))


def writer_of(office: Office) -> "Writer":
    """Whatever puts the office's letters into words. Raises `BadTemplates`."""
    from notifications.letter_text import Writer

    own = office.config.letters
    return Writer(office.config.mail, office.config.language, office.config.folder / own if own else None)


def post_of(office: Office) -> Post:
    """The way out: a server, or a folder. Raises `PostAway`."""
    return post_for(office.config.mail, office.config.folder)
