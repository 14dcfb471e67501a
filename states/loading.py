"""Reading the editions: one folder per pipeline, one file per edition, amendments merged, all faults at once."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path as File
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from states.amendments import HEAD, Path, merged
from states.checks import faults_of
from states.rulebook import Edition

EDITIONS = File(__file__).parent / "editions"
LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Misplaced(NamedTuple):
    """A fault with the file and the line (1-based; 0 where none can be named) at which its author finds it."""

    file: str
    line: int
    path: str
    code: str
    name: str


class RulebookFaults(Exception):
    """The editions cannot be used: every fault, each with file and place."""

    def __init__(self, faults: list[Misplaced]) -> None:
        super().__init__("\n".join(f"{one.file}:{one.line}: {one.path}: {one.code} {one.name}" for one in faults))
        self.faults = faults


class NoEdition(Exception):
    """No edition of ``pipeline`` was in force on ``day``."""

    def __init__(self, pipeline: str, day: date) -> None:
        super().__init__(f"no edition of {pipeline} on {day}")
        self.pipeline, self.day = pipeline, day


class UnknownEdition(Exception):
    """There is no such pipeline, or no such edition in it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class Source:
    """One file of an edition as it was read."""

    file: File
    data: Mapping[str, Any]

    def line(self, path: Path) -> int:
        """The line on which the longest known part of ``path`` stands; read again only when a fault is shown."""
        node: Any = yaml.compose(self.file.read_text(encoding="utf-8"), LOADER)
        line = 0
        for step in path:
            found = next(_children(node, step), None)
            if found is None:
                break
            line, node = found
        return line

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


