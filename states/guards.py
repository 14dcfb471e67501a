"""The rules themselves: one small function per kind of rule.

A guard looks at facts and yields the values of every shortcoming it finds; nothing yielded means the rule holds.
What it found is put into words by the condition of the edition that uses it, which also carries the article.
A guard says nothing about fields that are not known yet: that a move needs a field is said by the move.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from states.vocabulary import Booked, Facts, Person, Text
from states.working_days import add_months, months_apart_by_month

Found = Mapping[str, "str | int | date | Person | Text | None"]
Check = Callable[..., Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Guard:
    """A kind of rule: its function, and the names its findings may be worded with."""

    check: Check
    says: frozenset[str]


GUARDS: dict[str, Guard] = {}


def guard(*says: str) -> Callable[[Check], Check]:
    """Register a function under its own name as a guard whose findings carry ``says``."""

    def register(check: Check) -> Check:
        GUARDS[check.__name__] = Guard(check, frozenset(says))
        return check

    return register


# --- who may act, and when ---------------------------------------------------------------------------------------


@guard("who", "organ", "on")
def role_may(facts: Facts) -> Iterator[Found]:
    """Whoever did it held, on that day, a role of the acting organ for this unit."""
    if facts.act.by and not facts.roles & facts.may:
        yield {"who": facts.by_name or facts.act.by, "organ": facts.organ_label, "on": facts.act.on}


@guard("on", "last")
def after_last_move(facts: Facts) -> Iterator[Found]:
    """Steps that legally follow each other are ordered by day."""
    if facts.last_on and facts.act.on < facts.last_on:
        yield {"on": facts.act.on, "last": facts.last_on}


@guard("first", "then")
def in_order(facts: Facts, *, first: str, then: str, required: bool = False) -> Iterator[Found]:
    """Day ``first`` is not after day ``then``; where ``required``, it must be known."""
    earlier, later = facts.day(first), facts.day(then)
    if later and ((earlier and earlier > later) or (required and not earlier)):
        yield {"first": earlier, "then": later}


@guard("who")
def typed_by_another(facts: Facts, *, move: str) -> Iterator[Found]:
    """Whoever typed an earlier move did not type this one as well."""
    if facts.act.typed and facts.typed.get(move) == facts.act.typed:
        yield {"who": facts.typed_name or facts.act.typed}


@guard("number", "on")
def number_once(facts: Facts, *, fields: list[str]) -> Iterator[Found]:
    """A document's number is given once in a term of its committee."""
    for code, book in _numbers(facts, fields):
        if book.used_on:
            yield {"number": code, "on": book.used_on}


@guard("number", "last")
def number_follows(facts: Facts, *, fields: list[str]) -> Iterator[Found]:
    """A document's number is the next one, as far as the book is known here."""
    for code, book in _numbers(facts, fields):
        if book.last is not None and book.number > book.last + 1:
            yield {"number": code, "last": book.last}


def _numbers(facts: Facts, fields: list[str]) -> Iterator[tuple[str, Booked]]:
    for name in fields:
        code = facts.act.fields.get(name)
        book = facts.booked(code) if isinstance(code, str) else None
        if isinstance(code, str) and book is not None:
            yield code, book


# --- age and schooling -------------------------------------------------------------------------------------------


def _age(facts: Facts) -> int | None:
    """Age on the day of the act in months, counted by calendar month (tính theo tháng)."""
    born = facts.candidate.born
    return months_apart_by_month(born, facts.act.on) if born else None


