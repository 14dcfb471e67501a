"""What makes an edition impossible: every check that refuses a bad one, all faults at once.

A fault is a path into the edition's data, a code that the catalogue words, and the values to word it with.
"""

import inspect
import string
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, get_args, get_origin

from states.amendments import Path
from states.guards import GUARDS
from states.rulebook import BACK, Condition, Edition, Recorded, When


class Fault(NamedTuple):
    """One mistake of an author: where, which, and the name it is about."""

    path: Path
    code: str
    name: str = ""


NAMES_OF = {
    "field": "fields", "first": "fields", "then": "fields", "limit": "fields", "whole": "fields", "unless": "fields",
    "needed_by": "fields", "others": "fields", "reached": "fields", "fields": "fields", "parts": "fields",
    "excluded": "fields", "clock": "clocks", "clocks": "clocks", "papers": "papers", "move": "moves",
}  # fmt: skip
"""What the parameters of guards name, by the section of the edition that must hold the name."""


def faults_of(edition: Edition, before: Edition | None = None) -> list[Fault]:
    """Everything wrong with an edition; ``before`` is the edition whose states it may have to carry over."""
    return [
        *_levels_and_roles(edition),
        *_conditions(edition),
        *_states(edition),
        *_acts(edition),
        *_clocks(edition),
        *_papers(edition),
        *_carry_over(edition, before),
        *_ways(edition),
    ]


def _unknown(names: object, known: Mapping[str, object], path: Path, code: str) -> Iterator[Fault]:
    for name in [names] if isinstance(names, str) else names if isinstance(names, list | tuple) else []:
        if name not in known:
            yield Fault(path, code, name)


def _levels_and_roles(edition: Edition) -> Iterator[Fault]:
    yield from _unknown(edition.coverage_level or (), edition.levels, ("coverage_level",), "unknown_level")
    for name, role in edition.roles.items():
        yield from _unknown(role.level, edition.levels, ("roles", name, "level"), "unknown_level")
    for name, organ in edition.organs.items():
        yield from _unknown(organ.level, edition.levels, ("organs", name, "level"), "unknown_level")
        yield from _unknown(organ.roles, edition.roles, ("organs", name, "roles"), "unknown_role")


def _conditions(edition: Edition) -> Iterator[Fault]:
    used = set(edition.every_move) | set(edition.every_entry)
    for act in (*edition.moves.values(), *edition.entries.values()):
        used.update(act.conditions)
    for move in edition.moves.values():
        used.update(code for arrival in move.to for code in arrival.conditions)
        used.update([move.vote.rule] if move.vote else [])
    for code, condition in edition.conditions.items():
        path = ("conditions", code)
        if code not in used:
            yield Fault(path, "unused_condition", code)
        if condition.verified and not condition.citation:
            yield Fault(path, "verified_without_citation", code)
        yield from _when(edition, condition.when, (*path, "when"))
        if condition.guard not in GUARDS:
            yield Fault((*path, "guard"), "unknown_guard", condition.guard)
        else:
            yield from _parameters(edition, condition, path)
            yield from _wording(condition, path)


def _parameters(edition: Edition, condition: Condition, path: Path) -> Iterator[Fault]:
    wanted = parameters_of(condition.guard)
    for name, value in condition.with_.items():
        if name not in wanted:
            yield Fault((*path, "with", name), "unknown_parameter", name)
        elif not _fits(value, wanted[name].annotation):
            yield Fault((*path, "with", name), "wrong_parameter", name)
        elif section := NAMES_OF.get(name):
            yield from _unknown(value, getattr(edition, section), (*path, "with", name), f"unknown_{section[:-1]}")
    for name, parameter in wanted.items():
        if parameter.default is inspect.Parameter.empty and name not in condition.with_:
            yield Fault((*path, "with"), "missing_parameter", name)


@cache
def parameters_of(guard: str) -> dict[str, inspect.Parameter]:
    """The parameters that a guard takes beside the facts."""
    return dict(list(inspect.signature(GUARDS[guard].check).parameters.items())[1:])


def _fits(value: object, annotation: Any) -> bool:
    if isinstance(annotation, types.UnionType):
        return any(_fits(value, one) for one in get_args(annotation))
    if get_origin(annotation) is list:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return type(value) is annotation


def _wording(condition: Condition, path: Path) -> Iterator[Fault]:
    for words in condition.says:
        for _, name, _, _ in string.Formatter().parse(words):
            if name is not None and name not in GUARDS[condition.guard].says:
                yield Fault((*path, "says"), "unknown_placeholder", name)


def _when(edition: Edition, when: When, path: Path) -> Iterator[Fault]:
    yield from _unknown(when.came_from, edition.states, (*path, "came_from"), "unknown_state")
    yield from _unknown(tuple(when.field), edition.fields, (*path, "field"), "unknown_field")


def _states(edition: Edition) -> Iterator[Fault]:
    yield from _unknown(edition.starts_at, edition.states, ("starts_at",), "unknown_state")
    for name, state in edition.states.items():
        path = ("states", name)
        yield from _unknown(state.clocks, edition.clocks, (*path, "clocks"), "unknown_clock")
        yield from _when(edition, state.only_where, (*path, "only_where"))
        if not state.end:
            yield from _unknown(state.turn or "", edition.organs, (*path, "turn"), "unknown_organ")


