"""An oracle: is a membership lawful that came of these acts, and if not, why?

Written from the pages of law alone (the sourced facts and their additions), not from the editions, and with
arithmetic of its own: it knows no guard, no machine and no calendar. It takes a case as plain data: acts as they
read after all corrections, and what is known of people. What nobody knows is not fulfilled. Left out on purpose,
because no text that was read settles it: rules that stand by continuity only (QĐ 20, HD 01 of 2026, parts of
QĐ 208), deadlines of offices, and the month of the sixtieth birthday.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

QD294, QD20, QD208 = date(2025, 7, 1), date(2026, 4, 8), date(2026, 7, 26)
HD01_2016, HD01_2026 = date(2016, 9, 20), date(2026, 5, 19)
Value = str | int | list[str] | None
Becoming = Literal["probationary", "member"]


@dataclass(frozen=True, kw_only=True)
class Human:
    """Somebody, as the register had it on the days that matter; None: nobody knows."""

    born: date | None = None
    schooling: bool | None = None
    official_since: date | None = None
    official_until: date | None = None
    together_since: date | None = None


@dataclass(frozen=True, kw_only=True)
class Deed:
    """An act of a day with what was recorded with it, days as ISO texts."""

    kind: str
    on: date
    fields: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Story:
    """A case: its deeds in the order in which they were recorded, corrections read into them.

    ``unseen``: facts of before the adoption that were ticked as not in the paper file. ``committee_on``: whether
    a grassroots committee stood between branch and authority on a day, and whether it decided itself.
    """

    candidate: Human
    deeds: Sequence[Deed]
    people: Mapping[str, Human] = field(default_factory=dict)
    candidate_id: str = "candidate"
    left_on: date | None = None
    readmitted_before: bool = False
    unseen: frozenset[str] = frozenset()
    committee: bool = False
    authorised: bool = False


def shift_months(day: date, amount: int) -> date:
    """So many months later, or the last day of that month."""
    months = day.year * 12 + day.month - 1 + amount
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def count_age(born: date, on: date) -> int:
    """Months from birth month to month."""
    return 12 * (on.year - born.year) + on.month - born.month


def find_unlawful(story: Story, becoming: Becoming) -> list[str]:
    """Every reason why this membership is not lawful; none where it is."""
    trial = _Case(story)
    reasons = [*trial.judge_admission()]
    if becoming == "member":
        reasons += trial.judge_recognition()
    return reasons


@dataclass(frozen=True)
class _Case:
    story: Story

    # --- what is on record -------------------------------------------------------------------------------

    def last(self, *kinds: str, before: date | None = None) -> Deed | None:
        deeds = [deed for deed in self.story.deeds if deed.kind in kinds]
        return deeds[-1] if deeds and (before is None or deeds[-1].on <= before) else None

    def value(self, name: str, by: date) -> Value:
        """The last word on a field, of acts done by a day."""
        words = [deed.fields[name] for deed in self.story.deeds if deed.on <= by and deed.fields.get(name)]
        return words[-1] if words else None

    def day(self, name: str, by: date) -> date | None:
        value = self.value(name, by)
        day = date.fromisoformat(value) if isinstance(value, str) else None
        return day if day and day <= by else None

    def is_excused(self, name: str, of: date | None) -> bool:
        """Whether an adoption ticked a fact that the law looks at on a day before it."""
        adopted = self.last("adopt")
        return adopted is not None and name in self.story.unseen and (of is None or of < adopted.on)

    def stated_day(self, name: str) -> date | None:
        """A day that the adoption states from paper."""
        adopted = self.last("adopt")
        value = adopted.fields.get(name) if adopted else None
        return date.fromisoformat(value) if isinstance(value, str) else None

    def has_consent(self, kind: str, organ: str, by: date) -> bool:
        return any(
            deed.kind == "record_consent"
            and (deed.fields.get("consent_kind"), deed.fields.get("consent_organ")) == (kind, organ)
            and deed.on <= by
            for deed in self.story.deeds
        )

    # --- becoming probationary ---------------------------------------------------------------------------

    def judge_admission(self) -> Iterator[str]:
        meeting = self.last("branch_proposes") or self.last("branch_falls_short")
        met_on = meeting.on if meeting else self.stated_day("branch_resolution_on")
        decided = self.last("decide") or (self.last("committee_proposes") if self.story.authorised else None)
        decided_on = decided.on if decided else self.stated_day("decision_on")
        if met_on is None or decided_on is None:
            yield "no meeting of the branch" if met_on is None else "no decision"
            return
        if decided_on < met_on:
            yield "decided before the branch met"
        yield from self.judge_person(met_on, decided_on)
        yield from self.judge_sponsors(met_on)
        yield from self.judge_papers(met_on)
        yield from self.judge_readmission(met_on, decided_on)
        if meeting:
            yield from self.judge_branch_vote(meeting)
        if decided:
            yield from self.judge_decision(decided, met_on)
        ceremony = self.last("hold_ceremony")
        ceremony_on = ceremony.on if ceremony else self.stated_day("ceremony_on")
        if ceremony_on is None or ceremony_on < decided_on:
            yield "no ceremony since the decision"

    def judge_person(self, met_on: date, decided_on: date) -> Iterator[str]:
        candidate = self.story.candidate
        if candidate.born is None:
            yield "nobody knows the birth date"
        else:
            age = count_age(candidate.born, met_on)
            if age < 216:
                yield "under 18"
            by_text = not QD20 <= met_on < QD208
            if age > 720 and by_text and not self.value("over60_grounds", met_on):
                yield "over 60 without grounds"
        by_grounds = self.value("over60_grounds", decided_on) is not None and decided_on < QD20
        if by_grounds and not self.has_consent("over60", "central_direct", decided_on):
            yield "over 60 without the consent of the province"
        yield from self.judge_schooling(met_on, decided_on)

    def judge_schooling(self, met_on: date, decided_on: date) -> Iterator[str]:
        schooling, exception = (
            self.story.candidate.schooling,
            self.value("education_exception", decided_on),
        )
        excused = schooling is None and self.is_excused("education_met", met_on)
        if not (schooling or exception or excused or QD20 <= met_on < QD208):
            yield "no schooling and no exception"
        literate = exception == "literate_head" and decided_on < QD20
        if literate and not self.has_consent("education", "central_direct", decided_on):
            yield "reads and writes only, without the consent of the province"

    def judge_sponsors(self, met_on: date) -> Iterator[str]:
        named = self.value("sponsors", met_on)
        names = [named] if isinstance(named, str) else named if isinstance(named, list) else []
        replaced: set[str] = set()
        for deed in self.story.deeds:
            if deed.kind == "replace_sponsor" and deed.on <= met_on:
                out, new = str(deed.fields.get("sponsor_out")), str(deed.fields.get("sponsor_in"))
                names = [new if name == out else name for name in names]
                replaced.add(new)
            elif deed.fields.get("sponsors"):
                replaced.clear()
        route = self.value("route", met_on)
        if not names or route is None:
            if not self.is_excused("sponsors", met_on):
                yield "nobody knows who sponsored, or by which way"
            return
        if route == "youth_union":
            yield from self.judge_union(met_on)
        if len(set(names)) != (1 if route == "youth_union" else 2) or len(names) != len(set(names)):
            yield "not two different sponsors, nor one beside the Youth Union"
        if self.story.candidate_id in names:
            yield "sponsored by the candidate"
        for name in names:
            yield from self.judge_sponsor(name, met_on, free=name in replaced)

    def judge_sponsor(self, name: str, met_on: date, *, free: bool) -> Iterator[str]:
        human = self.story.people.get(name, Human())
        since, until, together = human.official_since, human.official_until, human.together_since
        if since is None or since > met_on or (until and until < met_on):
            yield f"{name} was no official member"
        if met_on >= QD20 or free:
            return
        if together is None:
            if not self.is_excused("together_since", met_on):
                yield f"nobody knows since when {name} is together with the candidate"
        elif shift_months(together, 12) > met_on:
            yield f"{name} was not together with the candidate for 12 months"

    def judge_union(self, met_on: date) -> Iterator[str]:
        born = self.story.candidate.born
        if born and count_age(born, met_on) > 420:
            yield "past Youth Union age"
        resolved = self.value("youth_resolution_no", met_on), self.value("youth_resolution_on", met_on)
        if None in resolved and not self.is_excused("youth_resolution_on", met_on):
            yield "no resolution of the Youth Union"

    def judge_papers(self, met_on: date) -> Iterator[str]:
        if not HD01_2016 <= met_on < HD01_2026:
            return
        for name, months, what in (
            ("certificate_issued_on", 60, "certificate"),
            ("opinions_summarised_on", 12, "summary of opinions"),
        ):
            day = self.day(name, met_on)
            if day is None and not self.is_excused(name, met_on):
                yield f"no {what}"
            elif day and shift_months(day, months) < met_on:
                yield f"{what} too old"
        if not self.is_verified(met_on) and not self.is_excused("verification_concluded_on", met_on):
            yield "the CV was not verified"

    def is_verified(self, met_on: date) -> bool:
        """Concluded clear, or referred upward and ruled to go on."""
        if self.stated_day("verification_concluded_on"):
            return True
        concluded = self.last("conclude_verification", before=met_on)
        if concluded and concluded.fields.get("verification_outcome") == "clear":
            return True
        referred = self.last("refer_upward", before=met_on)
        return referred is not None and any(
            deed.kind == "rule_go_on" and referred.on <= deed.on <= met_on for deed in self.story.deeds
        )

    def judge_readmission(self, met_on: date, decided_on: date) -> Iterator[str]:
        left_on = self.story.left_on
        if left_on is None:
            return
        if shift_months(left_on, 36) > met_on and not QD20 <= met_on < QD208:
            yield "out of the Party for less than 36 months"
        if not self.has_consent("readmission", "province", decided_on) and decided_on < QD20:
            yield "re-admitted without the consent of the province"
        if self.story.readmitted_before and decided_on < QD20:
            yield "re-admitted before"

    # --- votes -------------------------------------------------------------------------------------------

    def judge_branch_vote(self, meeting: Deed) -> Iterator[str]:
        yield from self.judge_roll(meeting)
        if meeting.kind == "branch_falls_short":
            if not any(deed.kind == "rule_go_on" and deed.on >= meeting.on for deed in self.story.deeds):
                yield "the branch fell short and nobody ruled to go on"
        elif not carries(meeting, 2, 3):
            yield "less than two thirds of the branch"

    def judge_roll(self, meeting: Deed) -> Iterator[str]:
        roll = meeting.fields.get("roll")
        if not isinstance(roll, int) or roll < 3:
            yield "a branch of less than three official members"

    def judge_decision(self, decided: Deed, met_on: date) -> Iterator[str]:
        if decided.kind == "decide":
            if decided.on < HD01_2026 and not carries(decided, 1, 2):
                yield "not more than half of the standing committee"
            if not self.story.committee:
                return
        committee = self.last("committee_proposes")
        if committee is None:
            if not self.stated_day("committee_resolution_on") and not self.is_excused(
                "committee_resolution_on", met_on
            ):
                yield "the committee has not voted"
        elif not carries(committee, 2, 3):
            yield "less than two thirds of the committee"

    # --- becoming a member -------------------------------------------------------------------------------

    def judge_recognition(self) -> Iterator[str]:
        ceremony = self.last("hold_ceremony")
        ceremony_on = ceremony.on if ceremony else self.stated_day("ceremony_on")
        proposed = self.last("branch_recognises")
        short = self.last("branch_recognition_falls_short")
        meeting = proposed or short
        met_on = meeting.on if meeting else self.stated_day("recognition_resolution_on")
        decided = self.last("recognise") or (
            self.last("committee_recognises") if self.story.authorised else None
        )
        if ceremony_on is None or met_on is None or decided is None:
            yield "no ceremony, no meeting or no decision on recognition"
            return
        if met_on <= shift_months(ceremony_on, 12):
            yield "the branch resolved before the 12 months were over"
        if decided.on < met_on:
            yield "recognised before the branch met"
        if proposed:
            yield from self.judge_roll(proposed)
            if not carries(proposed, 2, 3):
                yield "less than two thirds of the branch for recognition"
        elif short and not any(
            deed.kind == "rule_go_on" and deed.on >= short.on for deed in self.story.deeds
        ):
            yield "the branch fell short on recognition and nobody ruled to go on"
        share = (1, 2) if decided.kind == "recognise" else (2, 3)
        if decided.on < HD01_2026 and not carries(decided, *share):
            yield "the deciding organ did not carry recognition"


def carries(vote: Deed, numerator: int, denominator: int) -> bool:
    """Whether enough of all entitled were for it: at least two thirds, or more than half.

    Excluded from the roll: those temporarily away, and the exempted who were absent; since QĐ 294 also those
    suspended from activity and those prosecuted or detained. A standing committee excludes nobody.
    """
    roll, votes = vote.fields.get("roll"), vote.fields.get("votes_for")
    if not isinstance(roll, int) or not isinstance(votes, int):
        return False
    names = ["transferred", "exempt", *(["suspended", "prosecuted"] if vote.on >= QD294 else [])]
    away = [vote.fields.get(f"excluded_{name}") for name in names] if denominator == 3 else []
    base = roll - sum(count for count in away if isinstance(count, int))
    if base <= 0 or votes > base:
        return False
    return (
        votes * denominator > base * numerator
        if denominator == 2
        else votes * denominator >= base * numerator
    )
