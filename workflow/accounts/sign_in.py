"""Signing in, with a password or into a sample office; and changing the password."""

from collections.abc import Iterator

from workflow.accounts import account_queries as store
from workflow.accounts import passwords, rate_limit
from workflow.accounts.rate_limit import Machine
from workflow.accounts.secret_tokens import hash_of, seconds
from workflow.accounts.sessions import SignedIn, begin
from workflow.core.clock import today_in
from workflow.core.input import FieldFault, Mistyped
from workflow.office import Office
from workflow.register.errors import UnknownUser
from workflow.storage import reads
from workflow.storage.engine import Connection, Work

GIVEN_DAYS = 7
"""A password that somebody else chose lies on a slip of paper; for so long it may."""
LONGEST_USER = 40
DAY = 24 * 60 * 60


class SignInRefused(Exception):
    """No such user, or one who acts no longer, no account, or a wrong password: strangers are not told which."""


class OnlyInASample(Exception):
    """Only a sample office is entered without a password."""


def sign_in(
    office: Office, user: str, password: str, *, device: str | None, address: str, agent: str, at: int | None = None
) -> SignedIn:
    """Sign in at a machine. ``device``: its cookie of before, if any; ``agent``: how the browser calls itself.

    Raises `SignInRefused`, `TooManyTries`.
    """
    when, name = seconds(at), _named(user)
    machine = Machine(device, address, agent)
    allowed = rate_limit.at_the_door(office.vault, name, machine)
    rate_limit.note(office, allowed, when)
    held = _password_read(office, name, when)
    if not passwords.fits(office.vault, name, held and held.password, password) or held is None:
        raise SignInRefused
    anew = passwords.hashed(office.vault, name, password) if passwords.is_outdated(held.password) else None
    with office.database.transaction() as work:
        now_held = _password(office, work.connection, name, when)
        if now_held is None or now_held.password != held.password:
            raise SignInRefused  # while it was being tried, it was changed
        if anew:
            store.put_password(work, name, anew, at=when, must_change=held.must_change, until=held.until)
        rate_limit.forgive(work, allowed)
        signed = begin(office, work, name, when, machine, must_change=bool(held.must_change))
        store.seen_account(work, name, when)
        return signed


def _named(user: str) -> str:
    """The id as it is registered: telephones begin every word with a capital. One that cannot be is nobody's."""
    name = user.strip().lower()
    return name if name.isprintable() and len(name) <= LONGEST_USER else ""


def _password(office: Office, connection: Connection, user: str, at: int) -> store.Found:
    """By what a user may sign in now; None where there is nothing, or a given password is over."""
    held = store.credentials(connection, user, today_in(office.config.zone))
    return None if held is None or (held.until is not None and held.until <= at) else held


def _password_read(office: Office, user: str, at: int) -> store.Found:
    with office.database.reading() as connection:
        return _password(office, connection, user, at)


def enter_sample(
    office: Office, user: str, *, device: str | None = None, address: str = "", agent: str = "", at: int | None = None
) -> SignedIn:
    """Enter a sample office as one of its people. Raises `OnlyInASample`, `UnknownUser`."""
    with office.database.transaction() as work:
        if reads.office(work.connection).sample is None:
            raise OnlyInASample
        check_acts(office, work, user)
        return begin(office, work, user, seconds(at), Machine(device, address, agent), sample_entry=True)


def check_acts(office: Office, work: Work, user: str) -> None:
    """Raises `UnknownUser` for somebody who does not act for the office today."""
    if not store.acts(work.connection, user, today_in(office.config.zone)):
        raise UnknownUser(user=user, on=office.day(reads.today(work.connection)))


def change_password(
    office: Office, user: str, old: str, new: str, *, keep: str | None = None, at: int | None = None
) -> None:
    """Change one's own password; all one's sessions end but that of the token ``keep``, and a link that waits.

    Raises `Mistyped`, `TooManyTries`.
    """
    when, allowed = seconds(at), rate_limit.of_old_password(office.vault, user)
    rate_limit.note(office, allowed, when)
    held = _password_read(office, user, when)
    right = passwords.fits(office.vault, user, held and held.password, old)
    if faults := list(_faults(user, old, new, right=right)):
        if right:
            with office.database.transaction() as work:
                rate_limit.forgive(work, allowed)
        raise Mistyped(faults)
    encoded = passwords.hashed(office.vault, user, new)
    with office.database.transaction() as work:
        rate_limit.forgive(work, allowed)
        now_held = _password(office, work.connection, user, when)
        if now_held is None or now_held.password != held.password:
            raise Mistyped([FieldFault("old", "wrong_password", {})])
        store.put_password(work, user, encoded, at=when, until=None)
        store.end_others(work, user, hash_of(keep) if keep else None)
        store.take(work, store.LINKS, user_id=user)


def _faults(user: str, old: str, new: str, *, right: bool) -> Iterator[FieldFault]:
    if not right:
        yield FieldFault("old", "wrong_password", {})
    elif passwords.normal(old) == passwords.normal(new):
        yield FieldFault("password", "same_password", {})
    yield from passwords.faults_of(user, new, "password")


def give_password(office: Office, user: str, *, at: int | None = None) -> str:
    """A password for somebody who has no machine to open a link with; to be told, and changed when it is first used.

    Their sessions, tokens and a link end: whoever holds one may not be the one it was meant for. Raises `UnknownUser`.
    """
    when, password = seconds(at), passwords.given()
    encoded = passwords.hashed(office.vault, user, password)
    with office.database.transaction() as work:
        check_acts(office, work, user)
        store.put_password(work, user, encoded, at=when, must_change=True, until=when + GIVEN_DAYS * DAY)
        store.shut_out(work, user)
    return password
