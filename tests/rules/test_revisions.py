"""Every revision that an edition was ever released with stays in the program, and can be read."""

import shutil
from pathlib import Path

import pytest

from states.rulebook.difference import compare_editions
from states.rulebook.loading import UnknownEdition
from states.rulebook.released import (
    RELEASED,
    compute_revision,
    load_index,
    load_released_edition,
    read_released_text,
)
from states.rulebook.revisions import EditionShelf, RuleSet
from tests.house.release import release_revisions
from tests.journeys.corrected import corrected_rules, shorten_decision
from tests.rules.scene import EVERY_EDITION, RULES, day

INDEX = load_index()
RELEASES = [(*key, revision) for key, revisions in INDEX.revisions.items() for revision in revisions]
HOW = "editions were changed: python -m tests.house.release keeps what they say now"
FIRST = {
    ("admission", "2016-07"): "5e43fc08a05d0da3d38da320c2687328",
    ("admission", "2021-07"): "86378235026a63c1ce2ea1f808d0cf05",
    ("admission", "2025-01"): "362ace088aaf190fffe5c8afca9d98cc",
    ("admission", "2025-07"): "727e3da95a8a5a8d93b9bd14d0ea657e",
    ("admission", "2026-04"): "7eec4c319be92c75bf03f12e7c4717e4",
    ("admission", "2026-07"): "ca51cb1e137f20f8b29024c3588f8812",
    ("readmission", "2021-07"): "9cbb9b77f5145981a96189e357f99819",
    ("readmission", "2025-01"): "d48581ba7bdd94bef30bc33b1a07b000",
    ("readmission", "2025-07"): "0ab8c52db76fff15adb46216d88376e8",
    ("readmission", "2026-04"): "7b36aae12265515cab1c40dd5c93ff13",
    ("readmission", "2026-07"): "6e2191a1f71e4fe0e265acf347ab588b",
}
"""What the editions said in commit 0d24ec2, by which every event is read that names no revision."""


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_what_an_edition_says_today_is_kept(pipeline: str, name: str) -> None:
    revision = RULES.load_edition(pipeline, name).revision
    assert revision == RULES.revisions[pipeline, name]
    assert revision in INDEX.revisions[pipeline, name], HOW


def test_what_events_mean_that_name_no_revision_never_changes() -> None:
    assert INDEX.first == FIRST


def test_no_released_revision_has_gone() -> None:
    files = {file.relative_to(RELEASED).with_suffix("").parts for file in RELEASED.glob("*/*/*.json")}
    assert files == set(RELEASES)
    assert {(*key, revision) for key, revision in FIRST.items()} <= set(RELEASES)


@pytest.mark.parametrize(("pipeline", "name", "revision"), RELEASES)
def test_a_released_text_is_unchanged_and_still_makes_an_edition(
    pipeline: str, name: str, revision: str
) -> None:
    assert compute_revision(read_released_text(pipeline, name, revision)) == revision
    made = load_released_edition(pipeline, name, revision)
    assert (made.name, made.revision) == (f"{pipeline}/{name}", revision)


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_an_edition_made_of_its_text_is_the_one_made_of_its_files(pipeline: str, name: str) -> None:
    today = RULES.load_edition(pipeline, name)
    assert today.revision in INDEX.revisions[pipeline, name], HOW
    assert compare_editions(load_released_edition(pipeline, name, today.revision), today) == ()


def test_a_corrected_edition_is_added_and_nothing_is_taken_away(tmp_path: Path) -> None:
    shutil.copytree(RELEASED, tmp_path / "released")
    rules = corrected_rules(tmp_path / "quy định", shorten_decision)
    corrected = {key for key, revision in rules.revisions.items() if revision != RULES.revisions[key]}
    assert ("admission", "2016-07") in corrected
    assert len(release_revisions(rules.texts, tmp_path / "released")) == len(corrected)
    assert release_revisions(rules.texts, tmp_path / "released") == []
    index = load_index(tmp_path / "released")
    assert index.first == FIRST
    for key, revisions in INDEX.revisions.items():
        assert index.revisions[key] == (*revisions, *([rules.revisions[key]] if key in corrected else []))
    assert {key: compute_revision(text) for key, text in rules.texts.items()} == rules.revisions


def test_the_order_of_lines_and_comments_make_no_other_revision(tmp_path: Path) -> None:
    rules = corrected_rules(tmp_path / "quy định", lambda content: content.update(reversed(content.items())))
    assert rules.revisions == RULES.revisions


def test_an_office_finds_its_own_texts_and_no_others(tmp_path: Path) -> None:
    rules = corrected_rules(tmp_path / "quy định", shorten_decision)
    key = ("admission", "2021-07")
    revision, text = rules.revisions[key], rules.texts[key]
    shelf = EditionShelf(RULES, {revision: text})
    assert shelf.find_edition(*key, revision).clocks["DEC_ADMIT"].length.working_days == 5
    assert shelf.find_edition(*key, None) is shelf.find_edition(*key, FIRST[key])
    with pytest.raises(UnknownEdition):
        EditionShelf(RULES).find_edition(*key, revision)


def test_the_rules_of_a_time_say_which_edition_was_in_force(tmp_path: Path) -> None:
    rules = corrected_rules(tmp_path / "quy định", shorten_decision)
    then = RuleSet(FIRST, EditionShelf(rules))
    assert then.edition_on("admission", day("2021-07-29")).edition == "2016-07"
    edition = then.edition_on("admission", day("2021-07-30"))
    assert (edition.edition, edition.clocks["DEC_ADMIT"].length.working_days) == ("2021-07", 60)
