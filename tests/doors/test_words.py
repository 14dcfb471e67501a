"""Every word that people read stands in the catalogue, in both languages, and is used."""

import ast
import re
import string
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from states.guards import GUARDS
from tests.doors.errors import user_errors
from workflow.cli.app import collect_commands
from workflow.cli.parsing.help_text import option_key
from workflow.core.messages import WORDS, load_messages

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("vi", "en")
DOOR = sorted(
    file
    for part in ("cli", "presentation", "web")
    for file in (ROOT / "workflow" / part).rglob("*.py")
    if file.parent.name != "rulebook"  # there words of the rules are said, by keys of their own
)


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_sentences() -> None:
    assert set(load_messages("vi")) == set(load_messages("en"))


def test_a_sentence_has_the_same_places_in_both_languages() -> None:
    vi, en = load_messages("vi"), load_messages("en")
    assert [key for key in vi if places(vi[key]) != places(en[key])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_in_two_files_or_twice_in_one(language: str) -> None:
    keys: Counter[str] = Counter()
    for file in WORDS.glob(f"*.{language}.yaml"):
        node = yaml.compose(file.read_text(encoding="utf-8"))
        keys.update(key.value for key, _ in (node.value if node else ()))
    assert [key for key, number in keys.items() if number > 1] == []


def test_every_file_has_its_other_language() -> None:
    names = {
        language: {file.name.split(".")[0] for file in WORDS.glob(f"*.{language}.yaml")}
        for language in LANGUAGES
    }
    assert names["vi"] == names["en"]


@cache
def strings_of_the_door() -> tuple[set[str], set[str]]:
    """Every plain string in the command line's code, and the beginnings of those with places in them."""
    plain, begun = set[str](), set[str]()
    for file in DOOR:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                plain.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begun.add(str(node.values[0].value))
    for kind in user_errors().values():
        plain |= {f"{kind.catalogue}.{kind.code}", kind.advice}
    return plain, begun


def keys_said() -> Iterator[str]:
    """Every key that code looks up by its full name."""
    for file in DOOR:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) == "say"
            ):
                yield from (
                    str(one.value)
                    for one in node.args
                    if isinstance(one, ast.Constant) and "." in str(one.value)
                )


def test_every_key_that_the_door_looks_up_is_there() -> None:
    assert sorted(set(keys_said()) - set(load_messages("vi"))) == []


OURS = re.compile(
    r"(cli|cases|case|clock|paper|coverage|error|advice|config|database|file|usage|progress|init|upgrade|verify|unit|post(?!.kind)"
    r"|people|party|user|plan\.head|plan\.title|plan\.made|meeting|when|weekday|rules|metavar)\."
)


def is_used(key: str) -> bool:
    plain, begun = strings_of_the_door()
    whole = key in plain or key.split(".", 1)[-1] in plain
    return whole or any(
        key.startswith(start) and start.endswith((".", "_")) and "." in start for start in begun
    )


def test_no_sentence_of_the_door_lies_unused() -> None:
    assert [key for key in load_messages("vi") if OURS.match(key) and not is_used(key)] == []


@pytest.mark.parametrize("path", sorted(collect_commands()))
def test_every_command_and_every_option_is_explained(path: str) -> None:
    command, words = collect_commands()[path], load_messages("vi")
    assert f"help.{command.key}" in words
    for param in command.params:
        assert option_key(command, param) in words
        assert param.kind == "flag" or f"metavar.{param.metavar or param.key}" in words


def test_every_part_of_the_help_is_one_that_is_there() -> None:
    named = {re.sub(r"^help\.", "", key) for key in load_messages("vi") if key.startswith("help.")}
    commands = {command.key for command in collect_commands().values()}
    groups = {key.split(".")[0] for key in commands if "." in key}
    sections = {f"section.{command.section}" for command in collect_commands().values()}
    assert named == commands | groups | sections


def test_every_option_that_is_explained_is_one_that_is_there() -> None:
    explained = {key for key in load_messages("vi") if key.startswith("option.")}
    asked = {
        option_key(command, param) for command in collect_commands().values() for param in command.params
    }
    assert explained == asked


def test_guards_are_worded_by_editions_and_not_by_the_catalogue() -> None:
    assert not {key for key in load_messages("vi") if key.split(".")[0] in GUARDS}
