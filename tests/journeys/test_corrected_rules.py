"""Rules are corrected while cases run: nothing that was recorded breaks, and nobody is told of the past."""

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from states.rulebook.loading import EDITIONS, Rulebook
from tests.doors.ketnap import Ketnap
from tests.journeys.corrected import (
    CORRECTIONS,
    Correct,
    add_condition,
    add_house_clock,
    add_state,
    carry_residence_over,
    corrected_rules,
    lengthen_decision,
    shorten_decision,
    upgrade_to,
    upgraded,
)
from tests.journeys.samples import ME, NAME
from tests.pool import Pool
from tests.reading import list_cases
from workflow.cases.commands.advance import ActRefused, advance_case
from workflow.cases.commands.correct import correct_event
from workflow.cases.judgement.recorded_rules import RulesChanged
from workflow.cases.views.case_view import load_case_view
from workflow.cases.views.clock_view import ClockView
from workflow.cases.views.history import EventView, load_history
from workflow.office import Office
from workflow.operations import open_office as opening
from workflow.operations.open_office import open_office
from workflow.operations.sample import make_sample
from workflow.operations.time_machine import move_clock
from workflow.operations.upgrade.revise_office import CasesStuck
from workflow.operations.verify.verify import verify_office
from workflow.register.writer import Who
from workflow.reminders.daily_run import DailyRun
from workflow.storage import reads
from workflow.storage.tables.history import REVISIONS
from workflow.storage.tables.reminders import NOTICES

SINCE = date(2022, 8, 10)
"""The day on which the sample's rules are corrected: its letters have gone out for a day."""
DAY = timedelta(days=1)
MORNINGS = 3


@dataclass
class Templates:
    """The sample office with its letters of a day, made once on each database and copied for each test."""

    folder: Path
    pool: Callable[[], Pool]
    _urls: dict[str, str]
    _notices: dict[str, list[dict[str, Any]]]

    def copy(self, database: str, to: Path) -> Path:
        """A copy; where its config.yaml stands."""
        if database not in self._urls:
            self._urls[database] = self.pool().create() if database == "postgresql" else "sqlite:///ketnap.db"
            folder = self.folder / database
            make_sample(folder, NAME, ME, config_text=_config(self._urls[database]))
            with closing(open_office(folder / "config.yaml")) as office:
                move_clock(office, 1, rounds=DailyRun(office))
        shutil.copytree(self.folder / database, to)
        if database == "postgresql":
            (to / "config.yaml").write_text(
                _config(self.pool().create(self._urls[database])), encoding="utf-8"
            )
        return to / "config.yaml"

    def notices_of_uncorrected(self, database: str) -> list[dict[str, Any]]:
        """What is told in the same days where no rule is corrected."""
        if database not in self._notices:
            config = self.copy(database, self.folder / f"{database}, không sửa")
            self._notices[database] = live(config, None)
        return self._notices[database]


def _config(url: str) -> str:
    return f"office: Mẫu\ndatabase: {url}\n"


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Templates:
    return Templates(
        tmp_path_factory.mktemp("sửa quy định"), lambda: request.getfixturevalue("postgres"), {}, {}
    )


@pytest.fixture
def config(templates: Templates, tmp_path: Path) -> Path:
    """The sample office on SQLite; its config.yaml."""
    return templates.copy("sqlite", tmp_path / "mẫu")


def live(config: Path, rules: Rulebook | None, days: int = MORNINGS) -> list[dict[str, Any]]:
    """So many mornings with their letters; the notices that they made."""
    with closing(open_office(config, rules)) as office:
        move_clock(office, days, rounds=DailyRun(office))
        assert verify_office(office).broken == []
        with office.database.read_transaction() as connection:
            made = sa.select(NOTICES).where(NOTICES.c.swept_on > SINCE).order_by(NOTICES.c.id)
            return [dict(row) for row in connection.execute(made).mappings()]


# --- ten corrections, and what they leave as it was -------------------------------------------------------


