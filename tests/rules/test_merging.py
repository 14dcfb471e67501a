"""Amendments merged into what they amend, and two editions compared: properties that hold of any of them."""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from states.rulebook.amendments import EditionData, KeyPath, merge_changes
from states.rulebook.difference import SECTIONS, RuleChange, compare_editions, index_edition
from states.rulebook.edition import Edition
from states.rulebook.plain import edition_to_plain
from tests.rules.scene import ADMISSION, EVERY_EDITION, RULES, edition

names = st.text("abcd", min_size=1, max_size=2)
leaves = st.integers(0, 5) | st.lists(st.integers(0, 5), unique=True, max_size=4) | st.none()
trees = st.recursive(leaves, lambda inner: st.dictionaries(names, inner, max_size=3), max_leaves=12)
data = st.dictionaries(names, trees, min_size=1, max_size=4)


def merge(base: EditionData, changes: EditionData) -> dict[str, Any]:
    return merge_changes(base, changes, [])


def wrong(base: EditionData, changes: EditionData) -> list[tuple[KeyPath, str]]:
    found: list[tuple[KeyPath, str]] = []
    merge_changes(base, changes, found)
    return found


def paths(tree: EditionData, at: KeyPath = ()) -> Iterator[KeyPath]:
    """Every path of a tree, to its leaves."""
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from paths(value, (*at, key))
        else:
            yield (*at, key)


quick = settings(max_examples=50, deadline=None)


# --- merging ------------------------------------------------------------------------------------------------


@quick
@given(data)
def test_an_amendment_that_says_nothing_changes_nothing(base: EditionData) -> None:
    assert merge(base, {}) == base
    assert wrong(base, {}) == []


@quick
@given(data, data)
def test_what_is_amended_is_left_as_it_was(base: EditionData, changes: EditionData) -> None:
    before = copy.deepcopy((base, changes))
    merge(base, changes)
    assert (base, changes) == before


@quick
@given(data, data)
def test_every_leaf_of_an_amendment_is_in_force_afterwards(base: EditionData, changes: EditionData) -> None:
    result: Any = merge(base, changes)
    for path in paths(changes):
        there, said = result, changes
        for step in path:
            there, said = there[step], said[step]
        assert there == said or (said == {} and isinstance(there, Mapping))


@quick
@given(data, data)
def test_saying_the_same_again_amends_nothing(base: EditionData, changes: EditionData) -> None:
    once = merge(base, changes)
    assert merge(once, changes) == once
    assert {code for _, code in wrong(once, changes)} == {"amends_nothing"}
    assert {path for path, _ in wrong(once, changes)} >= set(paths(changes))


@quick
@given(data, data, data)
def test_amendments_of_different_things_come_in_any_order(
    base: EditionData, first: EditionData, second: EditionData
) -> None:
    second = {f"x{key}": value for key, value in second.items()}
    assert merge(merge(base, first), second) == merge(merge(base, second), first)


@quick
@given(st.lists(st.integers(0, 9), unique=True), st.lists(st.integers(10, 19), unique=True, min_size=1))
def test_what_was_added_to_a_list_can_be_taken_out_again(held: list[int], more: list[int]) -> None:
    base = {"names": held}
    longer = merge(base, {"names+": more})
    assert longer == {"names": [*held, *more]}
    assert merge(longer, {"names-": more}) == base
    assert wrong(base, {"names+": more}) == wrong(longer, {"names-": more}) == []


@quick
@given(st.dictionaries(names, st.integers(), min_size=1), st.data())
def test_what_was_taken_out_of_a_mapping_can_be_put_back(held: dict[str, int], draw: st.DataObject) -> None:
    base = {"names": held}
    gone = draw.draw(st.lists(st.sampled_from(sorted(held)), unique=True, min_size=1))
    shorter = merge(base, {"names-": gone})
    assert set(shorter["names"]) == set(held) - set(gone)
    assert merge(shorter, {"names": {name: held[name] for name in gone}}) == base


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"names+": [1]}, (("names+", "1"), "amends_nothing")),
        ({"names-": [9]}, (("names-", "9"), "nothing_there")),
        ({"names-": []}, (("names-",), "amends_nothing")),
        ({"count+": [9]}, (("count+",), "not_a_list")),
        ({"count-": [7]}, (("count-",), "not_a_list")),
        ({"word-": ["wo"]}, (("word-",), "not_a_list")),
        ({"inner+": [9]}, (("inner+",), "not_a_list")),
        ({"other+": [9]}, (("other+",), "nothing_there")),
        ({"other-": [9]}, (("other-",), "nothing_there")),
        ({"inner": {"deep": 5}}, (("inner", "deep"), "amends_nothing")),
    ],
)
def test_what_an_amendment_cannot_do_is_told_and_not_done(
    changes: EditionData, fault: tuple[KeyPath, str]
) -> None:
    base = {"names": [1, 2], "count": 7, "word": "word", "inner": {"deep": 5}}
    assert wrong(base, changes) == [fault]
    assert merge(base, changes) == base


def test_one_item_need_not_be_written_as_a_list() -> None:
    assert merge({"names": [1, 2]}, {"names-": 2}) == {"names": [1]}


def test_a_name_that_ends_in_a_sign_is_just_a_name_where_the_base_has_it() -> None:
    assert merge({"a+": 1}, {"a+": 2}) == {"a+": 2}


# --- real editions, amended and compared --------------------------------------------------------------------

BASE = RULES.sources["admission"]["2016-07"].data
STATES, CONDITIONS, MOVES = (sorted(BASE[section]) for section in ("states", "conditions", "moves"))

