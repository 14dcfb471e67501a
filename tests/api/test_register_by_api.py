"""The register, letters and notices by the API: each keeps what lies at and under the own unit."""

import pytest

from tests.api.people import DISTRICT, HEAD, OFFICER, PROPOSER, SECRETARY, STRANGER, VILLAGE, VOTED, Of
from tests.api.programs import faults
from workflow.office import Office
from workflow.operations.time_machine import move_clock
from workflow.reminders.daily_run import DailyRun
from workflow.storage.register_snapshot import holds_on

# --- the register -------------------------------------------------------------------------------------------


def test_an_officer_keeps_the_register_of_the_own_commune(of: Of) -> None:
    officer = of(OFFICER)
    unit = officer.post(
        "/units/add",
        {"name": "Thôn Mới Lập", "level": "village", "since": "2022-08-01", "parent": "quang-yen"},
    )["id"]
    assert officer.post("/posts/add", {"unit": unit, "since": "2022-08-01"}) == {"id": unit, "unit": unit}
    person = officer.post("/people/add", {"name": "Đặng Văn Thử", "born": "1980-02-01", "sex": "male"})["id"]
    officer.post("/posts/hold", {"post": unit, "person": person, "since": "2022-08-01"})
    head = next(one for one in officer.get("/posts", limit=500)["posts"] if one["id"] == unit)["holder"]
    assert head == {"id": person, "name": "Đặng Văn Thử", "membership": "none"}
    assert officer.post("/plans", {"post": unit, "kind": "admit", "on": "2022-08-02"})["changed"] is True
    assert officer.post("/people/set", {"person": person, "home": "Sông Lô"})["changed"] is True
    officer.post("/people/membership", {"person": person, "status": "member", "since": "2022-08-05"})
    officer.post("/posts/leave", {"post": unit, "on": "2022-08-08"})
    officer.post("/posts/end", {"post": unit, "on": "2022-08-08"})
    officer.post("/units/change", {"unit": unit, "since": "2022-08-08", "name": "Thôn Đổi Tên"})
    officer.post("/units/end", {"unit": unit, "on": "2022-08-09"})


def test_an_officer_keeps_nobody_elses_register(of: Of) -> None:
    officer, day = of(OFFICER), {"since": "2022-08-01"}
    other = "hai-luu/thon-ben-mo"
    refused: list[tuple[str, dict[str, object]]] = [
        ("/units/add", {"name": "Thôn Lạ", "level": "village", "parent": "hai-luu", **day}),
        ("/units/add", {"name": "Tỉnh Lạ", "level": "province", **day}),
        ("/units/change", {"unit": other, "name": "Thôn Lạ", **day}),
        ("/units/change", {"unit": "quang-yen", "authorised": True, **day}),
        ("/units/change", {"unit": VILLAGE, "parent": "hai-luu", **day}),
        ("/units/end", {"unit": "quang-yen", "on": "2022-08-01"}),
        ("/posts/hold", {"post": other, "person": HEAD, **day}),
        ("/posts/hold", {"post": VILLAGE, "person": "PCM97NRJ", **day}),
        ("/posts/leave", {"post": other, "on": "2022-08-01"}),
        ("/posts/end", {"post": other, "on": "2022-08-01"}),
        ("/plans", {"post": other, "kind": "admit", "on": "2022-08-01"}),
        ("/meetings", {"unit": other, "on": "2022-08-01", "came": True}),
        ("/terms", {"unit": "hai-luu", "on": "2022-08-01"}),
        ("/people/set", {"person": "PCM97NRJ", "home": "x"}),
        ("/people/membership", {"person": "PCM97NRJ", "status": "member", **day}),
        ("/users/add", {"user": "moi", "name": "Người Lạ", "role": "branch_secretary", "unit": other, **day}),
        ("/users/grant", {"user": SECRETARY, "role": "branch_secretary", "unit": other, **day}),
        ("/users/end", {"user": STRANGER, "on": "2022-08-01"}),
        ("/users/end", {"user": DISTRICT, "on": "2022-08-01"}),
        ("/users/grant", {"user": OFFICER, "role": "branch_secretary", "unit": VILLAGE, **day}),
        (
            "/users/add",
            {"user": "moi", "name": "Người Lạ", "role": "commune_officer", "unit": "quang-yen", **day},
        ),
        ("/users/end", {"user": OFFICER, "on": "2022-08-01", "role": "commune_officer", "unit": "quang-yen"}),
    ]
    for path, asked in refused:
        officer.post(path, asked, status=404)


def test_a_secretary_logs_the_own_branchs_meetings_and_enters_nothing_else(of: Of) -> None:
    program = of(SECRETARY)
    asked = {"unit": VILLAGE, "on": "2022-08-07", "came": True}
    assert program.post("/meetings", asked)["person"] == HEAD
    assert program.get("/meetings")["meetings"][0]["on"] == "2022-08-07"
    program.post("/people/add", {"name": "Ai Đó"}, status=404)
    program.post("/people/set", {"person": HEAD, "home": "x"}, status=404)
    program.post("/plans", {"post": VILLAGE, "kind": "admit", "on": "2022-08-01"}, status=404)
    program.post("/posts/leave", {"post": VILLAGE, "on": "2022-08-01"}, status=404)


