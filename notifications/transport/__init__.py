"""The way out: one letter, ready as bytes, goes to a mail server or into a folder."""

from pathlib import Path

from notifications.settings import Mail, Smtp
from notifications.transport.message import Away as Away
from notifications.transport.message import Parcel as Parcel
from notifications.transport.message import Post as Post
from notifications.transport.message import PostAway as PostAway
from notifications.transport.message import PutOff as PutOff
from notifications.transport.message import Refused as Refused


def post_for(mail: Mail, beside: Path) -> Post:
    """The way out that an office has set; ``beside`` is the folder of its config.yaml. Raises `PostAway`."""
    if mail.smtp is None:
        from notifications.transport.folder import FolderPost

        return FolderPost(beside / mail.folder)
    from notifications.transport.smtp import SmtpPost

    return SmtpPost(mail.smtp, _password(mail.smtp, beside) if mail.smtp.user else "")


def _password(smtp: Smtp, beside: Path) -> str:
    """The one line of the password file."""
    if not smtp.password_file:
        raise PostAway("password", "mail.smtp.password_file is not set")
    file = beside / smtp.password_file
    try:
        password = file.read_text(encoding="utf-8-sig").rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise PostAway("password", f"{file.name}: {getattr(error, 'strerror', None) or 'not UTF-8'}") from error
    if not password or not password.isprintable():
        raise PostAway("password", f"{file.name}: not one line of text")
    return password
