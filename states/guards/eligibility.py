"""These guards ask for age and schooling."""

from collections.abc import Iterator

from states.calendar.months import months_apart_by_month
from states.guards.kinds import Finding, MissingFact, guard
from states.vocabulary import Facts


def compute_age(facts: Facts) -> int | None:
    """Age on the day of the act in months, counted by calendar month (tính theo tháng)."""
    born = facts.candidate.born
    return months_apart_by_month(born, facts.act.on) if born else None


def _age_finding(months: int) -> Finding:
    return {"years": months // 12, "months": months % 12}


def _age_unknown(facts: Facts) -> Finding:
    return MissingFact("born", facts.candidate)


@guard("years", "months")
def age_at_least(facts: Facts, *, months: int) -> Iterator[Finding]:
    """Old enough on the day of the act, by month."""
    age = compute_age(facts)
    if age is None:
        yield _age_unknown(facts)
    elif age < months:
        yield _age_finding(age)


@guard("years", "months")
def age_at_most(facts: Facts, *, months: int, unless: str | None = None) -> Iterator[Finding]:
    """Not too old on the day of the act, by month, unless grounds are stated."""
    age = compute_age(facts)
    if age is None:
        yield _age_unknown(facts)
    elif age > months and not (unless and facts.field_value(unless)):
        yield _age_finding(age)


@guard("years", "months")
def not_in_month_of_age(facts: Facts, *, months: int) -> Iterator[Finding]:
    """The act does not fall in the very month in which an age is reached."""
    age = compute_age(facts)
    if age is None:
        yield _age_unknown(facts)
    elif age == months:
        yield _age_finding(age)


@guard()
def education_met(facts: Facts, *, unless: str) -> Iterator[Finding]:
    """The education condition is met, or an exception is stated."""
    if facts.candidate.education_met or facts.field_value(unless):
        return
    if facts.candidate.education_met is None:
        yield MissingFact("education_met", facts.candidate)
    else:
        yield {}
