"""Making an office: its folder with config, key and database; a half-made one never stands under the final name."""

import json
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from importlib import resources
from pathlib import Path

from states.calendar_file import calendar_from_yaml
from states.working_days import Calendar, Label
from workflow.config import read_config
from workflow.office import Office
from workflow.recount import basis
from workflow.registrar import Registrar, Who
from workflow.store import store
from workflow.store.database import Database
from workflow.vault import Vault, make_key_file

CALENDAR = resources.files("states") / "calendars" / "vietnam.yaml"


class AlreadyThere(Exception):
    """Something stands where the office was to be made; nothing was touched."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


def make_office(
    folder: Path,
    *,
    name: str,
    config: str,
    who: Who,
    sample: str | None = None,
    today: date | None = None,
    fill: Callable[[Office], None] | None = None,
) -> None:
    """Make an office in a new ``folder``: all of it, or nothing. ``config``: the text of its config.yaml.

    Raises `AlreadyThere`, `BadConfig`, `DatabaseAway`.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AlreadyThere(folder)
    partial = folder.with_name(f".{folder.name}.partial")
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(parents=True)
    try:
        (partial / "config.yaml").write_text(config, encoding="utf-8")
        office = found(partial / "config.yaml", name=name, who=who, sample=sample, today=today)
        try:
            if fill:
                fill(office)
        finally:
            office.close()
        if folder.exists():
            folder.rmdir()
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def found(path: Path, *, name: str, who: Who, sample: str | None = None, today: date | None = None) -> Office:
    """Make the key and the tables that a config.yaml speaks of, with the calendar in them. Raises `AlreadyThere`."""
    config = read_config(path)
    if not config.key_path.exists():
        make_key_file(config.key_path)
    vault = Vault(config.key_path)
    database = Database(config.database, path.parent)
    office = Office(config, database, vault)
    with database.transaction() as work:
        if not store.make(work, vault, name=name, sample=sample, today=today):
            raise AlreadyThere(path)
    calendar = calendar_from_yaml(CALENDAR.read_text(encoding="utf-8"))
    with office.writing() as (work, ledger):
        Registrar(office, work, ledger, who).add_many("calendar_years", year_rows(calendar))
        store.set_basis(work, basis(office))
    return office


def year_rows(calendar: Calendar) -> list[dict[str, object]]:
    """The years of a calendar as rows of the register."""
    return [
        {"valid_from": date(year, 1, 1), "valid_to": date(year, 12, 31), "year": year, "days": _year(calendar, year)}
        for year in calendar.years
    ]


def _year(calendar: Calendar, year: int) -> str:
    def days(of: Mapping[date, Label]) -> list[dict[str, object]]:
        mine = sorted(day for day in of if day.year == year)
        return [{day.isoformat(): {"vi": of[day].vi, "en": of[day].en}} for day in mine]

    content = {
        "year": year,
        "verified": calendar.years[year],
        "days_off": days(calendar.off),
        "days_worked": days(calendar.worked),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True)