changes_of_a_state = st.tuples(
    st.just("states"), st.sampled_from(STATES), st.just("house_days"), st.integers(1, 400)
)
changes_of_a_condition = st.tuples(
    st.just("conditions"),
    st.sampled_from(CONDITIONS),
    st.just("confidence"),
    st.sampled_from(["H", "M", "L", None]),
)
changes_of_words = st.tuples(
    st.just("moves"),
    st.sampled_from(MOVES),
    st.just("label"),
    st.just({"vi": "Việc khác", "en": "Something else"}),
)
small_changes = st.lists(
    changes_of_a_state | changes_of_a_condition | changes_of_words, min_size=1, max_size=5
)


def amendment(changes: list[tuple[str, str, str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for section, name, attribute, value in changes:
        found.setdefault(section, {}).setdefault(name, {})[attribute] = value
    return found


def paths_to_attributes(said: EditionData) -> Iterator[KeyPath]:
    return (
        (section, name, attribute)
        for section in said
        for name in said[section]
        for attribute in said[section][name]
    )


def patched(old: dict[str, Any], changes: tuple[RuleChange, ...]) -> dict[str, Any]:
    """The old edition with the differences made good one by one."""
    result = copy.deepcopy(old)
    for change in changes:
        if change.section == "edition":
            result[change.name] = change.new
            continue
        *above, last = [change.name, *filter(None, change.attribute.split("."))]
        here = result[change.section]
        for step in above:
            here = here[step]
        if change.kind == "removed":
            assert here.pop(last) == change.old
        else:
            assert (last in here) == (change.kind == "changed")
            here[last] = change.new
    return result


@settings(max_examples=12, deadline=None)
@given(small_changes)
def test_the_difference_names_what_an_amendment_changed_and_nothing_else(
    changes: list[tuple[str, str, str, Any]],
) -> None:
    said = amendment(changes)
    before: dict[str, Any] = edition_to_plain(edition("2016-07"))
    new = Edition.model_validate(merge(BASE, said))
    found = compare_editions(edition("2016-07"), new)
    touched = {(section, name) for section, name, _, _ in changes}
    assert {(change.section, change.name) for change in found} <= touched
    after: dict[str, Any] = edition_to_plain(new)
    named = {(change.section, change.name, change.attribute) for change in found}
    for section, name, attribute in paths_to_attributes(said):
        value = said[section][name][attribute]
        assert after[section][name][attribute] == value
        assert ((section, name, attribute) in named) == (before[section][name][attribute] != value)
    assert patched(index_edition(edition("2016-07")), found) == index_edition(new)


@pytest.mark.parametrize(
    ("first", "second"), [(one, two) for one in ADMISSION for two in ADMISSION if one != two]
)
def test_the_differences_of_two_editions_lead_from_one_to_the_other(first: str, second: str) -> None:
    old, new = index_edition(edition(first)), index_edition(edition(second))
    there = patched(old, compare_editions(edition(first), edition(second)))
    for name in ("edition", "amends"):  # what it is called is no difference of the rules
        there[name] = new[name]
    assert there == new


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_an_edition_differs_in_nothing_from_itself(pipeline: str, name: str) -> None:
    assert compare_editions(edition(name, pipeline), edition(name, pipeline)) == ()


def test_what_came_and_what_went_change_places_when_looked_at_from_the_other_side() -> None:
    there = compare_editions(edition("2025-01"), edition("2025-07"))
    back = compare_editions(edition("2025-07"), edition("2025-01"))
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(opposite[one.kind], one.section, one.name, one.attribute) for one in there} == {
        (one.kind, one.section, one.name, one.attribute) for one in back
    }


def test_the_sections_that_are_compared_are_all_that_an_edition_holds_by_name() -> None:
    held = {name for name, value in edition_to_plain(edition("2016-07")).items() if isinstance(value, dict)}
    assert held - {"label"} == set(SECTIONS)


def test_what_readmission_adds_is_seen() -> None:
    found = compare_editions(edition("2021-07"), edition("2021-07", "readmission"))
    added = {(one.section, one.name) for one in found if one.kind == "added" and not one.attribute}
    assert added == {
        ("conditions", "LEFT_AS_RECORDED"),
        ("conditions", "LEFT_UNRECORDED"),
        ("conditions", "READMIT"),
        ("conditions", "READMIT_CHECKED"),
        ("conditions", "READMIT_OK"),
        ("conditions", "READMIT_OK_DAY"),
        ("conditions", "READMIT_ONCE"),
        ("fields", "left_on"),
        ("fields", "bar_checked_on"),
        ("fields", "bar_checked_by"),
    }
    assert (
        RuleChange(
            "added",
            "fields",
            "consent_kind",
            "options.readmission",
            None,
            {"vi": "Kết nạp lại", "en": "Re-admission"},
        )
        in found
    )


# --- an edition as plain values -----------------------------------------------------------------------------


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_plain_values_are_json_and_say_what_is_verified_and_what_it_does(pipeline: str, name: str) -> None:
    rules = edition(name, pipeline)
    found: dict[str, Any] = edition_to_plain(rules)
    assert found == json.loads(json.dumps(found))
    assert found["in_force"] == rules.in_force.isoformat()
    for code, condition in rules.conditions.items():
        said = found["conditions"][code]
        assert (said["verified"], said["effect"]) == (condition.verified, condition.effect)
        assert said["says"] == {"vi": condition.says.vi, "en": condition.says.en}
    assert all(isinstance(clock["verified"], bool) for clock in found["clocks"].values())
