"""One candidate's whole way at the command line, with its refusals, in text and in JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.doors.ketnap import Ketnap, Said

Step = tuple[str, str, str, str, dict[str, str]]
VOTES = {"roll": "10", "present": "10", "votes_for": "9", "votes_against": "1"}
ADMISSION: list[Step] = [
    ("advance", "nominate", "2021-09-10", "bithu", {"resolution_no": "01-NQ/CB", "helpers": "P-BAO"}),
    ("advance", "request_class", "2021-09-29", "bithu", {}),
    ("advance", "enrol", "2021-10-01", "canbo", {}),
    (
        "advance",
        "certify",
        "2021-11-01",
        "canbo",
        {"certificate_no": "11", "certificate_issued_on": "30/10/2021"},
    ),
    (
        "advance",
        "send_for_verification",
        "2021-12-01",
        "bithu",
        {
            "application_dated": "2021-11-10",
            "cv_declared_on": "2021-11-12",
            "cv_stamped_on": "2021-11-20",
            "sponsors": "P-BAO,P-TRO",
            "route": "two_sponsors",
        },
    ),
    (
        "record",
        "send_verification_letter",
        "2021-12-02",
        "canbo",
        {"letter_no": "5-CV", "letter_reach": "domestic"},
    ),
    ("record", "verification_received", "2021-12-20", "canbo", {"letter_no": "5-CV"}),
    (
        "advance",
        "conclude_verification",
        "2022-01-05",
        "canbo",
        {
            "report_no": "1",
            "verification_outcome": "clear",
            "verifier": "P-XUAN",
        },
    ),
    (
        "advance",
        "summarise_opinions",
        "2022-01-25",
        "bithu",
        {
            "organisations_asked": "3",
            "people_asked": "10",
            "opinions_for": "10",
            "opinions_against": "0",
            "residence_opinion": "same_branch",
            "strengths": "tốt",
            "weaknesses": "ít",
        },
    ),
    ("advance", "branch_proposes", "2022-02-15", "bithu", {"resolution_no": "2", **VOTES}),
    ("advance", "committee_proposes", "2022-03-01", "canbo", {"resolution_no": "3", **VOTES}),
    ("advance", "decide", "2022-04-01", "huyen", {"decision_no": "100-QĐ/HU", **VOTES}),
    ("record", "receive_decision", "2022-04-05", "bithu", {}),
    ("advance", "hold_ceremony", "2022-04-20", "bithu", {"probation_helper": "P-BAO"}),
]


def taken(ketnap: Ketnap, case: str, step: Step, *more: str) -> Said:
    verb, kind, on, by, fields = step
    pairs = [word for name, value in fields.items() for word in ("--set", f"{name}={value}")]
    return ketnap(verb, case, kind, "--on", on, "--by", by, *pairs, *more)


@pytest.fixture
def case(small: Ketnap) -> str:
    """A case at its first step, opened for the head of the village by name."""
    said = small.done("open", "Nguyễn Văn Mẫu", "--on", "01/09/2021", "--by", "bithu", "--json").json
    assert (said["state"]["id"], said["sample"], said["opened_on"]) == ("listed", "thu", "2021-09-01")
    return str(said["case"])


def test_a_candidate_comes_all_the_way_to_the_ceremony(small: Ketnap, case: str) -> None:
    for step in ADMISSION:
        said = taken(small, case, step, "--json")
        assert said.exit == 0, said.out
        assert (said.json["case"], said.json["kind"]) == (case, step[1])
    view = small.done("case", case, "--json").json
    assert view["state"]["id"] == "probation"
    assert view["version"] == len(ADMISSION) + 1
    assert [vote["need"] for vote in view["votes"]] == [7, 7, 6]
    assert small.done("coverage", "--json").json["total"]["probationary"] == 1
    assert small.done("verify", "--json").json["holds"] is True


def test_an_act_is_told_in_words(small: Ketnap, case: str) -> None:
    said = taken(small, case, ADMISSION[0])
    assert said.exit == 0
    assert "Đã ghi: Đưa vào nguồn và phân công giúp đỡ – Nguyễn Văn Mẫu" in said.out
    assert "sang bước “Quần chúng ưu tú, đã phân công giúp đỡ”" in said.out
    assert "DỮ LIỆU MẪU" in said.out.splitlines()[0]


def at_the_branch(small: Ketnap, case: str) -> None:
    for step in ADMISSION[:9]:
        assert taken(small, case, step).exit == 0


def test_a_short_vote_is_refused_with_its_arithmetic_and_article_and_nothing_is_written(
    small: Ketnap, case: str
) -> None:
    at_the_branch(small, case)
    verb, kind, on, by, fields = ADMISSION[9]
    short: Step = (verb, kind, on, by, fields | {"votes_for": "6", "votes_against": "4"})
    said = taken(small, case, short)
    assert (said.exit, said.out) == (3, "")
    assert "Cần 7/10 đảng viên chính thức tán thành, được 6." in said.err
    assert "Căn cứ: Điều lệ Đảng, Điều 4" in said.err
    assert "Chưa ghi gì vào sổ." in said.err
    told = taken(small, case, short, "--json")
    assert (told.exit, told.err, told.code) == (3, "", "refused")
    [reason] = told.json["reasons"]
    assert set(reason) == {"code", "text", "citation", "verified", "effect", "answer", "fact"}
    assert (reason["code"], reason["effect"], reason["verified"]) == ("VOTE_BRANCH", "refuse", True)
    assert (reason["answer"], reason["fact"]) == ("not_met", None)
    assert small.done("case", case, "--json").json["version"] == 10


def test_all_reasons_are_told_at_once_in_both_languages(small: Ketnap, case: str) -> None:
    at_the_branch(small, case)
    verb, kind, on, by, fields = ADMISSION[9]
    wrong: Step = (verb, kind, on, by, fields | {"votes_for": "6", "votes_against": "1"})
    assert taken(small, case, wrong).err.count("\n  ✗ ") == 2
    english = taken(small, case, wrong, "--lang", "en")
    assert "Not all conditions are met:" in english.err
    assert "Nothing was written." in english.err


def test_what_is_known_before_an_act_is_shown_with_it(small: Ketnap, case: str) -> None:
    view = small.done("case", case, "--json").json
    [nominate] = [move for move in view["moves"] if move["move"] == "nominate"]
    assert nominate["allowed"] is True
    assert [field["field"] for field in nominate["fields"] if field["needed"]] == ["resolution_no", "helpers"]
    assert {"move", "label", "organ", "allowed", "reasons", "fields"} <= set(nominate)
    assert {"entry", "label", "organ", "allowed", "reasons", "fields"} <= set(view["entries"][0])


def test_an_act_that_is_not_open_is_refused(small: Ketnap, case: str) -> None:
    said = small("advance", case, "decide", "--on", "01/01/2022", "--by", "huyen", "--json")
    assert (said.exit, said.code, said.json["reasons"][0]["code"]) == (3, "not_open", "NOT_OPEN")


def test_an_entry_called_as_a_move_is_sent_to_the_other_command(small: Ketnap, case: str) -> None:
    said = small("advance", case, "receive_paper", "--on", "01/01/2022", "--by", "bithu")
    assert said.exit == 2
    assert "ghi bằng lệnh record" in said.err


def test_a_second_case_of_one_person_is_refused(small: Ketnap, case: str) -> None:
    said = small("open", "P-MAU", "--on", "02/09/2021", "--by", "bithu", "--json")
    assert (said.exit, said.code) == (3, "already_open")
    assert case


def test_fields_come_from_a_file_and_the_command_line_has_the_last_word(
    small: Ketnap, case: str, tmp_path: Path
) -> None:
    facts = tmp_path / "ghi sẵn.json"
    facts.write_text(
        json.dumps({"resolution_no": "sai", "helpers": ["P-BAO", "P-TRO"]}), encoding="utf-8-sig"
    )
    words = ("--on", "10/09/2021", "--by", "bithu", "--facts", facts, "--set", "resolution_no=01-NQ/CB")
    small.done("advance", case, "nominate", *words)
    view = small.done("case", case, "--json").json
    assert [helper["id"] for helper in view["helpers"]] == ["P-BAO", "P-TRO"]
    values = {one["field"]: one["value"] for one in view["history"][1]["fields"]}
    assert values["resolution_no"] == "01-NQ/CB"


def test_a_field_set_twice_holds_both_people(small: Ketnap, case: str) -> None:
    words = ("--set", "resolution_no=1", "--set", "helpers=P-BAO", "--set", "helpers=P-TRO")
    small.done("advance", case, "nominate", "--on", "10/09/2021", "--by", "bithu", *words)
    assert "Lê Văn Trợ" in small.done("case", case).out


def test_who_did_it_and_who_typed_it_are_two(
    small: Ketnap, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "chị Hoa ở xã")
    taken(small, case, ADMISSION[0])
    event = small.done("case", case, "--json").json["history"][1]
    assert (event["by"], event["typed"]) == ("bithu", "chị Hoa ở xã")


def test_a_machine_without_accounts_can_still_type(small: Ketnap, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 4_000_000, raising=False)
    said = small.done("open", "P-MAU", "--on", "01/09/2021", "--by", "bithu", "--json")
    assert small.done("case", said.json["case"], "--json").json["history"][0]["typed"] == "?"


def corrected(small: Ketnap, case: str, *pairs: str, **more: Any) -> Said:
    words = [word for pair in pairs for word in ("--set", pair)]
    named = ("--reason", "ghi nhầm", "--allowed-by", "huyen", "--by", "canbo")
    return small("correct", case, more.get("event", 11), *words, *named, *more.get("and_", ()))


def test_a_correction_keeps_what_was_said_and_flags_what_no_longer_holds(small: Ketnap, case: str) -> None:
    for step in ADMISSION[:10]:
        taken(small, case, step)
    said = corrected(small, case, "votes_for=6", "votes_against=4")
    assert said.exit == 0
    assert "lần ghi số 11: Cần 7/10 đảng viên chính thức tán thành, được 6." in said.out
    assert "Còn treo sau khi đính chính" in small.done("case", case).out
    history = small.done("case", case, "--history").out
    assert "Đính chính lần ghi số 11" in history
    assert "ghi nhầm" in history
    assert "người cho phép: huyen" in history
    listed = small.done("case", case, "--json").json["history"]
    assert [one["value"] for one in listed[10]["fields"] if one["field"] == "votes_for"] == [9]
    small.done("verify")


def test_a_correction_of_nothing_or_of_no_event_makes_no_sense(small: Ketnap, case: str) -> None:
    assert corrected(small, case, event=1).exit == 1
    assert corrected(small, case, "on=01/09/2021", event=99).exit == 1
    assert corrected(small, case, "on=31/02/2021", event=1, and_=("--json",)).code == "mistyped"


ON_PAPER = {
    "nominated_on": "2020-05-01",
    "helpers": "P-BAO",
    "certificate_issued_on": "2021-10-30",
    "sponsors": "P-BAO,P-TRO",
    "route": "two_sponsors",
}
TAKEN_OVER = ("P-MAU", "verification", "--on", "01/06/2022", "--by", "canbo")


def typed(said: dict[str, str]) -> list[str]:
    return [word for name, value in said.items() for word in ("--set", f"{name}={value}")]


def test_a_case_is_taken_over_from_paper_and_says_what_the_file_lacks(small: Ketnap) -> None:
    refused = small("adopt", *TAKEN_OVER, *typed(ON_PAPER))
    assert refused.exit == 1
    assert "hãy đánh dấu “không có trong hồ sơ giấy” (unseen=application_dated)" in refused.err
    dates = {"cv_declared_on": "2021-11-12", "unseen": "application_dated"}
    assert "Đã tiếp nhận lượt xét" in small.done("adopt", *TAKEN_OVER, *typed(ON_PAPER | dates)).out
    case = small.done("case", "Mẫu").out
    assert "Tiếp nhận từ hồ sơ giấy" in case
    assert "hồ sơ giấy không có: ngày viết đơn xin vào Đảng" in case


def test_two_ticks_are_typed_with_one_word_or_with_two(small: Ketnap) -> None:
    for ticks in (
        ["unseen=application_dated,cv_declared_on"],
        ["unseen=application_dated", "unseen=cv_declared_on"],
    ):
        words = [word for tick in ticks for word in ("--set", tick)]
        told = small("adopt", *TAKEN_OVER, *typed(ON_PAPER), *words, "--json")
        assert told.exit == 0 or told.code == "already_open"
    assert small.done("cases", "--json").json["cases"][0]["state"]["id"] == "verification"


def test_a_tick_for_what_no_paper_file_may_lack_is_turned_away_with_those_that_may(small: Ketnap) -> None:
    said = small("adopt", *TAKEN_OVER, *typed(ON_PAPER | {"unseen": "born"}))
    assert said.exit == 1
    assert "Không có trong hồ sơ giấy (unseen)" in said.err
    assert "application_dated" in said.err


def test_cases_are_found_by_unit_step_and_lateness(small: Ketnap, case: str) -> None:
    assert [one["case"] for one in small.done("cases", "--json").json["cases"]] == [case]
    assert [one["case"] for one in small.done("cases", "--unit", "dong thinh", "--json").json["cases"]] == [
        case
    ]
    assert [one["case"] for one in small.done("cases", "--stalled", "--json").json["cases"]] == [case]
    assert small.done("cases", "--state", "member", "--json").json["cases"] == []
    assert "Không có lượt xét nào." in small.done("cases", "--state", "Đảng viên chính thức").out
