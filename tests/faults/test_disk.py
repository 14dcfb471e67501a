"""A full disk, a read-only one, a lost key, a spoilt file: the program's own word for it, and nothing
half written.
"""

import json
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from tests.faults.by_hand import TABLES, by_hand, copied
from tests.faults.scene import JOURNEY, LIFE, begin, case_of, live, make, step
from tests.offices import HEAD, HUYEN, TODAY, VILLAGE, make_small_office
from tests.open_files import is_open
from workflow.core.crypto import KeyLost, WrongKey, make_key_file
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.verify.verify import verify_office
from workflow.register.writer import RegisterWriter
from workflow.storage import engine, write_lock
from workflow.storage.engine import DatabaseUnavailable
from workflow.storage.schema import WrongSchemaVersion

ROOT = Path(__file__).parents[2]
LINUX = sys.platform != "win32"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office on SQLite with a case at its beginning."""
    with closing(make(tmp_path, "sqlite:///ketnap.db")) as made:
        begin(made, HEAD)
        yield made


def file_of(office: Office) -> Path:
    assert office.database.file is not None
    return office.database.file


def nominate(office: Office) -> None:
    step(office, case_of(office, HEAD), JOURNEY[0])


# --- the disk is full ---------------------------------------------------------------------------------------


@contextmanager
def full_disk(office: Office, pages: int) -> Iterator[None]:
    """A database that may grow by so many pages and no more; SQLite says of it what it says of a full
    disk.
    """
    with office.database.read_transaction() as connection:
        limit = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + pages

    def narrow(raw: Any, _record: Any) -> None:
        raw.execute(f"PRAGMA max_page_count = {limit}")

    office.close()
    sa.event.listen(office.database.engine, "connect", narrow)
    yield
    sa.event.remove(office.database.engine, "connect", narrow)
    office.close()


@pytest.mark.parametrize("pages", [0, 1, 2, 3, 4])
def test_a_full_disk_leaves_the_last_whole_act_and_room_lets_work_go_on(office: Office, pages: int) -> None:
    done = 0
    with full_disk(office, pages):

        def look() -> None:
            nonlocal done
            done += 1

        with pytest.raises(DatabaseUnavailable) as away:
            live(office, look, since=1)
        assert away.value.kind == "full"
        assert verify_office(office).broken == []
        before = copied(office)
        with pytest.raises(DatabaseUnavailable):
            LIFE[1 + done](office)
        assert copied(office) == before
    live(office, since=1 + done)
    assert verify_office(office).broken == []


FULL = """
import errno, resource, signal, sys
from pathlib import Path
from tests.offices import make_small_office
from workflow.storage.engine import DatabaseUnavailable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    make_small_office(Path(sys.argv[1]), "sqlite:///ketnap.db")
except DatabaseUnavailable as away:
    sys.stdout.write(away.kind)
except OSError as error:
    sys.stdout.write(errno.errorcode[error.errno])
