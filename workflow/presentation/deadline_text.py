"""Clocks are put in words: name, end, how it was counted."""

from workflow.cases.views.clock_view import ClockView, SkippedDaysView
from workflow.core.tone import Tone
from workflow.presentation.problem import Speaker, format_value
from workflow.presentation.reason_text import citation_text

SOON_DAYS = 7
"""Calendar days before a deadline from which it stands out."""


def clock_name(speaker: Speaker, clock: ClockView) -> str:
    """The name of a clock, with the letter or paper that it is counted for."""
    label = speaker.say("case.house_clock", state=clock.label) if clock.kind == "house" else clock.label
    return f"{label} ({clock.of})" if clock.of else label


def clock_tone(clock: ClockView) -> Tone:
    """What is late by law stands out most, then what is late by the house's own rule, or falls due soon."""
    if clock.late:
        return "warn" if clock.kind == "house" else "late"
    soon = clock.days_left is not None and clock.days_left <= SOON_DAYS
    return "warn" if clock.missing_year or (soon and clock.kind in ("legal", "house")) else "plain"


def describe_until(speaker: Speaker, clock: ClockView) -> str:
    """Until when a clock runs, in words."""
    say = speaker.say
    if clock.state == "not_started":
        return say("clock.not_started")
    if clock.missing_year:
        return say("clock.missing_year", year=clock.missing_year)
    due, left = format_value(clock.due), clock.days_left
    if clock.broken_off:
        return say("clock.broken_off", due=due)
    if left is None:
        return say(f"clock.{clock.state}", due=due)
    if clock.kind in ("validity", "period"):
        return say(f"clock.{clock.kind}" if left >= 0 else "clock.over", due=due)
    key = "late" if clock.late else "running" if left else "today"
    return say(f"clock.{key}", due=due, days=abs(left))


def describe_basis(speaker: Speaker, clock: ClockView) -> str:
    """How a deadline was counted, and by which article."""
    say = speaker.say
    parts = [say(f"clock.length.{clock.unit}", amount=clock.amount)]
    if clock.start:
        parts[0] = say("clock.from", length=parts[0], start=format_value(clock.start))
    if clock.provisional:
        parts.append(say("clock.provisional"))
    if clock.spared_on:
        parts.append(say("clock.spared", day=format_value(clock.spared_on)))
    if clock.skipped:
        passed = ", ".join(_days_off_text(off) for off in clock.skipped)
        parts.append(say("clock.skipped", days=passed))
    if clock.unverified_years:
        parts.append(say("clock.unverified_years", years=format_value(clock.unverified_years)))
    if clock.kind == "house":
        parts.append(say("clock.house"))
    elif clock.citation or clock.kind == "legal":
        parts.append(citation_text(speaker, clock))
    return " · ".join(filter(None, parts))


def _days_off_text(off: SkippedDaysView) -> str:
    days = format_value(off.first) if off.first == off.last else f"{off.first:%d/%m}–{format_value(off.last)}"
    return f"{off.label} {days}"
