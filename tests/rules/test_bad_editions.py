"""Editions that cannot be: every fault of their authors is named, with file and line, all of them at once."""

import re
import shutil
from pathlib import Path

import pytest

from states.rulebook.loading import EDITIONS, LocatedFault, Rulebook, RulebookFaults
from tests.rules.faulty import FAULTS_OF_AN_AMENDMENT

BASE = "admission/2016-07.yaml"
LATER = "admission/2017-01.yaml"
HEAD = """\
pipeline: admission
edition: 2017-01
amends: 2016-07
in_force: 2017-01-01
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The first edition alone, to be spoilt or amended."""
    return first_edition_alone(tmp_path)


def first_edition_alone(folder: Path) -> Path:
    """The first edition without those after it: so the texts that it cites have no days."""
    (folder / "admission").mkdir()
    text = (EDITIONS / BASE).read_text(encoding="utf-8")
    (folder / BASE).write_text(re.sub(r", (from|until): [\d-]{10}", "", text), encoding="utf-8")
    return folder


@pytest.fixture
def all_of_them(tmp_path: Path) -> Path:
    """All the real editions, to be spoilt."""
    return Path(shutil.copytree(EDITIONS, tmp_path / "editions"))


def amended(folder: Path, text: str) -> Path:
    """The folder with one edition more, which says what the test says."""
    (folder / LATER).write_text(HEAD + text, encoding="utf-8")
    return folder


def faults(folder: Path) -> list[LocatedFault]:
    """All that is wrong with the editions of a folder."""
    with pytest.raises(RulebookFaults) as found:
        Rulebook(folder).check_editions()
    return found.value.faults


def spoilt(folder: Path, place: str, old: str, new: str) -> int:
    """Change a text in a file; the line on which it stood."""
    file = folder / place
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.fixture(scope="module")
def all_at_once(tmp_path_factory: pytest.TempPathFactory) -> list[LocatedFault]:
    """What is said of all the faulty amendments, each in a pipeline of its own that builds on the
    admission.
    """
    folder = first_edition_alone(tmp_path_factory.mktemp("editions"))
    for number, (text, *_) in enumerate(FAULTS_OF_AN_AMENDMENT):
        (folder / f"n{number}").mkdir()
        head = f"pipeline: n{number}\nedition: 2016-07\nbuilds_on: admission\nin_force: 2016-07-25\n"
        (folder / f"n{number}/2016-07.yaml").write_text(head + text, encoding="utf-8")
    return faults(folder)


@pytest.mark.parametrize("number", range(len(FAULTS_OF_AN_AMENDMENT)))
def test_an_amendment_that_cannot_be_is_refused_with_its_place(
    all_at_once: list[LocatedFault], number: int
) -> None:
    _, line, path, code, name = FAULTS_OF_AN_AMENDMENT[number]
    assert LocatedFault(f"n{number}/2016-07.yaml", line, path, code, name) in all_at_once


def test_the_edition_that_they_amend_is_not_blamed_for_them(all_at_once: list[LocatedFault]) -> None:
    assert BASE not in {fault.file for fault in all_at_once}


def test_a_step_that_an_amendment_takes_out_needs_a_way_on_for_the_cases_in_it(folder: Path) -> None:
    assert LocatedFault(LATER, 5, "states-.training", "no_way_on", "training") in faults(
        amended(folder, "states-: [training]")
    )


SOUND = """\
states:
  opinions: {house_days: 45}
moves:
  decide: {may-: [note]}
"""


def test_an_amendment_that_changes_something_is_no_fault(folder: Path) -> None:
    rulebook = Rulebook(amended(folder, SOUND))
    rulebook.check_editions()
    assert rulebook.list_editions("admission") == ("2016-07", "2017-01")
    assert rulebook.load_edition("admission", "2017-01").states["opinions"].house_days == 45
    assert rulebook.load_edition("admission", "2016-07").states["opinions"].house_days == 30


def test_an_edition_with_a_fault_is_not_given_out(folder: Path) -> None:
    rulebook = Rulebook(amended(folder, "states:\n  opinions: {turn: crowd}"))
    assert rulebook.load_edition("admission", "2016-07").edition == "2016-07"
    for _ in range(2):
        with pytest.raises(RulebookFaults) as found:
            rulebook.load_edition("admission", "2017-01")
        assert [fault.code for fault in found.value.faults] == ["unknown_organ"]


def test_an_edition_that_rests_on_a_faulty_one_is_not_given_out_either(folder: Path) -> None:
    spoilt(folder, BASE, "opinions: {turn: branch,", "opinions: {turn: crowd,")
    with pytest.raises(RulebookFaults) as found:
        Rulebook(amended(folder, "states:\n  opinions: {turn: branch}")).load_edition("admission", "2017-01")
    assert [fault.file for fault in found.value.faults] == [BASE]


