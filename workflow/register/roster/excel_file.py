"""The first visible sheet of a workbook is read.

Row by row in flat memory, with formulas and merged cells as written.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from workflow.register.roster.rows import Cell, NoValue, Sheet, UnreadableRoster

if TYPE_CHECKING:
    from openpyxl import Workbook

MAX_BYTES = 64 * 2**20  # of the file itself
MAX_UNPACKED_BYTES = 512 * 2**20  # 200,000 full rows unpacked are some 150 MB
MAX_PARTS = 5_000
MAX_COLUMNS = 128

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # an .xls, or an .xlsx within a password
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]+\d+(?::[A-Z]+\d+)?)"')
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_CHUNK = 2**20
_LONGEST_TAG = 200


def open_workbook(path: Path) -> Sheet:
    """The first visible sheet of a workbook. Raises `UnreadableRoster`, `OSError`.

    It may also raise while the rows are being read.
    """
    _check_file(path)
    merged = _check_parts(path)
    with ExitStack() as files:
        book = files.enter_context(closing(_load_workbook(files.enter_context(path.open("rb")))))
        visible: list[Any] = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not visible:
            raise UnreadableRoster("roster.corrupt")
        # openpyxl's streaming mode keeps the part's name to itself, and does not tell of merged cells
        part = visible[0]._worksheet_path  # noqa: SLF001 - as above
        others = tuple(sheet.title for sheet in visible[1:])
        return Sheet(_iter_rows(visible[0]), merged.get(part, []), others, files=files.pop_all())


def _check_file(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(len(_OLE)) == _OLE:
            locked = _LOCKED in file.read(MAX_BYTES)
            raise UnreadableRoster("roster.password" if locked else "roster.old_xls")
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableRoster("roster.too_big", limit=MAX_BYTES // 2**20)


def _check_parts(path: Path) -> dict[str, list[str]]:
    """Refuse what would unpack without end or hide behind a password.

    The merged cells of every sheet by its part.
    """
    merged: dict[str, list[str]] = {}
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise UnreadableRoster("roster.too_big", limit=MAX_BYTES // 2**20)
            if any(part.flag_bits & 1 for part in parts):
                raise UnreadableRoster("roster.password")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    merged[part.filename] = _find_merged_cells(archive, part.filename)
    except BadZipFile as error:
        raise UnreadableRoster("roster.not_xlsx") from error
    except (zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise UnreadableRoster("roster.corrupt") from error
    return merged


def _find_merged_cells(archive: ZipFile, name: str) -> list[str]:
    """The merged cells of a sheet part. A document type is refused: no program writes one into workbooks."""
    merged: list[str] = []
    tail = b""
    with archive.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            text = tail + chunk
            if _DOCTYPE.search(text):
                raise UnreadableRoster("roster.corrupt")
            merged += [ref.decode() for ref in _MERGED.findall(text) if ref.decode() not in merged]
            tail = text[-_LONGEST_TAG:]
    return merged


def _load_workbook(file: IO[bytes]) -> "Workbook":
    from openpyxl import load_workbook

    try:
        return load_workbook(file, read_only=True, data_only=False)
    except (
        Exception
    ) as error:  # whatever a broken part makes the reader stumble over is one fault of the file
        raise UnreadableRoster("roster.corrupt") from error


def _iter_rows(sheet: Any) -> Iterator[tuple[int, Mapping[int, Cell]]]:
    try:
        for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
            cells = {column: _to_cell(cell) for column, cell in enumerate(row) if cell.value is not None}
            yield number, cells
    except Exception as error:  # as in _load_workbook
        raise UnreadableRoster("roster.corrupt") from error


def _to_cell(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type == "f":
        return NoValue("roster.formula", str(value).removeprefix("="))
    if cell.data_type == "e":
        return NoValue("roster.cell_error", str(value))
    if isinstance(value, datetime):
        return value.date()
    return int(value) if isinstance(value, float) and value.is_integer() else value
