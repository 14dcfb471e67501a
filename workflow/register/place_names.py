"""Names of places are compared by what kind of place they mean."""

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

import yaml

from workflow.core.text import search_key, sort_key, tidy_name
from workflow.register.accepted_words import find_village_kind, load_accepted

_NUMBER = re.compile(r"\d+")
_LONGEST_NUMBER = 6
_LONGEST_KIND = 3  # words: Tổ dân phố


def strip_unit_kind(name: str) -> str:
    """The name of a unit above the villages without the word for what it is: Xã Đồng Thịnh -> Đồng Thịnh."""
    return _strip_kind(name, _load_words()["above_villages"])


def place_key(name: str) -> str:
    """What units above the villages are compared by: two that have one key are one place."""
    return sort_key(strip_unit_kind(name))


def village_keys(name: str, kind: str | None = None) -> tuple[str | None, str]:
    """What villages are compared by.

    Which kind the name (or else ``kind``) says they are, and the name without it.
    """
    return find_village_kind(name) or kind, _number_key(_strip_kind(name, load_accepted().village_kinds))


def village_search_key(name: str) -> str:
    """What villages that are spelt alike have in common, marks or none."""
    return search_key(_strip_kind(name, load_accepted().village_kinds))


def place_order(name: str) -> tuple[str, ...]:
    """What places are sorted by: word by word from the first, and Thôn 2 before Thôn 10."""
    numbered = _NUMBER.sub(lambda match: match[0].zfill(_LONGEST_NUMBER), strip_unit_kind(name))
    return tuple(sort_key(word) for word in numbered.split())


def _strip_kind(name: str, kinds: Collection[str]) -> str:
    words = tidy_name(name).split()
    for n in range(min(_LONGEST_KIND, len(words) - 1), 0, -1):
        if search_key(" ".join(words[:n])) in kinds:
            return " ".join(words[n:])
    return " ".join(words)


def _number_key(name: str) -> str:
    """A key in which Số 03 and 3 are one."""
    words = name.split()
    if len(words) > 1 and search_key(words[0]) in _load_words()["before_numbers"] and words[1][0].isdigit():
        words = words[1:]
    return sort_key(" ".join(str(int(word)) if word.isdecimal() else word for word in words))


@cache
def _load_words() -> dict[str, frozenset[str]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (Path(__file__).parent / "places.yaml").read_text(encoding="utf-8")
    read: dict[str, list[str]] = yaml.load(text, loader)  # noqa: S506 - a safe loader, either one
    return {name: frozenset(map(search_key, words)) for name, words in read.items()}