ON_BOTH = ("add_house_clock", "shorten_decision", "add_state", "add_condition")
"""Tried on PostgreSQL too whenever tests run; the others there in the soak."""


@pytest.mark.parametrize(
    ("correction", "database"),
    [
        *((name, "sqlite") for name in CORRECTIONS),
        *((name, "postgresql") for name in ON_BOTH),
        *(
            pytest.param(name, "postgresql", marks=pytest.mark.soak)
            for name in CORRECTIONS
            if name not in ON_BOTH
        ),
    ],
)
def test_a_correction_leaves_the_record_whole_and_tells_nobody_of_a_day_before_it(
    correction: str, database: str, templates: Templates, tmp_path: Path
) -> None:
    config = templates.copy(database, tmp_path / "sửa")
    rules = corrected_rules(tmp_path / "quy định", CORRECTIONS[correction])
    with pytest.raises(RulesChanged):
        open_office(config, rules)
    with closing(open_office(config)) as office:
        stood = list_standing(office)
    with closing(upgraded(config, rules)) as office:
        assert verify_office(office).broken == []
        assert list_standing(office) == stood

    otherwise = templates.notices_of_uncorrected(database)
    late = {(notice["subject"], notice["clock"]) for notice in otherwise if notice["due"] < SINCE}
    assert late
    of_the_past = [notice for notice in live(config, rules) if notice["due"] < SINCE]
    assert [n for n in of_the_past if (n["subject"], n["clock"]) not in late or n["step"] == "moved"] == []


def list_standing(office: Office) -> list[tuple[object, ...]]:
    """Where the cases stood on the day before the correction, and what was late then."""
    rows = list_cases(office, on=SINCE - DAY)
    return sorted((row.case, row.state.id, *((item.name, item.due) for item in row.late)) for row in rows)


# --- one case at a time -----------------------------------------------------------------------------------


def case_at(office: Office, state: str, *, first: bool = True) -> str:
    """A case of the sample that stands at a step."""
    cases = [row.case for row in list_cases(office) if row.state.id == state]
    return cases[0 if first else -1]


def clock_of(office: Office, case: str, name: str) -> ClockView:
    (clock,) = [item for item in load_case_view(office, case, "vi").clocks if item.name == name]
    return clock


def event_of(office: Office, case: str, kind: str) -> EventView:
    return [event for event in load_history(office, case, "vi") if event.kind == kind][-1]


def test_a_custom_that_begins_with_a_correction_is_late_from_that_day_on_at_the_earliest(
    config: Path, tmp_path: Path
) -> None:
    with closing(open_office(config)) as office:
        case = case_at(office, "ceremony")
        since = load_case_view(office, case, "vi").state.since
        assert since
        assert since + timedelta(days=3) < SINCE
    rules = corrected_rules(tmp_path / "quy định", add_house_clock)
    with closing(upgraded(config, rules)) as office:
        clock = clock_of(office, case, "house:ceremony")
        assert (clock.start, clock.due, clock.late) == (since, SINCE, False)
        assert "Có thêm thời hạn “Lệ: Chờ lễ kết nạp”, đến ngày 10/08/2022." in str(
            event_of(office, case, "revise").because
        )
    live(config, rules, 1)
    with closing(open_office(config, rules)) as office:
        assert clock_of(office, case, "house:ceremony").late


def test_a_shorter_deadline_falls_on_the_day_of_the_correction_and_one_late_before_stays_late(
    config: Path, tmp_path: Path
) -> None:
    with closing(open_office(config)) as office:
        before = {
            row.case: clock.due
            for row in list_cases(office)
            for clock in load_case_view(office, row.case, "vi").clocks
            if clock.name == "DEC_ADMIT" and clock.state == "running"
        }
    rules = corrected_rules(tmp_path / "quy định", shorten_decision)
    with closing(upgraded(config, rules)) as office:
        after = {case: clock_of(office, case, "DEC_ADMIT").due for case in before}
    assert len(before) == 4
    assert after == {case: min(due, SINCE) for case, due in before.items() if due}


