"""The rooms keep to what they are for, beyond what import-linter can see."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RULES = sorted((ROOT / "states").rglob("*.py"))
# What would make a rule depend on the day or the machine it is judged on, or leave a trace behind.
IMPURE = {"getenv", "input", "now", "open", "print", "today", "unlink", "utcnow", "write_bytes", "write_text"}


def names_called(source: str) -> set[str]:
    """Every function and method that the source calls, by its last name."""
    called = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return {node.id for node in called if isinstance(node, ast.Name)} | {
        node.attr for node in called if isinstance(node, ast.Attribute)
    }


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_rules_ask_no_clock_and_write_nothing(path: Path) -> None:
    assert not names_called(path.read_text(encoding="utf-8")) & IMPURE


def test_the_search_for_clocks_finds_one() -> None:
    assert names_called("from datetime import date\nday = date.today()\n") & IMPURE == {"today"}


def test_every_room_says_what_it_is_for() -> None:
    for room in ("states", "workflow", "notifications", "templates"):
        tree = ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), f"{room} has no docstring"
