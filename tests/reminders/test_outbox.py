"""The outbox: every letter goes out once, what is put off comes again, what is refused is shown, nothing
is lost.
"""

import socket
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from notifications.transport import TransportUnavailable
from tests.journeys.land import SECRETARY, Template, opened, writing
from tests.letters.conftest import mail_server as mail_server
from tests.letters.smtp_server import Open
from tests.reminders.outbox_scene import by_folder, by_smtp, last_delivery, lay, states
from workflow.office import Office
from workflow.reminders.letters import deliver as delivering
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.deliver import RETRY_PAUSES, DeliveryResult, deliver_letters
from workflow.reminders.letters.outbox_queries import OutboxRow
from workflow.reminders.settings import load_transport

MONDAY = date(2022, 4, 4)
DAYS = [MONDAY + timedelta(days=n) for n in range(25)]


def send(office: Office, at: int | None = None) -> DeliveryResult:
    with load_transport(office) as post:
        return deliver_letters(office, post, at=at)


def name_of(file: Path) -> str:
    """The key of the letter that a file holds."""
    return file.read_bytes().split(b"@")[0].removeprefix(b"Message-ID: <").decode()


def row_of(office: Office, letter: str) -> OutboxRow:
    with office.database.read_transaction() as connection:
        found = outbox_queries.find_letter(connection, letter)
    assert found is not None
    return found


def test_every_letter_goes_out_once_over_one_connection(land: Office, mail_server: Open) -> None:
    server = mail_server()
    by_smtp(land, server.port)
    keys = lay(land, *DAYS)
    assert send(land) == DeliveryResult(sent=len(keys))
    assert sorted(one.message.split(b"@")[0][13:].decode() for one in server.clerk.letters) == sorted(keys)
    assert server.connections == 1
    assert set(states(land).values()) == {"sent"}
    assert abs(last_delivery(land) - time.time()) < 60
    assert send(land) == DeliveryResult()


def test_without_a_server_letters_lie_in_a_folder_as_they_are(sqlite_land: Office) -> None:
    folder = by_folder(sqlite_land)
    keys = lay(sqlite_land, *DAYS[:3])
    assert send(sqlite_land).sent == 3
    assert sorted(map(name_of, folder.iterdir())) == sorted(keys)


def test_one_bad_address_holds_up_nobody(sqlite_land: Office, mail_server: Open) -> None:
    server = mail_server()
    by_smtp(sqlite_land, server.port)
    [first] = lay(sqlite_land, DAYS[0])
    [bad] = lay(sqlite_land, DAYS[1], to="sai@xa.example")
    [last] = lay(sqlite_land, DAYS[2])
    server.clerk.will_say("sai@xa.example", "550 5.1.1 no such user")
    assert send(sqlite_land) == DeliveryResult(sent=2, stuck=1)
    assert states(sqlite_land) == {first: "sent", bad: "stuck", last: "sent"}
    row = row_of(sqlite_land, bad)
    assert (row.code, "no such user" in (row.said or "")) == (550, True)


