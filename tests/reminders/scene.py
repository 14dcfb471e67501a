"""What tests of reminders begin with: addresses for those who act, and mornings swept one after another."""

from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from notifications.policy import Policy, default_policy
from tests.journeys.land import DISTRICT_OFFICER, OFFICER, SECRETARY, writing
from workflow.office import Office
from workflow.register.person_record import decrypt_person
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import Notice
from workflow.reminders.notices.sweep import run_sweep
from workflow.storage import writes

DAY = timedelta(days=1)
EVERYBODY = (SECRETARY.by, OFFICER.by, DISTRICT_OFFICER.by)


class Told(NamedTuple):
    """One notice as tests speak of it."""

    morning: date
    step: str
    user: str
    why: str = "turn"


def give_addresses(office: Office, *users: str) -> None:
    """Everybody named has an e-mail address; nobody said: all who act."""
    for user in users or EVERYBODY:
        set_contact(office, user, f"{user}@xa.example")


def set_contact(office: Office, user: str, contact: str | None) -> None:
    """What is kept of a user's address."""
    with writing(office) as books:
        person = office.snapshot_for_writing(books.tx, books.ledger).users[user][-1].person_id
        key, sealed = writes.load_person_row(books.tx, person)
        assert key is not None
        held = decrypt_person(office.vault, person, key, sealed)
        books.change_person(key, replace(held, contact=contact))


def sweep_days(office: Office, first: date, last: date, policy: Policy | None = None) -> None:
    """Sweep on every day of a time, both its ends inside."""
    day = first
    while day <= last:
        run_sweep(office, policy or default_policy(), today=day)
        day += DAY


def ledger(office: Office) -> list[Notice]:
    """Every notice there is."""
    with office.database.transaction() as work:
        subjects = sorted({key[0] for key in notice_queries.load_notice_keys(work)})
        return [
            row
            for subject in subjects
            for row in notice_queries.list_notices_of_subject(work.connection, subject)
        ]


def told(office: Office, clock: str, subject: str | None = None) -> list[Told]:
    """What was told of a clock, in order."""
    rows = [row for row in ledger(office) if row.clock == clock and subject in (None, row.subject)]
    return sorted(Told(row.swept_on, row.step, row.user_id, row.why) for row in rows)
