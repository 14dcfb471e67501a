"""Sentences tell a village secretary how two editions differ."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from states.law.sourced_rule import SourcedRule
from states.rulebook.difference import RuleChange, compare_editions
from states.rulebook.edition import Arrival, Edition
from workflow.presentation.rulebook.terms import RulebookTerms, blank_places, lower_first

GROUNDS = frozenset({"citation", "sources", "confidence", "verified"})
"""Attributes that say where a rule comes from, not what it asks for: told last, under a heading of their
own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedSectionView:
    """What changes in one part of the rules, in sentences."""

    section: str
    sentences: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionDifferenceView:
    """In what two editions differ: as values, and in words; which revision of each is compared."""

    old: str
    new: str
    old_revision: str
    new_revision: str
    changes: list[RuleChange]
    told: list[ChangedSectionView]


def build_difference_view(old: Edition, new: Edition, language: str) -> EditionDifferenceView:
    """What is different in ``new``, in words what is asked for before its grounds."""
    changes = list(compare_editions(old, new))
    sections = list(_describe_changes(changes, RulebookTerms(old, language), RulebookTerms(new, language)))
    return EditionDifferenceView(
        old=old.name,
        new=new.name,
        old_revision=old.revision,
        new_revision=new.revision,
        changes=changes,
        told=sections,
    )


def _describe_changes(
    changes: Iterable[RuleChange], before: RulebookTerms, after: RulebookTerms
) -> Iterator[ChangedSectionView]:
    """The sections in which something is asked for otherwise, then the grounds of all of them."""
    by_grounds = {True: list[RuleChange](), False: list[RuleChange]()}
    for change in changes:
        by_grounds[change.attribute in GROUNDS].append(change)
    for section, group in groupby(by_grounds[False], key=attrgetter("section")):
        sentences = [sentence for change in group for sentence in _change_sentences(before, after, change)]
        if sentences:
            yield ChangedSectionView(section=section, sentences=sentences)
    if sentences := list(_ground_sentences(before, after, by_grounds[True])):
        yield ChangedSectionView(section="grounds", sentences=sentences)


def _ground_sentences(
    before: RulebookTerms, after: RulebookTerms, changes: Iterable[RuleChange]
) -> Iterator[str]:
    """One sentence for each rule that rests on something else now."""
    for _, group in groupby(changes, key=attrgetter("section", "name")):
        of_one = list(group)
        subject = _subject_text(before, after, of_one[0], short=True)
        grounds_text = after.say("and_so").join(_ground_text(before, after, change) for change in of_one)
        yield after.say("grounds", subject=subject, told=grounds_text)


def _ground_text(before: RulebookTerms, after: RulebookTerms, change: RuleChange) -> str:
    if change.attribute == "verified":
        return after.say(f"grounds.verified.{'now' if change.new else 'no_more'}")
    if change.attribute == "citation":
        old, new = (
            naming.citation_text(SourcedRule.model_validate({"citation": value}))
            for naming, value in ((before, change.old), (after, change.new))
        )
        return after.say("grounds.citation", old=old, new=new)
    return after.say(f"grounds.{change.attribute}", **_old_and_new(before, after, change))


def _change_sentences(before: RulebookTerms, after: RulebookTerms, change: RuleChange) -> Iterator[str]:
    if not change.attribute:
        yield from _whole_sentences(before, after, change)
        return
    if change.attribute == "to.order":
        yield from _order_sentences(before, after, change)
        return
    if change.attribute.startswith("to."):
        yield from _arrival_sentences(before, after, change)
        return
    if isinstance(change.old, list) and isinstance(change.new, list) and set(change.old) != set(change.new):
        yield from _member_sentences(before, after, change)
        return
    yield _attribute_sentence(before, after, change)


