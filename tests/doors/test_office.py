"""Making an office, keeping it, proving it; and every way in which its files can be wrong."""

import os
import re
import resource
import shutil
import signal
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from states.rulebook.loading import Rulebook
from tests.doors.ketnap import PROGRAM, Ketnap
from workflow.cli.commands.office import config_template
from workflow.core.config import KEYS, read_config
from workflow.storage.schema import VERSION


def change_config(ketnap: Ketnap, text: str) -> None:
    assert ketnap.config
    ketnap.config.write_text(text, encoding="utf-8")


# --- making -------------------------------------------------------------------------------------------------


def test_the_template_explains_every_key_and_says_what_the_program_does_anyway() -> None:
    text = config_template().read_text(encoding="utf-8")
    said = yaml.safe_load(text)
    spoken_of = set(re.findall(r"^# (\w+): ?", text, re.MULTILINE))
    assert set(said) | {"house_clocks", "mail", "reminders", "letters", "backup"} == set(KEYS)
    assert set(KEYS) - set(said) <= spoken_of
    stated = {name: int(days) for name, days in re.findall(r"^#   (\w+): (\d+) ", text, re.MULTILINE)}
    rules = Rulebook()
    newest = rules.load_edition("admission", rules.list_editions("admission")[0])
    assert stated == {name: state.house_days for name, state in newest.states.items() if state.house_days}


def test_a_new_office_stands_in_its_own_folder_with_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "Văn phòng Huyện ủy"
    said = Ketnap().done("init", folder, "--name", 'Huyện ủy "Sông Lô"')
    assert sorted(one.name for one in folder.iterdir() if one.suffix != ".lock") == [
        "config.yaml",
        "ketnap.db",
        "office.key",
    ]
    assert read_config(folder / "config.yaml").office == 'Huyện ủy "Sông Lô"'
    assert "Đã tạo văn phòng" in said.out
    assert Ketnap(folder / "config.yaml").done("cases").out == "Không có lượt xét nào.\n"


def test_a_real_office_prints_no_banner_and_has_no_time_machine(empty: Ketnap) -> None:
    assert "sample" not in empty.done("cases", "--json").json
    assert "DỮ LIỆU MẪU" not in empty.done("coverage").out
    said = empty("clock", "+7d", "--json")
    assert (said.exit, said.code) == (1, "not_a_sample")


def test_where_something_stands_nothing_is_made_over_it(tmp_path: Path) -> None:
    (tmp_path / "sổ tay.txt").write_text("quan trọng", encoding="utf-8")
    said = Ketnap()("init", tmp_path, "--json")
    assert (said.exit, said.code) == (1, "already_there")
    assert (tmp_path / "sổ tay.txt").read_text(encoding="utf-8") == "quan trọng"


def test_a_second_time_nothing_is_made(empty: Ketnap) -> None:
    assert empty.config
    assert Ketnap()("init", empty.config.parent, "--json").code == "already_there"
    empty.done("verify")


def test_a_folder_with_its_config_gets_the_database_that_the_config_names(empty: Ketnap) -> None:
    assert empty.config
    for left in ("ketnap.db", "office.key"):
        (empty.config.parent / left).unlink()
    assert empty("cases", "--json").exit == 1
    Ketnap().done("init", empty.config.parent)
    empty.done("cases")


def test_an_office_is_made_wherever_one_line_says(tmp_path: Path, bare_database_url: str) -> None:
    folder = tmp_path / "văn phòng"
    Ketnap().done("init", folder, "--database", bare_database_url)
    office = Ketnap(folder / "config.yaml")
    office.done("unit", "add", "Huyện Sông Lô", "--level", "district", "--from", "01/01/2016")
    assert [unit["id"] for unit in office.done("unit", "list", "--json").json["units"]] == ["song-lo"]
    office.done("verify")


