"""An office's roster from a file: every row typed, every fault with its row and column, nothing written anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import cast

from workflow.core.text import sort_key
from workflow.register.roster.cell_values import RowCells
from workflow.register.roster.columns import Columns, accepted, columns_from, headings_in, kind_of_village
from workflow.register.roster.csv_file import open_delimited
from workflow.register.roster.excel_file import open_workbook
from workflow.register.roster.rows import (
    Cell,
    Fault,
    Membership,
    Progress,
    Roster,
    RosterRow,
    Sex,
    Sheet,
    Unreadable,
    VillageKind,
)

MOST_ROWS = 200_000
MOST_FAULTS = 10_000
PROGRESS_EVERY = 1_000
MOST_NAMED = 20  # merged ranges named one by one

_TITLE_ROWS = 30  # rows with something in them that may stand above the headings
_DETAILS = tuple(one.name for one in fields(RosterRow) if one.name not in {"row", "commune", "village", "village_kind"})


def read_roster(path: Path, *, today: date, on_progress: Progress | None = None, most_rows: int = MOST_ROWS) -> Roster:
    """Read an .xlsx or .csv file; `today` is the office's day, after which no date in a roster can lie.

    `on_progress` hears now and then how many rows have been read. Never raises for what is in the file: whatever is
    wrong with it comes back as faults, and rows with a fault are left out. A fault without a row is one of the whole
    file: the other rows cannot be trusted for themselves.
    """
    reading = _Reading(today, on_progress, most_rows)
    try:
        reading.read(_open(path))
    except Unreadable as unreadable:
        return Roster((), (unreadable.fault, *reading.faults), tuple(reading.notices))
    except FileNotFoundError:
        return Roster((), (Fault("roster.file_missing", values={"file": path.name}),))
    except OSError:
        return Roster((), (Fault("roster.file_unreadable", values={"file": path.name}),))
    return Roster(tuple(reading.rows), tuple(reading.faults), tuple(reading.notices))


def _open(path: Path) -> Sheet:
    match path.suffix.lower():
        case ".xlsx" | ".xlsm":
            return open_workbook(path)
        case ".csv" | ".txt" | ".tsv":
            return open_delimited(path, headings_in)
        case ending:
            raise Unreadable("roster.ending_unknown", ending=ending or path.name)


@dataclass(slots=True)
class _Reading:
    """A roster being read."""

    today: date
    on_progress: Progress | None
    most_rows: int
    rows: list[RosterRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
    first_of: dict[tuple[str, str], RosterRow] = field(default_factory=dict)
    contested: set[int] = field(default_factory=set)

    def read(self, sheet: Sheet) -> None:
        """Take the headings, then every row below them; what goes for the whole sheet comes first among the faults."""
        if sheet.passed_over:
            self.notices.append(Fault("roster.other_sheets", values={"sheets": ", ".join(sheet.passed_over)}))
        columns, headings_row = self._headings(sheet)
        self.notices += columns.notices
        if columns.usable:
            self._rows(sheet, columns)
        self.rows = [row for row in self.rows if row.row not in self.contested]
        self.faults.sort(key=lambda fault: fault.row or 0)
        if len(self.faults) > MOST_FAULTS:
            self.faults = [Fault("roster.too_many_faults", values={"limit": MOST_FAULTS}), *self.faults[:MOST_FAULTS]]
        merged = [one for one in sheet.merged if _last_row(one) >= headings_row]
        if merged:  # all but one of the merged cells are empty: faults of their rows would only hide the reason
            cells = ", ".join(merged[:MOST_NAMED]) + (", …" if len(merged) > MOST_NAMED else "")
            self.rows, self.faults = [], [Fault("roster.merged_cells", values={"cells": cells})]
        self.faults = columns.faults + self.faults

    def _headings(self, sheet: Sheet) -> tuple[Columns, int]:
        titles = 0
        for number, cells in sheet.rows:
            columns = columns_from(cells) if cells else None
            if columns:
                return columns, number
            titles += bool(cells)
            if titles >= _TITLE_ROWS:
                break
        raise Unreadable("roster.wrong_encoding" if sheet.encoding_guessed else "roster.headings_missing")

    def _rows(self, sheet: Sheet, columns: Columns) -> None:
        read = 0
        for number, cells in sheet.rows:
            if all(_blank(cell) for _, cell in _held(cells, columns)):
                continue
            read += 1
            if read > self.most_rows:
                raise Unreadable("roster.too_many_rows", limit=self.most_rows)
            self._row(number, cells, columns)
            if self.on_progress and read % PROGRESS_EVERY == 0:
                self.on_progress(read)
        if self.on_progress:
            self.on_progress(read)

    def _row(self, number: int, cells: Mapping[int, Cell], columns: Columns) -> None:
        held = {columns.fields[at]: cell for at, cell in _held(cells, columns)}
        taken = RowCells(number, columns, self.today, held)
        for at in cells:
            if at not in columns.fields and at not in columns.passed_over and not _blank(cells[at]):
                taken.fault("roster.cell_without_heading", at=at + 1)
        row = _typed(taken)
        _judge(taken, row)
        if not taken.faults:
            self._against_earlier(taken, row)
        if len(self.faults) <= MOST_FAULTS:  # one more than are told, to know that there are more
            self.faults += taken.faults
        if not taken.faults:
            self.rows.append(row)
            if row.name and not row.birth:
                self.notices.append(Fault("roster.birth_missing", number, columns.headings["birth"]))

    def _against_earlier(self, taken: RowCells, row: RosterRow) -> None:
        """A village has one head, so it stands in one row; marks count (Đông, Đồng), tone placement does not.

        Of two rows nobody here can say which is right: both are at fault, unless the later one says the same.
        """
        first = self.first_of.setdefault((sort_key(row.commune), sort_key(row.village)), row)
        if first is row:
            return
        if replace(row, row=first.row) == first:
            taken.fault("roster.row_repeated", other=first.row)
            return
        taken.fault("roster.two_heads", "village", other=first.row, village=row.village)
        if first.row not in self.contested:
            self.contested.add(first.row)
            values: dict[str, str | int] = {"other": row.row, "village": first.village}
            self.faults.append(Fault("roster.two_heads", first.row, taken.columns.headings["village"], values))


def _typed(cells: RowCells) -> RosterRow:
    """The values of a row; with a fault noted, what could not be read is missing."""
    words = accepted()
    commune, village, name = cells.required("commune"), cells.required("village"), cells.name()
    village_kind = cells.word("village_kind", words.village_kinds, "roster.village_kind_unknown")
    return RosterRow(
        row=cells.number,
        commune=commune,
        village=village,
        village_kind=cast("VillageKind | None", village_kind or kind_of_village(village)),
        name=name,
        birth=cells.day("birth"),
        sex=cast("Sex | None", cells.word("sex", words.sexes, "roster.sex_unknown")),
        occupation=cells.text("occupation"),
        native_place=cells.text("native_place"),
        membership=cast("Membership | None", cells.word("membership", words.memberships, "roster.membership_unknown")),
        joined=cells.day("joined"),
        official=cells.day("official"),
        branch_secretary=cells.answer("branch_secretary") or False,
        held_since=cells.day("held_since"),
        education_met=cells.answer("education_met"),
        contact=cells.contact(),
    )


def _judge(cells: RowCells, row: RosterRow) -> None:
    """Whether the values of one row hold together."""
    if row.name is None:
        detail = next((name for name in _DETAILS if getattr(row, name) and not _says_nothing(row, name)), None)
        if detail and not cells.at_fault("name"):
            cells.fault("roster.vacant_with_details", detail)
        return
    if row.membership is None and not cells.at_fault("membership"):
        cells.fault("roster.cell_missing", "membership")
    if row.membership == "probationary" and not cells.cells.get("joined"):
        cells.fault(
            "roster.probationary_without_joined", "joined" if "joined" in cells.columns.headings else "membership"
        )
    if row.membership == "none" and (row.joined or row.official):
        cells.fault("roster.membership_contradicted", "joined" if row.joined else "official")
    if row.membership == "probationary" and row.official:
        cells.fault("roster.membership_contradicted", "official")
    if row.membership == "none" and row.branch_secretary:
        cells.fault("roster.secretary_not_member", "branch_secretary")
    _in_order(cells, row, ("birth", "joined", "official"))
    _in_order(cells, row, ("birth", "held_since"))


def _in_order(cells: RowCells, row: RosterRow, names: tuple[str, ...]) -> None:
    known = [(name, day) for name in names if (day := cast("date | None", getattr(row, name)))]
    for (earlier, first), (later, second) in pairwise(known):
        if first > second:
            cells.fault("roster.dates_out_of_order", later, other=cells.columns.headings[earlier])


def _says_nothing(row: RosterRow, name: str) -> bool:
    """A vacant post may say that nobody there is a member yet."""
    return name == "membership" and row.membership == "none"


def _held(cells: Mapping[int, Cell], columns: Columns) -> list[tuple[int, Cell]]:
    return [(at, cell) for at, cell in cells.items() if at in columns.fields]


def _blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _last_row(cells: str) -> int:
    """The lowest row of a range such as A3:C7."""
    return int("".join(sign for sign in cells.rpartition(":")[2] if sign.isdigit()) or 0)
