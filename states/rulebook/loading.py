"""A rulebook loads editions: amendments merged, everything checked, all faults at once."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path as File
from typing import Any, NamedTuple

from pydantic import ValidationError

from states.errors import UserError
from states.rulebook.amendments import HEAD_KEYS, KeyPath, merge_changes
from states.rulebook.checks import find_edition_faults
from states.rulebook.edition import Edition
from states.rulebook.released import EditionKey, compute_revision, write_canonical_text
from states.rulebook.sources import EditionFile, EditionFiles, base_pipeline, read_edition_files
from states.rulebook.sources import LocatedFault as LocatedFault

EDITIONS = File(__file__).parent.parent / "editions"
MOST_QUOTED = 60
"""How many signs of a wrong value a fault quotes."""


class RulebookFaults(UserError):
    """The editions cannot be used: every fault, each with file and place."""

    code = "rulebook_faults"
    writes = False
    wording = "rulebook"

    def __init__(self, faults: list[LocatedFault]) -> None:
        super().__init__(
            "\n".join(
                f"{fault.file}:{fault.line}: {fault.path}: {fault.code} {fault.name}" for fault in faults
            )
        )
        self.faults = faults


class NoEdition(UserError):
    """No edition of ``pipeline`` was in force on ``day``."""

    code = "no_edition"
    message_values = ("day",)

    def __init__(self, pipeline: str, day: date) -> None:
        super().__init__(f"no edition of {pipeline} on {day}")
        self.pipeline, self.day = pipeline, day


class UnknownEdition(UserError):
    """There is no such pipeline, or no such edition in it."""

    code = "unknown_edition"
    advice = "advice.unknown_edition"
    message_values = ("name",)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class BuiltEdition(NamedTuple):
    """An edition as far as it could be made of its files, and what is wrong with it."""

    edition: Edition | None
    faults: tuple[LocatedFault, ...]


@dataclass
class Rulebook:
    """All editions of all pipelines.

    Editions are merged and checked when first asked for, or all by `check_editions`.
    """

    folder: File = EDITIONS
    _built_editions: dict[tuple[str, str], BuiltEdition] = field(default_factory=dict)
    _timelines: dict[str, tuple[list[date], tuple[str, ...]]] = field(default_factory=dict)

    def list_files(self) -> list[File]:
        """Every file of the editions, in a stable order."""
        return sorted(self.folder.glob("*/*.yaml"))

    @cached_property
    def _read_files(self) -> tuple[EditionFiles, list[LocatedFault]]:
        return read_edition_files(self.list_files())

    @property
    def sources(self) -> EditionFiles:
        """Pipeline -> edition id -> its file, editions in the order of their ids. Raises `RulebookFaults`."""
        sources, faults = self._read_files
        if faults:
            raise RulebookFaults(faults)
        return sources

    @property
    def pipelines(self) -> tuple[str, ...]:
        return tuple(self.sources)

    def list_editions(self, pipeline: str) -> tuple[str, ...]:
        """The ids of a pipeline's editions, oldest first, with later ones of the pipeline it builds on."""
        if pipeline not in self.sources:
            raise UnknownEdition(pipeline)
        return _edition_names(self.sources, pipeline)

    def load_edition(self, pipeline: str, edition: str) -> Edition:
        """One edition, merged and checked with those before it. Raises `UnknownEdition`, `RulebookFaults`."""
        built = self._built_editions.get((pipeline, edition))
        if built and built.edition and not built.faults:
            return built.edition
        names = self.list_editions(pipeline)
        if edition not in names:
            raise UnknownEdition(f"{pipeline}/{edition}")
        faults = [
            fault
            for name in names[: names.index(edition) + 1]
            for fault in self._build_edition(self.sources, pipeline, name).faults
        ]
        made = self._built_editions[pipeline, edition].edition
        if faults or made is None:
            raise RulebookFaults(list(dict.fromkeys(faults)))
        return made

    def _build_edition(self, sources: EditionFiles, pipeline: str, edition: str) -> BuiltEdition:
        """An edition made of its files, and its own faults; those before it are built first."""
        built = self._built_editions.get((pipeline, edition))
        if built is None:
            names = _edition_names(sources, pipeline)
            at = names.index(edition)
            before = self._build_edition(sources, pipeline, names[at - 1]).edition if at else None
            chain = _source_chain(sources, pipeline, edition)
            after = names[at + 1] if at + 1 < len(names) else None
            last_day = _last_day_before(sources, pipeline, after) if after else None
            built = self._built_editions[pipeline, edition] = _build_from_chain(
                chain, pipeline, edition, before, last_day
            )
        return built

    def edition_on(self, pipeline: str, day: date) -> Edition:
        """The edition in force on a day. Raises `NoEdition` before the first one."""
        starts, names = self._start_days(pipeline)
        at = bisect_right(starts, day)
        if not at:
            raise NoEdition(pipeline, day)
        return self.load_edition(pipeline, names[at - 1])

    @cached_property
    def texts(self) -> dict[EditionKey, str]:
        """What each edition says, merged, as its canonical text. Raises `RulebookFaults`."""
        sources = self.sources
        return {
            (pipeline, edition): write_canonical_text(
                _merge_edition(_source_chain(sources, pipeline, edition), pipeline, edition)[0]
            )
            for pipeline in sources
            for edition in _edition_names(sources, pipeline)
        }

    @cached_property
    def revisions(self) -> dict[EditionKey, str]:
        """The revision of each edition. Raises `RulebookFaults`."""
        return {key: compute_revision(text) for key, text in self.texts.items()}

    def _start_days(self, pipeline: str) -> tuple[list[date], tuple[str, ...]]:
        """The first days of a pipeline's editions, and their ids; worked out once."""
        timeline = self._timelines.get(pipeline)
        if timeline is None:
            names = self.list_editions(pipeline)
            starts = [_first_day(_source_chain(self.sources, pipeline, name), name) for name in names]
            timeline = self._timelines[pipeline] = (starts, names)
        return timeline

    def check_editions(self) -> None:
        """Read and check every edition. Raises `RulebookFaults` with all faults of all of them.

        Editions that rest on a file which cannot be read at all are not judged: their faults would be made
        up.
        """
        sources, source_faults = self._read_files
        faults = list(source_faults)
        for source in (item for own in sources.values() for item in own.values() if not item.broken):
            faults += source.find_duplicate_keys()
        baseless = {item.file for item in source_faults if item.code == "no_such_base"}
        for pipeline, own in sources.items():
            if next(iter(own.values())).place in baseless:
                continue
            for edition in _edition_names(sources, pipeline):
                if any(source.broken for source in _source_chain(sources, pipeline, edition)):
                    break
                faults += self._build_edition(sources, pipeline, edition).faults
        if faults:
            raise RulebookFaults(list(dict.fromkeys(faults)))


