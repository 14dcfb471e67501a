"""Programs at the door: whose a token is, what is seen by it, and what describes all that."""

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.api.people import CASE, DISTRICT, ELSEWHERE, OFFICER, PROPOSER, SECRETARY, VILLAGE, Of, nominate
from tests.api.programs import API, answered
from tests.golden import agreed
from tests.pages.guests import guest
from workflow.accounts.access_log import list_accesses
from workflow.accounts.api_tokens import end_token, list_tokens
from workflow.cases.views.history import load_history
from workflow.office import Office

GOLDEN = Path(__file__).with_name("golden") / "openapi.json"

# --- who asks -----------------------------------------------------------------------------------------------


def test_without_a_token_nothing_is_told(app: FastAPI) -> None:
    for headers in (
        {},
        {"authorization": "Bearer ketnap_x"},
        {"authorization": "Basic a:b"},
        {"authorization": ""},
    ):
        told = answered(TestClient(app).get(f"{API}/me", headers=headers), 401)
        assert told["error"]["code"] == "not_signed_in"
    assert TestClient(app).get(f"{API}/me").headers["www-authenticate"] == "Bearer"
    assert TestClient(app).get(f"{API}/openapi.json").status_code == 401


def test_a_token_says_whose_it_is_and_what_they_may(of: Of) -> None:
    told = of(SECRETARY).get("/me")
    assert (told["user"], told["today"], told["sample"]) == (SECRETARY, "2022-08-09", "song-lo-2022")
    assert [one["unit"]["id"] for one in told["roles"]] == [VILLAGE]
    assert told["above_branches"] is False


def test_a_token_that_was_ended_is_good_for_nothing(of: Of, office: Office) -> None:
    program = of(SECRETARY)
    program.get("/me")
    end_token(office, list_tokens(office, SECRETARY)[0].token)
    program.get("/me", status=401)


def test_a_session_of_the_pages_reads_and_cannot_write(app: FastAPI, office: Office) -> None:
    browser = guest(app).enter(SECRETARY).client
    assert answered(browser.get(f"{API}/cases"), 200)["cases"][0]["case"] == CASE
    told = answered(browser.post(f"{API}/cases/{CASE}/advance", json=nominate(office)), 401)
    assert "cookie" in told["error"]["message"]
    assert len(load_history(office, CASE, "vi")) == 1


def test_a_bad_token_is_not_made_good_by_a_session(app: FastAPI) -> None:
    browser = guest(app).enter(SECRETARY).client
    answered(browser.get(f"{API}/me", headers={"authorization": "Bearer ketnap_nobody"}), 401)


def test_words_come_in_the_language_that_was_asked_for(of: Of) -> None:
    program = of(SECRETARY)
    assert program.get(f"/cases/{CASE}")["state"]["label"] == "Trong danh sách rà soát"
    english = answered(
        program.ask("GET", f"/cases/{ELSEWHERE}", headers={"accept-language": "en-GB,en;q=0.9"}), 404
    )
    assert english["error"]["message"] == "There is nothing here for this user."


def test_a_sample_says_so_in_every_answers_head(of: Of) -> None:
    assert of(SECRETARY).ask("GET", "/me").headers["ketnap-sample"] == "song-lo-2022"


# --- what is seen -------------------------------------------------------------------------------------------


def test_a_secretary_sees_the_cases_of_the_own_branch_and_of_no_other(of: Of) -> None:
    program = of(SECRETARY)
    assert [one["case"] for one in program.get("/cases")["cases"]] == [CASE]
    missing = program.get("/cases/K0000000", status=404)
    for path in (
        "",
        "/history",
        "/dossier",
        "/dossier/file",
        "/papers/1-KNĐ",
        "/papers/1-KNĐ/scan",
        "/notices",
    ):
        assert program.get(f"/cases/{ELSEWHERE}{path}", status=404) == missing


def test_a_list_narrowed_to_another_commune_is_not_there(of: Of) -> None:
    officer = of(OFFICER)
    for path in (
        "/cases",
        "/units",
        "/posts",
        "/plans",
        "/meetings",
        "/coverage",
        "/board/funnel",
        "/board/due",
    ):
        officer.get(path, unit="hai-luu", status=404)
        officer.get(path, unit="quang-yen")


