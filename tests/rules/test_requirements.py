"""What a membership requires is stated once: asked by the acts, shown to readers, compared with care."""

import pytest

from states.machine import get_machine
from states.rulebook.edition import Edition
from tests.rules.scene import EVERY_EDITION, edition, judged, refusing
from workflow.presentation.rulebook.difference_text import build_difference_view
from workflow.presentation.rulebook.tables import build_tables


def shown(key: str, rules: Edition, language: str = "vi") -> dict[str, dict[str, str]]:
    """A table of an edition: its rows by key, each by heading."""
    table = next(one for one in build_tables(rules, language) if one.key == key)
    return {line[0]: dict(zip(table.heads, line, strict=True)) for line in table.rows}


def told(old: Edition, new: Edition, language: str = "vi") -> list[str]:
    """The sentences on what differs."""
    view = build_difference_view(old, new, language)
    return [sentence for section in view.told for sentence in section.sentences]


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_every_deciding_act_asks_for_all_that_the_membership_requires(pipeline: str, name: str) -> None:
    for kind, move in edition(name, pipeline).moves.items():
        for arrival in move.to:
            if arrival.membership in ("probationary", "member"):
                assert (arrival.asks or move.asks) == arrival.membership, kind


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_a_member_has_to_have_been_a_lawful_probationary_member(pipeline: str, name: str) -> None:
    rules = edition(name, pipeline)
    of_probation, of_member = rules.list_requirements("probationary"), rules.list_requirements("member")
    assert set(of_probation) < set(of_member)
    assert "ceremony" in dict(of_member)
    assert "ceremony" not in dict(of_probation)


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_what_is_required_of_an_act_is_asked_of_it_the_first_time_too(pipeline: str, name: str) -> None:
    rules = edition(name, pipeline)
    asked = rules.list_own_conditions("branch_proposes")
    for requirement in rules.requirements.values():
        if "branch_proposes" in requirement.acts:
            assert set(requirement.conditions) <= set(asked)
    assert len(asked) == len(set(asked))


def test_a_branch_vote_recorded_as_short_is_not_asked_to_have_carried() -> None:
    """What may stand in for an act on the later day is judged by its own conditions on its own."""
    assert refusing(judged("branch_falls_short", "2022-02-15")) == []


# --- shown --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_every_requirement_is_shown(pipeline: str, name: str, language: str) -> None:
    rules = edition(name, pipeline)
    rows = shown("requirements", rules, language)
    assert list(rows) == list(rules.requirements)
    cells = [cell for row in rows.values() for cell in row.values()]
    assert not [cell for cell in cells if "{" in cell or "rulebook." in cell or "None" in cell]


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_a_move_is_shown_with_all_that_is_asked_of_it(pipeline: str, name: str) -> None:
    """What a membership requires of an act is asked of it as well as what the act names itself."""
    rules = edition(name, pipeline)
    asked_of = {table.key: {line[0]: line[-1] for line in table.rows} for table in build_tables(rules, "vi")}
    machine = get_machine(rules)
    for section, acts in (("moves", rules.moves), ("entries", rules.entries)):
        for kind, act in acts.items():
            assert asked_of[section][kind].split(", ") == list(machine.list_conditions(act, kind)), kind


def test_a_requirement_is_shown_with_the_acts_that_meet_it_and_what_may_replace_it() -> None:
    assert shown("requirements", edition("2021-07"))["branch_vote"] == {
        "Mã": "branch_vote",
        "Đòi hỏi": "Nghị quyết chi bộ đề nghị kết nạp",
        "Để thành": "đảng viên dự bị",
        "Việc đáp ứng": "Chi bộ đề nghị kết nạp",
        "Điều kiện": "VOTE_BRANCH",
        "Ý kiến cấp trên thay được": "Chi bộ xét kết nạp",
        "Chỉ có": "",
        "Phải ghi khi nhận lượt xét": "Ngày nghị quyết chi bộ; Số nghị quyết",
    }
    committee = shown("requirements", edition("2021-07"), "en")["committee_recognition"]
    assert (committee["To become"], committee["Conditions"]) == ("an official member", "VOTE_BASE")
    assert committee["Only there"]


# --- compared -----------------------------------------------------------------------------------------------


def test_a_requirement_that_came_or_went_is_told() -> None:
    rules = edition("2021-07")
    left = {name: one for name, one in rules.requirements.items() if name != "opinions"}
    without = rules.model_copy(update={"requirements": left})
    assert told(rules, without) == ["Bỏ đòi hỏi “Tổng hợp ý kiến nhận xét”."]
    assert told(without, rules, "en") == ["New requirement “Summary of opinions”."]


def test_a_requirement_that_asks_for_less_is_told_by_the_condition_that_went() -> None:
    rules = edition("2021-07")
    vote = rules.requirements["branch_vote"]
    milder = vote.model_copy(update={"conditions": (), "ruled_from": None})
    less = rules.model_copy(update={"requirements": {**rules.requirements, "branch_vote": milder}})
    sentences = told(rules, less)
    assert all(one.startswith("Đòi hỏi “Nghị quyết chi bộ đề nghị kết nạp”") for one in sentences)
    assert any("VOTE_BRANCH" in one for one in sentences)
    assert any("Chi bộ xét kết nạp" in one for one in sentences)


def test_another_organ_that_supplies_a_fact_is_told() -> None:
    rules = edition("2021-07")
    born = rules.person_facts["born"].model_copy(update={"organ": "branch"})
    changed = rules.model_copy(update={"person_facts": {**rules.person_facts, "born": born}})
    (sentence,) = told(rules, changed)
    assert "ngày sinh" in sentence
    assert "Đảng ủy cơ sở" in sentence
    assert "Chi bộ" in sentence
