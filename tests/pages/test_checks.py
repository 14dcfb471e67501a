"""What a secretary reads beside a ✓: every condition of every edition has a short sentence, or a reason
for none.
"""

from collections.abc import Iterator

import pytest

from states.rulebook.edition import ActRule, Condition, Edition
from states.rulebook.loading import Rulebook
from workflow.core.messages import load_messages

ON_THE_ACT_ITSELF = {
    "HELPERS_DIFFERENT",
    "HELPER_OFFICIAL",
    "HELPER_IN_OFFICIAL",
    "PROBATION_HELPER_OFFICIAL",
    "AGE_MAX",
    "EDU_MIN",
    "MIN_BRANCH",
    "PRESENT_ADDS_UP",
    "EXCLUDED_ADDS_UP",
    "VOTES_ADD_UP",
    "VOTE_BRANCH",
    "VOTE_BRANCH_SHORT",
    "CLASS_AFTER_START",
    "SPONSOR_IN_OFFICIAL",
    "SPONSOR_IN_NEW",
    "SPONSOR_OUT_KNOWN",
    "HELPER_OUT_KNOWN",
    "APPLICATION_FIRST",
    "STAMP_BEFORE_SENDING",
    "OUTCOME_CLEAR",
    "OUTCOME_NEEDS_RULING",
    "OUTCOME_NOT_CLEAR",
    "LETTERS_ANSWERED",
    "LETTERS_UNANSWERED",
    "PLACES_AS_RECORDED",
    "FLAG_KNOWN",
    "FLAG_NOT_SETTLED",
    "CLOSE_ENDS_PROBATION",
    "OPINIONS_ADD_UP",
    "OPINIONS_BOTH",
    "REVIEW_AHEAD",
    "BODY_SMALL",
    "HELPED_CERTIFICATE_FIRST",
    "PROPOSED_BEFORE_LEAVE",
    "STATED_CONFIRMED",
    "UNION_12M",
    "UNION_ASKED",
    "UNION_ASKED_SOON",
    "UNION_PAST_30",
    "UNION_PAST_35_SOON",
    "UNION_RESOLUTION",
    "UNION_RESOLUTION_SOON",
}
"""They look at fields that are typed with the act: no page lists them before."""

LEFT_OUT = {
    "FLAGS_AHEAD": "only what is flagged is said at every move",
    "ROLE": "nobody has acted yet",
    "SAME_TYPIST": "nobody has typed yet",
    "SAME_TYPIST_RECOG": "nobody has typed yet",
    "SAME_TYPIST_STRIKE": "nobody has typed yet",
    "DATE_ORDER": "on the day that is still to be typed",
    "DATED_BY_THEN": "on the days that are still to be typed",
    "DECIDED_AFTER_COMMITTEE": "on the day that is still to be typed",
    "EXTENDED_AFTER_RESOLUTION": "on the day that is still to be typed",
    "EXTENDED_AFTER_RECOGNITION": "on the day that is still to be typed",
    "RECEIVED_AFTER_DECISION": "on the day that is still to be typed",
    "CEREMONY_AFTER_RECEIPT": "on the day that is still to be typed",
    "LETTER_AFTER_SENDING": "on the day that is still to be typed",
    "NUMBER_ONCE": "on the number that is still to be typed",
    "NUMBER_FOLLOWS": "on the number that is still to be typed",
    "LETTER_KNOWN": "on the number that is still to be typed",
    "LETTER_NEW": "on the number that is still to be typed",
    "VOTE_BASE": "on votes that are still to be counted",
    "VOTE_BASE_AUTH": "on votes that are still to be counted",
    "VOTE_BASE_SHORT": "on votes that are still to be counted",
    "VOTE_UPPER": "on votes that are still to be counted",
    "VOTE_UPPER_SHORT": "on votes that are still to be counted",
    "ANNULLED_AFTER_DECISION": "on the day that is still to be typed",
    "EDU_CONSENT_DAY": "on the day that is still to be typed",
    "OVER60_CONSENT_DAY": "on the day that is still to be typed",
    "READMIT_OK_DAY": "on the day that is still to be typed",
    "RESULT_TOLD_AFTER": "on the day that is still to be typed",
    "RESULT_TOLD_IN_TIME": "on the day that is still to be typed",
    "LETTER_ARRIVED_ONCE": "on the number that is still to be typed",
    "SHORT_VOTES_TOGETHER": "it never holds: it is said each time",
    "STATED_UNSEEN": "it reminds of what was ticked when a case was taken over",
    "EXTENSION_UNSEEN": "it never holds: it is said each time",
}


def editions() -> Iterator[Edition]:
    rulebook = Rulebook()
    for pipeline in rulebook.pipelines:
        for name in rulebook.list_editions(pipeline):
            yield rulebook.load_edition(pipeline, name)


def acts_under(edition: Edition, code: str) -> Iterator[ActRule]:
    """The acts whose form lists a condition."""
    for acts, common in ((edition.moves, edition.every_move), (edition.entries, edition.every_entry)):
        for name, act in acts.items():
            if code in (*common, *edition.list_own_conditions(name)):
                yield act


def looks_at(condition: Condition) -> set[str]:
    values = condition.with_.values()
    return {str(one) for value in values for one in (value if isinstance(value, list) else [value])}


@pytest.mark.parametrize("edition", list(editions()), ids=lambda edition: edition.name)
def test_every_condition_has_its_words_or_a_reason_to_have_none(edition: Edition) -> None:
    worded = {key.removeprefix("check.") for key in load_messages("vi") if key.startswith("check.")}
    quiet = ON_THE_ACT_ITSELF | set(LEFT_OUT)
    assert sorted(set(edition.conditions) - worded - quiet) == []
    assert sorted(worded & quiet) == []


@pytest.mark.parametrize("edition", list(editions()), ids=lambda edition: edition.name)
def test_what_looks_at_fields_of_its_act_is_listed_nowhere_before(edition: Edition) -> None:
    for code in ON_THE_ACT_ITSELF & set(edition.conditions):
        asked = looks_at(edition.conditions[code])
        assert all(asked & set(act.fields) for act in acts_under(edition, code)), code


def test_no_words_are_kept_for_a_condition_that_no_edition_has() -> None:
    known = {code for edition in editions() for code in edition.conditions}
    worded = {key.removeprefix("check.") for key in load_messages("vi") if key.startswith("check.")}
    assert sorted((worded | ON_THE_ACT_ITSELF | set(LEFT_OUT)) - known) == []
