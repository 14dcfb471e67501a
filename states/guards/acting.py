"""These guards ask who may act, in which order, under which number."""

import re
from collections.abc import Iterator
from datetime import date

from states.guards.kinds import Finding, guard
from states.vocabulary import BookNumber, Facts


@guard("who", "organ", "on")
def role_may(facts: Facts) -> Iterator[Finding]:
    """Whoever did it held, on that day, a role of the acting organ for this unit."""
    if facts.act.by and not facts.roles & facts.may:
        yield {"who": facts.by_name or facts.act.by, "organ": facts.organ_label, "on": facts.act.on}


@guard("on", "last")
def after_last_move(facts: Facts) -> Iterator[Finding]:
    """Steps that legally follow each other are ordered by day."""
    if facts.last_on and facts.act.on < facts.last_on:
        yield {"on": facts.act.on, "last": facts.last_on}


DAY = re.compile(r"\d{4}-\d\d-\d\d")


@guard("day", "on")
def dated_by_then(facts: Facts, *, but: list[str]) -> Iterator[Finding]:
    """Every day that the act says of a paper has come by the day of the act itself. ``but``: other days."""
    for name, value in facts.act.fields.items():
        if name in but or not isinstance(value, str) or not DAY.fullmatch(value):
            continue
        if name.endswith(("_on", "_dated")) and value > facts.act.on.isoformat():
            yield {"day": date.fromisoformat(value), "on": facts.act.on}


@guard("first", "then")
def in_order(facts: Facts, *, first: str, then: str, required: bool = False) -> Iterator[Finding]:
    """Day ``first`` is not after day ``then``; where ``required``, it must be known."""
    earlier, later = facts.recorded_day(first), facts.recorded_day(then)
    if later and ((earlier and earlier > later) or (required and not earlier)):
        yield {"first": earlier, "then": later}


@guard("count", "minimum")
def recorded_times(facts: Facts, *, moves: list[str], minimum: int) -> Iterator[Finding]:
    """Some moves have been made so many times, all of them together."""
    count = sum(facts.counts.get(move, 0) for move in moves)
    if count < minimum:
        yield {"count": count, "minimum": minimum}


@guard("who")
def typed_by_another(facts: Facts, *, move: str) -> Iterator[Finding]:
    """Whoever typed an earlier move did not type this one as well."""
    if facts.act.typed and facts.typed.get(move) == facts.act.typed:
        yield {"who": facts.typed_name or facts.act.typed}


@guard("number", "on")
def number_once(facts: Facts, *, fields: list[str]) -> Iterator[Finding]:
    """A document's number is given once in a term of its committee."""
    for code, book in _booked_numbers(facts, fields):
        if book.used_on:
            yield {"number": code, "on": book.used_on}


@guard("number", "last")
def number_follows(facts: Facts, *, fields: list[str]) -> Iterator[Finding]:
    """A document's number is the next one, as far as the book is known here."""
    for code, book in _booked_numbers(facts, fields):
        if book.last is not None and book.number > book.last + 1:
            yield {"number": code, "last": book.last}


def _booked_numbers(facts: Facts, fields: list[str]) -> Iterator[tuple[str, BookNumber]]:
    for name in fields:
        code = facts.act.fields.get(name)
        book = facts.booked(code) if isinstance(code, str) else None
        if isinstance(code, str) and book is not None:
            yield code, book
