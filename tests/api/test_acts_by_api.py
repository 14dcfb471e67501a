"""What programs do with cases: as people do on the pages, by the same rules, refused in the same words."""

import io
from datetime import date
from typing import Any

import pytest
from PIL import Image

from tests.api.people import (
    CASE,
    DISTRICT,
    ELSEWHERE,
    HEAD,
    OFFICER,
    PROPOSER,
    SECRETARY,
    STRANGER,
    VOTED,
    Of,
    nominate,
)
from tests.api.programs import answered, faults
from workflow.cases.views.case_view import load_case_view
from workflow.cases.views.history import load_history
from workflow.office import Office

SPONSORS = ["PSYG9515", "P3ZXJ0V4"]
"""Two members who have been official for long."""

# --- doing --------------------------------------------------------------------------------------------------


def test_an_act_is_recorded_by_the_tokens_user(of: Of, office: Office) -> None:
    told = of(SECRETARY).post(f"/cases/{CASE}/advance", nominate(office, seen=1))
    assert (told["before"]["id"], told["after"]["id"], told["version"]) == ("listed", "nominated", 2)
    last = load_history(office, CASE, "vi")[-1]
    assert (last.kind, last.on, last.by, last.typed) == (
        "nominate",
        date(2022, 8, 8),
        SECRETARY,
        SECRETARY,
    )


def test_an_officer_types_for_the_branch_and_both_are_recorded(of: Of, office: Office) -> None:
    of(OFFICER).post(f"/cases/{CASE}/advance", nominate(office, by=SECRETARY))
    last = load_history(office, CASE, "vi")[-1]
    assert (last.by, last.typed) == (SECRETARY, OFFICER)


def test_nobody_types_for_somebody_who_is_not_below(of: Of, office: Office) -> None:
    told = of(SECRETARY).post(f"/cases/{CASE}/advance", nominate(office, by=DISTRICT), status=422)
    assert faults(told) == {"by": "not_an_option"}
    assert len(load_history(office, CASE, "vi")) == 1


def test_another_branchs_case_takes_nothing(of: Of, office: Office) -> None:
    before = len(load_history(office, ELSEWHERE, "vi"))
    program = of(SECRETARY)
    correction = {"event": 2, "values": {"resolution_no": "1"}, "reason": "nhầm", "allowed_by": OFFICER}
    program.post(f"/cases/{ELSEWHERE}/advance", nominate(office), status=404)
    program.post(f"/cases/{ELSEWHERE}/record", {"entry": "receive_paper", "on": "2022-08-08"}, status=404)
    program.post(f"/cases/{ELSEWHERE}/correct", correction, status=404)
    assert len(load_history(office, ELSEWHERE, "vi")) == before


def test_a_refusal_says_every_reason_with_its_article_as_the_command_line_does(
    of: Of, office: Office
) -> None:
    values = {"roll": 10, "present": 9, "votes_for": 6, "votes_against": 2, "resolution_no": "08-NQ/CB"}
    asked = {"move": "branch_proposes", "on": "2022-08-01", "values": values}
    told = of(PROPOSER).post(f"/cases/{VOTED}/advance", asked, status=422)
    assert told["error"]["code"] == "refused"
    assert [one["text"] for one in told["reasons"]][-1] == "Cần 7/10 đảng viên chính thức tán thành, được 6."
    assert told["reasons"][-1]["citation"].startswith("Điều lệ Đảng, Điều 4")
    assert load_case_view(office, VOTED, "vi").state.id == "branch_meeting"


def test_somebody_else_was_faster_and_the_second_is_told_what_changed(of: Of, office: Office) -> None:
    of(OFFICER).post(f"/cases/{CASE}/advance", nominate(office, by=SECRETARY))
    values = {"reason": "đi làm xa", "review_on": "2022-12-01"}
    asked = {"move": "suspend", "on": "2022-08-09", "values": values, "seen": 1}
    told = of(SECRETARY).post(f"/cases/{CASE}/advance", asked, status=409)
    assert (told["error"]["code"], told["seen"], told["version"]) == ("case_changed", 1, 2)
    assert [one["kind"] for one in told["error"]["details"]] == ["nominate"]


def test_an_act_of_another_step_or_of_nobodys_is_told_so(of: Of, office: Office) -> None:
    program = of(SECRETARY)
    told = program.post(f"/cases/{CASE}/advance", nominate(office, move="branch_proposes"), status=422)
    assert told["error"]["code"] == "not_open"
    told = program.post(f"/cases/{CASE}/advance", nominate(office, move="unheard_of"), status=422)
    assert told["error"]["code"] == "unknown_act"
    told = program.post(f"/cases/{CASE}/record", {"entry": "nominate", "on": "2022-08-08"}, status=422)
    assert told["error"]["code"] in ("usage", "mistyped")


