"""A page has one truth: an act recorded while it is made is in none of its numbers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import cycle
from typing import Any

import pytest
import sqlalchemy as sa

from tests.journeys.land import OFFICER, PARTED, PLAIN, SECRETARY, TRUSTED, Journey, begin, travel
from tests.pages.guests import guest, pages_of
from workflow.cases.commands.people_facts import change_person
from workflow.office import Office
from workflow.register.acts import ChangePerson
from workflow.register.writer import Who
from workflow.web.cache import PageCache

START, TODAY = date(2022, 1, 4), date(2022, 5, 16)


TABLES = ("cases", "clocks", "posts", "people")


@dataclass
class Upheaval:
    """Acts after each of which every part of a page says something else than before.

    Two cases, one whose turn is the officer's and one that is late elsewhere, are suspended and resumed, and
    their people get other names.
    """

    office: Office
    cases: Sequence[Journey]
    _moves: Iterator[str] = field(default_factory=lambda: cycle(["suspend", "resume"]))
    _names: Iterator[str] = field(default_factory=lambda: cycle(["Nguyễn Thị Bình Minh", "Lê Thị Bình Yên"]))

    def act(self) -> None:
        move, name = next(self._moves), next(self._names)
        for case in self.cases:
            case.advance(move, TODAY, OFFICER)
            person = case.view().person.id
            change_person(self.office, ChangePerson(person=person, details={"name": name}), OFFICER)


@contextmanager
def acting_before(office: Office, statement: int, act: Callable[[], Any]) -> Iterator[list[str]]:
    """Somebody acts just before the page's statement of that number; the statements on cases and people."""
    asked: list[str] = []

    def note(_conn: Any, _cursor: Any, text: str, *_: Any) -> None:
        if any(f"FROM {table}" in text for table in TABLES):
            asked.append(text)
            if len(asked) == statement:
                act()

    sa.event.listen(office.database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(office.database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/board", OFFICER),
        ("/", OFFICER),
        ("/", SECRETARY),
        ("/cases", OFFICER),
        ("/cases?q=b%C3%ACnh", OFFICER),
    ],
    ids=str,
)
def test_an_act_between_two_parts_of_a_page_leaves_one_page_with_one_truth(
    land: Office, path: str, who: Who
) -> None:
    travel(land, TODAY)
    late = begin(land, PARTED, date(2022, 2, 7))
    mine = begin(land, TRUSTED, date(2022, 1, 5)).to("verification")
    begin(land, PLAIN, START).to("sponsorship")
    upheaval = Upheaval(land, [mine, late])
    with pages_of(land) as app:
        reader = guest(app).enter(who.by)
        before, place, seen = reader.get(path), 0, 0
        while place == 0 or seen:
            place, seen = place + 1, 0
            for _ in range(2):  # once while both cases go on, once while they are suspended
                app.state.ketnap.pages = PageCache()  # every statement is asked again
                with acting_before(land, place, upheaval.act) as asked:
                    meanwhile = reader.get(path)
                seen += len(asked) >= place
                if len(asked) < place:
                    upheaval.act()
                after = reader.get(path)
                assert after != before
                assert meanwhile in {before, after}, place
                before = after
        assert place > 2
