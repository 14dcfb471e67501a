"""A heading row says which column holds what."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workflow.core.text import search_key, tidy_name
from workflow.register.accepted_words import load_accepted
from workflow.register.roster.rows import Cell, RosterFault

_IN_BRACKETS = re.compile(r"\([^)]*\)")
_MIN_HEADINGS = 2  # headings that make a row the heading row


@dataclass(slots=True)
class SheetColumns:
    """The columns of one sheet.

    What each holds, its heading as written, and what was wrong or passed over.
    """

    fields: dict[int, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    passed_over: set[int] = field(default_factory=set)
    faults: list[RosterFault] = field(default_factory=list)
    notices: list[RosterFault] = field(default_factory=list)
    usable: bool = True


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
    """Longer words count anywhere in a heading (Số CCCD gắn chip), short ones only alone (Con, Mẹ)."""
    words = load_accepted().never_stored
    return key in words or any(
        f" {word} " in f" {key} " for word in words if " " in word or len(word) > len("cha")
    )


def _heading_key(text: str) -> str:
    return search_key(_IN_BRACKETS.sub(" ", text)) or search_key(text)
