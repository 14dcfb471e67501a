"""A roster's file becomes typed rows and faults.

Every fault has its row and column; nothing is written anywhere.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, fields, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import cast

from workflow.core.text import sort_key
from workflow.register.accepted_words import find_village_kind, load_accepted
from workflow.register.roster.cell_values import RowCells
from workflow.register.roster.columns import (
    SheetColumns,
    count_headings,
    read_columns,
)
from workflow.register.roster.csv_file import open_csv
from workflow.register.roster.excel_file import open_workbook
from workflow.register.roster.rows import (
    Cell,
    Membership,
    Progress,
    Roster,
    RosterFault,
    RosterRow,
    Sex,
    Sheet,
    UnreadableRoster,
    VillageKind,
)

MAX_ROWS = 200_000
MAX_FAULTS = 10_000
PROGRESS_EVERY = 1_000
MAX_NAMED_RANGES = 20  # merged ranges named one by one

_TITLE_ROWS = 30  # rows with something in them that may stand above the headings
_DETAILS = tuple(
    field_.name
    for field_ in fields(RosterRow)
    if field_.name not in {"row", "commune", "village", "village_kind"}
)


def read_roster(
    path: Path, *, today: date, on_progress: Progress | None = None, max_rows: int = MAX_ROWS
) -> Roster:
    """Read an .xlsx or .csv file; no date in it may lie after `today`, the office's day.

    `on_progress` gets the number of rows read. Faults in the file never raise: rows with a fault are left out
    and the faults are returned. A fault without a row concerns the whole file, whose other rows cannot be
    trusted then.
    """
    reading = _RosterReader(today, on_progress, max_rows)
    try:
        with closing(_open_sheet(path)) as sheet:
            reading.read_sheet(sheet)
    except UnreadableRoster as unreadable:
        return Roster((), (unreadable.fault, *reading.faults), tuple(reading.notices))
    except FileNotFoundError:
        return Roster((), (RosterFault("roster.file_missing", values={"file": path.name}),))
    except OSError:
        return Roster((), (RosterFault("roster.file_unreadable", values={"file": path.name}),))
    return Roster(tuple(reading.rows), tuple(reading.faults), tuple(reading.notices))


def _open_sheet(path: Path) -> Sheet:
    match path.suffix.lower():
        case ".xlsx" | ".xlsm":
            return open_workbook(path)
        case ".csv" | ".txt" | ".tsv":
            return open_csv(path, count_headings)
        case ending:
            raise UnreadableRoster("roster.ending_unknown", ending=ending or path.name)


@dataclass(slots=True)
class _RosterReader:
    """A roster being read."""

    today: date
    on_progress: Progress | None
    max_rows: int
    rows: list[RosterRow] = field(default_factory=list)
    faults: list[RosterFault] = field(default_factory=list)
    notices: list[RosterFault] = field(default_factory=list)
    first_of: dict[tuple[str, str], RosterRow] = field(default_factory=dict)
    contested: set[int] = field(default_factory=set)

    def read_sheet(self, sheet: Sheet) -> None:
        """Take the headings, then every row below them.

        What goes for the whole sheet comes first among the faults.
        """
        if sheet.passed_over:
            self.notices.append(
                RosterFault("roster.other_sheets", values={"sheets": ", ".join(sheet.passed_over)})
            )
        columns, headings_row = self._find_headings(sheet)
        self.notices += columns.notices
        if columns.usable:
            self._read_rows(sheet, columns)
        self.rows = [row for row in self.rows if row.row not in self.contested]
        self.faults.sort(key=lambda fault: fault.row or 0)
        if len(self.faults) > MAX_FAULTS:
            self.faults = [
                RosterFault("roster.too_many_faults", values={"limit": MAX_FAULTS}),
                *self.faults[:MAX_FAULTS],
            ]
        merged = [cell_range for cell_range in sheet.merged if _last_row(cell_range) >= headings_row]
        if (
            merged
        ):  # all but one of the merged cells are empty: faults of their rows would only hide the reason
            cells = ", ".join(merged[:MAX_NAMED_RANGES]) + (", …" if len(merged) > MAX_NAMED_RANGES else "")
            self.rows, self.faults = [], [RosterFault("roster.merged_cells", values={"cells": cells})]
        self.faults = columns.faults + self.faults

    def _find_headings(self, sheet: Sheet) -> tuple[SheetColumns, int]:
        titles = 0
        for number, cells in sheet.rows:
            columns = read_columns(cells) if cells else None
            if columns:
                return columns, number
            titles += bool(cells)
            if titles >= _TITLE_ROWS:
                break
        raise UnreadableRoster(
            "roster.wrong_encoding" if sheet.encoding_guessed else "roster.headings_missing"
        )

    def _read_rows(self, sheet: Sheet, columns: SheetColumns) -> None:
        row_count = 0
        for number, cells in sheet.rows:
            if all(_is_blank(cell) for _, cell in _select_cells(cells, columns)):
                continue
            row_count += 1
            if row_count > self.max_rows:
                raise UnreadableRoster("roster.too_many_rows", limit=self.max_rows)
            self._read_row(number, cells, columns)
            if self.on_progress and row_count % PROGRESS_EVERY == 0:
                self.on_progress(row_count)
        if self.on_progress:
            self.on_progress(row_count)

    def _read_row(self, number: int, cells: Mapping[int, Cell], columns: SheetColumns) -> None:
        known_cells = {columns.fields[at]: cell for at, cell in _select_cells(cells, columns)}
        row_cells = RowCells(number, columns, self.today, known_cells)
        for at in cells:
            if at not in columns.fields and at not in columns.passed_over and not _is_blank(cells[at]):
                row_cells.add_fault("roster.cell_without_heading", at=at + 1)
        row = _parse_row(row_cells)
        _check_row(row_cells, row)
        if not row_cells.faults:
            self._check_earlier_rows(row_cells, row)
        if len(self.faults) <= MAX_FAULTS:  # one more than are told, to know that there are more
            self.faults += row_cells.faults
        if not row_cells.faults:
            self.rows.append(row)
            if row.name and not row.birth:
                self.notices.append(RosterFault("roster.birth_missing", number, columns.headings["birth"]))

    def _check_earlier_rows(self, row_cells: RowCells, row: RosterRow) -> None:
        """A village has one head, so it stands in one row; marks count (Đông, Đồng), tone placement does not.

        Of two rows nobody here can say which is right: both are at fault, unless the later one says the same.
        """
        first = self.first_of.setdefault((sort_key(row.commune), sort_key(row.village)), row)
        if first is row:
            return
        if replace(row, row=first.row) == first:
            row_cells.add_fault("roster.row_repeated", other=first.row)
            return
        row_cells.add_fault("roster.two_heads", "village", other=first.row, village=row.village)
        if first.row not in self.contested:
            self.contested.add(first.row)
            values: dict[str, str | int] = {"other": row.row, "village": first.village}
            self.faults.append(
                RosterFault("roster.two_heads", first.row, row_cells.columns.headings["village"], values)
            )


def _parse_row(cells: RowCells) -> RosterRow:
    """The values of a row; with a fault noted, what could not be read is missing."""
    words = load_accepted()
    commune, village, name = cells.read_required("commune"), cells.read_required("village"), cells.read_name()
    village_kind = cells.read_word("village_kind", words.village_kinds, "roster.village_kind_unknown")
    return RosterRow(
        row=cells.number,
        commune=commune,
        village=village,
        village_kind=cast("VillageKind | None", village_kind or find_village_kind(village)),
        name=name,
        birth=cells.read_day("birth"),
        sex=cast("Sex | None", cells.read_word("sex", words.sexes, "roster.sex_unknown")),
        occupation=cells.read_text("occupation"),
        native_place=cells.read_text("native_place"),
        membership=cast(
            "Membership | None", cells.read_word("membership", words.memberships, "roster.membership_unknown")
        ),
        joined=cells.read_day("joined"),
        official=cells.read_day("official"),
        branch_secretary=cells.read_answer("branch_secretary") or False,
        held_since=cells.read_day("held_since"),
        education_met=cells.read_answer("education_met"),
        contact=cells.read_contact(),
    )


def _check_row(cells: RowCells, row: RosterRow) -> None:
    """Whether the values of one row hold together."""
    if row.name is None:
        detail = next(
            (name for name in _DETAILS if getattr(row, name) and not _says_nothing(row, name)), None
        )
        if detail and not cells.has_fault("name"):
            cells.add_fault("roster.vacant_with_details", detail)
        return
    if row.membership is None and not cells.has_fault("membership"):
        cells.add_fault("roster.cell_missing", "membership")
    if row.membership == "probationary" and not cells.cells.get("joined"):
        cells.add_fault(
            "roster.probationary_without_joined",
            "joined" if "joined" in cells.columns.headings else "membership",
        )
    if row.membership == "none" and (row.joined or row.official):
        cells.add_fault("roster.membership_contradicted", "joined" if row.joined else "official")
    if row.membership == "probationary" and row.official:
        cells.add_fault("roster.membership_contradicted", "official")
    if row.membership == "none" and row.branch_secretary:
        cells.add_fault("roster.secretary_not_member", "branch_secretary")
    _check_date_order(cells, row, ("birth", "joined", "official"))
    _check_date_order(cells, row, ("birth", "held_since"))


def _check_date_order(cells: RowCells, row: RosterRow, names: tuple[str, ...]) -> None:
    known = [(name, day) for name in names if (day := cast("date | None", getattr(row, name)))]
    for (earlier, first), (later, second) in pairwise(known):
        if first > second:
            cells.add_fault("roster.dates_out_of_order", later, other=cells.columns.headings[earlier])


def _says_nothing(row: RosterRow, name: str) -> bool:
    """A vacant post may say that nobody there is a member yet."""
    return name == "membership" and row.membership == "none"


def _select_cells(cells: Mapping[int, Cell], columns: SheetColumns) -> list[tuple[int, Cell]]:
    return [(at, cell) for at, cell in cells.items() if at in columns.fields]


def _is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _last_row(cells: str) -> int:
    """The lowest row of a range such as A3:C7."""
    return int("".join(sign for sign in cells.rpartition(":")[2] if sign.isdigit()) or 0)
