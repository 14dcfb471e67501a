"""Checks refuse an impossible edition and name all faults at once.

A fault is a path into the edition's data, a code that the catalogue words, and the name it is about.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from states.law.checks import check_citation, check_texts
from states.law.texts import InForce
from states.rulebook.amendments import KeyPath
from states.rulebook.condition_checks import (
    EditionFault,
    check_condition,
    check_field_option,
    check_field_types,
    check_when,
    find_unknown,
)
from states.rulebook.edition import BACK, DECIDER, TURN, ActRule, Edition, When

NEEDED_BY_EFFECT = {
    "paper": ("paper",),
    "sponsor": ("sponsor_out", "sponsor_in"),
    "helper": ("helper_out", "helper_in"),
    "consent": ("consent_kind", "consent_organ", "consent_no"),
    "unit": ("unit",),
}
"""The fields that an entry has to ask for, as what it does beside being recorded rests on them."""


def find_edition_faults(
    edition: Edition, before: Edition | None = None, last_day: date | None = None
) -> list[EditionFault]:
    """Everything wrong with an edition; ``before`` is the edition whose states it may have to carry over.

    ``last_day``: the day before the next edition, up to which what it cites has to be in force.
    """
    return [
        *_check_levels_and_roles(edition),
        *_check_conditions(edition),
        *_check_states(edition),
        *_check_acts(edition),
        *_check_clocks(edition),
        *_check_papers(edition),
        *_check_carry_over(edition, before),
        *_check_requirements(edition),
        *_check_reachability(edition),
        *_check_citations(edition, last_day),
    ]


def _check_citations(edition: Edition, last_day: date | None) -> Iterator[EditionFault]:
    days = InForce.model_validate({"from": edition.in_force, "until": last_day})
    for fault in check_texts(edition.texts):
        yield EditionFault(("texts", *fault.path), fault.code, fault.name)
    for section, rules in (("conditions", edition.conditions), ("clocks", edition.clocks)):
        for name, rule in rules.items():
            for fault in check_citation(rule.citation, edition.texts, days):
                yield EditionFault((section, name, "citation", *fault.path), fault.code, fault.name)


def _check_levels_and_roles(edition: Edition) -> Iterator[EditionFault]:
    yield from find_unknown(
        edition.coverage_level or (), edition.levels, ("coverage_level",), "unknown_level"
    )
    for name, role in edition.roles.items():
        yield from find_unknown(role.level, edition.levels, ("roles", name, "level"), "unknown_level")
    for name, organ in edition.organs.items():
        yield from find_unknown(organ.level, edition.levels, ("organs", name, "level"), "unknown_level")
        yield from find_unknown(organ.roles, edition.roles, ("organs", name, "roles"), "unknown_role")
        path = ("organs", name, "falls_to")
        yield from find_unknown(organ.falls_to or (), edition.organs, path, "unknown_organ")
        if name in _organs_fallen_to(edition, name):
            yield EditionFault(path, "falls_to_itself", name)


def _organs_fallen_to(edition: Edition, organ: str) -> list[str]:
    """The organs that an organ's acts may fall to, one after another."""
    passed: list[str] = []
    rule = edition.organs.get(organ)
    while rule and rule.falls_to and rule.falls_to not in passed:
        passed.append(rule.falls_to)
        rule = edition.organs.get(rule.falls_to)
    return passed


def _check_conditions(edition: Edition) -> Iterator[EditionFault]:
    used = {*edition.every_move, *edition.every_entry, *edition.every_case}
    for act in (*edition.moves.values(), *edition.entries.values()):
        used.update(act.conditions)
    for _, requirement in edition.list_requirements("member"):
        used.update(requirement.conditions)
    for move in edition.moves.values():
        used.update(code for arrival in move.to for code in arrival.conditions)
        used.update([move.vote.rule] if move.vote else [])
    for code, condition in edition.conditions.items():
        if code not in used:
            yield EditionFault(("conditions", code), "unused_condition", code)
        yield from check_condition(edition, code, condition)


def _check_states(edition: Edition) -> Iterator[EditionFault]:
    yield from find_unknown(edition.starts_at, edition.states, ("starts_at",), "unknown_state")
    for name, state in edition.states.items():
        path = ("states", name)
        yield from find_unknown(state.clocks, edition.clocks, (*path, "clocks"), "unknown_clock")
        yield from check_when(edition, state.only_where, (*path, "only_where"))
        if not state.end:
            yield from find_unknown(state.turn or "", edition.organs, (*path, "turn"), "unknown_organ")
            if state.turn in edition.organs and not _can_take_on(edition, name, state.turn):
                yield EditionFault((*path, "turn"), "turn_without_act", state.turn)


