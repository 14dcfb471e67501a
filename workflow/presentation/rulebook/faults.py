"""A fault of rules or trials is worded for whoever writes them."""

from states.rulebook.loading import LocatedFault
from states.trials.words import COLUMNS
from workflow.core.messages import say


def describe_fault(fault: LocatedFault, language: str, wording: str = "rulebook") -> str:
    """One sentence with file, line and place, in ``language`` ("vi" or "en").

    ``wording``: what it is a fault of, "rulebook" or "trial".
    """
    values = fault._asdict()
    if wording == "trial" and fault.name in COLUMNS:
        values["name"] = COLUMNS[fault.name].in_language(language)
    text = say(language, f"{wording}.fault.{fault.code}", **values)
    key = f"{wording}.fault_at" if fault.path else f"{wording}.fault_in"
    return say(language, key, text=text, **values)
