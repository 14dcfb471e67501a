"""Walks over all verbs with facts missing and days out of order: nobody becomes a member against the law.

Whether a membership is lawful says the oracle, of the acts as they read and of the people as this test made
them. It is asked at the moment at which an act brought the membership: what a correction spoils afterwards is
flagged, and is asked of the next deciding act.
"""

import contextlib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from states.errors import UserError
from states.vocabulary import Person
from tests.journeys.land import (
    DECIDES_ITSELF,
    DISTRICT_OFFICER,
    ENTRIES,
    FOUNDED,
    GIUP,
    OFFICER,
    PATH,
    PLAIN,
    SECRETARY,
    STRAIGHT,
    THAM,
    TRUSTED,
    Template,
    actor,
    opened,
    proven,
    travel,
    usual,
    writing,
)
from tests.journeys.oracle import Deed, Human, Story, Value, find_unlawful
from workflow.cases.commands.advance import advance_case, record_entry
from workflow.cases.commands.correct import correct_event
from workflow.cases.commands.open import adopt_case, open_case
from workflow.cases.views.case_view import load_case_view
from workflow.storage.ledger import load_case_events

CHANCE = st.randoms(use_true_random=True)
CANDIDATE = "P-UV"
SPONSORS = ("P-S1", "P-S2", "P-S3", "P-S4")
STARTS = (date(2019, 3, 4), date(2022, 1, 4), date(2024, 3, 4), date(2025, 8, 4), date(2026, 8, 3))
SHORT = {"branch_meeting": "branch_falls_short", "recognition_branch": "branch_recognition_falls_short"}
TICKS: Mapping[str, frozenset[str]] = {
    "application": frozenset(),
    "verification": frozenset({"verification_concluded_on"}),
    "opinions": frozenset({"opinions_summarised_on"}),
    "candidate": frozenset(
        {"sponsors", "certificate_issued_on", "opinions_summarised_on", "together_since", "education_met"}
    ),
    "committee_vote": frozenset({"committee_resolution_on"}),
}
"""What an adoption may tick as not in the paper file, and the facts that are excused by it."""
ADOPT_AT = (
    "branch_meeting",
    "decision",
    "ceremony",
    "probation",
    "recognition_branch",
    "recognition_decision",
)
STATED = ("branch_resolution_on", "decision_on", "ceremony_on", "recognition_resolution_on")


def shifted(day: date, years: int) -> date:
    return date(day.year + years, day.month, min(day.day, 28))


