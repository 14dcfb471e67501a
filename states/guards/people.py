"""These guards look at the people whom an act names."""

from collections.abc import Iterable, Iterator, Mapping

from states.calendar.months import add_months
from states.guards.kinds import Finding, MissingFact, find_missing, guard
from states.vocabulary import Facts, FieldValue, Person, Text


@guard()
def not_a_member(facts: Facts) -> Iterator[Finding]:
    """The candidate is neither member nor probationary member."""
    if facts.candidate.membership in ("probationary", "member"):
        yield {}


@guard("who", "on")
def official_members(facts: Facts, *, field: str) -> Iterator[Finding]:
    """Everybody named in ``field`` was an official member on the day of the act.

    The register says so; the day that is stated of somebody counts where the register has nothing.
    """
    yield from find_missing(facts, field)
    for person in facts.named_people(field):
        stated = person.official_since
        if person.membership is None and stated is None:
            yield MissingFact("official_since", person)
        elif person.membership not in (None, "member") or (
            person.membership is None and stated and stated > facts.act.on
        ):
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


CANDIDATE = Text("người xin vào Đảng", "the candidate")
SPONSOR = Text("người giới thiệu", "a sponsor")
VERIFIER = Text("người thẩm tra", "the verifier")
HELPER = Text("người giúp đỡ", "a helper")
APART = ((SPONSOR, CANDIDATE), (VERIFIER, CANDIDATE), (VERIFIER, SPONSOR), (HELPER, CANDIDATE))
"""Parts in a case that nobody plays together."""


@guard("who", "part", "other")
def parts_apart(
    facts: Facts,
    *,
    sponsors: list[str],
    verifiers: list[str],
    helpers: list[str],
    joining: list[str],
    leaving: list[str],
) -> Iterator[Finding]:
    """Candidate, sponsors and verifier are three kinds of people, and nobody helps himself or herself.

    Whoever the act names is held against all who are on record; an act that can name nobody is held to the
    whole record. ``joining``, ``leaving``: fields of those who take or give up a part with it.
    """
    fields_of = {SPONSOR: sponsors, VERIFIER: verifiers, HELPER: helpers}
    names = {name for fields in fields_of.values() for name in fields}
    own = {part: set(_named_in(facts.act.fields, fields)) for part, fields in fields_of.items()}
    gone = set(_named_in(facts.act.fields, leaving))
    whole = not names & facts.asked
    everybody = {
        part: own[part] | _named_now(facts, set(fields) - set(joining), gone)
        for part, fields in fields_of.items()
    }
    everybody[CANDIDATE], own[CANDIDATE] = {facts.candidate.id}, set()
    for part, other in APART:
        for id_ in sorted(everybody[part] & everybody[other]):
            if whole or id_ in own[part] | own[other]:
                yield {"who": facts.people.get(id_, Person(id_)), "part": part, "other": other}


def _named_now(facts: Facts, fields: set[str], gone: set[str]) -> set[str]:
    """Whoever is on record in fields that the act does not fill anew, but for those who leave with it."""
    others = [name for name in fields if facts.act.fields.get(name) is None]
    return set(_named_in(facts.known, others)) - gone


def _named_in(values: Mapping[str, FieldValue], fields: Iterable[str]) -> Iterator[str]:
    for name in fields:
        value = values.get(name)
        yield from value if isinstance(value, list) else [value] if isinstance(value, str) else []


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