def test_what_is_put_off_is_tried_again_after_ever_longer_pauses_and_then_is_stuck(
    land: Office, mail_server: Open
) -> None:
    server = mail_server()
    by_smtp(land, server.port)
    [key] = lay(land, MONDAY)
    server.clerk.will_say("RCPT", *["451 4.3.0 come again"] * 9)
    pauses, at = [], int(time.time())
    for _ in RETRY_PAUSES:
        assert send(land, at) == DeliveryResult(put_off=1)
        row = row_of(land, key)
        pauses.append(round((row.next_at - time.time()) / 60))
        assert send(land, row.next_at - 1) == DeliveryResult()
        at = row.next_at
    assert pauses == [pause // 60 for pause in RETRY_PAUSES] == sorted(pauses)
    assert send(land, at) == DeliveryResult(stuck=1)
    assert states(land) == {key: "stuck"}


def test_a_stuck_letter_that_is_tried_again_goes_out_under_the_same_name(
    sqlite_land: Office, mail_server: Open
) -> None:
    server = mail_server()
    by_smtp(sqlite_land, server.port)
    [key] = lay(sqlite_land, MONDAY)
    server.clerk.will_say("RCPT", "550 5.1.1 no such user")
    send(sqlite_land)
    with sqlite_land.database.transaction() as work:
        assert outbox_queries.update_letter(work, key, ("stuck",), state="waiting", next_at=0, tries=0)
    assert send(sqlite_land).sent == 1
    assert f"<{key}@xa.example>".encode() in server.clerk.letters[0].message


def test_a_server_that_is_away_costs_no_letter_a_try(sqlite_land: Office) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as nobody_listens_here:
        by_smtp(sqlite_land, nobody_listens_here.getsockname()[1])
    keys = lay(sqlite_land, *DAYS)
    done = send(sqlite_land)
    assert (done.sent, done.put_off, done.stuck, bool(done.away)) == (0, 0, 0, True)
    assert {(row_of(sqlite_land, key).tries, row_of(sqlite_land, key).lease) for key in keys} == {(0, None)}


def test_a_password_file_that_is_not_there_is_told_and_nothing_is_lost(sqlite_land: Office) -> None:
    by_smtp(sqlite_land, 25)
    mail = sqlite_land.config.mail
    smtp = mail.smtp.model_copy(update={"user": "ketnap", "password_file": "mat-khau"}) if mail.smtp else None
    sqlite_land.config = sqlite_land.config.model_copy(
        update={"mail": mail.model_copy(update={"smtp": smtp})}
    )
    with pytest.raises(TransportUnavailable) as away:
        load_transport(sqlite_land)
    assert "mat-khau" in away.value.text


def test_a_letter_whose_lease_has_run_out_is_sent_by_somebody_else(land: Office) -> None:
    folder = by_folder(land)
    [key] = lay(land, MONDAY)
    now = int(time.time())
    with land.database.transaction() as work:
        assert [row.id for row in outbox_queries.lease_letters(work, now, "died", now + 60, 10)] == [key]
    assert send(land) == DeliveryResult()
    assert send(land, now + 61) == DeliveryResult(sent=1)
    assert len(list(folder.iterdir())) == 1


def test_two_workers_never_send_the_same_letter(
    land_template: Template, tmp_path: Path, mail_server: Open
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    server = mail_server()
    config = land_template.sqlite(tmp_path / "đất")
    with closing(opened(config)) as first, closing(opened(config)) as second:
        by_smtp(first, server.port)
        by_smtp(second, server.port)
        keys = lay(first, *DAYS)
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(send, (first, second)))
    assert sum(one.sent for one in done) == len(keys)
    assert len({one.message for one in server.clerk.letters}) == len(server.clerk.letters) == len(keys)


def test_a_letter_that_was_cancelled_while_it_waited_does_not_go_out(sqlite_land: Office) -> None:
    folder = by_folder(sqlite_land)
    kept, cancelled = lay(sqlite_land, *DAYS[:2])
    with sqlite_land.database.transaction() as work:
        assert outbox_queries.update_letter(work, cancelled, ("waiting", "stuck"), state="cancelled")
    assert send(sqlite_land) == DeliveryResult(sent=1)
    assert list(map(name_of, folder.iterdir())) == [kept]


def test_a_letter_to_somebody_forgotten_goes_nowhere(sqlite_land: Office) -> None:
    folder = by_folder(sqlite_land)
    [key] = lay(sqlite_land, MONDAY)
    with writing(sqlite_land) as books:
        person = sqlite_land.snapshot_for_writing(books.tx, books.ledger).users[SECRETARY.by][-1].person_id
    with sqlite_land.database.transaction() as work:
        import sqlalchemy as sa

        work.connection.execute(sa.text("UPDATE people SET key = NULL WHERE id = :id"), {"id": person})
    assert send(sqlite_land) == DeliveryResult()
    assert states(sqlite_land) == {key: "cancelled"}
    assert not folder.exists() or not list(folder.iterdir())


def test_letters_go_out_in_office_hours_on_working_days_only(sqlite_land: Office) -> None:
    from datetime import UTC, datetime

    from notifications.policy import default_policy

    hours = default_policy().hours

    def at(text: str) -> bool:
        return delivering.is_sending_time(
            hours, sqlite_land, datetime.fromisoformat(text).replace(tzinfo=UTC)
        )

    assert at("2022-08-09T00:30")  # 07:30 in Việt Nam
    assert not at("2022-08-09T00:29")
    assert at("2022-08-09T09:29")
    assert not at("2022-08-09T09:30")
    assert not at("2022-08-13T03:00")  # a Saturday
    assert not at("2022-02-01T03:00")  # the first day of Tết
