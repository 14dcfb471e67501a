"""Sponsors, helpers, verifiers, and who may type what, in which order."""

from dataclasses import replace
from datetime import date

import pytest

from states.vocabulary import Membership, Person
from tests.rules.scene import ADMISSION, BAO, TRO, codes, edition, judged, refusing, said, warning

NEW = Person("moi", "Đỗ Văn Mới", official_since=date(2010, 1, 1), together_since=date(2021, 2, 15))


@pytest.mark.parametrize(
    ("on", "refused"),
    [
        ("2022-01-15", ["SPONSOR_12M"]),  # 11 months together
        ("2022-02-14", ["SPONSOR_12M"]),  # a day short
        ("2022-02-15", []),  # 12 months
        ("2022-03-15", []),
    ],
)
def test_a_sponsor_has_lived_or_worked_with_the_candidate_for_twelve_months(
    on: str, refused: list[str]
) -> None:
    verdict = judged("branch_proposes", on, known={"sponsors": ["bao", "moi"]}, people=[NEW])
    assert refusing(verdict) == refused


def test_before_the_branch_meets_eleven_months_are_only_warned_of() -> None:
    verdict = judged("send_for_verification", "2022-01-15", {"sponsors": ["bao", "moi"]}, people=[NEW])
    assert (refusing(verdict), warning(verdict)) == ([], ["SPONSOR_12M_SOON"])
    assert said(verdict, "SPONSOR_12M_SOON").startswith("Đỗ Văn Mới mới cùng công tác, cư trú")
    assert "15/02/2021" in said(verdict, "SPONSOR_12M_SOON")


def test_a_sponsor_who_replaced_another_need_not_have_been_there_for_twelve_months() -> None:
    verdict = judged(
        "branch_proposes", "2022-01-15", known={"sponsors": ["bao", "moi"]}, people=[NEW], replaced=("moi",)
    )
    assert verdict.reasons == ()


def test_each_sponsor_who_is_too_new_is_named() -> None:
    also_new = replace(NEW, id="cung", name="Bùi Thị Cùng", together_since=None)
    verdict = judged(
        "branch_proposes", "2022-01-15", known={"sponsors": ["moi", "cung"]}, people=[NEW, also_new]
    )
    assert codes(verdict) == ["SPONSOR_12M", "SPONSOR_12M"]
    assert [reason.answer for reason in verdict.reasons] == ["not_met", "unknown"]
    assert verdict.reasons[0].text.en.startswith("Đỗ Văn Mới has")
    assert "của Bùi Thị Cùng. Nơi bổ sung: Chi bộ." in verdict.reasons[1].text.vi


@pytest.mark.parametrize(
    ("since", "refused"),
    [
        (date(2022, 2, 16), ["SPONSOR_OFFICIAL"]),  # official the day after
        (date(2022, 2, 15), []),
        (None, ["SPONSOR_OFFICIAL"]),  # a probationary member, or nobody has recorded it
    ],
)
def test_a_sponsor_is_an_official_member_on_the_day(since: date | None, refused: list[str]) -> None:
    tro = replace(TRO, official_since=since)
    assert refusing(judged("send_for_verification", "2022-02-15", people=[tro])) == refused
    verdict = judged("branch_proposes", "2022-02-15", people=[tro])
    assert refusing(verdict) == refused
    answer = "not_met" if since else "unknown"
    assert {reason.answer for reason in verdict.reasons} == ({answer} if refused else set())


@pytest.mark.parametrize(
    ("route", "sponsors", "refused"),
    [
        ("two_sponsors", ["bao", "tro"], []),
        ("two_sponsors", ["bao"], ["SPONSORS_NUMBER"]),
        ("two_sponsors", ["bao", "bao"], ["SPONSORS_DIFFERENT"]),
        ("youth_union", ["bao"], []),
        ("youth_union", ["bao", "tro"], ["SPONSORS_NUMBER"]),
        ("youth_union", [], ["SPONSORS_NUMBER"]),
    ],
)
def test_how_many_sponsors_there_are_depends_on_the_route(
    route: str, sponsors: list[str], refused: list[str]
) -> None:
    verdict = judged("send_for_verification", "2022-02-15", {"route": route, "sponsors": sponsors})
    assert refusing(verdict) == refused


def test_the_number_that_is_needed_is_said() -> None:
    verdict = judged("send_for_verification", "2022-02-15", {"sponsors": ["bao"]})
    assert said(verdict, "SPONSORS_NUMBER") == "Cách giới thiệu này cần 2 người giới thiệu, mới có 1."


def test_nobody_sponsors_himself() -> None:
    member = Person("mau", "Nguyễn Văn Mẫu", official_since=date(2000, 1, 1), together_since=date(2000, 1, 1))
    verdict = judged("send_for_verification", "2022-02-15", {"sponsors": ["bao", "mau"]}, people=[member])
    assert refusing(verdict) == ["PARTS_APART"]


