"""Walks through the editions: no case gets stuck, and whatever happened folds into the same record every
time.
"""

import itertools
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from states.machine import EditionMachine, NotOpen, Verdict, get_machine
from states.record.case_record import HOUSE_PREFIX, Record
from states.record.deadlines import compute_clocks
from states.record.events import CaseEvent
from states.record.journey import apply_event
from states.record.replay import fold_events
from states.rulebook.edition import ActRule, Edition
from states.vocabulary import Act, Facts, FieldValue, Person, UnitLine
from tests.rules.scene import EVERY_EDITION, RULES, UNITS, edition, edition_of, vietnam

START = date(2026, 8, 3)
LINES = [((), False), (("committee",), False), (("committee",), True), (("subcommittee", "committee"), False)]


def facts_of(kind: str, state: str, line: UnitLine, back: tuple[str, ...], counts: dict[str, int]) -> Facts:
    """As much as the machine needs to know where a move leads."""
    return Facts(Act(kind, START, {}), state, {}, Person("mau"), line, back=back, counts=counts)


def line_of(organs: tuple[str, ...], rules: Edition, *, authorised: bool) -> UnitLine:
    held = ("branch", "authority", *(name for name in organs if name in rules.organs))
    return UnitLine("thon", {name: UNITS[name] for name in held}, authorised)


def where_to(ways: EditionMachine, facts: Facts) -> Verdict | None:
    """Where a move leads, whatever the guards say; None where it leads nowhere."""
    try:
        return ways.judge_act(facts)
    except NotOpen:
        return None


# --- every way there is -------------------------------------------------------------------------------------


class Standing(NamedTuple):
    """A step, and the steps that a case there would go back to."""

    state: str
    back: tuple[str, ...]


def steps_from(ways: EditionMachine, here: Standing, line: UnitLine) -> Iterator[tuple[str, Standing]]:
    """Every step that some move leads to, first and third time."""
    for kind in ways.moves_from(here.state):
        for before in (0, 2):
            verdict = where_to(ways, facts_of(kind, here.state, line, here.back, {kind: before}))
            if verdict is None or verdict.arrival is None or verdict.to is None:
                continue
            drop = verdict.arrival.forget + (verdict.arrival.state == "back")
            back = here.back[: len(here.back) - drop] + ((here.state,) if verdict.arrival.remember else ())
            yield kind, Standing(verdict.to, back)


STRUCTURES = [
    ("admission", "2016-07"),
    ("admission", "2025-07"),
    ("admission", "2025-09"),
    ("admission", "2026-07"),
    ("readmission", "2026-07"),
]


@pytest.mark.parametrize(("pipeline", "name"), STRUCTURES)
@pytest.mark.parametrize(("organs", "authorised"), LINES)
def test_from_wherever_a_case_can_stand_it_comes_to_an_end_without_being_given_up(
    pipeline: str, name: str, organs: tuple[str, ...], authorised: bool
) -> None:
    rules = edition(name, pipeline)
    ways, line = get_machine(rules), line_of(organs, rules, authorised=authorised)
    given_up = {kind for kind, move in rules.moves.items() if move.from_ == "open" and kind != "suspend"}
    leads: dict[Standing, set[Standing]] = {}
    todo = [Standing(rules.starts_at, ())]
    while todo:
        here = todo.pop()
        if here in leads:
            continue
        steps = [(kind, there) for kind, there in steps_from(ways, here, line) if len(there.back) <= 4]
        leads[here] = {there for kind, there in steps if kind not in given_up}
        todo += [there for _, there in steps]
    done = {here for here in leads if rules.states[here.state].end}
    while True:
        more = {here for here, there in leads.items() if here not in done and there & done}
        if not more:
            break
        done |= more
    assert set(leads) - done == set()
    there = {here.state for here in leads}
    absent = {name for name in ("subcommittee", "committee") if name not in line.organs}
    not_there = {state for state, rule in rules.states.items() if rule.only_where.has in absent}
    passed_by = (
        {"decision", "recognition_decision"} if authorised else set()
    )  # the committee has decided itself
    assert {state for state in rules.states if state not in there} == not_there | passed_by
    assert all(here.back == () for here in leads if here.state == "member")


