"""Reasons beside the fields they are about."""

from typing import Any

from workflow.core.input import InvalidInput
from workflow.core.messages import has_message
from workflow.presentation.problem import Speaker, format_values

View = dict[str, Any]


def describe_faults(speaker: Speaker, error: InvalidInput) -> dict[str, list[str]]:
    """What is amiss with each field, in words."""
    texts: dict[str, list[str]] = {}
    for fault in error.faults:
        key = f"field.{fault.code}"
        text = speaker.say(key if has_message(key) else "field.not_text", **format_values(fault.values))
        texts.setdefault(fault.field, []).append(text[:1].upper() + text[1:])
    return texts