def test_lists_hold_only_what_lies_at_and_under_the_own_unit(of: Of) -> None:
    officer = of(OFFICER)
    for path, name in (("/units", "units"), ("/posts", "posts"), ("/people", "people"), ("/plans", "plans")):
        rows = officer.get(path, limit=500)[name]
        places = [one["id"] if name == "units" else one["unit"]["id"] for one in rows]
        assert places, path
        assert all(place.startswith("quang-yen") for place in places), path
    roles = [grant["unit"]["id"] for user in officer.get("/users")["users"] for grant in user["grants"]]
    assert roles
    assert all(place.startswith("quang-yen") for place in roles)


def test_plans_for_a_post_are_told_from_the_commune_upward_only(of: Of) -> None:
    assert "plan" in of(OFFICER).get("/posts")["posts"][0]
    assert "plan" not in of(SECRETARY).get("/posts")["posts"][0]
    of(SECRETARY).get("/plans", status=404)


def test_closed_cases_are_listed_by_the_end_they_came_to(of: Of) -> None:
    rows = of(DISTRICT).get("/cases", state="member")
    assert rows["total"] == len(rows["cases"]) > 0
    assert {one["state"]["id"] for one in rows["cases"]} == {"member"}
    assert all(one["closed_on"] for one in rows["cases"])
    assert of(SECRETARY).get("/cases", state="member")["total"] == 0


def test_each_number_of_the_board_is_the_length_of_its_list(of: Of) -> None:
    program = of(DISTRICT)
    for on in (None, "2022-05-01"):
        day: dict[str, Any] = {"on": on} if on else {}
        for way in program.get("/board/funnel", **day)["pipelines"]:
            for step in way["steps"]:
                asked: dict[str, Any] = {
                    "pipeline": way["pipeline"],
                    "state": step["state"],
                    "limit": 1,
                    **day,
                }
                assert program.get("/cases", **asked)["total"] == step["open"], step
                assert program.get("/cases", late="legal", **asked)["total"] == step["legal"], step


def test_a_page_of_a_list_begins_where_the_one_before_ended(of: Of) -> None:
    program = of(DISTRICT)
    whole = [one["case"] for one in program.get("/cases", limit=500)["cases"]]
    pages = [
        one["case"] for at in range(0, 20, 7) for one in program.get("/cases", limit=7, offset=at)["cases"]
    ]
    assert pages == whole


def test_every_look_of_a_program_at_a_case_is_logged(of: Of, app: FastAPI, office: Office) -> None:
    of(SECRETARY).get(f"/cases/{CASE}")
    app.state.ketnap.access_log.flush()
    rows = list_accesses(office, subject=CASE).looks
    assert [(one.user, one.what) for one in rows] == [(SECRETARY, "case")]


def test_reminders_that_are_to_come_are_told_to_those_they_are_for_and_above(of: Of) -> None:
    mine = of(PROPOSER).get("/notices", days=60)["notices"]
    assert {one["user"] for one in mine} == {PROPOSER}
    assert len(of(DISTRICT).get("/notices", days=60)["notices"]) > len(mine)


# --- the rules, and what describes the API ------------------------------------------------------------------


def test_everybody_may_read_the_rules(of: Of) -> None:
    program = of(SECRETARY)
    named = [(one["pipeline"], one["edition"]) for one in program.get("/rulebook")["editions"]]
    assert ("admission", "2021-07") in named
    assert "states" in program.get("/rulebook/2021-07")
    assert program.get("/rulebook/2021-07/diagram")["mermaid"].startswith("stateDiagram")
    assert program.get("/rulebook/difference", old="2021-07", new="2025-07")["told"]
    assert program.get("/rulebook/1999-01", status=404)["error"]["code"] == "unknown_edition"


def test_what_may_be_asked_is_as_was_agreed(of: Of) -> None:
    document = of(SECRETARY).get("/openapi.json")
    agreed(GOLDEN, json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def test_a_database_that_is_away_is_told_plainly(of: Of, office: Office) -> None:
    program = of(SECRETARY)
    office.close()
    file = office.database.file
    assert file is not None
    for part in file.parent.glob("ketnap.db*"):
        part.rename(part.with_name(f"away-{part.name}"))
    file.mkdir()
    assert program.get("/me", status=503)["error"]["code"].startswith("database_")
