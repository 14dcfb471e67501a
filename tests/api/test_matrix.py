"""Every route of the application, page or API, asked by everybody: the table says who gets what; none is
missing.
"""

import io
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx2 import Response
from PIL import Image
from starlette.testclient import TestClient

from tests.api.matrix import ASKED, CASE, FILLED, PEOPLE, SENT, Row, rows
from tests.pages.guests import Guest, guest, pages_of
from workflow.accounts.api_tokens import create_token
from workflow.cases.commands.people_facts import change_person
from workflow.cases.views.case_view import load_case_view
from workflow.dossier.print_papers import write_dossier
from workflow.dossier.receive_papers import attach_scan
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.time_machine import move_clock
from workflow.register.acts import ChangePerson
from workflow.register.writer import Who
from workflow.reminders.daily_run import DailyRun
from workflow.reminders.history import list_notice_history
from workflow.web.render import asset_url

ROWS = rows()


@dataclass
class Asked:
    """The office that everybody asks, with what stands in the braces of its paths."""

    office: Office
    app: FastAPI
    filled: dict[str, str]
    pages: dict[str, Guest]
    tokens: dict[str, str]

    def ask(self, row: Row, user: str | None) -> Response:
        """One request of somebody's, well-formed in all but its day."""
        if row.path.startswith("/api/"):
            return self._program(row, user)
        who = self.pages[user] if user else guest(self.app)
        asked: dict[str, Any] = dict(ASKED.get(row.name, {}))
        if row.method == "GET":
            return who.client.get(self._path(row), params=asked, follow_redirects=False)
        return who.client.post(self._path(row), data=asked | self._proof(who), follow_redirects=False)

    def _program(self, row: Row, user: str | None) -> Response:
        headers = {"authorization": f"Bearer {self.tokens[user]}"} if user else {}
        client = TestClient(self.app)
        if row.method == "GET":
            return client.get(self._path(row), params=ASKED.get(row.name), headers=headers)
        if row.path.endswith("/scan"):
            data = {"on": "2150-01-01", "by": "bithu.bai-moi"}
            return client.post(
                self._path(row), data=data, files={"file": ("x.jpg", photo())}, headers=headers
            )
        known = {"HEAD": self.filled["head"], "BRANCH": "bithu.bai-moi"}
        body = {name: known.get(str(value), value) for name, value in SENT.get(row.path, {}).items()}
        return client.post(self._path(row), json=body, headers=headers)

    def _path(self, row: Row) -> str:
        path = row.path.replace(".{kind}", ".pdf").replace(":path}", "}")
        filled = self.filled | ({"code": "CN-NTVĐ"} if row.method == "POST" else {})
        return asset_url("style.css") if path.startswith("/static") else path.format_map(filled)

    def _proof(self, who: Guest) -> dict[str, Any]:
        token = who.client.cookies.get("ketnap") or ""
        return {"csrf": self.office.vault.compute_mac(b"form " + token.encode()).hex()[:32]}

    @property
    def written(self) -> tuple[int, int]:
        """What grows with everything that is recorded."""
        return self.office.read_snapshot().n, load_case_view(self.office, CASE, "vi").version


def photo() -> bytes:
    """A photo of a sheet."""
    held = io.BytesIO()
    Image.new("RGB", (600, 850), "white").save(held, "JPEG")
    return held.getvalue()


@pytest.fixture(scope="module")
def asked(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder = tmp_path_factory.mktemp("bảng quyền") / "mẫu"
    shutil.copytree(made, folder)
    with closing(open_office(folder / "config.yaml")) as office, pages_of(office) as app:
        person = load_case_view(office, CASE, "vi").person.id
        filled = {**FILLED, "head": person, "person": person, **send_letter(office)}
        users = [user for user in PEOPLE.values() if user]
        pages = {user: guest(app).enter(user) for user in users}
        tokens = {user: create_token(office, user, "bảng quyền") for user in users}
        yield Asked(office, app, filled, pages, tokens)


def send_letter(office: Office) -> dict[str, str]:
    """A letter to the branch's secretary about the case, and a signed paper of it."""
    secretary = next(one.person_id for one in office.read_snapshot().users["bithu.bai-moi"])
    change_person(
        office, ChangePerson(person=secretary, details={"contact": "bithu@thon.example"}), Who("", "test")
    )
    view = load_case_view(office, CASE, "vi")
    write_dossier(
        office, CASE, "pdf", Who("bithu.bai-moi", "test")
    )  # printing a paper issues it: here, once for all who ask
    attach_scan(office, CASE, "5-KNĐ", photo(), Who("bithu.bai-moi", "test"), on=view.today, dated=None)
    move_clock(office, 1)
    DailyRun(office).run_morning()
    told = next(
        one for one in list_notice_history(office, CASE, "vi") if one.user == "bithu.bai-moi" and one.letter
    )
    return {"letter": str(told.letter), "notice": str(told.id)}


@pytest.mark.parametrize("row", [row for row in ROWS if not row.is_open], ids=lambda row: row.name)
def test_a_route_answers_those_whom_the_table_names(asked: Asked, row: Row) -> None:
    before = asked.written
    assert len(row.signs) == len(PEOPLE), row
    heard = [_sign(asked.ask(row, user)) for user in PEOPLE.values()]
    fits = [
        sign in (said, "yes" if said == "may" else said) for said, sign in zip(row.signs, heard, strict=True)
    ]
    assert all(fits), dict(zip(PEOPLE, zip(row.signs, heard, strict=True), strict=True))
    assert asked.written == before


def _sign(answer: Response) -> str:
    """The table's sign for an answer."""
    to_the_door = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
    if answer.status_code == 401 or to_the_door:
        return "who?"
    return {200: "yes", 422: "may", 404: "-"}.get(answer.status_code, str(answer.status_code))


def test_no_route_is_missing_from_the_table(asked: Asked) -> None:
    there = {
        f"{method} {one.path}"
        for one in iter_route_contexts(asked.app.routes)
        for method in one.methods or ()
    }
    assert there == {row.name for row in ROWS}
