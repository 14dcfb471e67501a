"""Words that an office may write are looked up forgivingly.

They stand in accepted.yaml: headings of a roster, kinds of villages, answers, and what is never stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from workflow.core.text import search_key


@dataclass(frozen=True, slots=True)
class AcceptedWords:
    """The words of accepted.yaml by search key."""

    headings: Mapping[str, str]
    main_headings: Mapping[str, str]
    required: tuple[str, ...]
    counters: frozenset[str]
    remarks: frozenset[str]
    never_stored: frozenset[str]
    vacant: frozenset[str]
    village_kinds: Mapping[str, str]
    sexes: Mapping[str, str]
    memberships: Mapping[str, str]
    answers: Mapping[str, str]


@cache
def load_accepted() -> AcceptedWords:
    """What an office may write."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (Path(__file__).parent / "accepted.yaml").read_text(encoding="utf-8")
    words = yaml.load(text, loader)  # noqa: S506 - a safe loader, either one
    return AcceptedWords(
        headings=_index_by_key(words["columns"]),
        main_headings={name: headings[0] for name, headings in words["columns"].items()},
        required=tuple(words["required"]),
        counters=_search_keys(words["counters"]),
        remarks=_search_keys(words["remarks"]),
        never_stored=_search_keys(words["never_stored"]),
        vacant=_search_keys(words["vacant"]),
        village_kinds=_index_by_key(words["village_kinds"]),
        sexes=_index_by_key(words["sexes"]),
        memberships=_index_by_key(words["memberships"]),
        answers=_index_by_key(words["answers"]),
    )


def find_village_kind(name: str) -> str | None:
    """Whether a village's own name says that it is a village or a residential group."""
    words = search_key(name).split()
    kinds = load_accepted().village_kinds
    return next(
        (kinds[start] for n in (3, 2, 1) if len(words) > n and (start := " ".join(words[:n])) in kinds), None
    )


def _search_keys(words: Sequence[str]) -> frozenset[str]:
    return frozenset(map(search_key, words))


def _index_by_key(words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {search_key(spelling): name for name, spellings in words.items() for spelling in spellings}