def test_the_config_is_found_here_and_else_where_the_environment_says(
    empty: Ketnap, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert empty.config
    assert Ketnap()("cases", "--json").code == "bad_config"
    monkeypatch.setenv("KETNAP_CONFIG", str(empty.config))
    assert Ketnap().done("cases", "--json").json == {"cases": []}
    monkeypatch.delenv("KETNAP_CONFIG")
    monkeypatch.chdir(empty.config.parent)
    assert Ketnap().done("cases", "--json").json == {"cases": []}


def test_the_office_chooses_the_language_and_the_reader_another(empty: Ketnap) -> None:
    assert empty.config
    change_config(empty, empty.config.read_text(encoding="utf-8").replace("language: vi", "language: en"))
    assert empty.done("cases").out == "No cases.\n"
    assert empty.done("cases", "--lang", "vi").out == "Không có lượt xét nào.\n"


def test_options_of_all_commands_stand_before_or_after(empty: Ketnap) -> None:
    alone = Ketnap()
    after = alone.done("cases", "--json", "--lang", "en", "--config", empty.config)
    before = alone.done(f"--config={empty.config}", "--lang=en", "--json", "cases")
    assert after == before


# --- what can be wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("databse: sqlite:///ketnap.db\nofice: x\n", ["Có phải là “database”?", "Có phải là “office”?"]),
        ("zone: Asia/Sông_Lô\nlanguage: fr\n", ["“Asia/Sông_Lô”", "“fr” phải là vi hoặc en"]),
        ("same_typist: perhaps\n", ["“perhaps” phải là warn hoặc refuse"]),
        ("house_clocks: {listed: 0}\n", ["house_clocks.listed"]),
        ("house_clocks: {opinons: 10}\n", ["opinons"]),
        ("house_clocks: chín\n", ["chín"]),
        ("database: mysql://ai:bimat@may/ketnap\n", ["sqlite:/// hoặc postgresql://"]),
        ("office: [\n", ["viết sai ở dòng"]),
        ("just words\n", ["viết sai ở dòng 1"]),
        ("colour: red\n", ["không có mục “colour”. Các mục: office, database"]),
    ],
)
def test_a_config_with_mistakes_is_told_all_of_them(empty: Ketnap, text: str, told: list[str]) -> None:
    change_config(empty, text)
    said = empty("cases")
    assert said.exit == 1
    assert [part for part in told if part not in said.err] == []
    assert "bimat" not in said.err + empty("cases", "--json").out


def test_a_config_in_another_encoding(empty: Ketnap) -> None:
    assert empty.config
    empty.config.write_bytes("office: Huyện ủy\n".encode("utf-16"))
    assert empty("cases", "--json").code == "bad_config"


def test_a_lost_key_file_is_told_and_put_back_all_is_as_before(empty: Ketnap) -> None:
    assert empty.config
    key = empty.config.with_name("office.key")
    key.rename(key.with_name("nơi cất"))
    said = empty("cases")
    assert said.exit == 1
    assert "Chép tệp chìa khóa từ nơi cất riêng" in said.err
    key.write_text("không phải chìa", encoding="utf-8")
    assert empty("cases", "--json").code == "key_lost"
    key.unlink()
    key.with_name("nơi cất").rename(key)
    empty.done("cases")


def test_another_offices_key_is_told(empty: Ketnap, tmp_path: Path) -> None:
    assert empty.config
    Ketnap().done("init", tmp_path / "khác")
    shutil.copy(tmp_path / "khác" / "office.key", empty.config.with_name("office.key"))
    assert empty("cases", "--json").code == "key_foreign"


def sql(ketnap: Ketnap, statement: str) -> None:
    assert ketnap.config
    file = read_config(ketnap.config).database.removeprefix("sqlite:///")
    with sqlite3.connect(ketnap.config.parent / file) as connection:
        connection.execute(statement)
    connection.close()


def test_a_database_of_a_newer_program_is_not_touched(empty: Ketnap) -> None:
    sql(empty, "UPDATE alembic_version SET version_num = '9999'")
    for command in ("cases", "upgrade"):
        said = empty(command, "--json")
        assert (said.exit, said.code) == (1, "database_newer")


def test_an_upgrade_of_the_newest_has_nothing_to_do(empty: Ketnap) -> None:
    told = empty.done("upgrade", "--json").json
    assert told == {
        "before": VERSION,
        "now": VERSION,
        "backup": None,
        "events": 0,
        "pairs": {"carried": 0, "left_open": []},
        "rules": {"on": told["rules"]["on"], "editions": [], "cases": []},
    }
    assert "không phải làm gì" in empty.done("upgrade").out


def test_an_office_is_moved_and_whoever_has_the_old_config_reads_where_it_went(empty: Ketnap) -> None:
    assert empty.config
    before = empty.config.read_text(encoding="utf-8")
    said = empty.done("relocate", "--to", "sqlite:///so-moi.db")
    assert "Đã dời sổ sang: sqlite:///" in said.out
    assert "so-moi.db" in said.out
    assert empty.done("verify", "--json").json["holds"]
    again = empty("relocate", "--to", "sqlite:///so-moi.db", "--json")
    assert (again.exit, again.code) == (1, "not_relocated")
    empty.config.write_text(before, encoding="utf-8")
    told = empty("cases")
    assert "Sổ đã dời sang nơi lưu khác: sqlite:///" in told.err
    assert "so-moi.db. Nơi lưu này đã đóng." in told.err


def test_a_database_that_is_none(empty: Ketnap) -> None:
    assert empty.config
    empty.config.with_name("ketnap.db").write_bytes(b"not a database, but long enough to look at" * 100)
    for left in empty.config.parent.glob("ketnap.db-*"):
        left.unlink()
    said = empty("cases", "--json")
    assert (said.exit, said.code) == (1, "database_broken")


