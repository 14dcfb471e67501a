"""Flagged cases are the same at every door, and each flag is settled from the page of its case."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from tests.api.programs import Program
from tests.doors.ketnap import Ketnap
from tests.pages.guests import guest, words
from workflow.cases.commands.correct import correct_event
from workflow.cases.views.case_view import load_case_view
from workflow.cases.views.history import load_history
from workflow.office import Office
from workflow.register.writer import Who

Of = Callable[[str], Program]
DISTRICT, OFFICER = "vanphong.huyen", "canbo.quang-yen"


@pytest.fixture
def ketnap(office: Office) -> Ketnap:
    """The program at the same office."""
    return Ketnap(office.config.path)


@pytest.fixture
def flagged(office: Office, ketnap: Ketnap) -> str:
    """A case with a decision whose branch's vote was corrected to fall short."""
    [case, *_] = [
        str(row["case"])
        for state in ("ceremony", "decision", "probation")
        for row in ketnap.done("cases", "--state", state, "--json").json["cases"]
        if any(one.kind == "branch_proposes" for one in load_history(office, row["case"], "vi"))
    ]
    seq = next(one.seq for one in load_history(office, case, "vi") if one.kind == "branch_proposes")
    vote = next(vote for vote in load_case_view(office, case, "vi").votes if vote.seq == seq)
    present = vote.present or 0
    typed = {"votes_for": 1, "votes_against": present - 1, "votes_blank": 0}
    correct_event(office, case, seq, Who(DISTRICT, "test"), typed, reason="Ghi nhầm", allowed_by=DISTRICT)
    return case


def test_the_same_cases_and_the_same_number_at_every_door(
    of: Of, app: FastAPI, ketnap: Ketnap, flagged: str
) -> None:
    told = of(DISTRICT).get("/cases", flagged="true")
    printed = ketnap.done("cases", "--flagged", "--json").json["cases"]
    district = guest(app).enter(DISTRICT)
    listed = words(district.get("/cases?flagged=1"))
    assert {row["case"] for row in told["cases"]} == {row["case"] for row in printed}
    assert flagged in [row["case"] for row in told["cases"]]
    count = told["total"]
    assert count == len(printed)
    for path in ("/", "/board"):
        page = district.get(path)
        assert f"{count} lượt xét có điểm còn treo sau đính chính" in words(page), path
        assert 'href="/cases?flagged=1"' in page, path
    assert "Có điểm còn treo sau đính chính" in listed
    assert f"{count} lượt xét có điểm còn treo" in ketnap.done("cases", "--flagged").out


def test_a_secretary_sees_no_flagged_case_of_elsewhere(of: Of, flagged: str, office: Office) -> None:
    unit = load_case_view(office, flagged, "vi").unit.id
    user = "bithu.ao-truc" if "ao-truc" not in unit else "bithu.ben-mo"
    assert flagged not in [row["case"] for row in of(user).get("/cases", flagged="true")["cases"]]


def test_each_flag_stands_on_the_page_of_the_case_with_its_button(
    app: FastAPI, office: Office, ketnap: Ketnap, flagged: str
) -> None:
    [flag] = [one for one in load_case_view(office, flagged, "vi").flags if one.code == "VOTE_BRANCH"]
    district = guest(app).enter(DISTRICT)
    page = district.get(f"/case/{flagged}")
    assert "“Chi bộ đề nghị kết nạp” ngày" in words(page)
    assert flag.flag in ketnap.done("case", flagged).out
    commune = next(
        user
        for user in ("canbo.quang-yen", "canbo.bach-luu", DISTRICT)
        if "/do/settle_flag?flag=" in guest(app).enter(user).client.get(f"/case/{flagged}").text
    )
    officer = guest(app).enter(commune)
    path = f"/case/{flagged}/do/settle_flag?flag={flag.flag}"
    assert dict(officer.form(path))["flag"] == flag.flag
    before = ketnap.done("cases", "--flagged", "--json").json["cases"]
    done = officer.done(
        path, {"on": "09/08/2022", "reason": "Đã họp lại theo ý kiến cấp trên", "ruling_no": "12-CV"}
    )
    assert "Ghi cách xử lý điểm còn treo" in words(done)
    after = ketnap.done("cases", "--flagged", "--json").json["cases"]
    still = [one for one in load_case_view(office, flagged, "vi").flags if one.settled is None]
    assert (len(before) - len(after) == 1) == (not still)
