"""Who was told what, when, and whether it arrived; the letters themselves: as plain values for every door."""

from datetime import date
from email import message_from_bytes
from email.policy import default as rfc5322
from typing import Any

import orjson

from notifications.policy import Policy
from workflow.cases.views.case_view import case_view
from workflow.core.crypto import SALT, Unreadable
from workflow.office import Office
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.compose import clock_rule
from workflow.reminders.letters.deliver import key_of, opened
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import Found
from workflow.reminders.notices.preview import Planned
from workflow.reminders.notices.watches import NOT_SAID
from workflow.reminders.settings import policy_as_read
from workflow.storage import reads
from workflow.storage.engine import Work

View = dict[str, Any]


def case_report(office: Office, case: str, language: str) -> View:
    """One case for a screen or for ``--json``, with what was told of it. Raises `UnknownCase`."""
    return case_view(office, case, language) | {"told": told_of(office, case, language)}


def told_of(office: Office, subject: str, language: str) -> list[View]:
    """Everything that was told of a case (or a post, or a branch), oldest first.

    ``state``: waiting, void, or what became of the letter: sent, stuck, returned, cancelled, in the outbox.
    """
    with office.database.reading() as connection:
        rows = notice_queries.of_subject(connection, subject)
    if not rows:
        return []
    policy = policy_as_read(office)
    return [
        {
            "id": row.id,
            "reminder": row.reminder,
            "clock": row.clock,
            "about": _about(office, policy, row.reminder, row.clock, language),
            "step": row.step,
            "due": None if row.due == NOT_SAID else row.due,
            "user": row.user_id,
            "via": row.via,
            "why": row.why,
            "swept_on": row.swept_on,
            "state": _state(row),
            "letter": row.letter_id,
        }
        for row in rows
    ]


def _state(row: Found) -> str:
    if row.state != "told":
        return str(row.state)
    return "in_outbox" if row.letter_state == "waiting" else str(row.letter_state)


def snoozed_of(office: Office, case: str, language: str) -> list[View]:
    """What was put off about a case, until when, by whom, and why; the reason is None once the person is forgotten."""
    with office.database.reading() as connection:
        rows = reads.snoozed(connection, case)
        keys = {row.id: row.key for row in reads.people(connection, {row.person_id for row in rows if row.person_id})}
    return [_snoozed(office, row, keys.get(row.person_id), language) for row in rows]


def _snoozed(office: Office, row: Found, key: bytes | None, language: str) -> View:
    said = orjson.loads(row.body)
    return {
        "n": row.n,
        "clock": row.clock,
        "about": clock_rule(office, "admission", row.clock)[0].in_language(language),
        "user": row.user_id,
        "until": row.until,
        "reason": _reason(office, row, key),
        "by": said["by"],
        "typed": said["typed"],
        "recorded_on": date.fromisoformat(said["recorded_on"]),
    }


def _reason(office: Office, row: Found, key: bytes | None) -> str | None:
    try:
        plain = office.vault.open(bytes(key), bytes(row.sealed), f"{row.subject}:{row.n}:reason") if key else None
    except Unreadable:
        return None
    return str(orjson.loads(plain[SALT:])["text"]) if plain else None


def planned_view(office: Office, policy: Policy, one: Planned, language: str) -> View:
    """A notice that is to be made by a policy."""
    said = {name: getattr(one, name) for name in one.__slots__}
    return {**said, "about": _about(office, policy, one.reminder, one.clock, language)}


def _about(office: Office, policy: Policy, reminder: str, clock: str, language: str) -> str:
    rule = policy.reminders.get(reminder)
    if rule is not None and rule.about is not None:
        return rule.about.in_language(language)
    return clock_rule(office, "admission", clock)[0].in_language(language)


def letters_view(office: Office, states: tuple[str, ...]) -> list[View]:
    """Letters, newest first, with what the server last said."""
    with office.database.reading() as connection:
        rows, work = outbox_queries.letters(connection, states), Work(connection)
        keys = {row.id: key_of(office, work, row.user_id, row.day) for row in rows}
    return [
        {
            "letter": row.id,
            "user": row.user_id,
            "day": row.day,
            "state": row.state,
            "subject": _subject(office, row, keys[row.id]),
            "tries": row.tries,
            "code": row.code,
            "said": row.said,
        }
        for row in rows
    ]


def _subject(office: Office, row: Found, key: bytes | None) -> str | None:
    held = opened(office, row, key)
    return str(message_from_bytes(held[1], policy=rfc5322)["Subject"]) if held else None


def letter_text(office: Office, id_: str) -> View | None:
    """One letter as its reader sees it; None where there is none, or its reader was forgotten."""
    with office.database.reading() as connection:
        row = outbox_queries.letter(connection, id_)
        held = opened(office, row, key_of(office, Work(connection), row.user_id, row.day)) if row else None
    if row is None or held is None:
        return None
    message = message_from_bytes(held[1], policy=rfc5322)
    body = message.get_body(("plain",))
    return {
        "letter": id_,
        "to": held[0],
        "day": row.day,
        "state": row.state,
        "subject": str(message["Subject"]),
        "text": body.get_content() if body else "",
    }