class AdmissionMachine(RuleBasedStateMachine):
    """One candidate, four people who might sponsor, and everything that an office can do with them."""

    template: Template

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(ignore_cleanup_errors=True)
        self.office = opened(self.template.sqlite(Path(self.folder.name) / "đất"))
        for name in self.office.rulebook.list_editions("admission"):
            self.office.rulebook.load_edition("admission", name)  # rules that do not load would refuse all
        self.case = ""
        self.membership = "none"
        self.unseen: frozenset[str] = frozenset()

    def teardown(self) -> None:
        """The history holds, whatever was tried."""
        try:
            proven(self.office)
        finally:
            self.office.close()
            self.folder.cleanup()

    @initialize(chance=CHANCE)
    def people(self, chance: Random) -> None:
        """Who they are: mostly as they should be, sometimes not, sometimes unknown."""
        self.start = self.today = chance.choice(STARTS)
        self.village = chance.choice((PLAIN, PLAIN, TRUSTED, STRAIGHT))
        travel(self.office, self.today)
        good = shifted(self.start, -40)
        born = chance.choice((good,) * 9 + (None, shifted(self.start, -17), shifted(self.start, -66)))
        schooling = chance.choice((True,) * 9 + (None, False))
        self.candidate = Human(born=born, schooling=schooling)
        self.sponsors = {id_: self._make_sponsor(chance) for id_ in SPONSORS}
        with writing(self.office) as books:
            books.add_people([Person(CANDIDATE, "Ứng Viên", born=born, education_met=schooling)])
            books.add_people(
                [Person(id_, id_, official_since=one.official_since) for id_, one in self.sponsors.items()]
            )
            for id_, one in self.sponsors.items():
                if one.official_since:
                    books.add_row("memberships", one.official_since, person_id=id_, status="member")
                if one.together_since:
                    books.add_row("companions", one.together_since, person_id=id_, candidate_id=CANDIDATE)

    def _make_sponsor(self, chance: Random) -> Human:
        soon = self.start + timedelta(days=30)
        return Human(
            official_since=chance.choice((FOUNDED,) * 12 + (None, shifted(self.start, 1))),
            together_since=chance.choice((FOUNDED,) * 12 + (None, soon)),
        )

    # --- what is done ------------------------------------------------------------------------------------

    @precondition(lambda self: not self.case)
    @rule(chance=CHANCE)
    def begin(self, chance: Random) -> None:
        """A case is opened, or taken over half-way with some of what lies behind it."""
        with contextlib.suppress(UserError):
            if chance.randrange(3):
                self.case = open_case(self.office, CANDIDATE, self.today, SECRETARY, unit=self.village)
            else:
                self._adopt(chance)
        self.look()

    def _adopt(self, chance: Random) -> None:
        days = sorted(self.today - timedelta(days=chance.randrange(1, 700)) for _ in STATED)
        typed: dict[str, Any] = {
            name: day.isoformat() for name, day in zip(STATED, days, strict=True) if chance.randrange(8)
        }
        typed |= {"resolution_no": "1-NQ", "decision_no": "2-QĐ", "certificate_issued_on": "2018-05-05"}
        if chance.randrange(3):
            typed |= {"sponsors": chance.sample(SPONSORS, 2), "route": "two_sponsors"}
        if chance.randrange(3):
            typed["opinions_summarised_on"] = days[0].isoformat()
        ticked = [name for name in TICKS if chance.randrange(4)]
        typed["unseen"] = ticked
        typed = {name: value for name, value in typed.items() if chance.randrange(15)}
        where = chance.choice(ADOPT_AT)
        self.case = adopt_case(self.office, CANDIDATE, where, self.today, OFFICER, typed, unit=self.village)
        self.unseen = frozenset(fact for name in typed.get("unseen", ()) for fact in TICKS[name])

    @precondition(lambda self: bool(self.case))
    @rule(chance=CHANCE)
    def go_on(self, chance: Random) -> None:
        """The usual acts of some steps, now and then with one thing wrong in them."""
        for _ in range(chance.randrange(2, 12)):
            self._take_step(chance)

    def _take_step(self, chance: Random) -> None:
        at = str(load_case_view(self.office, self.case, "vi").state.id)
        acts = [act for _, act in PATH.get(at, ())] or ["rule_go_on"]
        if at in SHORT and not chance.randrange(6):
            acts = [SHORT[at]]
        if at == "probation":
            self._wait(chance.choice((30, 370, 370)))
        for act in acts:
            with contextlib.suppress(UserError):
                self._act(act, at, chance)
            self.look()
            self._wait(chance.randrange(1, 12))

    def _act(self, act: str, at: str, chance: Random) -> None:
        on = self.today - timedelta(days=chance.choice((0,) * 30 + (5, 100)))
        typed = usual(act, on)
        if act == "send_for_verification":
            typed["sponsors"] = chance.sample(SPONSORS, 2)
        if act in DECIDES_ITSELF:
            typed |= DECIDES_ITSELF[act]
        if typed and not chance.randrange(14):
            self._spoil(typed, chance)
        verb = record_entry if act in ENTRIES else advance_case
        verb(self.office, self.case, act, on, actor(act, on, at, self.village), typed)

    def _spoil(self, typed: dict[str, Any], chance: Random) -> None:
        """One thing is wrong in what is typed."""
        wrong: dict[str, tuple[Any, ...]] = {
            "votes_for": (6, 5, 3, None),
            "roll": (2, 20, None),
            "sponsors": ([SPONSORS[0]], [SPONSORS[0]] * 2, [CANDIDATE, SPONSORS[0]], None),
            "certificate_issued_on": ("2013-01-01", "2027-12-30", None),
            "verification_outcome": ("not_clear", "needs_ruling"),
            "verifier": (SPONSORS[0], CANDIDATE, None),
        }
        name = chance.choice(sorted(typed))
        typed[name] = chance.choice(wrong.get(name, (None,)))

    @precondition(lambda self: bool(self.case))
    @rule(chance=CHANCE)
    def mend(self, chance: Random) -> None:
        """Something recorded is corrected, rightly or wrongly, and perhaps again."""
        events = self._read_events()
        event = chance.choice(events)
        typed: dict[str, Any] = {}
        if chance.randrange(2):
            typed["on"] = (
                date.fromisoformat(event["on"]) + timedelta(days=chance.choice((-400, -5, 5, 90)))
            ).isoformat()
        self._spoil_recorded(event["fields"], typed, chance)
        with contextlib.suppress(UserError):
            correct_event(
                self.office,
                self.case,
                event["seq"],
                OFFICER,
                typed,
                reason="Ghi nhầm",
                allowed_by=DISTRICT_OFFICER.by,
            )

    def _spoil_recorded(self, fields: Mapping[str, Value], typed: dict[str, Any], chance: Random) -> None:
        if fields:
            name = chance.choice(sorted(fields))
            copy = dict(fields)
            self._spoil({name: copy[name]}, chance)
            spoilt = {
                "votes_for": "3",
                "sponsors": list(SPONSORS[1:3]),
                "certificate_issued_on": "2013-01-01",
            }
            if name in spoilt:
                typed[name] = spoilt[name]

    @precondition(lambda self: bool(self.case))
    @rule(chance=CHANCE)
    def replace(self, chance: Random) -> None:
        """A sponsor is replaced."""
        out, new = chance.sample(SPONSORS, 2)
        typed = {"sponsor_out": out, "sponsor_in": new, "replace_reason": "moved"}
        with contextlib.suppress(UserError):
            record_entry(self.office, self.case, "replace_sponsor", self.today, SECRETARY, typed)

    @rule(days=st.sampled_from((1, 10, 60)))
    def wait(self, days: int) -> None:
        """Time goes by."""
        self._wait(days)

    def _wait(self, days: int) -> None:
        self.today += timedelta(days=days)
        travel(self.office, self.today)

    # --- what came of it ---------------------------------------------------------------------------------

    def look(self) -> None:
        """If the candidate has become something just now, it was lawful."""
        with self.office.database.read_transaction():
            membership = self.office.read_snapshot().get_membership(CANDIDATE, self.today)
        if membership != self.membership and membership in ("probationary", "member"):
            assert find_unlawful(self._tell(), membership) == [], self._tell()
        self.membership = membership

    def _tell(self) -> Story:
        events = [
            event for event in self._read_events() if event["kind"] not in ("correct", "revise", "rejudge")
        ]
        deeds = [
            Deed(kind=event["kind"], on=date.fromisoformat(event["on"]), fields=self._own_days(event))
            for event in events
        ]
        decided = next(
            (deed.on for deed in reversed(deeds) if deed.kind in ("decide", "committee_proposes")), self.today
        )
        line = self.office.read_snapshot().find_line(self.village, decided)
        return Story(
            candidate=self.candidate,
            candidate_id=CANDIDATE,
            people={
                **self.sponsors,
                GIUP: Human(official_since=FOUNDED),
                THAM: Human(official_since=FOUNDED),
            },
            deeds=deeds,
            unseen=self.unseen,
            committee="committee" in line.organs,
            authorised=line.authorised,
        )

    def _own_days(self, event: Mapping[str, Any]) -> dict[str, Value]:
        """What an act recorded, its own day under the name that the law asks for."""
        own = {"summarise_opinions": "opinions_summarised_on"}.get(event["kind"])
        return {**event["fields"], own: event["on"]} if own else dict(event["fields"])

    def _read_events(self) -> list[dict[str, Any]]:
        """The events of the case, what corrections say of them read into them."""
        with self.office.write_transaction() as (work, _):
            events = [orjson.loads(body) for body in load_case_events(work, self.case)]
        by_seq = {event["seq"]: event for event in events}
        for event in events:
            if event["kind"] == "correct":
                fields = dict(event["fields"])
                of = by_seq[event["of"]]
                of["on"] = fields.pop("on", of["on"])
                of["fields"] = {**of["fields"], **fields}
        return events


def walk(template: Template, examples: int, steps: int) -> None:
    machine = type("Machine", (AdmissionMachine,), {"template": template})
    calm = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=calm)


def test_whatever_is_tried_nobody_becomes_a_member_against_the_law(land_template: Template) -> None:
    walk(land_template, 40, 9)


@pytest.mark.soak
def test_nobody_becomes_a_member_against_the_law_on_many_walks(land_template: Template) -> None:
    walk(land_template, 400, 12)
