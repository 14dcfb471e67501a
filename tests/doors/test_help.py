"""Help and mistakes of usage: in plain words, all at once, without waking the heavy parts of the program."""

import subprocess
import sys
import tomllib

import pytest

from tests.doors.ketnap import PROGRAM, ROOT, Ketnap
from workflow.cli.app import collect_commands

ketnap = Ketnap()


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", sorted(collect_commands()))
def test_every_command_explains_itself(path: str, language: str) -> None:
    said = ketnap.done(*path.split(), "--help", "--lang", language)
    assert f"ketnap {path}" in said.out
    assert said.out.startswith("Cách viết:" if language == "vi" else "Usage:")
    assert said.err == ""


def test_help_fits_a_screen_and_names_every_command() -> None:
    said = ketnap.done("--help")
    assert max(map(len, said.out.splitlines())) <= 100
    assert all(f"\n  {path.split()[0]} " in said.out for path in collect_commands())


def test_without_a_command_help_is_shown_and_the_exit_says_that_one_was_missing() -> None:
    assert [ketnap().exit, ketnap("unit").exit, ketnap("--help").exit, ketnap("unit", "--help").exit] == [
        2,
        2,
        0,
        0,
    ]
    assert "unit add" in ketnap("unit").err


def test_a_function_takes_exactly_what_its_command_declares() -> None:
    for command in collect_commands().values():
        code = getattr(command.handler, "__code__")  # noqa: B009 - a Callable in general has none
        named = set(code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount])
        open_ended = bool(code.co_flags & 0x08)
        declared = {param.key for param in command.params}
        assert named <= declared if open_ended else named == declared, command.path


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["advance", "K1"], ["Thiếu VIỆC", "Thiếu --on NGÀY", "Thiếu --by NGƯỜI-DÙNG"]),
        (["cases", "--stall"], ["Không có tùy chọn --stall. Có phải là: --stalled"]),
        (["cases", "--xyz", "--uvw=3"], ["--xyz", "--uvw"]),
        (["cases", "--unit", "a", "--unit", "b"], ["--unit được ghi hai lần"]),
        (["cases", "Đồng Thịnh"], ["Thừa “Đồng Thịnh”"]),
        (["cases", "--unit"], ["Sau --unit phải có giá trị"]),
        (["cases", "--stalled=yes"], ["--stalled đứng một mình"]),
        (
            ["correct", "K1", "mười", "--by", "x"],
            ["“mười” không phải là số nguyên", "Thiếu --reason", "--allowed-by"],
        ),
        (["advence", "K1"], ["Không có lệnh “advence”. Có phải là: advance?"]),
        (["unit", "remove"], ["Không có lệnh “unit remove”"]),
        (["cases", "--lang", "fr"], ["Không có ngôn ngữ “fr”"]),
        (["cases", "--config"], ["Sau --config phải có giá trị"]),
        (["when", "09/08/2022"], ["--working-days SỐ hoặc --months SỐ"]),
        (["when", "09/08/2022", "--months", "1", "--working-days", "1"], ["một trong hai"]),
        (["advance", "K1", "x", "--on", "1/1/2022", "--by", "a", "--seen", "²"], ["không phải là số nguyên"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_command_written_wrongly_is_told_all_that_is_wrong(words: list[str], told: list[str]) -> None:
    said = ketnap(*words)
    assert said.exit == 2
    assert said.out == ""
    assert [part for part in told if part not in said.err] == []


def test_a_command_written_wrongly_is_told_how_it_is_written() -> None:
    assert "Cách viết: ketnap open NGƯỜI --on NGÀY --by NGƯỜI-DÙNG [tùy chọn]" in ketnap("open").err


def test_mistakes_of_usage_are_one_json_document_as_well() -> None:
    said = ketnap("advance", "--json", "K1", "--lang", "en")
    assert (said.exit, said.code, said.err) == (2, "usage", "")
    assert [detail["code"] for detail in said.json["error"]["details"]] == ["usage.missing"] * 3


def test_after_two_dashes_nothing_is_an_option() -> None:
    said = ketnap("case", "--", "--json")
    assert said.exit == 1
    assert said.out == ""


HEAVY = ("sqlmodel", "sqlalchemy", "pydantic", "rich", "typer", "openpyxl", "cryptography", "transitions")


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["advance", "--help"], ["advance", "K1", "--foo"], ["nothing"]]
)
def test_help_and_mistakes_of_usage_wake_nothing_heavy(words: list[str]) -> None:
    show = (
        "import sys; from workflow.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", show, *words], capture_output=True, encoding="utf-8", check=True
    )
    assert {name.split(".")[0] for name in ran.stderr.split()} & set(HEAVY) == set()


def test_the_program_is_installed_under_its_name() -> None:
    ran = subprocess.run([PROGRAM, "--help"], capture_output=True, encoding="utf-8", check=True)
    assert ran.stdout == ketnap("--help").out


def test_the_program_tells_its_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert ketnap.done("--version").out == f"ketnap {project['version']}\n"
    assert ketnap.done("--version", "--json").json == {"version": project["version"]}


def test_the_program_can_be_started_as_a_module() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "workflow.cli", "cases", "--help"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert ran.stdout == ketnap("cases", "--help").out


def test_whoever_stops_reading_gets_no_complaint() -> None:
    with ketnap.started("rulebook", "show") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0
