"""Corrected rules are laid upon what a case has been through."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from states.record.case_record import Mark, Record
from states.record.deadlines import Clock, compute_clock
from states.record.events import CaseEvent
from states.record.journey import apply_event
from states.record.replay import fold_events, read_events, walk_events
from states.rulebook.edition import Edition
from states.rulebook.loading import Rulebook
from states.rulebook.revisions import EditionShelf
from tests.journeys.corrected import (
    Correct,
    add_house_clock,
    corrected_rules,
    drop_house_clock,
    lengthen_decision,
    shorten_decision,
)
from tests.rules.events import Case
from tests.rules.scene import RULES, vietnam

PIPELINE = "admission"


@dataclass
class Revised:
    """A case whose rules are corrected, once or more; events of before name no revision."""

    events: list[CaseEvent]
    kept: dict[str, str]

    def find_edition(self, pipeline: str, name: str, revision: str | None) -> Edition:
        return EditionShelf(RULES, self.kept).find_edition(pipeline, name, revision)

    def revise(self, rules: Rulebook, on: str) -> "Revised":
        """The rules are corrected on a day."""
        self.kept |= {rules.revisions[key]: text for key, text in rules.texts.items()}
        revisions = {name: revision for (of, name), revision in rules.revisions.items() if of == PIPELINE}
        body: dict[str, Any] = {
            "kind": "revise",
            "pipeline": PIPELINE,
            "edition": "2021-07",
            "revision": revisions["2021-07"],
            "revisions": revisions,
            "on": on,
            "seq": len(self.events) + 1,
            "fields": {},
            "record": {},
        }
        events = [*self.events, cast("CaseEvent", body)]
        *_, (_, read) = walk_events(read_events(events), self.find_edition)
        self.events.append(read)
        return self

    def correct(self, of: int, **fields: Any) -> "Revised":
        """An act is corrected; nothing is flagged."""
        body: dict[str, Any] = {
            "kind": "correct",
            "pipeline": PIPELINE,
            "edition": "2021-07",
            "seq": len(self.events) + 1,
            "of": of,
            "fields": fields,
            "flags": [],
        }
        self.events.append(cast("CaseEvent", body))
        return self

    @property
    def record(self) -> Record:
        return fold_events(self.events, self.find_edition)

    def mark(self, clock: str) -> Mark:
        (mark,) = [mark for mark in self.record.clocks if mark["clock"] == clock]
        return mark

    def clock(self, name: str) -> Clock:
        return compute_clock(self.record, self.mark(name), self.find_edition, vietnam(), {})


@pytest.fixture
def rules(tmp_path: Path) -> Callable[[Correct], Rulebook]:
    """The rules with something corrected."""
    return lambda correct: corrected_rules(tmp_path / correct.__name__, correct)


def proposed() -> Revised:
    """A case that its branch proposed on 20 May 2022: 60 working days end on 12 August."""
    case = Case("branch_meeting", "2022-05-01").moved("branch_proposes", "2022-05-20", "decision", way=2)
    return Revised(case.events, {})


def test_a_deadline_that_would_have_passed_falls_on_the_day_of_the_correction(
    rules: Callable[[Correct], Rulebook],
) -> None:
    case = proposed().revise(rules(shorten_decision), "2022-08-01")
    clock = case.clock("DEC_ADMIT")
    assert (clock.amount, clock.due, clock.spared_on) == (5, date(2022, 8, 1), date(2022, 8, 1))
    assert not clock.is_late_on(date(2022, 8, 1))
    assert clock.is_late_on(date(2022, 8, 2))


def test_a_deadline_that_had_passed_before_is_late_since_then(
    rules: Callable[[Correct], Rulebook],
) -> None:
    before = proposed().clock("DEC_ADMIT").due
    assert proposed().revise(rules(shorten_decision), "2022-09-01").clock("DEC_ADMIT").due == before


def test_a_longer_deadline_is_what_the_new_rules_say(rules: Callable[[Correct], Rulebook]) -> None:
    clock = proposed().revise(rules(lengthen_decision), "2022-09-01").clock("DEC_ADMIT")
    assert (clock.amount, clock.spared_on) == (90, None)
    assert clock.due
    assert clock.due > date(2022, 9, 1)


def test_a_clock_that_is_over_keeps_the_rule_under_which_it_ran(
    rules: Callable[[Correct], Rulebook],
) -> None:
    case = proposed()
    over = Case("branch_meeting", "2022-05-01").moved("branch_proposes", "2022-05-20", "decision", way=2)
    case.events = over.moved("decide", "2022-06-20", "ceremony").events
    case.revise(rules(shorten_decision), "2022-08-01")
    clock = case.clock("DEC_ADMIT")
    assert (clock.state, clock.amount) == ("stopped", 60)


def test_rules_that_change_nothing_for_a_case_leave_its_record_as_it_is(
    rules: Callable[[Correct], Rulebook],
) -> None:
    case = proposed().revise(RULES, "2022-07-01")
    before = case.record.to_json()
    after = case.revise(rules(drop_house_clock), "2022-08-01").record.to_json()
    assert {**after, "seq": before["seq"]} == before


def test_a_custom_of_a_step_that_is_behind_is_not_brought(rules: Callable[[Correct], Rulebook]) -> None:
    case = Case("ceremony", "2022-04-10").moved("hold_ceremony", "2022-04-20", "probation")
    revised = Revised(case.events, {}).revise(rules(add_house_clock), "2022-08-01")
    assert "house:ceremony" not in {mark["clock"] for mark in revised.record.clocks}


def test_a_correction_of_an_act_of_before_reaches_the_record_of_after(
    rules: Callable[[Correct], Rulebook],
) -> None:
    case = proposed().revise(rules(lengthen_decision), "2022-08-01")
    start = case.clock("DEC_ADMIT").start
    case.correct(2, on="2022-05-19")
    assert (start, case.clock("DEC_ADMIT").start) == (date(2022, 5, 20), date(2022, 5, 19))
    assert case.clock("DEC_ADMIT").amount == 90


def test_rules_corrected_and_corrected_back_count_as_at_first(
    rules: Callable[[Correct], Rulebook],
) -> None:
    first = proposed().clock("DEC_ADMIT").due
    case = proposed().revise(rules(lengthen_decision), "2022-06-01").revise(RULES, "2022-06-02")
    assert case.clock("DEC_ADMIT").due == first
    assert case.mark("DEC_ADMIT")["revised"]["on"] == "2022-06-02"


def test_an_act_that_the_new_rules_do_not_know_stays_as_it_was_judged(
    rules: Callable[[Correct], Rulebook],
) -> None:
    def with_class_again(content: dict[str, Any]) -> None:
        content["moves"]["class_again"] = {**content["moves"]["retake_class"], "from": ["branch_meeting"]}

    more = rules(with_class_again)
    case = Case("branch_meeting", "2022-05-01").moved("class_again", "2022-05-20", "training")
    for event in case.events:
        event["revision"] = more.revisions[PIPELINE, event["edition"]]
    revised = Revised(case.events, {more.revisions[key]: text for key, text in more.texts.items()})
    before = revised.record
    after = revised.revise(RULES, "2022-08-01").record
    assert (after.state, after.back, after.fields) == (before.state, before.back, before.fields)


def test_an_arrival_is_the_same_one_though_another_stands_before_it(
    rules: Callable[[Correct], Rulebook],
) -> None:
    def with_another_way(content: dict[str, Any]) -> None:
        ways = content["moves"]["branch_proposes"]["to"]
        ways.insert(2, {**ways[-1], "remember": True, "when": {"field": {"route": "youth_union"}}})

    case = proposed().revise(rules(with_another_way), "2022-08-01")
    assert (case.record.state, case.record.back) == ("decision", [])


def test_a_record_that_is_carried_on_equals_one_folded_from_the_start(
    rules: Callable[[Correct], Rulebook],
) -> None:
    case = proposed().revise(rules(shorten_decision), "2022-08-01")
    later = Case("branch_meeting", "2022-05-01").moved("decide", "2022-08-03", "ceremony").events[-1]
    case.events.append({**later, "seq": 4, "revision": case.events[-1]["revision"]})
    record = Record(PIPELINE, "thon")
    for event in case.events:
        apply_event(record, event, case.find_edition)
    assert record.to_json() == case.record.to_json()
    assert case.mark("DEC_ADMIT")["stopped"] == "2022-08-03"
    assert case.events[2]["record"]["clocks"][-1]["stopped"] is None
