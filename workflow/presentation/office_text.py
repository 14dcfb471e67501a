"""Words for the history's faults and for the access log."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.core.messages import has_message
from workflow.operations.verify.replay import Discrepancy
from workflow.operations.verify.verify import Verification
from workflow.presentation.problem import Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyView:
    """One place at which the history does not hold."""

    n: int
    code: str
    what: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationView:
    """What came of proving the history."""

    holds: bool
    events: int
    cases: int
    seal: str
    broken: list[DiscrepancyView]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenHistoryView(VerificationView):
    """A history that does not hold, with the error that programs look for."""

    error: Mapping[str, object]


def build_verification_view(speaker: Speaker, result: Verification) -> VerificationView:
    """What came of proving the history, each place in words."""
    broken = [
        DiscrepancyView(
            n=place.n, code=place.code, what=place.what, text=describe_discrepancy(speaker, place)
        )
        for place in result.broken
    ]
    counts = {"events": result.events, "cases": result.cases}
    if result.holds:
        return VerificationView(holds=True, **counts, seal=result.seal, broken=broken)
    error = {"code": "history_broken", "message": speaker.say("verify.broken"), "details": broken}
    return BrokenHistoryView(holds=False, **counts, seal=result.seal, broken=broken, error=error)


def describe_discrepancy(speaker: Speaker, discrepancy: Discrepancy) -> str:
    """What does not hold, and at which event."""
    text = speaker.say(f"verify.{discrepancy.code}", what=discrepancy.what)
    return speaker.say("verify.at", n=discrepancy.n, text=text) if discrepancy.n else text


def describe_access(speaker: Speaker, what: str) -> str:
    """The kind of page somebody looked at, with what it was of: ``paper:6-KNĐ``."""
    kind, _, of = what.partition(":")
    key = f"look.{kind}"
    return f"{speaker.say(key) if has_message(key) else kind} {of}".strip()
