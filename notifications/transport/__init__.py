"""A finished letter goes to a mail server or into a folder."""

from pathlib import Path

from notifications.settings import MailSettings, SmtpSettings
from notifications.transport.message import Envelope as Envelope
from notifications.transport.message import LetterDeferred as LetterDeferred
from notifications.transport.message import LetterRefused as LetterRefused
from notifications.transport.message import MailTransport as MailTransport
from notifications.transport.message import TransportUnavailable as TransportUnavailable
from notifications.transport.message import UnavailableReason as UnavailableReason


def build_transport(mail: MailSettings, beside: Path) -> MailTransport:
    """The transport of an office's settings. Raises `TransportUnavailable`.

    ``beside``: the folder of config.yaml.
    """
    if mail.smtp is None:
        from notifications.transport.folder import FolderTransport

        return FolderTransport(beside / mail.folder)
    from notifications.transport.smtp import SmtpTransport

    return SmtpTransport(mail.smtp, _password(mail.smtp, beside) if mail.smtp.user else "")


def _password(smtp: SmtpSettings, beside: Path) -> str:
    """The one line of the password file."""
    if not smtp.password_file:
        raise TransportUnavailable("password", "mail.smtp.password_file is not set")
    file = beside / smtp.password_file
    try:
        password = file.read_text(encoding="utf-8-sig").rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise TransportUnavailable(
            "password", f"{file.name}: {getattr(error, 'strerror', None) or 'not UTF-8'}"
        ) from error
    if not password or not password.isprintable():
        raise TransportUnavailable("password", f"{file.name}: not one line of text")
    return password
