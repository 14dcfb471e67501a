"""A table of trials is read, or all its faults are named."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path as File
from typing import NamedTuple

from states.rulebook.edition import Edition
from states.rulebook.loading import NoEdition, Rulebook
from states.rulebook.sources import LocatedFault
from states.trials.cells import Cell, CellFault, read_cells
from states.trials.row import RowReader
from states.trials.trial import Trial, TrialFaults
from states.trials.values import Complain, ValueReader, parse_trial_day
from states.trials.words import COLUMNS, find_word
from states.vocabulary import Text

FOLDER = File(__file__).parent
OWN_TABLE = FOLDER / "table"
USUAL = FOLDER / "usual.yaml"
REQUIRED = ("id", "situation", "day", "expect", "source", "article")
LAID_OVER = frozenset({"record", "typed", "people"})
"""Columns of which a row says only what differs."""


class RowCells(NamedTuple):
    """The cells of a row under the names of the columns, and the line on which it begins."""

    cells: dict[str, Cell]
    line: int


def read_own_table(rulebook: Rulebook) -> list[Trial]:
    """The table that comes with the program. Raises `TrialFaults`."""
    return read_trials(sorted(OWN_TABLE.glob("*.yaml")), rulebook)


def read_trials(files: list[File], rulebook: Rulebook) -> list[Trial]:
    """The rows of some files. Raises `TrialFaults` with all faults of all of them, OSError."""
    reading = _TableReading(rulebook)
    for file in files:
        reading.read_file(file)
    if reading.faults:
        raise TrialFaults(reading.faults)
    return reading.trials


@dataclass(slots=True)
class _TableReading:
    """A table being read, with the faults so far."""

    rulebook: Rulebook
    trials: list[Trial] = field(default_factory=list)
    faults: list[LocatedFault] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def read_file(self, file: File) -> None:
        before = len(self.trials), len(self.faults)
        try:
            text = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            self.faults.append(LocatedFault(file.name, 1, "", "not_yaml", ""))
            return
        root, cell_faults = read_cells(text)
        self.faults += [locate_fault(file.name, "", fault) for fault in cell_faults]
        for row in self._list_rows(file.name, root):
            self._read_row(file.name, row)
        if before == (len(self.trials), len(self.faults)):
            self.faults.append(LocatedFault(file.name, 1, "", "no_rows", ""))

    def _list_rows(self, file: str, root: Cell) -> Iterator[RowCells]:
        """Every row with what its group says of all its rows."""
        if not isinstance(root.value, list):
            self.faults.append(LocatedFault(file, root.line, "", "not_a_list", ""))
            return
        for cell in root.value:
            group = self._name_columns(file, cell)
            rows = group.cells.pop("rows", None)
            if rows is None:
                yield group
            elif not isinstance(rows.value, list):
                self.faults.append(LocatedFault(file, rows.line, "", "not_a_list", ""))
            else:
                for row in rows.value:
                    own = self._name_columns(file, row)
                    yield RowCells(lay_over(group.cells, own.cells), own.line)

    def _name_columns(self, file: str, cell: Cell) -> RowCells:
        if not isinstance(cell.value, dict):
            self.faults.append(LocatedFault(file, cell.line, "", "not_a_row", cell.text or ""))
            return RowCells({}, cell.line)
        columns: dict[str, Cell] = {}
        for name, value in cell.value.items():
            key = find_word(name, COLUMNS)
            if key is None:
                self.faults.append(LocatedFault(file, value.line, "", "unknown_column", name))
            elif key in columns:
                self.faults.append(LocatedFault(file, value.line, "", "key_twice", name))
            else:
                columns[key] = value
        return RowCells(columns, cell.line)

    def _read_row(self, file: str, row: RowCells) -> None:
        if not row.cells:
            return
        id_ = (row.cells["id"].text or "").strip() if "id" in row.cells else ""

        def complain(line: int, code: str, name: str) -> None:
            self.faults.append(LocatedFault(file, line, id_, code, name))

        if id_ and id_ in self.ids:
            complain(row.line, "id_twice", id_)
        self.ids.add(id_)
        for column in REQUIRED:
            if column not in row.cells or row.cells[column].value in ("", [], {}):
                complain(row.line, "missing_column", column)
        if ("act" in row.cells) == ("clock" in row.cells):
            complain(row.line, "act_or_clock", "")
        self._read_on_day(file, row, id_, complain)

    def _read_on_day(self, file: str, row: RowCells, id_: str, complain: Complain) -> None:
        """The trial, read by the edition of its day."""
        pipeline = (row.cells["pipeline"].text or "").strip() if "pipeline" in row.cells else "admission"
        if pipeline not in self.rulebook.pipelines:
            complain(row.cells["pipeline"].line, "unknown_pipeline", pipeline)
            return
        if "day" not in row.cells:
            return
        typed = row.cells["day"].text or ""
        day = parse_trial_day(typed)
        if day is None:
            complain(row.cells["day"].line, "not_a_day", typed)
            return
        try:
            edition = self.rulebook.edition_on(pipeline, day)
        except NoEdition:
            complain(row.cells["day"].line, "before_first_edition", typed)
            return
        cells = lay_over(usual_cells(row.cells, edition), row.cells)
        reader = RowReader(cells, pipeline, day, edition, ValueReader(day, edition, complain), complain)
        self.trials.append(reader.read_trial(id_, file, row.line))


def locate_fault(file: str, row: str, fault: CellFault) -> LocatedFault:
    return LocatedFault(file, fault.line, row, fault.code, fault.name)


def lay_over(below: Mapping[str, Cell], above: Mapping[str, Cell]) -> dict[str, Cell]:
    """What two sets of cells say together: ``above`` has the last word, field by field in some columns."""
    laid = dict(below)
    for column, cell in above.items():
        under = laid.get(column)
        laid[column] = _lay_mapping(under, cell) if under and column in LAID_OVER else cell
    return laid


def _lay_mapping(under: Cell, over: Cell) -> Cell:
    if not isinstance(under.value, dict) or not isinstance(over.value, dict):
        return over
    laid = dict(under.value)
    for name, cell in over.value.items():
        laid[name] = _lay_mapping(laid[name], cell) if name in laid else cell
    return Cell(laid, over.line)


@cache
def _read_usual() -> tuple[dict[str, Cell], ...]:
    """What is so where a row says nothing: always, or of some acts and clocks only."""
    root, faults = read_cells(USUAL.read_text(encoding="utf-8"))
    if faults or not isinstance(root.value, list):
        raise TrialFaults([locate_fault(USUAL.name, "", fault) for fault in faults])
    return tuple(
        {find_word(name, COLUMNS) or name: value for name, value in cell.value.items()}
        for cell in root.value
        if isinstance(cell.value, dict)
    )


def usual_cells(row: Mapping[str, Cell], edition: Edition) -> dict[str, Cell]:
    """What is usual for the act or the clock of a row, as far as its edition knows it.

    A clock counts from what its row says, and from nothing else.
    """
    acts = {**edition.moves, **edition.entries}
    kinds = {
        "act": _find_key(row.get("act"), {name: act.label for name, act in acts.items()}),
        "clock": _find_key(row.get("clock"), {name: clock.label for name, clock in edition.clocks.items()}),
    }
    laid: dict[str, Cell] = {}
    for cells in _read_usual():
        of = {column: cells[column] for column in kinds if column in cells}
        of_clock = kinds["clock"] is None or "clock" in of
        if of_clock and all(kinds[column] in _list_texts(cell) for column, cell in of.items()):
            laid = lay_over(laid, {column: cell for column, cell in cells.items() if column not in of})
    rule = acts.get(kinds["act"] or "")
    fields = {"record": frozenset(edition.fields), "typed": frozenset(rule.fields if rule else ())}
    return {column: _keep_fields(cell, fields.get(column)) for column, cell in laid.items()}


def _find_key(cell: Cell | None, labels: Mapping[str, Text]) -> str | None:
    return find_word(cell.text, labels) if cell and cell.text else None


def _list_texts(names: Cell) -> list[str | None]:
    return [cell.text for cell in (names.value if isinstance(names.value, list) else [names])]


def _keep_fields(cell: Cell, fields: frozenset[str] | None) -> Cell:
    if fields is None or not isinstance(cell.value, dict):
        return cell
    return Cell({name: value for name, value in cell.value.items() if name in fields}, cell.line)
