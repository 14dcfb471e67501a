"""The oracle of lawful memberships: a case in which all is well, and one thing wrong in each other."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.journeys.oracle import Deed, Human, Story, Value, find_unlawful

TEN: dict[str, Value] = {"roll": 10, "present": 10, "votes_for": 10, "votes_against": 0}
MEMBER = Human(official_since=date(2000, 1, 1), together_since=date(2010, 1, 1))
DAYS = {
    "certify": date(2021, 10, 1),
    "send_for_verification": date(2021, 12, 1),
    "conclude_verification": date(2022, 2, 1),
    "summarise_opinions": date(2022, 2, 15),
    "branch_proposes": date(2022, 3, 15),
    "committee_proposes": date(2022, 4, 1),
    "decide": date(2022, 4, 20),
    "hold_ceremony": date(2022, 5, 10),
    "branch_recognises": date(2023, 5, 15),
    "committee_recognises": date(2023, 5, 20),
    "recognise": date(2023, 6, 1),
}
FIELDS: dict[str, dict[str, Value]] = {
    "certify": {"certificate_issued_on": "2021-10-01"},
    "send_for_verification": {"sponsors": ["an", "binh"], "route": "two_sponsors"},
    "conclude_verification": {"verification_outcome": "clear"},
    "summarise_opinions": {"opinions_summarised_on": "2022-02-15"},
    **dict.fromkeys(
        (
            "branch_proposes",
            "committee_proposes",
            "decide",
            "branch_recognises",
            "committee_recognises",
            "recognise",
        ),
        TEN,
    ),
}


def story(
    days: Mapping[str, date | None] | None = None,
    fields: Mapping[str, Mapping[str, Value]] | None = None,
    more: Sequence[Deed] = (),
) -> Story:
    """A case in which all is well, but for days (None: never happened) and fields that are said."""
    when = {**DAYS, **(days or {})}
    deeds = [
        Deed(kind=kind, on=on, fields={**FIELDS.get(kind, {}), **(fields or {}).get(kind, {})})
        for kind, on in when.items()
        if on
    ]
    return Story(
        candidate=Human(born=date(1980, 5, 1), schooling=True),
        people={"an": MEMBER, "binh": MEMBER},
        deeds=sorted([*deeds, *more], key=lambda deed: deed.on),
        committee=True,
    )


def test_a_case_in_which_all_is_well_makes_a_lawful_member() -> None:
    assert find_unlawful(story(), "probationary") == []
    assert find_unlawful(story(), "member") == []


MET = DAYS["branch_proposes"]
YEAR = timedelta(days=365)
WRONG: list[tuple[str, Story]] = [
    ("nobody knows the birth date", replace(story(), candidate=Human(schooling=True))),
    ("under 18", replace(story(), candidate=Human(born=date(2004, 4, 1), schooling=True))),
    ("over 60 without grounds", replace(story(), candidate=Human(born=date(1962, 2, 28), schooling=True))),
    (
        "over 60 without the consent of the province",
        story(fields={"branch_proposes": {"over60_grounds": "special_need"}}),
    ),
    ("no schooling and no exception", replace(story(), candidate=Human(born=date(1980, 5, 1)))),
    (
        "reads and writes only, without the consent of the province",
        story(fields={"branch_proposes": {"education_exception": "literate_head"}}),
    ),
    (
        "nobody knows who sponsored, or by which way",
        story(fields={"send_for_verification": {"sponsors": None}}),
    ),
    (
        "not two different sponsors, nor one beside the Youth Union",
        story(fields={"send_for_verification": {"sponsors": ["an", "an"]}}),
    ),
    (
        "sponsored by the candidate",
        story(fields={"send_for_verification": {"sponsors": ["an", "candidate"]}}),
    ),
    ("an was no official member", replace(story(), people={"an": Human(), "binh": MEMBER})),
    (
        "an was no official member",
        replace(story(), people={"an": replace(MEMBER, official_until=date(2021, 6, 1)), "binh": MEMBER}),
    ),
    (
        "an was not together with the candidate for 12 months",
        replace(story(), people={"an": replace(MEMBER, together_since=date(2021, 3, 16)), "binh": MEMBER}),
    ),
    (
        "nobody knows since when an is together with the candidate",
        replace(story(), people={"an": replace(MEMBER, together_since=None), "binh": MEMBER}),
    ),
    (
        "past Youth Union age",
        story(fields={"send_for_verification": {"sponsors": ["an"], "route": "youth_union"}}),
    ),
    (
        "no resolution of the Youth Union",
        story(fields={"send_for_verification": {"sponsors": ["an"], "route": "youth_union"}}),
    ),
    ("no certificate", story(days={"certify": None})),
    ("no certificate", story(fields={"certify": {"certificate_issued_on": "2022-04-30"}})),
    ("certificate too old", story(fields={"certify": {"certificate_issued_on": "2017-03-14"}})),
    (
        "summary of opinions too old",
        story(fields={"summarise_opinions": {"opinions_summarised_on": "2021-03-14"}}),
    ),
    ("the CV was not verified", story(days={"conclude_verification": None})),
    (
        "the CV was not verified",
        story(fields={"conclude_verification": {"verification_outcome": "not_clear"}}),
    ),
    ("less than two thirds of the branch", story(fields={"branch_proposes": {"votes_for": 6}})),
    ("less than two thirds of the branch", story(fields={"branch_proposes": {"votes_for": None}})),
    (
        "a branch of less than three official members",
        story(fields={"branch_proposes": {"roll": 2, "votes_for": 2}}),
    ),
    ("the committee has not voted", story(days={"committee_proposes": None})),
    ("less than two thirds of the committee", story(fields={"committee_proposes": {"votes_for": 6}})),
    ("not more than half of the standing committee", story(fields={"decide": {"votes_for": 5}})),
    ("decided before the branch met", story(days={"decide": date(2022, 3, 14)})),
    ("no decision", story(days={"decide": None})),
    ("no ceremony since the decision", story(days={"hold_ceremony": None})),
    ("no ceremony since the decision", story(days={"hold_ceremony": date(2022, 4, 19)})),
    ("out of the Party for less than 36 months", replace(story(), left_on=date(2019, 3, 16))),
    ("re-admitted without the consent of the province", replace(story(), left_on=date(2015, 1, 1))),
    ("re-admitted before", replace(story(), left_on=date(2015, 1, 1), readmitted_before=True)),
    (
        "the branch resolved before the 12 months were over",
        story(days={"branch_recognises": date(2023, 5, 10)}),
    ),
    ("recognised before the branch met", story(days={"recognise": date(2023, 5, 14)})),
    (
        "less than two thirds of the branch for recognition",
        story(fields={"branch_recognises": {"votes_for": 3}}),
    ),
    ("the deciding organ did not carry recognition", story(fields={"recognise": {"votes_for": 5}})),
    ("no ceremony, no meeting or no decision on recognition", story(days={"recognise": None})),
]


@pytest.mark.parametrize(("why", "case"), WRONG)
def test_one_thing_wrong_is_named(why: str, case: Story) -> None:
    assert why in find_unlawful(case, "member")


def ruled(on: date) -> Deed:
    return Deed(kind="rule_go_on", on=on)


def test_a_ruling_replaces_the_share_of_votes_and_nothing_else() -> None:
    short = story(
        days={"branch_proposes": None},
        more=[Deed(kind="branch_falls_short", on=MET, fields={**TEN, "votes_for": 6})],
    )
    assert find_unlawful(short, "probationary") == ["the branch fell short and nobody ruled to go on"]
    allowed = replace(short, deeds=[*short.deeds, ruled(date(2022, 3, 25))])
    assert find_unlawful(allowed, "probationary") == []
    young = replace(allowed, candidate=Human(born=date(2004, 4, 1), schooling=True))
    assert find_unlawful(young, "probationary") == ["under 18"]


def test_a_doubtful_verification_is_lawful_once_it_is_ruled_to_go_on() -> None:
    referred = Deed(kind="refer_upward", on=date(2022, 1, 5))
    doubtful = story(days={"conclude_verification": None}, more=[referred])
    assert find_unlawful(doubtful, "probationary") == ["the CV was not verified"]
    assert (
        find_unlawful(replace(doubtful, deeds=[*doubtful.deeds, ruled(date(2022, 1, 20))]), "probationary")
        == []
    )


@pytest.mark.parametrize(
    ("excluded", "on", "lawful"),
    [
        ("excluded_exempt", date(2022, 3, 15), True),
        ("excluded_suspended", date(2022, 3, 15), False),
        ("excluded_suspended", date(2025, 8, 15), True),
    ],
)
def test_who_is_excluded_from_the_roll_hangs_on_the_day(excluded: str, on: date, lawful: bool) -> None:
    moved = on - MET
    late = {kind: day + moved for kind, day in DAYS.items()}
    days = {"certificate_issued_on": (on - timedelta(days=90)).isoformat()}
    case = story(
        days=late,
        fields={
            "certify": days,
            "summarise_opinions": {"opinions_summarised_on": (on - timedelta(days=30)).isoformat()},
            "branch_proposes": {"roll": 11, "votes_for": 7, excluded: 1},
        },
    )
    assert find_unlawful(case, "probationary") == ([] if lawful else ["less than two thirds of the branch"])


def test_a_replacement_needs_no_twelve_months_until_the_sponsors_are_named_anew() -> None:
    new = replace(MEMBER, together_since=date(2022, 3, 1))
    swap = Deed(
        kind="replace_sponsor", on=date(2022, 3, 1), fields={"sponsor_out": "an", "sponsor_in": "moi"}
    )
    case = replace(story(more=[swap]), people={"binh": MEMBER, "moi": new})
    assert find_unlawful(case, "probationary") == []
    again = Deed(kind="send_for_verification", on=date(2022, 3, 10), fields={"sponsors": ["moi", "binh"]})
    assert find_unlawful(replace(case, deeds=[*case.deeds, again]), "probationary") == [
        "moi was not together with the candidate for 12 months"
    ]


STATED: dict[str, Value] = {
    "branch_resolution_on": "2022-03-15",
    "decision_on": "2022-04-20",
    "ceremony_on": "2022-05-10",
}


def adopted(unseen: frozenset[str], fields: Mapping[str, Value] = STATED) -> Story:
    deeds = [Deed(kind="adopt", on=date(2022, 8, 1), fields=fields)]
    return Story(candidate=Human(born=date(1980, 5, 1), schooling=True), deeds=deeds, unseen=unseen)


TICKED = frozenset(
    {"sponsors", "certificate_issued_on", "opinions_summarised_on", "verification_concluded_on"}
)


def test_what_was_ticked_as_not_in_the_paper_file_is_excused_for_days_before_the_adoption() -> None:
    assert find_unlawful(adopted(TICKED), "probationary") == []
    assert find_unlawful(adopted(frozenset()), "probationary") == [
        "nobody knows who sponsored, or by which way",
        "no certificate",
        "no summary of opinions",
        "the CV was not verified",
    ]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("branch_resolution_on", "no meeting of the branch"),
        ("decision_on", "no decision"),
        ("ceremony_on", "no ceremony since the decision"),
    ],
)
def test_days_that_cannot_be_ticked_away_have_to_be_stated(name: str, why: str) -> None:
    fields = {key: value for key, value in STATED.items() if key != name}
    assert find_unlawful(adopted(TICKED | {name}, fields), "probationary") == [why]


def test_a_sixteen_year_old_taken_over_from_paper_is_no_lawful_member() -> None:
    child = replace(adopted(TICKED), candidate=Human(born=date(2006, 1, 1), schooling=True))
    assert find_unlawful(child, "probationary") == ["under 18"]
