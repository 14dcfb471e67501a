"""Files of editions are read, one folder per pipeline, one file each.

What is wrong with a single file, or with how they follow each other, is found here; what they say together,
merged, is the business of ``loading``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path as File
from typing import Any, NamedTuple

import yaml

from states.rulebook.amendments import KeyPath

YAML_LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LocatedFault(NamedTuple):
    """A fault with the file and the line (1-based; 0: none) where its author finds it."""

    file: str
    line: int
    path: str
    code: str
    name: str


@dataclass(frozen=True)
class EditionFile:
    """One file of an edition as it was read; ``broken``: nothing can be merged that rests on it."""

    file: File
    data: Mapping[str, Any]
    broken: bool = False

    @property
    def place(self) -> str:
        """Folder and name of the file."""
        return f"{self.file.parent.name}/{self.file.name}"

    def find_line(self, path: KeyPath) -> int:
        """The line of the longest known part of ``path``; read again only when a fault is shown."""
        node, line = self._compose_yaml(), 0
        for step in path:
            child = next(_child_nodes(node, step), None)
            if child is None:
                break
            line, node = child
        return line

    def make_fault(self, path: KeyPath, code: str, name: object) -> LocatedFault:
        return LocatedFault(self.place, self.find_line(path) or 1, ".".join(path), code, str(name))

    def match_depth(self, path: KeyPath) -> int:
        """How many steps of ``path`` this file itself holds."""
        level: Any = self.data
        for depth, step in enumerate(path):
            if not isinstance(level, Mapping):
                return depth
            key = next((name for name in (step, f"{step}+", f"{step}-") if name in level), None)
            if key is None:
                return depth
            level = level[key]
        return len(path)

    def find_duplicate_keys(self) -> Iterator[LocatedFault]:
        """Every key that stands twice in one place: YAML itself would silently take the last."""
        for path, pairs in _walk_mappings(self._compose_yaml()):
            seen: set[str] = set()
            for key, _ in pairs:
                if key.value in seen:
                    yield self._key_fault(key, path, "key_twice")
                seen.add(key.value)

    def find_odd_keys(self) -> Iterator[LocatedFault]:
        """Every key that YAML does not read as text."""
        for path, pairs in _walk_mappings(self._compose_yaml()):
            for key, _ in pairs:
                if key.tag != "tag:yaml.org,2002:str":
                    yield self._key_fault(key, path, "key_not_text")

    def _compose_yaml(self) -> Any:
        return yaml.compose(self.file.read_text(encoding="utf-8"), YAML_LOADER)

    def _key_fault(self, key: Any, path: KeyPath, code: str) -> LocatedFault:
        name = str(key.value)
        return LocatedFault(self.place, key.start_mark.line + 1, ".".join((*path, name)), code, name)


EditionFiles = dict[str, dict[str, EditionFile]]
"""Pipeline -> edition id -> its file, editions in the order of their ids."""


def read_edition_files(files: list[File]) -> tuple[EditionFiles, list[LocatedFault]]:
    """Every file, and all that is wrong with single files or with how they follow each other."""
    sources: EditionFiles = {}
    faults: list[LocatedFault] = []
    for file in files:
        source, wrong = _read_file(file)
        faults += wrong
        sources.setdefault(file.parent.name, {})[file.stem] = source
    for pipeline, own in sources.items():
        faults += _check_sequence(own)
        faults += _check_base(sources, pipeline)
    return sources, faults


def base_pipeline(own: Mapping[str, EditionFile]) -> str | None:
    """The pipeline that another one builds on, as its first file says."""
    base = next(iter(own.values())).data.get("builds_on")
    return base if isinstance(base, str) else None


def _read_file(file: File) -> tuple[EditionFile, list[LocatedFault]]:
    broken = EditionFile(file, {}, broken=True)
    text = ""
    try:
        text = file.read_text(encoding="utf-8")
        data = yaml.load(text, YAML_LOADER)  # noqa: S506 - a safe loader, either one
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = min(mark.line, text.rstrip().count("\n")) + 1 if mark else 1
        return broken, [LocatedFault(broken.place, line, "", "not_yaml", "")]
    if not isinstance(data, dict):
        return broken, [LocatedFault(broken.place, 1, "", "not_yaml", "")]
    source = EditionFile(file, data)
    if _has_odd_keys(data):
        return broken, list(source.find_odd_keys())
    if type(data.get("in_force")) is not date:
        code = "shape" if "in_force" in data else "missing"
        return broken, [source.make_fault(("in_force",), code, data.get("in_force", "in_force"))]
    expected = (("pipeline", file.parent.name), ("edition", file.stem))
    return source, [
        source.make_fault((key,), "name_of_file", data.get(key))
        for key, name in expected
        if data.get(key) != name
    ]


def _check_sequence(own: Mapping[str, EditionFile]) -> Iterator[LocatedFault]:
    """A pipeline's first file is complete; each later one amends the one before it."""
    before: EditionFile | None = None
    for source in own.values():
        if source.broken or (before and before.broken):
            before = source
            continue
        amends = source.data.get("amends")
        if before is None and amends is not None:
            yield source.make_fault(("amends",), "first_amends", amends)
        if before is not None:
            if amends != before.file.stem:
                yield source.make_fault(("amends",), "not_the_edition_before", amends)
            if source.data["in_force"] <= before.data["in_force"]:
                yield source.make_fault(("in_force",), "not_in_order", source.data["in_force"])
        before = source


def _check_base(sources: EditionFiles, pipeline: str) -> Iterator[LocatedFault]:
    """A pipeline builds on one that is there and that does not, in the end, build on it."""
    seen, base = [pipeline], base_pipeline(sources[pipeline])
    while base is not None and base not in seen and base in sources:
        seen.append(base)
        base = base_pipeline(sources[base])
    if base is not None:
        first = next(iter(sources[pipeline].values()))
        yield first.make_fault(("builds_on",), "no_such_base", base)


def _has_odd_keys(value: object) -> bool:
    """Whether YAML reads a key as something else than text, as it does with a bare ``on`` or ``no``."""
    if isinstance(value, dict):
        return any(not isinstance(key, str) or _has_odd_keys(child) for key, child in value.items())
    return isinstance(value, list) and any(map(_has_odd_keys, value))


def _child_nodes(node: Any, step: str) -> Iterator[tuple[int, Any]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value in (step, f"{step}+", f"{step}-"):
                yield key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            if str(number) == step or getattr(value, "value", None) == step:
                yield value.start_mark.line + 1, value


def _walk_mappings(node: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, list[tuple[Any, Any]]]]:
    """Every mapping of a file, with its path and its pairs."""
    children: list[tuple[str, Any]] = []
    if isinstance(node, yaml.MappingNode):
        yield path, node.value
        children = [(str(key.value), value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        children = [(str(number), value) for number, value in enumerate(node.value)]
    for step, child in children:
        yield from _walk_mappings(child, (*path, step))