def test_a_server_that_is_away(empty: Ketnap) -> None:
    change_config(empty, "database: postgresql://ai:bimat@127.0.0.1:9/ketnap\n")
    said = empty("cases", "--json")
    assert (said.exit, said.code) == (1, "database_away")
    assert "bimat" not in said.out


def no_more_room() -> None:
    """As on a disk with no room left: no file may grow beyond what it is."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_a_full_disk_is_told_and_nothing_is_half_written(empty: Ketnap) -> None:
    before = empty.done("verify", "--json").json
    said = empty.run(
        "unit",
        "add",
        "Huyện Sông Lô",
        "--level",
        "district",
        "--from",
        "01/01/2016",
        "--json",
        preexec_fn=no_more_room,
    )
    assert said.exit == 1, said.text
    assert said.code in ("database_full", "database_read_only", "file_full", "file_other")
    assert empty.done("verify", "--json").json == before


@contextmanager
def as_nobody() -> Iterator[None]:
    """As somebody without rights here: even where the tests are run by somebody who has them all."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def test_a_disk_that_may_only_be_read_is_told() -> None:
    district = ("unit", "add", "Huyện Sông Lô", "--level", "district", "--from", "01/01/2016", "--json")
    with tempfile.TemporaryDirectory() as open_to_all:
        folder = Path(open_to_all) / "văn phòng"
        Path(open_to_all).chmod(0o755)
        Ketnap().done("init", folder)
        office = Ketnap(folder / "config.yaml")
        office.done(*district)  # so that all of the program has been read before rights are given up
        before = office.done("verify", "--json").json
        folder.chmod(0o555)
        for file in folder.iterdir():
            file.chmod(0o444)
        with as_nobody():
            said = office("unit", "add", "Huyện Khác", *district[3:])
        folder.chmod(0o755)
        for file in folder.iterdir():
            file.chmod(0o644)
        assert (said.exit, said.code) == (1, "database_read_only")
        assert office.done("verify", "--json").json == before


def test_ctrl_c_is_told_and_leaves_nothing_behind(empty: Ketnap) -> None:
    assert empty.config
    before = empty.done("verify", "--json").json
    with sqlite3.connect(empty.config.with_name("ketnap.db"), isolation_level=None) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        words = ("unit", "add", "Huyện", "--level", "district", "--from", "01/01/2016")
        with empty.started(*words) as process:
            time.sleep(2)
            process.send_signal(signal.SIGINT)
            connection.execute("ROLLBACK")
            _, err = process.communicate(timeout=60)
    connection.close()
    assert "Traceback" not in err
    assert process.returncode == 130
    assert "Đã dừng theo ý bạn" in err
    assert empty.done("verify", "--json").json == before


# --- proving ------------------------------------------------------------------------------------------------


def test_a_history_that_holds_gives_a_seal_to_keep(empty: Ketnap) -> None:
    seal = empty.done("verify", "--json").json["seal"]
    assert empty.done("verify", "--seal", seal).exit == 0
    empty.done("unit", "add", "Huyện Sông Lô", "--level", "district", "--from", "01/01/2016")
    assert empty.done("verify", "--seal", seal, "--json").json["holds"] is True
    assert empty("verify", "--seal", "đẹp").exit == 2


def test_a_history_that_was_touched_is_told_with_the_first_place(small: Ketnap) -> None:
    small.done("open", "P-MAU", "--on", "01/09/2021", "--by", "bithu")
    last = small.done("verify", "--json").json["events"]
    sql(
        small,
        "UPDATE events SET body = CAST(replace(body, '2021-09-01', '2021-08-01') AS BLOB) WHERE seq = 1",
    )
    said, told = small("verify"), small("verify", "--json")
    assert (said.exit, told.exit) == (5, 5)
    assert f"Chỗ hỏng đầu tiên: lần ghi chung số {last}: đã bị sửa sau khi ghi" in said.out
    assert (told.json["holds"], told.json["broken"][0]["n"], told.code) == (False, last, "history_broken")


def test_a_seal_that_was_printed_finds_a_history_made_anew(empty: Ketnap, small: Ketnap) -> None:
    seal = empty.done("verify", "--json").json["seal"]
    assert small("verify", "--seal", seal).exit == 5


def test_what_nobody_foresaw_is_one_sentence_and_its_trace_lies_in_a_file(empty: Ketnap) -> None:
    assert empty.config
    sql(empty, "DROP TABLE votes")
    sql(empty, "DROP TABLE cases")
    said = empty("cases")
    assert said.exit == 1
    assert len(said.err.splitlines()) <= 4


def test_the_program_speaks_utf8_into_a_pipe_whatever_the_machine_speaks(empty: Ketnap) -> None:
    said = empty.run("coverage", env={"PYTHONIOENCODING": "ascii"})
    assert "Trưởng thôn, tổ trưởng tổ dân phố là đảng viên" in said.out
    assert PROGRAM.exists()
