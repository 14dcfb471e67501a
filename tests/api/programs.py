"""A program of somebody's own at the API: asks with a token, is answered in JSON."""

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from workflow.accounts.api_tokens import create_token

API = "/api/v1"
Told = dict[str, Any]


@dataclass
class Program:
    """A program with one user's token."""

    client: TestClient
    user: str
    token: str

    def ask(self, method: str, path: str, **more: Any) -> Response:
        """Any request; its status is as it comes."""
        headers = {"authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.client.request(method, API + path, headers=headers, **more)

    def get(self, path: str, *, status: int = 200, **query: Any) -> Told:
        """Read."""
        return answered(self.ask("GET", path, params=query), status)

    def post(self, path: str, body: Any, *, status: int = 200, **more: Any) -> Told:
        """Do something."""
        return answered(self.ask("POST", path, json=body, **more), status)


def answered(answer: Response, status: int) -> Told:
    """The document, if the status is as expected."""
    assert answer.status_code == status, (answer.status_code, answer.text[:2000])
    assert answer.headers["content-type"] == "application/json"
    told: Told = answer.json()
    if status >= 400:
        assert told["error"]["message"], told
    return told


def program(app: FastAPI, user: str) -> Program:
    """A program of a user's, with a new token."""
    client = TestClient(app, base_url="http://ketnap.example")
    return Program(client, user, create_token(app.state.ketnap.office, user, "chương trình thử"))


def faults(told: Told) -> dict[str, str]:
    """What is amiss, by field."""
    assert told["error"]["code"] == "mistyped", told
    return {one["field"]: one["code"] for one in told["error"]["details"]}
