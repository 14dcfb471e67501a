"""An edition drawn: every step once, every way of every move once, in a form that Mermaid reads."""

import re

import pytest

from states.rulebook.edition import BACK, Edition
from tests.rules.scene import EVERY_EDITION, edition
from workflow.presentation.rulebook.diagram import draw_edition

ARROW = re.compile(r"(\S+) --> (\S+)(?: : (.+))?")
STEP = re.compile(r'state "([^"]+)" as (\w+)')


def arrows(text: str) -> list[tuple[str, str, str]]:
    found = [ARROW.fullmatch(line) for line in text.splitlines()]
    return [(one[1], one[2], one[3] or "") for one in found if one]


def steps(text: str) -> list[tuple[str, str]]:
    found = [STEP.fullmatch(line) for line in text.splitlines()]
    return [(one[2], one[1]) for one in found if one]


def notes(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    here = None
    for line in text.splitlines():
        if line.startswith("note right of "):
            here = found.setdefault(line.removeprefix("note right of "), [])
        elif line == "end note":
            here = None
        elif here is not None:
            here.append(line.strip())
    return found


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_every_step_is_drawn_once_under_its_label(pipeline: str, name: str, language: str) -> None:
    rules = edition(name, pipeline)
    expected = [(key, state.label.in_language(language)) for key, state in rules.states.items()]
    assert steps(draw_edition(rules, language).mermaid) == expected


def ways(rules: Edition) -> list[tuple[str, str, str]]:
    """Every way that has an arrow of its own, in the edition's order."""
    found = []
    for move in rules.moves.values():
        if move.from_ == "open":
            continue
        targets = [
            target
            for one in move.to
            for target in ((one.state,) if one.state != BACK else () if one.forget else one.when.came_from)
        ]
        found += [
            (source, target, move.label.vi)
            for source in rules.source_states(move)
            for target in dict.fromkeys(targets)
        ]
    return found


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_every_way_of_every_move_is_one_arrow_or_one_note(pipeline: str, name: str) -> None:
    rules = edition(name, pipeline)
    text = draw_edition(rules, "vi").mermaid
    drawn_ways = [one for one in arrows(text) if one[2]]
    assert drawn_ways == ways(rules)
    assert len(drawn_ways) == len(set(drawn_ways))
    said = " ".join(line for lines in notes(text).values() for line in lines)
    for kind, move in rules.moves.items():
        by_arrow = any(label == move.label.vi for _, _, label in drawn_ways)
        assert by_arrow or move.label.vi in said, kind


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_it_begins_at_the_first_step_and_ends_at_every_end(pipeline: str, name: str) -> None:
    rules = edition(name, pipeline)
    bare = [
        (source, target) for source, target, label in arrows(draw_edition(rules, "vi").mermaid) if not label
    ]
    assert bare == [
        ("[*]", rules.starts_at),
        *((key, "[*]") for key, state in rules.states.items() if state.end),
    ]


def test_what_may_be_done_everywhere_is_one_note() -> None:
    assert notes(draw_edition(edition("2021-07"), "vi").mermaid)["listed"] == [
        "Từ mọi bước đang mở#58;",
        "Tự nguyện rút → Tự nguyện rút",
        "Tạm dừng → Tạm dừng (trừ#58; Tạm dừng)",
        "Chuyển đến cơ quan khác → Chuyển đến cơ quan khác",
        "Đóng lượt xét → Đã đóng",
    ]


def test_what_leads_back_to_wherever_a_case_was_is_a_note_at_its_step() -> None:
    found = notes(draw_edition(edition("2021-07"), "en").mermaid)
    assert found["suspended"] == ["Resume#58; back to the step before"]
    assert found["awaiting_ruling"] == ["Ruled to stop#58; back to the step before"]
    assert set(found) == {
        "listed",
        "suspended",
        "awaiting_ruling",
        "strike_off_branch",
        "strike_off_committee",
        "strike_off_decision",
    }


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_steps_are_shaded_by_whose_turn_they_are(pipeline: str, name: str) -> None:
    rules = edition(name, pipeline)
    shaded = {
        key: organ
        for line in draw_edition(rules, "vi").mermaid.splitlines()
        if (found := re.fullmatch(r"class (\S+) (\w+)", line))
        for key, organ in [(one, found[2]) for one in found[1].split(",")]
    }
    assert shaded == {key: state.turn for key, state in rules.states.items() if state.turn}


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_no_label_breaks_the_lines_of_the_diagram(pipeline: str, name: str) -> None:
    """Within a label a colon, a semicolon or a quotation mark would be read as Mermaid's own."""
    for line in draw_edition(edition(name, pipeline), "vi").mermaid.splitlines():
        label = line.partition(" : ")[2]
        assert not set(re.sub(r"#\d+;", "", label)) & set(':;"{}')


def test_signs_that_mean_something_to_mermaid_are_written_as_numbers() -> None:
    rules = edition("2021-07")
    move = rules.moves["enrol"]
    odd = move.model_copy(update={"label": move.label._replace(vi='Học: "lớp 1"; xong #1')})
    text = draw_edition(rules.model_copy(update={"moves": {**rules.moves, "enrol": odd}}), "vi").mermaid
    assert "class_requested --> training : Học#58; #34;lớp 1#34;#59; xong #35;1" in text.splitlines()