"""

if LINUX:

    @pytest.mark.parametrize(("size", "word"), [(1, "EFBIG"), (40_000, "full")])
    def test_init_on_a_full_disk_leaves_nothing(tmp_path: Path, size: int, word: str) -> None:
        words = [sys.executable, "-c", FULL, str(tmp_path), str(size)]
        run = subprocess.run(words, capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
        assert (run.stdout, run.stderr) == (word, "")
        assert list(tmp_path.iterdir()) == []


# --- only for reading ---------------------------------------------------------------------------------------

if LINUX:
    READ, ALL, NONE = 0o444, 0o666, 0o000
    CLOSED: list[tuple[int, int, int, dict[str, str]]] = [
        (0o755, ALL, READ, {"open": "read_only"}),
        (0o555, READ, READ, {"open": "read_only"}),
        (0o777, READ, READ, {"open": "done", "read": "done", "write": "read_only"}),
        (0o777, NONE, READ, {"open": "missing"}),
        (0o777, ALL, NONE, {"open": "KeyLost"}),
        (0o777, ALL, READ, {"open": "done", "read": "done", "write": "done"}),
    ]
    """How the folder, the database and the key are closed to others, and what they hear."""

    def test_who_may_not_write_or_not_even_read_is_told_so(office: Office) -> None:
        office.close()
        with tempfile.TemporaryDirectory() as name:
            home = Path(name)
            home.chmod(0o755)
            places = [home / str(number) for number in range(len(CLOSED))]
            for place, (folder, file, key, _) in zip(places, CLOSED, strict=True):
                shutil.copytree(office.config.path.parent, place)
                for path in place.iterdir():
                    path.chmod(
                        key if path.name == "office.key" else READ if path.name == "config.yaml" else file
                    )
                place.chmod(folder)
            words = [
                sys.executable,
                "-m",
                "tests.faults.stranger",
                *(str(place / "config.yaml") for place in places),
            ]
            run = subprocess.run(words, capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
            assert run.stderr == ""
            assert json.loads(run.stdout) == [expected for _, _, _, expected in CLOSED]
            for place in places:
                place.chmod(0o755)
                for path in place.iterdir():
                    path.chmod(0o644)
                with closing(open_office(place / "config.yaml")) as again:
                    assert verify_office(again).broken == []


def test_a_database_that_one_may_only_read_is_read(tmp_path: Path, postgres_url: str) -> None:
    reader = f"reader_{uuid4().hex[:8]}"
    with closing(make(tmp_path, postgres_url)) as office, by_hand(office) as hand:
        case = begin(office, HEAD)
        hand.type(f"CREATE ROLE {reader} LOGIN")
        hand.type(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}")
    try:
        moved(office, postgres_url, postgres_url.replace("postgres:@", f"{reader}:@"))
        with closing(open_office(office.config.path)) as read:
            assert verify_office(read).holds
            with pytest.raises(DatabaseUnavailable) as away:
                step(read, case, JOURNEY[0])
            assert away.value.kind == "read_only"
    finally:
        with by_hand(office) as hand:
            hand.type(f"DROP OWNED BY {reader}")
            hand.type(f"DROP ROLE {reader}")


# --- the key ------------------------------------------------------------------------------------------------

NO_KEYS = {
    "lost": None,
    "empty": b"",
    "short": b"c2hvcnQ=\n",
    "long": b"A" * 64,
    "no text": bytes(range(256)),
    "no base64": "chìa khóa".encode(),
}


@pytest.mark.parametrize("what", NO_KEYS)
def test_without_its_key_an_office_does_not_open(office: Office, what: str) -> None:
    content, key = NO_KEYS[what], office.config.key_path
    kept = key.read_bytes()
    office.close()
    before = file_of(office).read_bytes()
    key.chmod(stat.S_IRUSR | stat.S_IWUSR)
    key.unlink() if content is None else key.write_bytes(content)
    with pytest.raises(KeyLost):
        open_office(office.config.path)
    assert file_of(office).read_bytes() == before
    key.write_bytes(kept)
    with closing(open_office(office.config.path)) as again:
        assert verify_office(again).holds


def test_a_key_of_another_office_does_not_open_this_one(office: Office) -> None:
    key = office.config.key_path
    kept = key.read_bytes()
    key.unlink()
    make_key_file(key)
    with pytest.raises(WrongKey):
        open_office(office.config.path)
    key.write_bytes(kept)
    nominate(office)
    assert verify_office(office).holds


# --- the file -----------------------------------------------------------------------------------------------


def opening_says(office: Office) -> str:
    with pytest.raises(DatabaseUnavailable) as away:
        open_office(office.config.path)
    return away.value.kind


def test_a_missing_file_is_missed_and_not_made(office: Office) -> None:
    office.close()
    file_of(office).rename(file_of(office).with_suffix(".away"))
    before = sorted(file_of(office).parent.iterdir())
    assert opening_says(office) == "missing"
    assert sorted(file_of(office).parent.iterdir()) == before


def test_a_folder_in_place_of_the_file_cannot_be_opened(office: Office) -> None:
    office.close()
    file_of(office).unlink()
    file_of(office).mkdir()
    assert opening_says(office) == "missing"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "not_made"),
        (b"Danh b\xe1\xba\xa1 th\xc3\xb4n\n" * 400, "broken"),
        (b"PK\x03\x04" + bytes(9000), "broken"),
    ],
)
def test_what_is_no_database_is_told_from_one(office: Office, content: bytes, kind: str) -> None:
    office.close()
    file_of(office).write_bytes(content)
    assert opening_says(office) == kind
    assert not is_open(file_of(office))


def test_a_database_of_another_program_is_no_office(office: Office) -> None:
    office.close()
    file_of(office).unlink()
    with by_hand(office) as hand:
        hand.type("CREATE TABLE accounts (id INTEGER)")
    assert opening_says(office) == "not_made"


def told(office: Office) -> str:
    """What one hears of a file that may be spoilt: it cannot be used, the history does not hold, or all
    is well.
    """
    try:
        with closing(open_office(office.config.path)) as opened:
            opened.rulebook = office.rulebook  # read once: it is not the rules that are spoilt
            return "holds" if verify_office(opened).holds else "broken"
    except DatabaseUnavailable as away:
        return away.kind
    except WrongSchemaVersion:
        return "foreign"
    except WrongKey:
        return "WrongKey"


def content(file: Path) -> dict[str, set[tuple[object, ...]]]:
    """Every row of every table, but for numbers that SQLite gives rows and nothing refers to."""
    with closing(sqlite3.connect(file)) as opened:
        rows = {name: opened.execute(str(sa.select(table))).fetchall() for name, table in TABLES.items()}
    return {name: {row[name in NUMBERED :] for row in held} for name, held in rows.items()}


NUMBERED = ("clocks", "texts", "votes")
"""Tables whose rows are numbered by SQLite, in their first column."""


def spoilt(office: Office, chance: random.Random, times: int) -> set[str]:
    """Spoil the file somewhere, again and again; what one hears of it. Nothing that a table holds changes
    unnoticed.
    """
    live(office, since=1)
    office.close()
    whole, held = file_of(office).read_bytes(), content(file_of(office))
    heard = set()
    for _ in range(times):
        at, length = chance.randrange(HEADER, len(whole)), chance.choice([1, 8, 200, 4096])
        junk = chance.choice([bytes(length), chance.randbytes(length), b"\xff" * length])[: len(whole) - at]
        file_of(office).write_bytes(whole[:at] + junk + whole[at + len(junk) :])
        heard.add(word := told(office))
        if word == "holds":
            assert content(file_of(office)) == held, at
    for length in (100, 4095, 4096, 5000, len(whole) // 2, len(whole) - 1):
        file_of(office).write_bytes(whole[:length])
        heard.add(told(office))
    file_of(office).write_bytes(whole)
    assert told(office) == "holds"
    return heard


HEADER = 100
"""Bytes that SQLite counts its own changes in."""
HEARD = {"holds", "broken", "full", "not_made", "foreign", "WrongKey", "away", "missing"}


def test_a_file_spoilt_anywhere_is_told_in_the_programs_own_words(office: Office) -> None:
    heard = spoilt(office, random.Random(7), times=60)
    assert "broken" in heard
    assert heard <= HEARD


@pytest.mark.soak
def test_a_file_spoilt_anywhere_again_and_again(office: Office) -> None:
    assert spoilt(office, random.Random(), times=1000) <= HEARD


# --- the version --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("version", "newer"), [("9999", True), ("0000", False), (None, False)])
def test_a_database_of_another_version_is_left_alone(
    tmp_path: Path, database_url: str, version: str | None, newer: bool
) -> None:
    with closing(make_small_office(tmp_path, database_url)) as office, by_hand(office) as hand:
        hand.type("DELETE FROM alembic_version")
        if version:
            hand.connection.execute(
                sa.text("INSERT INTO alembic_version VALUES (:version)"), {"version": version}
            )
    before = copied(office)
    with pytest.raises(WrongSchemaVersion) as foreign:
        open_office(office.config.path)
    assert foreign.value.newer is newer
    assert copied(office) == before
    office.close()


def test_a_database_without_a_version_is_no_office(tmp_path: Path, database_url: str) -> None:
    with closing(make_small_office(tmp_path, database_url)) as office, by_hand(office) as hand:
        hand.type("DROP TABLE alembic_version")
    assert opening_says(office) == "not_made"


# --- somebody else holds it ---------------------------------------------------------------------------------


def test_who_holds_the_database_for_too_long_makes_it_busy(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (engine, write_lock):
        monkeypatch.setattr(module, "BUSY_SECONDS", 1)
    with closing(make(tmp_path, database_url)) as office:
        begin(office, HEAD)
        with by_hand(office) as hand:
            hand.set("seal", {}, id=1)
            with pytest.raises(DatabaseUnavailable) as away:
                nominate(office)
            assert away.value.kind == "busy"
            assert verify_office(office).holds
        nominate(office)
        assert verify_office(office).holds


def test_two_inits_of_one_folder_make_one_office(tmp_path: Path, database_url: str) -> None:
    words = [
        sys.executable,
        "-m",
        "tests.faults.victim",
        "init",
        "transactions",
        "0",
        str(tmp_path),
        database_url,
    ]
    both = [
        subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8", cwd=ROOT)
        for _ in range(2)
    ]
    errors = [process.communicate(timeout=600)[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 1]
    assert "AlreadyThere" in "".join(errors)
    with closing(open_office(tmp_path / "văn phòng" / "config.yaml")) as office:
        assert verify_office(office).holds


# --- the server ---------------------------------------------------------------------------------------------


def moved(office: Office, old: str, new: str) -> None:
    """Let the config speak of another database."""
    config = office.config.path
    text = config.read_text(encoding="utf-8")
    assert old in text
    config.write_text(text.replace(old, new), encoding="utf-8")


def test_a_server_that_does_not_answer_is_away(tmp_path: Path, postgres_url: str) -> None:
    with closing(make_small_office(tmp_path, postgres_url)) as office:
        name = str(office.database.url.database)
        for url, kind in (
            (f"postgresql://nobody@127.0.0.1:1/{name}", "away"),
            (f"postgresql://nobody@no-such-host.invalid/{name}", "away"),
            (postgres_url.replace(name, "no_such_database"), "not_made"),
        ):
            moved(office, postgres_url, url)
            assert opening_says(office) == kind
            moved(office, url, postgres_url)
        open_office(office.config.path).close()


CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def cut(office: Office) -> None:
    with by_hand(office) as hand:
        hand.type(CUT)


@pytest.mark.parametrize("when", ["in the middle", "before the commit"])
def test_a_server_that_goes_away_leaves_nothing_half_written(
    tmp_path: Path, postgres_url: str, when: str
) -> None:
    with closing(make(tmp_path, postgres_url)) as office:
        begin(office, HEAD)
        before = copied(office)

        def plan_twice() -> None:
            with office.write_transaction() as (work, ledger):
                books = RegisterWriter(office, work, ledger, HUYEN)
                books.add_row("plans", TODAY, post_id=VILLAGE, kind="admit")
                if when == "in the middle":
                    cut(office)
                books.add_row("plans", TODAY, post_id=VILLAGE, kind="replace")
                ledger.seal_head()
                if when == "before the commit":
                    cut(office)

        with pytest.raises(DatabaseUnavailable) as away:
            plan_twice()
        assert away.value.kind == "away"
        assert copied(office) == before
        nominate(office)
        assert verify_office(office).broken == []


def test_a_server_that_was_started_anew_is_missed_once_at_most(tmp_path: Path, postgres_url: str) -> None:
    with closing(make(tmp_path, postgres_url)) as office, ThreadPoolExecutor(3) as clerks:
        case = begin(office, HEAD)
        people = ("P-HOA", "P-DUNG")
        list(clerks.map(lambda person: begin(office, person), people))
        cut(office)
        with pytest.raises(DatabaseUnavailable) as away:
            step(office, case, JOURNEY[0])
        assert away.value.kind == "away"
        list(clerks.map(lambda person: step(office, case_of(office, person), JOURNEY[0]), (HEAD, *people)))
        assert verify_office(office).broken == []
