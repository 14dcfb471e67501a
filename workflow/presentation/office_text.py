"""Words for the history's faults and for the access log."""

from workflow.core.messages import has_message
from workflow.operations.verify.replay import Discrepancy
from workflow.presentation.problem import Speaker


def describe_discrepancy(speaker: Speaker, discrepancy: Discrepancy) -> str:
    """What does not hold, and at which event."""
    text = speaker.say(f"verify.{discrepancy.code}", what=discrepancy.what)
    return speaker.say("verify.at", n=discrepancy.n, text=text) if discrepancy.n else text


def describe_access(speaker: Speaker, what: str) -> str:
    """The kind of page somebody looked at, with what it was of: ``paper:6-KNĐ``."""
    kind, _, of = what.partition(":")
    key = f"look.{kind}"
    return f"{speaker.say(key) if has_message(key) else kind} {of}".strip()