def test_all_that_is_amiss_in_a_request_is_told_at_once_by_field(of: Of, office: Office) -> None:
    asked = {"on": "2022-02-31", "values": {"x y": 1}, "seen": -1, "colour": "red"}
    told = of(SECRETARY).post(f"/cases/{CASE}/advance", asked, status=422)
    assert faults(told) == {
        "on": "not_a_day",
        "values.x y.[key]": "not_as_described",
        "seen": "not_as_described",
        "colour": "not_asked",
        "move": "missing",
    }
    assert len(load_history(office, CASE, "vi")) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"on": ' + b"9" * 5_000 + b"}",
        b'{"move": "\\ud800", "on": "2022-08-08"}',
        b'{"\\ud800": 1}',
        b'{"move": "nominate", "on": "2022-08-08", "values": {"note": "\\u0000"}}',
        b'{"move": "nominate", "on": 1659916800, "values": {}}',
        b'{"move": "nominate", "on": "2022-08-08", "values": {"resolution_no": 1.5}}',
        b'{"move": "nominate", "on": "2022-08-08", "values": {"resolution_no": true}}',
        b'{"move": "nominate", "on": "2022-08-08", "seen": "1"}',
    ],
)
def test_hostile_bodies_are_answered_in_words_and_nothing_is_written(
    of: Of, office: Office, body: bytes
) -> None:
    headers = {"content-type": "application/json"}
    answered(of(SECRETARY).ask("POST", f"/cases/{CASE}/advance", content=body, headers=headers), 422)
    assert len(load_history(office, CASE, "vi")) == 1


def test_a_filter_that_is_not_there_is_not_passed_over(of: Of) -> None:
    assert faults(of(DISTRICT).get("/cases", stat="listed", status=422)) == {"stat": "not_asked"}


def test_methods_that_there_are_not_are_named(of: Of) -> None:
    answer = of(SECRETARY).ask("DELETE", f"/cases/{CASE}")
    answered(answer, 405)
    assert answer.headers["allow"] == "GET"


def test_a_correction_is_recorded_with_who_allowed_it(of: Of, office: Office) -> None:
    asked = {
        "event": 2,
        "values": {"resolution_no": "06-NQ/CB"},
        "reason": "ghi nhầm số",
        "allowed_by": DISTRICT,
    }
    told = of("canbo.hai-luu").post(f"/cases/{ELSEWHERE}/correct", asked)
    assert told["event"] == 2
    last = load_history(office, ELSEWHERE, "vi")[-1]
    assert (last.kind, last.of, last.allowed_by, last.typed) == ("correct", 2, DISTRICT, "canbo.hai-luu")


# --- opening ------------------------------------------------------------------------------------------------


def free_head(of: Of) -> tuple[str, str]:
    """A head of Quang Yên or another commune who is no member and has no open case: person and village."""
    for one in of(DISTRICT).get("/people", limit=500)["people"]:
        if one["post"] and one["membership"] == "none" and one["case"] is None:
            return one["id"], one["unit"]["id"]
    raise AssertionError


def test_an_officer_opens_a_case_for_a_head_of_the_own_commune_and_of_no_other(
    of: Of, office: Office
) -> None:
    person, village = free_head(of)
    asked = {"person": person, "on": "2022-08-08"}
    own, other = (
        f"canbo.{village.split('/')[0]}",
        OFFICER if not village.startswith("quang-yen") else "canbo.hai-luu",
    )
    of(other).post("/cases", asked, status=404)
    told = of(own).post("/cases", asked)
    assert (told["person"]["id"], told["unit"]["id"], told["state"]["id"]) == (person, village, "listed")
    assert load_history(office, told["case"], "vi")[0].typed == own
    assert of(own).post("/cases", asked, status=422)["error"]["code"] == "already_open"


def test_a_secretary_opens_no_case(of: Of) -> None:
    of(SECRETARY).post("/cases", {"person": HEAD, "on": "2022-08-08"}, status=404)


def test_a_case_is_taken_over_from_paper(of: Of) -> None:
    person, village = free_head(of)
    values = {"resolution_no": "01-NQ/CB"}
    asked = {"person": person, "on": "2022-08-01", "state": "training", "values": values}
    told = of(f"canbo.{village.split('/')[0]}").post("/adopt", asked)
    assert (told["adopted"], told["state"]["id"]) == (True, "training")


def test_a_program_says_or_ticks_what_lies_behind_the_step_it_takes_a_case_over_at(of: Of) -> None:
    person, village = free_head(of)
    program = of(f"canbo.{village.split('/')[0]}")
    asked: dict[str, Any] = {"person": person, "on": "2022-08-01", "state": "verification"}
    told = program.post("/adopt", asked, status=422)
    missing = faults(told)
    assert {missing["application_dated"], missing["cv_declared_on"]} == {"behind_or_ticked"}
    assert {missing["certificate_issued_on"], missing["sponsors"]} == {"asked_ahead"}
    ticks = [one["tick"] for one in told["error"]["details"] if "tick" in one]
    assert ticks == ["application_dated", "cv_declared_on"]
    values = {"certificate_issued_on": "2021-10-30", "route": "two_sponsors", "sponsors": SPONSORS}
    for wrong in ("born", "decision_no", "x"):
        odd = program.post("/adopt", asked | {"values": {**values, "unseen": [wrong]}}, status=422)
        assert faults(odd) == {"unseen": "not_an_option"}
    told = program.post("/adopt", asked | {"values": {**values, "unseen": ticks}})
    warned = {reason["code"] for move in told["moves"] for reason in move["reasons"]}
    assert (told["state"]["id"], "STATED_UNSEEN" in warned) == ("verification", True)


