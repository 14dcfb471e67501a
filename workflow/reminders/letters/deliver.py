"""Letters out of the outbox to their readers: claimed with a lease, sent, marked.

The one double that can happen is the same Message-ID again, after a crash between the server's OK and our mark.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from notifications.letter_days import is_open
from notifications.policy import Hours
from notifications.transport import Parcel, Post, PostAway, PutOff, Refused
from workflow.core.clock import now
from workflow.core.crypto import Unreadable
from workflow.office import Office
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.compose import unpacked
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import Found
from workflow.storage import writes
from workflow.storage.engine import Work
from workflow.storage.register_snapshot import on
from workflow.storage.writes import UnknownPerson

PAUSES = tuple(minutes * 60 for minutes in (5, 15, 60, 240, 720))
"""Seconds until a letter that was put off is tried again; one that is put off after the last is stuck."""
LEASE = 900
TOGETHER = 10
LONGEST_ANSWER = 300


@dataclass(frozen=True)
class Delivered:
    """What became of the letters that were due. ``away``: why nothing can be sent to anybody now."""

    sent: int = 0
    put_off: int = 0
    stuck: int = 0
    away: PostAway | None = None


def within(hours: Hours, office: Office, at: datetime) -> bool:
    """Whether letters go out at an instant: in the office's hours, on a working day."""
    here = at.astimezone(ZoneInfo(office.config.zone))
    return hours.from_ <= here.time() < hours.to and is_open(office.tree_read().calendar, here.date())


def deliver(office: Office, post: Post, *, at: int | None = None) -> Delivered:
    """Send every letter that is due at ``at`` (UTC seconds; now, if not said)."""
    done = Delivered()
    lease = uuid4().hex
    when = at if at is not None else _now()
    while True:
        with office.database.transaction() as work:
            some = outbox_queries.claim(work, when, lease, _now() + LEASE, TOGETHER)
            keys = {row.id: key_of(office, work, row.user_id, row.day) for row in some}
        for row in some:
            try:
                done = _send(office, post, row, keys[row.id], lease, done)
            except PostAway as away:
                done = replace(done, away=away)
                break
        if not some or done.away:
            break
    with office.database.transaction() as work:
        outbox_queries.let_go(work, lease)
        if done.sent or done.away is None:
            notice_queries.set_beat(work, "delivery", at=_now())
    return done


def _now() -> int:
    return int(now().timestamp())


def key_of(office: Office, work: Work, user_id: str, day: date) -> bytes | None:
    """The key of whoever a letter of that day went to; None where they were forgotten."""
    users = office.tree_in(work.connection).users.get(user_id, ())
    user = on(users, day) or (users[-1] if users else None)
    try:
        return writes.person_row(work, user.person_id)[0] if user else None
    except UnknownPerson:
        return None


def opened(office: Office, row: Found, key: bytes | None) -> tuple[str, bytes] | None:
    """A letter's address and bytes; None where its reader was forgotten."""
    try:
        return unpacked(office.vault.open(key, row.sealed, row.id)) if key else None
    except Unreadable:
        return None


def _send(office: Office, post: Post, row: Found, key: bytes | None, lease: str, done: Delivered) -> Delivered:
    held = opened(office, row, key)
    if held is None:
        _mark(office, row, lease, state="cancelled", said="")
        return done
    address, message = held
    try:
        post.send(Parcel(f"{row.id}@{_domain(office)}", office.config.mail.sender, address, message))
    except Refused as refused:
        _mark(office, row, lease, state="stuck", tries=row.tries + 1, code=refused.code, said=_short(refused.text))
        return replace(done, stuck=done.stuck + 1)
    except PutOff as later:
        said = {"tries": row.tries + 1, "code": later.code, "said": _short(later.text)}
        if row.tries >= len(PAUSES):
            _mark(office, row, lease, state="stuck", **said)
            return replace(done, stuck=done.stuck + 1)
        _mark(office, row, lease, next_at=_now() + PAUSES[row.tries], **said)
        return replace(done, put_off=done.put_off + 1)
    _mark(office, row, lease, state="sent", tries=row.tries + 1, sent_at=_now(), code=None, said=None)
    return replace(done, sent=done.sent + 1)


def _domain(office: Office) -> str:
    return office.config.mail.sender.partition("@")[2]


def _mark(office: Office, row: Found, lease: str, **values: object) -> None:
    with office.database.transaction() as work:
        outbox_queries.mark(work, row.id, lease, **values)


def _short(text: str) -> str:
    return text[:LONGEST_ANSWER]
