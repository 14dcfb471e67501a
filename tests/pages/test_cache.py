"""A page that was looked at is shown again as it was, until something that it shows has changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from tests.pages.guests import guest, words
from workflow.office import Office
from workflow.web.cache import PageCache

CASE, SECRETARY, OFFICER, NAME = "K9AFNC5B", "bithu.ao-truc", "canbo.quang-yen", "Lưu Văn Khải"
SUSPENDED = {"on": "08/08/2022", "reason": "đi làm xa", "review_on": "01/12/2022"}


@contextmanager
def asking_for_names(office: Office) -> Iterator[list[str]]:
    """The statements that ask for people meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        if "FROM people" in text:
            asked.append(text)

    sa.event.listen(office.database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(office.database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", ["/", f"/case/{CASE}"])
def test_a_page_is_made_once_until_an_act(app: FastAPI, office: Office, path: str) -> None:
    secretary = guest(app).enter(SECRETARY)
    before = secretary.get(path)
    assert NAME in before
    with asking_for_names(office) as asked:
        assert secretary.get(path) == before
    assert asked == []
    guest(app).enter(OFFICER).done(f"/case/{CASE}/do/suspend", SUSPENDED)
    after = secretary.get(path)
    assert ("Trong danh sách rà soát" in words(before), after != before) == (True, True)
    assert secretary.get(path) == after


def test_each_reader_and_each_session_has_pages_of_their_own(app: FastAPI) -> None:
    first, second, officer = (guest(app).enter(user) for user in (SECRETARY, SECRETARY, OFFICER))
    pages = [who.get(f"/case/{CASE}") for who in (first, second, officer)]
    assert len(set(pages)) == 3
    assert [user in page for user, page in zip((SECRETARY, SECRETARY, OFFICER), pages, strict=True)] == [
        True
    ] * 3
    english = guest(app)
    english.enter(SECRETARY)
    english.client.cookies.set("lang", "en")
    assert "Sign out" in words(english.get("/"))


def test_older_pages_make_room() -> None:
    cache, made = PageCache(max_bytes=5_000), list[int]()

    def page(number: int) -> str:
        made.append(number)
        return f"{number}" + "x" * 1_500

    for number in (1, 2, 1, 3, 4, 1, 2):
        assert cache.get_or_render(number, partial(page, number)).startswith(str(number))
    assert made == [1, 2, 3, 4, 2]