# --- papers -------------------------------------------------------------------------------------------------


def photo() -> bytes:
    """A photo of a sheet, as a phone takes it."""
    held = io.BytesIO()
    Image.new("RGB", (1200, 1700), "white").save(held, "JPEG")
    return held.getvalue()


def test_papers_come_as_files(of: Of) -> None:
    program = of("canbo.hai-luu")
    kinds = {"pdf": b"%PDF", "docx": b"PK", "html": b"<!"}
    for kind, begins in kinds.items():
        answer = program.ask("GET", f"/cases/{ELSEWHERE}/papers/1-KNĐ", params={"format": kind})
        assert answer.content.startswith(begins), (kind, answer.content[:20])
        assert answer.headers["content-disposition"].startswith("attachment")
    for kind, begins in {"pdf": b"%PDF", "zip": b"PK"}.items():
        answer = program.ask("GET", f"/cases/{ELSEWHERE}/dossier/file", params={"format": kind})
        assert answer.content.startswith(begins)


def test_a_file_comes_by_its_own_media_type_or_as_plain_bytes_to_who_accepts_nothing_else(of: Of) -> None:
    program, path = of("canbo.hai-luu"), f"/cases/{ELSEWHERE}/papers/1-KNĐ"
    for accepts, media_type in {
        "*/*": "application/pdf",
        "text/html, */*": "application/pdf",
        "application/octet-stream": "application/octet-stream",
    }.items():
        answer = program.ask("GET", path, headers={"accept": accepts})
        assert answer.headers["content-type"] == media_type
        assert answer.content.startswith(b"%PDF")


def test_of_a_paper_of_each_sponsor_one_is_chosen(of: Of) -> None:
    program = of("canbo.hai-luu")
    told = program.get(f"/cases/{ELSEWHERE}/papers/3-KNĐ", status=422)
    assert told["error"]["code"] == "whose_is_it"
    for sponsor in program.get(f"/cases/{ELSEWHERE}")["sponsors"]:
        answer = program.ask("GET", f"/cases/{ELSEWHERE}/papers/3-KNĐ", params={"part": sponsor["id"]})
        assert answer.content.startswith(b"%PDF")
    program.get(f"/cases/{ELSEWHERE}/papers/3-KNĐ", part="PNOBODY", status=404)
    program.get(f"/cases/{ELSEWHERE}/papers/99-KNĐ", status=404)


def test_a_signed_paper_is_taken_in_with_its_photo(of: Of) -> None:
    program, path = of("canbo.hai-luu"), f"/cases/{ELSEWHERE}/papers/CN-NTVĐ/scan"
    data = {"on": "2022-08-08", "dated": "2022-01-14", "by": "bithu.ben-mo"}
    answer = program.ask("POST", path, data=data, files={"file": ("ảnh.jpg", photo(), "image/jpeg")})
    assert answered(answer, 200) == {"case": ELSEWHERE, "paper": "CN-NTVĐ", "pages": 1}
    assert program.ask("GET", path).content.startswith(b"%PDF")


def test_a_field_of_a_signed_papers_form_that_is_not_there_is_not_passed_over(of: Of) -> None:
    path, data = f"/cases/{ELSEWHERE}/papers/CN-NTVĐ/scan", {"on": "2022-08-08", "datd": "2022-01-14"}
    answer = of(STRANGER).ask("POST", path, data=data, files={"file": ("x.jpg", photo(), "image/jpeg")})
    assert faults(answered(answer, 422)) == {"datd": "not_asked"}


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "scan_empty"), (b"MZ" + bytes(2_000), "scan_kind"), (b"%PDF-1.7 broken", "scan_broken")],
)
def test_a_file_that_is_no_paper_is_refused_in_words(
    of: Of, office: Office, content: bytes, code: str
) -> None:
    before = len(load_history(office, ELSEWHERE, "vi"))
    path, data = f"/cases/{ELSEWHERE}/papers/CN-NTVĐ/scan", {"on": "2022-08-08"}
    answer = of(STRANGER).ask("POST", path, data=data, files={"file": ("x.jpg", content, "image/jpeg")})
    assert answered(answer, 422)["error"]["code"] == code
    assert len(load_history(office, ELSEWHERE, "vi")) == before


def test_more_than_a_request_may_hold_is_refused_before_it_is_read(of: Of) -> None:
    path = f"/cases/{CASE}/papers/1-KNĐ/scan"
    answered(of(SECRETARY).ask("POST", path, content=b"x", headers={"content-length": "2000000000"}), 413)