def _as_years(months: int) -> Found:
    return {"years": months // 12, "months": months % 12}


@guard("years", "months")
def age_at_least(facts: Facts, *, months: int) -> Iterator[Found]:
    """Old enough on the day of the act, by month."""
    age = _age(facts)
    if age is not None and age < months:
        yield _as_years(age)


@guard("years", "months")
def age_at_most(facts: Facts, *, months: int, unless: str | None = None) -> Iterator[Found]:
    """Not too old on the day of the act, by month, unless grounds are stated."""
    age = _age(facts)
    if age is not None and age > months and not (unless and facts.value(unless)):
        yield _as_years(age)


@guard("years", "months")
def not_in_month_of_age(facts: Facts, *, months: int) -> Iterator[Found]:
    """The act does not fall in the very month in which an age is reached."""
    age = _age(facts)
    if age == months:
        yield _as_years(age)


@guard()
def education_met(facts: Facts, *, unless: str) -> Iterator[Found]:
    """The education condition is met, or an exception is stated."""
    if not facts.candidate.education_met and not facts.value(unless):
        yield {}


# --- people ------------------------------------------------------------------------------------------------------


@guard()
def not_a_member(facts: Facts) -> Iterator[Found]:
    """The candidate is neither member nor probationary member."""
    if facts.candidate.membership != "none":
        yield {}


@guard("who", "on")
def official_members(facts: Facts, *, field: str) -> Iterator[Found]:
    """Everybody named in ``field`` was an official member on the day of the act."""
    for person in facts.persons(field):
        if person.official_since is None or person.official_since > facts.act.on:
            yield {"who": person, "on": facts.act.on}


@guard("who")
def different_people(facts: Facts, *, field: str) -> Iterator[Found]:
    """Nobody is named twice."""
    seen: set[str] = set()
    for person in facts.persons(field):
        if person.id in seen:
            yield {"who": person}
        seen.add(person.id)


@guard()
def not_the_candidate(facts: Facts, *, field: str) -> Iterator[Found]:
    """The candidate is not among those named."""
    if any(person.id == facts.candidate.id for person in facts.persons(field)):
        yield {}


@guard("who")
def among(facts: Facts, *, field: str, others: str | list[str]) -> Iterator[Found]:
    """Whoever is named in ``field`` was named in ``others`` (or in one of them) before."""
    known = _named_before(facts, others)
    for person in facts.persons(field):
        if person.id not in known:
            yield {"who": person}


def _named_before(facts: Facts, fields: str | list[str]) -> set[str]:
    """The people recorded in fields by earlier acts."""
    values = [facts.known.get(name) for name in ([fields] if isinstance(fields, str) else fields)]
    return {id_ for value in values if value for id_ in (value if isinstance(value, list) else [str(value)])}


@guard("who")
def not_among(facts: Facts, *, field: str, others: str | list[str]) -> Iterator[Found]:
    """Whoever is named in ``field`` was not named in ``others``."""
    known = _named_before(facts, others)
    for person in facts.persons(field):
        if person.id in known:
            yield {"who": person}


@guard("need", "got")
def sponsors_for_route(facts: Facts) -> Iterator[Found]:
    """Two sponsors, or one beside the Youth Union."""
    if (route := facts.value("route")) is None:
        return
    need, got = (1 if route == "youth_union" else 2), len(facts.persons("sponsors"))
    if got != need:
        yield {"need": need, "got": got}


@guard("who", "since")
def together_for(facts: Facts, *, months: int) -> Iterator[Found]:
    """Every sponsor has worked or lived together with the candidate long enough; waived for a replacement."""
    for person in facts.persons("sponsors"):
        since = person.together_since
        if person.id not in facts.replaced and (since is None or add_months(since, months) > facts.act.on):
            yield {"who": person, "since": since}


# --- counts and votes --------------------------------------------------------------------------------------------


@guard("value", "minimum")
def at_least(facts: Facts, *, field: str, minimum: int) -> Iterator[Found]:
    """A count typed with this act reaches a minimum."""
    value = facts.count(field)
    if value is not None and value < minimum:
        yield {"value": value, "minimum": minimum}


@guard("value", "limit")
def not_more_than(facts: Facts, *, field: str, limit: str) -> Iterator[Found]:
    """One count does not exceed another."""
    value, bound = facts.count(field), facts.count(limit)
    if value is not None and bound is not None and value > bound:
        yield {"value": value, "limit": bound}


@guard("sum", "whole")
def sum_is(facts: Facts, *, parts: list[str], whole: str, exactly: bool = False) -> Iterator[Found]:
    """Parts do not exceed the whole, or make it exactly."""
    total, bound = sum(facts.count(part) or 0 for part in parts), facts.count(whole)
    if bound is not None and (total > bound or (exactly and total != bound)):
        yield {"sum": total, "whole": bound}


@dataclass(frozen=True, slots=True)
class Share:
    """The arithmetic of one vote: how many were entitled, how many had to be for, how many were."""

    base: int
    need: int
    votes: int

    @property
    def reached(self) -> bool:
        """Whether the vote carries."""
        return self.base > 0 and self.votes >= self.need


def share(
    counts: Mapping[str, Any],
    *,
    numerator: int,
    denominator: int,
    more_than: bool = False,
    excluded: list[str] | None = None,
) -> Share | None:
    """Work a vote out: the share is of all who are entitled, less those excluded, never of those present.

    ``need`` is the ceiling of base x numerator / denominator, or the next whole number above it for ``more_than``
    (Điều lệ Đảng, Điều 4; Quy định 294-QĐ/TW, 9.3.2). None while the counts are not typed.
    """
    roll, votes = counts.get("roll"), counts.get("votes_for")
    if not isinstance(roll, int) or not isinstance(votes, int):
        return None
    base = max(roll - sum(counts.get(name) or 0 for name in excluded or ()), 0)
    need = base * numerator // denominator + 1 if more_than else -(-base * numerator // denominator)
    return Share(base, need, votes)


@guard("need", "base", "votes")
def share_reached(
    facts: Facts, *, numerator: int, denominator: int, more_than: bool = False, excluded: list[str] | None = None
) -> Iterator[Found]:
    """Enough of those entitled to vote are for it."""
    counted = share(
        facts.act.fields, numerator=numerator, denominator=denominator, more_than=more_than, excluded=excluded
    )
    if counted and not counted.reached:
        yield {"need": counted.need, "base": counted.base, "votes": counted.votes}


@guard("need", "base", "votes")
def share_missed(
    facts: Facts, *, numerator: int, denominator: int, more_than: bool = False, excluded: list[str] | None = None
) -> Iterator[Found]:
    """A vote recorded as short really is short."""
    counted = share(
        facts.act.fields, numerator=numerator, denominator=denominator, more_than=more_than, excluded=excluded
    )
    if counted and counted.reached:
        yield {"need": counted.need, "base": counted.base, "votes": counted.votes}


# --- papers, consents, deadlines ---------------------------------------------------------------------------------


@guard()
def field_is(facts: Facts, *, field: str, value: str) -> Iterator[Found]:
    """A choice made with this act is the one that goes with it."""
    got = facts.act.fields.get(field)
    if got is not None and got != value:
        yield {}


@guard()
def known(facts: Facts, *, field: str) -> Iterator[Found]:
    """A field has been recorded."""
    if facts.value(field) is None:
        yield {}


@guard()
def not_known(facts: Facts, *, field: str) -> Iterator[Found]:
    """No earlier act has recorded a field."""
    if facts.known.get(field) is not None:
        yield {}


@guard("issued", "until")
def not_expired(facts: Facts, *, field: str, months: int, required: bool = False) -> Iterator[Found]:
    """A paper of limited life is still good on the day of the act; its last day counts as good."""
    issued = facts.day(field)
    until = add_months(issued, months) if issued else None
    if (until and facts.act.on > until) or (required and not issued):
        yield {"issued": issued, "until": until}


@guard("paper", "dated")
def papers_fresh(facts: Facts, *, months: int, fields: list[str], papers: list[str]) -> Iterator[Found]:
    """No paper of the dossier is older than ``months`` on the day of the act; a supplement counts anew."""
    dated = {facts.titles.get(name, Text(name, name)): facts.value(name) for name in fields}
    dated |= {facts.titles.get(code, Text(code, code)): facts.papers.get(code) for code in papers}
    for title, day in dated.items():
        if isinstance(day, str) and add_months(date.fromisoformat(day), months) < facts.act.on:
            yield {"paper": title, "dated": date.fromisoformat(day)}


@guard()
def consent_before(
    facts: Facts, *, kind: str, organ: str, needed_by: str | None = None, value: str | None = None
) -> Iterator[Found]:
    """Where it is needed, the organ's consent is on record and dated before this act."""
    if needed_by and (facts.value(needed_by) is None or (value and facts.value(needed_by) != value)):
        return
    on = facts.act.on.isoformat()
    if not any(one["kind"] == kind and one["organ"] == organ and one["on"] <= on for one in facts.consents):
        yield {}


@guard("on", "due")
def within_clock(facts: Facts, *, clock: str, consent: str) -> Iterator[Found]:
    """The act is within its deadline, or a consent to being late is dated on or before it."""
    due, on = facts.due_of(clock), facts.act.on
    if due is None or on <= due:
        return
    if not any(one["kind"] == consent and one["on"] <= on.isoformat() for one in facts.consents):
        yield {"on": on, "due": due}


@guard()
def clock_not_extended(facts: Facts, *, clocks: list[str]) -> Iterator[Found]:
    """None of the running clocks has been extended before."""
    if any(clock in facts.running and clock in facts.extended for clock in clocks):
        yield {}


@guard()
def always(_facts: Facts) -> Iterator[Found]:
    """Said each time: for what rests on a rule that nobody has found."""
    yield {}


@guard()
def something_unsettled(facts: Facts) -> Iterator[Found]:
    """A correction has left something that does not hold, and nobody has said yet how it was dealt with."""
    if not facts.unsettled:
        yield {}


@guard("letter", "on")
def letter_open(facts: Facts) -> Iterator[Found]:
    """A letter of this number was sent, not later than this day, and is not answered."""
    letter = facts.act.fields.get("letter_no")
    if not isinstance(letter, str):
        return
    sent = facts.letters.get(letter)
    if sent is None or letter in facts.answered or sent > facts.act.on.isoformat():
        yield {"letter": letter, "on": facts.act.on}


@guard("letter")
def letter_new(facts: Facts) -> Iterator[Found]:
    """No letter of this number was sent before."""
    letter = facts.act.fields.get("letter_no")
    if isinstance(letter, str) and letter in facts.letters:
        yield {"letter": letter}


@guard("end")
def months_over(facts: Facts, *, field: str, months: int, strictly: bool = False) -> Iterator[Found]:
    """So many months since a day are over on the day of the act (``strictly``: the act is dated after their end)."""
    since = facts.day(field)
    if since is None:
        return
    end = add_months(since, months)
    if facts.act.on < end or (strictly and facts.act.on == end):
        yield {"end": end}


@guard("since", "until")
def months_since(facts: Facts, *, field: str, months: int) -> Iterator[Found]:
    """At least so many months lie between a day and the act."""
    since = facts.day(field)
    if since and facts.act.on < add_months(since, months):
        yield {"since": since, "until": add_months(since, months)}


@guard()
def never_before(facts: Facts, *, pipeline: str, reached: str) -> Iterator[Found]:
    """No earlier case of this person in ``pipeline`` came as far as the field ``reached``."""
    if any(case.pipeline == pipeline and case.fields.get(reached) for case in facts.earlier):
        yield {}
