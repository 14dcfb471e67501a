"""A sample is played: every act by whoever makes it, in time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from states.rulebook.edition import Edition
from workflow.cases.commands import advance
from workflow.cases.commands.correct import correct_event
from workflow.cases.commands.open import adopt_case, open_case
from workflow.cases.commands.people_facts import change_person
from workflow.cases.judgement.facts import find_rule
from workflow.office import Office
from workflow.operations.sample.initial_register import InitialRegister, commune_of, officer_of, secretary_of
from workflow.operations.sample.people import PeopleMaker
from workflow.operations.sample.scenario import Candidate, Happening, Scenario, Values
from workflow.register.acts import (
    PERSON_FIELDS,
    AddPerson,
    ChangePerson,
    HoldPost,
    LeavePost,
    LogMeeting,
    SetPlan,
)
from workflow.register.commands.people import add_person
from workflow.register.commands.posts import hold_post, leave_post, log_meeting, set_plan
from workflow.register.writer import NOBODY, RegisterWriter, Who

Progress = Callable[[int, int], None]

USERS_OF_ORGANS = {"branch": secretary_of, "subcommittee": officer_of, "committee": officer_of}
"""Who acts for an organ below the district; above, one user acts for all."""

DISTRICT = "vanphong.huyen"


@dataclass
class PlayedCase:
    """A candidate's case as it is being played. ``seqs``: the newest event of each kind of act."""

    candidate: Candidate
    case: str = ""
    state: str = ""
    seqs: dict[str, int] = field(default_factory=dict)
    letter: str = ""


