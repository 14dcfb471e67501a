"""Released revisions of editions are kept, so that old events stay readable.

A revision is a digest of what an edition says, merged and as data: whoever changes one word of a rule makes
another revision, whoever changes a comment does not. The texts of all that a version of the program ever had
lie in ``states/released/PIPELINE/EDITION/REVISION.json``; ``index.json`` beside them names each, the oldest
first. Nothing there is ever changed or taken away; ``tests/house/release.py`` adds what editions say now.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path as File
from typing import Any

from states.rulebook.edition import Edition

RELEASED = File(__file__).parent.parent / "released"
INDEX, FIRST, ALL = "index.json", "before_revisions_were_named", "released"
DIGITS = 32
"""Hexadecimal digits of a sha256 that name a revision: 128 bits."""

EditionKey = tuple[str, str]
"""A pipeline and the id of an edition in it."""


def write_canonical_text(data: Mapping[str, Any]) -> str:
    """What an edition says as JSON, always in the same letters."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_day_text)


def _day_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not a value of an edition: {value!r}")


def compute_revision(text: str) -> str:
    """The revision that a canonical text is."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def parse_edition(text: str) -> Edition:
    """The edition that a canonical text holds, under its revision."""
    return Edition.model_validate(json.loads(text), context={"revision": compute_revision(text)})


@dataclass(frozen=True)
class ReleasedIndex:
    """The released revisions of each edition, the oldest first.

    ``first``: the revisions by which offices judged before events named any.
    """

    first: Mapping[EditionKey, str]
    revisions: Mapping[EditionKey, tuple[str, ...]]


@cache
def load_index(folder: File = RELEASED) -> ReleasedIndex:
    """The index of a folder of released revisions."""
    file = folder / INDEX
    content = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {FIRST: {}, ALL: {}}
    revisions = {key: tuple(digests) for key, digests in _by_key(content[ALL])}
    return ReleasedIndex(dict(_by_key(content[FIRST])), revisions)


def _by_key(content: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[EditionKey, Any]]:
    for pipeline, editions in content.items():
        for edition, value in editions.items():
            yield (pipeline, edition), value


def find_first_revision(pipeline: str, edition: str) -> str | None:
    """The revision of an event that says none."""
    return load_index().first.get((pipeline, edition))


def is_released(pipeline: str, edition: str, revision: str) -> bool:
    return revision in load_index().revisions.get((pipeline, edition), ())


def read_released_text(pipeline: str, edition: str, revision: str, folder: File = RELEASED) -> str:
    """The canonical text of a released revision."""
    return (folder / pipeline / edition / f"{revision}.json").read_text(encoding="utf-8").rstrip("\n")


@cache
def load_released_edition(pipeline: str, edition: str, revision: str) -> Edition:
    """An edition as it was released once; made once for each process."""
    return parse_edition(read_released_text(pipeline, edition, revision))
