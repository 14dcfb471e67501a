"""One-time links: for the first password, and for one that was forgotten. Who may make one is not asked here."""

import io
from typing import Literal

from workflow.accounts import account_queries as store
from workflow.accounts import passwords
from workflow.accounts.account_queries import LINKS
from workflow.accounts.rate_limit import Machine
from workflow.accounts.secret_tokens import hash_of, is_ours, new_secret, seal, seconds
from workflow.accounts.sessions import SignedIn, begin
from workflow.accounts.sign_in import check_acts
from workflow.core.clock import today_in
from workflow.office import Office
from workflow.storage.engine import Connection

Purpose = Literal["first", "forgotten"]
LINK_HOURS = 24
"""A message sent in the evening is read the next day."""
LINK_PATH = "/link/{secret}"
"""Where the pages take a link."""


class LinkSpent(Exception):
    """The link sets no password: it was used, is older than a day, or a newer one was made."""


def make_link(office: Office, user: str, by: str, purpose: Purpose, *, at: int | None = None) -> str:
    """The secret of a new link for a user; the one before it is void. Raises `UnknownUser`."""
    when, secret = seconds(at), new_secret()
    hash_ = hash_of(secret)
    row = {
        "user_id": user,
        "hash": hash_,
        "seal": seal(office.vault, "link", hash_, user, when),
        "by": by,
        "purpose": purpose,
        "made_at": when,
        "until": when + LINK_HOURS * 60 * 60,
    }
    with office.database.transaction() as work:
        check_acts(office, work, user)
        store.lay(work, LINKS, row)
    return secret


def link_user(office: Office, secret: str, *, at: int | None = None) -> str | None:
    """Whose password a link sets; None for one that is spent, or of a user who acts no longer."""
    with office.database.reading() as connection:
        return _user(office, connection, secret, seconds(at))


def _user(office: Office, connection: Connection, secret: str, at: int) -> str | None:
    hash_ = hash_of(secret)
    row = store.by_hash(connection, LINKS, hash_)
    if row is None or at >= row.made_at + LINK_HOURS * 60 * 60:
        return None
    if not is_ours(office.vault, "link", hash_, row.user_id, row.made_at, row.seal):
        return None
    user = str(row.user_id)
    return user if store.acts(connection, user, today_in(office.config.zone)) else None


def use_link(
    office: Office, secret: str, new_password: str, *, device: str | None = None, address: str = "", agent: str = "",
    at: int | None = None,
) -> SignedIn:  # fmt: skip
    """Set the password by a link, once, however strangers have tried; a session begins here.

    The user's other sessions and tokens end: whoever holds one may not be the one it was meant for.
    Raises `LinkSpent`, `Mistyped`; a password that is not taken spends nothing.
    """
    when = seconds(at)
    user = link_user(office, secret, at=when)
    if user is None:
        raise LinkSpent
    passwords.check(user, new_password)
    encoded = passwords.hashed(office.vault, user, new_password)
    with office.database.transaction() as work:
        if _user(office, work.connection, secret, when) != user or not store.take(work, LINKS, hash=hash_of(secret)):
            raise LinkSpent
        store.put_password(work, user, encoded, at=when, until=None)
        store.shut_out(work, user)
        signed = begin(office, work, user, when, Machine(device, address, agent))
        store.seen_account(work, user, when)
        return signed


def link_qr(url: str) -> str:
    """A link as a drawing (SVG) for a telephone's camera; it stretches to where it stands."""
    import segno

    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, nl=False, border=4, omitsize=True, light="#fff", svgclass=None, lineclass=None
    )
    return drawn.getvalue().decode("ascii")
