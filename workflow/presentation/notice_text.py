"""A notice's step is put in words."""

import re

from workflow.presentation.problem import Speaker


def describe_step(speaker: Speaker, step: str) -> str:
    """A step as people say it: 14 days before, 7 days after."""
    match = re.fullmatch(r"([+-])(\d+)([dm])", step)
    if match is None:
        return speaker.say(f"notices.step.{step}")
    if match[2] == "0":
        return speaker.say("notices.step.day")
    key = {"-d": "days_before", "+d": "days_after", "-m": "months_before", "+m": "months_after"}[
        match[1] + match[3]
    ]
    return speaker.say(f"notices.step.{key}", count=match[2])
