"""The job that every contender does: village heads taken from the list to full membership, act by act.

Everybody here is invented.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

TODAY = date(2024, 8, 9)
OPENED = date(2021, 9, 1)
FOUNDED = date(2016, 1, 1)
ELECTED = date(2020, 1, 1)
COMMUNES, VILLAGES = 17, 146
DISTRICT = "huyen"
"""A district of the size for which the program was made."""

Organ = Literal["branch", "commune", "district"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A village head with the two members who speak for them, and the users who act at each level."""

    number: int

    @property
    def village(self) -> str:
        return f"thon-{self.number}"

    @property
    def commune(self) -> str:
        return f"xa-{self.number % COMMUNES}"

    @property
    def person(self) -> str:
        return f"P-{self.number}"

    @property
    def sponsors(self) -> list[str]:
        return [f"P-{self.number}-a", f"P-{self.number}-b"]

    def user(self, organ: Organ) -> str:
        """The user who acts for an organ."""
        return {"branch": f"bithu-{self.number}", "commune": f"canbo-{self.commune}", "district": "huyen"}[
            organ
        ]

    def machine(self, organ: Organ) -> str:
        """The account at whose keys that user sits."""
        return {"branch": f"may-{self.number}", "commune": f"may-{self.commune}", "district": "may-huyen"}[
            organ
        ]


@dataclass(frozen=True, slots=True)
class Act:
    """One act: what it is, whether it moves the case on, its day, whose act it is, what is typed."""

    kind: str
    on: date
    organ: Organ
    fields: dict[str, object]
    moves: bool = True


def journey(candidate: Candidate) -> list[Act]:
    """Eighteen acts from nomination to recognition, as the edition of July 2021 wants them."""
    no, (first, second) = candidate.number, candidate.sponsors
    branch_vote = {"roll": 10, "present": 10, "votes_for": 9, "votes_against": 1}
    committee_vote = {"roll": 15, "present": 15, "votes_for": 15, "votes_against": 0}
    district_vote = {"roll": 11, "present": 10, "votes_for": 10, "votes_against": 0}
    letter = f"{no}-CV"
    return [
        _act("nominate", "2021-09-10", "branch", resolution_no=f"{no}-NQ/CB", helpers=[first]),
        _act("request_class", "2021-09-29", "branch"),
        _act("enrol", "2021-10-01", "commune"),
        _act("certify", "2021-11-01", "commune", certificate_no=f"{no}", certificate_issued_on="2021-10-30"),
        _act(
            "send_for_verification",
            "2021-12-01",
            "branch",
            application_dated="2021-11-10",
            cv_declared_on="2021-11-12",
            cv_stamped_on="2021-11-20",
            sponsors=[first, second],
            route="two_sponsors",
        ),
        _entry(
            "send_verification_letter", "2021-12-02", "commune", letter_no=letter, letter_reach="domestic"
        ),
        _entry("verification_received", "2021-12-20", "commune", letter_no=letter),
        _act(
            "conclude_verification",
            "2022-01-05",
            "commune",
            report_no=f"{no}-BC",
            verification_outcome="clear",
            verifier=f"P-{candidate.commune}",
        ),
        _act(
            "summarise_opinions",
            "2022-01-25",
            "branch",
            organisations_asked=3,
            people_asked=10,
            opinions_for=10,
            opinions_against=0,
            residence_opinion="same_branch",
            strengths="Gương mẫu, nhiệt tình với việc thôn",
            weaknesses="Còn nể nang",
        ),
        _act("branch_proposes", "2022-02-15", "branch", resolution_no=f"{no}-NQ/CB2", **branch_vote),
        _act("committee_proposes", "2022-03-01", "commune", resolution_no=f"{no}-NQ/ĐU", **committee_vote),
        _act("decide", "2022-04-01", "district", decision_no=f"{no}-QĐ/HU", **district_vote),
        _entry("receive_decision", "2022-04-05", "branch"),
        _act("hold_ceremony", "2022-04-20", "branch", probation_helper=first),
        _act(
            "open_recognition",
            "2023-04-21",
            "branch",
            new_member_certificate_on="2022-12-01",
            self_criticism_on="2023-04-10",
            helper_remarks_on="2023-04-11",
            recognition_opinions_on="2023-04-15",
        ),
        _act("branch_recognises", "2023-04-25", "branch", resolution_no=f"{no}-NQ/CB3", **branch_vote),
        _act("committee_recognises", "2023-05-05", "commune", resolution_no=f"{no}-NQ/ĐU2", **committee_vote),
        _act("recognise", "2023-05-15", "district", decision_no=f"{no}-QĐ/HU2", **district_vote),
    ]


def side_by_side(candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, Act]]:
    """Every first act, then every second one: cases go side by side, as they do in an office."""
    ways = [(one, journey(one)) for one in candidates]
    for at in range(len(ways[0][1])):
        for candidate, acts in ways:
            yield candidate, acts[at]


def _act(kind: str, on: str, organ: Organ, **fields: object) -> Act:
    return Act(kind, date.fromisoformat(on), organ, fields)


def _entry(kind: str, on: str, organ: Organ, **fields: object) -> Act:
    return Act(kind, date.fromisoformat(on), organ, fields, moves=False)
