"""Who was told what, when, and whether it arrived; the letters themselves: as plain values for every door."""

from datetime import date
from typing import Any

import orjson

from notifications.policy import Policy
from workflow.cases.views.case_view import load_case_view
from workflow.cases.views.clock_label import describe_clock
from workflow.core.crypto import SALT_BYTES, DecryptionFailed
from workflow.office import Office
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import Notice
from workflow.reminders.notices.preview import PlannedNotice
from workflow.reminders.notices.watches import HIDDEN_DAY
from workflow.reminders.settings import load_policy_unchecked
from workflow.storage import reads

View = dict[str, Any]


def case_report(office: Office, case: str, language: str) -> View:
    """One case for a screen or for ``--json``, with what was told of it. Raises `UnknownCase`."""
    return load_case_view(office, case, language) | {"told": list_notice_history(office, case, language)}


def list_notice_history(office: Office, subject: str, language: str) -> list[View]:
    """Everything that was told of a case (or a post, or a branch), oldest first.

    ``state``: waiting, void, or what became of the letter: sent, stuck, returned, cancelled, in the outbox.
    """
    with office.database.read_transaction() as connection:
        rows = notice_queries.list_notices_of_subject(connection, subject)
    if not rows:
        return []
    policy = load_policy_unchecked(office)
    return [
        {
            "id": row.id,
            "reminder": row.reminder,
            "clock": row.clock,
            "about": _about_text(office, policy, row.reminder, row.clock, language),
            "step": row.step,
            "due": None if row.due == HIDDEN_DAY else row.due,
            "user": row.user_id,
            "via": row.via,
            "why": row.why,
            "swept_on": row.swept_on,
            "state": _delivery_state(row),
            "letter": row.letter_id,
        }
        for row in rows
    ]


def _delivery_state(row: Notice) -> str:
    if row.state != "told":
        return row.state
    return "in_outbox" if row.letter_state == "waiting" else str(row.letter_state)


def list_snoozes(office: Office, case: str, language: str) -> list[View]:
    """What was put off about a case, until when, by whom, and why.

    The reason is None once the person is forgotten.
    """
    with office.database.read_transaction() as connection:
        rows = reads.load_snooze_history(connection, case)
        keys = {
            row.id: row.key
            for row in reads.load_people(connection, {row.person_id for row in rows if row.person_id})
        }
    return [_snooze_view(office, row, keys.get(row.person_id), language) for row in rows]


def _snooze_view(office: Office, row: reads.Row[Any], key: bytes | None, language: str) -> View:
    event = orjson.loads(row.body)
    return {
        "n": row.n,
        "clock": row.clock,
        "about": describe_clock(office, "admission", row.clock)[0].in_language(language),
        "user": row.user_id,
        "until": row.until,
        "reason": _decrypt_reason(office, row, key),
        "by": event["by"],
        "typed": event["typed"],
        "recorded_on": date.fromisoformat(event["recorded_on"]),
    }


def _decrypt_reason(office: Office, row: reads.Row[Any], key: bytes | None) -> str | None:
    try:
        plain = (
            office.vault.decrypt(bytes(key), bytes(row.sealed), f"{row.subject}:{row.n}:reason")
            if key
            else None
        )
    except DecryptionFailed:
        return None
    return str(orjson.loads(plain[SALT_BYTES:])["text"]) if plain else None


def planned_notice_view(office: Office, policy: Policy, notice: PlannedNotice, language: str) -> View:
    """A notice that is to be made by a policy."""
    values = {name: getattr(notice, name) for name in notice.__slots__}
    return {**values, "about": _about_text(office, policy, notice.reminder, notice.clock, language)}


def _about_text(office: Office, policy: Policy, reminder: str, clock: str, language: str) -> str:
    rule = policy.reminders.get(reminder)
    if rule is not None and rule.about is not None:
        return rule.about.in_language(language)
    return describe_clock(office, "admission", clock)[0].in_language(language)