def test_what_is_recorded_after_a_correction_goes_by_it_and_what_came_before_does_not(
    config: Path, tmp_path: Path
) -> None:
    rules = corrected_rules(tmp_path / "quy định", lengthen_decision)
    with closing(upgraded(config, rules)) as office:
        case = case_at(office, "branch_meeting")
        typed = {"resolution_no": "9-NQ", "roll": 9, "present": 9, "votes_for": 9, "votes_against": 0}
        (secretary,) = {
            event.by for event in load_history(office, case, "vi") if event.kind == "summarise_opinions"
        }
        advance_case(office, case, "branch_proposes", SINCE, Who(secretary, "thu"), typed)
        assert clock_of(office, case, "DEC_ADMIT").amount == 90
        with office.database.read_transaction() as connection:
            events = [orjson.loads(row.body) for row in reads.load_events(connection, case)]
        assert events[0]["revision"] != events[-1]["revision"] == rules.revisions["admission", "2021-07"]
        assert verify_office(office).broken == []


def test_an_act_that_is_corrected_later_is_judged_by_the_rules_it_was_made_under(
    config: Path, tmp_path: Path
) -> None:
    rules = corrected_rules(tmp_path / "quy định", add_condition)
    with closing(upgraded(config, rules)) as office:
        case = case_at(office, "decision")
        event = event_of(office, case, "branch_proposes")
        flags = correct(office, case, event, resolution_no="77-NQ/CB")
        corrected = event_of(office, case, "correct")
        assert ([flag["code"] for flag in flags], corrected.warnings) == ([], ["NEW_RULE"])
        with pytest.raises(ActRefused) as refused:
            decide(office, case)
        assert "NEW_RULE" in [reason.code for reason in refused.value.reasons]
        assert verify_office(office).broken == []


def correct(office: Office, case: str, event: EventView, **values: object) -> list[Any]:
    """Somebody of the level above has an act corrected."""
    with office.database.read_transaction() as connection:
        snapshot = office.snapshot_for_reading(connection)
    unit = load_case_view(office, case, "vi").unit.id
    above = {item.id for item in snapshot.units_above(unit, SINCE)[1:2]}
    boss = next(user for user, rows in snapshot.grants.items() if any(row.unit_id in above for row in rows))
    return correct_event(
        office, case, event.seq, Who(boss, "thu"), values, reason="Ghi nhầm.", allowed_by=boss
    )


def decide(office: Office, case: str) -> None:
    with office.database.read_transaction() as connection:
        snapshot = office.snapshot_for_reading(connection)
    bosses = [
        user for user, rows in snapshot.grants.items() if any(row.role == "district_officer" for row in rows)
    ]
    typed = {"decision_no": "9-QĐ", "roll": 9, "present": 9, "votes_for": 9, "votes_against": 0}
    advance_case(office, case, "decide", SINCE, Who(bosses[0], "thu"), typed)


def test_the_day_of_an_act_corrected_after_a_correction_of_the_rules_moves_its_clock(
    config: Path, tmp_path: Path
) -> None:
    with closing(open_office(config)) as office:
        case = case_at(office, "decision", first=False)
        event = event_of(office, case, "branch_proposes")
        old = clock_of(office, case, "DEC_ADMIT")
    assert old.start
    rules = corrected_rules(tmp_path / "quy định", lengthen_decision)
    with closing(upgraded(config, rules)) as office:
        longer = clock_of(office, case, "DEC_ADMIT")
        correct(office, case, event, on=(event.on - DAY).isoformat())
        moved = clock_of(office, case, "DEC_ADMIT")
        assert (longer.amount, moved.amount) == (90, 90)
        assert longer.start == old.start
        assert moved.start == old.start - DAY
        assert verify_office(office).broken == []