def test_users_below_are_added_given_roles_and_ended(of: Of, office: Office) -> None:
    officer = of(OFFICER)
    villages = [one["id"] for one in officer.get("/units")["units"] if one["level"] == "village"]
    village = next(one for one in villages if one != VILLAGE)
    day = {"since": "2022-08-01"}
    added = {"user": "bithu.moi", "name": "Hà Thị Mới", "role": "branch_secretary", "unit": village, **day}
    assert officer.post("/users/add", added)["unit"] == village
    officer.post("/users/grant", {"user": "bithu.moi", "role": "branch_secretary", "unit": VILLAGE, **day})
    role = {"user": "bithu.moi", "role": "branch_secretary", "unit": village, "on": "2022-08-05"}
    officer.post("/users/end", role)
    officer.post("/users/end", {"user": "bithu.moi", "on": "2022-08-08"})
    assert not any(holds_on(one, office.read_today()) for one in office.read_snapshot().grants["bithu.moi"])
    assert faults(officer.post("/users/add", {**added, "person": HEAD}, status=422)) == {
        "body": "not_as_described"
    }


def test_what_is_null_is_forgotten_and_what_is_left_out_stays(of: Of) -> None:
    officer = of(OFFICER)
    officer.post("/people/set", {"person": HEAD, "home": "Sông Lô", "occupation": "Nông dân"})
    assert officer.post("/people/set", {"person": HEAD, "home": "Sông Lô"})["changed"] is False
    assert officer.post("/people/set", {"person": HEAD, "born": None})["changed"] is True
    assert officer.get("/people", q=HEAD)["people"][0]["born"] is None


def test_programs_find_whom_the_pages_find(of: Of) -> None:
    officer = of(OFFICER)
    person = officer.post("/people/add", {"name": "Đặng Văn Thử", "born": "1980-02-01"})["id"]
    for query, people in (("dang van thu", 1), (person.lower(), 1), ("dang van", 0), ("", 0)):
        rows = officer.get("/people", q=query, limit=500)["people"]
        assert sum(one["id"] == person for one in rows) == people, query
    assert [one["id"] for one in of(DISTRICT).get("/people", q="dang van thu")["people"]] == [person]


# --- letters and notices ------------------------------------------------------------------------------------


@pytest.fixture
def letter(office: Office, of: Of) -> str:
    """A letter to the secretary whose turn it is to propose."""
    secretary = next(one for one in of(DISTRICT).get("/users")["users"] if one["id"] == PROPOSER)
    of("canbo.dong-thinh").post(
        "/people/set", {"person": secretary["person"], "contact": "bithu@thon.example"}
    )
    move_clock(office, 1)
    DailyRun(office).run_morning()
    rows = of(DISTRICT).get("/letters")["letters"]
    return next(str(one["letter"]) for one in rows if one["user"] == PROPOSER)


def test_letters_are_read_cancelled_and_sent_again_by_those_above(of: Of, letter: str) -> None:
    officer = of("canbo.dong-thinh")
    assert "Chi bộ xét kết nạp" in officer.get(f"/letters/{letter}")["text"]
    assert officer.post(f"/letters/{letter}/cancel", None) == {"letter": letter, "state": "cancelled"}
    assert officer.post(f"/letters/{letter}/cancel", None, status=422)["error"]["code"] == "letter_settled"
    assert officer.post(f"/letters/{letter}/retry", None) == {"letter": letter, "state": "waiting"}


def test_letters_to_others_are_not_there(of: Of, letter: str) -> None:
    for user in (OFFICER, PROPOSER, SECRETARY):
        of(user).get(f"/letters/{letter}", status=404)
        of(user).post(f"/letters/{letter}/cancel", None, status=404)
    assert of(OFFICER).get("/letters")["total"] == 0


def test_a_notice_is_put_off_by_whoever_was_told_and_by_nobody_elsewhere(of: Of, letter: str) -> None:
    told = next(
        one for one in of(PROPOSER).get(f"/cases/{VOTED}/notices")["notices"] if one["letter"] == letter
    )
    path, asked = f"/notices/{told['id']}/snooze", {"until": "2022-09-01", "reason": "bí thư đi học"}
    of(STRANGER).post(path, asked, status=404)
    of(STRANGER).post("/notices/999999/snooze", asked, status=404)
    assert of(PROPOSER).post(path, asked) == {"notice": told["id"], "until": "2022-09-01"}
    assert of(PROPOSER).get(f"/cases/{VOTED}")["snoozed"][0]["reason"] == "bí thư đi học"
    assert faults(of(PROPOSER).post(path, {**asked, "until": "2022-01-01"}, status=422)) == {
        "until": "not_to_come"
    }
