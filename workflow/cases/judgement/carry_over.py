"""A carry-over moves a case whose step no longer exists.

A step goes with a newer edition or when a unit's organs change.
"""

from datetime import date, timedelta
from typing import NamedTuple

from states.machine import target_state, when_applies
from states.record.events import CaseEvent
from states.record.journey import apply_event
from states.rulebook.edition import Edition
from states.vocabulary import Act
from workflow.cases.judgement.facts import FactsBuilder

KIND = "carry_over"


class DueCarryOver(NamedTuple):
    """A carry-over that is due: edition, first day, target, and the steps that are ``gone``.

    ``back``: where the case may return to from then on.
    """

    edition: Edition
    on: date
    to: str
    back: list[str]
    gone: list[str]

    def event_values(self, state: str) -> CaseEvent:
        """What its event says beside what all events say; ``state`` is the one it leaves."""
        return {"from": state, "to": self.to, "back": self.back, "gone": self.gone, "fields": {}}

    def reason_text(self, language: str) -> str:
        """Why the step is gone, in the words of the edition."""
        return self.edition.carry_over[self.gone[0]].because.in_language(language)


def apply_due_carry_overs(builder: FactsBuilder, day: date) -> DueCarryOver | None:
    """Apply due carry-overs to a record for reading; nothing is recorded.

    The last carry-over comes back, None if nothing was due.
    """
    last: DueCarryOver | None = None
    record = builder.record
    while due := find_due_carry_over(builder, day):
        last = due
        body = due.event_values(record.state)
        body |= {"kind": KIND, "seq": record.seq, "on": due.on.isoformat()}
        body |= {"edition": due.edition.edition, "revision": due.edition.revision}
        apply_event(record, body, builder.office.edition_of)
    return last


def state_exists(builder: FactsBuilder, state: str, day: date) -> bool:
    """Whether a state exists for the case's unit on a day.

    If the unit itself is unknown, the state counts as existing.
    """
    edition = builder.edition_on(day)
    rule = edition.states.get(state)
    if rule is not None and (rule.only_where.has is None or not builder.line_on(day).organs):
        return True
    return rule is not None and when_applies(
        rule.only_where, builder.build_facts(Act(KIND, day, {}), None, edition)
    )


def find_due_carry_over(builder: FactsBuilder, day: date, since: date | None = None) -> DueCarryOver | None:
    """The next carry-over that is due by ``day``; None if the case's step and all return steps exist.

    ``since``: no earlier than that day, because the rules said otherwise until then.
    """
    record = builder.record
    steps = [record.state, *record.back]
    days = [
        _first_day_without(builder, state, day) for state in steps if not state_exists(builder, state, day)
    ]
    if not days:
        return None
    on = max(min(days), since or date.min)
    onward = [_target_state(builder, state, on) for state in steps]
    gone = [state for state, to in zip(steps, onward, strict=True) if state != to]
    return DueCarryOver(builder.edition_on(on), on, onward[0], onward[1:], gone) if gone else None


def _target_state(builder: FactsBuilder, state: str, on: date) -> str:
    """The state itself, or where the written map sends it that day."""
    if state_exists(builder, state, on):
        return state
    edition = builder.edition_on(on)
    rule = edition.carry_over.get(state)
    if rule is None:
        return state  # a step that a later edition brought is not there yet: no way leads on from it
    facts = builder.build_facts(Act(KIND, on, {}), None, edition)
    return next(
        (target_state(arrival, facts) for arrival in rule.to if when_applies(arrival.when, facts)),
        state,
    )


def find_stuck_steps(builder: FactsBuilder, day: date) -> list[str]:
    """The steps at which the case stands, or to which it may return, that are gone with no way on."""
    edition = builder.edition_on(day)
    steps = dict.fromkeys((builder.record.state, *builder.record.back))
    return [
        step
        for step in steps
        if not state_exists(builder, step, day)
        and (step not in edition.carry_over or _target_state(builder, step, day) == step)
    ]


def _first_day_without(builder: FactsBuilder, state: str, day: date) -> date:
    """The first day on which the step was gone, looked for back from ``day`` to the case's last act."""
    record = builder.record
    known = [text for text in (record.last_on, record.carried and record.carried["on"]) if text]
    low, high = min(date.fromisoformat(max(known)) if known else day, day), day
    while low < high:
        middle = low + timedelta(days=(high - low).days // 2)
        if state_exists(builder, state, middle):
            low = middle + timedelta(days=1)
        else:
            high = middle
    return low
