"""The first sheet of an .xlsx file, row by row in flat memory, with formulas and merged cells as they were written.

Read here rather than with a library: openpyxl takes four times as long in its streaming mode, in which it does not tell
of merged cells.
"""

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - the name says whose error it is

from workflow.roster.shape import Cell, NoValue, Sheet, Unreadable

if TYPE_CHECKING:
    from zipfile import ZipInfo

MOST_BYTES = 64 * 2**20  # of the file, and of any part besides the sheet
MOST_SHEET_BYTES = 512 * 2**20  # 200,000 full rows unpacked are some 150 MB
MOST_PARTS = 5_000
MOST_COLUMNS = 128

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # an .xls, or an .xlsx within a password
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_BROKEN = (
    BadZipFile, EOFError, ET.ParseError, IndexError, KeyError, NotImplementedError, RuntimeError, TypeError, ValueError,
    ZlibError, expat.ExpatError, struct.error,
)  # fmt: skip
_CHUNK = 2**16
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})  # those that Excel brings
_NOT_A_PLACE_HOLDER = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_LEAP_BUG = 60  # Excel believes in 29 February 1900, its day 60
_SHEETS_1900, _SHEETS_1904 = date(1899, 12, 30), date(1904, 1, 1)


def open_workbook(path: Path) -> Sheet:
    """The first visible sheet of a workbook. Raises Unreadable, also while its rows are being read; OSError."""
    with path.open("rb") as file:
        if file.read(len(_OLE)) == _OLE:
            locked = _LOCKED in file.read(MOST_BYTES)
            raise Unreadable("roster.password" if locked else "roster.old_xls")
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable("roster.too_big", limit=MOST_BYTES // 2**20)
    try:
        archive = ZipFile(path)
    except BadZipFile as error:
        raise Unreadable("roster.not_xlsx") from error
    except _BROKEN as error:
        raise Unreadable("roster.corrupt") from error
    try:
        with _named_faults():
            return _first_sheet(archive)
    except BaseException:
        archive.close()
        raise


@contextmanager
def _named_faults() -> Iterator[None]:
    """Whatever a broken part makes fail is one fault of the file."""
    try:
        yield
    except _BROKEN as error:
        raise Unreadable("roster.corrupt") from error


def _first_sheet(archive: ZipFile) -> Sheet:
    parts = {info.filename: info for info in archive.infolist()}
    if len(parts) > MOST_PARTS or any(info.file_size > MOST_SHEET_BYTES for info in parts.values()):
        raise Unreadable("roster.too_big", limit=MOST_BYTES // 2**20)
    if any(info.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for info in parts.values()):
        raise Unreadable("roster.corrupt")
    if any(info.flag_bits & 1 for info in parts.values()):
        raise Unreadable("roster.password")
    main = next((target for kind, target in _relations(archive, "").values() if kind == "officeDocument"), None)
    if main is None:
        raise Unreadable("roster.not_xlsx")
    book = _tree(archive, main)
    relations = _relations(archive, main)
    targets = {kind: target for kind, target in relations.values() if target in parts}
    sheets = [
        (sheet.get("name", ""), target)
        for sheet in book.iterfind(".//{*}sheet")
        for kind, target in [relations[_relation_id(sheet)]]
        if kind == "worksheet" and sheet.get("state", "visible") == "visible"
    ]
    properties = book.find("{*}workbookPr")
    since_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
    strings = _strings(archive, targets["sharedStrings"]) if "sharedStrings" in targets else []
    dates = _date_styles(archive, targets["styles"]) if "styles" in targets else frozenset()
    reader = _SheetReader(strings, dates, _SHEETS_1904 if since_1904 else _SHEETS_1900)
    rows = _rows(archive, parts[sheets[0][1]], reader)
    return Sheet(rows, reader.merged, tuple(name for name, _ in sheets[1:]))


def _rows(archive: ZipFile, part: "ZipInfo", reader: "_SheetReader") -> Iterator[tuple[int, Mapping[int, Cell]]]:
    with archive, _named_faults(), archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            reader.parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by place
            yield from reader.rows
            reader.rows.clear()
        reader.parser.Parse(b"", True)  # noqa: FBT003 - as above


def _tree(archive: ZipFile, name: str) -> ET.Element:
    if archive.getinfo(name).file_size > MOST_BYTES:
        raise Unreadable("roster.too_big", limit=MOST_BYTES // 2**20)
    return ET.fromstring(archive.read(name))  # noqa: S314 - bounded above; expat bounds what entities grow to


def _relations(archive: ZipFile, name: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: id -> (last word of the relation's type, name of the other part)."""
    home = PurePosixPath(name).parent
    found = _tree(archive, str(home / "_rels" / f"{PurePosixPath(name).name}.rels"))
    return {
        one.get("Id", ""): (one.get("Type", "").rpartition("/")[2], str(home / one.get("Target", "")).lstrip("/"))
        for one in found.iterfind("{*}Relationship")
    }


def _relation_id(sheet: ET.Element) -> str:
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")


def _strings(archive: ZipFile, name: str) -> list[str]:
    """The texts that the cells refer to; what is written above them to be read aloud (rPh) is left out."""
    return [
        "".join(text.text or "" for run in (item, *item.iterfind("{*}r")) for text in run.iterfind("{*}t"))
        for item in _tree(archive, name).iterfind("{*}si")
    ]


def _date_styles(archive: ZipFile, name: str) -> frozenset[str]:
    """Which cell styles, by their number as cells name it, show a number as a date."""
    styles = _tree(archive, name)
    own = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iterfind(".//{*}numFmt")}
    return frozenset(
        str(number)
        for number, style in enumerate(styles.iterfind("{*}cellXfs/{*}xf"))
        for id_ in [style.get("numFmtId", "0")]
        if (_shows_a_date(own[id_]) if id_ in own else int(id_) in _DATE_FORMATS)
    )


def _shows_a_date(code: str) -> bool:
    return any(sign in "dmyDMY" for sign in _NOT_A_PLACE_HOLDER.sub("", code.partition(";")[0]))


_VALUES: dict[str, Callable[[str], Cell]] = {
    "b": lambda text: text == "1",
    "d": lambda text: datetime.fromisoformat(text).date(),
    "e": lambda text: NoValue("roster.cell_error", text),
}


class _SheetReader:
    """Takes a sheet's XML as it comes and lays down whole rows."""

    def __init__(self, strings: list[str], dates: frozenset[str], first_day: date) -> None:
        self.rows: list[tuple[int, Mapping[int, Cell]]] = []
        self.merged: list[str] = []
        self._strings, self._dates, self._first_day = strings, dates, first_day
        self._row, self._column, self._cells = 0, -1, dict[int, Cell]()
        self._columns: dict[str, int] = {}
        self._type, self._style, self._formula = "n", "", False
        self._text: list[str] = []
        self._aloud = False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._no_doctype

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self._column = self._column_of(attributes.get("r"))
            self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._formula = False
            self._text = []
        elif tag in {"v", "t", "f"}:
            self._formula = self._formula or tag == "f"
            self.parser.CharacterDataHandler = None if self._aloud or tag == "f" else self._text.append
        elif tag == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column, self._cells = -1, {}
        elif tag == "rPh":
            self._aloud = True
        elif tag == "mergeCell":
            self.merged.append(attributes["ref"])

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag in {"v", "t", "f"}:
            self.parser.CharacterDataHandler = None
        elif tag == "c":
            value = self._value()
            if value is not None and self._column < MOST_COLUMNS:
                self._cells[self._column] = value
        elif tag == "row":
            self.rows.append((self._row, self._cells))
        elif tag == "rPh":
            self._aloud = False

    def _column_of(self, reference: str | None) -> int:
        """The column of `AB12`, counted from 0; without a reference the next one."""
        if not reference:
            return self._column + 1
        letters = reference.rstrip("0123456789")
        if letters not in self._columns:
            number = 0
            for letter in letters:
                number = number * 26 + ord(letter) - ord("A") + 1
            self._columns[letters] = number - 1
        return self._columns[letters]

    def _value(self) -> Cell | None:
        text = "".join(self._text)
        if self._formula:
            return NoValue("roster.formula", text)
        if not text:
            return None
        if self._type == "n":
            return self._number(float(text))
        if self._type in _VALUES:
            return _VALUES[self._type](text)
        return self._strings[int(text)] if self._type == "s" else text

    def _number(self, number: float) -> Cell:
        if self._style in self._dates and number >= 1:
            days = int(number) + (self._first_day == _SHEETS_1900 and number < _LEAP_BUG)
            try:
                return self._first_day + timedelta(days=days)
            except OverflowError:
                return number
        return int(number) if number.is_integer() else number

    def _no_doctype(self, *_: object) -> None:
        """Refuse what no spreadsheet program writes, and what entities are defined in to grow without end."""
        raise ValueError("a document type in a sheet")