def test_rules_corrected_twice_and_back_again_keep_every_text_that_is_needed(
    config: Path, tmp_path: Path
) -> None:
    first = corrected_rules(tmp_path / "một", shorten_decision)
    second = corrected_rules(tmp_path / "hai", add_house_clock, like=tmp_path / "một")
    upgrade_to(config, first)
    live(config, first, 2)
    upgrade_to(config, second)
    live(config, second, 2)
    result = upgrade_to(config, Rulebook())
    assert {edition["edition"] for edition in result.editions} >= {"2016-07", "2021-07"}
    with closing(open_office(config)) as office:
        assert verify_office(office).broken == []
        own = {*first.revisions.values(), *second.revisions.values()} - set(Rulebook().revisions.values())
        assert set(office.kept_texts) == own
        case = case_at(office, "ceremony")
        assert "house:ceremony" not in {clock.name for clock in load_case_view(office, case, "vi").clocks}
        kinds = [event.kind for event in load_history(office, case, "vi")]
        assert kinds.count("revise") == 2


def test_an_upgrade_that_finds_no_other_rules_writes_nothing(config: Path, tmp_path: Path) -> None:
    rules = corrected_rules(tmp_path / "quy định", shorten_decision)
    upgrade_to(config, rules)
    with closing(open_office(config, rules)) as office:
        seal = verify_office(office).seal
    assert upgrade_to(config, rules).editions == ()
    with closing(open_office(config, rules)) as office:
        assert verify_office(office).seal == seal


def test_a_hand_in_the_revisions_of_an_office_is_found(config: Path, tmp_path: Path) -> None:
    rules = corrected_rules(tmp_path / "quy định", shorten_decision)
    with closing(upgraded(config, rules)) as office:
        with office.database.transaction() as tx:
            first = tx.connection.execute(sa.select(REVISIONS.c.n).order_by(REVISIONS.c.n)).scalars().first()
            old = (REVISIONS.c.n == first, REVISIONS.c.edition == "2021-07")
            tx.connection.execute(sa.update(REVISIONS).where(*old).values(revision="0" * 32))
            own = (REVISIONS.c.text.is_not(None), REVISIONS.c.edition == "2025-01")
            tx.connection.execute(sa.update(REVISIONS).where(*own).values(text="{}"))
        broken = verify_office(office).broken
    assert {item.code for item in broken} == {"row_differs"}
    assert {item.what.split("/")[-1] for item in broken} == {"2021-07", "2025-01"}


def test_an_upgrade_writes_one_event_of_the_office_and_one_of_each_case_that_is_otherwise(
    config: Path, tmp_path: Path
) -> None:
    with closing(open_office(config)) as office:
        before = verify_office(office).events
    rules = corrected_rules(tmp_path / "quy định", shorten_decision)
    result = upgrade_to(config, rules)
    with closing(open_office(config, rules)) as office, office.database.read_transaction() as connection:
        new = [orjson.loads(row.body) for row in reads.load_events(connection) if row.n > before]
    assert [event["kind"] for event in new] == ["upgrade", *["revise"] * 4]
    assert {event["case"] for event in new[1:]} == {case.case for case in result.cases}
    changed = {(item["pipeline"], item["edition"]): item for item in new[0]["revisions"]}
    before_it = Rulebook().revisions
    corrected = {key for key, revision in rules.revisions.items() if revision != before_it[key]}
    assert {key: item["new"] for key, item in changed.items()} == {
        key: rules.revisions[key] for key in corrected
    }
    assert {key: item["old"] for key, item in changed.items()} == {key: before_it[key] for key in corrected}
    assert all(event["record"]["state"] and event["clocks"] for event in new[1:])


