"""Random walks through the real verbs on a real database: whatever is tried, the record holds and can be
read.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from states.machine import NotOpen, UnknownAct
from states.rulebook.edition import ActRule
from states.rulebook.loading import NoEdition
from tests.journeys.land import (
    BAO,
    COMMUNE,
    DECIDES_ITSELF,
    DISTRICT_OFFICER,
    GIUP,
    HEADS,
    MOI,
    OFFICER,
    PATH,
    RULES,
    SECRETARY,
    STRANGER,
    THAM,
    TRO,
    VILLAGES,
    Template,
    actor,
    opened,
    proven,
    travel,
    usual,
)
from tests.pool import Pool
from tests.reading import ask, list_cases
from workflow.board.coverage import count_coverage
from workflow.cases.commands.advance import ActRefused, CaseChanged, advance_case, record_entry
from workflow.cases.commands.carry_over_all import carry_over_all
from workflow.cases.commands.correct import correct_event
from workflow.cases.commands.open import AlreadyOpen, NoPost, adopt_case, open_case
from workflow.cases.deadline_recount import recount_deadlines
from workflow.cases.views.case_view import load_case_view
from workflow.cases.views.history import load_history
from workflow.core.input import InvalidInput
from workflow.office import Office

T = TypeVar("T")
CHANCE = st.randoms(use_true_random=True)
"""Even chances: what hypothesis draws itself leans to what is simple, and no case would get far."""
NO = (ActRefused, InvalidInput, NotOpen, UnknownAct, CaseChanged, AlreadyOpen, NoPost, NoEdition)
"""How the program says no. Anything else that is raised is a mistake of its own."""

FIRST = RULES.load_edition("admission", "2016-07")
LEAVE = RULES.load_edition("admission", "2025-09")
ACTS: dict[str, ActRule] = {**LEAVE.moves, **LEAVE.entries, **FIRST.moves, **FIRST.entries}
MOVES, ENTRIES, STATES = tuple({**FIRST.moves, **LEAVE.moves}), tuple(FIRST.entries), tuple(FIRST.states)
STARTS = (
    date(2021, 6, 7),
    date(2022, 1, 4),
    date(2024, 11, 4),
    date(2025, 4, 14),
    date(2026, 5, 4),
    date(2027, 6, 7),
)
ENDS = frozenset(name for name, state in FIRST.states.items() if state.end)
GIVES_UP = frozenset(name for name, move in FIRST.moves.items() if move.to[0].state in ENDS)
OFF_THE_PATH = {
    "suspended": ("resume",),
    "awaiting_ruling": ("rule_go_on", "rule_go_on", "rule_stop"),
    "strike_off_branch": ("branch_strikes_off", "branch_strike_off_falls_short"),
    "strike_off_committee": ("committee_strikes_off", "committee_strike_off_falls_short"),
    "strike_off_decision": ("strike_off", "strike_off_falls_short"),
}
WORDS = ("Gương mẫu.", "một\r\nhai", "", "x\x00", "ế" * 50)
TYPED: dict[str, tuple[Any, ...]] = {
    "votes_for": (10, 10, 7, 6, 5, 11, -1, "ba"),
    "votes_against": (0, 0, 3, 4, 5),
    "roll": (10, 10, 2, 9, 10**9),
    "present": (10, 10, 9, 12),
    "sponsors": ([BAO, TRO], [BAO, BAO], [BAO, MOI], [BAO], "P-KHONG"),
    "verifier": (THAM, BAO),
    "sponsor_in": (MOI, THAM, BAO),
    "sponsor_out": (BAO, TRO, MOI),
    "helper_in": (TRO, BAO),
    "helper_out": (GIUP, TRO),
    "unit": (*VILLAGES, "thon-khong"),
    "consent_kind": ("readmission", "over60", "late_ceremony", "education"),
    "consent_organ": ("province", "province", "central_direct", "direct_superior"),
    "letter_no": ("5-CV/ĐU", "6-CV/ĐU"),
    "letter_reach": ("domestic", "abroad"),
    "paper": ("1-KNĐ", "3-KNĐ", "5-KNĐ", "6-KNĐ", "9-KNĐ", "16-KNĐ", "1-HSĐV", "CN-NTVĐ", "99-KNĐ"),
    "paper_dated": ("2021-01-04", "2024-05-06", "2026-06-01"),
    "decision_no": ("100-QĐ", ""),
    "certificate_issued_on": ("2016-05-05", "2021-07-29", "2025-06-30"),
    "close_reason": ("died", "left_post", "khac"),
    "strengths": WORDS,
    "note": WORDS,
}
"""What somebody may type who is tired, beside what is usual."""


@dataclass
class Walk:
    """A world of a few cases in which anything may be tried; ``chance`` decides."""

    office: Office
    chance: Random
    today: date
    cases: list[str] = field(default_factory=list)
    again: set[str] = field(default_factory=set)
    villages: dict[str, str] = field(default_factory=dict)

    def one_of(self, *choices: T) -> T:
        """One of these."""
        return self.chance.choice(choices)

    def days(self, low: int, high: int) -> int:
        """A number of days."""
        return self.chance.randint(low, high)

    def once_in(self, times: int) -> bool:
        """Every so often."""
        return not self.chance.randrange(times)

    def step(self) -> None:
        """Anything that may happen in an office; a no leaves everything as it was."""
        further = [
            *[self.go_on] * 20,
            *[self.try_anything] * 12,
            self.mend,
            self.mend,
            self.take_over,
            self.wait,
        ]
        doing = self.one_of(self.begin, *further) if self.cases else self.begin
        with contextlib.suppress(*NO):
            doing()

    def begin(self) -> None:
        """A case is opened."""
        village, pipeline = self.one_of(*VILLAGES), self.one_of("admission", "admission", "readmission")
        case = open_case(self.office, HEADS[village], self.today, SECRETARY, pipeline=pipeline)
        self.cases.append(case)
        self.villages[case] = village
        if pipeline == "readmission":
            self.again.add(case)

    def take_over(self) -> None:
        """A case is taken over half-way, with days that may contradict each other."""
        names = (
            "branch_resolution_on",
            "decision_on",
            "decision_received_on",
            "ceremony_on",
            "certificate_issued_on",
        )
        stated: dict[str, Any] = {
            name: (self.today - timedelta(days=self.days(0, 900))).isoformat()
            for name in names
            if self.once_in(2)
        }
        if self.once_in(2):
            stated["came_from"] = self.one_of(
                "branch_meeting", "recognition_branch", "probation", "appraisal"
            )
        village, on = self.one_of(*VILLAGES), self.today - timedelta(days=self.days(0, 30))
        case = adopt_case(self.office, HEADS[village], self.one_of(*STATES), on, OFFICER, stated)
        self.cases.append(case)
        self.villages[case] = village

    def wait(self, days: int | None = None) -> None:
        """Time goes by; some mornings everything is carried over and counted anew."""
        self.today += timedelta(days=days or self.one_of(1, 7, 30, 60, 200))
        travel(self.office, self.today)
        if self.once_in(2):
            carry_over_all(self.office, self.today)
            with self.office.write_transaction() as (work, ledger):
                assert recount_deadlines(self.office, work, ledger) >= 0

    def go_on(self) -> None:
        """The usual next act of a case, some days later or reported late."""
        case = self.one_of(*self.cases[:2])
        at = str(load_case_view(self.office, case, "vi").state.id)
        acts = [act for _, act in PATH.get(at, ())] or [self.one_of(*OFF_THE_PATH.get(at, ("settle_flag",)))]
        for act in acts:
            with contextlib.suppress(*NO):
                self.act(case, act, at, self.today - timedelta(days=self.one_of(0, 0, 0, 0, 0, 0, 0, 3)))
            self.today += timedelta(days=self.days(0, 12))
            travel(self.office, self.today)
        if at == "probation" and self.once_in(2):
            self.wait(370)

    def try_anything(self) -> None:
        """Any act at all, by anybody, with anything typed; mostly one that is open."""
        case = self.one_of(*self.cases)
        view = load_case_view(self.office, case, "vi")
        open_ = [act.name for act in view.acts]
        act = self.one_of(*MOVES, *ENTRIES) if self.once_in(6) else self.one_of(*open_)
        if act in GIVES_UP and not self.once_in(4):
            return
        on = self.today - timedelta(days=self.one_of(0, 0, 0, 0, 1, 10, 40, 400, -1))
        self.act(case, act, str(view.state.id), on)

    def act(self, case: str, act: str, at: str, on: date) -> None:
        """One act as it is usually typed, or with something else in it."""
        typed = usual(act, on)
        known = ACTS[act]
        for name in sorted(TYPED.keys() & set(known.fields)):
            if self.once_in(40) or (name in known.needs and name not in typed):
                typed[name] = self.one_of(*TYPED[name])
        if act == "nominate" and case in self.again:
            typed["left_on"] = "2015-05-05"
        if act in DECIDES_ITSELF and not self.once_in(9):
            typed |= DECIDES_ITSELF[act]
        who = self.one_of(
            *[actor(act, on, at, self.villages[case])] * 26, SECRETARY, OFFICER, DISTRICT_OFFICER, STRANGER
        )
        seen = 3 if self.once_in(30) else None
        verb: Callable[..., object] = record_entry if act in ENTRIES else advance_case
        verb(self.office, case, act, on, who, typed, seen=seen)

    def mend(self) -> None:
        """Something recorded is corrected, rightly or wrongly."""
        case = self.one_of(*self.cases)
        events = load_history(self.office, case, "vi")
        event = self.one_of(*events)
        typed: dict[str, Any] = {}
        if self.once_in(2):
            typed["on"] = (event.on + timedelta(days=self.one_of(-60, -5, 1, 5, 60, 900))).isoformat()
        for one in event.fields:
            if one.field in TYPED and self.once_in(2):
                typed[one.field] = self.one_of(*TYPED[one.field])
        correct_event(
            self.office, case, event.seq, OFFICER, typed, reason="Ghi nhầm", allowed_by=DISTRICT_OFFICER.by
        )

    def hold(self) -> None:
        """The record is proven, and every case can be read in either language."""
        proven(self.office)
        for case in self.cases:
            view = load_case_view(self.office, case, self.one_of("vi", "en"))
            assert view.moves or view.state.end
            assert len(load_history(self.office, case, "vi")) == view.version
        listed = list_cases(self.office)
        assert {row.case for row in listed} <= set(self.cases)
        total = ask(self.office, count_coverage).total
        assert total.posts == total.members + total.remaining + total.vacant == len(VILLAGES)
        assert list_cases(self.office, unit=COMMUNE) == [
            row for row in listed if COMMUNE in [one.id for one in row.above]
        ]


def walked(office: Office, chance: Random, steps: int) -> None:
    """Walk so many steps, and look whether everything holds."""
    walk = Walk(office, chance, chance.choice(STARTS))
    travel(office, walk.today)
    for _ in range(steps):
        walk.step()
    walk.hold()


def calm(examples: int) -> settings:
    """So many walks, the same ones each time, however slow the machine."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=slow,
    )


