"""Which column of a sheet holds what, and the words that its cells may hold: accepted.yaml, looked up forgivingly."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from workflow.core.text import search_key, tidy_name
from workflow.register.roster.rows import Cell, RosterFault

_IN_BRACKETS = re.compile(r"\([^)]*\)")
_MIN_HEADINGS = 2  # headings that make a row the heading row


@dataclass(frozen=True, slots=True)
class AcceptedWords:
    """The words of accepted.yaml by search key."""

    headings: Mapping[str, str]
    main_headings: Mapping[str, str]
    required: tuple[str, ...]
    counters: frozenset[str]
    remarks: frozenset[str]
    never_stored: frozenset[str]
    vacant: frozenset[str]
    village_kinds: Mapping[str, str]
    sexes: Mapping[str, str]
    memberships: Mapping[str, str]
    answers: Mapping[str, str]


@dataclass(slots=True)
class SheetColumns:
    """The columns of one sheet: what each holds, its heading as written, and what was wrong or passed over."""

    fields: dict[int, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    passed_over: set[int] = field(default_factory=set)
    faults: list[RosterFault] = field(default_factory=list)
    notices: list[RosterFault] = field(default_factory=list)
    usable: bool = True


@cache
def load_accepted() -> AcceptedWords:
    """What an office may write."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (Path(__file__).parent / "accepted.yaml").read_text(encoding="utf-8")
    words = yaml.load(text, loader)  # noqa: S506 - a safe loader, either one
    return AcceptedWords(
        headings=_index_by_key(words["columns"]),
        main_headings={name: headings[0] for name, headings in words["columns"].items()},
        required=tuple(words["required"]),
        counters=_search_keys(words["counters"]),
        remarks=_search_keys(words["remarks"]),
        never_stored=_search_keys(words["never_stored"]),
        vacant=_search_keys(words["vacant"]),
        village_kinds=_index_by_key(words["village_kinds"]),
        sexes=_index_by_key(words["sexes"]),
        memberships=_index_by_key(words["memberships"]),
        answers=_index_by_key(words["answers"]),
    )


def count_headings(row: Sequence[str]) -> int:
    """How many different columns a row names."""
    return len({load_accepted().headings.get(_heading_key(text)) for text in row} - {None})


def read_columns(cells: Mapping[int, Cell]) -> SheetColumns | None:
    """The columns that a row of headings names, or None if it is no such row."""
    texts = {column: tidy_name(str(cell)) for column, cell in sorted(cells.items())}
    if count_headings(list(texts.values())) < _MIN_HEADINGS:
        return None
    columns = SheetColumns()
    for column, text in texts.items():
        _assign_column(columns, column, text)
    for name in load_accepted().required:
        if name not in columns.headings:
            columns.faults.append(
                RosterFault("roster.column_missing", values={"heading": load_accepted().main_headings[name]})
            )
            columns.usable = False
    return columns


def find_village_kind(name: str) -> str | None:
    """Whether a village's own name says that it is a village or a residential group."""
    words = search_key(name).split()
    kinds = load_accepted().village_kinds
    return next((kinds[start] for n in (3, 2, 1) if len(words) > n and (start := " ".join(words[:n])) in kinds), None)


def _assign_column(columns: SheetColumns, column: int, text: str) -> None:
    """Say what one column is for."""
    words, key = load_accepted(), _heading_key(text)
    name = words.headings.get(key)
    if name is not None and name not in columns.headings:
        columns.fields[column] = name
        columns.headings[name] = text
        return
    columns.passed_over.add(column)
    if name is not None:
        values: dict[str, str | int] = {"other": columns.headings[name]}
        columns.faults.append(RosterFault("roster.column_doubled", column=text, values=values))
        columns.usable = False
    elif _is_never_stored(key):
        columns.notices.append(RosterFault("roster.column_never_stored", column=text))
    elif key in words.remarks:
        columns.notices.append(RosterFault("roster.column_not_read", column=text))
    elif key and key not in words.counters:
        columns.faults.append(RosterFault("roster.column_unknown", column=text))


def _is_never_stored(key: str) -> bool:
    """Longer words count wherever they stand in a heading (Số CCCD gắn chip), short ones only alone (Con, Mẹ)."""
    words = load_accepted().never_stored
    return key in words or any(f" {word} " in f" {key} " for word in words if " " in word or len(word) > len("cha"))


def _heading_key(text: str) -> str:
    return search_key(_IN_BRACKETS.sub(" ", text)) or search_key(text)


def _search_keys(words: Sequence[str]) -> frozenset[str]:
    return frozenset(map(search_key, words))


def _index_by_key(words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {search_key(spelling): name for name, spellings in words.items() for spelling in spellings}
