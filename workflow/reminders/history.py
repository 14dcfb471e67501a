"""This module lists who was told what, and when.

It also shows the letters; all of it as plain values for every user interface.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from notifications.policy import Policy
from workflow.cases.views.case_view import CaseView, load_case_view
from workflow.cases.views.clock_label import describe_clock
from workflow.cases.views.history import EventView, load_history
from workflow.core.crypto import SALT_BYTES, DecryptionFailed
from workflow.core.views import fields_of
from workflow.office import Office
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import Notice
from workflow.reminders.notices.preview import PlannedNotice
from workflow.reminders.notices.watches import HIDDEN_DAY
from workflow.reminders.settings import load_policy_unchecked
from workflow.storage import reads

View = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """What somebody was told of a case (or a post, or a branch).

    ``state``: waiting, void, or what became of the letter: sent, stuck, returned, cancelled, in the outbox.
    """

    id: int
    reminder: str
    clock: str
    about: str
    step: str
    due: date | None
    user: str
    via: str
    why: str
    swept_on: date
    state: str
    letter: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNoticesView:
    """Everything that was told of a case, oldest first."""

    case: str
    notices: list[NoticeView]


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeView:
    """What was put off, until when, by whom, and why; the reason is gone once the person is forgotten."""

    n: int
    clock: str
    about: str
    user: str
    until: date
    reason: str | None
    by: str
    typed: str
    recorded_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedNoticeView(PlannedNotice):
    """A notice that is to be made: on which morning, of what, to whom, in whose letter (``via``), why."""

    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedNoticesView:
    """What will be told in so many days."""

    days: int
    notices: list[PlannedNoticeView]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDifferenceView:
    """What another policy would tell in so many days: what is new, what is gone, how many stay the same."""

    days: int
    new: list[PlannedNoticeView]
    gone: list[PlannedNoticeView]
    same: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReport(CaseView):
    """One case with what was told of it, oldest first."""

    told: list[NoticeView]


@dataclass(frozen=True, slots=True, kw_only=True)
class FullCaseView(CaseReport):
    """One case with its history and what was put off about it."""

    history: list[EventView]
    snoozed: list[SnoozeView]


def load_case_report(office: Office, case: str, language: str) -> CaseReport:
    """One case and what was told of it. Raises `UnknownCase`."""
    view = load_case_view(office, case, language)
    return CaseReport(**fields_of(view), told=list_notice_history(office, case, language))


def load_full_case(office: Office, case: str, language: str) -> FullCaseView:
    """One case with all that was recorded, told and put off. Raises `UnknownCase`."""
    return FullCaseView(
        **fields_of(load_case_report(office, case, language)),
        history=load_history(office, case, language),
        snoozed=list_snoozes(office, case, language),
    )


def list_notice_history(office: Office, subject: str, language: str) -> list[NoticeView]:
    """Everything that was told of a case (or a post, or a branch), oldest first."""
    with office.database.read_transaction() as connection:
        rows = notice_queries.list_notices_of_subject(connection, subject)
    if not rows:
        return []
    policy = load_policy_unchecked(office)
    return [_build_notice_view(office, policy, row, language) for row in rows]


def _build_notice_view(office: Office, policy: Policy, row: Notice, language: str) -> NoticeView:
    return NoticeView(
        id=row.id,
        reminder=row.reminder,
        clock=row.clock,
        about=_about_text(office, policy, row.reminder, row.clock, language),
        step=row.step,
        due=None if row.due == HIDDEN_DAY else row.due,
        user=row.user_id,
        via=row.via,
        why=row.why,
        swept_on=row.swept_on,
        state=_delivery_state(row),
        letter=row.letter_id,
    )


def _delivery_state(row: Notice) -> str:
    if row.state != "told":
        return row.state
    return "in_outbox" if row.letter_state == "waiting" else str(row.letter_state)


def list_snoozes(office: Office, case: str, language: str) -> list[SnoozeView]:
    """What was put off about a case, oldest first."""
    with office.database.read_transaction() as connection:
        rows = reads.load_snooze_history(connection, case)
        keys = {
            row.id: row.key
            for row in reads.load_people(connection, {row.person_id for row in rows if row.person_id})
        }
    return [_build_snooze_view(office, row, keys.get(row.person_id), language) for row in rows]


def _build_snooze_view(office: Office, row: reads.Row[Any], key: bytes | None, language: str) -> SnoozeView:
    event = orjson.loads(row.body)
    return SnoozeView(
        n=row.n,
        clock=row.clock,
        about=describe_clock(office, "admission", row.clock)[0].in_language(language),
        user=row.user_id,
        until=row.until,
        reason=_decrypt_reason(office, row, key),
        by=event["by"],
        typed=event["typed"],
        recorded_on=date.fromisoformat(event["recorded_on"]),
    )


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


def build_planned_notice_view(
    office: Office, policy: Policy, notice: PlannedNotice, language: str
) -> PlannedNoticeView:
    """A notice that is to be made by a policy, and what it is about in words."""
    about = _about_text(office, policy, notice.reminder, notice.clock, language)
    return PlannedNoticeView(**fields_of(notice), about=about)


def _about_text(office: Office, policy: Policy, reminder: str, clock: str, language: str) -> str:
    rule = policy.reminders.get(reminder)
    if rule is not None and rule.about is not None:
        return rule.about.in_language(language)
    return describe_clock(office, "admission", clock)[0].in_language(language)
