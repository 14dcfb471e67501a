"""Reasons of the rules are shown with mark, tone and article."""

from typing import TYPE_CHECKING

from workflow.core.tone import Tone
from workflow.presentation.problem import Speaker

if TYPE_CHECKING:
    from workflow.cases.views.clock_view import ClockView
    from workflow.cases.views.open_acts import ReasonView

REASON_MARKS: dict[str, str] = {"met": "✓", "not_met": "✗", "unknown": "?"}
"""What stands before a reason at a terminal, by the answer of its condition; as on the pages."""


def reason_tone(reason: "ReasonView") -> Tone:
    """What refuses stands out from what only warns."""
    return "late" if reason.effect == "refuse" else "warn"


def citation_text(speaker: Speaker, rule: "ReasonView | ClockView") -> str:
    """The article a reason or a clock rests on, and how sure it is.

    Nothing where the record speaks for itself.
    """
    if rule.verified and not rule.citation:
        return ""
    parts = [speaker.say("cli.by_article", citation=rule.citation or speaker.say("cli.no_citation"))]
    if not rule.verified:
        parts.append(speaker.say("cli.unverified"))
    if getattr(rule, "effect", "") == "warn":
        parts.append(speaker.say("cli.only_warns"))
    return " · ".join(parts)
