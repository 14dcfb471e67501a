"""A snooze keeps one deadline from being told until a day.

Its reason stays on the record.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from states.errors import UserError
from workflow.core.crypto import add_salt, canonical_json
from workflow.core.input import FieldFault, InvalidInput, parse_text
from workflow.office import Office
from workflow.register.writer import RegisterWriter, Who
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import Notice
from workflow.storage import writes
from workflow.storage.engine import Transaction
from workflow.storage.register_snapshot import RegisterSnapshot, holds_on

MAX_SNOOZE = timedelta(days=184)
"""So long somebody may be left in peace at once: a year mistyped by one digit would silence a deadline for
good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeResultView:
    """A notice that is put off."""

    notice: int
    until: date


class UnknownNotice(UserError, LookupError):
    """No notice has this number."""

    code = "unknown_notice"
    advice = "advice.unknown_notice"
    message_values = ("notice",)

    def __init__(self, notice: int) -> None:
        super().__init__(notice)
        self.notice = notice


class NotTheirs(UserError):
    """Only the reader may snooze a notice, or somebody of the same unit or one above."""

    code = "not_theirs"
    advice = "advice.not_theirs"
    message_values = ("notice", "user")

    def __init__(self, notice: int, user: str) -> None:
        super().__init__(notice, user)
        self.notice, self.user = notice, user


def find_notice(office: Office, notice: int) -> Notice | None:
    """The notice that somebody wants to put off; None where there is none."""
    with office.database.read_transaction() as connection:
        return notice_queries.find_notice(Transaction(connection), notice)


def _may_snooze(tree: RegisterSnapshot, user: str, row: Notice, day: date) -> bool:
    if user in {row.user_id, row.via}:
        return True
    places = [grant.unit_id for grant in tree.grants.get(row.user_id, ()) if holds_on(grant, day)]
    units_above = {unit.id for place in places for unit in tree.units_above(place, day)}
    return any(grant.unit_id in units_above for grant in tree.grants.get(user, ()) if holds_on(grant, day))


def snooze_deadline(office: Office, notice: int, until: date, reason: str, who: Who) -> None:
    """Stop the notices of a notice's deadline, to its reader, until a day.

    Raises `UnknownNotice`; `NotTheirs`; `InvalidInput` for a day that is past or too far off, or a missing
    reason.
    """
    why = parse_text("reason", reason)
    with office.write_transaction() as (work, ledger):
        row = notice_queries.find_notice(work, notice)
        if row is None:
            raise UnknownNotice(notice)
        pen = RegisterWriter(office, work, ledger, who)
        if not _may_snooze(office.snapshot_for_writing(work, ledger), who.by, row, pen.today):
            raise NotTheirs(notice, who.by)
        if until <= pen.today:
            raise InvalidInput([FieldFault("until", "not_to_come", {"value": until, "today": pen.today})])
        if until > pen.today + MAX_SNOOZE:
            raise InvalidInput(
                [FieldFault("until", "too_far_off", {"value": until, "last": pen.today + MAX_SNOOZE})]
            )
        key = writes.load_person_row(work, row.person_id)[0] if row.person_id else None
        salted_text, digest = add_salt(canonical_json({"text": why}))
        deadline = {"subject": row.subject, "clock": row.clock, "instance": row.instance}
        n = pen.append_event(
            "snooze",
            **deadline,
            user=row.user_id,
            until=until.isoformat(),
            person=row.person_id,
            texts={"reason": digest},
        )
        notice_queries.add_snooze(work, n=n, **deadline, user_id=row.user_id, until=until)
        if key is not None and row.person_id:
            sealed = office.vault.encrypt(key, salted_text, f"{row.subject}:{n}:reason")
            writes.add_texts(
                work, [{"n": n, "person_id": row.person_id, "field": "reason", "sealed": sealed}]
            )
