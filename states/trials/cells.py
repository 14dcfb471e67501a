"""A YAML file is read into cells that know their lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import yaml

from states.rulebook.sources import YAML_LOADER

LARGEST = 2_000_000
"""Signs of a table; a larger file is none that somebody wrote by hand."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Text, a list or a mapping, and the line on which it begins."""

    value: "str | list[Cell] | dict[str, Cell]"
    line: int

    @property
    def text(self) -> str | None:
        """The text, if it is one."""
        return self.value if isinstance(self.value, str) else None


class CellFault(NamedTuple):
    """What is wrong with a file before its rows are looked at."""

    line: int
    code: str
    name: str = ""


def read_cells(text: str) -> tuple[Cell, list[CellFault]]:
    """The cells of a YAML text, and all that is wrong with it as such."""
    if len(text) > LARGEST:
        return Cell([], 1), [CellFault(1, "too_large")]
    try:
        root = yaml.compose(text, YAML_LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        return Cell([], 1), [CellFault(mark.line + 1 if mark else 1, "not_yaml")]
    if root is None:
        return Cell([], 1), []
    faults: list[CellFault] = []
    return _read_node(root, faults, set()), faults


def _read_node(node: yaml.Node, faults: list[CellFault], seen: set[int]) -> Cell:
    """One node and all below it, each once: what is written once and referred to again is refused."""
    line = node.start_mark.line + 1
    if id(node) in seen:
        faults.append(CellFault(line, "alias"))
        return Cell("", line)
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return Cell([_read_node(child, faults, seen) for child in node.value], line)
    if isinstance(node, yaml.MappingNode):
        return Cell(dict(_read_pairs(node, faults, seen)), line)
    return Cell(str(node.value), line)


def _read_pairs(
    node: yaml.MappingNode, faults: list[CellFault], seen: set[int]
) -> Iterator[tuple[str, Cell]]:
    names: set[str] = set()
    for key, value in node.value:
        name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
        line = key.start_mark.line + 1
        if not name:
            faults.append(CellFault(line, "key_not_text"))
        elif name in names:
            faults.append(CellFault(line, "key_twice", name))
        names.add(name)
        yield name, _read_node(value, faults, seen)
