"""The differences of two editions as sentences for a village secretary."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from states.rulebook.difference import Change, difference
from states.rulebook.edition import Arrival, Edition
from workflow.presentation.rulebook_tables import Section
from workflow.presentation.rulebook_terms import Naming, bare, small

GROUNDS = frozenset({"citation", "sources", "confidence", "verified"})
"""Attributes that say where a rule comes from, not what it asks for: told last, under a heading of their own."""


def changes_told(old: Edition, new: Edition, language: str) -> tuple[Section, ...]:
    """What is different in ``new``: sections of one column, a sentence a row, what is asked for before its grounds."""
    before, after = Naming(old, language), Naming(new, language)
    changes = difference(old, new)
    asked = [change for change in changes if change.attribute not in GROUNDS]
    grounds = [change for change in changes if change.attribute in GROUNDS]
    told = [
        _section(section, before, after, group) for section, group in groupby(asked, key=lambda change: change.section)
    ]
    rows = tuple((sentence,) for sentence in _grounds(before, after, grounds))
    told.append(Section("grounds", after.say("section.grounds"), ("",), rows))
    return tuple(section for section in told if section.rows)


def _section(key: str, before: Naming, after: Naming, changes: Iterable[Change]) -> Section:
    rows = tuple((sentence,) for change in changes for sentence in _told(before, after, change))
    return Section(key, after.say(f"section.{key}"), ("",), rows)


def _grounds(before: Naming, after: Naming, changes: Iterable[Change]) -> Iterator[str]:
    """One sentence for each rule that rests on something else now."""
    for _, group in groupby(changes, key=lambda change: (change.section, change.name)):
        of_one = list(group)
        subject = _subject(before, after, of_one[0], short=True)
        told = after.say("and_so").join(_ground(before, after, change) for change in of_one)
        yield after.say("grounds", subject=subject, told=told)


def _ground(before: Naming, after: Naming, change: Change) -> str:
    if change.attribute == "verified":
        return after.say(f"grounds.verified.{'now' if change.new else 'no_more'}")
    return after.say(f"grounds.{change.attribute}", **_values(before, after, change))


def _told(before: Naming, after: Naming, change: Change) -> Iterator[str]:
    if not change.attribute:
        yield from _whole(before, after, change)
        return
    if change.attribute == "to.order":
        yield from _another_order(before, after, change)
        return
    if change.attribute.startswith("to."):
        yield from _arrival(before, after, change)
        return
    if isinstance(change.old, list) and isinstance(change.new, list) and set(change.old) != set(change.new):
        yield from _members(before, after, change)
        return
    yield _attribute(before, after, change)


def _whole(before: Naming, after: Naming, change: Change) -> Iterator[str]:
    """A thing that came or went, or a line of the edition's head."""
    if change.section == "edition":
        values = _values(before, after, change)
        yield after.say("changed", subject=after.say(f"attribute.edition.{change.name}"), **values)
        return
    if change.kind == "changed":
        values = _values(before, after, change)
        yield after.say("changed", subject=_subject(before, after, change), **values)
        return
    naming, value = (after, change.new) if change.kind == "added" else (before, change.old)
    says = bare(value["says"][naming.language]) if change.section == "conditions" else ""
    name = naming.name(change.section, change.name)
    yield after.say(f"{change.kind}.{change.section}", name=name, code=change.name, says=says)


def _subject(before: Naming, after: Naming, change: Change, *, short: bool = False) -> str:
    if change.section == "conditions" and short:
        return after.say("subject.condition", code=change.name)
    section = "states" if change.section == "carry_over" else change.section
    naming = after if change.name in getattr(after.edition, section) else before
    says = ""
    if change.section == "conditions":
        says = bare(naming.edition.conditions[change.name].says.in_language(naming.language))
    return after.say(f"subject.{change.section}", name=naming.name(section, change.name), code=change.name, says=says)


def _values(before: Naming, after: Naming, change: Change) -> dict[str, str]:
    at = change.attribute or change.name
    return {
        "old": before.value(change.section, at, change.old),
        "new": after.value(change.section, at, change.new),
    }


def _attribute(before: Naming, after: Naming, change: Change) -> str:
    """One value that is another now; a key of its own where the plain sentence would read badly."""
    subject = _subject(before, after, change, short=change.attribute == "says")
    values = _values(before, after, change)
    if (change.section, change.attribute) == ("clocks", "from"):
        if after.language == "vi":
            values = {which: small(value) for which, value in values.items()}
        return after.say("clock_from", subject=subject, **values)
    if (change.section, change.attribute) == ("conditions", "effect"):
        return after.say(f"effect.{change.new}", subject=subject)
    name = after.attribute(change.section, change.attribute)
    if isinstance(change.new, bool):
        return after.say("now_so" if change.new else "no_longer_so", subject=subject, attribute=name)
    return after.say("attribute_changed", subject=subject, attribute=name, **values)


def _members(before: Naming, after: Naming, change: Change) -> Iterator[str]:
    """A list that has other members now."""
    subject = _subject(before, after, change)
    name = after.attribute(change.section, change.attribute)
    for key, naming, members, others in (
        ("member_added", after, change.new, change.old),
        ("member_removed", before, change.old, change.new),
    ):
        if found := [one for one in members if one not in others]:
            value = naming.value(change.section, change.attribute, found)
            yield after.say(key, subject=subject, attribute=name, value=value)


def _another_order(before: Naming, after: Naming, change: Change) -> Iterator[str]:
    """The order in which arrivals are tried, told only where those that stayed have changed places."""
    old, new = change.old or [], change.new or []
    if [one for one in old if one in new] != [one for one in new if one in old]:
        yield _attribute(before, after, change)


def _arrival(before: Naming, after: Naming, change: Change) -> Iterator[str]:
    """Where a move leads: a way that came, went, or has other circumstances."""
    subject = _subject(before, after, change)
    state, _, attribute = change.attribute.removeprefix("to.").partition(".")
    if attribute:
        inner = Change(change.kind, change.section, change.name, attribute, change.old, change.new)
        told = _members(before, after, inner) if isinstance(change.old, list) else [_attribute(before, after, inner)]
        name = before.name("states", state.partition(" ")[0])
        yield from (after.say("on_the_way", state=name, told=one) for one in told)
        return
    naming, value = (after, change.new) if change.kind == "added" else (before, change.old)
    yield after.say(f"way_{change.kind}", subject=subject, state=naming.arrival(Arrival.model_validate(value)))
