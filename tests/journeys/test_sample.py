"""The sample office is what its files say: the article's totals, cases at many steps, acts on their own
days.
"""

from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.journeys.samples import CONFIG, ME, NAME, case_in
from tests.journeys.samples import built_sample as built_sample
from tests.journeys.samples import own_sample as own_sample
from tests.journeys.samples import sample as sample
from tests.reading import ask, list_cases
from workflow.board.coverage import count_coverage
from workflow.cases.commands.advance import ActRefused, advance_case
from workflow.cases.views.case_view import load_case_view
from workflow.cases.views.clock_view import ClockView
from workflow.cases.views.history import load_history
from workflow.office import Office
from workflow.operations import sample as samples
from workflow.operations.create_office import AlreadyThere
from workflow.operations.open_office import open_office
from workflow.operations.sample import UnknownSample, make_sample
from workflow.operations.verify.verify import verify_office
from workflow.register.views.people import find_people
from workflow.register.views.posts import list_meetings, list_plans
from workflow.register.writer import Who
from workflow.storage import reads

TODAY, LIVE = date(2022, 8, 9), date(2020, 9, 7)

COMMUNES = {
    "Thị trấn Tam Sơn",
    "Xã Bạch Lưu",
    "Xã Hải Lựu",
    "Xã Đôn Nhân",
    "Xã Quang Yên",
    "Xã Lãng Công",
    "Xã Nhân Đạo",
    "Xã Phương Khoan",
    "Xã Đồng Quế",
    "Xã Nhạo Sơn",
    "Xã Như Thụy",
    "Xã Yên Thạch",
    "Xã Tân Lập",
    "Xã Tứ Yên",
    "Xã Đồng Thịnh",
    "Xã Đức Bác",
    "Xã Cao Phong",
}

NOT_MEMBERS = {
    "quang-yen/thon-ao-truc": "listed",
    "hai-luu/thon-ben-mo": "verification",
    "dong-thinh/thon-bai-moi": "branch_meeting",
    "dong-thinh/thon-go-xanh": "awaiting_ruling",
    "dong-thinh/thon-ben-thom": "suspended",
    "tam-son/to-dan-pho-bo-nang": "decision",
    "dong-que/thon-doi-thom": "ceremony",
    "cao-phong/thon-khe-nang": "withdrawn",
}
ON_PROBATION = {
    "bach-luu/thon-vuon-co": "probation",
    "nhan-dao/thon-bai-sang": "probation",
    "lang-cong/thon-khe-truc": "recognition_branch",
    "cao-phong/thon-ben-sen": "recognition_branch",
    "duc-bac/thon-cau-may": "recognition_appraisal",
}
NO_HEADS = {
    "nhao-son/thon-doi-sang": "nominated",
    "don-nhan/thon-bo-thom": "training",
    "phuong-khoan/thon-ben-gio": "sponsorship",
    "nhu-thuy/thon-khe-que": "opinions",
    "tu-yen/thon-go-sen": "appraisal",
    "yen-thach/thon-ao-mo": "committee_meeting",
    "tan-lap/thon-bo-co": "decision",
}
FINISHED = {"phuong-khoan/thon-rung-sang": "member", "lang-cong/thon-go-may": "member"}


def all_cases(office: Office) -> list[Any]:
    with office.database.read_transaction() as connection:
        return list(reads.load_cases(connection))


def test_the_totals_are_those_of_the_article(sample: Office) -> None:
    found = ask(sample, count_coverage)
    assert found.on == TODAY
    assert {one.name for one in found.communes} == COMMUNES
    wanted = {"posts": 146, "members": 138, "probationary": 5, "vacant": 0, "remaining": 8}
    assert {name: getattr(found.total, name) for name in wanted} == wanted
    (dong_thinh,) = (one for one in found.communes if one.unit == "dong-thinh")
    assert (dong_thinh.posts, dong_thinh.remaining, dong_thinh.combined) == (13, 3, 4)
    assert found.total.combined > 4


def test_coverage_grew_over_the_two_years_that_were_played(sample: Office) -> None:
    days = (LIVE, date(2021, 7, 31), TODAY)
    assert [ask(sample, count_coverage, on=day).total.members for day in days] == [129, 134, 138]


def test_an_election_reported_late_was_not_known_before(sample: Office) -> None:
    """Tứ Yên: a head who was no member left on 8 January; that was typed in February."""
    day = date(2022, 1, 31)
    now, then = ask(sample, count_coverage, on=day), ask(sample, count_coverage, on=day, as_known_on=day)
    assert now.total.members == then.total.members + 1