def test_how_deep_a_case_can_be_sent_back() -> None:
    """Suspended while it awaits a ruling on a strike-off that was proposed at recognition: three steps to
    return to.
    """
    rules = edition("2021-07")
    ways, line = get_machine(rules), line_of(("committee",), rules, authorised=False)
    seen, todo = set[Standing](), [Standing(rules.starts_at, ())]
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += [there for _, there in steps_from(ways, here, line)]
    assert max(len(here.back) for here in seen) == 3
    assert Standing("suspended", ("recognition_branch", "strike_off_branch", "awaiting_ruling")) in seen


# --- random walks -------------------------------------------------------------------------------------------


def typed(rules: Edition, act: ActRule, on: date, number: int) -> dict[str, FieldValue]:
    """Something for every field that an act asks for."""
    by_type: dict[str, FieldValue] = {
        "date": (on - timedelta(days=number % 40)).isoformat(),
        "code": f"{number}-NQ",
        "count": number % 20,
        "person": f"p{number % 5}",
        "people": [f"p{number % 5}", "p9"],
        "unit": f"u{number % 3}",
        "paper": sorted(rules.papers)[number % len(rules.papers)],
    }
    found: dict[str, FieldValue] = {}
    for name in act.needs:
        rule = rules.fields[name]
        if rule.type == "choice":
            found[name] = sorted(rule.options)[number % len(rule.options)]
        elif rule.type in by_type:
            found[name] = by_type[rule.type]
    return found


GIVING_UP = ("withdraw", "move_away", "close")
TURNING_BACK = ("retake_class", "suspend", "decline", "committee_declines", "authority_declines", "rule_stop")


