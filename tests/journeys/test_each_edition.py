"""A village head's whole way under each edition: by the units of that time, on days that the edition
allows.
"""

from datetime import date, timedelta

import pytest

from states.calendar.months import add_months
from tests.adoptions import stated
from tests.journeys.land import (
    BAO,
    DECIDES_ITSELF,
    HEADS,
    LAST_OF_BASES,
    LAST_OF_DISTRICT,
    PARTED,
    PLAIN,
    STRAIGHT,
    TODAY,
    TRO,
    TRUSTED,
    VILLAGES,
    Journey,
    actor,
    begin,
    proven,
    travel,
)
from workflow.cases.commands.open import adopt_case
from workflow.cases.views.history import load_history
from workflow.office import Office

EDITIONS = {
    "2016-07": (date(2019, 3, 4), date(2020, 9, 30)),
    "2021-07": (date(2022, 1, 4), date(2023, 9, 29)),
    "2025-01": (date(2025, 1, 20), LAST_OF_DISTRICT),
    "2025-07": (date(2025, 7, 1), date(2025, 9, 28)),
    "2025-09": (date(2025, 9, 29), date(2026, 4, 7)),
    "2026-04": (date(2026, 4, 8), LAST_OF_BASES),
    "2026-07": (date(2026, 7, 27), TODAY),
}
"""A day within each edition on which a case begins, and the office's day, within it as well."""

QUICKLY = {"2025-07": 2}
"""An edition of three months sees a case all the way at twice the usual pace."""

TO_THE_CLASS = ["nominated", "class_requested", "training"]
TO_THE_VOTE = ["sponsorship", "verification", "opinions", "branch_meeting"]
LEAVE_SINCE = "2025-09"
"""From this edition on, leave is asked before the dossier is begun."""

COMMITTEE, APPRAISED = ["committee_meeting"], ["appraisal", "committee_meeting"]
DISTRICT_LINES = {PLAIN: COMMITTEE, PARTED: APPRAISED, TRUSTED: COMMITTEE, STRAIGHT: []}
LINES = {
    "2016-07": DISTRICT_LINES,
    "2021-07": DISTRICT_LINES,
    "2025-01": DISTRICT_LINES,
    "2025-07": {PLAIN: [], PARTED: APPRAISED, TRUSTED: COMMITTEE, STRAIGHT: COMMITTEE},
    "2025-09": {PLAIN: [], PARTED: APPRAISED, TRUSTED: COMMITTEE, STRAIGHT: COMMITTEE},
    "2026-04": {PLAIN: [], PARTED: APPRAISED, TRUSTED: COMMITTEE, STRAIGHT: COMMITTEE},
    "2026-07": {PLAIN: [], PARTED: [], TRUSTED: COMMITTEE, STRAIGHT: []},
}
"""The organs between the branch's vote and the decision; whoever decides itself has no step `decision`
either.
"""


def states_of(journey: Journey) -> list[str]:
    """The states in the order in which the case came to them."""
    return list(dict.fromkeys(acted.after for acted in journey.acted))


def before_the_vote(edition: str) -> list[str]:
    leave = ["procedure_requested"] if edition >= LEAVE_SINCE else []
    return [*TO_THE_CLASS, *leave, *TO_THE_VOTE]


def between(edition: str, village: str) -> list[str]:
    return [*LINES[edition][village], *(["decision"] if village != TRUSTED else [])]


@pytest.mark.parametrize("edition", EDITIONS)
def test_from_the_list_to_the_ceremony_within_one_edition(land: Office, edition: str) -> None:
    start, today = EDITIONS[edition]
    travel(land, today)
    for village in VILLAGES:
        journey = begin(land, village, start)
        journey.pace = QUICKLY.get(edition, 1)
        journey.to("probation")
        assert states_of(journey) == [
            *before_the_vote(edition),
            *between(edition, village),
            "ceremony",
            "probation",
        ]
        assert {event.edition for event in load_history(land, journey.case, "vi")} == {edition}
        assert not any(acted.warnings for acted in journey.acted)
        assert land.read_snapshot().get_membership(HEADS[village], journey.on(100)) == "probationary"
        ceremony = journey.clock("CEREMONY")
        assert (ceremony.edition, ceremony.state) == (edition, "stopped")
        decided = 85 if village == TRUSTED else 92
        assert ceremony.start == journey.on(decided if edition == "2026-07" else 95)
    proven(land)


@pytest.mark.parametrize("edition", EDITIONS)
def test_from_probation_to_full_membership_within_one_edition(land: Office, edition: str) -> None:
    start, today = EDITIONS[edition]
    travel(land, today)
    for village in VILLAGES:
        ceremony = start - timedelta(days=380)
        days = {
            "ceremony_on": ceremony.isoformat(),
            "decision_on": (ceremony - timedelta(days=12)).isoformat(),
        }
        committee = bool(LINES[edition][village])
        said = stated("probation", start, (BAO, TRO), committee=committee, **days)
        case = adopt_case(land, HEADS[village], "probation", start, actor("adopt", start, "", village), said)
        always = DECIDES_ITSELF if village == TRUSTED else {}
        journey = Journey(land, case, start - timedelta(days=469), "probation", always, village=village).to(
            "member"
        )
        steps = [f"recognition_{name.removesuffix('_meeting')}" for name in between(edition, village)]
        assert states_of(journey) == ["recognition_branch", *steps, "member"]
        assert {event.edition for event in load_history(land, case, "vi")} == {edition}
        assert [one for acted in journey.acted for one in acted.warnings] == []
        official = add_months(ceremony, 12)
        tree = land.read_snapshot()
        assert tree.get_membership(HEADS[village], official) == "member"
        assert tree.get_membership(HEADS[village], official - timedelta(days=1)) == "probationary"
        assert tree.get_membership(HEADS[village], ceremony - timedelta(days=1)) == "none"
    proven(land)


@pytest.mark.parametrize("edition", ["2016-07", "2021-07", "2026-07"])
def test_an_edition_that_lasts_sees_one_case_all_the_way(sqlite_land: Office, edition: str) -> None:
    start, today = EDITIONS[edition]
    travel(sqlite_land, today)
    for village in VILLAGES:
        journey = begin(sqlite_land, village, start).to("member")
        assert {event.edition for event in load_history(sqlite_land, journey.case, "vi")} == {edition}
        view = journey.view()
        assert (view.state.id, view.stalled, [act.name for act in view.moves]) == ("member", False, ["annul"])
        assert view.closed_on == journey.on(490 if village != TRUSTED else 480)
        assert all(clock.state == "stopped" for clock in view.clocks)
    proven(sqlite_land)


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_vote_of_each_body_is_kept_with_its_electorate(sqlite_land: Office, edition: str) -> None:
    start, today = EDITIONS[edition]
    travel(sqlite_land, today)
    journey = begin(sqlite_land, PLAIN, start)
    journey.pace = QUICKLY.get(edition, 1)
    votes = journey.to("probation").view().votes
    bodies = ["branch", *(["committee"] if LINES[edition][PLAIN] else []), "authority"]
    assert [vote.body for vote in votes] == bodies
    assert [(vote.need, vote.base, vote.votes_for, vote.reached) for vote in votes] == [
        (6 if body == "authority" else 7, 10, 10, True) for body in bodies
    ]
