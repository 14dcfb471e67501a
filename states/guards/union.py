"""These guards ask whether the Youth Union introduces, or members do."""

from collections.abc import Iterator

from states.guards.eligibility import compute_age
from states.guards.kinds import Finding, guard
from states.vocabulary import Facts

UNION_ROUTE = "youth_union"


@guard("years")
def union_route_taken(facts: Facts, *, months: int, statement: str) -> Iterator[Finding]:
    """Up to an age the Union introduces, unless it is stated that there is none."""
    age, route = compute_age(facts), facts.field_value("route")
    by_members = route not in (None, UNION_ROUTE) and facts.field_value(statement) is None
    if age is not None and age <= months and by_members:
        yield {"years": age // 12}


@guard("years")
def union_age_asked(facts: Facts, *, above: int, months: int, statement: str) -> Iterator[Finding]:
    """Between two ages whoever is still in the Union comes by it: asked until something is stated."""
    age = compute_age(facts)
    if age is not None and above < age <= months and facts.field_value(statement) is None:
        yield {"years": age // 12}


@guard("years")
def route_within_age(facts: Facts, *, field: str, value: str, months: int) -> Iterator[Finding]:
    """A way that is open up to an age is not taken beyond it."""
    age = compute_age(facts)
    if age is not None and age > months and facts.field_value(field) == value:
        yield {"years": age // 12}