def _can_take_on(edition: Edition, state: str, organ: str) -> bool:
    """Whether the organ whose turn a state is has an act of its own there that takes a case on.

    What may be done from every open state does not, nor what only sends a case back, sets it aside or ends
    it without making anybody anything.
    """
    order = list(edition.states)
    ends = {name for name, rule in edition.states.items() if rule.end}
    behind_ends = bool(ends) and order.index(state) > min(
        map(order.index, ends)
    )  # it has no place of its own
    later = set(order) - {state} if behind_ends else set(order[order.index(state) + 1 :])
    onward = {BACK, *(later - ends)}
    return any(
        move.from_ != "open"
        and state in move.from_
        and move.organ in (organ, TURN)
        and any(
            (arrival.state in onward and not (arrival.remember and move.organ == TURN))
            or (arrival.state in ends and arrival.membership)
            for arrival in move.to
        )
        for move in edition.moves.values()
    ) or any(
        not isinstance(entry.from_, str) and state in entry.from_ and entry.organ in (organ, TURN)
        for entry in edition.entries.values()
    )


def _check_acts(edition: Edition) -> Iterator[EditionFault]:
    yield from find_unknown(edition.every_move, edition.conditions, ("every_move",), "unknown_condition")
    yield from find_unknown(edition.every_entry, edition.conditions, ("every_entry",), "unknown_condition")
    yield from find_unknown(edition.every_case, edition.conditions, ("every_case",), "unknown_condition")
    for section, acts in (("moves", edition.moves), ("entries", edition.entries)):
        for name, act in acts.items():
            yield from _check_act(edition, act, (section, name))
    for name, entry in edition.entries.items():
        yield from find_unknown(entry.forgets, edition.fields, ("entries", name, "forgets"), "unknown_field")
        for field in NEEDED_BY_EFFECT.get(entry.effect or "", ()):
            if field not in entry.needs:
                yield EditionFault(("entries", name, "needs"), "effect_needs", field)
    for name, move in edition.moves.items():
        for number, arrival in enumerate(move.to):
            path = ("moves", name, "to", str(number))
            states: dict[str, object] = {**edition.states, BACK: None}
            yield from find_unknown(arrival.state, states, path, "unknown_state")
            yield from find_unknown(arrival.needs, edition.fields, path, "unknown_field")
            yield from _check_day_field(edition, arrival.dated or (), path)
            yield from find_unknown(arrival.conditions, edition.conditions, path, "unknown_condition")
            yield from check_when(edition, arrival.when, path)
        if move.vote:
            yield from find_unknown(move.vote.body, edition.organs, ("moves", name, "vote"), "unknown_organ")
            yield from find_unknown(
                move.vote.rule, edition.conditions, ("moves", name, "vote"), "unknown_condition"
            )


def _check_act(edition: Edition, act: ActRule, path: KeyPath) -> Iterator[EditionFault]:
    if not isinstance(act.from_, str):
        yield from find_unknown(act.from_, edition.states, (*path, "from"), "unknown_state")
    yield from find_unknown(act.needs, edition.fields, (*path, "needs"), "unknown_field")
    yield from find_unknown(act.may, edition.fields, (*path, "may"), "unknown_field")
    yield from _check_day_field(edition, act.dated, (*path, "dated"))
    yield from find_unknown(act.conditions, edition.conditions, (*path, "conditions"), "unknown_condition")
    sources = edition.source_states(act)
    if not sources:
        yield EditionFault((*path, "from"), "never_open", path[-1])
    if act.organ not in (TURN, DECIDER):
        yield from find_unknown(act.organ, edition.organs, (*path, "organ"), "unknown_organ")
    turns = (edition.states[state].turn or "branch" for state in sources if state in edition.states)
    for organ in dict.fromkeys(turns if act.organ == TURN else [act.organ]):
        if organ in edition.organs and not edition.organs[organ].roles:
            yield EditionFault((*path, "organ"), "no_role_can_make", organ)


def _check_day_field(edition: Edition, field: object, path: KeyPath) -> Iterator[EditionFault]:
    """A fault where a day is needed and the field holds none."""
    yield from find_unknown(field, edition.fields, path, "unknown_field")
    yield from check_field_types(edition, field, ("date",), path)


def _recorded_fields(edition: Edition) -> Mapping[str, None]:
    acts: tuple[ActRule, ...] = (*edition.moves.values(), *edition.entries.values())
    fields = [name for act in acts for name in (act.dated, *act.fields)]
    return dict.fromkeys([*fields, *edition.move_day_fields])