@pytest.mark.parametrize(
    ("out", "into", "refused"),
    [
        ("bao", "giup", []),
        ("giup", "moi", ["SPONSOR_OUT_KNOWN"]),  # was no sponsor
        ("bao", "tro", ["SPONSOR_IN_NEW"]),  # is one already
        ("bao", "dubi", ["SPONSOR_IN_OFFICIAL"]),
    ],
)
def test_a_sponsor_is_replaced_by_another_official_member(out: str, into: str, refused: list[str]) -> None:
    verdict = judged(
        "replace_sponsor",
        "2022-02-15",
        {"sponsor_out": out, "sponsor_in": into},
        people=[NEW, Person("dubi", "Vũ Thị Dự Bị")],
    )
    assert refusing(verdict) == refused
    assert verdict.to is None


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        ("replace_sponsor", {"sponsor_out": "giup", "sponsor_in": "bao"}),
        ("change_helper", {"helper_out": "tro", "helper_in": "moi"}),
    ],
)
def test_whoever_was_replaced_before_is_not_judged_while_nobody_is_named_yet(
    kind: str, before: dict[str, str]
) -> None:
    named = dict.fromkeys(before)
    assert codes(judged(kind, "2022-02-15", named, known=before, people=[NEW])) == []


def test_whoever_verified_cannot_become_a_sponsor() -> None:
    assert refusing(judged("replace_sponsor", "2022-02-15", known={"verifier": "giup"})) == ["PARTS_APART"]


@pytest.mark.parametrize("kind", ["conclude_verification", "refer_upward", "decline"])
@pytest.mark.parametrize(("verifier", "refused"), [("giup", []), ("bao", ["PARTS_APART"])])
def test_a_sponsor_cannot_verify(kind: str, verifier: str, refused: list[str]) -> None:
    assert refusing(judged(kind, "2022-01-05", {"verifier": verifier})) == refused


def test_the_verifier_who_is_a_sponsor_is_named() -> None:
    verdict = judged("conclude_verification", "2022-01-05", {"verifier": "bao"})
    assert (
        said(verdict, "PARTS_APART")
        == "Trần Thị Bảo là người giới thiệu của lượt này, không thể đồng thời là người thẩm tra."
    )


@pytest.mark.parametrize(
    ("kind", "outcome", "refused"),
    [
        ("conclude_verification", "clear", []),
        ("conclude_verification", "needs_ruling", ["OUTCOME_CLEAR"]),
        ("conclude_verification", "not_clear", ["OUTCOME_CLEAR"]),
        ("refer_upward", "clear", ["OUTCOME_NEEDS_RULING"]),
        ("refer_upward", "needs_ruling", []),
        ("decline", "needs_ruling", ["OUTCOME_NOT_CLEAR"]),
        ("decline", "not_clear", []),
    ],
)
def test_where_a_verification_leads_agrees_with_its_outcome(
    kind: str, outcome: str, refused: list[str]
) -> None:
    assert refusing(judged(kind, "2022-01-05", {"verification_outcome": outcome})) == refused


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({}, []),
        ({"organisations_asked": 0}, ["OPINIONS_BOTH"]),
        ({"opinions_for": 10, "opinions_against": 1}, ["OPINIONS_ADD_UP"]),
        ({"opinions_for": 5, "opinions_against": 1}, []),  # not everybody who was asked has to say something
        ({"organisations_asked": 0, "opinions_for": 11}, ["OPINIONS_BOTH", "OPINIONS_ADD_UP"]),
    ],
)
def test_opinions_are_those_of_organisations_and_add_up(fields: dict[str, int], refused: list[str]) -> None:
    assert refusing(judged("summarise_opinions", "2022-01-25", fields)) == refused


@pytest.mark.parametrize(
    ("kind", "field", "code"),
    [
        ("nominate", "helpers", "HELPER_OFFICIAL"),
        ("hold_ceremony", "probation_helper", "PROBATION_HELPER_OFFICIAL"),
        ("change_helper", "helper_in", "HELPER_IN_OFFICIAL"),
    ],
)
def test_a_helper_is_an_official_member(kind: str, field: str, code: str) -> None:
    value = ["dubi"] if field == "helpers" else "dubi"
    known = {"ceremony_on": "2010-01-01", "decision_received_on": "2022-01-01"}
    later = Person("dubi", "Vũ Thị Dự Bị", official_since=date(2022, 1, 11))
    verdict = judged(kind, "2022-01-10", {field: value}, people=[later], known=known)
    assert refusing(verdict) == [code]
    assert said(verdict, code) == "Vũ Thị Dự Bị chưa là đảng viên chính thức vào ngày 10/01/2022."
    nobody_knows = replace(later, official_since=None)
    verdict = judged(kind, "2022-01-10", {field: value}, people=[nobody_knows], known=known)
    assert refusing(verdict) == [code]
    assert said(verdict, code) == (
        "Chưa biết có đủ điều kiện hay không: trong hồ sơ chưa ghi ngày vào Đảng chính thức của Vũ Thị Dự Bị."
        " Nơi bổ sung: Đảng ủy cơ sở."
    )


