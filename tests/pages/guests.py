"""Somebody at the pages without a screen: opens them, fills in their forms as they stand, sends them."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any

from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from workflow.office import Office
from workflow.web.app import create_app

Fields = list[tuple[str, str]]


class Forms(HTMLParser):
    """Every form of a page with the fields that it would send as it stands."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, Fields]] = []
        self._select: str | None = None
        self._area: str | None = None
        self.feed(html)

    @property
    def _fields(self) -> Fields:
        return self.forms[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((said.get("action", ""), []))
        elif not self.forms:
            return
        elif tag == "input" and "name" in said:
            kind = said.get("type", "text")
            if kind not in ("radio", "checkbox", "file", "submit") or (kind != "file" and "checked" in said):
                self._fields.append((said["name"], said.get("value", "on" if "checked" in said else "")))
        elif tag == "select":
            self._select = said["name"]
        elif tag == "option" and self._select and "selected" in said:
            self._fields.append((self._select, said.get("value", "")))
        elif tag == "textarea":
            self._area = said["name"]
            self._fields.append((said["name"], ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            name, held = self._fields[-1]
            self._fields[-1] = (name, held + data)


@dataclass
class Guest:
    """One browser."""

    client: TestClient

    def enter(self, user: str) -> "Guest":
        """Enter the sample office as a user."""
        answer = self.client.post(f"/enter/{user}", follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return self

    def get(self, path: str, *, status: int = 200) -> str:
        """A page's text; its status is as expected."""
        answer = self.client.get(path, follow_redirects=False)
        assert answer.status_code == status, (path, answer.status_code, words(answer.text)[:2000])
        return answer.text

    def form(self, path: str) -> Fields:
        """The fields of the page's own form: of the one that is sent to the page's address, as it stands."""
        page = self.get(path)
        own = path.split("?", maxsplit=1)[0]
        found = [fields for action, fields in Forms(page).forms if action.split("?")[0] == own]
        assert found, (path, words(page)[:500])
        return found[0]

    def send(
        self, path: str, typed: Mapping[str, Any], *, form: Fields | None = None, **more: Any
    ) -> Response:
        """Fill in the page's form and send it; what is typed goes in place of what stood there."""
        held = self.form(path) if form is None else form
        data: dict[str, Any] = {}
        for name, value in held:
            data.setdefault(name, []).append(value)
        data |= typed
        return self.client.post(path, data=data, follow_redirects=False, **more)

    def done(self, path: str, typed: Mapping[str, Any], **more: Any) -> str:
        """Send a form that goes through; the page that it leads to."""
        answer = self.send(path, typed, **more)
        assert answer.status_code == 303, (answer.status_code, words(answer.text)[:3000])
        return self.get(answer.headers["location"])


def words(html: str) -> str:
    """What a page says, without its marks."""
    text = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(text).split())


@contextmanager
def pages_of(office: Office) -> Iterator[FastAPI]:
    """The application on an office, begun and ended as a server does."""
    app = create_app(office)
    with TestClient(app):
        yield app


def guest(app: FastAPI) -> Guest:
    """A new browser."""
    return Guest(TestClient(app, base_url="http://ketnap.example", raise_server_exceptions=True))
