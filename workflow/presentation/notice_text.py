"""Notices in words."""

import re

from workflow.presentation.problem import Speaker


def step_words(speaker: Speaker, step: str) -> str:
    """A step as people say it: 14 days before, 7 days after."""
    found = re.fullmatch(r"([+-])(\d+)([dm])", step)
    if found is None:
        return speaker.say(f"notices.step.{step}")
    if found[2] == "0":
        return speaker.say("notices.step.day")
    key = {"-d": "days_before", "+d": "days_after", "-m": "months_before", "+m": "months_after"}[found[1] + found[3]]
    return speaker.say(f"notices.step.{key}", count=found[2])
