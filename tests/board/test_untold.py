"""Who has not been told of something, and why."""

from dataclasses import asdict
from datetime import date
from typing import Any

import pytest

from notifications.policy import default_policy
from tests.journeys.land import COMMUNE, OFFICER, PARTED, PLAIN, SECRETARY, begin, travel
from tests.reading import ask, list_cases
from tests.reminders.scene import give_addresses, set_contact, sweep_days
from workflow.office import Office
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.compose import write_letters
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.recipients import hash_address
from workflow.reminders.notices.undelivered import list_undelivered, summarize_undelivered
from workflow.reminders.settings import load_writer

START = date(2022, 1, 4)
FIRST, LATER = date(2022, 3, 28), date(2022, 5, 4)


@pytest.fixture
def office(land: Office) -> Office:
    """Two cases on the list since January, which fall late in April; mornings are swept, no letter is
    written yet.
    """
    travel(land, START)
    give_addresses(land)
    for village in (PLAIN, PARTED):
        begin(land, village, START)
    sweep_days(land, FIRST, LATER)
    travel(land, LATER)
    return land


def write(office: Office) -> list[str]:
    """Put what waits into letters."""
    return [one.letter for one in write_letters(office, default_policy(), load_writer(office), LATER)]


def seen(office: Office, scope: frozenset[str] | None = None) -> dict[str, Any]:
    """The counts that are not nought, each held against its list."""
    total: dict[str, int] = asdict(ask(office, summarize_undelivered, "vi", scope=scope).total)
    for standing, count in total.items():
        found = ask(office, list_undelivered, "vi", scope=scope, state=standing, limit=3)
        whole = ask(office, list_undelivered, "vi", scope=scope, state=standing, limit=None).rows
        assert found.total == count == len(whole)
        assert found.rows == whole[:3]
    return {standing: count for standing, count in total.items() if count}


def test_what_waits_for_a_letter_and_for_whom(office: Office) -> None:
    counted = seen(office)
    assert set(counted) == {"waiting"}
    view = ask(office, summarize_undelivered, "vi")
    people = {one.user: one for one in view.people}
    assert sum(one.waiting for one in people.values()) == counted["waiting"]
    bao = people[SECRETARY.by]
    assert (bao.name, bao.roles[0].label) == ("Trần Văn Bảo", "Bí thư chi bộ")
    assert bao.since == ask(office, list_undelivered, "vi", user=SECRETARY.by).rows[0].swept_on
    rows = ask(office, list_undelivered, "vi", user=SECRETARY.by, limit=None).rows
    assert {row.standing for row in rows} == {"waiting"}
    assert "Trong danh sách rà soát" in {row.about for row in rows}
    assert {row.user.name for row in rows} == {"Trần Văn Bảo"}


def test_what_became_of_the_letters(office: Office) -> None:
    counted = seen(office)
    letters = write(office)
    written = seen(office)
    assert written["in_outbox"] + written.get("void", 0) == counted["waiting"]
    assert ask(office, summarize_undelivered, "vi").people == []
    with office.database.transaction() as work:
        outbox_queries.update_letter(
            work, letters[0], ("waiting",), state="stuck", code=550, said="Không có hộp thư này"
        )
        outbox_queries.update_letter(work, letters[1], ("waiting",), state="sent")
        told = len(notice_queries.list_notices_in_letter(work, letters[0]))
    after = seen(office)
    assert after["stuck"] == told
    row = ask(office, list_undelivered, "vi", state="stuck").rows[0]
    assert (row.letter, row.code, row.said) == (letters[0], 550, "Không có hộp thư này")
    assert [one.stuck for one in ask(office, summarize_undelivered, "vi").people] == [told]


def test_an_officer_of_one_village_sees_what_was_not_told_of_it_alone(office: Office) -> None:
    everything = seen(office)["waiting"]
    mine, theirs = (seen(office, frozenset({village})).get("waiting", 0) for village in (PLAIN, PARTED))
    assert 0 < mine < everything
    assert mine + theirs <= everything
    assert seen(office, frozenset()) == {}
    (case,) = (one.case for one in list_cases(office, unit=PLAIN))
    rows = ask(office, list_undelivered, "vi", scope=frozenset({PLAIN}), limit=None).rows
    assert {row.subject for row in rows} == {case, PLAIN}


def test_users_without_an_address_and_those_whose_letters_came_back(office: Office) -> None:
    def nowhere(scope: frozenset[str] | None = None) -> list[str]:
        view = ask(office, summarize_undelivered, "vi", scope=scope)
        assert view.no_address_total == len(view.no_address)
        return [one.user for one in view.no_address]

    assert nowhere() == []
    set_contact(office, SECRETARY.by, "0912 345 678")
    assert nowhere() == [SECRETARY.by]
    with office.database.transaction() as work:
        address = f"{OFFICER.by}@xa.example"
        notice_queries.set_mailbox(
            work, OFFICER.by, address=hash_address(office, address), off_since=LATER, code="5.1.1"
        )
    assert nowhere() == sorted([SECRETARY.by, OFFICER.by])
    assert nowhere(frozenset({COMMUNE})) == [OFFICER.by]
    set_contact(office, OFFICER.by, "moi@xa.example")
    assert nowhere() == [SECRETARY.by]
