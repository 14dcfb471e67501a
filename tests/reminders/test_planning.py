"""Looking ahead: what is foretold is what the mornings then tell, to whom and when; and looking writes
nothing.
"""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifications.policy import DEFAULT_POLICY_FILE, Policy, default_policy, read_policy
from tests.journeys.land import (
    DISTRICT_OFFICER,
    HEADS,
    OFFICER,
    PARTED,
    PLAIN,
    SECRETARY,
    STRAIGHT,
    TRUSTED,
    Template,
    begin,
    opened,
    travel,
    writing,
)
from tests.pool import Pool
from tests.reminders.scene import DAY, give_addresses, ledger, set_contact, sweep_days
from workflow.office import Office
from workflow.reminders.notices.preview import PlannedNotice, compare_plans, plan_notices
from workflow.reminders.notices.sweep import run_sweep
from workflow.reminders.notices.watches import HIDDEN_DAY

BITHU, CANBO, HUYENUY = SECRETARY.by, OFFICER.by, DISTRICT_OFFICER.by
START = date(2022, 1, 4)
TODAY = date(2022, 4, 18)
"""A Monday. In the thirty days after it lie four weekends and 2 and 3 May, off in lieu of 30 April and 1
May.
"""
UNTIL = TODAY + 30 * DAY
DUE = date(2022, 5, 25)
"""The ceremony's last day; it is told of on 11 May and on 18 May, the last of the thirty days."""

Line = tuple[date, str, str, str, str, date, str, str, str]


def busy(office: Office) -> Office:
    """18 April 2022: a ceremony to come, a case two weeks late, one of today, and a head whom nobody has
    begun with.
    """
    give_addresses(office)
    travel(office, START)
    run_sweep(office, default_policy(), today=START)
    begin(office, PARTED, START)
    journey = begin(office, PLAIN, START)
    travel(office, date(2022, 4, 8))
    journey.to("decision").advance("decide", date(2022, 4, 6))
    journey.record("receive_decision", date(2022, 4, 8))
    assert journey.clock("CEREMONY").due == DUE
    sweep_days(office, date(2022, 4, 4), TODAY - DAY)
    travel(office, TODAY)
    begin(office, STRAIGHT, TODAY)
    return office


