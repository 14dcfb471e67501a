"""These guards ask who was a member before, and who joins now."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from states.calendar.months import add_months
from states.guards.kinds import Finding, guard
from states.vocabulary import EarlierCase, Facts

DAY = timedelta(days=1)
PROBATION_MONTHS = 12
BEGINNINGS = ("open", "adopt")
"""The acts that begin a case: what is open beside it counts, whatever the day."""


def list_ended_terms(facts: Facts, void: Iterable[date] = ()) -> list[date]:
    """The last day of each time that the candidate was in the Party by the register, before the act's day.

    A probation and the membership that follows it are one time. ``void``: days on which a membership began
    that does not count.
    """
    ends: list[date | None] = []
    for span in facts.memberships:
        if span.since in void:
            continue
        if ends and ends[-1] is not None and span.since <= ends[-1] + DAY:
            ends.pop()
        ends.append(span.until)
    return [end for end in ends if end is not None and end < facts.act.on]


def _list_void_days(facts: Facts, states: list[str], reached: str) -> set[date]:
    """The days on which annulled cases brought a probation, and the membership after it."""
    began = [case.fields.get(reached) for case in facts.earlier if case.state in states]
    days = [date.fromisoformat(day) for day in began if isinstance(day, str)]
    return {*days, *(add_months(day, PROBATION_MONTHS) for day in days)}


def _list_struck_off(facts: Facts, field: str, states: list[str]) -> Iterator[EarlierCase]:
    """Earlier cases that ended so by the act's day."""
    for case in facts.earlier:
        if case.state in states and str(case.fields.get(field) or "") <= facts.act.on.isoformat():
            yield case


@guard("last")
def never_a_member(
    facts: Facts, *, field: str, states: list[str], annulled: list[str], reached: str
) -> Iterator[Finding]:
    """No membership of the candidate has ended, by the register or by an earlier case.

    What an annulled case brought (its probation began with ``reached``) does not count.
    """
    ended = list_ended_terms(facts, _list_void_days(facts, annulled, reached))
    struck = [case.fields.get(field) for case in _list_struck_off(facts, field, states)]
    if ended:
        yield {"last": ended[-1]}
    elif struck:
        yield {"last": date.fromisoformat(str(struck[-1])) if struck[-1] else None}


@guard()
def never_annulled(facts: Facts, *, states: list[str]) -> Iterator[Finding]:
    """No earlier admission of the candidate was annulled."""
    if any(case.state in states for case in facts.earlier):
        yield {}


@guard()
def readmitted_never(facts: Facts, *, pipeline: str, reached: str, annulled: list[str]) -> Iterator[Finding]:
    """No earlier case in ``pipeline`` came as far as ``reached``, and no second membership has ended.

    Annulled cases do not count.
    """
    again = any(
        case.pipeline == pipeline and case.fields.get(reached) and case.state not in annulled
        for case in facts.earlier
    )
    if again or len(list_ended_terms(facts, _list_void_days(facts, annulled, reached))) > 1:
        yield {}


@guard("typed", "recorded")
def left_as_recorded(facts: Facts, *, field: str) -> Iterator[Finding]:
    """The day of leaving is the register's last day of membership, or the day after it."""
    typed, ended = facts.field_day(field), list_ended_terms(facts)
    if typed and ended and typed not in (ended[-1], ended[-1] + DAY):
        yield {"typed": typed, "recorded": ended[-1]}


@guard("typed")
def left_on_record(facts: Facts, *, field: str) -> Iterator[Finding]:
    """The register holds a membership that ended, beside the day that is typed."""
    typed = facts.field_day(field)
    if typed and not list_ended_terms(facts):
        yield {"typed": typed}


@guard("case")
def no_other_case(facts: Facts) -> Iterator[Finding]:
    """No other case of the candidate is open."""
    for case in facts.earlier:
        began = case.opened_on or date.min
        if case.open and (facts.act.kind in BEGINNINGS or began <= facts.act.on):
            yield {"case": case.open}


@guard("on")
def membership_kept(facts: Facts, *, field: str, since: str, lawful: list[str]) -> Iterator[Finding]:
    """The act ends no membership that the case has brought, unless for a reason that ends it anyway."""
    reason = facts.field_value(field)
    brought = facts.field_value(since) is not None and facts.candidate.membership == "probationary"
    if brought and reason is not None and reason not in lawful:
        yield {"on": facts.act.on}
