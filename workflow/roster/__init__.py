"""An office's roster of village heads, read from a workbook or a CSV file; nothing here knows the database."""

from workflow.roster.reading import read_roster
from workflow.roster.shape import Fault, Membership, Roster, RosterRow, Sex, VillageKind

__all__ = ["Fault", "Membership", "Roster", "RosterRow", "Sex", "VillageKind", "read_roster"]
