"""People sign in with a password, or enter a sample office."""

from collections.abc import Iterator

from states.errors import EXIT_REFUSED, UserError
from workflow.accounts import account_queries as store
from workflow.accounts import passwords, rate_limit
from workflow.accounts.rate_limit import Machine
from workflow.accounts.secret_tokens import hash_secret, to_seconds
from workflow.accounts.sessions import NewSession, begin_session
from workflow.core.clock import today_in
from workflow.core.input import FieldFault, InvalidInput
from workflow.office import Office
from workflow.register.errors import UnknownUser
from workflow.storage import reads
from workflow.storage.engine import Connection, Transaction
from workflow.storage.tables.accounts import LINKS

ISSUED_PASSWORD_DAYS = 7
"""A password that somebody else chose lies on a slip of paper; for so long it may."""
MAX_USER_LENGTH = 40
DAY = 24 * 60 * 60


class SignInRefused(UserError):
    """No such user, or one who acts no longer, no account, or a wrong password.

    Strangers are not told which.
    """

    code = "sign_in_refused"
    exit_code = EXIT_REFUSED
    advice = "advice.sign_in_refused"
    writes = False


class OnlyInASample(UserError):
    """Only a sample office is entered without a password."""

    code = "only_in_a_sample"
    exit_code = EXIT_REFUSED
    writes = False


def sign_in(
    office: Office,
    user: str,
    password: str,
    *,
    device: str | None,
    address: str,
    agent: str,
    at: int | None = None,
) -> NewSession:
    """Sign in at a machine. Raises `SignInRefused`, `TooManyTries`.

    ``device``: the machine's earlier cookie, if any; ``agent``: the browser's name.
    """
    when, name = to_seconds(at), _normalize_user(user)
    machine = Machine(device, address, agent)
    allowed = rate_limit.sign_in_limits(office.vault, name, machine)
    rate_limit.count_try(office, allowed, when)
    credentials = _read_credentials(office, name, when)
    if (
        not passwords.verify_password(office.vault, name, credentials and credentials.password, password)
        or credentials is None
    ):
        raise SignInRefused
    new_hash = (
        passwords.hash_password(office.vault, name, password)
        if passwords.is_outdated(credentials.password)
        else None
    )
    with office.database.transaction() as work:
        current = _find_credentials(office, work.connection, name, when)
        if current is None or current.password != credentials.password:
            raise SignInRefused  # while it was being tried, it was changed
        if new_hash:
            store.set_password(
                work, name, new_hash, at=when, must_change=credentials.must_change, until=credentials.until
            )
        rate_limit.forgive_try(work, allowed)
        new_session = begin_session(
            office, work, name, when, machine, must_change=bool(credentials.must_change)
        )
        store.mark_account_seen(work, name, when)
        return new_session


def _normalize_user(user: str) -> str:
    """The user id in lower case, since phones capitalise; "" for a text that cannot be an id."""
    name = user.strip().lower()
    return name if name.isprintable() and len(name) <= MAX_USER_LENGTH else ""


def _find_credentials(office: Office, connection: Connection, user: str, at: int) -> store.Credentials | None:
    """The credentials of a user; None without any, or if a given password has expired."""
    credentials = store.find_credentials(connection, user, today_in(office.config.zone))
    return (
        None
        if credentials is None or (credentials.until is not None and credentials.until <= at)
        else credentials
    )


def _read_credentials(office: Office, user: str, at: int) -> store.Credentials | None:
    with office.database.read_transaction() as connection:
        return _find_credentials(office, connection, user, at)


def enter_sample(
    office: Office,
    user: str,
    *,
    device: str | None = None,
    address: str = "",
    agent: str = "",
    at: int | None = None,
) -> NewSession:
    """Enter a sample office as one of its people. Raises `OnlyInASample`, `UnknownUser`."""
    with office.database.transaction() as work:
        if reads.load_office(work.connection).sample is None:
            raise OnlyInASample
        check_user_acts(office, work, user)
        return begin_session(
            office, work, user, to_seconds(at), Machine(device, address, agent), sample_entry=True
        )


def check_user_acts(office: Office, work: Transaction, user: str) -> None:
    """Raises `UnknownUser` for a user who is not active today."""
    if not store.is_active_user(work.connection, user, today_in(office.config.zone)):
        raise UnknownUser(user=user, on=office.resolve_day(reads.load_today(work.connection)))


def change_password(
    office: Office, user: str, old: str, new: str, *, keep: str | None = None, at: int | None = None
) -> None:
    """Change one's own password.

    All one's sessions end but that of the token ``keep``, and a link that waits.

    Raises `InvalidInput`, `TooManyTries`.
    """
    when, allowed = to_seconds(at), rate_limit.old_password_limits(office.vault, user)
    rate_limit.count_try(office, allowed, when)
    credentials = _read_credentials(office, user, when)
    is_right = passwords.verify_password(office.vault, user, credentials and credentials.password, old)
    if faults := list(_find_password_faults(user, old, new, is_right=is_right)):
        if is_right:
            with office.database.transaction() as work:
                rate_limit.forgive_try(work, allowed)
        raise InvalidInput(faults)
    encoded = passwords.hash_password(office.vault, user, new)
    with office.database.transaction() as work:
        rate_limit.forgive_try(work, allowed)
        current = _find_credentials(office, work.connection, user, when)
        if current is None or credentials is None or current.password != credentials.password:
            raise InvalidInput([FieldFault("old", "wrong_password", {})])
        store.set_password(work, user, encoded, at=when, until=None)
        store.end_other_sessions(work, user, hash_secret(keep) if keep else None)
        store.delete_rows(work, LINKS, user_id=user)


def _find_password_faults(user: str, old: str, new: str, *, is_right: bool) -> Iterator[FieldFault]:
    if not is_right:
        yield FieldFault("old", "wrong_password", {})
    elif passwords.normalize_password(old) == passwords.normalize_password(new):
        yield FieldFault("password", "same_password", {})
    yield from passwords.find_faults(user, new, "password")


def issue_password(office: Office, user: str, *, at: int | None = None) -> str:
    """A password for somebody who has no machine to open a link with.

    To be told, and changed when it is first used.

    Their sessions, tokens and a link end: whoever holds one may not be the one it was meant for. Raises
    `UnknownUser`.
    """
    when, password = to_seconds(at), passwords.generate_password()
    encoded = passwords.hash_password(office.vault, user, password)
    with office.database.transaction() as work:
        check_user_acts(office, work, user)
        store.set_password(
            work, user, encoded, at=when, must_change=True, until=when + ISSUED_PASSWORD_DAYS * DAY
        )
        store.revoke_sign_ins(work, user)
    return password
