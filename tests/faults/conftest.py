"""An office that has lived for a year, once per database, and put back as it was after each deed."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from tests.faults.by_hand import Copy, by_hand, copied, restore
from tests.faults.scene import case_of, live, make
from tests.offices import HEAD
from tests.pool import Pool
from workflow.office import Office
from workflow.operations.verify.verify import verify_office


@dataclass(frozen=True)
class Lived:
    """The office with all its rows, the seal as it was printed, and the case of its village head."""

    office: Office
    rows: Copy
    seal: str
    case: str

    @property
    def events(self) -> int:
        """How many events there are."""
        return len(self.rows["events"])

    def broken(self) -> list[tuple[int, str]]:
        """What verifying finds: numbers and codes."""
        return [(one.n, one.code) for one in verify_office(self.office).broken]

    def number(self, at: int = 0, **said: object) -> int:
        """The number of the event that says this."""
        with by_hand(self.office) as hand:
            return hand.number(at, **said)


@pytest.fixture(scope="session")
def server_url(postgres: Pool) -> Iterator[str]:
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def lived_once(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    url = "sqlite:///ketnap.db" if request.param == "sqlite" else request.getfixturevalue("server_url")
    with closing(make(tmp_path_factory.mktemp("lived"), url)) as office:
        live(office)
        yield Lived(office, copied(office), verify_office(office).seal, case_of(office, HEAD))


@pytest.fixture
def lived(lived_once: Lived) -> Iterator[Lived]:
    yield lived_once
    restore(lived_once.office, lived_once.rows)
