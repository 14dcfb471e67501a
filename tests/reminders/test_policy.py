"""The policy: what may stand in it, and what refuses one, all faults at once with their lines."""

from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.policy import (
    DEFAULT_POLICY_FILE,
    BadPolicy,
    PolicyTerms,
    ReminderStep,
    default_policy,
    read_policy,
)
from states.rulebook.loading import Rulebook

RULES = Rulebook()
KNOWN = PolicyTerms.from_editions(
    RULES.load_edition(pipeline, one) for pipeline in RULES.pipelines for one in RULES.list_editions(pipeline)
)
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
STEPS = st.one_of(
    st.integers(-400, 400).map(ReminderStep),
    st.integers(-60, 60).map(lambda months: ReminderStep(months, months=True)),
)

ONE = """
hours: {from: "08:00", to: "16:00"}
reminders:
  legal:
    clocks: {kind: legal}
    before: [10, 2m]
    after: [3]
    every: 5
    until: 12
    tell: [{who: turn}, {who: branch_secretary, from: 5}]
    todo: {vi: Làm đi., en: Do it.}
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "nhắc việc.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def faults(tmp_path: Path, text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(BadPolicy) as bad:
        read_policy(written(tmp_path, text), KNOWN)
    return [(one.line, one.code, one.name) for one in bad.value.faults]


def test_the_policy_that_comes_along_names_nothing_unknown() -> None:
    assert read_policy(DEFAULT_POLICY_FILE, KNOWN) == default_policy()


def test_steps_before_come_first_and_those_after_in_order_without_doubles(tmp_path: Path) -> None:
    policy = read_policy(written(tmp_path, ONE), KNOWN)
    assert list(map(str, policy.reminders["legal"].steps)) == ["-10d", "-2m", "+3d", "+5d", "+10d"]
    assert (policy.hours.from_, policy.hours.to) == (time(8), time(16))


def test_whoever_is_told_only_later_is_not_told_before(tmp_path: Path) -> None:
    legal = read_policy(written(tmp_path, ONE), KNOWN).reminders["legal"]
    assert {str(step): list(legal.recipients_at(step)) for step in legal.steps} == {
        "-10d": ["turn"],
        "-2m": ["turn"],
        "+3d": ["turn"],
        "+5d": ["turn", "branch_secretary"],
        "+10d": ["turn", "branch_secretary"],
    }


@pytest.mark.parametrize(
    ("wrong", "right", "expected"),
    [
        ("kind: legal", "names: [CEREMONY, CEREMONI]", [(5, "unknown_clock", "CEREMONI")]),
        ("kind: legal", "kind: solar", [(5, "shape", "kind")]),
        ("kind: legal", "kind: legal, names: [CEREMONY]", [(5, "shape", "clocks")]),
        ("{kind: legal}", "{}", [(5, "shape", "clocks")]),
        ("who: turn", "who: chairman", [(10, "unknown_role", "chairman")]),
        ("who: turn", "whom: turn", [(10, "missing", "who"), (10, "unknown_key", "whom")]),
        ("[10, 2m]", "[10, 2y]", [(6, "shape", "before")]),
        ("[10, 2m]", "[-10]", [(6, "shape", "before")]),
        ("[10, 2m]", "[true]", [(6, "shape", "before")]),
        ("every: 5", "every: 0", [(8, "shape", "every")]),
        ("every: 5", "every: 5\n    every: 6", [(9, "key_twice", "every")]),
        ('from: "08:00"', "from: 8", [(2, "shape", "from")]),
        ('to: "16:00"', 'to: "07:00"', [(2, "shape", "hours")]),
        ('to: "16:00"', 'to: "16:00"}\non: {', [(3, "key_not_text", "on")]),
        ("    tell: [{who: turn}, {who: branch_secretary, from: 5}]\n", "", [(4, "missing", "tell")]),
        ("    todo: {vi: Làm đi., en: Do it.}\n", "    todo: {vi: Làm đi.}\n", [(11, "missing", "en")]),
        ("    before: [10, 2m]\n    after: [3]\n    every: 5\n", "", [(4, "never", "legal")]),
        ("clocks: {kind: legal}", "watch: moon", [(5, "shape", "watch")]),
        ("clocks: {kind: legal}", "watch: age_limit", [(4, "shape", "legal")]),
        ("reminders:", "reminders: [", [(5, "not_yaml", "")]),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(
    tmp_path: Path, wrong: str, right: str, expected: list[tuple[int, str, str]]
) -> None:
    assert wrong in ONE
    assert faults(tmp_path, ONE.replace(wrong, right, 1)) == expected


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = ONE.replace("who: turn", "who: chairman").replace("kind: legal", "names: [MOON]")
    assert [code for _, code, _ in faults(tmp_path, text)] == ["unknown_clock", "unknown_role"]


def test_a_policy_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadPolicy) as bad:
        read_policy(tmp_path / "none.yaml", KNOWN)
    assert [one.code for one in bad.value.faults] == ["unreadable"]


# --- steps and the deadlines they belong to -----------------------------------------------------------------


@given(step=STEPS, first=DAYS, more=st.integers(0, 40), due=DAYS)
def test_a_deadline_is_among_those_of_a_time_just_when_its_step_falls_into_it(
    step: ReminderStep, first: date, more: int, due: date
) -> None:
    last = date.fromordinal(first.toordinal() + more)
    earliest, latest = step.find_due_range(first, last)
    assert (earliest <= due <= latest) == (first <= step.compute_day(due) <= last)


@given(step=STEPS, day=DAYS)
def test_a_later_deadline_never_has_an_earlier_step(step: ReminderStep, day: date) -> None:
    assert step.compute_day(day) <= step.compute_day(date.fromordinal(day.toordinal() + 1))
