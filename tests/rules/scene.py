"""What the tests of the rules begin with: invented people, a case in which all is well."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypedDict, Unpack

from states.calendar.calendar_file import parse_calendar_yaml
from states.calendar.months import add_months
from states.calendar.working_days import Calendar
from states.machine import Verdict, get_machine
from states.record.deadlines import compute_clock
from states.record.events import CaseEvent
from states.record.replay import fold_events
from states.rulebook.edition import ActRule, Edition, Entry
from states.rulebook.loading import Rulebook
from states.vocabulary import (
    Act,
    Consent,
    EarlierCase,
    Facts,
    FieldValue,
    Membership,
    MembershipSpan,
    OpenFlag,
    Person,
    Text,
    UnitLine,
)

RULES = Rulebook()
ADMISSION = RULES.list_editions("admission")
READMISSION = RULES.list_editions("readmission")
EVERY_EDITION = [(pipeline, name) for pipeline in RULES.pipelines for name in RULES.list_editions(pipeline)]
UNITS = {
    "branch": "thon",
    "subcommittee": "bo-phan",
    "committee": "xa",
    "authority": "huyen",
    "supervisor": "huyen",
}

BORN = date(1980, 5, 1)
BAO = Person("bao", "Trần Thị Bảo", official_since=date(2000, 1, 1), together_since=date(2010, 1, 1))
TRO = Person("tro", "Lê Văn Trợ", official_since=date(2005, 1, 1), together_since=date(2010, 1, 1))
GIUP = Person("giup", "Phạm Thị Giúp", official_since=date(2001, 1, 1), together_since=date(2001, 1, 1))
PEOPLE = {person.id: person for person in (BAO, TRO, GIUP)}

VOTE: dict[str, FieldValue] = {
    "resolution_no": "05-NQ",
    "roll": 10,
    "present": 10,
    "votes_for": 10,
    "votes_against": 0,
}
GOOD: dict[str, dict[str, FieldValue]] = {
    "nominate": {"resolution_no": "01-NQ/CB", "helpers": ["giup"]},
    "allow_procedure": {
        "procedure_proposal_no": "4-CV",
        "procedure_proposed_on": "2016-07-25",
        "procedure_leave_no": "20-TB",
    },
    "certify": {"certificate_no": "11"},
    "accept_certificate": {"certificate_no": "11"},
    "send_for_verification": {"sponsors": ["bao", "tro"], "route": "two_sponsors"},
    "conclude_verification": {
        "report_no": "3",
        "verification_outcome": "clear",
        "verifier": "giup",
    },
    "refer_upward": {"report_no": "3", "verification_outcome": "needs_ruling"},
    "decline": {"report_no": "3", "verification_outcome": "not_clear"},
    "summarise_opinions": {
        "organisations_asked": 3,
        "people_asked": 10,
        "opinions_for": 9,
        "opinions_against": 1,
        "residence_opinion": "same_branch",
    },
    "branch_proposes": {**VOTE},
    "branch_falls_short": {**VOTE, "votes_for": 6, "votes_against": 4},
    "committee_proposes": {**VOTE, "decision_no": "9-QĐ"},
    "committee_declines": {**VOTE, "votes_for": 6, "votes_against": 4},
    "decide": {**VOTE, "decision_no": "100-QĐ"},
    "authority_declines": {**VOTE, "votes_for": 5, "votes_against": 5},
    "hold_ceremony": {"probation_helper": "giup"},
    "branch_recognises": {**VOTE},
    "branch_recognition_falls_short": {**VOTE, "votes_for": 6, "votes_against": 4},
    "committee_recognises": {**VOTE, "decision_no": "200-QĐ"},
    "recognise": {**VOTE, "decision_no": "200-QĐ"},
    "branch_strikes_off": {**VOTE},
    "committee_strikes_off": {**VOTE},
    "strike_off": {**VOTE, "decision_no": "300-QĐ"},
    "branch_strike_off_falls_short": {**VOTE, "votes_for": 6, "votes_against": 4},
    "committee_strike_off_falls_short": {**VOTE, "votes_for": 6, "votes_against": 4},
    "strike_off_falls_short": {**VOTE, "votes_for": 5, "votes_against": 5},
    "extend_decision": {"extension_no": "4-CV"},
    "send_verification_letter": {"letter_no": "5-CV", "letter_reach": "domestic"},
    "letter_arrived": {"letter_no": "5-CV"},
    "verification_received": {"letter_no": "5-CV"},
    "replace_sponsor": {"sponsor_out": "bao", "sponsor_in": "giup", "replace_reason": "moved"},
    "change_helper": {"helper_out": "giup", "helper_in": "tro"},
}
"""What is typed with an act when all is well."""

DAY_IN = {
    "2016-07": "2018-08-15",
    "2021-07": "2023-08-15",
    "2025-01": "2025-03-14",
    "2025-07": "2025-08-15",
    "2025-09": "2026-03-16",
    "2026-04": "2026-05-15",
    "2026-07": "2026-08-14",
}
"""A day in each edition; of April 2026 one on which the guide that was read is still in force."""

STAND_AT = {
    "replace_sponsor": "opinions",
    "change_helper": "nominated",
    "verification_received": "verification",
    "letter_arrived": "verification",
    "send_verification_letter": "verification",
    "extend_decision": "decision",
    "receive_decision": "ceremony",
}


@cache
def vietnam() -> Calendar:
    """The calendar that comes with the program."""
    path = Path(__file__).parents[2] / "states/calendar/vietnam.yaml"
    return parse_calendar_yaml(path.read_text(encoding="utf-8"))


def edition(name: str, pipeline: str = "admission") -> Edition:
    """A real edition."""
    return RULES.load_edition(pipeline, name)


def edition_of(pipeline: str, name: str, _revision: str | None) -> Edition:
    """The edition as it is today, whatever revision an event was judged by."""
    return RULES.load_edition(pipeline, name)


def on_record(on: date) -> dict[str, FieldValue]:
    """What a case that is well on its way has on record by a day: all of it recent enough."""
    lately = add_months(on, -1).isoformat()
    days = (
        "class_started_on",
        "certificate_issued_on",
        "application_dated",
        "cv_declared_on",
        "cv_stamped_on",
        "sent_for_verification_on",
        "opinions_summarised_on",
    )
    return {
        "helpers": ["giup"],
        "sponsors": ["bao", "tro"],
        "route": "two_sponsors",
        "union_statement": "no_union",
        "bar_checked_on": lately,
        "bar_checked_by": "authority",
        "ceremony_on": add_months(on, -13).isoformat(),
        **dict.fromkeys(days, lately),
    }


def day(text: str | date) -> date:
    """A day, written as ISO."""
    return text if isinstance(text, date) else date.fromisoformat(text)


class Around(TypedDict, total=False):
    """What a test says of the case and of those around it; what it leaves out is as it should be.

    ``under``: an edition other than that of the day. ``by`` and ``typed_by``: who acts and who types; the rest is called as `Facts` calls it.
    """

    pipeline: str
    under: str
    known: Mapping[str, FieldValue]
    organs: Iterable[str]
    authorised: bool
    born: str | date | None
    education: bool | None
    membership: Membership
    people: Iterable[Person]
    by: str
    typed_by: str
    roles: Iterable[str]
    earlier: Iterable[EarlierCase]
    consents: Iterable[Consent]
    state: str
    back: tuple[str, ...]
    counts: Mapping[str, int]
    last_on: date | None
    typed: Mapping[str, str]
    papers: Mapping[str, str]
    replaced: tuple[str, ...]
    letters: Mapping[str, str]
    answered: frozenset[str]
    arrived: frozenset[str]
    extended: frozenset[str]
    running: frozenset[str]
    asked: frozenset[str]
    needs: frozenset[str]
    flags: Mapping[str, int | None]
    describe_flags: Callable[[], tuple[OpenFlag, ...]]
    memberships: tuple[MembershipSpan, ...]
    due_of: Callable[[str], date | None]


FACTS = (
    "flags",
    "describe_flags",
    "memberships",
    "back",
    "counts",
    "last_on",
    "typed",
    "papers",
    "replaced",
    "letters",
    "answered",
    "arrived",
    "extended",
    "running",
    "asked",
    "needs",
    "due_of",
)


def judged(
    kind: str, on: str | date, fields: Mapping[str, FieldValue] | None = None, **around: Unpack[Around]
) -> Verdict:
    """An act judged by the edition in force on its day, all being well but for what is said."""
    when, pipeline = day(on), around.get("pipeline", "admission")
    rules = (
        RULES.load_edition(pipeline, around["under"])
        if "under" in around
        else RULES.edition_on(pipeline, when)
    )
    act = get_machine(rules).find_act(kind)
    usual = STAND_AT.get(kind) if isinstance(act, Entry) else None
    facts = _facts(
        rules,
        act,
        Act(kind, when, fields or {}),
        around.get("state", usual or rules.source_states(act)[0]),
        around,
    )
    return get_machine(rules).judge_act(facts)


def _facts(rules: Edition, rule: ActRule, act: Act, state: str, around: Around) -> Facts:
    own = {**GOOD.get(act.kind, {}), **act.fields, rule.dated: act.on.isoformat()}
    by, typed_by = around.get("by", ""), around.get("typed_by", "")
    units = ("branch", "authority", "supervisor", *around.get("organs", ("committee",)))
    line = UnitLine("thon", {name: UNITS[name] for name in units}, around.get("authorised", False))
    organ = rules.organs.get(rules.acting_organ(rule, state, line))
    held: dict[str, Any] = {name: value for name, value in around.items() if name in FACTS}
    return Facts(
        act=Act(
            act.kind, act.on, {name: value for name, value in own.items() if value is not None}, by, typed_by
        ),
        state=state,
        known={**on_record(act.on), **around.get("known", {})},
        candidate=_candidate(around),
        line=line,
        people={**PEOPLE, **{person.id: person for person in around.get("people", ())}},
        consents=tuple(around.get("consents", ())),
        roles=frozenset(around.get("roles", ())),
        may=frozenset(organ.roles) if organ else frozenset(),
        by_name=by,
        typed_name=typed_by,
        organ_label=organ.label if organ else Text("", ""),
        earlier=tuple(around.get("earlier", ())),
        titles={
            name: paper.title for code, paper in rules.papers.items() for name in (code, paper.dated) if name
        },
        starts_of={name: clock.from_ for name, clock in rules.clocks.items()},
        **{
            "needs": frozenset(rule.needs),
            "asked": frozenset((rule.dated, *rule.fields)),
            "due_of": lambda _clock: add_months(act.on, 1),
            **held,
        },
    )


def _candidate(around: Around) -> Person:
    born = around.get("born", BORN)
    return Person(
        "mau",
        "Nguyễn Văn Mẫu",
        born=day(born) if born else None,
        education_met=around.get("education", True),
        membership=around.get("membership", "none"),
    )


def deadline(
    clock: str, fields: Mapping[str, FieldValue], name: str, pipeline: str = "admission"
) -> date | None:
    """When a clock is due that these recorded days have started, by the calendar that comes with the
    program.
    """
    days = [value for value in fields.values() if isinstance(value, str)]
    event: CaseEvent = {
        "kind": "adopt",
        "seq": 1,
        "pipeline": pipeline,
        "unit": "thon",
        "edition": name,
        "on": max(days),
        "to": "ceremony",
        "fields": dict(fields),
    }
    record = fold_events([event], edition_of)
    mark = next(one for one in reversed(record.clocks) if one["clock"] == clock)
    return compute_clock(record, mark, edition_of, vietnam(), {}).due


def codes(verdict: Verdict) -> list[str]:
    """The conditions that are not met, in the order given."""
    return [reason.code for reason in verdict.reasons]


def refusing(verdict: Verdict) -> list[str]:
    """The conditions that refuse the act."""
    return [reason.code for reason in verdict.reasons if reason.effect == "refuse"]


def warning(verdict: Verdict) -> list[str]:
    """The conditions that only warn."""
    return [reason.code for reason in verdict.reasons if reason.effect == "warn"]


def said(verdict: Verdict, code: str) -> str:
    """What is said of a condition, in Vietnamese."""
    return next(reason.text.vi for reason in verdict.reasons if reason.code == code)


def consent(kind: str, organ: str, on: str) -> Consent:
    """A consent on record."""
    return {"kind": kind, "organ": organ, "no": "7-CV", "on": on}
