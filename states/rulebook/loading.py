"""Reading the editions: amendments merged into what they amend, every edition checked, all faults at once."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path as File
from typing import Any, NamedTuple

from pydantic import ValidationError

from states.rulebook.amendments import HEAD, Path, merged
from states.rulebook.checks import faults_of
from states.rulebook.edition import Edition
from states.rulebook.sources import Misplaced as Misplaced
from states.rulebook.sources import Source, Sources, base_of, read_sources

EDITIONS = File(__file__).parent.parent / "editions"
SHOWN = 60
"""How many signs of a wrong value a fault quotes."""


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


class Built(NamedTuple):
    """An edition as far as it could be made of its files, and what is wrong with it."""

    edition: Edition | None
    faults: tuple[Misplaced, ...]


@dataclass
class Rulebook:
    """All editions of all pipelines. Editions are merged and checked when first asked for, or all by ``check``."""

    folder: File = EDITIONS
    _made: dict[tuple[str, str], Built] = field(default_factory=dict)
    _calendars: dict[str, tuple[list[date], tuple[str, ...]]] = field(default_factory=dict)

    def files(self) -> list[File]:
        """Every file of the editions, in a stable order."""
        return sorted(self.folder.glob("*/*.yaml"))

    @cached_property
    def _read(self) -> tuple[Sources, list[Misplaced]]:
        return read_sources(self.files())

    @property
    def sources(self) -> Sources:
        """Pipeline -> edition id -> its file, editions in the order of their ids. Raises `RulebookFaults`."""
        sources, faults = self._read
        if faults:
            raise RulebookFaults(faults)
        return sources

    @property
    def pipelines(self) -> tuple[str, ...]:
        """The names of the pipelines."""
        return tuple(self.sources)

    def editions(self, pipeline: str) -> tuple[str, ...]:
        """The ids of a pipeline's editions, oldest first; one that builds on another has the other's later ones too."""
        if pipeline not in self.sources:
            raise UnknownEdition(pipeline)
        return _names(self.sources, pipeline)

    def edition(self, pipeline: str, edition: str) -> Edition:
        """One edition, merged and checked with those before it. Raises `UnknownEdition`, `RulebookFaults`."""
        held = self._made.get((pipeline, edition))
        if held and held.edition and not held.faults:
            return held.edition
        names = self.editions(pipeline)
        if edition not in names:
            raise UnknownEdition(f"{pipeline}/{edition}")
        faults = [
            fault
            for name in names[: names.index(edition) + 1]
            for fault in self._built(self.sources, pipeline, name).faults
        ]
        made = self._made[pipeline, edition].edition
        if faults or made is None:
            raise RulebookFaults(list(dict.fromkeys(faults)))
        return made

    def _built(self, sources: Sources, pipeline: str, edition: str) -> Built:
        """An edition made of its files, and its own faults; those before it are built first."""
        held = self._made.get((pipeline, edition))
        if held is None:
            names = _names(sources, pipeline)
            at = names.index(edition)
            before = self._built(sources, pipeline, names[at - 1]).edition if at else None
            held = self._made[pipeline, edition] = _build(_chain(sources, pipeline, edition), pipeline, edition, before)
        return held

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
            starts = [_in_force(_chain(self.sources, pipeline, name), name) for name in names]
            held = self._calendars[pipeline] = (starts, names)
        return held

    def check(self) -> None:
        """Read and check every edition. Raises `RulebookFaults` with all faults of all of them.

        Editions that rest on a file which cannot be read at all are not judged: their faults would be made up.
        """
        sources, found = self._read
        faults = list(found)
        for source in (one for own in sources.values() for one in own.values() if not one.broken):
            faults += source.keys_twice()
        baseless = {one.file for one in found if one.code == "no_such_base"}
        for pipeline, own in sources.items():
            if next(iter(own.values())).place in baseless:
                continue
            for edition in _names(sources, pipeline):
                if any(source.broken for source in _chain(sources, pipeline, edition)):
                    break
                faults += self._built(sources, pipeline, edition).faults
        if faults:
            raise RulebookFaults(list(dict.fromkeys(faults)))


@cache
def own_rulebook() -> Rulebook:
    """The editions that come with the program: read and checked once, however many offices a process opens."""
    return Rulebook()


def _names(sources: Sources, pipeline: str) -> tuple[str, ...]:
    own = sources[pipeline]
    base = base_of(own)
    if base is None:
        return tuple(own)
    first = next(iter(own))
    return tuple(sorted({*own, *(name for name in _names(sources, base) if name >= first)}))


def _chain(sources: Sources, pipeline: str, edition: str) -> list[Source]:
    """The files that make an edition, the complete one first."""
    own = sources[pipeline]
    base = base_of(own)
    before = _chain(sources, base, edition) if base else []
    return before + [source for name, source in own.items() if name <= edition]


def _in_force(chain: list[Source], edition: str) -> date:
    starts: date = max(source.data["in_force"] for source in chain if source.file.stem == edition)
    return starts


def _build(chain: list[Source], pipeline: str, edition: str, before: Edition | None) -> Built:
    data, wrong = _merge(chain)
    faults = [_placed(chain, path, code, path[-1]) for path, code in wrong]
    data |= {"pipeline": pipeline, "edition": edition, "in_force": _in_force(chain, edition)}
    try:
        made = Edition.model_validate(data)
    except ValidationError as error:
        misshapen = dict.fromkeys(_misshapen(data, error))
        return Built(None, (*faults, *(_placed(chain, path, code, name) for path, code, name in misshapen)))
    faults += [_placed(chain, one.path, one.code, one.name) for one in faults_of(made, before)]
    return Built(made, tuple(faults))


def _merge(chain: list[Source]) -> tuple[dict[str, Any], list[tuple[Path, str]]]:
    """What the files of a chain say together; and what the last of them gets wrong, the others having been told."""
    data: dict[str, Any] = dict(chain[0].data)
    wrong: list[tuple[Path, str]] = []
    for source in chain[1:]:
        wrong = []
        data = merged(data, source.data, wrong)
        if not set(source.data) - HEAD:
            wrong.append((("edition",), "amends_nothing"))
    return data, wrong


def _misshapen(data: Mapping[str, Any], error: ValidationError) -> Iterator[tuple[Path, str, str]]:
    """Values that do not fit the shape of an edition: each once, though it was tried as several types."""
    codes = {"missing": "missing", "extra_forbidden": "unknown_key"}
    for one in error.errors():
        path = _really(data, one["loc"], whole=one["type"] == "missing")
        code = codes.get(one["type"], "shape")
        yield path, code, path[-1] if code != "shape" else str(one["input"])[:SHOWN]


def _really(data: object, loc: tuple[int | str, ...], *, whole: bool) -> Path:
    """The steps of an error's place that the data has; the others name types that were tried."""
    path: list[str] = []
    for step in loc:
        if (isinstance(data, Mapping) and step in data) or (isinstance(data, list) and isinstance(step, int)):
            data = data[step]  # type: ignore[index] # a list is asked by number, a mapping by its own key
        elif not (whole and step == loc[-1]):
            continue
        path.append(str(step))
    return tuple(path)


def _placed(chain: list[Source], path: Path, code: str, name: str) -> Misplaced:
    """Name the last file of the chain that says most of ``path``."""
    return max(reversed(chain), key=lambda one: one.speaks_of(path)).fault(path, code, name)
