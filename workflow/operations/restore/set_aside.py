"""What a restore has set aside stays until it is forgotten."""

import contextlib
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from workflow.operations.restore.switch import ASIDE


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


def delete_set_aside(folder: Path, today: date) -> list[SetAsideView]:
    """Delete what lies set aside; the folders that were there come back. Raises `OSError`."""
    views = list_set_aside(folder, today)
    for view in views:
        shutil.rmtree(view.folder)
    return views
