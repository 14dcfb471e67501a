"""The board, its lists and an act on many cases, on either database."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.pages.guests import guest, pages_of, words
from tests.pages.test_board import counted_links, total
from tests.pages.test_bulk import ENROL, HUAN, KHAI, nominate, send, state
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.sample import make_sample
from workflow.register.writer import Who


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    """The sample office on an empty database."""
    config = f"office: Mẫu\ndatabase: {database_url}\n"
    make_sample(tmp_path / "mẫu", "song-lo-2022", Who("", "test"), config_text=config)
    with closing(open_office(tmp_path / "mẫu" / "config.yaml")) as opened:
        yield opened


@pytest.fixture
def app(office: Office) -> Iterator[FastAPI]:
    """Its pages."""
    with pages_of(office) as served:
        yield served


def test_the_district_looks_at_the_board_then_sends_two_to_class(app: FastAPI, office: Office) -> None:
    district = guest(app).enter("vanphong.huyen")
    for asked in ("", "?on=01/06/2022&known=then"):
        for href, number in counted_links(district.get(f"/board{asked}"), "/cases")[:6]:
            assert total(district.get(href)) == number, href
    for path, rows in (
        ("/heads?of=remaining", 8),
        ("/due", 5),
        ("/untold", 0),
        ("/cases?q=nhai&sort=place", 1),
    ):
        assert total(district.get(path)) == rows, path
    nominate(office)
    answer = send(district, ENROL, {"on": "09/08/2022"})
    assert "Đã ghi cho 2 lượt" in words(district.get(answer.headers["location"]))
    assert (state(office, KHAI), state(office, HUAN)) == ("training", "training")
    steps = dict(counted_links(district.get("/board"), "/cases"))
    assert steps["/cases?pipeline=admission&state=training"] == 3, "the board counts them at once"
