"""A rule shows its source, and the source can be looked up."""

import re
from pathlib import Path

import pytest

from states.rulebook.loading import Rulebook

BOOK = Rulebook()
SOURCES = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
EDITIONS = [(pipeline, edition) for pipeline in BOOK.pipelines for edition in BOOK.list_editions(pipeline)]


@pytest.mark.parametrize(("pipeline", "edition"), EDITIONS)
def test_every_source_of_an_edition_is_listed(pipeline: str, edition: str) -> None:
    listed = set(re.findall(r"`\[(\w+)\]`", SOURCES))
    book = BOOK.load_edition(pipeline, edition)
    named = {key for rule in (*book.conditions.values(), *book.clocks.values()) for key in rule.sources}
    assert named <= listed


@pytest.mark.parametrize(("pipeline", "edition"), EDITIONS)
def test_every_law_that_refuses_shows_its_article(pipeline: str, edition: str) -> None:
    book = BOOK.load_edition(pipeline, edition)
    bare = [code for code, rule in book.conditions.items() if rule.basis == "law" and rule.effect == "refuse"]
    assert all(book.conditions[code].citation and book.conditions[code].verified for code in bare)


@pytest.mark.parametrize("edition", ["2026-04", "2026-07"])
def test_what_the_text_not_seen_leaves_open_warns_only(edition: str) -> None:
    assert BOOK.load_edition("admission", edition).conditions["CEREMONY_LATE"].effect == "warn"