def on_sqlite(template: Template, chance: Random, steps: int) -> None:
    """One walk in a fresh copy of the land on SQLite."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        office = opened(template.sqlite(Path(folder) / "đất"))
        try:
            walked(office, chance, steps)
        finally:
            office.close()


def on_postgres(template: Template, server: Pool, chance: Random, steps: int) -> None:
    """One walk in a fresh copy of the land on PostgreSQL."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        config, url = template.postgres(Path(folder) / "đất", server)
        office = opened(config)
        try:
            walked(office, chance, steps)
        finally:
            office.close()
            server.drop(url)


@given(chance=CHANCE)
@calm(12)
def test_whatever_is_tried_on_sqlite_the_record_holds(land_template: Template, chance: Random) -> None:
    on_sqlite(land_template, chance, 30)


@given(chance=CHANCE)
@calm(3)
def test_whatever_is_tried_on_postgresql_the_record_holds(
    land_template: Template, postgres: Pool, chance: Random
) -> None:
    on_postgres(land_template, postgres, chance, 30)


@pytest.mark.soak
@given(chance=CHANCE)
@calm(400)
def test_long_walks_on_sqlite(land_template: Template, chance: Random) -> None:
    on_sqlite(land_template, chance, 60)


@pytest.mark.soak
@given(chance=CHANCE)
@calm(60)
def test_long_walks_on_postgresql(land_template: Template, postgres: Pool, chance: Random) -> None:
    on_postgres(land_template, postgres, chance, 60)
