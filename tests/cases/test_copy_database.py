"""A database is copied into one of either kind: the same record byte for byte, and work goes on in it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.faults.by_hand import by_hand
from tests.faults.scene import begin, case_of, live, make
from tests.offices import HEAD, HUYEN
from tests.pool import Pool
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.verify.verify import verify_office
from workflow.register.acts import AddPerson
from workflow.register.commands.people import add_person
from workflow.register.views.people import find_people
from workflow.storage.copies import copy_database as module
from workflow.storage.copies.copy_database import NotCopied, compare_databases, copy_database, list_tables
from workflow.storage.engine import Database
from workflow.storage.tables.history import EVENTS, OFFICE, TEXTS

Bare = Callable[[str], str]
"""A database of a kind with nothing in it, by its URL."""


@pytest.fixture
def bare(postgres: Pool, tmp_path: Path) -> Iterator[Bare]:
    given: list[str] = []

    def give(kind: str) -> str:
        file = tmp_path / f"bản sao {len(given)}.db"
        given.append(f"sqlite:///{file.as_posix()}" if kind == "sqlite" else postgres.bare())
        return given[-1]

    yield give
    for url in given:
        if not url.startswith("sqlite"):
            postgres.drop(url)


@contextmanager
def both(office: Office, url: str) -> Iterator[tuple[sa.Connection, sa.Connection]]:
    """One picture of an office's database, and a write transaction in another one."""
    with (
        closing(Database(url, office.config.folder)) as target,
        office.database.read_transaction() as connection,
        target.transaction() as work,
    ):
        yield connection, work.connection


def copy_of(office: Office, url: str, folder: Path) -> Office:
    """The office as it stands in a copy of its database, open in a folder of its own."""
    with both(office, url) as (source, target):
        copy_database(source, target)
    with both(office, url) as (source, target):
        assert compare_databases(source, target) == []
    folder.mkdir()
    shutil.copy(office.config.key_path, folder / "office.key")
    config = folder / "config.yaml"
    config.write_text(f"office: Bản sao\ndatabase: {url}\n", encoding="utf-8")
    return open_office(config)


def record(office: Office) -> list[tuple[int, bytes, bytes]]:
    """The bytes of all events and what chains them."""
    with office.database.read_transaction() as connection:
        rows = connection.execute(sa.select(EVENTS.c.n, EVENTS.c.body, EVENTS.c.hash).order_by(EVENTS.c.n))
        return [(row.n, bytes(row.body), bytes(row.hash)) for row in rows]


def test_a_sample_goes_from_sqlite_to_postgresql_on_and_back_and_stays_the_same_to_the_byte(
    made: Path, bare: Bare, tmp_path: Path
) -> None:
    with ExitStack() as opened:
        here = opened.enter_context(closing(open_office(made / "config.yaml")))
        before, seal = record(here), verify_office(here).seal
        for number, kind in enumerate(("postgresql", "postgresql", "sqlite", "sqlite")):
            here = opened.enter_context(closing(copy_of(here, bare(kind), tmp_path / str(number))))
            verification = verify_office(here)
            assert (verification.broken, verification.seal) == ([], seal)
            assert record(here) == before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_office_that_has_lived_for_a_year_works_on_in_its_copy(
    tmp_path: Path, database_url: str, bare: Bare, kind: str
) -> None:
    with closing(make(tmp_path, database_url)) as office:
        live(office)
        before, seal = record(office), verify_office(office).seal
        with closing(copy_of(office, bare(kind), tmp_path / "bản sao")) as there:
            assert (record(there), verify_office(there).seal) == (before, seal)
            case = begin(there, "P-DUNG")
            add_person(there, AddPerson(details={"name": "Nguyễn Thị Mới"}), HUYEN)
            assert case_of(there, "P-DUNG") == case
            assert case_of(there, HEAD) == case_of(office, HEAD)
            assert "Nguyễn Thị Mới" in {one.name for one in find_people(there, "nguyen thi moi")}
            assert verify_office(there).holds
        assert record(office) == before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_days_yes_and_no_nothing_and_zero_bytes_arrive_as_they_were(
    tmp_path: Path, database_url: str, bare: Bare, kind: str
) -> None:
    row = {"id": "T-1", "user_id": "bithu", "day": date(2024, 2, 29), "sealed": bytes(range(256)) * 3}
    late = {"state": "waiting", "tries": 0, "made_at": 2**40, "next_at": -1, "said": "“Nội dung”\n\t\\N"}
    mailbox = {"user_id": "bithu", "address": b"", "off_since": None, "code": None, "only_duty": True}
    with closing(make(tmp_path, database_url)) as office:
        with by_hand(office) as hand:
            hand.add("letters", **row, **late)
            hand.add("mailboxes", **mailbox)
        with closing(copy_of(office, bare(kind), tmp_path / "bản sao")) as there, by_hand(there) as hand:
            (letter,), (box,) = hand.rows("letters"), hand.rows("mailboxes")
            assert {name: letter[name] for name in row | late} == row | late
            assert (letter["lease"], letter["sent_at"], box) == (None, None, mailbox)


