"""Names and free words stand nowhere in clear: not in the file, not in its journals, not in any row, at
no time.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.faults.by_hand import by_hand, copied
from tests.faults.conftest import Lived
from tests.faults.scene import SECRETS, live, make
from tests.offices import HEAD
from workflow.core.text import search_key, sort_key

CODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def spellings(secret: str) -> Iterator[bytes]:
    """A text as it might stand in a file: composed or not, in any coding, as JSON escapes it, in other
    capitals.
    """
    for form in ("NFC", "NFD"):
        normal = unicodedata.normalize(form, secret)
        yield from (normal.encode(coding) for coding in CODINGS)
        yield normal.encode("ascii", "backslashreplace").replace(b"\\x", b"\\u00")
    yield from (text.encode() for text in (secret.upper(), secret.casefold()))
    yield from (key(secret).encode() for key in (sort_key, search_key))


SPELLINGS = {secret: set(spellings(secret)) for secret in SECRETS}


def in_clear(content: bytes) -> list[str]:
    return [secret for secret, found in SPELLINGS.items() if any(one in content for one in found)]


def test_the_search_itself_finds_what_stands_in_clear() -> None:
    for secret in SECRETS:
        assert secret in in_clear(f"before {secret} after".encode())
        assert secret in in_clear(unicodedata.normalize("NFD", secret).encode("utf-16-le"))


def test_at_no_time_does_a_name_or_a_free_word_stand_in_the_files_of_an_office(
    tmp_path: Path, sqlite_url: str
) -> None:
    seen: set[str] = set()
    with closing(make(tmp_path, sqlite_url)) as office:
        acts = 0

        def now_and_then() -> None:
            """Between two looks the journal keeps every page that was written."""
            nonlocal acts
            acts += 1
            if acts % 5 == 0:
                look()

        def look() -> None:
            for path in tmp_path.rglob("*"):
                if path.is_file() and path.suffix != ".csv":
                    seen.add(path.name)
                    assert in_clear(path.read_bytes()) == [], path.name

        look()
        live(office, after_each=now_and_then)
        look()
        with by_hand(office) as hand:
            hand.type("VACUUM")
        look()
    look()
    assert {"ketnap.db", "ketnap.db-wal", "office.key", "config.yaml"} <= seen


def test_no_row_of_any_table_holds_a_name_or_a_free_word(lived: Lived) -> None:
    for table, rows in lived.rows.items():
        for row in rows:
            for value in row.values():
                content = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                assert in_clear(content) == [], table


def test_of_somebody_forgotten_not_even_what_was_sealed_is_left(tmp_path: Path, sqlite_url: str) -> None:
    """SQLite writes over what is deleted: nobody digs the sealed bytes out of the file again."""
    with closing(make(tmp_path, sqlite_url)) as office:
        live(office)
        sealed = [row["sealed"] for row in copied(office)["texts"] if row["person_id"] == HEAD]
        sealed += [
            value
            for row in copied(office)["people"]
            if row["id"] == HEAD
            for value in (row["key"], row["sealed"])
        ]
        with office.write_transaction() as (work, _):
            work.connection.exec_driver_sql("DELETE FROM texts WHERE person_id = 'P-MAU'")
            work.connection.exec_driver_sql("UPDATE people SET key = NULL, sealed = NULL WHERE id = 'P-MAU'")
    for path in tmp_path.rglob("ketnap.db*"):
        assert not [one for one in sealed if one in path.read_bytes()], path.name