def _whole_sentences(before: RulebookTerms, after: RulebookTerms, change: RuleChange) -> Iterator[str]:
    """A thing that came or went, or a line of the edition's head."""
    if change.section == "edition":
        values = _old_and_new(before, after, change)
        yield after.say("changed", subject=after.say(f"attribute.edition.{change.name}"), **values)
        return
    if change.kind == "changed":
        values = _old_and_new(before, after, change)
        yield after.say("changed", subject=_subject_text(before, after, change), **values)
        return
    naming, value = (after, change.new) if change.kind == "added" else (before, change.old)
    says = blank_places(value["says"][naming.language]) if change.section == "conditions" else ""
    name = naming.name_of(change.section, change.name)
    yield after.say(f"{change.kind}.{change.section}", name=name, code=change.name, says=says)


def _subject_text(
    before: RulebookTerms, after: RulebookTerms, change: RuleChange, *, short: bool = False
) -> str:
    if change.section == "conditions" and short:
        return after.say("subject.condition", code=change.name)
    section = "states" if change.section == "carry_over" else change.section
    naming = after if change.name in getattr(after.edition, section) else before
    says = ""
    if change.section == "conditions":
        says = blank_places(naming.edition.conditions[change.name].says.in_language(naming.language))
    return after.say(
        f"subject.{change.section}", name=naming.name_of(section, change.name), code=change.name, says=says
    )


def _old_and_new(before: RulebookTerms, after: RulebookTerms, change: RuleChange) -> dict[str, str]:
    at = change.attribute or change.name
    return {
        "old": before.value_text(change.section, at, change.old),
        "new": after.value_text(change.section, at, change.new),
    }


def _attribute_sentence(before: RulebookTerms, after: RulebookTerms, change: RuleChange) -> str:
    """One value that is another now; a key of its own where the plain sentence would read badly."""
    subject = _subject_text(before, after, change, short=change.attribute == "says")
    values = _old_and_new(before, after, change)
    if (change.section, change.attribute) == ("clocks", "from"):
        if after.language == "vi":
            values = {which: lower_first(value) for which, value in values.items()}
        return after.say("clock_from", subject=subject, **values)
    if (change.section, change.attribute) == ("conditions", "effect"):
        return after.say(f"effect.{change.new}", subject=subject)
    name = after.attribute_name(change.section, change.attribute)
    if isinstance(change.new, bool):
        return after.say("now_so" if change.new else "no_longer_so", subject=subject, attribute=name)
    return after.say("attribute_changed", subject=subject, attribute=name, **values)


def _member_sentences(before: RulebookTerms, after: RulebookTerms, change: RuleChange) -> Iterator[str]:
    """A list that has other members now."""
    subject = _subject_text(before, after, change)
    name = after.attribute_name(change.section, change.attribute)
    for key, naming, members, others in (
        ("member_added", after, change.new, change.old),
        ("member_removed", before, change.old, change.new),
    ):
        if new_members := [member for member in members if member not in others]:
            value = naming.value_text(change.section, change.attribute, new_members)
            yield after.say(key, subject=subject, attribute=name, value=value)


def _order_sentences(before: RulebookTerms, after: RulebookTerms, change: RuleChange) -> Iterator[str]:
    """The order in which arrivals are tried, told only where those that stayed have changed places."""
    old, new = change.old or [], change.new or []
    if [state for state in old if state in new] != [state for state in new if state in old]:
        yield _attribute_sentence(before, after, change)


def _arrival_sentences(before: RulebookTerms, after: RulebookTerms, change: RuleChange) -> Iterator[str]:
    """Where a move leads: a way that came, went, or has other circumstances."""
    subject = _subject_text(before, after, change)
    state, _, attribute = change.attribute.removeprefix("to.").partition(".")
    if attribute:
        inner = RuleChange(change.kind, change.section, change.name, attribute, change.old, change.new)
        sentences = (
            _member_sentences(before, after, inner)
            if isinstance(change.old, list)
            else [_attribute_sentence(before, after, inner)]
        )
        name = before.name_of("states", state.partition(" ")[0])
        yield from (after.say("on_the_way", state=name, told=sentence) for sentence in sentences)
        return
    naming, value = (after, change.new) if change.kind == "added" else (before, change.old)
    yield after.say(
        f"way_{change.kind}", subject=subject, state=naming.arrival_text(Arrival.model_validate(value))
    )
