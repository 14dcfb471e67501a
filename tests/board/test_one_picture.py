"""A page has one truth: an act recorded while it is made is in none of its numbers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import cycle
from typing import Any

import pytest
import sqlalchemy as sa

from tests.journeys.land import OFFICER, PARTED, PLAIN, TRUSTED, begin, travel
from tests.pages.guests import guest, pages_of
from workflow.office import Office
from workflow.web.cache import PageCache

START, TODAY = date(2022, 1, 4), date(2022, 5, 16)


@contextmanager
def acting_before(office: Office, statement: int, act: Callable[[], Any]) -> Iterator[list[str]]:
    """Somebody acts just before the board's statement of that number; the statements on the tables of
    cases.
    """
    asked: list[str] = []

    def note(_conn: Any, _cursor: Any, text: str, *_: Any) -> None:
        if "FROM cases" in text or "FROM clocks" in text or "FROM posts" in text:
            asked.append(text)
            if len(asked) == statement:
                act()

    sa.event.listen(office.database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(office.database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", ["/board", "/", "/cases", "/cases?q=b%C3%ACnh"])
def test_an_act_between_two_parts_of_a_page_leaves_one_page_with_one_truth(land: Office, path: str) -> None:
    travel(land, TODAY)
    begin(land, PARTED, date(2022, 2, 7))
    begin(land, TRUSTED, date(2022, 1, 5)).to("verification")
    late = begin(land, PLAIN, START).to("sponsorship")
    moves = cycle(["suspend", "resume"])
    with pages_of(land) as app:
        officer = guest(app).enter(OFFICER.by)
        with acting_before(land, 0, lambda: None) as asked:
            before = officer.get(path)
        assert len(asked) > 1
        for place in range(1, len(asked) + 1):
            app.state.ketnap.pages = PageCache()  # every statement is asked again
            with acting_before(land, place, lambda: late.advance(next(moves), TODAY, OFFICER)):
                meanwhile = officer.get(path)
            after = officer.get(path)
            assert after != before
            assert meanwhile in {before, after}, place
            before = after