def test_a_helper_is_named_once_and_only_a_helper_is_changed() -> None:
    assert refusing(judged("nominate", "2022-01-10", {"helpers": ["giup", "giup"]})) == ["HELPERS_DIFFERENT"]
    assert refusing(judged("change_helper", "2022-01-10", {"helper_out": "bao"})) == ["HELPER_OUT_KNOWN"]
    assert (
        refusing(judged("change_helper", "2022-01-10", known={"helpers": [], "probation_helper": "giup"}))
        == []
    )


@pytest.mark.parametrize("status", ["probationary", "member"])
def test_a_member_is_not_nominated(status: Membership) -> None:
    verdict = judged("nominate", "2022-01-10", membership=status)
    assert refusing(verdict) == ["NOT_MEMBER"]


@pytest.mark.parametrize("name", ADMISSION)
def test_whoever_acts_holds_a_role_of_the_organ_whose_act_it_is(name: str) -> None:
    rules = edition(name)
    for kind, move in rules.moves.items():
        if (
            move.organ in ("turn", "decider")
            or kind in ("rule_go_on", "resume")
            or kind.endswith("falls_short")
        ):
            continue
        on, organ = "2026-12-15", rules.organs[move.organ]
        known = {"ceremony_on": "2010-01-01", "decision_received_on": "2026-12-01"}
        stranger = judged(kind, on, under=name, by="ai", roles=["guest"], known=known)
        assert "ROLE" in refusing(stranger), kind
        for role in organ.roles:
            assert "ROLE" not in codes(judged(kind, on, under=name, by="ai", roles=[role], known=known)), kind


def test_who_lacks_which_role_is_said() -> None:
    verdict = judged("decide", "2022-04-01", by="bithu", roles=["branch_secretary"])
    assert said(verdict, "ROLE") == (
        "bithu không giữ vai trò được làm việc này (Ban thường vụ cấp ủy có thẩm quyền) ở đơn vị này"
        " vào ngày 01/04/2022."
    )


@pytest.mark.parametrize(
    ("state", "roles", "refused"),
    [
        ("committee_meeting", ["commune_officer"], []),
        ("decision", ["commune_officer"], ["ROLE"]),  # it is the district's turn
        ("decision", ["district_officer"], []),
    ],
)
def test_a_dossier_is_returned_by_the_organ_whose_turn_it_is(
    state: str, roles: list[str], refused: list[str]
) -> None:
    verdict = judged("return_to_sponsorship", "2022-04-01", state=state, by="ai", roles=roles)
    assert refusing(verdict) == refused
    assert verdict.to == "sponsorship"


def test_from_july_2025_the_commune_decides() -> None:
    assert refusing(judged("decide", "2025-06-30", by="ai", roles=["commune_officer"])) == ["ROLE"]
    assert refusing(judged("decide", "2025-07-01", by="ai", roles=["commune_officer"])) == []


@pytest.mark.parametrize(
    ("kind", "earlier", "code"),
    [
        ("decide", "branch_proposes", "SAME_TYPIST"),
        ("recognise", "branch_recognises", "SAME_TYPIST_RECOG"),
        ("strike_off", "branch_strikes_off", "SAME_TYPIST_STRIKE"),
    ],
)
def test_one_person_typing_both_the_vote_and_the_decision_is_warned_of(
    kind: str, earlier: str, code: str
) -> None:
    assert warning(judged(kind, "2022-04-01", typed_by="xa1", typed={earlier: "xa1"})) == [code]
    assert judged(kind, "2022-04-01", typed_by="xa1", typed={earlier: "bithu"}).reasons == ()


@pytest.mark.parametrize(
    ("last", "refused"), [("2022-02-14", []), ("2022-02-15", []), ("2022-02-16", ["DATE_ORDER"]), (None, [])]
)
def test_steps_follow_each_other_by_date(last: str | None, refused: list[str]) -> None:
    last_on = date.fromisoformat(last) if last else None
    assert refusing(judged("branch_proposes", "2022-02-15", last_on=last_on)) == refused


def test_an_entry_may_be_older_than_the_last_step() -> None:
    verdict = judged(
        "receive_decision", "2022-02-15", known={"decision_on": "2022-02-10"}, last_on=date(2022, 3, 1)
    )
    assert verdict.reasons == ()


def test_people_without_a_name_are_called_by_their_id() -> None:
    verdict = judged(
        "conclude_verification", "2022-01-05", {"verifier": "bao"}, people=[replace(BAO, name="")]
    )
    assert said(verdict, "PARTS_APART").startswith("bao ")
