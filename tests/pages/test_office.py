"""The rules, letters and administration on pages: who may do what, and what comes of it."""

import re

import pytest
from fastapi import FastAPI

from tests.pages.guests import Guest, guest, words
from tests.pages.sampled import app as app
from tests.pages.sampled import district as district
from tests.pages.sampled import made as made
from tests.pages.sampled import office as office
from workflow import accounts
from workflow.casebook import case_view
from workflow.office import Office

SECRETARY, OFFICER, STAFF = "bithu.ao-truc", "canbo.hai-luu", "tochuc.huyen"
PASSWORD = "một câu đủ dài"  # noqa: S105 - of nobody


def proof(who: Guest, page: str = "/") -> dict[str, str]:
    """The session's own proof, as its pages carry it."""
    found = re.search(r'name="csrf" value="(\w+)"', who.get(page))
    assert found
    return {"csrf": found[1]}


# --- the rules ---------------------------------------------------------------------------------------------------


def test_the_rules_are_read_by_everybody_with_counts_of_the_own_units(app: FastAPI, district: Guest) -> None:
    mine = guest(app).enter(SECRETARY).get("/rules")
    assert "Quy định 24-QĐ/TW" in words(mine)
    assert len(re.findall(r'class="count"', mine)) == 1
    assert len(re.findall(r'class="count"', district.get("/rules"))) > 8


def test_two_editions_are_compared_and_unknown_ones_are_not_there(district: Guest) -> None:
    assert "2025-07" in words(district.get("/rules/difference?old=2021-07&new=2025-07"))
    district.get("/rules?edition=1999-01", status=404)
    district.get("/rules?pipeline=nothing", status=404)


# --- letters -----------------------------------------------------------------------------------------------------


def test_a_commune_sees_what_its_own_people_will_be_told(app: FastAPI, district: Guest) -> None:
    assert "bithu.bai-moi" in words(district.get("/letters"))
    assert "bithu.bai-moi" not in words(guest(app).enter(OFFICER).get("/letters"))
    guest(app).enter(SECRETARY).get("/letters", status=404)


def test_a_letter_that_is_not_there_is_not_there(district: Guest) -> None:
    district.get("/letters/LNONE", status=404)
    assert district.client.post("/letters/LNONE/retry", data=proof(district)).status_code == 404


# --- administration ----------------------------------------------------------------------------------------------


def test_an_officer_gives_a_link_to_those_below_and_to_nobody_else(app: FastAPI, district: Guest) -> None:
    officer = guest(app).enter(OFFICER)
    answer = officer.client.post("/admin/link/bithu.ben-mo", data=proof(officer))
    assert answer.status_code == 200
    path = re.search(r"(/link/[\w-]+)", answer.text)
    assert path
    assert "<svg" in answer.text
    assert guest(app).send(path[1], {"password": PASSWORD, "again": PASSWORD}).status_code == 303
    for stranger in (SECRETARY, "vanphong.huyen", "khong.co"):
        assert officer.client.post(f"/admin/link/{stranger}", data=proof(officer)).status_code == 404
    assert district.client.post(f"/admin/link/{SECRETARY}", data=proof(district)).status_code == 200


def test_a_lost_phones_session_is_ended_from_above(app: FastAPI, office: Office, district: Guest) -> None:
    lost = guest(app).enter(SECRETARY)
    session = accounts.sessions(office, SECRETARY)[0].id
    officer = guest(app).enter(OFFICER)
    assert officer.client.post(f"/admin/sessions/{session}/end", data=proof(officer)).status_code == 404
    district.client.post(f"/admin/sessions/{session}/end", data=proof(district))
    assert lost.client.get("/", follow_redirects=False).status_code == 303


def test_who_looked_at_a_case_is_seen_from_above(app: FastAPI, district: Guest) -> None:
    guest(app).enter(SECRETARY).get("/case/K9AFNC5B")
    app.state.looks.flush()
    text = words(district.get("/admin/looks?case=k9afnc5b"))
    assert SECRETARY in text
    assert "lượt xét" in text


def test_backing_up_and_proving_are_for_the_district(app: FastAPI, district: Guest, office: Office) -> None:
    assert "còn nguyên vẹn" in words(district.client.post("/admin/verify", data=proof(district)).text)
    assert "Đã sao lưu" in words(district.client.post("/admin/backup", data=proof(district)).text)
    (copy,) = (office.config.folder / "sao-luu").glob("ketnap-*.db")
    assert copy.stat().st_size > 100_000
    officer = guest(app).enter(OFFICER)
    assert officer.client.post("/admin/backup", data=proof(officer)).status_code == 404


def test_a_token_is_shown_once_and_ended_by_its_user(app: FastAPI, office: Office) -> None:
    who = guest(app).enter(SECRETARY)
    made_ = who.client.post("/me/tokens", data={**proof(who), "name": "bảng tổng hợp"})
    token = re.search(r"ketnap_[\w-]+", made_.text)
    assert token
    assert accounts.token_user(office, token[0]) == SECRETARY
    assert token[0] not in who.get("/me")
    (held,) = accounts.tokens(office, SECRETARY)
    who.client.post(f"/me/tokens/{held.id}/end", data=proof(who))
    assert accounts.token_user(office, token[0]) is None


@pytest.mark.parametrize("user", [SECRETARY, OFFICER, STAFF])
def test_everybody_has_a_page_of_the_own(app: FastAPI, user: str) -> None:
    assert user in words(guest(app).enter(user).get("/me"))


def test_machines_that_watch_hear_that_all_is_well_and_nothing_else(app: FastAPI, office: Office) -> None:
    answer = guest(app).client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"well": True, "database": "there", "late": False})
    assert case_view(office, "K9AFNC5B", "vi")
