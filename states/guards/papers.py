"""These guards look at papers, consents and deadlines."""

from collections.abc import Iterable, Iterator
from datetime import date

from states.calendar.months import add_months, is_older_than
from states.guards.kinds import Finding, MissingFact, find_missing, find_untyped, guard
from states.vocabulary import Facts, Text


@guard()
def field_is(facts: Facts, *, field: str, value: str) -> Iterator[Finding]:
    """A choice made with this act is the one that goes with it."""
    got = facts.act.fields.get(field)
    if got is None:
        yield from find_untyped(facts, field)
    elif got != value:
        yield {}


@guard()
def known(facts: Facts, *, field: str) -> Iterator[Finding]:
    """A field has been recorded."""
    if facts.field_value(field) is None:
        yield {}


@guard()
def all_known(facts: Facts, *, fields: list[str]) -> Iterator[Finding]:
    """Every one of some fields has been recorded; of one that has not, nothing can be told."""
    for name in fields:
        if facts.field_value(name) is None:
            yield MissingFact(name)


@guard()
def not_known(facts: Facts, *, field: str) -> Iterator[Finding]:
    """No earlier act has recorded a field."""
    if facts.known.get(field) is not None or facts.later.get(field) is not None:
        yield {}


@guard("issued", "until")
def not_expired(facts: Facts, *, field: str, months: int, required: bool = False) -> Iterator[Finding]:
    """A paper of limited life is good on the day of the act; its last day counts as good.

    One that was issued later is not there yet.
    """
    issued = facts.field_day(field)
    if issued is None or issued > facts.act.on:
        if required and field not in facts.asked:
            yield MissingFact(field)
    elif is_older_than(issued, months, facts.act.on):
        yield {"issued": issued, "until": add_months(issued, months)}


@guard("paper", "dated")
def papers_fresh(facts: Facts, *, months: int, fields: list[str], papers: list[str]) -> Iterator[Finding]:
    """No paper of the dossier is older than ``months`` on the day of the act; a supplement counts anew.

    A paper that bears a later day is not there yet. Whether ``papers`` are there at all, the dossier asks.
    """
    for name in fields:
        yield from _find_stale(facts, months, facts.titles.get(name, Text(name, name)), facts.field_day(name))
        if name not in facts.asked and not is_there(facts, facts.field_day(name)):
            yield MissingFact(name)
    for code in papers:
        day = facts.papers.get(code)
        dated = date.fromisoformat(day) if day else None
        yield from _find_stale(facts, months, facts.titles.get(code, Text(code, code)), dated)


def is_there(facts: Facts, day: date | None) -> bool:
    """Whether a paper of that day exists on the day of the act."""
    return day is not None and day <= facts.act.on


def _find_stale(facts: Facts, months: int, title: Text, dated: date | None) -> Iterator[Finding]:
    if dated and is_there(facts, dated) and is_older_than(dated, months, facts.act.on):
        yield {"paper": title, "dated": dated}


@guard()
def consent_before(
    facts: Facts, *, kind: str, organ: str, needed_by: str | None = None, value: str | None = None
) -> Iterator[Finding]:
    """Where it is needed, the organ's consent is on record and dated before this act."""
    if not _is_consent_needed(facts, needed_by, value):
        return
    if not _list_consent_days(facts, kind, organ):
        yield {}


@guard("on")
def consent_on_an_earlier_day(
    facts: Facts, *, kind: str, organ: str, needed_by: str | None = None, value: str | None = None
) -> Iterator[Finding]:
    """The consent, where it is needed and there, is of a day before the act, not of the very day."""
    days = _list_consent_days(facts, kind, organ)
    if not _is_consent_needed(facts, needed_by, value) or not days:
        return
    if min(days) == facts.act.on.isoformat():
        yield {"on": facts.act.on}


def _is_consent_needed(facts: Facts, needed_by: str | None, value: str | None) -> bool:
    if needed_by is None:
        return True
    stated = facts.field_value(needed_by)
    return stated is not None and value in (None, stated)


def _list_consent_days(facts: Facts, kind: str, organ: str) -> list[str]:
    """The days of an organ's consents that are there by the day of the act."""
    on = facts.act.on.isoformat()
    return [
        consent["on"]
        for consent in facts.consents
        if consent["kind"] == kind and consent["organ"] == organ and consent["on"] <= on
    ]


@guard("on", "due")
def within_clock(facts: Facts, *, clock: str, consent: str = "") -> Iterator[Finding]:
    """The act is within its deadline, or a consent to being late, if there may be one, came by then."""
    due, on, missing_year = facts.due_of(clock), facts.act.on, facts.missing_year_of(clock)
    if missing_year is not None and missing_year > on.year:
        return  # the deadline lies in a year that has not begun
    if due is None:
        yield MissingFact(facts.starts_of.get(clock, clock) if missing_year is None else "calendar")
        return
    if on <= due:
        return
    if not any(row["kind"] == consent and row["on"] <= on.isoformat() for row in facts.consents):
        yield {"on": on, "due": due}


