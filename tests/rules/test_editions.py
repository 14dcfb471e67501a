"""The editions that come with the program: which is in force when, and what they say of organs, clocks
and steps.
"""

from datetime import date

import pytest

from states.law.clock_rule import ClockRule
from states.rulebook.loading import EDITIONS, NoEdition, Rulebook, UnknownEdition
from tests.rules.scene import ADMISSION, EVERY_EDITION, READMISSION, RULES, edition


def test_nothing_is_wrong_with_any_of_them() -> None:
    Rulebook().check_editions()


def test_there_are_two_pipelines_and_the_second_has_an_edition_for_each_of_the_first() -> None:
    assert RULES.pipelines == ("admission", "readmission")
    assert ADMISSION == ("2016-07", "2021-07", "2025-01", "2025-07", "2025-09", "2026-04", "2026-07")
    assert READMISSION == ADMISSION


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2016-07-25", "2016-07"),
        ("2021-07-29", "2016-07"),
        ("2021-07-30", "2021-07"),
        ("2025-01-19", "2021-07"),
        ("2025-01-20", "2025-01"),
        ("2025-06-30", "2025-01"),  # the text is of 26 May 2025, in force from 1 July
        ("2025-07-01", "2025-07"),
        ("2025-09-28", "2025-07"),
        ("2025-09-29", "2025-09"),
        ("2026-04-07", "2025-09"),
        ("2026-04-08", "2026-04"),
        ("2026-07-25", "2026-04"),
        ("2026-07-26", "2026-07"),
        ("2040-01-01", "2026-07"),
    ],
)
def test_the_edition_in_force_is_that_of_the_day(day: str, name: str) -> None:
    assert RULES.edition_on("admission", date.fromisoformat(day)).edition == name


def test_before_the_first_edition_there_is_none() -> None:
    with pytest.raises(NoEdition) as found:
        RULES.edition_on("admission", date(2016, 7, 24))
    assert (found.value.pipeline, found.value.day) == ("admission", date(2016, 7, 24))
    with pytest.raises(NoEdition):
        RULES.edition_on("readmission", date(2016, 7, 24))


@pytest.mark.parametrize(
    ("pipeline", "name", "said"),
    [
        ("admission", "2022-07", "admission/2022-07"),
        ("promotion", "2021-07", "promotion"),
        ("readmission", "2022-07", "readmission/2022-07"),
    ],
)
def test_an_edition_that_is_not_there_is_named(pipeline: str, name: str, said: str) -> None:
    with pytest.raises(UnknownEdition) as found:
        RULES.load_edition(pipeline, name)
    assert found.value.name == said


def test_an_edition_is_read_once() -> None:
    assert RULES.load_edition("admission", "2025-07") is RULES.edition_on("admission", date(2025, 8, 1))


def test_the_files_are_those_of_the_folder_in_a_stable_order() -> None:
    places = [file.relative_to(EDITIONS).as_posix() for file in RULES.list_files()]
    assert places == sorted(places)
    assert places[0] == "admission/2016-07.yaml"
    assert len(places) == len(ADMISSION) + 6


# --- levels, organs, roles ----------------------------------------------------------------------------------


