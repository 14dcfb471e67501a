"""An office moves into another database and back: the same record, and nobody writes into the old one."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.faults.scene import begin, live, make
from tests.journeys.fixtures import land as land
from tests.journeys.fixtures import land_template as land_template
from tests.journeys.fixtures import sqlite_land as sqlite_land
from tests.journeys.land import VILLAGES, Journey, opened
from tests.journeys.land import begin as begin_journey
from tests.offices import HUYEN
from tests.pool import Pool
from workflow.core.config import read_config
from workflow.office import Office
from workflow.operations import relocate as module
from workflow.operations.open_office import open_office
from workflow.operations.relocate import NotRelocated, relocate_office
from workflow.operations.verify.verify import verify_office
from workflow.register.acts import AddPerson
from workflow.register.commands.people import add_person
from workflow.storage.copies.closure import close_database
from workflow.storage.copies.copy_database import copy_database
from workflow.storage.copies.finish_relocation import prepare_config, prepared_config_path
from workflow.storage.engine import Database, show_url
from workflow.storage.errors import DatabaseUnavailable
from workflow.storage.tables.history import EVENTS

Bare = Callable[[str], str]
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.fixture
def bare(postgres: Pool, tmp_path: Path) -> Iterator[Bare]:
    """Databases of a kind with nothing in them, by their URL."""
    given: list[str] = []

    def give(kind: str) -> str:
        file = tmp_path / f"nơi mới {len(given)}.db"
        given.append(f"sqlite:///{file.as_posix()}" if kind == "sqlite" else postgres.bare())
        return given[-1]

    yield give
    for url in given:
        if not url.startswith("sqlite"):
            postgres.drop(url)


def other_kind(office: Office) -> str:
    return OTHER[office.database.url.get_backend_name()]


def record(office: Office) -> list[tuple[int, bytes, bytes]]:
    """The bytes of all events and what chains them."""
    with office.database.read_transaction() as connection:
        rows = connection.execute(sa.select(EVENTS.c.n, EVENTS.c.body, EVENTS.c.hash).order_by(EVENTS.c.n))
        return [(row.n, bytes(row.body), bytes(row.hash)) for row in rows]


def add_somebody(office: Office) -> None:
    add_person(office, AddPerson(details={"name": "Nguyễn Thị Mới"}), HUYEN)


def test_an_office_goes_there_and_back_again_with_the_same_record_to_the_byte(
    tmp_path: Path, database_url: str, bare: Bare
) -> None:
    with closing(make(tmp_path, database_url)) as office:
        live(office)
        config, before, seal = office.config.path, record(office), verify_office(office).seal
        there, back = other_kind(office), office.database.url.get_backend_name()
    for kind in (there, back):
        url = bare(kind)
        moved = relocate_office(config, url)
        assert (moved.seal, moved.events) == (seal, len(before))
        assert read_config(config).database == url
        with closing(open_office(config)) as office:
            assert (record(office), verify_office(office).broken) == (before, [])
    with closing(open_office(config)) as office:
        begin(office, "P-DUNG")
        assert verify_office(office).holds


def test_a_land_in_which_cases_stand_everywhere_moves_as_it_is(land: Office, bare: Bare) -> None:
    journeys = [begin_journey(land, village, date(2022, 3, 1)) for village in VILLAGES]
    for journey, state in zip(journeys, ("training", "opinions", "branch_meeting", "probation"), strict=True):
        journey.to(state)
    config, before = land.config.path, record(land)
    relocate_office(config, bare(other_kind(land)))
    with closing(opened(config)) as there:
        assert (record(there), verify_office(there).broken) == (before, [])
        found = Journey(there, journeys[0].case, journeys[0].start, at="training")
        assert found.to("sponsorship").state == "sponsorship"


def test_whoever_has_the_old_place_open_or_opens_it_later_is_told_where_the_office_went(
    tmp_path: Path, database_url: str, bare: Bare
) -> None:
    with closing(make(tmp_path, database_url)) as at_work:
        config, before = at_work.config.path, record(at_work)
        old = tmp_path / "máy khác"
        shutil.copytree(config.parent, old)
        add_somebody(at_work)
        url = bare(other_kind(at_work))
        moved = relocate_office(config, url)
        with pytest.raises(DatabaseUnavailable) as told:
            add_somebody(at_work)
        assert (told.value.kind, told.value.why) == ("moved", moved.now)
        with pytest.raises(DatabaseUnavailable) as told, at_work.database.transaction() as work:
            work.connection.execute(sa.text("UPDATE office SET name = 'x'"))
        assert told.value.kind == "moved"
        assert len(record(at_work)) == len(before) + 1, "what is there can still be read"
    with pytest.raises(DatabaseUnavailable) as told:
        open_office(old / "config.yaml")
    assert (told.value.kind, told.value.why) == ("moved", moved.now)
    with pytest.raises(DatabaseUnavailable):
        relocate_office(old / "config.yaml", bare("sqlite"))


def test_neither_the_sentence_nor_the_old_database_holds_the_new_password(
    tmp_path: Path, sqlite_url: str
) -> None:
    with closing(make(tmp_path, sqlite_url)) as office, pytest.raises(NotRelocated) as told:
        relocate_office(office.config.path, "postgresql://ten:rất-bí-mật@127.0.0.1:1/ketnap")
    assert told.value.why == "target_away"
    shown = show_url(sa.make_url("postgresql+psycopg://ten:mat@may-chu/ketnap?sslpassword=mat"))
    assert shown == "postgresql://may-chu/ketnap"
    assert "bí-mật" not in told.value.text


def test_while_an_office_moves_others_read_and_do_not_write(
    tmp_path: Path, database_url: str, bare: Bare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.storage.write_lock.BUSY_SECONDS", 0.1)
    with closing(make(tmp_path, database_url)) as office:
        seen: list[object] = []
        config = office.config.path
        other = Database(read_config(config).database, config.parent)
        if not other.is_sqlite:
            other.close()
            other = Database(f"{read_config(config).database}&options=-c%20lock_timeout%3D100", config.parent)
        besides = Office(office.config, other, office.vault, office.rulebook)

        def look(_done: int, _total: int) -> None:
            if seen:
                return
            seen.append(len(record(besides)))
            try:
                add_somebody(besides)
            except DatabaseUnavailable as error:
                seen.append(error.kind)

        relocate_office(config, bare("sqlite"), look)
        assert seen == [len(record(office)), "busy"]
        other.close()


def test_of_two_who_move_an_office_at_once_one_does_and_the_other_is_told(
    tmp_path: Path, database_url: str, bare: Bare
) -> None:
    with closing(make(tmp_path, database_url)) as office:
        config, before, targets = office.config.path, record(office), [bare("sqlite"), bare("sqlite")]
    ends: list[object] = []

    def go(url: str) -> None:
        try:
            ends.append(relocate_office(config, url))
        except (DatabaseUnavailable, NotRelocated) as error:
            ends.append(error)

    goers = [threading.Thread(target=go, args=(url,)) for url in targets]
    for goer in goers:
        goer.start()
    for goer in goers:
        goer.join()
    (told,) = [end for end in ends if isinstance(end, DatabaseUnavailable)]
    assert told.kind == "moved"
    with closing(open_office(config)) as office:
        assert (record(office), verify_office(office).broken) == (before, [])


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_place_where_something_stands_is_left_as_it_is(
    tmp_path: Path, sqlite_url: str, bare: Bare, kind: str
) -> None:
    url = bare(kind)
    with closing(make(tmp_path, sqlite_url)) as office, closing(Database(url, tmp_path)) as theirs:
        with theirs.transaction() as work:
            work.connection.execute(sa.text("CREATE TABLE of_another_program (id INTEGER)"))
        check_refusal(office, url, "not_empty")
        with theirs.read_transaction() as connection:
            assert sa.inspect(connection).get_table_names() == ["of_another_program"]


def check_refusal(office: Office, url: str, why: str) -> None:
    """It is refused, the office is where it was, and works on."""
    text = office.config.path.read_bytes()
    with pytest.raises(NotRelocated) as told:
        relocate_office(office.config.path, url)
    assert told.value.why == why
    assert office.config.path.read_bytes() == text
    assert not prepared_config_path(office.config.path).exists()
    add_somebody(office)
    with closing(open_office(office.config.path)) as again:
        assert verify_office(again).holds


def test_a_place_that_is_the_same_misspelt_away_or_has_no_folder_is_refused(
    tmp_path: Path, database_url: str
) -> None:
    with closing(make(tmp_path, database_url)) as office:
        check_refusal(office, read_config(office.config.path).database, "same")
        check_refusal(office, "mysql://may-chu/ketnap", "bad_url")
        check_refusal(office, "postgresql://127.0.0.1:1/ketnap", "target_away")
        check_refusal(office, f"sqlite:///{tmp_path.as_posix()}/không có/ketnap.db", "target_missing")
        assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("ketnap.db")) == [
            "văn phòng"
        ]


@pytest.mark.skipif(os.name == "nt", reason="needs a device that is always full")
def test_a_server_without_that_database_and_one_without_rights(
    tmp_path: Path, sqlite_url: str, bare: Bare
) -> None:
    url = bare("postgresql")
    with closing(make(tmp_path, sqlite_url)) as office:
        missing = sa.make_url(url).set(database="khong-co").render_as_string(hide_password=False)
        check_refusal(office, missing, "target_not_made")
        check_refusal(office, f"{url}&options=-c%20default_transaction_read_only%3Don", "target_read_only")


def test_a_full_disk_leaves_the_office_where_it_is(
    tmp_path: Path, sqlite_url: str, bare: Bare, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = bare("sqlite")

    def copy_onto_small_disk(source: sa.Connection, target: sa.Connection, *_: object) -> int:
        target.exec_driver_sql("PRAGMA max_page_count=60")
        return copy_database(source, target)

    monkeypatch.setattr(module, "copy_database", copy_onto_small_disk)
    with closing(make(tmp_path, sqlite_url)) as office:
        check_refusal(office, url, "target_full")
    assert not Path(sa.make_url(url).database or "").exists()


def test_a_record_that_does_not_hold_is_not_moved(tmp_path: Path, database_url: str, bare: Bare) -> None:
    with closing(make(tmp_path, database_url)) as office:
        live(office)
        with office.database.transaction() as work:
            work.connection.execute(sa.text("UPDATE events SET hash = body WHERE n = 7"))
        with pytest.raises(NotRelocated) as told:
            relocate_office(office.config.path, bare(other_kind(office)))
        assert (told.value.why, told.value.text) == ("broken", "7")
        begin(office, "P-DUNG")


def test_the_config_keeps_its_comments_and_only_its_database_line_is_another(
    tmp_path: Path, sqlite_url: str
) -> None:
    new = tmp_path / "mới.db"
    with closing(make(tmp_path, sqlite_url)) as office:
        config = office.config.path
        config.write_text(
            f'# cơ quan\noffice: Sông Lô\n# nơi lưu\ndatabase: "{sqlite_url}"  # một tệp\nlanguage: vi  # tiếng\n',
            encoding="utf-8",
        )
    relocate_office(config, f"sqlite:///{new.as_posix()}")
    assert config.read_text(encoding="utf-8") == (
        f'# cơ quan\noffice: Sông Lô\n# nơi lưu\ndatabase: "sqlite:///{new.as_posix()}"  # một tệp\n'
        "language: vi  # tiếng\n"
    )
    assert os.name == "nt" or new.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("office: X\n", 'office: X\ndatabase: "sqlite:///b.db"\n'),
        ("office: X", 'office: X\ndatabase: "sqlite:///b.db"\n'),
        ("database: sqlite:///a.db\r\noffice: X\r\n", 'database: "sqlite:///b.db"\r\noffice: X\r\n'),
        ("database: 'sqlite:///a#b.db' # cũ\n", 'database: "sqlite:///b.db" # cũ\n'),
        ("# database: x\ndatabase: sqlite:///a.db", '# database: x\ndatabase: "sqlite:///b.db"'),
    ],
)
def test_a_config_however_it_is_written_gets_its_line(tmp_path: Path, before: str, after: str) -> None:
    config = tmp_path / "config.yaml"
    config.write_bytes(before.encode())
    prepare_config(config, "sqlite:///b.db")
    assert prepared_config_path(config).read_bytes() == after.encode()
    assert config.read_bytes() == before.encode()


@pytest.mark.parametrize("at", ["_target_errors", "switch_config"])
def test_one_who_is_stopped_after_the_old_place_was_closed_is_finished_by_whoever_opens_the_office(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    url = f"sqlite:///{(tmp_path / 'mới.db').as_posix()}"
    with closing(make(tmp_path, sqlite_url)) as office:
        config, before = office.config.path, record(office)
    close, as_it_is = close_database, getattr(module, at)

    def stop_from_now_on(*asked: object) -> None:
        close(*asked)  # type: ignore[arg-type] # as it is called
        monkeypatch.setattr(module, at, stop)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "close_database", stop_from_now_on)
    with pytest.raises(KeyboardInterrupt):
        relocate_office(config, url)
    monkeypatch.setattr(module, at, as_it_is)
    assert read_config(config).database == sqlite_url
    with closing(open_office(config)) as office:
        assert (office.config.database, record(office)) == (url, before)
        add_somebody(office)
    assert not prepared_config_path(config).exists()
