"""The rooms keep to what they are for, beyond what import-linter can see."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RULES = sorted((ROOT / "states").rglob("*.py"))
# What would make a rule depend on the day or the machine it is judged on, or leave a trace behind.
IMPURE = {
    "now",
    "today",
    "utcnow",
    "write_text",
    "write_bytes",
    "open",
    "print",
    "input",
    "getenv",
    "environ",
    "unlink",
}


def names_used(source: str) -> set[str]:
    """Every name and attribute that the source mentions."""
    nodes = list(ast.walk(ast.parse(source)))
    return {node.id for node in nodes if isinstance(node, ast.Name)} | {
        node.attr for node in nodes if isinstance(node, ast.Attribute)
    }


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_rules_ask_no_clock_and_write_nothing(path: Path) -> None:
    assert not names_used(path.read_text(encoding="utf-8")) & IMPURE


def test_the_search_for_clocks_finds_one() -> None:
    assert names_used("from datetime import date\nday = date.today()\n") & IMPURE == {"today"}


def test_every_room_says_what_it_is_for() -> None:
    for room in ("states", "workflow", "notifications", "templates"):
        tree = ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), f"{room} has no docstring"
