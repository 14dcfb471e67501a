"""The password of a database stands in no command, on no screen, and in no file but config.yaml."""

import re
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.doors.ketnap import Ketnap

SECRET = "rất bí mật/ở@đây"  # noqa: S105 - nobody's


def check_moved(office: Ketnap, shown: str) -> None:
    """The office stands in its new database, and of all its files config.yaml alone tells the password."""
    assert office.config
    text = office.config.read_text(encoding="utf-8")
    address = re.search(r'^database: "(.+)"$', text, re.MULTILINE)
    assert address
    assert sa.make_url(address[1]).password == SECRET
    quoted = address[1].split(":")[2].split("@")[0]
    for secret in (SECRET, quoted):
        assert secret not in shown
        for file in office.config.parent.rglob("*"):
            assert file == office.config or not file.is_file() or secret.encode() not in file.read_bytes()
    assert office.done("verify", "--json").json["holds"]


def test_the_password_is_taken_from_the_environment(
    empty: Ketnap, bare_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KETNAP_DATABASE_PASSWORD", SECRET)
    check_moved(empty, empty.done("relocate", "--to", bare_postgres_url).text)


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of this kind are not there")
def test_the_password_is_asked_for_at_a_terminal_and_does_not_stand_on_the_screen(
    empty: Ketnap, bare_postgres_url: str
) -> None:
    from tests.doors.test_typing_a_key import at_a_terminal

    asked = 0

    def give_password(screen: str) -> str | None:
        nonlocal asked
        if screen.count("Mật khẩu của postgres ở cơ sở dữ liệu") == asked:
            return None
        asked += 1
        return SECRET

    check_moved(empty, at_a_terminal(empty, give_password, "relocate", "--to", bare_postgres_url))
    assert asked == 1


def test_whoever_types_the_password_into_the_command_is_told_not_to(tmp_path: Path) -> None:
    said = Ketnap()("init", tmp_path / "mới", "--database", "postgresql://ten:mat@127.0.0.1:1/ketnap")
    assert said.exit != 0
    assert "người khác đọc được" in said.err
    assert "ten:mat" not in said.text


def test_a_new_office_on_a_server_takes_the_password_from_the_environment(
    tmp_path: Path, bare_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KETNAP_DATABASE_PASSWORD", SECRET)
    made = Ketnap().done("init", tmp_path / "mới", "--name", "Mới", "--database", bare_postgres_url)
    check_moved(Ketnap(tmp_path / "mới" / "config.yaml"), made.text)