def test_every_case_stands_where_it_was_meant_to(sample: Office) -> None:
    stand = {row.unit_id: row.state for row in all_cases(sample)}
    assert stand == NOT_MEMBERS | ON_PROBATION | NO_HEADS | FINISHED


def test_the_eight_are_heads_today_and_the_others_of_the_list_are_not(sample: Office) -> None:
    with sample.database.read_transaction() as connection:
        rows = reads.load_cases(connection)
    heads = {one.id for one in find_people(sample, "") if one.post}
    for row in rows:
        assert (row.person_id in heads) == (row.unit_id not in NO_HEADS), row.unit_id
    tree = sample.read_snapshot()
    not_members = {row.unit_id for row in rows if tree.get_membership(row.person_id, TODAY) == "none"}
    assert not_members == {*NOT_MEMBERS, *NO_HEADS}


def test_four_are_stalled_two_by_law_and_two_by_custom(sample: Office) -> None:
    stalled = list_cases(sample, stalled=True)
    assert {one.unit.id: [(late.name, late.kind) for late in one.late] for one in stalled} == {
        "quang-yen/thon-ao-truc": [("house:listed", "house")],
        "hai-luu/thon-ben-mo": [
            ("LETTER_RECEIPT", "house"),
            ("LAST_ANSWER", "house"),
            ("VERIF_REPLY", "legal"),
        ],
        "cao-phong/thon-ben-sen": [("RECOG_BRANCH", "legal")],
        "dong-thinh/thon-bai-moi": [("house:branch_meeting", "house")],
    }


def test_six_of_ten_wait_for_a_ruling(sample: Office) -> None:
    view = load_case_view(sample, case_in(sample, "dong-thinh/thon-go-xanh"), "vi")
    (vote,) = view.votes
    assert (vote.need, vote.base, vote.votes_for, vote.reached) == (7, 10, 6, False)
    assert (view.state.id, view.stalled) == ("awaiting_ruling", False)


def clock_of(office: Office, village: str, name: str) -> ClockView:
    view = load_case_view(office, case_in(office, village), "vi")
    return next(clock for clock in view.clocks if clock.name == name and clock.state != "stopped")


def test_clocks_run_wait_pause_and_near_their_end(sample: Office) -> None:
    ceremony = clock_of(sample, "dong-que/thon-doi-thom", "CEREMONY")
    assert (ceremony.state, ceremony.start) == ("not_started", None)
    assert clock_of(sample, "dong-thinh/thon-ben-thom", "house:training").state == "paused"
    assert clock_of(sample, "tam-son/to-dan-pho-bo-nang", "DEC_ADMIT").days_left == 3
    letter = clock_of(sample, "hai-luu/thon-ben-mo", "VERIF_REPLY")
    assert (letter.of, letter.due, letter.late) == ("36-CV/ĐU", date(2022, 6, 20), True)
    assert clock_of(sample, "duc-bac/thon-cau-may", "DEC_RECOG").due == date(2022, 8, 26)


def test_one_case_was_taken_over_from_paper(sample: Office) -> None:
    view = load_case_view(sample, case_in(sample, "phuong-khoan/thon-ben-gio"), "vi")
    assert view.adopted
    assert [event.kind for event in load_history(sample, view.case, "vi")] == ["adopt"]


def test_a_corrected_certificate_leaves_the_branchs_vote_flagged(sample: Office) -> None:
    view = load_case_view(sample, case_in(sample, "yen-thach/thon-ao-mo"), "vi")
    assert [(flag.kind, flag.code) for flag in view.flags] == [("branch_proposes", "CLASS_CERT")]


def test_the_readmission_lacks_the_provinces_consent(sample: Office) -> None:
    view = load_case_view(sample, case_in(sample, "tan-lap/thon-bo-co"), "vi")
    (decide,) = (move for move in view.moves if move.move == "decide")
    assert view.pipeline == "readmission"
    assert "READMIT_OK" in [reason.code for reason in decide.reasons]


def test_every_kind_of_plan_is_there_and_heads_came_or_stayed_away(sample: Office) -> None:
    assert {one.kind for one in list_plans(sample)} == {"admit", "combine", "replace", "not_now"}
    assert {one.came for one in list_meetings(sample)} == {True, False}


def events(office: Office) -> list[dict[str, Any]]:
    with office.database.read_transaction() as connection:
        return [orjson.loads(row.body) for row in reads.load_events(connection)]


