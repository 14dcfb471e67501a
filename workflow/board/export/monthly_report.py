"""The monthly report prints the board of one month as a PDF."""

from datetime import UTC, date, datetime, time
from functools import cache
from importlib import resources
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast

import orjson

from workflow.board.coverage import last_of_month
from workflow.board.export.report_values import ReportBuilder
from workflow.board.snapshot.snapshot import Scope, read_snapshot
from workflow.core.input import FieldFault, InvalidInput
from workflow.core.messages import say
from workflow.dossier.render.font_coverage import FONT_FOLDER, to_drawable
from workflow.office import Office
from workflow.storage import reads

if TYPE_CHECKING:
    from typst import Compiler

LAYOUT = Path(str(resources.files("templates"))) / "report" / "monthly.typ"
COMPILE_LOCK = Lock()


def build_monthly_report(
    office: Office, language: str, *, month: date, scope: Scope, unit: str | None = None
) -> bytes:
    """The report of the month that a day lies in, as a PDF for A4.

    Raises `UnknownUnit`, and `InvalidInput` where the month has not begun.
    """
    with office.database.read_transaction() as connection:
        row, today = reads.load_office(connection), office.resolve_day(reads.load_today(connection))
        first = month.replace(day=1)
        if first > today:
            raise InvalidInput([FieldFault("month", "in_the_future", {"value": first, "today": today})])
        snapshot = read_snapshot(office, connection, scope=scope, on=min(last_of_month(month), today))
        sample = say(language, "cli.sample_banner", sample=row.sample) if row.sample else ""
        values = ReportBuilder(snapshot, language, unit, first).build_values(row.name, sample)
    drawable = _replace_undrawable(orjson.loads(orjson.dumps(values)))
    with COMPILE_LOCK:
        pdf = _compiler().compile(
            format="pdf",
            sys_inputs={"given": orjson.dumps(drawable).decode()},
            timestamp=datetime.combine(today, time(), UTC),
        )
    return cast("bytes", pdf)


@cache
def _compiler() -> "Compiler":
    """The Typst compiler with our fonts only."""
    from typst import Compiler, Fonts

    fonts = Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT_FOLDER)])
    return Compiler(str(LAYOUT), root=str(LAYOUT.parent), font_paths=fonts)


def _replace_undrawable(value: object) -> object:
    """A value with every letter replaced that our fonts cannot draw."""
    if isinstance(value, str):
        return to_drawable(value)
    if isinstance(value, dict):
        return {name: _replace_undrawable(item) for name, item in value.items()}
    return [_replace_undrawable(item) for item in value] if isinstance(value, list) else value