def test_a_copy_is_one_picture_while_others_write(tmp_path: Path, database_url: str, bare: Bare) -> None:
    with closing(make(tmp_path, database_url)) as office, both(office, bare("sqlite")) as (source, target):
        told: list[tuple[int, int]] = []

        def write_meanwhile(done: int, total: int) -> None:
            if not told:
                add_person(office, AddPerson(details={"name": "Nguyễn Thị Mới"}), HUYEN)
            told.append((done, total))

        rows = copy_database(source, target, write_meanwhile)
        assert told[-1] == (rows, rows)
        events = target.execute(sa.select(sa.func.count()).select_from(EVENTS)).scalar_one()
        assert events == source.execute(sa.select(sa.func.count()).select_from(EVENTS)).scalar_one()
        assert events == len(record(office)) - 1


def test_large_texts_are_held_in_memory_a_few_at_a_time(
    tmp_path: Path, database_url: str, bare: Bare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 25_000)
    with closing(make(tmp_path, database_url)) as office:
        with by_hand(office) as hand:
            for n in range(5):
                hand.add("texts", n=900 + n, person_id=HEAD, field="scan", sealed=b"\0" * 10_000)
        steps: list[int] = []
        with both(office, bare("sqlite")) as (source, target):
            copy_database(source, target, lambda done, _total: steps.append(done))
            target_rows = target.execute(sa.select(sa.func.count()).select_from(TEXTS)).scalar_one()
            texts = source.execute(sa.select(sa.func.count()).select_from(TEXTS)).scalar_one()
        assert target_rows == texts
        assert {later - earlier for earlier, later in pairwise(steps)} >= {2}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_in_which_something_stands_is_left_as_it_is(
    tmp_path: Path, sqlite_url: str, bare: Bare, kind: str
) -> None:
    with closing(make(tmp_path, sqlite_url)) as office:
        url = bare(kind)
        with both(office, url) as (_, target):
            target.execute(sa.text("CREATE TABLE of_another_program (id INTEGER)"))
        with both(office, url) as (source, target), pytest.raises(NotCopied) as told:
            copy_database(source, target)
        assert (told.value.why, told.value.text) == ("not_empty", "of_another_program")
        with both(office, url) as (_, target):
            assert list_tables(target) == ["of_another_program"]


def test_a_word_where_a_day_belongs_is_named_by_its_table_and_leaves_the_target_empty(
    tmp_path: Path, sqlite_url: str, bare: Bare
) -> None:
    url = bare("postgresql")
    with closing(make(tmp_path, sqlite_url)) as office:
        with by_hand(office) as hand:
            hand.type("UPDATE tenures SET valid_from = 'hôm nay'")
        with pytest.raises(NotCopied) as told, both(office, url) as (source, target):
            copy_database(source, target)
        assert (told.value.why, told.value.text) == ("bad_rows", "tenures")
        with both(office, url) as (_, target):
            assert list_tables(target) == []


def test_a_letter_that_postgresql_cannot_hold_is_named_by_its_table(
    tmp_path: Path, sqlite_url: str, bare: Bare
) -> None:
    with closing(make(tmp_path, sqlite_url)) as office:
        with by_hand(office) as hand:
            hand.type("UPDATE office SET name = 'Sông' || char(0) || 'Lô'")
        with pytest.raises(NotCopied) as told, both(office, bare("postgresql")) as (source, target):
            copy_database(source, target)
        assert (told.value.why, told.value.text) == ("bad_rows", "office")


def test_one_bit_that_is_not_the_same_is_found_and_a_row_that_one_side_lacks(
    tmp_path: Path, database_url: str, bare: Bare
) -> None:
    url = bare("sqlite" if database_url.startswith("postgresql") else "postgresql")
    with closing(make(tmp_path, database_url)) as office:
        copy_of(office, url, tmp_path / "bản sao").close()
        with both(office, url) as (source, target):
            body = target.execute(sa.select(EVENTS.c.body).where(EVENTS.c.n == 3)).scalar_one()
            target.execute(sa.update(EVENTS).where(EVENTS.c.n == 3).values(body=body[:-1] + b"\0"))
            target.execute(sa.delete(OFFICE))
            found = compare_databases(source, target)
        assert sorted(found) == [("events", (3,)), ("office", (1,))]