class SamplePlayer:
    """Plays a sample; it needs an office from `use_office` first."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.cast = PeopleMaker(
            scenario.names, [candidate.person["name"] for candidate in scenario.candidates]
        )
        self.ground = InitialRegister(scenario, self.cast)
        self.played_cases = {candidate.village: PlayedCase(candidate) for candidate in scenario.candidates}
        self._numbers: dict[str, int] = {}
        self._special = {
            "open": self._open_case,
            "adopt": self._adopt_case,
            "correct": self._correct_event,
            "plan": self._set_plan,
            "meeting": self._log_meeting,
            "set_person": self._set_person,
        }
        """What is no move or entry of an edition."""
        self._office: Office | None = None

    def use_office(self, office: Office) -> None:
        """Play everything that follows in this office."""
        office.new_id = self.cast.new_id
        self._office = office

    @property
    def office(self) -> Office:
        if self._office is None:
            raise RuntimeError("the stage is dark")
        return self._office

    def write_first_day(self, who: Who) -> None:
        self.ground.write_rows(self.office, who)

    def play_all_days(self, on_progress: Progress | None = None) -> None:
        """Everything that happened up to the sample's today, day by day."""
        todo = sorted(self._list_actions(), key=lambda item: item[0])
        days = [(day, list(group)) for day, group in groupby(todo, key=lambda item: item[0])]
        for number, (day, group) in enumerate(days, 1):
            self._start_day(day)
            for _, do in group:
                do()
            if on_progress:
                on_progress(number, len(days))
        self._start_day(self.scenario.today)

    def _list_actions(self) -> list[tuple[date, Callable[[], object]]]:
        actions: list[tuple[date, Callable[[], object]]] = []
        for candidate in self.scenario.candidates:
            if until := candidate.head.get("until"):
                actions.append(
                    (
                        candidate.head.get("recorded", until + timedelta(days=1)),
                        self._prepare_succession(candidate.village, until),
                    )
                )
            actions += [(act.recorded, self._prepare_act(candidate.village, act)) for act in candidate.acts]
        return actions

    def _prepare_act(self, village: str, act: Happening) -> Callable[[], object]:
        return lambda: self.perform_act(village, act)

    def _start_day(self, day: date) -> None:
        with self.office.write_transaction() as (tx, ledger):
            RegisterWriter(self.office, tx, ledger, NOBODY).set_today(day)

    def _prepare_succession(self, village: str, last: date) -> Callable[[], object]:
        """A head leaves, and a member is elected the day after."""

        def change() -> None:
            who = Who(officer_of(village), officer_of(village))
            newcomer = self.ground.make_newcomer(village)
            details = {field.name: getattr(newcomer, field.name) for field in PERSON_FIELDS}
            person = add_person(self.office, AddPerson(details=details), who).id
            leave_post(self.office, LeavePost(post=village, on=last), who)
            hold_post(self.office, HoldPost(post=village, person=person, since=last + timedelta(days=1)), who)

        return change

    # --- acts ----------------------------------------------------------------------------------------------

    def perform_act(self, village: str, act: Happening) -> None:
        """Perform one happening. Raises what its command raises."""
        self._special.get(act.act, self._perform_rule)(self.played_cases[village], act)

    def _perform_rule(self, played: PlayedCase, act: Happening) -> None:
        edition = self._edition_on(played, act.day)
        line = self.office.read_snapshot().find_line(played.candidate.village, act.day)
        organ = edition.acting_organ(find_rule(edition, act.act), played.state, line)
        who = self._find_who(played, organ, act)
        values = self._fill_values(played, edition, act)
        verb = advance.advance_case if act.act in edition.moves else advance.record_entry
        result = verb(self.office, played.case, act.act, act.day, who, values)
        played.state, played.seqs[act.act] = result.after, result.version
        played.letter = str(values.get("letter_no", played.letter))

    def _edition_on(self, played: PlayedCase, day: date) -> Edition:
        return self.office.rulebook.edition_on(played.candidate.pipeline, day)

    def _find_who(self, played: PlayedCase, organ: str, act: Happening) -> Who:
        user_of = USERS_OF_ORGANS.get(organ)
        by = act.details.get("by") or (user_of(played.candidate.village) if user_of else DISTRICT)
        return Who(by, act.details.get("typed", by))

    def _fill_values(self, played: PlayedCase, edition: Edition, act: Happening) -> dict[str, Any]:
        """What is said of an act: the usual, then its own; days, people and numbers filled in."""
        values: dict[str, Any] = {**self.scenario.usual["acts"].get(act.act, {}), **act.values}
        if act.act == "verification_received":
            values.setdefault("letter_no", played.letter)
        return {
            name: self._fill_value(played, edition, act.day, name, value) for name, value in values.items()
        }

    def _fill_value(self, played: PlayedCase, edition: Edition, day: date, name: str, value: Any) -> Any:
        kind = edition.fields[name].type if name in edition.fields else ""
        if kind == "date" and type(value) is int:
            return day + timedelta(days=value)
        if kind in ("person", "people"):
            parts = value if isinstance(value, list) else [value]
            return ",".join(self._person_id(played, part) for part in parts)
        if isinstance(value, str) and value.startswith("#"):
            return self._next_number(value, played)
        return value

    def _person_id(self, played: PlayedCase, part: str) -> str:
        village = played.candidate.village
        return self.ground.names[f"{commune_of(village) if part == 'officer' else village}:{part}"]

    def _next_number(self, value: str, played: PlayedCase) -> str:
        """The next number of whoever issues such papers: a branch, a commune, or the district."""
        suffix = value[1:].strip("-/")
        village = played.candidate.village
        issuer = (
            village
            if suffix.endswith("CB")
            else ""
            if suffix.endswith(("HU", "GCN"))
            else commune_of(village)
        )
        key = f"{suffix} {issuer}"
        self._numbers[key] = self._numbers.get(key, self.scenario.usual["numbers"][suffix]) + 1
        return f"{self._numbers[key]:02}{value[1:]}"

    # --- what is no move or entry --------------------------------------------------------------------------

    def _open_case(self, played: PlayedCase, act: Happening) -> None:
        candidate = played.candidate
        self.cast.set_next_id("K", candidate.case)
        who = self._find_who(played, "branch", act)
        played.case = open_case(
            self.office,
            self._person_id(played, "candidate"),
            act.day,
            who,
            pipeline=candidate.pipeline,
            unit=candidate.village,
        )
        played.state = self._edition_on(played, act.day).starts_at

    def _adopt_case(self, played: PlayedCase, act: Happening) -> None:
        candidate, edition = played.candidate, self._edition_on(played, act.day)
        values = self._fill_values(played, edition, act)
        played.state = values.pop("state")
        person, who = self._person_id(played, "candidate"), self._find_who(played, "committee", act)
        played.case = adopt_case(
            self.office,
            person,
            played.state,
            act.day,
            who,
            values,
            pipeline=candidate.pipeline,
            unit=candidate.village,
        )

    def _correct_event(self, played: PlayedCase, act: Happening) -> None:
        of: Values = act.details
        correct_event(
            self.office,
            played.case,
            played.seqs[of["act"]],
            self._find_who(played, "committee", act),
            act.values,
            reason=of["reason"],
            allowed_by=of["allowed_by"],
        )

    def _set_plan(self, played: PlayedCase, act: Happening) -> None:
        who = self._find_who(played, "committee", act)
        set_plan(
            self.office, SetPlan(post=played.candidate.village, kind=act.values["kind"], on=act.day), who
        )

    def _log_meeting(self, played: PlayedCase, act: Happening) -> None:
        who = self._find_who(played, "branch", act)
        log_meeting(
            self.office, LogMeeting(unit=played.candidate.village, on=act.day, came=act.values["came"]), who
        )

    def _set_person(self, played: PlayedCase, act: Happening) -> None:
        who = self._find_who(played, "committee", act)
        change_person(
            self.office, ChangePerson(person=self._person_id(played, "candidate"), details=act.values), who
        )
