"""Bringing a roster into the register: every row settled first, then all of it written, or nothing."""

from workflow.importing.result import ImportResult, RowResult, What
from workflow.importing.roster import Progress, import_roster

__all__ = ["ImportResult", "Progress", "RowResult", "What", "import_roster"]