def organs(name: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {key: (organ.level, organ.roles) for key, organ in edition(name).organs.items()}


@pytest.mark.parametrize("name", ["2016-07", "2021-07", "2025-01"])
def test_until_june_2025_the_district_decides(name: str) -> None:
    assert organs(name) == {
        "branch": ("village", ("branch_secretary", "commune_officer")),
        "subcommittee": ("commune", ("commune_officer",)),
        "committee": ("commune", ("commune_officer",)),
        "authority": ("district", ("district_officer",)),
        "supervisor": ("district", ("district_staff", "district_officer")),
    }


@pytest.mark.parametrize("name", ["2025-07", "2025-09", "2026-04"])
def test_from_july_2025_the_commune_decides_and_the_district_is_gone(name: str) -> None:
    assert organs(name) == {
        "branch": ("village", ("branch_secretary", "commune_officer")),
        "subcommittee": ("base", ("commune_officer",)),
        "committee": ("base", ("commune_officer",)),
        "authority": ("commune", ("commune_officer",)),
        "supervisor": ("province", ("province_staff",)),
    }
    assert set(edition(name).levels) == {"village", "base", "commune", "province"}
    assert set(edition(name).roles) == {"branch_secretary", "commune_officer", "province_staff"}
    assert edition(name).organs["committee"].optional


def test_from_july_2026_there_is_no_subcommittee_and_the_committee_is_the_communes() -> None:
    assert set(organs("2026-07")) == {"branch", "committee", "authority", "supervisor"}
    assert organs("2026-07")["committee"] == ("commune", ("commune_officer",))
    assert set(edition("2026-07").papers) == set(edition("2026-04").papers) - {"7-KNĐ", "14-KNĐ"}


# --- clocks -------------------------------------------------------------------------------------------------


def length(clock: ClockRule) -> str:
    return f"{clock.length.amount} {clock.length.unit}"


@pytest.mark.parametrize("name", ADMISSION)
def test_how_long_the_clocks_of_each_edition_run(name: str) -> None:
    clocks = edition(name).clocks
    late = name >= "2025-07"  # Regulation 294: 45 working days, and 15 more
    assert {key: (clock.kind, length(clock)) for key, clock in clocks.items()} == {
        "CLASS_CERT_VALID": ("validity", "60 months"),
        "FIRST_LETTER": ("house", "30 days"),
        "LETTER_RECEIPT": ("house", "7 days"),
        "VERIF_REPLY": ("legal", "30 working_days"),
        "LAST_ANSWER": ("house", "30 days"),
        "DEC_ADMIT": ("legal", "45 working_days" if late else "60 working_days"),
        "CEREMONY": ("legal", "30 working_days"),
        "OWN_CV_30": ("legal", "30 working_days"),
        "PROBATION": ("period", "12 months"),
        "RECOG_BRANCH": ("legal", "30 working_days"),
        "DEC_RECOG": ("legal", "30 working_days"),
    }
    assert clocks["VERIF_REPLY"].length_by is not None
    assert clocks["VERIF_REPLY"].length_by.values == {"abroad": 90}
    for key in ("DEC_ADMIT", "DEC_RECOG"):
        extended = clocks[key].extended_by
        assert extended is not None
        assert (extended.entry, extended.working_days) == ("extend_decision", 15 if late else 30)


@pytest.mark.parametrize(
    ("name", "sure"),
    [
        ("2016-07", {"DEC_ADMIT": "H", "DEC_RECOG": "H", "CEREMONY": "M", "RECOG_BRANCH": "H"}),
        ("2021-07", {"DEC_ADMIT": "M", "DEC_RECOG": "M", "CEREMONY": "H", "RECOG_BRANCH": "H"}),
        ("2025-01", {"DEC_ADMIT": "H", "DEC_RECOG": "M", "CEREMONY": "H", "RECOG_BRANCH": "M"}),
        ("2025-07", {"DEC_ADMIT": "H", "DEC_RECOG": "H", "CEREMONY": "H", "RECOG_BRANCH": "H"}),
        ("2025-09", {"DEC_ADMIT": "H", "DEC_RECOG": "H", "CEREMONY": "H", "RECOG_BRANCH": "H"}),
        ("2026-04", {"DEC_ADMIT": None, "DEC_RECOG": None, "CEREMONY": None, "RECOG_BRANCH": None}),
        ("2026-07", {"DEC_ADMIT": None, "DEC_RECOG": None, "CEREMONY": "M", "RECOG_BRANCH": None}),
    ],
)
def test_how_sure_the_deadlines_are(name: str, sure: dict[str, str | None]) -> None:
    clocks = edition(name).clocks
    assert {key: clocks[key].confidence for key in sure} == sure
    assert all(clocks[key].verified == (confidence is not None) for key, confidence in sure.items())
    assert clocks["VERIF_REPLY"].verified == (
        "2025-07" <= name < "2026-07"
    )  # before: general knowledge alone


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_what_no_text_that_was_read_says_is_said_to_be_kept_by_continuity(pipeline: str, name: str) -> None:
    rules = edition(name, pipeline)
    for key, clock in rules.clocks.items():
        cited = rules.cite(clock)
        if cited is None:
            assert clock.kind == "house" or (key, name) == ("OWN_CV_30", "2016-07")
        elif name in ("2026-04", "2026-07") and clock.confidence is None:
            assert clock.by_continuity, key
            assert "theo tính liên tục" in cited.vi
            assert "by continuity" in cited.en


# --- steps, and where they go -------------------------------------------------------------------------------


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_every_open_step_has_a_turn_and_a_clock_and_every_end_has_neither(pipeline: str, name: str) -> None:
    rules = edition(name, pipeline)
    for key, state in rules.states.items():
        if state.end:
            assert (state.turn, state.clocks, state.house_days) == (None, (), None), key
        else:
            assert state.turn in rules.organs
            assert state.pauses or bool(state.clocks) != (state.house_days is not None), key


@pytest.mark.parametrize("name", ADMISSION)
def test_the_house_clocks_are_those_of_the_process(name: str) -> None:
    days = {key: state.house_days for key, state in edition(name).states.items() if state.house_days}
    procedure = {} if name < "2025-09" else {"procedure_requested": 30}
    assert days == procedure | {
        "listed": 90,
        "nominated": 30,
        "class_requested": 60,
        "training": 180,
        "sponsorship": 60,
        "opinions": 30,
        "branch_meeting": 30,
        "awaiting_ruling": 60,
        "strike_off_branch": 30,
        "strike_off_committee": 30,
        "strike_off_decision": 30,
    }


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_where_a_step_may_go_there_is_a_way_on_that_can_be_taken(pipeline: str, name: str) -> None:
    """The carry-over map ends, for every unit, at a step that every unit has."""
    rules = edition(name, pipeline)
    for state, carry in rules.carry_over.items():
        last = carry.to[-1]
        assert not last.when.model_fields_set, state
        assert not rules.states[last.state].only_where.model_fields_set, state
        assert carry.because.vi
        assert carry.because.en


def test_the_written_map_of_july_2026() -> None:
    carried = {
        state: [one.state for one in carry.to] for state, carry in edition("2026-07").carry_over.items()
    }
    assert carried == {
        "appraisal": ["committee_meeting", "decision"],
        "committee_meeting": ["decision"],
        "recognition_appraisal": ["recognition_committee", "recognition_decision"],
        "recognition_committee": ["recognition_decision"],
        "strike_off_committee": ["strike_off_decision"],
    }
    assert edition("2026-07").carry_over["appraisal"].because.vi == "Từ 26/7/2026 không còn đảng ủy bộ phận"


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_every_label_is_written_in_both_languages(pipeline: str, name: str) -> None:
    rules = edition(name, pipeline)
    labels = [rules.label, *rules.levels.values(), *(paper.title for paper in rules.papers.values())]
    for section in (
        rules.roles,
        rules.organs,
        rules.fields,
        rules.clocks,
        rules.states,
        rules.moves,
        rules.entries,
    ):
        labels += [one.label for one in section.values()]
    labels += [option for field in rules.fields.values() for option in field.options.values()]
    assert all(label.vi.strip() and label.en.strip() for label in labels)


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_nothing_that_is_never_stored_has_a_field(pipeline: str, name: str) -> None:
    """Religion, ethnicity, citizen number and family are ruled lines on a form, filled in by hand."""
    words = " ".join(
        f"{key} {field.label.vi} {field.label.en}" for key, field in edition(name, pipeline).fields.items()
    ).lower()
    for never in ("tôn giáo", "religion", "dân tộc", "ethnic", "căn cước", "citizen", "family", "gia đình"):
        assert never not in words
