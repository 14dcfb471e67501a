"""What a careful officer types for a case that is taken over from paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

ORDER = (
    "training",
    "sponsorship",
    "verification",
    "opinions",
    "branch_meeting",
    "appraisal",
    "committee_meeting",
    "decision",
    "ceremony",
    "probation",
    "recognition_branch",
    "recognition_appraisal",
    "recognition_committee",
    "recognition_decision",
)
"""The steps at which something is put on paper."""
BEFORE_TRAINING = ("listed", "nominated", "class_requested")


@dataclass(frozen=True)
class Paper:
    """What is on paper once a step lies behind, with its day and how long before the next it usually is."""

    step: str
    dated: str
    before_next: int
    says: dict[str, Any] = field(default_factory=dict)
    body: str | None = None


LED_ASIDE_BY_A_VOTE = ("branch_meeting", "recognition_branch")
SHORT = {"roll": 10, "present": 10, "votes_for": 6, "votes_against": 4}
TEN = {"roll": 10, "present": 10, "votes_for": 10, "votes_against": 0}
PAPERS = (
    Paper("training", "certificate_issued_on", 60),
    Paper("sponsorship", "application_dated", 2, {"route": "two_sponsors", "union_statement": "past_age"}),
    Paper("sponsorship", "cv_declared_on", 50),
    Paper("verification", "verification_concluded_on", 10, {"verification_outcome": "clear"}),
    Paper(
        "opinions",
        "opinions_summarised_on",
        5,
        {"organisations_asked": 3, "people_asked": 12, "opinions_for": 12, "opinions_against": 0},
    ),
    Paper("branch_meeting", "branch_resolution_on", 6, {"resolution_no": "02-NQ/CB", **TEN}),
    Paper("committee_meeting", "committee_resolution_on", 7, body="committee"),
    Paper("decision", "decision_on", 3, {"decision_no": "100-QĐ"}),
    Paper("decision", "decision_received_on", 8),
    Paper("ceremony", "ceremony_on", 380),
    Paper("recognition_branch", "recognition_resolution_on", 4),
    Paper("recognition_committee", "committee_recognition_on", 3, body="committee"),
)
"""In the order in which they come about."""


def stated(
    state: str, on: date, signed_by: Sequence[str], *, committee: bool = True, **typed: Any
) -> dict[str, Any]:
    """What is typed when a case is taken over at a step on a day: all that lies behind, with days that fit.

    ``signed_by``: the sponsors. ``committee``: whether one stands between the branch and the deciding level. ``typed`` is said instead,
    or beside it.
    """
    said: dict[str, Any] = {}
    stood, day = _find_step(state, typed.get("came_from")), on
    behind = list(_papers_behind(stood))
    for paper in reversed(behind):
        if paper.body and not committee:
            continue
        day = date.fromisoformat(typed.get(paper.dated) or f"{day - timedelta(days=paper.before_next)}")
        said |= {paper.dated: day.isoformat(), **paper.says}
    if any(paper.step == "sponsorship" for paper in behind):
        said["sponsors"] = list(signed_by)
    if state == "awaiting_ruling" and stood in LED_ASIDE_BY_A_VOTE:
        said |= SHORT
    return said | typed


def _find_step(state: str, came_from: Any) -> str:
    """The step on the straight way at which a case stands, or from which it was led aside."""
    first = came_from[0] if isinstance(came_from, list) else str(came_from or state).split(",")[0].strip()
    return str(first)


def _papers_behind(step: str) -> Iterator[Paper]:
    if step in BEFORE_TRAINING:
        return
    reached = len(ORDER) if step not in ORDER else ORDER.index(step)
    reached = ORDER.index("sponsorship") if step == "procedure_requested" else reached
    yield from (paper for paper in PAPERS if ORDER.index(paper.step) < reached)