@pytest.fixture(scope="module")
def made(land_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That day on SQLite, made once."""
    folder = tmp_path_factory.mktemp("bận") / "văn phòng"
    with closing(opened(land_template.sqlite(folder))) as office:
        busy(office)
    return folder


@pytest.fixture
def office(made: Path, tmp_path: Path) -> Iterator[Office]:
    """That day on SQLite."""
    shutil.copytree(made, tmp_path / "văn phòng")
    with closing(opened(tmp_path / "văn phòng" / "config.yaml")) as office:
        yield office


@pytest.fixture
def on_postgres(land_template: Template, postgres: Pool, tmp_path: Path) -> Iterator[Office]:
    """That day on PostgreSQL."""
    config, url = land_template.postgres(tmp_path / "đất", postgres)
    with closing(opened(config)) as office:
        yield busy(office)
    postgres.drop(url)


@pytest.fixture(params=["office", "on_postgres"], ids=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest) -> Office:
    """That day: the test runs once on each database."""
    office: Office = request.getfixturevalue(request.param)
    return office


def foretold(plan: Iterable[PlannedNotice]) -> list[Line]:
    return sorted(
        (one.on, one.subject, one.clock, one.instance, one.step, one.due, one.user, one.via, one.why)
        for one in plan
    )


def told_since(office: Office, day: date) -> list[Line]:
    """What the ledger says was told from a day on, but for what is known only on its morning."""
    return sorted(
        (row.swept_on, row.subject, row.clock, row.instance, row.step, row.due, row.user_id, row.via, row.why)
        for row in ledger(office)
        if row.swept_on >= day and row.clock not in ("monday", "sweep_late") and row.due != HIDDEN_DAY
    )


def all_rows(office: Office) -> dict[str, Counter[tuple[Any, ...]]]:
    """Everything that the database holds."""
    with office.database.read_transaction() as connection:
        names = sa.inspect(connection).get_table_names()
        tables = {name: sa.table(name) for name in names}
        return {
            name: Counter(map(tuple, connection.execute(sa.select(sa.text("*")).select_from(table))))
            for name, table in tables.items()
        }


def other(folder: Path, old: str, new: str) -> Policy:
    """The program's policy with one thing written otherwise."""
    text = DEFAULT_POLICY_FILE.read_text(encoding="utf-8")
    assert old in text
    (file := folder / "moi.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return read_policy(file)


# --- what is foretold is told -------------------------------------------------------------------------------


def test_what_is_foretold_for_thirty_days_is_told_day_by_day(both: Office) -> None:
    plan = plan_notices(both, default_policy(), 30)
    sweep_days(both, TODAY, UNTIL)
    assert foretold(plan) == told_since(both, TODAY)
    assert {one.clock for one in plan} >= {
        "CEREMONY",
        "house:listed",
        "no_extended_meeting",
        "head_without_case",
    }
    assert {one.why for one in plan} >= {"turn", "above", "supervisor"}


def test_nothing_is_foretold_for_a_weekend_or_a_holiday(office: Office) -> None:
    days = {one.on for one in plan_notices(office, default_policy(), 30)}
    off = {TODAY + number * DAY for number in range(31) if (TODAY + number * DAY).weekday() >= 5}
    assert days
    assert not days & (off | {date(2022, 5, 2), date(2022, 5, 3)})
    assert max(days) <= UNTIL


def test_what_falls_on_a_holiday_is_foretold_for_the_morning_on_which_it_is_then_told(
    office: Office, tmp_path: Path
) -> None:
    """The ceremony's 24th, 23rd and 22nd day before are 1, 2 and 3 May: Friday 29 April tells all three."""
    policy = other(tmp_path, "before: [14, 7, 1]", "before: [24, 23, 22]")
    plan = plan_notices(office, policy, 30)
    assert {(one.on, one.step) for one in plan if one.clock == "CEREMONY"} == {
        (date(2022, 4, 29), step) for step in ("-24d", "-23d", "-22d")
    }
    sweep_days(office, TODAY, UNTIL, policy)
    assert foretold(plan) == told_since(office, TODAY)


def test_a_plan_made_on_a_saturday_is_what_the_following_days_tell(office: Office) -> None:
    sweep_days(office, TODAY, saturday := date(2022, 4, 23))
    travel(office, saturday)
    plan = plan_notices(office, default_policy(), 14)
    sweep_days(office, saturday, saturday + 14 * DAY)
    assert plan
    assert foretold(plan) == told_since(office, saturday)


def test_what_this_morning_has_told_is_not_foretold_any_more(office: Office) -> None:
    assert TODAY in {one.on for one in plan_notices(office, default_policy(), 30)}
    run_sweep(office, default_policy(), today=TODAY)
    assert TODAY not in {one.on for one in plan_notices(office, default_policy(), 30)}


def test_a_longer_look_ahead_begins_like_a_shorter_one(office: Office) -> None:
    short, long = (foretold(plan_notices(office, default_policy(), days)) for days in (10, 30))
    assert short
    assert [line for line in long if line[0] <= TODAY + 10 * DAY] == short


@pytest.mark.parametrize("days", [1, 4, 120])
def test_however_far_one_looks_it_is_what_is_then_told(office: Office, days: int) -> None:
    plan = plan_notices(office, default_policy(), days)
    sweep_days(office, TODAY, TODAY + days * DAY)
    assert [line[:-1] for line in foretold(plan)] == [line[:-1] for line in told_since(office, TODAY)]


def test_where_a_secretary_has_no_address_the_officers_letter_is_foretold(office: Office) -> None:
    set_contact(office, BITHU, None)
    plan = plan_notices(office, default_policy(), 30)
    assert {(one.user, one.via, one.why) for one in plan if one.clock == "CEREMONY"} == {
        (BITHU, CANBO, "no_address")
    }
    sweep_days(office, TODAY, UNTIL)
    assert foretold(plan) == told_since(office, TODAY)


def test_of_a_head_for_whom_not_now_is_planned_nothing_is_foretold(office: Office) -> None:
    subjects = {one.subject for one in plan_notices(office, default_policy(), 30)}
    assert TRUSTED in subjects
    with writing(office) as books:
        books.add_row("plans", TODAY, post_id=TRUSTED, kind="not_now")
    assert {one.subject for one in plan_notices(office, default_policy(), 30)} == subjects - {TRUSTED}


def test_before_the_first_sweep_of_all_the_plan_holds_too(sqlite_land: Office) -> None:
    give_addresses(sqlite_land)
    travel(sqlite_land, START)
    for village in HEADS:
        begin(sqlite_land, village, START)
    travel(sqlite_land, day := date(2022, 3, 28))
    plan = plan_notices(sqlite_land, default_policy(), 30)
    sweep_days(sqlite_land, day, day + 30 * DAY)
    assert plan
    assert foretold(plan) == told_since(sqlite_land, day)


# --- two policies side by side ------------------------------------------------------------------------------


def changes(office: Office, policy: Policy) -> tuple[set[tuple[str, str]], set[tuple[str, str]], int]:
    """What another policy tells beside the program's own, what it does not tell, how much both tell."""
    found = compare_plans(plan_notices(office, default_policy(), 40), plan_notices(office, policy, 40))
    new, gone = ({(one.reminder, one.step) for one in some} for some in (found.new, found.gone))
    return new, gone, len(found.same)


def test_a_policy_beside_itself_changes_nothing(office: Office) -> None:
    assert changes(office, default_policy()) == (
        set(),
        set(),
        len(plan_notices(office, default_policy(), 40)),
    )


def test_a_step_more_is_new_and_a_step_less_is_gone(office: Office, tmp_path: Path) -> None:
    total = len(plan_notices(office, default_policy(), 40))
    more = other(tmp_path, "before: [14, 7, 1]", "before: [14, 10, 7, 1]")
    assert changes(office, more) == ({("legal", "-10d")}, set(), total)
    less = other(tmp_path, "before: [14, 7, 1]", "before: [14, 1]")
    new, gone, same = changes(office, less)
    assert (new, gone, 0 < same < total) == (set(), {("legal", "-7d")}, True)


def test_a_step_that_moves_is_gone_from_one_morning_and_new_on_another(
    office: Office, tmp_path: Path
) -> None:
    moved = compare_plans(
        plan_notices(office, default_policy(), 30),
        plan_notices(office, other(tmp_path, "before: [14, 7, 1]", "before: [13, 7, 1]"), 30),
    )
    assert [(one.on, one.step, one.user) for one in moved.gone] == [(date(2022, 5, 11), "-14d", BITHU)]
    assert [(one.on, one.step, one.user) for one in moved.new] == [(date(2022, 5, 12), "-13d", BITHU)]


def test_somebody_who_is_told_earlier_is_new_and_nobody_is_gone(office: Office, tmp_path: Path) -> None:
    above = "{who: above, from: 7}"
    text = DEFAULT_POLICY_FILE.read_text(encoding="utf-8")
    (file := tmp_path / "moi.yaml").write_text(text.replace(above, "{who: above}"), encoding="utf-8")
    found = compare_plans(
        plan_notices(office, default_policy(), 30), plan_notices(office, read_policy(file), 30)
    )
    assert found.gone == []
    assert {(one.clock, one.step, one.user, one.why) for one in found.new} == {
        ("CEREMONY", step, CANBO, "above") for step in ("-14d", "-7d")
    }


def test_what_was_told_already_is_new_under_no_policy(office: Office, tmp_path: Path) -> None:
    """Under another name of the reminder it is still the same deadline and the same step."""
    sweep_days(office, TODAY, date(2022, 5, 11))
    travel(office, date(2022, 5, 11))
    renamed = other(tmp_path, "  legal:\n", "  theo-luat:\n")
    assert {one.step for one in plan_notices(office, renamed, 30) if one.clock == "CEREMONY"} >= {
        "-7d",
        "-1d",
    }
    assert "-14d" not in {one.step for one in plan_notices(office, renamed, 30) if one.clock == "CEREMONY"}


# --- only looked at -----------------------------------------------------------------------------------------


def test_looking_ahead_writes_nothing_and_changes_nothing_of_what_is_told(
    both: Office, tmp_path: Path
) -> None:
    before = all_rows(both)
    plan = foretold(plan_notices(both, default_policy(), 30))
    plan_notices(both, other(tmp_path, "before: [14, 7, 1]", "before: [60, 20, 3]"), 120)
    assert all_rows(both) == before
    assert sum(map(len, before.values())) > 100
    tomorrow = TODAY + DAY
    run_sweep(both, default_policy(), today=tomorrow)
    assert {line[1:-1] for line in told_since(both, TODAY)} == {
        line[1:-1] for line in plan if line[0] <= tomorrow
    }
    assert foretold(plan_notices(both, default_policy(), 30)) == [line for line in plan if line[0] > tomorrow]
