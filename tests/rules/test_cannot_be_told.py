"""The third answer: what nobody recorded is no fulfilment; it is named, with who can supply it."""

from collections.abc import Mapping

import pytest

from states.guards.kinds import MissingFact
from states.machine import Verdict
from states.reasons import describe_fact, make_reason
from states.rulebook.edition import Edition
from states.vocabulary import FieldValue, Person, Text
from tests.rules.scene import ADMISSION, EVERY_EDITION, day, edition, judged

NOBODY_TYPES: frozenset[str] = frozenset()
"""The act lies in the past: whatever it did not say then is missing."""


def looked_back_on(
    kind: str, on: str, said: Mapping[str, FieldValue], known: Mapping[str, FieldValue] | None = None
) -> Verdict:
    """An act of the past as it stands on record, judged on its own day."""
    return judged(kind, on, said, known=known or {}, asked=NOBODY_TYPES, needs=NOBODY_TYPES)


def missing(verdict: Verdict) -> set[tuple[str, str | None, str]]:
    """What cannot be told: the condition, the missing fact, what it does."""
    return {
        (reason.code, reason.fact, reason.effect) for reason in verdict.reasons if reason.answer == "unknown"
    }


# --- what an act of the past did not say --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "rule"),
    [("branch_proposes", "VOTE_BRANCH"), ("committee_proposes", "VOTE_BASE"), ("decide", "VOTE_UPPER")],
)
@pytest.mark.parametrize("field", ["roll", "votes_for"])
def test_a_vote_on_record_without_its_counts_cannot_be_told_to_have_carried(
    kind: str, rule: str, field: str
) -> None:
    verdict = looked_back_on(kind, "2022-04-01", {field: None})
    assert (rule, field, "refuse") in missing(verdict)


def test_the_counts_of_another_vote_are_no_answer() -> None:
    """The branch's ten members, on record, say nothing about how many the committee has."""
    counts = {"roll": 10, "present": 10, "votes_for": 10, "votes_against": 0}
    verdict = looked_back_on("committee_proposes", "2022-04-01", dict.fromkeys(counts), counts)
    assert {("VOTE_BASE", "roll", "refuse"), ("VOTE_BASE", "votes_for", "refuse")} <= missing(verdict)


def test_a_branch_whose_roll_nobody_recorded_cannot_be_told_to_be_large_enough() -> None:
    verdict = looked_back_on("branch_proposes", "2022-02-15", {"roll": None}, {"roll": 10})
    assert ("MIN_BRANCH", "roll", "refuse") in missing(verdict)


def test_a_verification_without_an_outcome_is_not_taken_for_a_clear_one() -> None:
    outcome = {"verification_outcome": "clear"}
    verdict = looked_back_on("conclude_verification", "2022-01-05", dict.fromkeys(outcome), outcome)
    assert missing(verdict) == {("OUTCOME_CLEAR", "verification_outcome", "refuse")}


@pytest.mark.parametrize("field", ["sponsors", "route"])
def test_without_sponsors_or_route_on_record_it_cannot_be_told_whether_they_are_enough(field: str) -> None:
    verdict = judged("branch_proposes", "2022-02-15", known={field: None})
    assert ("SPONSORS_NUMBER", field, "refuse") in missing(verdict)


def test_opinions_that_nobody_summarised_cannot_be_told_to_be_fresh() -> None:
    verdict = judged("branch_proposes", "2022-02-15", known={"opinions_summarised_on": None})
    assert missing(verdict) == {("DOSSIER_12M", "opinions_summarised_on", "refuse")}


# --- what the act itself is still to say is not missing -----------------------------------------------------


@pytest.mark.parametrize("field", ["roll", "votes_for"])
def test_what_is_not_typed_yet_is_asked_by_the_form_and_not_told_as_missing(field: str) -> None:
    assert missing(judged("branch_proposes", "2022-02-15", {field: None})) == set()


def test_a_sponsor_who_is_still_to_be_named_is_not_missing() -> None:
    assert missing(judged("send_for_verification", "2022-02-15", {"sponsors": None, "route": None})) == set()


# --- in words -----------------------------------------------------------------------------------------------

HEAD = Person("mau", "Nguyễn Văn Mẫu")


@pytest.mark.parametrize(
    ("fact", "label", "organ"),
    [
        ("born", Text("ngày sinh", "the birth date"), Text("Đảng ủy cơ sở", "Grassroots committee")),
        (
            "education_met",
            Text("trình độ học vấn", "the education"),
            Text("Đảng ủy cơ sở", "Grassroots committee"),
        ),
        (
            "opinions_summarised_on",
            Text("ngày tổng hợp ý kiến", "opinions summarised on"),
            Text("Chi bộ", "Branch"),
        ),
        (
            "decision_on",
            Text("ngày quyết định kết nạp", "decision dated"),
            Text("Ban thường vụ cấp ủy có thẩm quyền", "Deciding standing committee"),
        ),
    ],
)
def test_a_fact_is_called_by_its_name_and_by_the_organ_that_can_supply_it(
    fact: str, label: Text, organ: Text
) -> None:
    assert describe_fact(edition("2021-07"), fact) == (label, organ)


@pytest.mark.parametrize(("pipeline", "name"), EVERY_EDITION)
def test_every_fact_about_a_person_has_a_name_and_an_organ_in_both_languages(
    pipeline: str, name: str
) -> None:
    rules = edition(name, pipeline)
    assert {"born", "education_met", "official_since", "together_since"} <= set(rules.person_facts)
    for fact in rules.person_facts:
        label, organ = describe_fact(rules, fact)
        assert label.vi != label.en
        assert organ is not None
        assert organ.vi != organ.en


def test_a_fact_that_no_act_records_is_said_without_an_organ() -> None:
    reason = make_reason(edition("2021-07"), "AGE_MIN", MissingFact("paper_of_long_ago"), day("2022-02-15"))
    assert reason.text == Text(
        "Chưa biết có đủ điều kiện hay không: trong hồ sơ chưa ghi paper_of_long_ago.",
        "It cannot be told whether the condition is met: paper_of_long_ago is not on record.",
    )


# --- what it does -------------------------------------------------------------------------------------------


def stating(unknown: str) -> Edition:
    """The edition of 2021 in which the least age says itself what it does where it cannot be told."""
    rules = edition("2021-07")
    condition = rules.conditions["AGE_MIN"].model_copy(update={"unknown": unknown})
    return rules.model_copy(update={"conditions": {**rules.conditions, "AGE_MIN": condition}})


@pytest.mark.parametrize("unknown", ["warn", "refuse"])
def test_an_edition_may_say_what_the_third_answer_does(unknown: str) -> None:
    rules = stating(unknown)
    told = make_reason(rules, "AGE_MIN", MissingFact("born", HEAD), day("2022-02-15"))
    assert (told.answer, told.effect) == ("unknown", unknown)
    known = make_reason(rules, "AGE_MIN", {"years": 16, "months": 2}, day("2022-02-15"))
    assert (known.answer, known.effect) == ("not_met", "refuse")


@pytest.mark.parametrize("name", ADMISSION)
def test_it_does_what_the_second_answer_does_unless_stated(name: str) -> None:
    on = day(f"{name}-28") if name != "2026-04" else day("2026-06-15")
    for code, condition in edition(name).conditions.items():
        if condition.unknown is None:
            reason = make_reason(edition(name), code, MissingFact("born", HEAD), on)
            assert (reason.answer, reason.effect) == ("unknown", condition.effect_on(on)), code