@cache
def load_own_rulebook() -> Rulebook:
    """The program's own editions, read once however many offices a process opens."""
    return Rulebook()


def _edition_names(sources: EditionFiles, pipeline: str) -> tuple[str, ...]:
    own = sources[pipeline]
    base = base_pipeline(own)
    if base is None:
        return tuple(own)
    first = next(iter(own))
    return tuple(sorted({*own, *(name for name in _edition_names(sources, base) if name >= first)}))


def _source_chain(sources: EditionFiles, pipeline: str, edition: str) -> list[EditionFile]:
    """The files that make an edition, the complete one first."""
    own = sources[pipeline]
    base = base_pipeline(own)
    before = _source_chain(sources, base, edition) if base else []
    return before + [source for name, source in own.items() if name <= edition]


def _first_day(chain: list[EditionFile], edition: str) -> date:
    starts: date = max(source.data["in_force"] for source in chain if source.file.stem == edition)
    return starts


def _last_day_before(sources: EditionFiles, pipeline: str, edition: str) -> date | None:
    """The day before an edition's first one; None while its files do not say it."""
    chain = _source_chain(sources, pipeline, edition)
    return None if any(source.broken for source in chain) else _first_day(chain, edition) - timedelta(days=1)


def _build_from_chain(
    chain: list[EditionFile], pipeline: str, edition: str, before: Edition | None, last_day: date | None
) -> BuiltEdition:
    data, wrong = _merge_edition(chain, pipeline, edition)
    faults = [_locate_fault(chain, path, code, path[-1]) for path, code in wrong]
    try:
        made = Edition.model_validate(data, context={"revision": _revision_of(data)})
    except ValidationError as error:
        misshapen = dict.fromkeys(_shape_faults(data, error))
        return BuiltEdition(
            None, (*faults, *(_locate_fault(chain, path, code, name) for path, code, name in misshapen))
        )
    faults += [
        _locate_fault(chain, fault.path, fault.code, fault.name)
        for fault in find_edition_faults(made, before, last_day)
    ]
    return BuiltEdition(made, tuple(faults))


def _revision_of(data: dict[str, Any]) -> str:
    """The revision of merged data; none where it holds what no edition may say."""
    try:
        return compute_revision(write_canonical_text(data))
    except TypeError:
        return ""


def _merge_edition(
    chain: list[EditionFile], pipeline: str, edition: str
) -> tuple[dict[str, Any], list[tuple[KeyPath, str]]]:
    """What the files of a chain say together, and what the last of them gets wrong."""
    data: dict[str, Any] = dict(chain[0].data)
    wrong: list[tuple[KeyPath, str]] = []
    for source in chain[1:]:
        wrong = []
        data = merge_changes(data, source.data, wrong)
        if not set(source.data) - HEAD_KEYS:
            wrong.append((("edition",), "amends_nothing"))
    data |= {"pipeline": pipeline, "edition": edition, "in_force": _first_day(chain, edition)}
    return data, wrong


def _shape_faults(data: Mapping[str, Any], error: ValidationError) -> Iterator[tuple[KeyPath, str, str]]:
    """Values that do not fit the shape of an edition, each reported once.

    Pydantic reports a value once for each type of a union.
    """
    codes = {"missing": "missing", "extra_forbidden": "unknown_key"}
    for detail in error.errors():
        path = _data_path(data, detail["loc"], whole=detail["type"] == "missing")
        code = codes.get(detail["type"], "shape")
        yield path, code, path[-1] if code != "shape" else str(detail["input"])[:MOST_QUOTED]


def _data_path(data: object, loc: tuple[int | str, ...], *, whole: bool) -> KeyPath:
    """The part of an error's location that the data has; the rest names types that were tried."""
    path: list[str] = []
    for step in loc:
        if (isinstance(data, Mapping) and step in data) or (isinstance(data, list) and isinstance(step, int)):
            data = data[step]  # type: ignore[index] # a list is asked by number, a mapping by its own key
        elif not (whole and step == loc[-1]):
            continue
        path.append(str(step))
    return tuple(path)


def _locate_fault(chain: list[EditionFile], path: KeyPath, code: str, name: str) -> LocatedFault:
    """Name the last file of the chain that says most of ``path``."""
    return max(reversed(chain), key=lambda source: source.match_depth(path)).make_fault(path, code, name)
