"""These guards look at the people whom an act names."""

from collections.abc import Iterator

from states.calendar.months import add_months
from states.guards.kinds import Finding, MissingFact, find_missing, guard
from states.vocabulary import Facts


@guard()
def not_a_member(facts: Facts) -> Iterator[Finding]:
    """The candidate is neither member nor probationary member."""
    if facts.candidate.membership != "none":
        yield {}


@guard("who", "on")
def official_members(facts: Facts, *, field: str) -> Iterator[Finding]:
    """Everybody named in ``field`` was an official member on the day of the act."""
    yield from find_missing(facts, field)
    for person in facts.named_people(field):
        if person.official_since is None:
            yield MissingFact("official_since", person)
        elif person.official_since > facts.act.on:
            yield {"who": person, "on": facts.act.on}


@guard("who")
def different_people(facts: Facts, *, field: str) -> Iterator[Finding]:
    """Nobody is named twice."""
    seen: set[str] = set()
    for person in facts.named_people(field):
        if person.id in seen:
            yield {"who": person}
        seen.add(person.id)


@guard()
def not_the_candidate(facts: Facts, *, field: str) -> Iterator[Finding]:
    """The candidate is not among those named."""
    if any(person.id == facts.candidate.id for person in facts.named_people(field)):
        yield {}


@guard("who")
def among(facts: Facts, *, field: str, others: str | list[str]) -> Iterator[Finding]:
    """Whoever is named in ``field`` was named in ``others`` (or in one of them) before."""
    known = _named_before(facts, others)
    for person in facts.named_people(field):
        if person.id not in known:
            yield {"who": person}


def _named_before(facts: Facts, fields: str | list[str]) -> set[str]:
    """The people recorded in fields by earlier acts."""
    values = [facts.known.get(name) for name in ([fields] if isinstance(fields, str) else fields)]
    return {id_ for value in values if value for id_ in (value if isinstance(value, list) else [str(value)])}


@guard("who")
def not_among(facts: Facts, *, field: str, others: str | list[str]) -> Iterator[Finding]:
    """Whoever is named in ``field`` was not named in ``others``."""
    known = _named_before(facts, others)
    for person in facts.named_people(field):
        if person.id in known:
            yield {"who": person}


@guard("need", "got")
def sponsors_for_route(facts: Facts) -> Iterator[Finding]:
    """Two sponsors, or one beside the Youth Union."""
    yield from find_missing(facts, "sponsors")
    if (route := facts.field_value("route")) is None:
        yield from find_missing(facts, "route")
        return
    need, got = (1 if route == "youth_union" else 2), len(facts.named_people("sponsors"))
    if got != need:
        yield {"need": need, "got": got}


@guard("who", "since")
def together_for(facts: Facts, *, months: int, waived_by: str = "") -> Iterator[Finding]:
    """Every sponsor has worked or lived together with the candidate long enough; waived for a replacement.

    ``waived_by``: the number of the paper by which the old place of a candidate who moved waives it.
    """
    if waived_by and facts.known.get(waived_by) is not None:
        return
    for person in facts.named_people("sponsors"):
        since = person.together_since
        if person.id in facts.replaced:
            continue
        if since is None:
            yield MissingFact("together_since", person)
        elif add_months(since, months) > facts.act.on:
            yield {"who": person, "since": since}
