"""One-time links set a first or forgotten password.

Who may make one is not asked here.
"""

import io
from typing import Literal

from states.errors import UserError
from workflow.accounts import account_queries as store
from workflow.accounts import passwords
from workflow.accounts.rate_limit import Machine
from workflow.accounts.secret_tokens import compute_mac, hash_secret, new_secret, to_seconds, verify_mac
from workflow.accounts.sessions import NewSession, begin_session
from workflow.accounts.sign_in import check_user_acts
from workflow.core.clock import today_in
from workflow.office import Office
from workflow.storage.engine import Connection
from workflow.storage.tables.accounts import LINKS

Purpose = Literal["first", "forgotten"]
LINK_HOURS = 24
"""A message sent in the evening is read the next day."""
LINK_PATH = "/link/{secret}"
"""Where the pages take a link."""


class LinkSpent(UserError):
    """The link sets no password: it was used, is older than a day, or a newer one was made."""

    code = "link_spent"
    advice = "advice.link_spent"
    writes = False


def create_link(office: Office, user: str, by: str, purpose: Purpose, *, at: int | None = None) -> str:
    """The secret of a new link for a user; the link before it becomes void. Raises `UnknownUser`."""
    when, secret = to_seconds(at), new_secret()
    hash_ = hash_secret(secret)
    row = {
        "user_id": user,
        "hash": hash_,
        "seal": compute_mac(office.vault, "link", hash_, user, when),
        "by": by,
        "purpose": purpose,
        "made_at": when,
        "until": when + LINK_HOURS * 60 * 60,
    }
    with office.database.transaction() as work:
        check_user_acts(office, work, user)
        store.upsert_row(work, LINKS, row)
    return secret


def find_link_user(office: Office, secret: str, *, at: int | None = None) -> str | None:
    """The user whose password a link sets; None if it is spent or the user is not active."""
    with office.database.read_transaction() as connection:
        return _find_valid_user(office, connection, secret, to_seconds(at))


def _find_valid_user(office: Office, connection: Connection, secret: str, at: int) -> str | None:
    hash_ = hash_secret(secret)
    row = store.find_link(connection, hash_)
    if row is None or at >= row.made_at + LINK_HOURS * 60 * 60:
        return None
    if not verify_mac(office.vault, "link", hash_, row.user_id, row.made_at, row.seal):
        return None
    acts = store.is_active_user(connection, row.user_id, today_in(office.config.zone))
    return row.user_id if acts else None


def use_link(
    office: Office,
    secret: str,
    new_password: str,
    *,
    device: str | None = None,
    address: str = "",
    agent: str = "",
    at: int | None = None,
) -> NewSession:
    """Set the password by a link, once, and begin a session.

    The rate limit does not apply. The user's other sessions and tokens end: their holder may be somebody
    else. Raises `LinkSpent`, `InvalidInput`; a refused password does not spend the link.
    """
    when = to_seconds(at)
    user = find_link_user(office, secret, at=when)
    if user is None:
        raise LinkSpent
    passwords.check_password(user, new_password)
    encoded = passwords.hash_password(office.vault, user, new_password)
    with office.database.transaction() as work:
        if _find_valid_user(office, work.connection, secret, when) != user or not store.delete_rows(
            work, LINKS, hash=hash_secret(secret)
        ):
            raise LinkSpent
        store.set_password(work, user, encoded, at=when, until=None)
        store.revoke_sign_ins(work, user)
        new_session = begin_session(office, work, user, when, Machine(device, address, agent))
        store.mark_account_seen(work, user, when)
        return new_session


def draw_link_qr(url: str) -> str:
    """A link as a QR code (SVG without a fixed size)."""
    import segno

    output = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        output,
        kind="svg",
        xmldecl=False,
        nl=False,
        border=4,
        omitsize=True,
        light="#fff",
        svgclass=None,
        lineclass=None,
    )
    return output.getvalue().decode("ascii")
