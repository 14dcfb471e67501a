"""A CSV file is read as other programs write it.

UTF-8 with or without mark, UTF-16, or Windows-1258.
"""

import codecs
import csv
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from workflow.register.roster.rows import Cell, NoValue, Sheet, UnreadableRoster

MOST_BYTES = 128 * 2**20
MAX_CELL_LENGTH = 10_000

_DELIMITERS = ",;\t"
_HEAD_LINES = 30
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_PRINT_SIGNS = frozenset("\u00a0\u2018\u2019–—“”…°·•")
_VIETNAMESE_MARKS = frozenset("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")


def open_csv(path: Path, count_headings: Callable[[Sequence[str]], int]) -> Sheet:
    """The rows of a CSV file; the delimiter is the one that finds most headings in the first lines.

    Raises `UnreadableRoster`, also while its rows are being read; `OSError`.
    """
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableRoster("roster.too_big", limit=MOST_BYTES // 2**20)
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(b"PK\x03\x04"):
        raise UnreadableRoster("roster.not_csv")
    encoding = _detect_encoding(path, start)
    headings_by_delimiter = {
        delimiter: _max_headings(path, encoding, delimiter, count_headings) for delimiter in _DELIMITERS
    }
    delimiter = max(_DELIMITERS, key=headings_by_delimiter.__getitem__)
    rows = ((number, _to_cells(row)) for number, row in _read_records(path, encoding, delimiter))
    return Sheet(rows, encoding_guessed=encoding == "cp1258")


def _detect_encoding(path: Path, start: bytes) -> str:
    """The encoding of the file. Raises `UnreadableRoster` for an unknown one, or no text."""
    for mark, marked in _MARKS:
        if start.startswith(mark):
            return marked if _decodes_as(path, marked) else _raise_wrong_encoding()
    for encoding, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if zeros.count(0) > len(zeros) // 3:
            return encoding if _decodes_as(path, encoding) else _raise_wrong_encoding()
    if b"\0" in start:
        _raise_wrong_encoding()
    return (
        next((encoding for encoding in ("utf-8", "cp1258") if _decodes_as(path, encoding)), None)
        or _raise_wrong_encoding()
    )


def _decodes_as(path: Path, encoding: str) -> bool:
    """Whether the whole file can be decoded so; in Windows-1258, whether it also comes out as Vietnamese."""
    try:
        with path.open(encoding=encoding) as file:
            while text := file.read(2**16):
                if encoding == "cp1258" and not _is_vietnamese(text):
                    return False
    except UnicodeError:
        return False
    return True


def _is_vietnamese(text: str) -> bool:
    """Other old encodings decode as Windows-1258 as well, but into signs that no Vietnamese name has."""
    for char in set(unicodedata.normalize("NFD", text)):
        known = char.isascii() or char in _VIETNAMESE_MARKS or char in _PRINT_SIGNS or char in "đĐ"
        if not known:
            return False
    return True


def _raise_wrong_encoding() -> str:
    raise UnreadableRoster("roster.wrong_encoding")


def _max_headings(
    path: Path, encoding: str, delimiter: str, count_headings: Callable[[Sequence[str]], int]
) -> int:
    most = 0
    with suppress(UnreadableRoster):  # a line broken further down is told when it is read
        for _, row in islice(_read_records(path, encoding, delimiter), _HEAD_LINES):
            most = max(most, count_headings(row))
    return most


def _read_records(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with the line on which it begins."""
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        first = 1
        try:
            for row in reader:
                yield first, row
                first = reader.line_num + 1
        except csv.Error as error:
            raise UnreadableRoster("roster.csv_broken", line=first) from error


def _to_cells(row: Sequence[str]) -> Mapping[int, Cell]:
    return {
        column: NoValue("roster.formula", "") if text.startswith("=") else text[:MAX_CELL_LENGTH]
        for column, text in enumerate(row)
        if text
    }