def chosen(ways: EditionMachine, state: str, number: int) -> str:
    """An act that may be made at a step: most often one that leads on, else the walk would never get far."""
    moves = ways.moves_from(state)
    onward = [
        kind for kind in moves if kind not in (*GIVING_UP, *TURNING_BACK) and not kind.startswith("return_")
    ]
    kinds = {0: moves, 1: ways.entries_in(state), 2: [kind for kind in moves if kind not in GIVING_UP]}
    acts = kinds.get(number % 9) or onward or ways.entries_in(state)
    return acts[number // 9 % len(acts)]


def walk(pipeline: str, name: str, line: UnitLine, choices: list[int]) -> tuple[list[CaseEvent], Record]:
    """Events chosen by numbers, made without asking the guards, and the record that they were carried
    into.
    """
    rules = RULES.load_edition(pipeline, name)
    ways, on = get_machine(rules), START
    opened: CaseEvent = {
        "kind": "open",
        "seq": 1,
        "pipeline": pipeline,
        "unit": "thon",
        "edition": name,
        "on": on.isoformat(),
        "fields": {},
        "to": rules.starts_at,
    }
    events, record = [opened], Record(pipeline, "thon")
    apply_event(record, opened, edition_of)
    for number in choices:
        on += timedelta(days=number % 7)
        kind = chosen(ways, record.state, number)
        event: CaseEvent = {
            "kind": kind,
            "seq": record.seq + 1,
            "edition": name,
            "on": on.isoformat(),
            "typed": f"t{number % 3}",
            "fields": typed(rules, ways.find_act(kind), on, number),
        }
        if kind in rules.moves:
            facts = facts_of(kind, record.state, line, tuple(record.back), record.counts)
            verdict = where_to(ways, facts)
            if verdict is None or verdict.arrival is None or verdict.to is None:
                continue
            event |= {"to": verdict.to, "arrival": rules.moves[kind].to.index(verdict.arrival)}
        events.append(event)
        apply_event(record, event, edition_of)
    return events, record


def as_json(record: Record) -> str:
    return json.dumps(record.to_json(), sort_keys=True)


numbers = st.integers(0, 10**6)
long_and_short = st.lists(numbers, max_size=20) | st.lists(numbers, min_size=40, max_size=90)
walks = st.tuples(st.sampled_from(EVERY_EDITION), st.sampled_from(LINES), long_and_short)


@settings(max_examples=60, deadline=None)
@given(walks)
def test_a_walk_never_comes_to_a_step_without_a_way_on(
    walked: tuple[tuple[str, str], tuple[tuple[str, ...], bool], list[int]],
) -> None:
    (pipeline, name), (organs, authorised), choices = walked
    rules = edition(name, pipeline)
    line = line_of(organs, rules, authorised=authorised)
    _, record = walk(pipeline, name, line, choices)
    state = rules.states[record.state]
    ways = get_machine(rules)
    onward = [
        kind
        for kind in ways.moves_from(record.state)
        if rules.moves[kind].from_ != "open"
        and where_to(ways, facts_of(kind, record.state, line, tuple(record.back), record.counts))
    ]
    assert state.end or onward


@settings(max_examples=60, deadline=None)
@given(walks)
def test_a_walk_folds_into_the_same_record_every_time(
    walked: tuple[tuple[str, str], tuple[tuple[str, ...], bool], list[int]],
) -> None:
    (pipeline, name), (organs, authorised), choices = walked
    line = line_of(organs, edition(name, pipeline), authorised=authorised)
    events, record = walk(pipeline, name, line, choices)
    before = json.dumps(events, sort_keys=True)
    assert as_json(fold_events(events, edition_of)) == as_json(record)
    assert as_json(fold_events(iter(events), edition_of)) == as_json(record)
    assert json.dumps(events, sort_keys=True) == before
    assert as_json(Record.from_json(json.loads(as_json(record)))) == as_json(record)


@settings(max_examples=40, deadline=None)
@given(walks, st.integers(0, 40))
def test_a_record_that_was_put_away_half_way_goes_on_as_if_it_had_not(
    walked: tuple[tuple[str, str], tuple[tuple[str, ...], bool], list[int]], half: int
) -> None:
    (pipeline, name), (organs, authorised), choices = walked
    line = line_of(organs, edition(name, pipeline), authorised=authorised)
    events, record = walk(pipeline, name, line, choices)
    first, rest = events[: half + 1], events[half + 1 :]
    kept = Record.from_json(json.loads(as_json(fold_events(first, edition_of))))
    for event in rest:
        apply_event(kept, event, edition_of)
    assert as_json(kept) == as_json(record)


@settings(max_examples=60, deadline=None)
@given(walks)
def test_whatever_happened_the_clocks_can_be_worked_out(
    walked: tuple[tuple[str, str], tuple[tuple[str, ...], bool], list[int]],
) -> None:
    (pipeline, name), (organs, authorised), choices = walked
    rules = edition(name, pipeline)
    _, record = walk(pipeline, name, line_of(organs, rules, authorised=authorised), choices)
    clocks = compute_clocks(record, edition_of, rules, vietnam(), {})
    open_ones = [clock for clock in clocks if clock.state in ("running", "paused")]
    of_the_house = [clock for clock in open_ones if clock.name.startswith(HOUSE_PREFIX)]
    assert len(of_the_house) <= 1
    if rules.states[record.state].end:
        assert open_ones == []
    for clock in of_the_house:
        at_home = record.state if record.state != "suspended" else record.back[-1]
        assert clock.name == HOUSE_PREFIX + at_home
        assert clock.state == ("paused" if record.state == "suspended" else "running")
    assert all(clock.kind == "house" for clock in clocks if clock.state == "paused")


@settings(max_examples=40, deadline=None)
@given(walks, st.integers(1, 40), st.integers(0, 300))
def test_a_corrected_day_reads_as_if_it_had_been_right_from_the_start(
    walked: tuple[tuple[str, str], tuple[tuple[str, ...], bool], list[int]], which: int, later: int
) -> None:
    (pipeline, name), (organs, authorised), choices = walked
    line = line_of(organs, edition(name, pipeline), authorised=authorised)
    events, _ = walk(pipeline, name, line, choices)
    wrong = events[min(which, len(events) - 1)]
    on = (START - timedelta(days=later)).isoformat()
    correction: CaseEvent = {
        "kind": "correct",
        "seq": len(events) + 1,
        "of": wrong["seq"],
        "fields": {"on": on},
        "flags": [],
        "on": on,
    }
    right: list[CaseEvent] = [{**event, "on": on} if event is wrong else event for event in events]
    corrected = fold_events([*events, correction], edition_of)
    assert corrected.seq == len(events) + 1
    corrected.seq -= 1
    assert as_json(corrected) == as_json(fold_events(right, edition_of))


def test_a_case_without_events_is_none() -> None:
    with pytest.raises(ValueError, match="opened it"):
        fold_events([], edition_of)


def test_editions_agree_on_every_move_that_walks_are_made_of() -> None:
    """Walks stay in one edition; a case that changes editions meets the same moves, less the
    subcommittee's.
    """
    for (_, older), (_, newer) in itertools.pairwise(one for one in EVERY_EDITION if one[0] == "admission"):
        gone = set(edition(older).moves) - set(edition(newer).moves)
        assert gone <= {"appraise", "recognition_appraised"}
