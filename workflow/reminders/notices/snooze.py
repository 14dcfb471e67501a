"""Snoozing: somebody need not be told of one deadline until a day, for a reason that stays on the record."""

from datetime import date, timedelta

from workflow.core.crypto import canonical, salted
from workflow.core.input import FieldFault, Mistyped, read_text
from workflow.office import Office
from workflow.register.writer import Registrar, Who
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import Found
from workflow.storage import writes
from workflow.storage.register_snapshot import Tree, holds

LONGEST = timedelta(days=184)
"""So long somebody may be left in peace at once: a year mistyped by one digit would silence a deadline for good."""


class UnknownNotice(LookupError):
    """No notice has this number."""

    def __init__(self, notice: int) -> None:
        super().__init__(notice)
        self.notice = notice


class NotTheirs(Exception):
    """A notice is put off by whoever is told, or by somebody of the same unit or of one above."""

    def __init__(self, notice: int, user: str) -> None:
        super().__init__(notice, user)
        self.notice, self.user = notice, user


def _may(tree: Tree, user: str, row: Found, day: date) -> bool:
    if user in {row.user_id, row.via}:
        return True
    places = [one.unit_id for one in tree.grants.get(row.user_id, ()) if holds(one, day)]
    over = {unit.id for place in places for unit in tree.above(place, day)}
    return any(one.unit_id in over for one in tree.grants.get(user, ()) if holds(one, day))


def snooze(office: Office, notice: int, until: date, reason: str, who: Who) -> None:
    """Tell whoever was told of this notice nothing more of its deadline until a day.

    Raises `UnknownNotice`; `NotTheirs`; `Mistyped` for a day that is not to come, or too far off, or without a reason.
    """
    why = read_text("reason", reason)
    with office.writing() as (work, ledger):
        row = notice_queries.by_id(work, notice)
        if row is None:
            raise UnknownNotice(notice)
        pen = Registrar(office, work, ledger, who)
        if not _may(office.tree(work, ledger), who.by, row, pen.today):
            raise NotTheirs(notice, who.by)
        if until <= pen.today:
            raise Mistyped([FieldFault("until", "not_to_come", {"value": until, "today": pen.today})])
        if until > pen.today + LONGEST:
            raise Mistyped([FieldFault("until", "too_far_off", {"value": until, "last": pen.today + LONGEST})])
        key = writes.person_row(work, row.person_id)[0] if row.person_id else None
        together, digest = salted(canonical({"text": why}))
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
            sealed = office.vault.seal(key, together, f"{row.subject}:{n}:reason")
            writes.add_texts(work, [{"n": n, "person_id": row.person_id, "field": "reason", "sealed": sealed}])
