"""The table of guards: met, not met, and what each says where its fact is missing.

A guard without a row fails here, and so does one that takes silence for an answer without saying why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from states.guards import GUARDS, MissingFact
from states.guards.kinds import Finding
from states.vocabulary import (
    Act,
    BookNumber,
    EarlierCase,
    Facts,
    FieldValue,
    MembershipSpan,
    OpenFlag,
    Person,
    Text,
    UnitLine,
)
from tests.rules.scene import EVERY_EDITION, edition

ON = date(2022, 3, 15)
OLD, FRESH = "2021-03-14", "2021-03-15"
AN = Person("an", "Trần Thị An", official_since=date(2010, 1, 1), together_since=date(2010, 1, 1))
LINE = UnitLine("thon", {"branch": "thon"})
STATED_ELSEWHERE = "another condition of the same acts asks for the fact: "
TYPED = "the act itself says it, and is refused without: "
RECORD = "the record is complete in itself: what is not in it did not happen: "


def having(
    known: Mapping[str, FieldValue] | None = None, typed: Mapping[str, FieldValue] | None = None, **more: Any
) -> Facts:
    """The facts of an act of 15/03/2022, of which no more is known than is said."""
    candidate = more.pop("candidate", Person("nguoi-xin"))
    by, typist = more.pop("by", ""), more.pop("typist", "")
    facts = Facts(Act("act", ON, typed or {}, by, typist), "decision", known or {}, candidate, LINE)
    return replace(facts, **{"people": {"an": AN}, **more})


def aged(years: int, months: int = 0) -> Person:
    first = ON.year * 12 + ON.month - 1 - years * 12 - months
    return Person("nguoi-xin", born=date(first // 12, first % 12 + 1, 5))


@dataclass(frozen=True, kw_only=True)
class GuardRow:
    """One guard with its parameters; ``unknown``: the facts of which one is missing, and which it names.

    ``silent``: why it has no third answer. ``not_met`` is None where nothing but silence is wrong.
    """

    with_: Mapping[str, Any]
    met: Facts
    not_met: Facts | None
    unknown: Facts | None = None
    names: str = ""
    silent: str = ""


def letter(**more: Any) -> Facts:
    return having(typed={"letter_no": "5-CV"}, **more)


def vote(for_: int | None) -> Facts:
    return having(typed={"roll": 9, "votes_for": for_} if for_ is not None else {"roll": 9})


def booked(last: int, used: date | None = None) -> Facts:
    return having(typed={"no": "5-NQ"}, booked=lambda _code: BookNumber(used, last, 5))


def flagged() -> Facts:
    flag = OpenFlag("3:AGE_MIN", Text("việc", "act"), ON, Text("lời", "words"))
    return having(flags={flag.key: None}, describe_flags=lambda: (flag,))


def on_probation(reason: str) -> Facts:
    candidate = Person("nguoi-xin", membership="probationary")
    return having({"ceremony_on": FRESH}, {"close_reason": reason}, candidate=candidate)


FLAGS = RECORD + "flags are kept by the program"
FORMER = MembershipSpan("member", date(2010, 5, 5), date(2018, 5, 5))
PARTS = {"sponsors": ["sponsors"], "verifiers": ["verifier"], "helpers": [], "joining": [], "leaving": []}
TWO_THIRDS = {"numerator": 2, "denominator": 3}
CONSENT = {"kind": "over60", "organ": "central_direct", "no": "7", "on": "2022-03-14"}
TABLE: dict[str, GuardRow] = {
    "role_may": GuardRow(
        with_={},
        met=having(by="u", roles=frozenset({"officer"}), may=frozenset({"officer"})),
        not_met=having(by="u", may=frozenset({"officer"})),
        silent=RECORD + "no role in the dated register is no role; acts of an unnamed user are the program's",
    ),
    "after_last_move": GuardRow(
        with_={},
        met=having(last_on=ON),
        not_met=having(last_on=date(2022, 3, 16)),
        silent=RECORD + "without an earlier step there is none to follow",
    ),
    "dated_by_then": GuardRow(
        with_={"but": ["later_on"]},
        met=replace(having(), act=Act("x", ON, {"paper_dated": ON.isoformat(), "later_on": "2030-01-01"})),
        not_met=replace(having(), act=Act("x", ON, {"paper_dated": "2030-01-01"})),
        silent=STATED_ELSEWHERE + "it looks at days that the act says; each is asked for by its own act",
    ),
    "in_order": GuardRow(
        with_={"first": "a", "then": "b"},
        met=having({"a": "2022-01-01", "b": "2022-01-01"}),
        not_met=having({"a": "2022-01-02", "b": "2022-01-01"}),
        silent=STATED_ELSEWHERE + "it compares two days where both are there; `required` takes none for late",
    ),
    "typed_by_another": GuardRow(
        with_={"move": "m"},
        met=replace(having(typist="x"), typed={"m": "y"}),
        not_met=replace(having(typist="x"), typed={"m": "x"}),
        silent=RECORD + "who typed an act always stands beside it",
    ),
    "number_once": GuardRow(
        with_={"fields": ["no"]}, met=booked(4), not_met=booked(4, ON), silent=RECORD + "the book of numbers"
    ),
    "number_follows": GuardRow(
        with_={"fields": ["no"]}, met=booked(4), not_met=booked(2), silent=RECORD + "the book of numbers"
    ),
    "age_at_least": GuardRow(
        with_={"months": 216},
        met=having(candidate=aged(18)),
        not_met=having(candidate=aged(17, 11)),
        unknown=having(),
        names="born",
    ),
    "age_at_most": GuardRow(
        with_={"months": 720},
        met=having(candidate=aged(60)),
        not_met=having(candidate=aged(60, 1)),
        unknown=having(),
        names="born",
    ),
    "not_in_month_of_age": GuardRow(
        with_={"months": 720},
        met=having(candidate=aged(60, 1)),
        not_met=having(candidate=aged(60)),
        unknown=having(),
        names="born",
    ),
    "education_met": GuardRow(
        with_={"unless": "education_exception"},
        met=having(candidate=Person("nguoi-xin", education_met=True)),
        not_met=having(candidate=Person("nguoi-xin", education_met=False)),
        unknown=having(),
        names="education_met",
    ),
    "field_is": GuardRow(
        with_={"field": "outcome", "value": "clear"},
        met=having(typed={"outcome": "clear"}),
        not_met=having(typed={"outcome": "not_clear"}),
        unknown=having(),
        names="outcome",
    ),
    "known": GuardRow(
        with_={"field": "a"},
        met=having({"a": "1"}),
        not_met=having(),
        silent="that it is not known is what it asks; not known is not met",
    ),
    "all_known": GuardRow(
        with_={"fields": ["a", "b"]},
        met=having({"a": "1", "b": "2"}),
        not_met=None,
        unknown=having({"a": "1"}),
        names="b",
    ),
    "not_known": GuardRow(
        with_={"field": "a"}, met=having(), not_met=having({"a": "1"}), silent=RECORD + "not recorded yet"
    ),
    "not_expired": GuardRow(
        with_={"field": "a", "months": 12, "required": True},
        met=having({"a": FRESH}),
        not_met=having({"a": OLD}),
        unknown=having({"a": "2022-03-16"}),
        names="a",
    ),
    "papers_fresh": GuardRow(
        with_={"months": 12, "fields": ["a"], "papers": ["3-KNĐ"]},
        met=having({"a": FRESH}, papers={"3-KNĐ": FRESH}),
        not_met=having({"a": FRESH}, papers={"3-KNĐ": OLD}),
        unknown=having(papers={"3-KNĐ": FRESH}),
        names="a",
    ),
    "consent_before": GuardRow(
        with_={"kind": "over60", "organ": "central_direct"},
        met=having(consents=(CONSENT,)),
        not_met=having(consents=({**CONSENT, "on": "2022-03-16"},)),
        silent="a consent that is not on record has not been given: not met",
    ),
    "consent_on_an_earlier_day": GuardRow(
        with_={"kind": "over60", "organ": "central_direct"},
        met=having(consents=(CONSENT,)),
        not_met=having(consents=({**CONSENT, "on": "2022-03-15"},)),
        silent=STATED_ELSEWHERE + "that there is a consent, by consent_before",
    ),
    "within_clock": GuardRow(
        with_={"clock": "C", "consent": "late_ceremony"},
        met=having(due_of=lambda _clock: ON),
        not_met=having(due_of=lambda _clock: date(2022, 3, 14)),
        unknown=having(starts_of={"C": "received"}),
        names="received",
    ),
    "clock_not_extended": GuardRow(
        with_={"clocks": ["C"]},
        met=having(running=frozenset({"C"})),
        not_met=having(running=frozenset({"C"}), extended=frozenset({"C"})),
        silent=RECORD + "an extension is an entry of its own",
    ),
    "something_unseen": GuardRow(
        with_={},
        met=having(),
        not_met=having(unseen=(Text("đơn", "application"),)),
        silent=RECORD + "the adoption lists what it did not see",
    ),
    "unseen_confirmed": GuardRow(
        with_={"field": "confirmed"},
        met=having(typed={"confirmed": "yes"}, unseen=(Text("đơn", "application"),)),
        not_met=having(unseen=(Text("đơn", "application"),)),
        silent="that nobody has confirmed is what it asks; not confirmed is not met",
    ),
    "something_unsettled": GuardRow(
        with_={},
        met=having(flags={"3:AGE_MIN": None}),
        not_met=having(flags={"3:AGE_MIN": 5}),
        silent=FLAGS,
    ),
    "flag_known": GuardRow(
        with_={"field": "flag"},
        met=having(typed={"flag": "3:AGE_MIN"}, flags={"3:AGE_MIN": None}),
        not_met=having(typed={"flag": "3:AGE_MIN"}),
        silent=FLAGS,
    ),
    "flag_not_settled": GuardRow(
        with_={"field": "flag"},
        met=having(typed={"flag": "3:AGE_MIN"}, flags={"3:AGE_MIN": None}),
        not_met=having(typed={"flag": "3:AGE_MIN"}, flags={"3:AGE_MIN": 5}),
        silent=FLAGS,
    ),
    "nothing_flagged": GuardRow(with_={}, met=having(), not_met=flagged(), silent=FLAGS),
    "nothing_flagged_before": GuardRow(
        with_={"deciding": ["decide"], "authorised": []}, met=having(), not_met=flagged(), silent=FLAGS
    ),
    "recorded_times": GuardRow(
        with_={"moves": ["a", "b"], "minimum": 3},
        met=having(counts={"a": 2, "b": 1}),
        not_met=having(counts={"a": 2}),
        silent=RECORD + "the acts of the case",
    ),
    "parts_apart": GuardRow(
        with_=PARTS,
        met=having({"sponsors": ["an"]}, {"verifier": "binh"}),
        not_met=having({"sponsors": ["an"]}, {"verifier": "an"}),
        silent=STATED_ELSEWHERE + "who has to be named",
    ),
    "letters_answered": GuardRow(
        with_={"since": "sent"},
        met=having(letters={"5-CV": "2022-03-01"}, answered=frozenset({"5-CV"})),
        not_met=having(letters={"5-CV": "2022-03-01"}),
        silent=RECORD + "a letter that is not on record was not sent",
    ),
    "places_as_recorded": GuardRow(
        with_={"since": "sent", "asked_field": "a", "answered_field": "b"},
        met=having(typed={"a": 1, "b": 0}, letters={"5-CV": "2022-03-01"}),
        not_met=having(typed={"a": 2, "b": 2}, letters={"5-CV": "2022-03-01"}),
        silent=RECORD + "a letter that is not on record was not sent",
    ),
    "never_a_member": GuardRow(
        with_={
            "field": "struck_off_on",
            "states": ["struck_off"],
            "annulled": ["annulled"],
            "reached": "ceremony_on",
        },
        met=having(),
        not_met=having(memberships=(FORMER,)),
        silent=RECORD + "the register of members",
    ),
    "readmitted_never": GuardRow(
        with_={"pipeline": "readmission", "reached": "ceremony_on", "annulled": ["annulled"]},
        met=having(earlier=(EarlierCase("readmission", "declined", {}),), memberships=(FORMER,)),
        not_met=having(earlier=(EarlierCase("readmission", "member", {"ceremony_on": FRESH}),)),
        silent=RECORD + "earlier cases and the register of members",
    ),
    "never_annulled": GuardRow(
        with_={"states": ["annulled"]},
        met=having(earlier=(EarlierCase("admission", "declined", {}),)),
        not_met=having(earlier=(EarlierCase("admission", "annulled", {}),)),
        silent=RECORD + "the cases of the office",
    ),
    "left_as_recorded": GuardRow(
        with_={"field": "left_on"},
        met=having({"left_on": "2018-05-05"}, memberships=(FORMER,)),
        not_met=having({"left_on": "2015-05-05"}, memberships=(FORMER,)),
        silent=STATED_ELSEWHERE + "the day of leaving by months_since",
    ),
    "left_on_record": GuardRow(
        with_={"field": "left_on"},
        met=having({"left_on": "2018-05-05"}, memberships=(FORMER,)),
        not_met=having({"left_on": "2018-05-05"}),
        silent=STATED_ELSEWHERE + "the day of leaving by months_since",
    ),
    "no_other_case": GuardRow(
        with_={},
        met=having(earlier=(EarlierCase("admission", "declined", {}),)),
        not_met=having(earlier=(EarlierCase("readmission", "listed", {}, open="K1"),)),
        silent=RECORD + "the cases of the office",
    ),
    "membership_kept": GuardRow(
        with_={"field": "close_reason", "since": "ceremony_on", "lawful": ["died"]},
        met=on_probation("died"),
        not_met=on_probation("other"),
        silent=TYPED + "why it is closed",
    ),
    "letter_open": GuardRow(
        with_={},
        met=letter(letters={"5-CV": "2022-03-01"}),
        not_met=letter(),
        silent=RECORD + "a letter that is not on record was not sent",
    ),
    "letter_new": GuardRow(
        with_={},
        met=letter(),
        not_met=letter(letters={"5-CV": "2022-03-01"}),
        silent=RECORD + "a letter that is not on record was not sent",
    ),
    "letter_on_its_way": GuardRow(
        with_={},
        met=letter(letters={"5-CV": "2022-03-01"}),
        not_met=letter(arrived=frozenset({"5-CV"})),
        silent=RECORD + "an arrival is an entry of its own",
    ),
    "months_over": GuardRow(
        with_={"field": "a", "months": 12},
        met=having({"a": FRESH}),
        not_met=having({"a": "2021-03-16"}),
        unknown=having(),
        names="a",
    ),
    "months_since": GuardRow(
        with_={"field": "a", "months": 12},
        met=having({"a": FRESH}),
        not_met=having({"a": "2021-03-16"}),
        unknown=having(),
        names="a",
    ),
    "never_before": GuardRow(
        with_={"pipeline": "readmission", "reached": "ceremony_on"},
        met=having(earlier=(EarlierCase("readmission", "declined", {}),)),
        not_met=having(earlier=(EarlierCase("readmission", "member", {"ceremony_on": FRESH}),)),
        silent=RECORD + "earlier cases of the office",
    ),
    "not_a_member": GuardRow(
        with_={},
        met=having(),
        not_met=having(candidate=Person("nguoi-xin", membership="member")),
        silent=RECORD + "the register of members",
    ),
    "official_members": GuardRow(
        with_={"field": "sponsors"},
        met=having({"sponsors": ["an"]}),
        not_met=having({"sponsors": ["an"]}, people={"an": replace(AN, official_since=date(2022, 3, 16))}),
        unknown=having({"sponsors": ["an"]}, people={"an": Person("an")}),
        names="official_since",
    ),
    "different_people": GuardRow(
        with_={"field": "sponsors"},
        met=having({"sponsors": ["an", "binh"]}),
        not_met=having({"sponsors": ["an", "an"]}),
        silent=STATED_ELSEWHERE + "how many there have to be",
    ),
    "not_the_candidate": GuardRow(
        with_={"field": "sponsors"},
        met=having({"sponsors": ["an"]}),
        not_met=having({"sponsors": ["nguoi-xin"]}),
        silent=STATED_ELSEWHERE + "how many there have to be",
    ),
    "among": GuardRow(
        with_={"field": "out", "others": "sponsors"},
        met=having({"sponsors": ["an"]}, {"out": "an"}),
        not_met=having({"sponsors": ["binh"]}, {"out": "an"}),
        silent=TYPED + "who leaves",
    ),
    "not_among": GuardRow(
        with_={"field": "verifier", "others": "sponsors"},
        met=having({"sponsors": ["binh"]}, {"verifier": "an"}),
        not_met=having({"sponsors": ["an"]}, {"verifier": "an"}),
        silent=TYPED + "who comes",
    ),
    "sponsors_for_route": GuardRow(
        with_={},
        met=having({"sponsors": ["an", "binh"], "route": "two_sponsors"}),
        not_met=having({"sponsors": ["an"], "route": "two_sponsors"}),
        unknown=having({"sponsors": ["an", "binh"]}),
        names="route",
    ),
    "together_for": GuardRow(
        with_={"months": 12},
        met=having({"sponsors": ["an"]}),
        not_met=having({"sponsors": ["an"]}, people={"an": replace(AN, together_since=date(2021, 3, 16))}),
        unknown=having({"sponsors": ["an"]}, people={"an": replace(AN, together_since=None)}),
        names="together_since",
    ),
    "union_route_taken": GuardRow(
        with_={"months": 360, "statement": "s"},
        met=having({"route": "youth_union"}, candidate=aged(25)),
        not_met=having({"route": "two_sponsors"}, candidate=aged(25)),
        silent=STATED_ELSEWHERE + "the birth date by age_at_least, the route by sponsors_for_route",
    ),
    "union_age_asked": GuardRow(
        with_={"above": 360, "months": 420, "statement": "s"},
        met=having(candidate=aged(36)),
        not_met=having(candidate=aged(31)),
        silent=STATED_ELSEWHERE + "the birth date by age_at_least",
    ),
    "route_within_age": GuardRow(
        with_={"field": "route", "value": "youth_union", "months": 420},
        met=having({"route": "youth_union"}, candidate=aged(35)),
        not_met=having({"route": "youth_union"}, candidate=aged(35, 1)),
        silent=STATED_ELSEWHERE + "the birth date by age_at_least, the route by sponsors_for_route",
    ),
    "at_least": GuardRow(
        with_={"field": "roll", "minimum": 3},
        met=having(typed={"roll": 3}),
        not_met=having(typed={"roll": 2}),
        unknown=having(),
        names="roll",
    ),
    "not_more_than": GuardRow(
        with_={"field": "a", "limit": "b"},
        met=having(typed={"a": 2, "b": 2}),
        not_met=having(typed={"a": 3, "b": 2}),
        silent=TYPED + "both counts",
    ),
    "sum_is": GuardRow(
        with_={"parts": ["a", "b"], "whole": "c", "exactly": True},
        met=having(typed={"a": 2, "b": 1, "c": 3}),
        not_met=having(typed={"a": 2, "b": 2, "c": 3}),
        silent=TYPED + "the whole; a part that is not typed is nobody",
    ),
    "share_reached": GuardRow(
        with_=TWO_THIRDS, met=vote(6), not_met=vote(5), unknown=vote(None), names="votes_for"
    ),
    "share_missed": GuardRow(
        with_=TWO_THIRDS, met=vote(5), not_met=vote(6), silent=TYPED + "the votes of a short vote"
    ),
}
ALWAYS = {"always": "it warns every time, of a rule that nobody found"}
"""Guards with one answer only."""


def ask(name: str, facts: Facts) -> list[Finding]:
    return list(GUARDS[name].check(facts, **TABLE[name].with_))


def test_every_guard_has_a_row_and_every_row_a_guard() -> None:
    assert set(TABLE) | set(ALWAYS) == set(GUARDS)


@pytest.mark.parametrize("name", TABLE)
def test_a_guard_that_is_met_says_nothing(name: str) -> None:
    assert ask(name, TABLE[name].met) == []


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.not_met])
def test_a_guard_that_is_not_met_says_what_is_wrong(name: str) -> None:
    wrong = TABLE[name].not_met
    assert wrong is not None
    findings = ask(name, wrong)
    assert findings
    for finding in findings:
        assert not isinstance(finding, MissingFact)
        assert set(finding) == GUARDS[name].says


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.unknown])
def test_a_guard_whose_fact_is_missing_cannot_tell_and_names_it(name: str) -> None:
    row = TABLE[name]
    assert row.unknown is not None
    assert [finding.fact for finding in ask(name, row.unknown) if isinstance(finding, MissingFact)] == [
        row.names
    ]


@pytest.mark.parametrize("name", TABLE)
def test_a_guard_either_has_a_third_answer_or_says_why_not(name: str) -> None:
    row = TABLE[name]
    assert (row.unknown is None) == bool(row.silent)


# --- what nobody has recorded is not fulfilled ---------------------------------------------------------------

MET_BY_SILENCE = {
    "not_a_member": "nobody is a member whom the register does not hold as one",
    "not_known": "nothing was recorded, and that is what is wanted",
    "never_before": "there was no earlier case",
    "number_once": "no number was given",
    "never_annulled": "no earlier case was annulled",
    "never_a_member": "the register holds no membership that ended",
    "readmitted_never": "neither the register nor another case knows of a re-admission",
    "membership_kept": "there is no membership that could end",
    "dated_by_then": "a day that is not said is asked for by its own act",
    "in_order": "days are compared where both are there; each is asked for by its own act",
    "union_route_taken": "birth date and route are asked for by other conditions of the same acts",
    "union_age_asked": "the birth date is asked for by other conditions of the same acts",
    "route_within_age": "birth date and route are asked for by other conditions of the same acts",
    "clock_not_extended": "no extension was recorded",
    "together_for": "whoever sponsors is asked for by sponsors_for_route",
}
"""Guards of the law that an empty record meets, and why that lets nobody in."""


def law_conditions() -> list[tuple[str, str, str]]:
    return [
        (pipeline, name, code)
        for pipeline, name in EVERY_EDITION
        for code, condition in edition(name, pipeline).conditions.items()
        if condition.basis == "law" and condition.guard not in MET_BY_SILENCE
    ]


def test_no_condition_of_the_law_is_met_by_an_empty_record() -> None:
    silent = []
    for pipeline, name, code in law_conditions():
        condition = edition(name, pipeline).conditions[code]
        parameters = {
            key: value for key, value in condition.with_.items() if key not in ("needed_by", "value")
        }
        if condition.guard == "not_expired" and not parameters.get("required"):
            continue  # asks only until when a paper is good; that it is there is asked at the branch meeting
        if not list(GUARDS[condition.guard].check(having(), **parameters)):
            silent.append(f"{pipeline}/{name} {code}")
    assert silent == []
