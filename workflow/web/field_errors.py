"""Reasons beside the fields they are about."""

from typing import Any

from workflow.core.input import Mistyped
from workflow.core.messages import knows
from workflow.presentation.problem import Speaker, worded

View = dict[str, Any]


def field_faults(speaker: Speaker, error: Mistyped) -> dict[str, list[str]]:
    """What is amiss with each field, in words."""
    found: dict[str, list[str]] = {}
    for fault in error.faults:
        key = f"field.{fault.code}"
        text = speaker.say(key if knows(key) else "field.not_text", **worded(fault.values))
        found.setdefault(fault.field, []).append(text[:1].upper() + text[1:])
    return found
