"""A head of the sample office comes from the list to full membership, day by day, with one refusal on the
way.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from tests.journeys.samples import built_sample as built_sample
from tests.journeys.samples import own_sample as own_sample
from tests.reading import ask
from workflow.board.coverage import count_coverage
from workflow.cases.commands.advance import ActRefused, advance_case, record_entry
from workflow.cases.commands.people_facts import change_person
from workflow.cases.views.case_view import load_case_view
from workflow.cases.views.clock_view import ClockView
from workflow.cases.views.history import load_history
from workflow.office import Office
from workflow.operations.time_machine import move_clock
from workflow.operations.verify.verify import verify_office
from workflow.register.acts import ChangePerson
from workflow.register.writer import Who

CASE, KHAI = "K9AFNC5B", "PFGEFJXZ"
FIRST, SECOND, HELPER, VERIFIER = "PB8AF69J", "P9QWJ5G7", "PR6695W4", "PVW8C9Y9"
"""The second sponsor has worked beside the candidate since 1 March 2022 only."""
BRANCH, COMMUNE, DISTRICT = (Who(by, by) for by in ("bithu.ao-truc", "canbo.quang-yen", "vanphong.huyen"))
TYPED_FOR_THE_BRANCH = Who(BRANCH.by, COMMUNE.by)

BALLOT = {"roll": 10, "present": 9, "absent": 1, "vote_method": "card", "findings": "Đủ điều kiện."}
Step = tuple[date, str, Who, Mapping[str, Any]]
TO_THE_VOTE: tuple[Step, ...] = (
    (
        date(2022, 8, 16),
        "nominate",
        TYPED_FOR_THE_BRANCH,
        {"resolution_no": "05-NQ/CB", "helpers": f"{FIRST},{HELPER}"},
    ),
    (date(2022, 9, 3), "request_class", BRANCH, {"class_request_no": "3-CV/CB"}),
    (date(2022, 9, 5), "enrol", COMMUNE, {}),
    (
        date(2022, 10, 10),
        "certify",
        COMMUNE,
        {"certificate_no": "134/GCN", "certificate_issued_on": "2022-10-07"},
    ),
    (
        date(2022, 11, 14),
        "send_for_verification",
        BRANCH,
        {
            "application_dated": "2022-10-24",
            "cv_declared_on": "2022-10-27",
            "cv_stamped_on": "2022-11-10",
            "sponsors": f"{FIRST},{SECOND}",
            "route": "two_sponsors",
        },
    ),
    (
        date(2022, 12, 26),
        "send_verification_letter",
        COMMUNE,
        {"letter_no": "27-CV/ĐU", "letter_reach": "domestic"},
    ),
    (date(2023, 1, 13), "verification_received", COMMUNE, {"letter_no": "27-CV/ĐU"}),
    (
        date(2023, 1, 16),
        "conclude_verification",
        COMMUNE,
        {
            "report_no": "32-BC/ĐU",
            "verification_outcome": "clear",
            "verifier": VERIFIER,
        },
    ),
    (
        date(2023, 2, 3),
        "summarise_opinions",
        BRANCH,
        {
            "organisations_asked": 3,
            "people_asked": 12,
            "opinions_for": 12,
            "opinions_against": 0,
            "residence_opinion": "same_branch",
            "strengths": "Gần dân.",
            "weaknesses": "Còn nóng.",
        },
    ),
)
VOTE: Step = (
    date(2023, 3, 6),
    "branch_proposes",
    BRANCH,
    {"resolution_no": "07-NQ/CB", **BALLOT, "votes_for": 8, "votes_against": 1},
)
TO_THE_CEREMONY: tuple[Step, ...] = (
    (
        date(2023, 3, 20),
        "committee_proposes",
        COMMUNE,
        {"resolution_no": "19-NQ/ĐU", "roll": 15, "present": 14, "votes_for": 14, "votes_against": 0},
    ),
    (
        date(2023, 4, 14),
        "decide",
        DISTRICT,
        {"decision_no": "222-QĐ/HU", "roll": 11, "present": 10, "votes_for": 10, "votes_against": 0},
    ),
    (date(2023, 4, 24), "receive_decision", TYPED_FOR_THE_BRANCH, {}),
    (date(2023, 5, 19), "hold_ceremony", BRANCH, {"probation_helper": FIRST}),
)
TO_FULL_MEMBERSHIP: tuple[Step, ...] = (
    (
        date(2023, 6, 12),
        "receive_paper",
        BRANCH,
        {"paper": "1-HSĐV", "paper_dated": "2023-06-09", "pages": 8},
    ),
    (
        date(2024, 5, 20),
        "open_recognition",
        BRANCH,
        {
            "new_member_certificate_on": "2024-01-21",
            "self_criticism_on": "2024-05-09",
            "helper_remarks_on": "2024-05-12",
            "recognition_opinions_on": "2024-05-15",
        },
    ),
    (
        date(2024, 5, 27),
        "branch_recognises",
        BRANCH,
        {
            "resolution_no": "08-NQ/CB",
            "roll": 12,
            "present": 12,
            "votes_for": 12,
            "votes_against": 0,
            "vote_method": "card",
        },
    ),
    (
        date(2024, 6, 10),
        "committee_recognises",
        COMMUNE,
        {"resolution_no": "20-NQ/ĐU", "roll": 15, "present": 15, "votes_for": 15, "votes_against": 0},
    ),
    (
        date(2024, 6, 24),
        "recognise",
        DISTRICT,
        {"decision_no": "223-QĐ/HU", "roll": 11, "present": 11, "votes_for": 11, "votes_against": 0},
    ),
)
ENTRIES = {"send_verification_letter", "verification_received", "receive_decision", "receive_paper"}


SECOND_IS_NEW = (
    "Chu Ngọc Tiệp mới cùng công tác, cư trú với người xin vào Đảng từ 01/03/2022, chưa đủ 12 tháng"
    " (trừ khi thay người giới thiệu)."
)


def go(office: Office, *steps: Step) -> None:
    """Make each act on its own day."""
    for day, act, who, fields in steps:
        if (ahead := (day - office.read_today()).days) > 0:
            move_clock(office, ahead)
        (record_entry if act in ENTRIES else advance_case)(office, CASE, act, day, who, fields)


def clock(office: Office, name: str) -> ClockView:
    found = [clock for clock in load_case_view(office, CASE, "vi").clocks if clock.name == name]
    return found[-1]


@pytest.fixture
def before_the_vote(own_sample: Office) -> Office:
    go(own_sample, *TO_THE_VOTE)
    return own_sample


@pytest.fixture
def after_the_vote(before_the_vote: Office) -> Office:
    change_person(before_the_vote, ChangePerson(person=KHAI, details={"education_met": True}), COMMUNE)
    go(before_the_vote, VOTE)
    return before_the_vote


def test_from_the_list_to_full_membership(after_the_vote: Office) -> None:
    go(after_the_vote, *TO_THE_CEREMONY)
    assert load_case_view(after_the_vote, CASE, "vi").state.id == "probation"
    go(after_the_vote, *TO_FULL_MEMBERSHIP)
    assert load_case_view(after_the_vote, CASE, "vi").state.id == "member"
    tree = after_the_vote.read_snapshot()
    assert [tree.get_membership(KHAI, day) for day in (date(2024, 5, 18), date(2024, 5, 19))] == [
        "probationary",
        "member",
    ]
    total = ask(after_the_vote, count_coverage).total
    assert (total.posts, total.remaining) == (146, 7)
    assert verify_office(after_the_vote).holds


def test_a_vote_is_refused_with_all_its_reasons_and_their_articles_at_once(before_the_vote: Office) -> None:
    typed = {"resolution_no": "06-NQ/CB", **BALLOT, "votes_for": 6, "votes_against": 1}
    with pytest.raises(ActRefused) as refused:
        go(before_the_vote, (date(2023, 2, 10), "branch_proposes", TYPED_FOR_THE_BRANCH, typed))
    assert [
        (reason.text.in_language("vi"), reason.citation and reason.citation.in_language("vi"))
        for reason in refused.value.reasons
    ] == [
        (
            "Số phiếu không khớp: tán thành, không tán thành (và phiếu trắng, nếu có) cộng lại là 7, có mặt 9.",
            None,
        ),
        (
            (
                "Chưa biết có đủ điều kiện hay không: trong hồ sơ chưa ghi trình độ học vấn của Lưu Văn Khải."
                " Nơi bổ sung: Đảng ủy cơ sở."
            ),
            "Quy định 24-QĐ/TW, 1.2.1, 1.2.2",
        ),
        (
            SECOND_IS_NEW,
            "Quy định 24-QĐ/TW, 3.2",
        ),
        (
            "Cần 7/10 đảng viên chính thức tán thành, được 6.",
            "Điều lệ Đảng, Điều 4; Hướng dẫn 01-HD/TW ngày 28/9/2021, 3.6",
        ),
    ]


def test_the_sponsor_of_march_is_warned_of_in_november(before_the_vote: Office) -> None:
    [sent] = [
        event for event in load_history(before_the_vote, CASE, "vi") if event.kind == "send_for_verification"
    ]
    assert sent.warnings == ["SPONSOR_12M_SOON"]


def test_clocks_start_wait_and_stop_and_skip_tet(after_the_vote: Office) -> None:
    assert clock(after_the_vote, "DEC_ADMIT").due == date(2023, 6, 1)
    letter = clock(after_the_vote, "VERIF_REPLY")
    assert [span.label for span in letter.skipped].count("Tết Nguyên đán") == 2
    go(after_the_vote, *TO_THE_CEREMONY[:2])
    assert clock(after_the_vote, "DEC_ADMIT").stopped == date(2023, 4, 14)
    assert clock(after_the_vote, "CEREMONY").start is None
    go(after_the_vote, TO_THE_CEREMONY[2])
    assert clock(after_the_vote, "CEREMONY").start == date(2023, 4, 24)
