"""Letters that come back: the address is switched off, what they told is told above; strange mail does
nothing.
"""

from datetime import date
from pathlib import Path

import pytest

from notifications.policy import default_policy
from tests.journeys.land import OFFICER, PLAIN, SECRETARY, begin, travel
from tests.reminders.outbox_scene import lay, states
from tests.reminders.scene import give_addresses, ledger, set_contact
from workflow.office import Office
from workflow.reminders.letters.bounces import BounceResult, process_bounce, process_mailbox
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.recipients import RecipientFinder
from workflow.reminders.notices.sweep import run_sweep

MONDAY = date(2022, 4, 4)

REPORT = """From: MAILER-DAEMON@mail.example
To: ketnap@xa.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I am sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; bithu@xa.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: {part}

Message-ID: <{key}@xa.example>
Subject: Ketnap

--b--
"""


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land on SQLite with a case whose custom of 90 days ends on 4 April 2022, told by letter that
    day.
    """
    give_addresses(sqlite_land)
    travel(sqlite_land, date(2022, 1, 4))
    begin(sqlite_land, PLAIN, date(2022, 1, 4))
    travel(sqlite_land, date(2022, 4, 5))
    run_sweep(sqlite_land, default_policy(), today=MONDAY)
    run_sweep(sqlite_land, default_policy(), today=date(2022, 4, 5))
    return sqlite_land


def told_by_letter(office: Office) -> str:
    """The letter that tells the secretary what waits."""
    [key] = lay(office, date(2022, 4, 5))
    with office.database.transaction() as work:
        mine = [
            row.id
            for row in notice_queries.list_waiting_by_reader(work, [SECRETARY.by]).get(SECRETARY.by, [])
        ]
        assert mine
        notice_queries.settle_notices(work, mine, "told", key)
    return key


def report(
    key: str, action: str = "failed", status: str = "5.1.1", part: str = "text/rfc822-headers"
) -> bytes:
    return REPORT.format(action=action, status=status, part=part, key=key).replace("\n", "\r\n").encode()


def address_of(office: Office, user: str) -> str | None:
    with office.database.transaction() as work:
        tree = office.snapshot_for_reading(work.connection)
        return RecipientFinder(office, work, tree, office.read_today()).find_mailbox(user).address


@pytest.mark.parametrize("part", ["text/rfc822-headers", "message/rfc822"])
def test_a_letter_that_came_back_switches_the_address_off_and_is_told_above(
    office: Office, part: str
) -> None:
    key = told_by_letter(office)
    count = sum(row.letter_id == key for row in ledger(office))
    assert process_bounce(office, report(key, part=part)) == BounceResult("off", SECRETARY.by, "5.1.1", count)
    assert address_of(office, SECRETARY.by) is None
    assert states(office) == {key: "returned"}
    handed = [(row.via, row.why, row.state) for row in ledger(office) if row.user_id == SECRETARY.by]
    assert set(handed) == {(OFFICER.by, "no_address", "waiting")}


def test_what_falls_due_later_goes_into_the_officers_letter_at_once(office: Office) -> None:
    process_bounce(office, report(told_by_letter(office)))
    after_the_holiday = date(2022, 4, 12)
    run_sweep(office, default_policy(), today=after_the_holiday)
    rows = [
        row for row in ledger(office) if row.swept_on == after_the_holiday and row.user_id == SECRETARY.by
    ]
    assert {(row.via, row.why) for row in rows} == {(OFFICER.by, "no_address")}


def test_another_address_is_tried_again(office: Office) -> None:
    process_bounce(office, report(told_by_letter(office)))
    set_contact(office, SECRETARY.by, "moi@xa.example")
    assert address_of(office, SECRETARY.by) == "moi@xa.example"


def test_a_letter_that_is_only_delayed_changes_nothing(office: Office) -> None:
    key = told_by_letter(office)
    assert process_bounce(office, report(key, action="delayed", status="4.4.1")).outcome == "not_final"
    assert address_of(office, SECRETARY.by) == "bithu@xa.example"
    assert states(office) == {key: "waiting"}


def test_whoever_asks_for_duties_only_gets_duties_only(office: Office) -> None:
    key = told_by_letter(office)
    asked = f"From: bithu@xa.example\r\nTo: ketnap@xa.example\r\nSubject: thoi {key}\r\n\r\n"
    assert process_bounce(office, asked.encode()) == BounceResult("only_duty", SECRETARY.by)
    with office.database.transaction() as work:
        assert notice_queries.load_mailboxes(work)[SECRETARY.by].only_duty


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe" * 100,
        b"Subject: Chao anh\r\n\r\nMoi anh an com.",
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nxyz",
        b'Content-Type: multipart/mixed; boundary="\r\n\r\n',
        b"Subject: =?utf-8?b?////?=\r\n\r\n",
        b"x" * 6_000_000,
    ],
    ids=["empty", "junk", "a friend's letter", "half a report", "bad boundary", "bad subject", "too big"],
)
def test_strange_mail_is_named_and_does_nothing(office: Office, content: bytes) -> None:
    before = ledger(office)
    assert process_bounce(office, content).outcome in ("not_ours", "unreadable")
    assert ledger(office) == before


def test_a_report_about_somebody_elses_letter_does_nothing(office: Office) -> None:
    assert process_bounce(office, report("T0000000")).outcome == "not_ours"
    assert address_of(office, SECRETARY.by) == "bithu@xa.example"


def test_a_mailbox_is_gone_through_once(office: Office, tmp_path: Path) -> None:
    import mailbox

    key = told_by_letter(office)
    box = mailbox.Maildir(tmp_path / "thu-tra-lai")
    box.add(report(key))
    box.add(b"Subject: Chao anh\r\n\r\n")
    outcomes = [one.outcome for one in process_mailbox(office, tmp_path / "thu-tra-lai")]
    assert sorted(outcomes) == ["not_ours", "off"]
    assert list(process_mailbox(office, tmp_path / "thu-tra-lai")) == []
    assert len(box) == 2
