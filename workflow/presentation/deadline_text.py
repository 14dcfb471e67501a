"""Clocks in words: what they are called, till when they run, how that was counted."""

from collections.abc import Mapping
from typing import Any

from workflow.core.styled_text import Tone
from workflow.presentation.error_text import citation
from workflow.presentation.problem import Speaker, printed

View = Mapping[str, Any]


def name_of(speaker: Speaker, one: View) -> str:
    """What a clock is called, and of which letter or paper it is."""
    label = speaker.say("case.house_clock", state=one["label"]) if one["kind"] == "house" else one["label"]
    return f"{label} ({one['of']})" if one["of"] else str(label)


def tone_of_clock(one: View) -> Tone:
    """What is late by law stands out most, then what is late by the house's own rule, or falls due soon."""
    if one["late"]:
        return "warn" if one["kind"] == "house" else "late"
    soon = one["days_left"] is not None and one["days_left"] <= SOON
    return "warn" if one["missing_year"] or (soon and one["kind"] in ("legal", "house")) else "plain"


SOON = 7
"""Calendar days before a deadline from which it stands out."""


def until(speaker: Speaker, one: View) -> str:
    """Till when a clock runs, in words."""
    say = speaker.say
    if one["state"] == "not_started":
        return say("clock.not_started")
    if one["missing_year"]:
        return say("clock.missing_year", year=one["missing_year"])
    due, left = printed(one["due"]), one["days_left"]
    if left is None:
        return say(f"clock.{one['state']}", due=due)
    if one["kind"] in ("validity", "period"):
        return say(f"clock.{one['kind']}" if left >= 0 else "clock.over", due=due)
    key = "late" if one["late"] else "running" if left else "today"
    return say(f"clock.{key}", due=due, days=abs(left))


def basis(speaker: Speaker, one: View) -> str:
    """How a deadline was counted, and by which article."""
    say = speaker.say
    parts = [say(f"clock.length.{one['unit']}", amount=one["amount"])]
    if one["start"]:
        parts[0] = say("clock.from", length=parts[0], start=printed(one["start"]))
    if one["skipped"]:
        passed = ", ".join(_span(off) for off in one["skipped"])
        parts.append(say("clock.skipped", days=passed))
    if one["unverified_years"]:
        parts.append(say("clock.unverified_years", years=printed(one["unverified_years"])))
    if one["kind"] == "house":
        parts.append(say("clock.house"))
    elif one["citation"] or one["kind"] == "legal":
        parts.append(citation(speaker, one))
    return " · ".join(filter(None, parts))


def _span(off: View) -> str:
    days = printed(off["first"]) if off["first"] == off["last"] else f"{off['first']:%d/%m}–{printed(off['last'])}"
    return f"{off['label']} {days}"
