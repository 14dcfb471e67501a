"""The files of the editions as they were read, one folder per pipeline, one file per edition; what is wrong with each.

What they say together, merged, is the business of ``loading``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path as File
from typing import Any, NamedTuple

import yaml

from states.rulebook.amendments import Path

LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Misplaced(NamedTuple):
    """A fault with the file and the line (1-based; 0 where none can be named) at which its author finds it."""

    file: str
    line: int
    path: str
    code: str
    name: str


@dataclass(frozen=True)
class Source:
    """One file of an edition as it was read; ``broken``: it cannot be merged, so no edition that rests on it can be."""

    file: File
    data: Mapping[str, Any]
    broken: bool = False

    @property
    def place(self) -> str:
        """Folder and name of the file."""
        return f"{self.file.parent.name}/{self.file.name}"

    def line(self, path: Path) -> int:
        """The line on which the longest known part of ``path`` stands; read again only when a fault is shown."""
        node, line = self._node(), 0
        for step in path:
            found = next(_children(node, step), None)
            if found is None:
                break
            line, node = found
        return line

    def fault(self, path: Path, code: str, name: object) -> Misplaced:
        """A fault at a path of this file."""
        return Misplaced(self.place, self.line(path) or 1, ".".join(path), code, str(name))

    def speaks_of(self, path: Path) -> int:
        """How many steps of ``path`` this file itself holds."""
        here: Any = self.data
        for depth, step in enumerate(path):
            if not isinstance(here, Mapping):
                return depth
            key = next((name for name in (step, f"{step}+", f"{step}-") if name in here), None)
            if key is None:
                return depth
            here = here[key]
        return len(path)

    def keys_twice(self) -> Iterator[Misplaced]:
        """Every key that stands twice in one place: YAML itself would silently take the last."""
        for path, pairs in _mappings(self._node()):
            seen: set[str] = set()
            for key, _ in pairs:
                if key.value in seen:
                    yield self._at(key, path, "key_twice")
                seen.add(key.value)

    def odd_keys(self) -> Iterator[Misplaced]:
        """Every key that YAML does not read as text."""
        for path, pairs in _mappings(self._node()):
            for key, _ in pairs:
                if key.tag != "tag:yaml.org,2002:str":
                    yield self._at(key, path, "key_not_text")

    def _node(self) -> Any:
        return yaml.compose(self.file.read_text(encoding="utf-8"), LOADER)

    def _at(self, key: Any, path: Path, code: str) -> Misplaced:
        name = str(key.value)
        return Misplaced(self.place, key.start_mark.line + 1, ".".join((*path, name)), code, name)


Sources = dict[str, dict[str, Source]]
"""Pipeline -> edition id -> its file, editions in the order of their ids."""


def read_sources(files: list[File]) -> tuple[Sources, list[Misplaced]]:
    """Every file, and all that is wrong with single files or with how they follow each other."""
    found: Sources = {}
    faults: list[Misplaced] = []
    for file in files:
        source, wrong = _read(file)
        faults += wrong
        found.setdefault(file.parent.name, {})[file.stem] = source
    for pipeline, own in found.items():
        faults += _in_a_row(own)
        faults += _base(found, pipeline)
    return found, faults


def base_of(own: Mapping[str, Source]) -> str | None:
    """The pipeline that another one builds on, as its first file says."""
    base = next(iter(own.values())).data.get("builds_on")
    return base if isinstance(base, str) else None


def _read(file: File) -> tuple[Source, list[Misplaced]]:
    broken = Source(file, {}, broken=True)
    text = ""
    try:
        text = file.read_text(encoding="utf-8")
        data = yaml.load(text, LOADER)  # noqa: S506 - a safe loader, either one
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = min(mark.line, text.rstrip().count("\n")) + 1 if mark else 1
        return broken, [Misplaced(broken.place, line, "", "not_yaml", "")]
    if not isinstance(data, dict):
        return broken, [Misplaced(broken.place, 1, "", "not_yaml", "")]
    source = Source(file, data)
    if _has_odd_keys(data):
        return broken, list(source.odd_keys())
    if type(data.get("in_force")) is not date:
        code = "shape" if "in_force" in data else "missing"
        return broken, [source.fault(("in_force",), code, data.get("in_force", "in_force"))]
    expected = (("pipeline", file.parent.name), ("edition", file.stem))
    return source, [
        source.fault((key,), "name_of_file", data.get(key)) for key, name in expected if data.get(key) != name
    ]


def _in_a_row(own: Mapping[str, Source]) -> Iterator[Misplaced]:
    """The first file of a pipeline is complete; each later one amends the one before it and comes into force after."""
    before: Source | None = None
    for source in own.values():
        if source.broken or (before and before.broken):
            before = source
            continue
        amends = source.data.get("amends")
        if before is None and amends is not None:
            yield source.fault(("amends",), "first_amends", amends)
        if before is not None:
            if amends != before.file.stem:
                yield source.fault(("amends",), "not_the_edition_before", amends)
            if source.data["in_force"] <= before.data["in_force"]:
                yield source.fault(("in_force",), "not_in_order", source.data["in_force"])
        before = source


def _base(found: Sources, pipeline: str) -> Iterator[Misplaced]:
    """A pipeline builds on one that is there and that does not, in the end, build on it."""
    seen, here = [pipeline], base_of(found[pipeline])
    while here is not None and here not in seen and here in found:
        seen.append(here)
        here = base_of(found[here])
    if here is not None:
        first = next(iter(found[pipeline].values()))
        yield first.fault(("builds_on",), "no_such_base", here)


def _has_odd_keys(value: object) -> bool:
    """Whether YAML reads a key as something else than text, as it does with a bare ``on`` or ``no``."""
    if isinstance(value, dict):
        return any(not isinstance(key, str) or _has_odd_keys(one) for key, one in value.items())
    return isinstance(value, list) and any(map(_has_odd_keys, value))


def _children(node: Any, step: str) -> Iterator[tuple[int, Any]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value in (step, f"{step}+", f"{step}-"):
                yield key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            if str(number) == step or getattr(value, "value", None) == step:
                yield value.start_mark.line + 1, value


def _mappings(node: Any, path: Path = ()) -> Iterator[tuple[Path, list[tuple[Any, Any]]]]:
    """Every mapping of a file, with its path and its pairs."""
    children: list[tuple[str, Any]] = []
    if isinstance(node, yaml.MappingNode):
        yield path, node.value
        children = [(str(key.value), value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        children = [(str(number), value) for number, value in enumerate(node.value)]
    for step, child in children:
        yield from _mappings(child, (*path, step))