def _acts(edition: Edition) -> Iterator[Fault]:
    for name in (*edition.every_move, *edition.every_entry):
        yield from _unknown(name, edition.conditions, ("every_move",), "unknown_condition")
    for section, acts in (("moves", edition.moves), ("entries", edition.entries)):
        for name, act in acts.items():
            yield from _act(edition, act, (section, name))
    for name, move in edition.moves.items():
        for number, arrival in enumerate(move.to):
            path = ("moves", name, "to", str(number))
            states: dict[str, object] = {**edition.states, BACK: None}
            yield from _unknown(arrival.state, states, path, "unknown_state")
            yield from _unknown((*arrival.needs, *filter(None, [arrival.dated])), edition.fields, path, "unknown_field")
            yield from _unknown(arrival.conditions, edition.conditions, path, "unknown_condition")
            yield from _when(edition, arrival.when, path)
        if move.vote:
            yield from _unknown(move.vote.body, edition.organs, ("moves", name, "vote"), "unknown_organ")
            yield from _unknown(move.vote.rule, edition.conditions, ("moves", name, "vote"), "unknown_condition")


def _act(edition: Edition, act: Recorded, path: Path) -> Iterator[Fault]:
    if not isinstance(act.from_, str):
        yield from _unknown(act.from_, edition.states, (*path, "from"), "unknown_state")
    yield from _unknown(act.needs, edition.fields, (*path, "needs"), "unknown_field")
    yield from _unknown(act.may, edition.fields, (*path, "may"), "unknown_field")
    yield from _unknown(act.dated, edition.fields, (*path, "dated"), "unknown_field")
    yield from _unknown(act.conditions, edition.conditions, (*path, "conditions"), "unknown_condition")
    if act.organ != "turn":
        yield from _unknown(act.organ, edition.organs, (*path, "organ"), "unknown_organ")
        if act.organ in edition.organs and not edition.organs[act.organ].roles:
            yield Fault((*path, "organ"), "no_role_can_make", act.organ)


def _recorded(edition: Edition) -> set[str]:
    acts: tuple[Recorded, ...] = (*edition.moves.values(), *edition.entries.values())
    fields = {name for act in acts for name in (act.dated, *act.fields)}
    return fields | {arrival.dated for move in edition.moves.values() for arrival in move.to if arrival.dated}


def _clocks(edition: Edition) -> Iterator[Fault]:
    recorded = _recorded(edition)
    for name, clock in edition.clocks.items():
        path = ("clocks", name)
        yield from _unknown(clock.organ, edition.organs, (*path, "organ"), "unknown_organ")
        for key, starts in (("from", (clock.from_,)), ("or_from", clock.or_from)):
            for field in starts:
                if field not in recorded:
                    yield Fault((*path, key), "start_not_recorded", field)
        for field in (*clock.until, *clock.also_until):
            if field not in recorded:
                yield Fault((*path, "until"), "stop_not_recorded", field)
        counted_by = (clock.per, clock.length_by.field if clock.length_by else None)
        yield from _unknown([name for name in counted_by if name], edition.fields, path, "unknown_field")
        if clock.extended_by:
            yield from _unknown(clock.extended_by.entry, edition.entries, (*path, "extended_by"), "unknown_entry")
        if (clock.length.working_days is None) == (clock.length.months is None):
            yield Fault((*path, "length"), "one_length", name)


def _papers(edition: Edition) -> Iterator[Fault]:
    for code, paper in edition.papers.items():
        path = ("papers", code)
        yield from _unknown(paper.dated or (), edition.fields, (*path, "dated"), "unknown_field")
        yield from _unknown(paper.by, {**edition.organs, "candidate": None}, (*path, "by"), "unknown_organ")
        yield from _when(edition, paper.when, (*path, "when"))


def _carry_over(edition: Edition, before: Edition | None) -> Iterator[Fault]:
    leavable = [name for name, state in edition.states.items() if state.only_where != When()]
    gone = [name for name in before.states if name not in edition.states] if before else []
    for name in (*leavable, *gone):
        if name not in edition.carry_over:
            yield Fault(("carry_over",), "no_way_on", name)
    for name, carry in edition.carry_over.items():
        for arrival in carry.to:
            yield from _unknown(arrival.state, edition.states, ("carry_over", name, "to"), "unknown_state")


def _ways(edition: Edition) -> Iterator[Fault]:
    """Every state can be reached from the first, and from every open one an end without giving up on the case."""
    leads: dict[str, set[str]] = {name: set() for name in edition.states}
    remembered = {
        source
        for move in edition.moves.values()
        if any(arrival.remember for arrival in move.to)
        for source in edition.sources(move)
    }
    given_up: dict[str, set[str]] = {name: set() for name in edition.states}
    for move in edition.moves.values():
        ways = given_up if move.from_ == "open" else leads
        targets = {
            target for arrival in move.to for target in (remembered if arrival.state == BACK else [arrival.state])
        }
        for source in edition.sources(move):
            if source in ways:
                ways[source] |= targets
    reachable = _reach(edition.starts_at, {name: leads[name] | given_up[name] for name in leads})
    ends = {name for name, state in edition.states.items() if state.end}
    for name in edition.states:
        if name not in reachable:
            yield Fault(("states", name), "unreachable", name)
        elif name not in ends and not _reach(name, leads) & ends:
            yield Fault(("states", name), "no_end", name)


def _reach(start: str, leads: Mapping[str, set[str]]) -> set[str]:
    seen, todo = {start}, [start]
    while todo:
        for target in leads.get(todo.pop(), set()) - seen:
            seen.add(target)
            todo.append(target)
    return seen
