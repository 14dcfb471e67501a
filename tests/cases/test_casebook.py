"""One case as screens show it: what may be done, what is missing so far, and its history in either
language.
"""

from datetime import date

import pytest

from tests.journeys.land import (
    BAO,
    LAST_OF_BASES,
    OFFICER,
    PARTED,
    PLAIN,
    SECRETARY,
    TRUSTED,
    begin,
    proven,
    travel,
    usual,
)
from tests.reading import list_cases
from workflow.board.snapshot.units import NoSuchUnit
from workflow.cases.commands.advance import ActRefused, advance_case
from workflow.cases.commands.correct import correct_event
from workflow.cases.views.case_view import CaseStateView, CaseView, load_case_view
from workflow.cases.views.history import list_changes_since, load_history
from workflow.cases.views.open_acts import OpenEntryView, OpenMoveView
from workflow.office import Office
from workflow.storage.ledger import UnknownCase

START = date(2022, 1, 4)


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land in the spring of 2022."""
    travel(sqlite_land, date(2022, 5, 16))
    return sqlite_land


def named(view: CaseView, name: str) -> OpenMoveView | OpenEntryView:
    (act,) = [act for act in view.acts if act.name == name]
    return act


def test_a_case_shows_where_it_stands_whose_turn_it_is_and_by_which_edition(office: Office) -> None:
    view = begin(office, PLAIN, START).to("committee_meeting").view()
    assert view.state == CaseStateView(
        id="committee_meeting",
        label="Đảng ủy cơ sở xét",
        turn="committee",
        turn_label="Đảng ủy cơ sở",
        since=date(2022, 3, 20),
        end=False,
    )
    assert (view.edition.id, view.edition.in_force) == ("2021-07", date(2021, 7, 30))
    assert (view.unit.name, view.person.name) == ("Thôn An", "Nguyễn Văn An")
    assert [one.name for one in view.sponsors] == ["Trần Văn Bảo", "Lê Thị Trợ"]
    assert [one.name for one in view.helpers] == ["Hoàng Văn Giúp"]
    assert (view.opened_on, view.closed_on, view.adopted, view.carried_over) == (START, None, False, None)


def test_open_acts_say_what_to_type_and_what_stands_in_the_way_so_far(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    journey.advance("nominate", journey.on(3))
    journey.advance("accept_certificate", journey.on(6), certificate_issued_on="2016-01-05")
    journey.to("branch_meeting")
    view = journey.view()
    proposes = named(view, "branch_proposes")
    assert not proposes.allowed
    assert [reason.code for reason in proposes.reasons] == ["CLASS_CERT"]
    assert proposes.reasons[0].citation == "Hướng dẫn 01-HD/TW ngày 28/9/2021, 3.1, 5.4"
    fields = {field.field: field for field in proposes.fields}
    assert (fields["roll"].needed, fields["absent"].needed) == (True, False)
    assert set(fields["vote_method"].options) == {"card", "ballot"}
    assert named(view, "retake_class").allowed


def test_moves_that_are_open_go_through_and_those_that_are_not_do_not(office: Office) -> None:
    """What a screen offers and what the verb does are the same rules."""
    for village, state in ((PLAIN, "nominated"), (PARTED, "appraisal"), (TRUSTED, "committee_meeting")):
        journey = begin(office, village, START).to(state)
        offered = {move.move for move in journey.view().moves}
        edition = office.rulebook.edition_on("admission", date(2022, 5, 16))
        assert offered == {
            name for name, move in edition.moves.items() if state in edition.source_states(move)
        }


def test_a_step_that_needs_a_day_to_pass_says_so_beforehand(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("probation")
    (reason,) = named(journey.view(), "open_recognition").reasons
    assert reason.text == "Thời gian dự bị đến hết 14/04/2023 mới đủ 12 tháng."


def test_the_same_case_in_english(office: Office) -> None:
    view = begin(office, PLAIN, START).to("verification").view("en")
    assert (view.state.label, view.state.turn_label) == ("Verification", "Grassroots committee")
    assert named(view, "decline").label == "Decline"
    assert named(view, "send_verification_letter").fields[0].label == "Verification letter no."


def test_the_history_reads_like_an_account(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("opinions")
    told = load_history(office, journey.case, "vi")
    assert [event.kind for event in told] == [
        "open",
        "nominate",
        "request_class",
        "enrol",
        "certify",
        "send_for_verification",
        "send_verification_letter",
        "verification_received",
        "conclude_verification",
    ]
    assert [event.seq for event in told] == list(range(1, 10))
    sent = told[5]
    assert (sent.label, sent.to_label, sent.on) == (
        "Gửi lý lịch đi thẩm tra",
        "Thẩm tra lý lịch",
        journey.on(50),
    )
    said = {one.label: one.text for one in sent.fields}
    assert said["Người giới thiệu"] == "Trần Văn Bảo, Lê Thị Trợ"
    assert said["Cách giới thiệu"] == "Hai đảng viên chính thức"
    assert said["Ngày viết đơn xin vào Đảng"] == journey.on(41)
    assert told[0].recorded_on == date(2022, 5, 16)
    english = load_history(office, journey.case, "en")
    assert english[5].to_label == "Verification"
    assert list_changes_since(office, journey.case, 6, "vi") == told[6:]


def test_both_days_are_kept_when_it_happened_and_when_it_was_recorded(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    journey.advance("nominate", date(2022, 1, 10))
    (_, event) = load_history(office, journey.case, "vi")
    assert (event.on, event.recorded_on) == (date(2022, 1, 10), date(2022, 5, 16))
    assert event.recorded_at.endswith("+00:00")


def test_papers_stand_in_the_order_of_the_dossier(office: Office) -> None:
    view = begin(office, PLAIN, START).to("committee_meeting").view()
    assert [(paper.code, paper.status) for paper in view.papers][:7] == [
        ("CN-NTVĐ", "noted"),
        ("1-KNĐ", "noted"),
        ("2-KNĐ", "noted"),
        ("3-KNĐ", "missing"),
        ("5-KNĐ", "noted"),
        ("6-KNĐ", "noted"),
        ("8-KNĐ", "missing"),
    ]


def test_the_youth_route_asks_for_its_paper_and_one_sponsor(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("sponsorship")
    with pytest.raises(ActRefused) as refused:
        journey.advance("send_for_verification", journey.on(50), route="youth_union")
    assert [one.code for one in refused.value.reasons if one.effect == "refuse"] == ["SPONSORS_NUMBER"]
    assert [one.code for one in refused.value.reasons if one.effect == "warn"] == [
        "UNION_PAST_35_SOON",
        "UNION_RESOLUTION_SOON",
        "UNION_RESOLUTION_SOON",
    ]
    journey.advance("send_for_verification", journey.on(50), route="youth_union", sponsors=[BAO])
    assert "4-KNĐ" in [paper.code for paper in journey.view().papers]


def test_a_case_nobody_has_touched_since_its_edition_changed_can_be_read(sqlite_land: Office) -> None:
    travel(sqlite_land, LAST_OF_BASES)
    journeys = [begin(sqlite_land, PARTED, date(2026, 4, 20)).to("appraisal")]
    travel(sqlite_land, date(2026, 9, 1))
    for language in ("vi", "en"):
        view = journeys[0].view(language)
        assert (view.state.id, view.state.since) == ("decision", date(2026, 7, 26))
    assert [row.state.id for row in list_cases(sqlite_land)] == ["decision"]
    proven(sqlite_land)


def test_reading_writes_nothing(office: Office) -> None:
    journey = begin(office, PARTED, START).to("appraisal")
    before = proven(office).seal
    for _ in range(2):
        journey.view()
        load_history(office, journey.case, "vi")
        list_cases(office)
    assert proven(office).seal == before


def test_a_flag_is_worded_as_the_rules_word_it(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("committee_meeting")
    correct_event(office, journey.case, 11, OFFICER, {"roll": "2"}, reason="Đếm lại", allowed_by="huyenuy")
    flags = {flag.code: flag for flag in journey.view("en").flags}
    assert str(flags["MIN_BRANCH"].text).startswith("The branch has only 2 official members")
    assert flags["PRESENT_ADDS_UP"].verified


def test_what_is_not_there_is_said(office: Office) -> None:
    with pytest.raises(UnknownCase):
        load_case_view(office, "K0000000", "vi")
    with pytest.raises(UnknownCase):
        load_history(office, "K\x00", "vi")
    with pytest.raises(NoSuchUnit) as unknown:
        list_cases(office, unit="thon-khong")
    assert PLAIN in unknown.value.known


def test_the_list_knows_states_units_and_whose_turn_it_is(office: Office) -> None:
    first = begin(office, PLAIN, START).to("committee_meeting")
    second = begin(office, PARTED, START).to("appraisal")
    ended = begin(office, TRUSTED, START)
    ended.advance("withdraw", START)
    assert {row.case for row in list_cases(office)} == {first.case, second.case}
    assert [row.case for row in list_cases(office, state="appraisal")] == [second.case]
    assert [row.case for row in list_cases(office, state="withdrawn")] == [ended.case]
    (row,) = list_cases(office, "en", unit=PLAIN)
    assert (row.turn_label, [one.name for one in row.above]) == (
        "Grassroots committee",
        ["Xã An Bình", "Huyện", "Tỉnh"],
    )


def test_typed_texts_of_a_long_case_all_come_back(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    typed = usual("branch_proposes", journey.on(75)) | {
        "findings": "Nhất trí.",
        "chair": "Ông Bảo",
        "note": "Họp tối.",
    }
    advance_case(office, journey.case, "branch_proposes", journey.on(75), SECRETARY, typed)
    said = {one.field: one.text for one in load_history(office, journey.case, "vi")[-1].fields}
    assert (said["findings"], said["chair"], said["note"]) == ("Nhất trí.", "Ông Bảo", "Họp tối.")
    proven(office)