def _check_clocks(edition: Edition) -> Iterator[EditionFault]:
    recorded = _recorded_fields(edition)
    for name, clock in edition.clocks.items():
        path = ("clocks", name)
        yield from find_unknown(clock.organ, edition.organs, (*path, "organ"), "unknown_organ")
        for key, code, fields in (
            ("from", "start_not_recorded", (clock.from_,)),
            ("or_from", "start_not_recorded", clock.or_from),
            ("anew_from", "start_not_recorded", (clock.anew_from,) if clock.anew_from else ()),
            ("until", "stop_not_recorded", clock.until),
            ("also_until", "stop_not_recorded", clock.also_until),
            ("broken_off_by", "stop_not_recorded", clock.broken_off_by),
        ):
            yield from find_unknown(fields, recorded, (*path, key), code)
            yield from check_field_types(edition, fields, ("date",), (*path, key))
        if clock.length_by:
            for option in clock.length_by.values:
                yield from check_field_option(
                    edition, clock.length_by.field, option, (*path, "length_by", "values", option)
                )
        if clock.after and clock.after.months is None:
            yield EditionFault((*path, "after"), "after_in_months", name)
        counted_by = (clock.per, clock.length_by.field if clock.length_by else None)
        yield from find_unknown([name for name in counted_by if name], edition.fields, path, "unknown_field")
        if clock.extended_by:
            yield from find_unknown(
                clock.extended_by.entry, edition.entries, (*path, "extended_by"), "unknown_entry"
            )
        length = clock.length
        if [length.working_days, length.months, length.days].count(None) != 2:  # noqa: PLR2004 - one of three
            yield EditionFault((*path, "length"), "one_length", name)


def _check_papers(edition: Edition) -> Iterator[EditionFault]:
    for code, paper in edition.papers.items():
        path = ("papers", code)
        yield from _check_day_field(edition, paper.dated or (), (*path, "dated"))
        yield from find_unknown(
            paper.by, {**edition.organs, "candidate": None}, (*path, "by"), "unknown_organ"
        )
        yield from check_when(edition, paper.when, (*path, "when"))


def _check_carry_over(edition: Edition, before: Edition | None) -> Iterator[EditionFault]:
    leavable = [("states", name) for name, state in edition.states.items() if state.only_where != When()]
    gone = [("states-", name) for name in before.states if name not in edition.states] if before else []
    for path in (*leavable, *gone):
        if path[-1] not in edition.carry_over:
            yield EditionFault(path, "no_way_on", path[-1])
    for name, carry in edition.carry_over.items():
        for arrival in carry.to:
            yield from find_unknown(
                arrival.state, edition.states, ("carry_over", name, "to"), "unknown_state"
            )
            yield from check_when(edition, arrival.when, ("carry_over", name, "to"))


def _check_requirements(edition: Edition) -> Iterator[EditionFault]:
    """What requirements name is there."""
    acts: dict[str, object] = {**edition.moves, **edition.entries}
    for name, requirement in edition.requirements.items():
        for key, names, known, code in (
            ("acts", requirement.acts, acts, "unknown_move"),
            ("or_acts", requirement.or_acts, acts, "unknown_move"),
            ("ruled_from", requirement.ruled_from or (), edition.states, "unknown_state"),
            ("has", requirement.has or (), edition.organs, "unknown_organ"),
            ("conditions", requirement.conditions, edition.conditions, "unknown_condition"),
            ("stated", requirement.stated, edition.fields, "unknown_field"),
            ("shown", requirement.shown, edition.fields, "unknown_field"),
        ):
            yield from find_unknown(names, known, ("requirements", name, key), code)
    for fact, rule in edition.person_facts.items():
        yield from find_unknown(rule.organ, edition.organs, ("person_facts", fact, "organ"), "unknown_organ")


def _check_reachability(edition: Edition) -> Iterator[EditionFault]:
    """Every state can be reached, and from every open one an end without giving up on the case.

    Going back leads nowhere new: it is a way on, not a way in.
    """
    if edition.starts_at not in edition.states:
        return
    onward: dict[str, set[str]] = {name: set() for name in edition.states}
    anyhow: dict[str, set[str]] = {name: set() for name in edition.states}
    returns = _return_sources(edition)
    for move in edition.moves.values():
        forward = {arrival.state for arrival in move.to if arrival.state != BACK}
        back = {
            name for arrival in move.to if arrival.state == BACK for name in arrival.when.came_from or returns
        }
        for source in edition.source_states(move):
            if source in edition.states:
                anyhow[source] |= forward
                onward[source] |= set() if move.from_ == "open" else forward | back
    reachable = _reachable_from(edition.starts_at, anyhow)
    ends = {name for name, state in edition.states.items() if state.end}
    for name in edition.states:
        if name not in reachable:
            yield EditionFault(("states", name), "unreachable", name)
        elif name not in ends and not _reachable_from(name, onward) & ends:
            yield EditionFault(("states", name), "no_end", name)


def _return_sources(edition: Edition) -> set[str]:
    """The states that a case may be sent back to."""
    moves = [move for move in edition.moves.values() if any(arrival.remember for arrival in move.to)]
    return {source for move in moves for source in edition.source_states(move)}


def _reachable_from(start: str, leads: Mapping[str, set[str]]) -> set[str]:
    seen, todo = {start}, [start]
    while todo:
        for target in leads.get(todo.pop(), set()) - seen:
            seen.add(target)
            todo.append(target)
    return seen