def test_every_act_was_recorded_on_its_own_day_or_soon_after(sample: Office) -> None:
    days = [date.fromisoformat(event["recorded_on"]) for event in events(sample)]
    assert days == sorted(days)
    assert (days[0], days[-1]) == (LIVE, date(2022, 8, 2))
    acts = [event for event in events(sample) if "on" in event]
    late = [date.fromisoformat(act["recorded_on"]) - date.fromisoformat(act["on"]) for act in acts]
    assert all(0 <= one.days <= 4 for one in late)
    assert len([one for one in late if one.days]) >= 4


def test_secretaries_type_for_themselves_and_officers_for_those_who_telephone(sample: Office) -> None:
    acts = [event for event in events(sample) if event.get("by", "").startswith("bithu.")]
    typed_above = [act for act in acts if act["typed"] != act["by"]]
    assert all(act["typed"].startswith("canbo.") for act in typed_above)
    assert 5 <= len(typed_above) < len(acts) / 4


def test_nothing_was_warned_of_but_one_hand_on_two_papers_and_a_day_of_leaving_as_stated(
    sample: Office,
) -> None:
    """Lãng Công: the officer typed the branch's vote and, the committee being authorised, the decision as
    well. Of the re-admission, the register holds no membership that ended.
    """
    warned = [(event["kind"], event["warnings"]) for event in events(sample) if event.get("warnings")]
    assert sorted(warned) == [
        ("branch_proposes", ["LEFT_UNRECORDED"]),
        ("committee_proposes", ["SAME_TYPIST"]),
        ("nominate", ["LEFT_UNRECORDED"]),
    ]


def test_the_history_holds(sample: Office) -> None:
    proof = verify_office(sample)
    assert (proof.broken, proof.cases) == ([], 22)


def test_the_line_of_the_readme_is_refused_as_it_says(own_sample: Office) -> None:
    who = Who("bithu.bai-moi", "bithu.bai-moi")
    typed = {"resolution_no": "9-NQ/CB", "roll": 10, "present": 9, "votes_for": 6, "votes_against": 3}
    with pytest.raises(ActRefused) as refused:
        advance_case(own_sample, "K7Q2M4TX", "branch_proposes", date(2022, 8, 1), who, typed)
    assert [reason.code for reason in refused.value.reasons] == ["VOTE_BRANCH"]
    agreed = typed | {"votes_for": 8, "votes_against": 1}
    assert (
        advance_case(own_sample, "K7Q2M4TX", "branch_proposes", date(2022, 8, 1), who, agreed).after
        == "committee_meeting"
    )


def test_files_say_at_their_head_that_all_is_invented() -> None:
    for file in (Path(samples.__file__).parent / "song_lo_2022").rglob("*.yaml"):
        head = file.read_text(encoding="utf-8").split("\n\n", 1)[0]
        assert "invented" in head, file.name


def in_short(office: Office) -> list[Any]:
    """What can be the same in two offices: keys, salts and the instants of typing cannot."""
    plain = [{key: value for key, value in event.items() if key not in HIDDEN} for event in events(office)]
    return [plain, list_cases(office), find_people(office, "")]


HIDDEN = ("recorded_at", "digest", "texts")


def test_every_building_gives_the_same_people_cases_and_days(
    sample: Office, database_url: str, tmp_path: Path
) -> None:
    """On either database."""
    config = f"{CONFIG}database: {database_url}\n"
    make_sample(tmp_path / "lần nữa", NAME, ME, config_text=config)
    again = open_office(tmp_path / "lần nữa" / "config.yaml")
    assert in_short(again) == in_short(sample)
    assert verify_office(again).holds
    again.close()


def test_progress_is_told_day_by_day_and_what_breaks_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    class Unplugged(Exception):
        pass

    def watch(done: int, total: int) -> None:
        told.append((done, total))
        if done == 20:
            raise Unplugged

    with pytest.raises(Unplugged):
        make_sample(tmp_path / "mẫu", NAME, ME, config_text=CONFIG, on_progress=watch)
    assert [done for done, _ in told] == list(range(1, 21))
    assert {total > 100 for _, total in told} == {True}
    assert list(tmp_path.iterdir()) == []


def test_a_sample_is_made_over_nothing(built_sample: Path) -> None:
    with pytest.raises(AlreadyThere):
        make_sample(built_sample, NAME, ME, config_text=CONFIG)


def test_an_unknown_sample_names_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownSample) as missed:
        make_sample(tmp_path / "x", "ha-noi-1999", ME, config_text=CONFIG)
    assert missed.value.known == (NAME,)
