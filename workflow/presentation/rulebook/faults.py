"""A fault of an edition is worded for whoever writes it."""

from states.rulebook.loading import LocatedFault
from workflow.core.messages import say


def describe_fault(fault: LocatedFault, language: str) -> str:
    """One sentence with file, line and place, in ``language`` ("vi" or "en")."""
    text = say(language, f"rulebook.fault.{fault.code}", **fault._asdict())
    key = "rulebook.fault_at" if fault.path else "rulebook.fault_in"
    return say(language, key, text=text, **fault._asdict())
