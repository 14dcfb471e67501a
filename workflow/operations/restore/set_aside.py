"""What a restore has set aside stays until it is forgotten."""

import contextlib
import shutil
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from workflow.core.config import read_config
from workflow.operations.archive.manifest import CONFIG
from workflow.operations.restore.switch import ASIDE
from workflow.reminders.status import WorkerStatusView
from workflow.storage.copies.postgres_copy import drop_aside


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAsideView:
    """A folder that a restore has set aside, and since when."""

    folder: Path
    since: date
    days: int


def list_set_aside(folder: Path, today: date) -> list[SetAsideView]:
    """What lies set aside beside an office, the oldest first."""
    views = []
    for aside in sorted(folder.glob(f"{ASIDE}*")):
        with contextlib.suppress(ValueError):
            since = date.fromisoformat(aside.name[len(ASIDE) :][:10])
            views.append(SetAsideView(folder=aside, since=since, days=(today - since).days))
    return views


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeStatusView(WorkerStatusView):
    """How the reminders and the backups are, the jobs' runs, and what restores have set aside."""

    set_aside: list[SetAsideView]


def build_office_status_view(status: WorkerStatusView, aside: list[SetAsideView]) -> OfficeStatusView:
    """The whole of what `ketnap status` tells."""
    values = {each.name: getattr(status, each.name) for each in fields(status)}
    return OfficeStatusView(**values, set_aside=aside)


def name_schema(aside: Path) -> str:
    """The schema with old tables is called as the folder with old files is."""
    return aside.name.replace("-", "_")


def delete_set_aside(folder: Path, today: date) -> list[SetAsideView]:
    """Delete what lies set aside; the folders that were there come back.

    Raises `BadConfig`, `DatabaseUnavailable`, `OSError`.
    """
    views = list_set_aside(folder, today)
    url = read_config(folder / CONFIG).database
    for view in views:
        if not url.startswith("sqlite"):
            drop_aside(url, name_schema(view.folder))
        shutil.rmtree(view.folder)
    return views
