"""A spreadsheet holds a list; whatever somebody typed stays text."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from io import BytesIO
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from workflow.board.case_list import CaseListRow
from workflow.board.coverage import CommuneCoverageView, CoverageView
from workflow.board.snapshot.steps import pipeline_label
from workflow.core.messages import say

if TYPE_CHECKING:
    from openpyxl import Workbook

R = TypeVar("R")
Sheet = Any
"""A sheet or a cell of a workbook that is only written: what their types do not say, they do."""
Cell = Any
Value = str | int | date | None

DAY_FORMAT = "dd/mm/yyyy"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet, or whoever saves it as CSV, may take for a formula."""
UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""Signs that XML may not hold."""
MAX_CELL_LENGTH = 32_000
"""Letters that a cell holds; a spreadsheet calls the file broken where there are more."""


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: the key of its heading, its width in characters, and the value it takes from a row."""

    key: str
    width: int
    read_value: Callable[[R], Value]


def build_case_workbook(rows: Iterable[CaseListRow], language: str, *, about: Sequence[str] = ()) -> bytes:
    """The rows of a list of cases as an .xlsx file. ``about``: what the list is of, on a sheet of its own."""
    return _build_workbook("cases", _case_columns(language), rows, language, about)


def _case_columns(language: str) -> list[Column[CaseListRow]]:
    return [
        Column("case", 11, lambda row: row.case),
        Column("name", 26, lambda row: row.person.name),
        Column("village", 26, lambda row: row.unit.name),
        Column("commune", 24, lambda row: row.commune.name),
        Column("pipeline", 13, lambda row: pipeline_label(row.pipeline, language)),
        Column("step", 40, lambda row: row.state.label),
        Column("turn", 34, lambda row: row.turn_label),
        Column("opened", 12, lambda row: row.opened_on),
        Column("since", 12, lambda row: row.since),
        Column("days", 10, lambda row: row.days),
        Column("late_legal", 12, lambda row: row.days_late_by("legal")),
        Column("late_house", 12, lambda row: row.days_late_by("house")),
        Column("late_clocks", 44, lambda row: "; ".join(dict.fromkeys(clock.label for clock in row.late))),
        Column("late_due", 12, lambda row: min((clock.due for clock in row.late), default=None)),
    ]


def build_coverage_workbook(coverage: CoverageView, language: str, *, about: Sequence[str] = ()) -> bytes:
    """Coverage as an .xlsx file: a row per commune, and their total."""
    total = CommuneCoverageView(unit="", name=say(language, "board.total"), **asdict(coverage.total))
    commune: Column[CommuneCoverageView] = Column("commune", 28, attrgetter("name"))
    columns = [commune, *map(_count_column, COUNT_COLUMNS)]
    return _build_workbook("coverage", columns, [*coverage.communes, total], language, about)


COUNT_COLUMNS = ("posts", "members", "probationary", "combined", "remaining", "vacant")


def _count_column(name: str) -> Column[CommuneCoverageView]:
    return Column(name, 16, attrgetter(name))


def _build_workbook(
    name: str, columns: Sequence[Column[R]], rows: Iterable[R], language: str, about: Sequence[str]
) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = _add_sheet(book, say(language, f"board.sheet.{name}"), columns)
    sheet.append([_head_cell(sheet, say(language, f"board.column.{column.key}")) for column in columns])
    count = 0
    for row in rows:
        sheet.append([_value_cell(sheet, column.read_value(row)) for column in columns])
        count += 1
    sheet.auto_filter.ref = f"A1:{_column_letter(len(columns))}{count + 1}"
    if about:
        notes = _add_sheet(book, say(language, "board.sheet.about"), [Column("", 100, str)])
        for line in about:
            notes.append([_value_cell(notes, line)])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _add_sheet(book: "Workbook", title: str, columns: Sequence[Column[Any]]) -> Sheet:
    sheet: Sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for place, column in enumerate(columns, 1):
        sheet.column_dimensions[_column_letter(place)].width = column.width
    return sheet


def _column_letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(place)


def _head_cell(sheet: Sheet, text: str) -> Cell:
    from openpyxl.styles import Alignment, Font, PatternFill

    cell = _value_cell(sheet, text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E7E2D6")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _value_cell(sheet: Sheet, value: Value) -> Cell:
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, str):
        cell: Cell = WriteOnlyCell(sheet, UNWRITABLE.sub("", value)[:MAX_CELL_LENGTH])
        cell.data_type = "s"
        cell.quotePrefix = value.lstrip(" ").startswith(FORMULA_STARTS)
        return cell
    raw_value: Any = value
    cell = WriteOnlyCell(sheet, raw_value)
    if isinstance(value, date):
        cell.number_format = DAY_FORMAT
    return cell
