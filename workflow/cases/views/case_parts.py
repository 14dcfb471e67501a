"""People, consents, votes and flags are parts of a case."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from states.record.events import name_flag
from states.vocabulary import Consent, Person
from workflow.cases.judgement.recorded_rules import RecordedRules
from workflow.cases.judgement.rejudge import rejudge_acts
from workflow.cases.views.case_file import CaseFile
from workflow.cases.views.open_acts import ReasonView, build_reason_view
from workflow.core.views import fields_of
from workflow.storage.tables.cases import VoteRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePersonView:
    """Somebody named in a case."""

    id: str
    name: str
    born: date | None
    membership: str
    official_since: date | None
    together_since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SponsorView(CasePersonView):
    """A sponsor; ``replacement``: took the place of another."""

    replacement: bool


def build_person_view(person: Person) -> CasePersonView:
    """A person as a case names them."""
    return CasePersonView(
        id=person.id,
        name=person.name,
        born=person.born,
        membership=person.membership or "none",
        official_since=person.official_since,
        together_since=person.together_since,
    )


def build_sponsor_view(file: CaseFile, id_: str) -> SponsorView:
    """A sponsor of the case."""
    person = build_person_view(file.builder.describe_person(id_, file.today))
    return SponsorView(**fields_of(person), replacement=id_ in file.record.replaced)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """A written consent: to what, of which organ, its number and day."""

    kind: str
    organ: str
    no: str
    on: date


def build_consent_view(consent: Consent) -> ConsentView:
    """A consent of the record."""
    return ConsentView(
        kind=consent["kind"], organ=consent["organ"], no=consent["no"], on=date.fromisoformat(consent["on"])
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteView:
    """A vote, as it was counted."""

    seq: int
    on: date
    body: str
    rule: str
    roll: int | None
    base: int | None
    present: int | None
    votes_for: int | None
    votes_against: int | None
    votes_blank: int | None
    need: int | None
    reached: bool


def build_vote_view(vote: VoteRow) -> VoteView:
    """A vote's row."""
    return VoteView(
        seq=vote.seq,
        on=vote.on_day,
        body=vote.body,
        rule=vote.rule,
        roll=vote.roll,
        base=vote.base,
        present=vote.present,
        votes_for=vote.votes_for,
        votes_against=vote.votes_against,
        votes_blank=vote.votes_blank,
        need=vote.need,
        reached=bool(vote.reached),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagView:
    """Something that no longer holds after a correction. Words are there where the rules have them today.

    ``flag``: as the act names it that settles it. ``act``, ``on``: what no longer holds.
    """

    flag: str
    seq: int
    kind: str
    act: str
    on: date
    settled: int | None
    code: str
    text: str | None = None
    citation: str | None = None
    verified: bool | None = None
    effect: str | None = None
    answer: str | None = None
    fact: str | None = None


def list_flags(file: CaseFile, language: str) -> Iterator[FlagView]:
    """What no longer holds after corrections, worded as the rules word it now."""
    reasons = _rejudge(file, language) if file.record.flags else {}
    events = {event["seq"]: event for event in file.reads} if file.record.flags else {}
    for flag in file.record.flags:
        event, reason = events[flag["seq"]], reasons.get((flag["seq"], flag["code"]))
        edition = file.office.edition_of_event(event, file.row.pipeline)
        rule = edition.moves.get(flag["kind"]) or edition.entries.get(flag["kind"])
        yield FlagView(
            flag=name_flag(flag),
            seq=flag["seq"],
            kind=flag["kind"],
            act=rule.label.in_language(language) if rule else flag["kind"],
            on=date.fromisoformat(event["on"]),
            settled=flag.get("settled"),
            code=flag["code"],
            text=reason.text if reason else None,
            citation=reason.citation if reason else None,
            verified=reason.verified if reason else None,
            effect=reason.effect if reason else None,
            answer=reason.answer if reason else None,
            fact=reason.fact if reason else None,
        )


def _rejudge(file: CaseFile, language: str) -> dict[tuple[int, str], ReasonView]:
    """Each act's reasons against it as its events read now, by the act and the condition."""
    reasons: dict[tuple[int, str], ReasonView] = {}
    rules = RecordedRules(file.office, file.connection)
    for event, reason in rejudge_acts(file.builder, file.events, rules):
        reasons.setdefault((event["seq"], reason.code), build_reason_view(reason, language))
    return reasons
