"""A session says who is signed in, where and since when."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from workflow.accounts import account_queries as store
from workflow.accounts.rate_limit import Machine, trust_device
from workflow.accounts.secret_tokens import (
    compute_mac,
    decrypt_value,
    encrypt_value,
    hash_secret,
    new_secret,
    to_instant,
    to_seconds,
    verify_mac,
)
from workflow.core.clock import today_in
from workflow.office import Office
from workflow.storage.engine import DatabaseUnavailable, Transaction
from workflow.storage.tables.accounts import SESSIONS

IDLE_SECONDS = 12 * 60 * 60
"""A working day with its evening: a telephone left on the bus is signed out by the next morning."""
MAX_SECONDS = 14 * 24 * 60 * 60
"""Two weeks: often enough that the password is not forgotten, seldom enough that nobody writes it on the
desk."""
SEEN_EVERY_SECONDS = 5 * 60
"""A page a second shall not be a write a second; minutes are all that anybody asks for."""
MAX_AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that has just begun. ``token`` and ``device`` go to the machine only."""

    token: str = field(repr=False)
    device: str = field(repr=False)
    user: str
    must_change: bool


@dataclass(frozen=True, slots=True)
class ActiveSession:
    """The session of a request.

    ``sample_entry``: a sample office was entered by a click, without a password.
    """

    user: str
    session_id: str
    must_change: bool
    sample_entry: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its user, or an officer, is told of it; ``agent``: how the browser calls itself."""

    id: str
    user: str
    made_at: datetime
    seen_at: datetime
    address: str
    agent: str
    sample_entry: bool


def begin_session(
    office: Office,
    work: Transaction,
    user: str,
    at: int,
    machine: Machine,
    *,
    must_change: bool = False,
    sample_entry: bool = False,
) -> NewSession:
    """Begin a session in the caller's transaction; the machine is trusted from now on."""
    vault, token, id_ = office.vault, new_secret(), office.new_id("S")
    hash_ = hash_secret(token)
    origin = {"address": _clean_text(machine.address), "agent": _clean_text(machine.agent)}
    row = {
        "id": id_,
        "hash": hash_,
        "user_id": user,
        "seal": compute_mac(vault, _session_kind(sample_entry=sample_entry), hash_, user, at),
        "made_at": at,
        "seen_at": at,
        "sample_entry": sample_entry,
        "sealed": encrypt_value(vault, origin, id_),
    }
    store.insert_row(work, SESSIONS, row)
    return NewSession(token, trust_device(vault, machine.device, user), user, must_change)


def _session_kind(*, sample_entry: bool) -> str:
    return "entry" if sample_entry else "session"


def _clean_text(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:MAX_AGENT_LENGTH]


def is_over(made_at: int, seen_at: int, at: int) -> bool:
    """Whether a session has expired."""
    return at - seen_at >= IDLE_SECONDS or at - made_at >= MAX_SECONDS


@dataclass(frozen=True, slots=True)
class CredentialUse:
    """A session or token (``id`` of its ``table``) is used at ``at``.

    ``user``: whose account was here by it.
    """

    table: store.Table
    id: str
    at: int
    user: str | None = None


def find_active_session(
    office: Office,
    token: str,
    *,
    at: int | None = None,
    on_use: Callable[[CredentialUse], None] | None = None,
) -> ActiveSession | None:
    """The session of a token; None if it has expired or its user is no longer active.

    ``on_use`` records the use for callers that must not wait for a write; without it the use is written here.
    """
    if not token:
        return None
    when, hash_ = to_seconds(at), hash_secret(token)
    with office.database.read_transaction() as connection:
        row = store.find_session(Transaction(connection), hash_, today_in(office.config.zone))
    if row is None:
        return None
    kind, sample_entry = _session_kind(sample_entry=row.sample_entry), bool(row.sample_entry)
    if is_over(row.made_at, row.seen_at, when) or not verify_mac(
        office.vault, kind, hash_, row.user_id, row.made_at, row.seal
    ):
        return None
    if when - row.seen_at >= SEEN_EVERY_SECONDS:
        use = CredentialUse(SESSIONS, row.id, when, row.user_id)
        on_use(use) if on_use else note_use(office, use)
    must_change = bool(row.must_change) and not sample_entry
    return ActiveSession(row.user_id, row.id, must_change, sample_entry, to_instant(row.made_at))


def note_use(office: Office, use: CredentialUse) -> None:
    """Write that a session or token is used.

    Where nothing can be written now, pages are read all the same.
    """
    with suppress(DatabaseUnavailable), office.database.transaction() as work:
        write_use(work, use)


def write_use(work: Transaction, use: CredentialUse) -> None:
    """Write a use in the caller's transaction."""
    store.mark_seen(work, use.table, use.id, use.at)
    if use.user is not None:
        store.mark_account_seen(work, use.user, use.at)


def sign_out(office: Office, token: str) -> None:
    with office.database.transaction() as work:
        store.delete_rows(work, SESSIONS, hash=hash_secret(token))


def list_sessions(office: Office, user: str | None = None, *, at: int | None = None) -> list[Session]:
    """Who is signed in, the newest first; one user's sessions."""
    when = to_seconds(at)
    with office.database.read_transaction() as connection:
        rows = store.list_sessions(connection, user)
    return [_build_session(office, row) for row in rows if not is_over(row.made_at, row.seen_at, when)]


def _build_session(office: Office, row: store.SessionEntry) -> Session:
    origin = decrypt_value(office.vault, bytes(row.sealed), row.id) or {"address": "", "agent": ""}
    times = (to_instant(row.made_at), to_instant(row.seen_at))
    return Session(row.id, row.user_id, *times, origin["address"], origin["agent"], bool(row.sample_entry))


def end_session(office: Office, session_id: str) -> bool:
    """End one session; False if there is none with that id."""
    with office.database.transaction() as work:
        return store.delete_rows(work, SESSIONS, id=session_id) == 1


def end_sessions(office: Office, user: str) -> int:
    """End all sessions of a user; returns how many."""
    with office.database.transaction() as work:
        return store.end_other_sessions(work, user, None)