@guard()
def clock_not_extended(facts: Facts, *, clocks: list[str]) -> Iterator[Finding]:
    """None of the running clocks has been extended before."""
    if any(clock in facts.running and clock in facts.extended for clock in clocks):
        yield {}


@guard()
def always(_facts: Facts) -> Iterator[Finding]:
    """Yields a reason every time: for a warning whose rule nobody has found in a source."""
    yield {}


@guard("what")
def something_unseen(facts: Facts) -> Iterator[Finding]:
    """An adoption did not find something in the paper file."""
    if facts.unseen:
        yield {"what": _join_texts(facts.unseen)}


@guard("what")
def unseen_confirmed(facts: Facts, *, field: str) -> Iterator[Finding]:
    """Whoever decides has confirmed what an adoption did not find in the paper file."""
    if facts.unseen and facts.act.fields.get(field) is None:
        yield {"what": _join_texts(facts.unseen)}


def _join_texts(texts: Iterable[Text]) -> Text:
    return Text(*("; ".join(words) for words in zip(*texts, strict=True)))


@guard("letter", "on")
def letter_open(facts: Facts) -> Iterator[Finding]:
    """A letter with this number was sent on or before this day and has no answer yet."""
    letter = facts.act.fields.get("letter_no")
    if not isinstance(letter, str):
        return
    sent = facts.letters.get(letter)
    if sent is None or letter in facts.answered or sent > facts.act.on.isoformat():
        yield {"letter": letter, "on": facts.act.on}


@guard("letter")
def letter_new(facts: Facts) -> Iterator[Finding]:
    """No letter of this number was sent before."""
    letter = facts.act.fields.get("letter_no")
    if isinstance(letter, str) and letter in facts.letters:
        yield {"letter": letter}


@guard("letters", "asked", "answered")
def letters_answered(
    facts: Facts, *, since: str, reason: str | None = None, with_reason: bool = False
) -> Iterator[Finding]:
    """Every letter sent has its answer by the day of the act, or a ``reason`` says why not.

    ``with_reason``: finds those that a reason excuses.
    """
    sent, answered = list_letters(facts, since)
    excused = reason is not None and facts.field_value(reason) is not None
    if len(answered) < len(sent) and excused == with_reason:
        letters = ", ".join(letter for letter in sent if letter not in answered)
        yield {"letters": letters, "asked": len(sent), "answered": len(answered)}


@guard("typed", "typed_answered", "asked", "answered")
def places_as_recorded(
    facts: Facts, *, since: str, asked_field: str, answered_field: str
) -> Iterator[Finding]:
    """What is typed of places asked and answered is what the letters on record say."""
    on_record = dict(zip((asked_field, answered_field), map(len, list_letters(facts, since)), strict=True))
    typed = {name: facts.typed_count(name) for name in on_record}
    if any(typed[name] not in (None, number) for name, number in on_record.items()):
        yield {
            "typed": typed[asked_field],
            "typed_answered": typed[answered_field],
            "asked": on_record[asked_field],
            "answered": on_record[answered_field],
        }


def list_letters(facts: Facts, since: str) -> tuple[list[str], list[str]]:
    """The letters sent since a recorded day and by the day of the act; those of them that are answered."""
    first, last = facts.field_day(since), facts.act.on.isoformat()
    sent = [
        letter
        for letter, day in facts.letters.items()
        if day <= last and (first is None or day >= first.isoformat())
    ]
    return sent, [letter for letter in sent if letter in facts.answered]


@guard("letter")
def letter_on_its_way(facts: Facts) -> Iterator[Finding]:
    """It is not on record yet that the letter of this number arrived."""
    letter = facts.act.fields.get("letter_no")
    if isinstance(letter, str) and letter in facts.arrived:
        yield {"letter": letter}


@guard("end")
def months_over(facts: Facts, *, field: str, months: int, strictly: bool = False) -> Iterator[Finding]:
    """So many months since a day are over on the day of the act (``strictly``: before it)."""
    since = facts.field_day(field)
    if since is None:
        yield from find_missing(facts, field)
        return
    end = add_months(since, months)
    if facts.act.on < end or (strictly and facts.act.on == end):
        yield {"end": end}


@guard("since", "until")
def months_since(facts: Facts, *, field: str, months: int) -> Iterator[Finding]:
    """At least so many months lie between a day and the act."""
    since = facts.field_day(field)
    if since is None:
        yield from find_missing(facts, field)
    elif facts.act.on < add_months(since, months):
        yield {"since": since, "until": add_months(since, months)}


@guard()
def never_before(facts: Facts, *, pipeline: str, reached: str) -> Iterator[Finding]:
    """No earlier case of this person in ``pipeline`` came as far as the field ``reached``."""
    if any(case.pipeline == pipeline and case.fields.get(reached) for case in facts.earlier):
        yield {}