def test_a_comment_in_an_edition_is_no_other_rule(config: Path, tmp_path: Path) -> None:
    shutil.copytree(EDITIONS, tmp_path / "quy định")
    file = tmp_path / "quy định" / "admission" / "2016-07.yaml"
    file.write_text("# Ghi chú\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    with closing(open_office(config, Rulebook(tmp_path / "quy định"))) as office:
        assert verify_office(office).broken == []


# --- a step that is gone ----------------------------------------------------------------------------------


@pytest.fixture
def case_at_residence(config: Path, tmp_path: Path) -> str:
    """A case at a step that only one correction of the rules ever had."""
    with closing(upgraded(config, corrected_rules(tmp_path / "thêm bước", add_state))) as office:
        case = case_at(office, "opinions")
        typed = {
            "organisations_asked": 3,
            "people_asked": 12,
            "opinions_for": 12,
            "opinions_against": 0,
            "residence_opinion": "same_branch",
            "strengths": "Gương mẫu.",
            "weaknesses": "Ít nói.",
        }
        by = event_of(office, case, "nominate").by
        assert advance_case(office, case, "summarise_opinions", SINCE, Who(by, "thu"), typed).after == (
            "residence"
        )
    return case


def test_rules_that_lack_a_step_are_refused_where_nothing_says_how_the_case_goes_on(
    config: Path, case_at_residence: str
) -> None:
    with pytest.raises(CasesStuck) as refused:
        upgrade_to(config, Rulebook())
    assert [(item.case, item.steps) for item in refused.value.stuck] == [(case_at_residence, ("residence",))]
    with pytest.raises(RulesChanged):
        open_office(config)


def test_a_case_goes_on_from_a_step_that_is_gone_on_the_day_of_the_correction(
    config: Path, case_at_residence: str, tmp_path: Path
) -> None:
    rules = corrected_rules(tmp_path / "bỏ bước", carry_residence_over)
    live(config, Rulebook(tmp_path / "thêm bước"), 5)
    result = upgrade_to(config, rules)
    assert [(item.before, item.after) for item in result.cases if item.case == case_at_residence] == [
        ("residence", "branch_meeting")
    ]
    with closing(open_office(config, rules)) as office:
        assert verify_office(office).broken == []
        carried = event_of(office, case_at_residence, "carry_over")
        assert (carried.on, carried.to) == (SINCE + 5 * DAY, "branch_meeting")
        assert clock_of(office, case_at_residence, "house:branch_meeting").start == SINCE + 5 * DAY


# --- at the command line ----------------------------------------------------------------------------------


@pytest.fixture
def program_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Correct], None]:
    """A version of the program whose rules were corrected."""

    def corrected(correct: Correct) -> None:
        rules = corrected_rules(tmp_path / "quy định", correct)
        monkeypatch.setattr(opening, "load_own_rulebook", lambda: rules)

    return corrected


def test_the_program_asks_for_an_upgrade_and_the_upgrade_tells_what_is_otherwise(
    config: Path, program_with: Callable[[Correct], None]
) -> None:
    program_with(shorten_decision)
    ketnap = Ketnap(config)
    refused = ketnap("cases", "--json")
    assert (refused.exit, refused.code) == (1, "rules_changed")
    assert "ketnap upgrade" in ketnap("cases").text
    words = ketnap.done("upgrade").out
    assert "từ ngày 10/08/2022" in words
    assert "số ngày làm việc trước là 60, nay là 5" in words
    assert "Lượt xét có thay đổi: 4" in words
    assert "Thời hạn “Xét, quyết định kết nạp” chuyển từ ngày" in words
    case = next(line for line in words.splitlines() if "chuyển từ ngày" in line).split(":")[0].split()[-1]
    assert "Quy định được sửa" in ketnap.done("case", case, "--history").out
    assert "vẹn" in ketnap.done("verify").out


def test_what_an_upgrade_tells_a_program_names_old_and_new_revisions(
    config: Path, program_with: Callable[[Correct], None]
) -> None:
    program_with(add_house_clock)
    result = Ketnap(config).done("upgrade", "--json").json["rules"]
    first = result["editions"][0]
    assert (first["edition"], len(first["old"]), first["old"] != first["new"]) == ("2016-07", 32, True)
    assert result["on"] == "2022-08-10"
    assert all(case["sentences"] for case in result["cases"])
