"""An office's policy, templates and mail settings are loaded."""

from pathlib import Path
from typing import TYPE_CHECKING

from notifications.policy import DEFAULT_POLICY_FILE, Policy, PolicyTerms, default_policy, read_policy
from notifications.transport import MailTransport, build_transport
from workflow.office import Office

if TYPE_CHECKING:
    from notifications.letter_text import MimeLetterWriter


def load_policy(office: Office, file: Path | None = None) -> Policy:
    """The office's policy, or another one in its stead; it names nothing unknown. Raises `BadPolicy`."""
    own = office.config.reminders
    return read_policy(
        file or (office.config.folder / own if own else DEFAULT_POLICY_FILE), _load_terms(office)
    )


def load_policy_unchecked(office: Office) -> Policy:
    """The office's policy for its words only, not checked against the editions. Raises `BadPolicy`."""
    own = office.config.reminders
    return read_policy(office.config.folder / own) if own else default_policy()


def _load_terms(office: Office) -> PolicyTerms:
    book = office.rulebook
    return PolicyTerms.from_editions(
        book.load_edition(pipeline, edition_id)
        for pipeline in book.pipelines
        for edition_id in book.list_editions(pipeline)
    )


def load_writer(office: Office) -> "MimeLetterWriter":
    """The office's letter writer. Raises `BadTemplates`."""
    from notifications.letter_text import MimeLetterWriter

    own = office.config.letters
    return MimeLetterWriter(
        office.config.mail, office.config.language, office.config.folder / own if own else None
    )


def load_transport(office: Office) -> MailTransport:
    """The office's transport: a server or a folder. Raises `TransportUnavailable`."""
    return build_transport(office.config.mail, office.config.folder)