# --- files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"pipeline: admission\nstates: [1, 2", 2),
        (b"pipeline: admission\nlabel: \xff\xfe", 1),  # no UTF-8
        (b"- a list", 1),
        (b"", 1),
        (b"pipeline: admission\n\tedition: x", 2),
    ],
)
def test_a_file_that_cannot_be_read_is_named(folder: Path, content: bytes, line: int) -> None:
    (folder / LATER).write_bytes(content)
    assert faults(folder) == [LocatedFault(LATER, line, "", "not_yaml", "")]


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "code", "name"),
    [
        ("pipeline: admission", "pipeline: promotion", 1, "pipeline", "name_of_file", "promotion"),
        ("edition: 2017-01", "edition: 2018-01", 2, "edition", "name_of_file", "2018-01"),
        ("amends: 2016-07", "amends: 2015-01", 3, "amends", "not_the_edition_before", "2015-01"),
        ("amends: 2016-07\n", "", 1, "amends", "not_the_edition_before", "None"),
        ("in_force: 2017-01-01", "in_force: 2016-07-25", 4, "in_force", "not_in_order", "2016-07-25"),
        ("in_force: 2017-01-01\n", "", 1, "in_force", "missing", "in_force"),
        ("in_force: 2017-01-01", "in_force: soon", 4, "in_force", "shape", "soon"),
        (
            "in_force: 2017-01-01",
            "in_force: 2017-01-01 10:00:00",
            4,
            "in_force",
            "shape",
            "2017-01-01 10:00:00",
        ),
        ("states:\n", "on: 7\nstates:\n", 5, "on", "key_not_text", "on"),  # YAML reads a bare on as a truth
        ("states:\n", "states: {}\nstates:\n", 6, "states", "key_twice", "states"),
        (
            "opinions: {",
            "opinions: {house_days: 31, ",
            6,
            "states.opinions.house_days",
            "key_twice",
            "house_days",
        ),
    ],
)
def test_what_stands_at_the_head_of_a_file_agrees_with_where_it_lies(
    folder: Path, old: str, new: str, line: int, path: str, code: str, name: str
) -> None:
    amended(folder, SOUND)
    spoilt(folder, LATER, old, new)
    assert faults(folder) == [LocatedFault(LATER, line, path, code, name)]


def test_the_first_edition_of_a_pipeline_amends_none(folder: Path) -> None:
    line = spoilt(folder, BASE, "edition: 2016-07\n", "edition: 2016-07\namends: 2015-01\n")
    assert faults(folder) == [LocatedFault(BASE, line + 1, "amends", "first_amends", "2015-01")]


@pytest.mark.parametrize("base", ["promotion", "readmission"])
def test_a_pipeline_builds_on_another_that_is_there(all_of_them: Path, base: str) -> None:
    place = "readmission/2016-07.yaml"
    line = spoilt(all_of_them, place, "builds_on: admission", f"builds_on: {base}")
    assert faults(all_of_them) == [LocatedFault(place, line, "builds_on", "no_such_base", base)]


def test_two_pipelines_do_not_build_on_each_other(all_of_them: Path) -> None:
    line = spoilt(all_of_them, BASE, "starts_at: listed", "builds_on: readmission\nstarts_at: listed")
    assert faults(all_of_them) == [
        LocatedFault(BASE, line, "builds_on", "no_such_base", "admission"),
        LocatedFault("readmission/2016-07.yaml", 6, "builds_on", "no_such_base", "readmission"),
    ]


# --- many at once -------------------------------------------------------------------------------------------


def test_all_faults_of_all_files_are_told_at_once(all_of_them: Path) -> None:
    """One in the first edition, two in amendments, one in the other pipeline; a file that cannot be read
    hides none.
    """
    expected = {
        (BASE, spoilt(all_of_them, BASE, "guard: not_a_member", "guard: coin_toss"), "unknown_guard"),
        (
            "admission/2025-07.yaml",
            spoilt(
                all_of_them,
                "admission/2025-07.yaml",
                "  committee: {level: base,",
                "  committee: {level: cellar,",
            ),
            "unknown_level",
        ),
        (
            "admission/2026-04.yaml",
            spoilt(all_of_them, "admission/2026-04.yaml", "  CEREMONY_LATE:", "  CEREMONY_LATER:"),
            "missing",  # a condition of that name has to be complete
        ),
        (
            "readmission/2016-07.yaml",
            spoilt(all_of_them, "readmission/2016-07.yaml", "needs+: [left_on]", "needs+: [gone_on]"),
            "unknown_field",
        ),
        ("admission/2026-07.yaml", 1, "not_yaml"),
    }
    (all_of_them / "admission/2026-07.yaml").write_text("- nothing", encoding="utf-8")
    assert {(fault.file, fault.line, fault.code) for fault in faults(all_of_them)} == expected


def test_a_fault_that_later_editions_carry_on_is_told_once(all_of_them: Path) -> None:
    line = spoilt(all_of_them, BASE, "opinions: {turn: branch,", "opinions: {turn: crowd,")
    assert faults(all_of_them) == [LocatedFault(BASE, line, "states.opinions.turn", "unknown_organ", "crowd")]


def test_the_text_of_the_error_has_one_line_for_each_fault(folder: Path) -> None:
    amended(folder, "states:\n  opinions: {turn: crowd}\n  training: {turn: crowd}")
    with pytest.raises(RulebookFaults) as found:
        Rulebook(folder).check_editions()
    assert set(str(found.value).splitlines()) == {
        f"{LATER}:6: states.opinions.turn: unknown_organ crowd",
        f"{LATER}:7: states.training.turn: unknown_organ crowd",
    }
