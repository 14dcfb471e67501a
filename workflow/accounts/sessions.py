"""Sessions: who is signed in, where, since when; and ending them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from workflow.accounts import account_queries as store
from workflow.accounts.account_queries import SESSIONS
from workflow.accounts.rate_limit import Machine, trust
from workflow.accounts.secret_tokens import (
    closed,
    hash_of,
    instant,
    is_ours,
    new_secret,
    opened,
    seal,
    seconds,
)
from workflow.core.clock import today_in
from workflow.office import Office
from workflow.storage.engine import DatabaseAway, Work

IDLE = 12 * 60 * 60
"""A working day with its evening: a telephone left on the bus is signed out by the next morning."""
LONGEST = 14 * 24 * 60 * 60
"""Two weeks: often enough that the password is not forgotten, seldom enough that nobody writes it on the desk."""
SEEN_EVERY = 5 * 60
"""A page a second shall not be a write a second; minutes are all that anybody asks for."""
LONGEST_AGENT = 200


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody has signed in. ``token``, ``device``: what the machine is to hold, and nobody else."""

    token: str = field(repr=False)
    device: str = field(repr=False)
    user: str
    must_change: bool


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is asking. ``sample_entry``: entered a sample office by a click, without a password."""

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


def begin(
    office: Office,
    work: Work,
    user: str,
    at: int,
    machine: Machine,
    *,
    must_change: bool = False,
    sample_entry: bool = False,
) -> SignedIn:
    """A new session, in a transaction of the caller's; the machine is known from now on."""
    vault, token, id_ = office.vault, new_secret(), office.new_id("S")
    hash_ = hash_of(token)
    whence = {"address": _fit(machine.address), "agent": _fit(machine.agent)}
    row = {
        "id": id_,
        "hash": hash_,
        "user_id": user,
        "seal": seal(vault, _kind(sample_entry=sample_entry), hash_, user, at),
        "made_at": at,
        "seen_at": at,
        "sample_entry": sample_entry,
        "sealed": closed(vault, whence, id_),
    }
    store.add(work, SESSIONS, row)
    return SignedIn(token, trust(vault, machine.device, user), user, must_change)


def _kind(*, sample_entry: bool) -> str:
    return "entry" if sample_entry else "session"


def _fit(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST_AGENT]


def is_over(made_at: int, seen_at: int, at: int) -> bool:
    """Whether a session has ended by itself."""
    return at - seen_at >= IDLE or at - made_at >= LONGEST


@dataclass(frozen=True, slots=True)
class Use:
    """A session or token (``id`` of its ``table``) is used at ``at``; ``user``: whose account was here by it."""

    table: store.Table
    id: str
    at: int
    user: str | None = None


def visitor(
    office: Office, token: str, *, at: int | None = None, used: Callable[[Use], None] | None = None
) -> Visitor | None:
    """Who holds this token; None for a session that is over, or one of a user who acts no longer.

    ``used``: takes down that it is used, for whoever must not wait for a write; else it is written here.
    """
    if not token:
        return None
    when, hash_ = seconds(at), hash_of(token)
    with office.database.reading() as connection:
        row = store.visitor(Work(connection), hash_, today_in(office.config.zone))
    if row is None:
        return None
    id_, user, sealed, made_at, seen_at, sample_entry, must_change = row
    kind = _kind(sample_entry=sample_entry)
    if is_over(made_at, seen_at, when) or not is_ours(office.vault, kind, hash_, user, made_at, sealed):
        return None
    if when - seen_at >= SEEN_EVERY:
        use = Use(store.SESSIONS, id_, when, user)
        used(use) if used else note_use(office, use)
    return Visitor(user, id_, bool(must_change) and not sample_entry, bool(sample_entry), instant(made_at))


def note_use(office: Office, use: Use) -> None:
    """Write that a session or token is used; where nothing can be written now, pages are read all the same."""
    with suppress(DatabaseAway), office.database.transaction() as work:
        write_use(work, use)


def write_use(work: Work, use: Use) -> None:
    """Write a use, in a transaction of the caller's."""
    store.seen(work, use.table, use.id, use.at)
    if use.user is not None:
        store.seen_account(work, use.user, use.at)


def sign_out(office: Office, token: str) -> None:
    """End the session of this token."""
    with office.database.transaction() as work:
        store.take(work, SESSIONS, hash=hash_of(token))


def sessions(office: Office, user: str | None = None, *, at: int | None = None) -> list[Session]:
    """Who is signed in, the newest first; one user's sessions."""
    when = seconds(at)
    with office.database.reading() as connection:
        rows = store.rows(connection, SESSIONS, user)
    return [_session(office, row) for row in rows if not is_over(row.made_at, row.seen_at, when)]


def _session(office: Office, row: store.Found) -> Session:
    whence = opened(office.vault, bytes(row.sealed), row.id) or {"address": "", "agent": ""}
    times = (instant(row.made_at), instant(row.seen_at))
    return Session(row.id, row.user_id, *times, whence["address"], whence["agent"], bool(row.sample_entry))


def end_session(office: Office, session_id: str) -> bool:
    """End one session; False where there is none of that id."""
    with office.database.transaction() as work:
        return store.take(work, SESSIONS, id=session_id) == 1


def end_sessions(office: Office, user: str) -> int:
    """End all sessions of a user; how many."""
    with office.database.transaction() as work:
        return store.end_others(work, user, None)