def _children(node: Any, step: str) -> Iterator[tuple[int, Any]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value in (step, f"{step}+", f"{step}-"):
                yield key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            if str(number) == step or getattr(value, "value", None) == step:
                yield value.start_mark.line + 1, value


@dataclass
class Rulebook:
    """All editions of all pipelines. Editions are merged and checked when first asked for, or all by ``check``."""

    folder: File = EDITIONS
    _made: dict[tuple[str, str], Edition] = field(default_factory=dict)
    _calendars: dict[str, tuple[list[date], tuple[str, ...]]] = field(default_factory=dict)

    def files(self) -> list[File]:
        """Every file of the editions, in a stable order."""
        return sorted(self.folder.glob("*/*.yaml"))

    @cached_property
    def sources(self) -> dict[str, dict[str, Source]]:
        """Pipeline -> edition id -> its file, editions in the order of their ids."""
        found: dict[str, dict[str, Source]] = {}
        faults: list[Misplaced] = []
        for file in self.files():
            try:
                data = yaml.load(file.read_text(encoding="utf-8"), LOADER)  # noqa: S506 - a safe loader, either one
            except yaml.YAMLError as error:
                mark = getattr(error, "problem_mark", None)
                faults.append(Misplaced(_place(file), mark.line + 1 if mark else 0, "", "not_yaml", ""))
                continue
            if not isinstance(data, dict):
                faults.append(Misplaced(_place(file), 1, "", "not_yaml", ""))
                continue
            for key, expected in (("pipeline", file.parent.name), ("edition", file.stem)):
                if data.get(key) != expected:
                    faults.append(Misplaced(_place(file), 1, key, "name_of_file", str(data.get(key))))
            found.setdefault(file.parent.name, {})[file.stem] = Source(file, data)
        if faults:
            raise RulebookFaults(faults)
        return found

    @property
    def pipelines(self) -> tuple[str, ...]:
        """The names of the pipelines."""
        return tuple(self.sources)

    def editions(self, pipeline: str) -> tuple[str, ...]:
        """The ids of a pipeline's editions, oldest first; one that builds on another has the other's later ones too."""
        own = self.sources.get(pipeline)
        if not own:
            raise UnknownEdition(pipeline)
        base = next(iter(own.values())).data.get("builds_on")
        return tuple(name for name in self.editions(base) if name >= min(own)) if base else tuple(own)

    def _chain(self, pipeline: str, edition: str) -> list[Source]:
        """The files that make an edition, the complete one first."""
        own = self.sources[pipeline]
        base = next(iter(own.values())).data.get("builds_on")
        before = self._chain(base, edition) if base else []
        return before + [source for name, source in own.items() if name <= edition]

    def edition(self, pipeline: str, edition: str) -> Edition:
        """One edition, merged and checked. Raises `UnknownEdition`, `RulebookFaults`."""
        if made := self._made.get((pipeline, edition)):
            return made
        names = self.editions(pipeline)
        if edition not in names:
            raise UnknownEdition(f"{pipeline}/{edition}")
        chain = self._chain(pipeline, edition)
        found: list[tuple[Path, str, str]] = []
        data = _merge(chain, pipeline, edition, found)
        faults = [_placed(chain, path, code, name) for path, code, name in found]
        try:
            made = Edition.model_validate(data)
        except ValidationError as error:
            for one in error.errors():
                path = tuple(str(step) for step in one["loc"])
                faults.append(_placed(chain, path, "shape", one["msg"]))
            raise RulebookFaults(faults) from error
        at = names.index(edition)
        before = self.edition(pipeline, names[at - 1]) if at else None
        faults += [_placed(chain, one.path, one.code, one.name) for one in faults_of(made, before)]
        if faults:
            raise RulebookFaults(faults)
        self._made[pipeline, edition] = made
        return made

    def edition_on(self, pipeline: str, day: date) -> Edition:
        """The edition in force on a day. Raises `NoEdition` before the first one."""
        starts, names = self._calendar(pipeline)
        at = bisect_right(starts, day)
        if not at:
            raise NoEdition(pipeline, day)
        return self.edition(pipeline, names[at - 1])

    def _calendar(self, pipeline: str) -> tuple[list[date], tuple[str, ...]]:
        """The first days of a pipeline's editions, and their ids; worked out once."""
        held = self._calendars.get(pipeline)
        if held is None:
            names = self.editions(pipeline)
            held = self._calendars[pipeline] = ([self._starts(pipeline, name) for name in names], names)
        return held

    def _starts(self, pipeline: str, edition: str) -> date:
        sources = [source for source in self._chain(pipeline, edition) if source.file.stem == edition]
        starts: date = max(source.data["in_force"] for source in sources)
        return starts

    def check(self) -> None:
        """Read and check every edition. Raises `RulebookFaults` with all faults of all of them."""
        faults: list[Misplaced] = []
        for pipeline in self.pipelines:
            for edition in self.editions(pipeline):
                try:
                    self.edition(pipeline, edition)
                except RulebookFaults as error:
                    faults += [fault for fault in error.faults if fault not in faults]
        if faults:
            raise RulebookFaults(faults)


def _merge(chain: list[Source], pipeline: str, edition: str, found: list[tuple[Path, str, str]]) -> dict[str, Any]:
    data: dict[str, Any] = dict(chain[0].data)
    for source in chain[1:]:
        wrong: list[tuple[Path, str]] = []
        data = merged(data, source.data, wrong)
        if not set(source.data) - HEAD:
            wrong.append((("edition",), "amends_nothing"))
        if source is chain[-1]:
            found += [(path, code, path[-1]) for path, code in wrong]
    in_force = max(source.data["in_force"] for source in chain if source.file.stem == edition)
    return data | {"pipeline": pipeline, "edition": edition, "in_force": in_force}


def _placed(chain: list[Source], path: Path, code: str, name: str) -> Misplaced:
    """Name the last file of the chain that says most of ``path``."""
    source = max(reversed(chain), key=lambda one: one.speaks_of(path))
    return Misplaced(_place(source.file), source.line(path), ".".join(path), code, name)


def _place(file: File) -> str:
    return f"{file.parent.name}/{file.name}"
