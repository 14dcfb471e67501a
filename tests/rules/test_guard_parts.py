"""Candidate, sponsors and verifier are three kinds of people; nobody helps himself or herself."""

from datetime import date

import pytest

from states.vocabulary import FieldValue, Person
from tests.rules.scene import ADMISSION, READMISSION, edition, judged, refusing, said

CANDIDATE = Person("mau", "Nguyễn Văn Mẫu", official_since=date(2000, 1, 1))
OTHER = Person("moi", "Đỗ Văn Mới", official_since=date(2010, 1, 1), together_since=date(2010, 1, 1))


@pytest.mark.parametrize("pipeline", ["admission", "readmission"])
@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("nominate", {"helpers": ["giup", "mau"]}),
        ("change_helper", {"helper_in": "mau"}),
        ("hold_ceremony", {"probation_helper": "mau"}),
        ("send_for_verification", {"sponsors": ["bao", "mau"]}),
        ("replace_sponsor", {"sponsor_in": "mau"}),
        ("conclude_verification", {"verifier": "mau"}),
        ("refer_upward", {"verifier": "mau"}),
        ("decline", {"verifier": "mau"}),
    ],
)
def test_a_candidate_helps_sponsors_and_verifies_nobody_in_the_own_case(
    pipeline: str, kind: str, named: dict[str, FieldValue]
) -> None:
    known: dict[str, FieldValue] = {
        "decision_received_on": "2022-01-01",
        "helpers": ["giup"],
        "left_on": "2010-01-01",
    }
    verdict = judged(kind, "2022-01-05", named, pipeline=pipeline, known=known, people=[CANDIDATE])
    assert "PARTS_APART" in refusing(verdict)
    assert said(verdict, "PARTS_APART").startswith("Nguyễn Văn Mẫu là người xin vào Đảng của lượt này")


@pytest.mark.parametrize(
    ("kind", "named", "known"),
    [
        ("conclude_verification", {"verifier": "bao"}, {}),
        ("refer_upward", {"verifier": "tro"}, {}),
        ("decline", {"verifier": "bao"}, {}),
        ("replace_sponsor", {"sponsor_in": "moi"}, {"verifier": "moi"}),
        ("send_for_verification", {"sponsors": ["bao", "moi"]}, {"verifier": "moi"}),
    ],
)
def test_whoever_sponsors_does_not_verify_whichever_is_named_first(
    kind: str, named: dict[str, FieldValue], known: dict[str, FieldValue]
) -> None:
    verdict = judged(kind, "2022-01-05", named, known=known, people=[OTHER])
    assert refusing(verdict) == ["PARTS_APART"]


def test_a_helper_may_sponsor_and_verify() -> None:
    assert refusing(judged("send_for_verification", "2022-01-05", {"sponsors": ["bao", "giup"]})) == []
    assert refusing(judged("conclude_verification", "2022-01-05", {"verifier": "giup"})) == []


def test_a_sponsor_who_leaves_with_the_act_is_a_sponsor_no_more() -> None:
    known: dict[str, FieldValue] = {"sponsors": ["bao", "moi"], "verifier": "moi"}
    leaves = {"sponsor_out": "moi", "sponsor_in": "giup"}
    assert refusing(judged("replace_sponsor", "2022-02-15", leaves, known=known, people=[OTHER])) == []


def test_somebody_replaced_long_ago_holds_no_part_any_more() -> None:
    known: dict[str, FieldValue] = {"sponsor_in": "moi", "sponsor_out": "bao", "sponsors": ["bao", "tro"]}
    assert refusing(judged("conclude_verification", "2022-02-15", {"verifier": "moi"}, known=known)) == []


def test_an_act_that_names_others_is_not_held_up_by_what_was_on_record_before() -> None:
    known: dict[str, FieldValue] = {"helpers": ["giup"], "verifier": "bao"}
    assert refusing(judged("change_helper", "2022-02-15", {"helper_in": "tro"}, known=known)) == []


def test_an_act_that_can_name_nobody_is_held_to_the_whole_record() -> None:
    assert refusing(judged("branch_proposes", "2022-02-15", known={"verifier": "bao"})) == ["PARTS_APART"]


@pytest.mark.parametrize(
    ("pipeline", "name"),
    [("admission", name) for name in ADMISSION] + [("readmission", name) for name in READMISSION],
)
def test_every_act_that_names_somebody_asks_for_it(pipeline: str, name: str) -> None:
    rules = edition(name, pipeline)
    for kind, act in {**rules.moves, **rules.entries}.items():
        if any(rules.fields[field].type in ("person", "people") for field in act.fields):
            assert "PARTS_APART" in act.conditions, kind
